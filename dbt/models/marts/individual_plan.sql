select
    md5(concat_ws('|', plan.municipality_code, person.person_key, plan.first_day)) as plan_key,
    plan.municipality_code,
    person.person_key,
    plan.first_day,
    plan.last_day,
    plan.last_evaluated,
    plan.coordinator_key,
    plan.consent,
    cast(plan.registrations as integer) as registrations,
    cast(plan.sources as integer) as sources
from {{ ref("int_plan") }} as plan
inner join {{ ref("int_person") }} as person on plan.person_number = person.person_number
