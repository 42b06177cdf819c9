{#-
    Joining what belongs together (counting rules, 3.5). Both macros want `spell_number`,
    `person_number`, `counts`, `role`, `first_day`, `until` and `bridge_days` of a relation.
-#}
{#- Numbers the stretches of those that are the same and lie at most so many days apart. -#}
{% macro islands(relation, same, apart) -%}
    select
        *,
        sum(begins) over (
            partition by {{ same }}
            order by first_day, spell_number
            rows between unbounded preceding and current row
        ) as island_number
    from
        (
            select
                *,
                case
                    when
                        first_day - max(until) over (
                            partition by {{ same }}
                            order by first_day, spell_number
                            rows between unbounded preceding and 1 preceding
                        )
                        <= {{ apart }}
                    then 0
                    else 1
                end as begins
            from {{ relation }}
        )
{%- endmacro %}

{#-
    The last link, `<name>`, of a chain of common table expressions that finds the host of each loose
    spell: the assignment of a known coordinator that it overlaps, itself or by way of other loose
    ones; of the same role before others, the first to begin before the rest. Where it has none,
    `coordinator` is empty, and `role` is that of the first of those that overlap one another. What
    began before `right_came` joins a child coordinator as an ordinary one.

    What joins may close a gap between two assignments of one coordinator, and so meet what lay
    alone in the gap: hence a second round. What lies in a gap closes no other, so there is no third.
-#}
{% macro hosts(name, known, loose, right_came) -%}
    {{ name }}_member as ({{ islands(loose, "person_number, counts", 0) }}),

    {{ name }}_group as (
        select
            person_number,
            counts,
            island_number,
            min(spell_number) as spell_number,
            arg_min(role, (first_day, spell_number)) as role,
            min(first_day) as first_day,
            max(until) as until,
            any_value(bridge_days) as bridge_days
        from {{ name }}_member
        group by person_number, counts, island_number
    ),

    {{ name }}_known_1 as (
        select spell_number, person_number, counts, role, coordinator, first_day, until, bridge_days
        from {{ known }}
        where person_number in (select person_number from {{ name }}_group)
    ),

    {% for round in (1, 2) -%}
        {{ name }}_assignment_{{ round }} as (
            select
                person_number,
                counts,
                role,
                coordinator,
                min(first_day) as first_day,
                max(until) as until,
                min(spell_number) as spell_number
            from
                (
                    {{
                        islands(
                            name ~ "_known_" ~ round,
                            "person_number, counts, role, coordinator",
                            "bridge_days",
                        )
                    }}
                )
            group by person_number, counts, role, coordinator, island_number
        ),

        {{ name }}_host_{{ round }} as (
            select
                loose.spell_number,
                arg_min(
                    {
                        'coordinator':host.coordinator,
                        'role': case
                            when
                                host.role = 'child_coordinator'
                                and loose.first_day < {{ right_came }}
                            then 'coordinator'
                            else host.role
                        end
                    },
                    (
                        case when host.role = loose.role then 0 else 1 end,
                        host.first_day,
                        host.spell_number
                    )
                ) as host
            from {{ name }}_group as loose
            inner join
                {{ name }}_assignment_{{ round }} as host
                on loose.person_number = host.person_number
                and loose.counts = host.counts
                and loose.first_day <= host.until
                and host.first_day <= loose.until
            group by loose.spell_number
        ),
        {% if round == 1 %}
            {{ name }}_known_2 as (
                from {{ name }}_known_1
                union all
                select
                    loose.spell_number,
                    loose.person_number,
                    loose.counts,
                    joined.host.role,
                    joined.host.coordinator,
                    loose.first_day,
                    loose.until,
                    loose.bridge_days
                from {{ name }}_group as loose
                inner join {{ name }}_host_1 as joined using (spell_number)
            ),
        {% endif %}
    {%- endfor %}

    {{ name }} as (
        select
            member.spell_number,
            coalesce(first.host.coordinator, second.host.coordinator) as coordinator,
            coalesce(first.host.role, second.host.role, loose.role) as role
        from {{ name }}_member as member
        inner join {{ name }}_group as loose using (person_number, counts, island_number)
        left join {{ name }}_host_1 as first on loose.spell_number = first.spell_number
        left join {{ name }}_host_2 as second on loose.spell_number = second.spell_number
    )
{%- endmacro %}
