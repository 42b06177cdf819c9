{#- The steps of each measure in their order; rules stand between reading and counting. -#}
with
    step as (
        select *, 'coordinator' as measure
        from {{ ref("int_waterfall__coordinator") }}
        union all
        select *, 'plan' as measure
        from {{ ref("int_waterfall__plan") }}
        union all
        select *, 'target_group' as measure
        from {{ ref("int_waterfall__target_group") }}
    ),

    known as (
        select step, kind, sort_order
        from {{ ref("waterfall_steps") }}
        union all
        select
            rule as step,
            'change' as kind,
            -- A rule that leaves rows out comes before the registrations; one that ends them,
            -- after.
            case
                when action = 'quarantined'
                then 200
                when
                    rule in (
                        'role_not_counted',
                        'specialist_coordinator',
                        'plan_type_other',
                        'no_day_left',
                        'closed_without_date'
                    )
                then 320
                when rule = 'one_at_a_time'
                then 510
                else 430
            end
            + sort_order / 1000.0 as sort_order
        from {{ ref("rules") }}
    )

select
    step.municipality_code,
    step.reference_date,
    step.measure,
    step.step,
    cast(
        row_number() over (
            partition by step.municipality_code, step.reference_date, step.measure
            order by known.sort_order, step.step
        ) as integer
    ) as step_order,
    cast(step.rows as bigint) as rows,
    known.kind
from step
inner join known on step.step = known.step
where step.rows <> 0 or known.kind = 'level'
