{#-
    One at a time (counting rules, 3.6): when another counting coordinator begins, the earlier
    assignment ends the day before, but where both are meant to be there; a child coordinator goes
    before an ordinary one while it lasts.
    Assignments that do not count are left as they are.
-#}
{% set far_off = "date '9999-12-31'" %}

with
    assignment as (
        select
            assignment_number,
            municipality_code,
            person_number,
            counts,
            role,
            known_coordinator as coordinator_key,
            min(first_day) as first_day,
            max(until) as until,
            -- The newest registration says what only one can say.
            arg_max(coordinator_area, (first_day, delivered, spell_number)) filter (
                where coordinator_area is not null
            ) as coordinator_area,
            arg_max_null(unit_written, (first_day, delivered, spell_number)) filter (
                where coordinator_area is not null
            ) as unit_written,
            arg_max(consent, (first_day, delivered, spell_number)) filter (
                where consent is not null
            ) as consent,
            arg_max(family_key, (first_day, delivered, spell_number)) filter (
                where family_key is not null
            ) as family_key,
            arg_min(is_migrated, (first_day, is_migrated)) as is_migrated,
            count(*) as registrations,
            count(distinct source_number) as sources
        from {{ ref("int_coordinator__merged") }}
        group by all
    ),

    in_turn as (
        select
            *,
            role = 'child_coordinator' as is_child,
            lead(first_day) over everyone as first_to_follow,
            lead(first_day) over of_kind as first_of_kind_to_follow,
            row_number() over everyone as place
        from assignment
        window
            everyone as (
                partition by person_number, counts
                order by
                    first_day,
                    case when role = 'child_coordinator' then 0 else 1 end,
                    until,
                    assignment_number
            ),
            of_kind as (
                partition by person_number, counts, role = 'child_coordinator'
                order by first_day, until, assignment_number
            )
    ),

    -- One who is there beside the first ends nothing: the next one does.
    beside as (
        select
            one.assignment_number,
            min(later.first_day) filter (where second.second_number is null) as next_first_day,
            min(later.first_day) filter (
                where second.second_number is null and later.is_child = one.is_child
            ) as next_of_kind
        from in_turn as one
        left join
            in_turn as later
            on one.person_number = later.person_number
            and one.counts = later.counts
            and one.place < later.place
        left join
            {{ ref("int_coordinator__second") }} as second
            on one.assignment_number = second.first_number
            and later.assignment_number = second.second_number
        where
            one.counts
            and one.assignment_number
            in (select first_number from {{ ref("int_coordinator__second") }})
        group by one.assignment_number
    ),

    ordered as (
        select
            in_turn.*,
            case
                when beside.assignment_number is not null
                then beside.next_first_day
                else in_turn.first_to_follow
            end as next_first_day,
            case
                when beside.assignment_number is not null
                then beside.next_of_kind
                else in_turn.first_of_kind_to_follow
            end as next_of_kind
        from in_turn
        left join beside using (assignment_number)
    ),

    child_coordinator as (
        select *, least(until, coalesce(next_of_kind - 1, {{ far_off }})) as child_until
        from ordered
        where counts and is_child
    ),

    -- An ordinary one who begins meanwhile waits; a child coordinator waits for nobody.
    child as (
        select ordered.assignment_number as waiting_number, max(child.child_until) as child_until
        from ordered
        inner join
            child_coordinator as child
            on ordered.person_number = child.person_number
            and ordered.first_day between child.first_day and child.child_until
        where ordered.counts and not ordered.is_child
        group by ordered.assignment_number
    ),

    trimmed as (
        select
            ordered.*,
            -- An ordinary coordinator who begins while a child coordinator lasts waits until it
            -- ends.
            case
                when child.child_until is not null then child.child_until + 1 else ordered.first_day
            end as effective_first_day,
            case
                when ordered.role = 'child_coordinator'
                then least(ordered.until, coalesce(ordered.next_of_kind - 1, {{ far_off }}))
                else least(ordered.until, coalesce(ordered.next_first_day - 1, {{ far_off }}))
            end as effective_until,
            child.child_until is not null as waits_for_child
        from ordered
        left join child on ordered.assignment_number = child.waiting_number
    )

select
    assignment_number,
    municipality_code,
    person_number,
    role,
    coordinator_key,
    coordinator_area,
    unit_written,
    consent,
    family_key,
    counts,
    is_migrated,
    registrations,
    sources,
    first_day as registered_first_day,
    nullif(until, {{ far_off }}) as registered_last_day,
    case when counts then cast(effective_first_day as date) else first_day end as first_day,
    case
        when counts
        then nullif(cast(effective_until as date), {{ far_off }})
        else nullif(until, {{ far_off }})
    end as last_day,
    counts and waits_for_child as waits_for_child,
    assignment_number
    in (select second_number from {{ ref("int_coordinator__second") }}) as is_second,
    counts and effective_until < until as ended_by_next,
    counts and effective_until < effective_first_day as has_no_day
from trimmed
