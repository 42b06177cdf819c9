{#- Coordinators of residents on each reference date: how many, and how many from health and care. -#}
select
    municipality_code,
    reference_date,
    count(*) as distinct_coordinator,
    count(*) filter (where sector is not null) as distinct_coordinator_known_area,
    count(*) filter (where sector = 'health_care') as coordinator_from_health
from {{ ref("int_coordinator_date") }}
group by municipality_code, reference_date
