{#-
    The steps that a registration of a coordinator or a plan stands in, each with its days; one that
    never counts stands in one step for ever.
-#}
{% macro steps_of(registrations) -%}
    span as (
        select
            municipality_code,
            never_counts as step,
            date '-infinity' as first_day,
            cast(null as date) as until
        from {{ registrations }}
        where never_counts is not null
        union all
        select municipality_code, 'not_begun', date '-infinity', first_day
        from {{ registrations }}
        where never_counts is null
        union all
        select municipality_code, 'in_force', first_day, last_day + 1
        from {{ registrations }}
        where never_counts is null
        union all
        select municipality_code, closed_by, last_day + 1, registered_last_day + 1
        from {{ registrations }}
        where never_counts is null and closed_by is not null
        union all
        select
            municipality_code,
            'ended',
            case when closed_by is null then last_day else registered_last_day end + 1,
            null
        from {{ registrations }}
        where
            never_counts is null
            and case when closed_by is null then last_day else registered_last_day end is not null
    )
{%- endmacro %}

{#-
    How many registrations stand in each step on each reference date. `spans` has one row for each
    step that a registration stands in, from `first_day` to the day before `until` (null: for ever);
    counted by the days on which that begins and ends, for registrations times dates are many.
-#}
{% macro registrations_on_dates(spans) -%}
    step_change as (
        select municipality_code, step, first_day as day, count(*) as rows
        from {{ spans }}
        where first_day < coalesce(until, date 'infinity')
        group by municipality_code, step, first_day
        union all
        select municipality_code, step, until as day, - count(*) as rows
        from {{ spans }}
        where first_day < until
        group by municipality_code, step, until
    ),

    step_level as (
        select
            municipality_code,
            step,
            day,
            sum(sum(rows)) over (partition by municipality_code, step order by day) as rows
        from step_change
        group by municipality_code, step, day
    ),

    step_on_date as (
        select reference.municipality_code, reference.reference_date, level.step, level.rows as rows
        from
            (
                select reference.municipality_code, reference.reference_date, known.step
                from {{ ref("int_reference_date") }} as reference
                inner join
                    (select distinct municipality_code, step from step_level) as known
                    on reference.municipality_code = known.municipality_code
            ) as reference
        asof inner join
            step_level as level
            on reference.municipality_code = level.municipality_code
            and reference.step = level.step
            and reference.reference_date >= level.day
        where level.rows <> 0
    )
{%- endmacro %}
