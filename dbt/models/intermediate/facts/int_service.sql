{#- A service lies in the area that its unit has on the day: it has a row for each. -#}
select
    service.delivery_number,
    service.row_number,
    person.person_number,
    person.municipality_code,
    -- What nobody knows is an area of its own (decision 24).
    coalesce(unit.service_area, service.service_area, 'unknown') as service_area,
    service.kpr_service,
    service.first_day as registered_first_day,
    greatest(service.first_day, unit.first_day) as first_day,
    case
        when unit.last_day < date '9999-12-31'
        then least(service.last_day, service.withdrawn_last_day, unit.last_day)
        else least(service.last_day, service.withdrawn_last_day)
    end as last_day
from {{ ref("int_service__row") }} as service
inner join
    {{ ref("int_person") }} as person
    on service.municipality_code = person.municipality_code
    and service.person_key = person.person_key
left join
    {{ ref("stg_unit_name") }} as unit
    on service.municipality_code = unit.municipality_code
    and service.unit_written = unit.written_folded
    and service.first_day <= unit.last_day
    and coalesce(service.last_day, service.withdrawn_last_day, date '9999-12-31') >= unit.first_day
where
    service.disposition = 'counted'
    and coalesce(least(service.last_day, service.withdrawn_last_day) >= service.first_day, true)
