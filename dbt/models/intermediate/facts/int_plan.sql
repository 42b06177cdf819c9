{% set far_off = "date '9999-12-31'" %}

select
    plan_number,
    municipality_code,
    person_number,
    min(first_day) as first_day,
    nullif(max(until), {{ far_off }}) as last_day,
    max(last_evaluated) as last_evaluated,
    arg_max(coordinator_key, (first_day, delivered, spell_number)) filter (
        where coordinator_key is not null
    ) as coordinator_key,
    arg_max(consent, (first_day, delivered, spell_number)) filter (
        where consent is not null
    ) as consent,
    count(*) as registrations,
    count(distinct source_number) as sources
from {{ ref("int_plan__merged") }}
group by plan_number, municipality_code, person_number
