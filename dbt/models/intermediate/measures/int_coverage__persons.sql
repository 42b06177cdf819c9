{#-
    Persons of the target group by municipality, reference date, age group and service area. Counted
    by the finest groups first: a person has one age, so they add up to the groups of every scheme.
-#}
{% set measures = of_whom_in_the_target_group() %}

with
    counted_in as ({{ counted_in(ref("int_person_date")) }}),

    by_age as (
        select
            member.municipality_code,
            member.reference_date,
            counted_in.service_area,
            age.from_age as age,
            {% for measure, of_whom in measures.items() -%}
                count(*) filter (where {{ of_whom }}) as {{ measure }}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from {{ ref("int_person_date") }} as member
        inner join counted_in on member.areas = counted_in.areas
        inner join
            {{ ref("int_finest_age_group") }} as age on member.age is not distinct from age.age
        group by
            member.municipality_code, member.reference_date, counted_in.service_area, age.from_age
    )

select
    by_age.municipality_code,
    by_age.reference_date,
    band.age_scheme,
    band.age_group,
    by_age.service_area,
    {% for measure in measures -%}
        cast(sum(by_age.{{ measure }}) as bigint) as {{ measure }}
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from by_age
inner join {{ ref("int_age_band") }} as band on by_age.age is not distinct from band.age
group by
    by_age.municipality_code,
    by_age.reference_date,
    band.age_scheme,
    band.age_group,
    by_age.service_area
