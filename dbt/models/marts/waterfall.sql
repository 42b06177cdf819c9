{#- The steps of each measure in their order; rules stand between reading and counting. -#}
with
    base_step as (
        select *, 'coordinator' as base
        from {{ ref("int_waterfall__coordinator") }}
        union all
        select *, 'plan' as base
        from {{ ref("int_waterfall__plan") }}
        union all
        select *, 'target_group' as base
        from {{ ref("int_waterfall__target_group") }}
    ),

    own_step as (
        select municipality_code, reference_date, measure, step, rows
        from {{ ref("int_waterfall__event") }}
        union all
        select municipality_code, reference_date, measure, step, rows
        from {{ ref("int_waterfall__person") }}
        union all
        select
            base_step.municipality_code,
            base_step.reference_date,
            measure.measure,
            base_step.step,
            base_step.rows
        from base_step
        inner join {{ ref("measures") }} as measure on base_step.base = measure.base
    ),

    -- Events that nobody told of have no way to show; that no person is counted has.
    shown as (
        select distinct municipality_code, reference_date, measure
        from own_step
        union
        select reference.municipality_code, reference.reference_date, measure.measure
        from {{ ref("int_reference_date") }} as reference
        cross join {{ ref("measures") }} as measure
        where measure.base is not null
    ),

    step as (
        select municipality_code, reference_date, measure, step, rows
        from own_step
        union all
        select
            shown.municipality_code,
            shown.reference_date,
            shown.measure,
            first_step.step,
            first_step.rows
        from shown
        inner join {{ ref("measures") }} as measure on shown.measure = measure.measure
        inner join
            {{ ref("int_waterfall__row") }} as first_step
            on measure.record = first_step.record
            and shown.municipality_code = first_step.municipality_code
        union all
        -- Where nothing is left, the levels still say so.
        select shown.municipality_code, shown.reference_date, shown.measure, level.step, 0
        from shown
        inner join {{ ref("measures") }} as measure on shown.measure = measure.measure
        cross join (select unnest(['rows_read', 'registrations', 'in_force', 'persons']) as step) as level
        where measure.base is not null or level.step in ('rows_read', 'registrations')
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
from
    (
        select municipality_code, reference_date, measure, step, sum(rows) as rows
        from step
        group by municipality_code, reference_date, measure, step
    ) as step
inner join known on step.step = known.step
where step.rows <> 0 or known.kind = 'level'
