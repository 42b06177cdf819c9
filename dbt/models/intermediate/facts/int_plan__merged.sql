{#- Overlapping plans of one person, from any number of systems, are one (counting rules, 4.3). -#}
{% set far_off = "date '9999-12-31'" %}

with
    plan as (
        select
            *,
            coalesce(last_day, {{ far_off }}) as until,
            row_number() over (
                order by delivery_number, registration_id, registration, row_number
            ) as spell_number
        from {{ ref("int_plan__registration") }}
        where not has_no_day
    ),

    with_reach as (
        select
            *,
            max(until) over (
                partition by person_number
                order by first_day, spell_number
                rows between unbounded preceding and 1 preceding
            ) as reached
        from plan
    ),

    island as (
        select
            *,
            sum(case when reached is null or first_day > reached then 1 else 0 end) over (
                partition by person_number
                order by first_day, spell_number
                rows between unbounded preceding and current row
            ) as island_number
        from with_reach
    )

select *, min(spell_number) over (partition by person_number, island_number) as plan_number
from island
