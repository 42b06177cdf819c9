{#-
    The registrations of coordinators, each with the assignment that it ended up in, or why it never
    counts.
-#}
{% macro coordinator_registrations() -%}
    select
        closed.*,
        merged.assignment_number,
        case
            when not closed.role_counts
            then 'role_not_counted'
            when closed.is_specialist
            then 'specialist_coordinator'
            when closed.has_no_day
            then 'no_day_left'
        end as never_counts
    from {{ ref("int_coordinator__closed") }} as closed
    left join
        (
            select
                delivery_number,
                row_number,
                registered_from,
                max(assignment_number) as assignment_number
            from {{ ref("int_coordinator__merged") }}
            group by delivery_number, row_number, registered_from
        ) as merged
        on closed.delivery_number = merged.delivery_number
        and closed.row_number = merged.row_number
        and closed.first_day = merged.registered_from
{%- endmacro %}

{#-
    How many more registrations of coordinators there are than rows that were taken in: those who were
    there before, by earlier deliveries and by forms.
-#}
{% macro coordinators_written_over(registrations) -%}
    select municipality_code, 'written_over' as step, sum(rows) as rows
    from
        (
            select municipality_code, count(*) as rows
            from {{ registrations }}
            group by municipality_code
            union all
            select municipality_code, - rows
            from {{ ref("int_waterfall__row") }}
            where record = 'koordinator' and step = 'registrations'
        )
    group by municipality_code
    having sum(rows) <> 0
{%- endmacro %}

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

{#-
    The steps of ways down. Each way is a relation with a row for each municipality and reference date,
    its first level, and its steps as (step, level): what a step takes away lies between its level and
    the one before. Every level that is a measure of an indicator has the way down to itself, and the
    rows within the period are told on the way.
-#}
{% macro ways_down(ways) -%}
    {% set measures = (
        indicators()
        | map(attribute="numerator")
        | list + indicators()
        | map(attribute="denominator")
        | list
    ) -%}
    {% set told = [] -%}
    {% for relation, first, steps in ways -%}
        {% for _, measure in steps -%}
            {% for step, level in steps[: loop.index] if measure in measures -%}
                {% set above = first if loop.first else steps[loop.index0 - 1][1] -%}
                {% do told.append((relation, measure, step, level ~ " - " ~ above)) -%}
                {% if level == "rows_in_period" -%}
                    {% do told.append((relation, measure, "in_period", level)) -%}
                {% endif -%}
            {% endfor -%}
            {% if measure in measures -%}
                {% do told.append((relation, measure, "counted", measure)) -%}
            {% endif -%}
        {% endfor -%}
    {% endfor -%}
    {% for relation, measure, step, rows in told -%}
        select
            municipality_code,
            reference_date,
            '{{ measure }}' as measure,
            '{{ step }}' as step,
            {{ rows }} as rows
        from {{ relation }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor -%}
{%- endmacro %}
