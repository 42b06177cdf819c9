{#-
    Quarantined rows that name a person, and would count if they were mended: of coordinators whose
    role is not one that never counts, of plans that are not another type of plan or another status.
    With the days that can be read; days that contradict each other are not known.
-#}
with
    quarantined as (
        select
            'coordinator' as what,
            delivery_number,
            row_number,
            municipality_code,
            person_key,
            first_day,
            last_day
        from {{ ref("int_coordinator__row") }} as registration
        where
            disposition = 'quarantined'
            and person_key is not null
            and coalesce(role in ('coordinator', 'child_coordinator'), true)
            and coordinator_area is distinct from 'specialist'
        union all
        select
            'plan' as what,
            delivery_number,
            row_number,
            municipality_code,
            person_key,
            created as first_day,
            cast(closed - 1 as date) as last_day
        from {{ ref("int_plan__row") }}
        where
            disposition = 'quarantined'
            and person_key is not null
            and coalesce(plan_type = 'individual_plan', true)
            and coalesce(plan_status in ('active', 'closed'), true)
    )

select
    quarantined.what,
    quarantined.delivery_number,
    quarantined.row_number,
    person.person_number,
    case when contradict then null else quarantined.first_day end as first_day,
    case when contradict then null else quarantined.last_day end as last_day
from (select *, coalesce(last_day < first_day, false) as contradict from quarantined) as quarantined
inner join
    {{ ref("int_person") }} as person
    on quarantined.municipality_code = person.municipality_code
    and quarantined.person_key = person.person_key
