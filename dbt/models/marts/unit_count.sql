{#- Coordinators, persons and plans by unit, for the municipalities that have listed their units. -#}
select
    municipality_code,
    reference_date,
    coalesce(service_area, 'all') as service_area,
    coalesce(unit, 'all') as unit,
    cast(count(distinct coordinator) as bigint) as coordinators,
    cast(count(distinct person_number) as bigint) as persons,
    cast(count(distinct person_number) filter (where has_plan) as bigint) as persons_with_plan,
    cast(
        count(distinct person_number) filter (where has_living_plan) as bigint
    ) as persons_with_living_plan
from {{ ref("int_coordinator_unit_date") }}
group by
    grouping sets (
        (municipality_code, reference_date, service_area, unit),
        (municipality_code, reference_date, service_area),
        (municipality_code, reference_date)
    )
