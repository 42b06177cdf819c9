{#- The service areas in which each person of the target group has a service on each reference date. -#}
select distinct
    member.municipality_code, member.reference_date, member.person_number, service.service_area
from {{ ref("int_person_date") }} as member
inner join
    {{ ref("int_service") }} as service
    on member.person_number = service.person_number
    and member.reference_date
    between service.first_day and coalesce(service.last_day, date '9999-12-31')
