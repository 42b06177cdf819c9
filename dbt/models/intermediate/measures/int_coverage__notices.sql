{#-
    Notices that were answered, and those that a coordinator was appointed after, with the quartiles
    of the days that it took, by age group: of residents on the reference date and by their age on it.
-#}
{% set in_the_year = within_a_year("reference.reference_date") %}
{% set year_before = within_the_year_before("reference.reference_date") %}

select
    reference.municipality_code,
    reference.reference_date,
    band.age_scheme,
    band.age_group,
    {% for measure, days, period in [
        ("notice_answered", "days_to_answer", in_the_year),
        ("notice_appointed", "days_to_coordinator", year_before),
    ] -%}
        count(notice.{{ days }}) filter (where notice.received_on {{ period }}) as {{ measure }},
        quantile_cont(notice.{{ days }}, [0.25, 0.5, 0.75]) filter (
            where notice.received_on {{ period }}
        ) as {{ measure }}_quartiles
        {%- if not loop.last %},{% endif %}
    {% endfor %}
from {{ ref("int_reference_date") }} as reference
inner join
    {{ ref("int_notice") }} as notice
    on reference.municipality_code = notice.municipality_code
    and (notice.received_on {{ in_the_year }} or notice.received_on {{ year_before }})
inner join
    {{ ref("int_person") }} as person
    on notice.person_number = person.person_number
    and {{ lives_here_on("person", "reference.reference_date") }}
inner join
    {{ ref("int_age_band") }} as band
    on {{ age_on("person.birth_date", "reference.reference_date") }} is not distinct from band.age
group by reference.municipality_code, reference.reference_date, band.age_scheme, band.age_group
