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
        union all
        select merged.delivery_number, merged.row_number, 'second_coordinator', merged.first_day
        from merged
        inner join {{ ref("int_coordinator__assignment") }} as assignment using (assignment_number)
        where assignment.is_second and merged.place = 1
    ),

    -- Two sources that each name another one who follows: no more days apart than reporting takes.
    successor as (
        select distinct
            later.delivery_number, later.row_number, earlier.first_day, later.first_day as later_day
        from merged as earlier
        inner join
            merged as later
            on earlier.person_number = later.person_number
            and earlier.source_number <> later.source_number
            and earlier.known_coordinator <> later.known_coordinator
            and earlier.role = later.role
            and (earlier.first_day, earlier.spell_number) < (later.first_day, later.spell_number)
            and earlier.until >= later.first_day
        inner join
            {{ ref("int_definition") }} as definition
            on later.municipality_code = definition.municipality_code
        where
            earlier.counts
            and later.counts
            and later.first_day - earlier.first_day <= definition.reporting_days
    ),

    history as (
        select
            newest.delivery_number,
            newest.row_number,
            history.told_by,
            history.first_day,
            history.known_after,
            history.known_by,
            history.is_change,
            history.slips
        from {{ ref("int_coordinator__history") }} as history
        -- The steward sees it on the row that stands.
        inner join
            {{ ref("int_coordinator__row") }} as newest
            on history.source_number = newest.source_number
            and history.registration = newest.registration
            and newest.disposition in ('counted', 'quarantined')
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
        union
        -- How far the day is known: between two deliveries, where nothing else tells it.
        select
            'history_overwritten',
            delivery_number,
            row_number,
            null,
            case
                when told_by in ('delivery', 'meeting')
                then known_after || ' - ' || known_by
                else cast(first_day as text)
            end
        from history
        where is_change
        union
        select 'coordinator_corrected', delivery_number, row_number, null, null
        from history
        where slips > 0
        union
        select
            'successors_differ', delivery_number, row_number, null, first_day || ' / ' || later_day
        from successor
        union
        select
            'coordinator_gap', merged.delivery_number, merged.row_number, null, gap.days || ' days'
        from {{ ref("int_coordinator__gap") }} as gap
        inner join merged using (assignment_number)
        where merged.place = 1
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
