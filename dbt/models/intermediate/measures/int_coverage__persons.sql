{#-
    Persons of the target group by municipality, reference date, age group and service area. Counted
    by the ages that no scheme tells apart first: a person has one age, so ages add up to groups.
-#}
{% set measures = of_whom_in_the_target_group() %}

with
    -- Each age goes as the youngest of those that belong to the same groups.
    age as (
        select age, min(age) over (partition by groups) as counted_as
        from
            (
                select age, list((age_scheme, age_group) order by age_scheme, age_group) as groups
                from {{ ref("int_age_band") }}
                group by age
            )
    ),

    -- A person counts in every area, and once in `all`.
    has_areas as (select distinct areas from {{ ref("int_person_date") }}),

    counted_in as (
        select has_areas.areas, area.service_area
        from has_areas
        inner join {{ ref("int_service_area") }} as area on has_areas.areas & area.bit <> 0
        union all
        select areas, 'all' as service_area
        from has_areas
    ),

    by_age as (
        select
            member.municipality_code,
            member.reference_date,
            counted_in.service_area,
            age.counted_as as age,
            {% for measure, of_whom in measures.items() -%}
                count(*) filter (where {{ of_whom }}) as {{ measure }}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from {{ ref("int_person_date") }} as member
        inner join counted_in on member.areas = counted_in.areas
        inner join age on member.age is not distinct from age.age
        group by
            member.municipality_code, member.reference_date, counted_in.service_area, age.counted_as
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
