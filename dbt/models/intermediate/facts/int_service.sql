select
    service.delivery_number,
    service.row_number,
    person.person_number,
    person.municipality_code,
    service.service_area,
    service.kpr_service,
    service.first_day,
    least(service.last_day, service.withdrawn_last_day) as last_day
from {{ ref("int_service__row") }} as service
inner join
    {{ ref("int_person") }} as person
    on service.municipality_code = person.municipality_code
    and service.person_key = person.person_key
where
    service.disposition = 'counted'
    and coalesce(least(service.last_day, service.withdrawn_last_day) >= service.first_day, true)
