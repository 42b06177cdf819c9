{#-
    Plans of one person that overlap or lie close, from any number of systems, are one: one that is
    opened again under another number goes on (counting rules, 4.3).
-#}
{% set far_off = "date '9999-12-31'" %}

with
    plan as (
        select
            registration.*,
            coalesce(registration.last_day, {{ far_off }}) as until,
            definition.bridge_days,
            row_number() over (
                order by
                    registration.delivery_number,
                    registration.registration_id,
                    registration.registration,
                    registration.row_number
            ) as spell_number
        from {{ ref("int_plan__registration") }} as registration
        inner join
            {{ ref("int_definition") }} as definition
            on registration.municipality_code = definition.municipality_code
        where not registration.has_no_day
    ),

    island as ({{ islands("plan", "person_number", "bridge_days") }})

select *, min(spell_number) over (partition by person_number, island_number) as plan_number
from island
