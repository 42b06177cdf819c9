{#-
    What the rules for coordinators did to registrations that were taken in (counting rules,
    section 3). Grain: one row per rule, registration and column.
-#}
with
    merged as (
        select
            *,
            count(*) over (partition by assignment_number) as registrations,
            row_number() over (
                partition by assignment_number order by first_day, spell_number
            ) as place
        from {{ ref("int_coordinator__merged") }}
    ),

    touched as (
        select delivery_number, row_number, closed_by as rule, last_day as day
        from {{ ref("int_coordinator__closed") }}
        inner join {{ ref("int_as_of") }} as until using (municipality_code)
        -- A withdrawal is told of the row already; an end that is still to come is no finding yet.
        where closed_by is not null and closed_by <> 'withdrawn' and last_day <= until.as_of
        union all
        select delivery_number, row_number, 'no_day_left', last_day
        from {{ ref("int_coordinator__closed") }}
        where has_no_day
        union all
        select delivery_number, row_number, 'role_not_counted', null
        from {{ ref("int_coordinator__registration") }}
        where not role_counts
        union all
        select delivery_number, row_number, 'specialist_coordinator', null
        from {{ ref("int_coordinator__registration") }}
        where is_specialist
        union all
        select delivery_number, row_number, 'backlog_start', first_day
        from {{ ref("int_coordinator__registration") }}
        where is_migrated and role_counts and not is_specialist
        union all
        select delivery_number, row_number, 'child_before_2022', first_day
        from {{ ref("int_coordinator__closed") }}
        where not has_no_day and role = 'child_coordinator' and first_day < date '2022-08-01'
        union all
        select delivery_number, row_number, 'joined_without_id', first_day
        from merged
        where joined_a_host
        union all
        select delivery_number, row_number, 'bridged', first_day
        from merged
        where registrations > 1 and place > 1 and not joined_a_host
        union all
        select merged.delivery_number, merged.row_number, 'one_at_a_time', assignment.last_day
        from merged
        inner join {{ ref("int_coordinator__assignment") }} as assignment using (assignment_number)
        where assignment.ended_by_next
        union all
        select merged.delivery_number, merged.row_number, 'child_precedence', assignment.first_day
        from merged
        inner join {{ ref("int_coordinator__assignment") }} as assignment using (assignment_number)
        where assignment.waits_for_child
        union all
        select merged.delivery_number, merged.row_number, 'no_day_left', assignment.last_day
        from merged
        inner join {{ ref("int_coordinator__assignment") }} as assignment using (assignment_number)
        where assignment.has_no_day
    ),

    -- A row may have several keys that are on many, each in a column of its own.
    told as (
        select
            rule,
            delivery_number,
            row_number,
            cast(null as text) as column_name,
            cast(day as text) as value
        from touched
        union
        select
            'key_on_many',
            registration.delivery_number,
            registration.row_number,
            many.column_name,
            many.persons || ' persons'
        from {{ ref("int_key_on_many") }} as many
        inner join
            {{ ref("int_coordinator__row") }} as registration
            on many.municipality_code = registration.municipality_code
            and many.key = case
                many.column_name
                when 'koordinator_id'
                then registration.coordinator_key
                when 'koordinator_navn'
                then registration.coordinator_name_key
                else registration.family_key
            end
        where registration.disposition = 'counted'
    )

select
    told.rule,
    registration.delivery_number,
    registration.row_number,
    registration.source_number,
    registration.registration,
    registration.registration_id,
    registration.content_key,
    registration.person_key,
    told.column_name,
    told.value
from told
inner join
    {{ ref("int_coordinator__row") }} as registration
    on told.delivery_number = registration.delivery_number
    and told.row_number = registration.row_number
