{#- How many persons each coordinator has: the coordinators behind persons_per_coordinator, by load. -#}
with
    coordinator as (
        select
            municipality_code,
            reference_date,
            coalesce(service_area, 'unknown') as service_area,
            case
                when sector is null
                then 'unknown'
                when sector = 'health_care'
                then 'health'
                else 'other'
            end as sector,
            case
                when persons <= 2 then cast(persons as text) when persons <= 5 then '3-5' else '6+'
            end as load,
            persons
        from {{ ref("int_coordinator_date") }}
    )

select
    municipality_code,
    reference_date,
    coalesce(service_area, 'all') as service_area,
    coalesce(sector, 'all') as sector,
    load,
    cast(count(*) as bigint) as coordinators,
    cast(sum(persons) as bigint) as persons
from coordinator
group by municipality_code, reference_date, load, cube (service_area, sector)
