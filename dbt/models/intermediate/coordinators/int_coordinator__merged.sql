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
            )
        from {{ ref("int_coordinator__closed") }}
        where not has_no_day
        union all
        select * replace ({{ right_came }} as first_day)
        from {{ ref("int_coordinator__closed") }}
        where
            not has_no_day
            and role = 'child_coordinator'
            and first_day < {{ right_came }}
            and coalesce(last_day, {{ far_off }}) >= {{ right_came }}
    ),

    spell as (
        select
            *,
            role_counts and not is_specialist as counts,
            coalesce(last_day, {{ far_off }}) as until,
            row_number() over (order by delivery_number, row_number, first_day) as spell_number
        from in_its_time
    ),

    -- What names no coordinator joins an assignment that it overlaps: one of the same role before
    -- others, the first to begin before the rest.
    host as (
        select
            nameless.spell_number,
            arg_min(
                named.coordinator_key,
                (
                    case when named.role = nameless.role then 0 else 1 end,
                    named.first_day,
                    named.spell_number
                )
            ) as coordinator_key,
            arg_min(
                named.role,
                (
                    case when named.role = nameless.role then 0 else 1 end,
                    named.first_day,
                    named.spell_number
                )
            ) as role
        from spell as nameless
        inner join
            spell as named
            on nameless.person_number = named.person_number
            and nameless.counts = named.counts
            and nameless.first_day <= named.until
            and named.first_day <= nameless.until
        where nameless.coordinator_key is null and named.coordinator_key is not null
        group by nameless.spell_number
    ),

    hosted as (
        select
            spell.* replace (coalesce(host.role, spell.role) as role),
            -- The coordinator: by number, by the host's, by name; else nobody known.
            coalesce(
                spell.coordinator_key, host.coordinator_key, spell.coordinator_name_key
            ) as known_coordinator,
            host.spell_number is not null as joined_a_host
        from spell
        left join host on spell.spell_number = host.spell_number
    ),

    with_reach as (
        select
            hosted.*,
            max(until) over (
                partition by
                    hosted.person_number, hosted.counts, hosted.role, hosted.known_coordinator
                order by hosted.first_day, hosted.spell_number
                rows between unbounded preceding and 1 preceding
            ) as reached,
            -- Unknown coordinators are the same one only where they overlap.
            case
                when known_coordinator is null then 0 else definition.bridge_days
            end as bridge_days
        from hosted
        inner join
            {{ ref("int_definition") }} as definition
            on hosted.municipality_code = definition.municipality_code
    ),

    island as (
        select
            *,
            reached is not null
            and first_day > reached
            and first_day - reached <= bridge_days as is_bridged,
            sum(
                case when reached is null or first_day - reached > bridge_days then 1 else 0 end
            ) over (
                partition by person_number, counts, role, known_coordinator
                order by first_day, spell_number
                rows between unbounded preceding and current row
            ) as island_number
        from with_reach
    )

select
    *,
    min(spell_number) over (
        partition by person_number, counts, role, known_coordinator, island_number
    ) as assignment_number
from island
