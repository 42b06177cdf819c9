{#- Employees by their last day; open where any employment is. -#}
with
    employment as (
        select
            municipality_code,
            coordinator_key,
            service_area,
            unit_written,
            employed_from,
            least(employed_to, withdrawn_last_day) as last_day,
            delivered
        from {{ ref("int_employment__row") }}
        where disposition = 'counted'
    )

select
    municipality_code,
    coordinator_key,
    min(employed_from) as employed_from,
    case when count(*) = count(last_day) then max(last_day) end as last_day,
    arg_max(
        service_area, (coalesce(employed_from, date '1900-01-01'), delivered, service_area)
    ) filter (where service_area is not null) as service_area,
    arg_max_null(
        unit_written, (coalesce(employed_from, date '1900-01-01'), delivered, service_area)
    ) filter (where service_area is not null) as unit_written
from employment
group by municipality_code, coordinator_key
