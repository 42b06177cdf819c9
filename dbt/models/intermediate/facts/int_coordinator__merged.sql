{#-
    Assignments: the registrations of one person and one coordinator that overlap or lie close, as
    one (counting rules, 3.4 and 3.5). Grain of `registrations`: how many were joined.
-#}
{% set right_came = "date '2022-08-01'" %}
{% set far_off = "date '9999-12-31'" %}

with
    -- Before the right to a child coordinator came, one that is registered so was a coordinator.
    in_its_time as (
        select
            * replace (
                case
                    when role = 'child_coordinator' and first_day < {{ right_came }}
                    then 'coordinator'
                    else role
                end as role,
                case
                    when role = 'child_coordinator' and first_day < {{ right_came }}
                    then least(last_day, {{ right_came }} - 1)
                    else last_day
                end as last_day
            ),
            first_day as registered_from
        from {{ ref("int_coordinator__closed") }}
        where not has_no_day
        union all
        select * replace ({{ right_came }} as first_day), first_day as registered_from
        from {{ ref("int_coordinator__closed") }}
        where
            not has_no_day
            and role = 'child_coordinator'
            and first_day < {{ right_came }}
            and coalesce(last_day, {{ far_off }}) >= {{ right_came }}
    ),

    spell as (
        select
            registration.*,
            registration.role_counts and not registration.is_specialist as counts,
            coalesce(registration.last_day, {{ far_off }}) as until,
            definition.bridge_days,
            row_number() over (
                order by
                    registration.delivery_number,
                    registration.registration_id,
                    registration.registration,
                    registration.row_number,
                    registration.first_day
            ) as spell_number
        from in_its_time as registration
        inner join
            {{ ref("int_definition") }} as definition
            on registration.municipality_code = definition.municipality_code
    ),

    -- What has no coordinator id joins an assignment that it overlaps.
    with_id as (
        select *, coordinator_key as coordinator from spell where coordinator_key is not null
    ),

    without_id as (select * from spell where coordinator_key is null),

    {{ hosts("by_id", "with_id", "without_id", right_came) }},

    -- Where nobody has an id, a name tells coordinators apart; what has neither joins one that has.
    left_over as (
        select without_id.*, without_id.coordinator_name_key as coordinator
        from without_id
        inner join by_id on without_id.spell_number = by_id.spell_number
        where by_id.coordinator is null
    ),

    with_name as (select * from left_over where coordinator is not null),

    without_name as (select * from left_over where coordinator is null),

    {{ hosts("by_name", "with_name", "without_name", right_came) }},

    hosted as (
        select
            spell.* replace (
                case
                    when by_id.coordinator is not null
                    then by_id.role
                    else coalesce(by_name.role, spell.role)
                end as role,
                -- Those whom nobody names are the same one only where they overlap.
                case
                    when
                        coalesce(
                            spell.coordinator_key,
                            by_id.coordinator,
                            spell.coordinator_name_key,
                            by_name.coordinator
                        )
                        is null
                    then 0
                    else spell.bridge_days
                end as bridge_days
            ),
            -- The coordinator: by number, by the host's, by name; else nobody known.
            coalesce(
                spell.coordinator_key,
                by_id.coordinator,
                spell.coordinator_name_key,
                by_name.coordinator
            ) as known_coordinator,
            coalesce(by_id.coordinator, by_name.coordinator) is not null as joined_a_host
        from spell
        left join by_id on spell.spell_number = by_id.spell_number
        left join by_name on spell.spell_number = by_name.spell_number
    ),

    island as (
        {{ islands("hosted", "person_number, counts, role, known_coordinator", "bridge_days") }}
    )

select
    *,
    min(spell_number) over (
        partition by person_number, counts, role, known_coordinator, island_number
    ) as assignment_number
from island
