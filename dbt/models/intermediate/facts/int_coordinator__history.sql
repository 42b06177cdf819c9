{#-
    Registrations that a later delivery gives to another coordinator, or under another role: who was
    there before, and from which day the next one is (counting rules, 3.8). A run is what deliveries
    one after the other say alike; the newest is the row that stands, the others are rows that it
    superseded.
-#}
{% set registration = hash_of(["source_number", "registration"]) %}

with
    told as (
        select
            row.delivery_number,
            row.row_number,
            row.source_number,
            row.registration,
            row.delivered,
            row.municipality_code,
            row.person_key,
            case when by_number.key is null then row.coordinator_key end as coordinator_key,
            case when by_name.key is null then row.coordinator_name_key end as coordinator_name_key,
            row.role,
            row.first_day,
            row.last_day,
            row.disposition,
            row.problem_rule is not null as is_vacant
        from {{ ref("int_coordinator__row") }} as row
        inner join
            {{ ref("int_delivery") }} as delivery on row.delivery_number = delivery.delivery_number
        {%- for alias, column, key in [
                ("by_number", "koordinator_id", "coordinator_key"),
                ("by_name", "koordinator_navn", "coordinator_name_key"),
            ] %}
            left join
                {{ ref("int_key_on_many") }} as {{ alias }}
                on row.municipality_code = {{ alias }}.municipality_code
                and row.{{ key }} = {{ alias }}.key
                and {{ alias }}.column_name = '{{ column }}'
        {%- endfor %}
        where
            delivery.status = 'in_force'
            and row.disposition <> 'duplicate'
            and not row.superseded_in_file
            and row.person_key is not null
            -- A row whose coordinator has gone and that nobody has yet, tells of an end.
            and coalesce(row.problem_rule = 'awaiting_appointment', true)
            and {{ hash_of(["row.source_number", "row.registration"]) }} in (
                select {{ registration }}
                from {{ ref("int_coordinator__row") }}
                group by {{ registration }}
                having
                    count(distinct coordinator_key) > 1
                    or count(distinct coordinator_name_key) > 1
                    or count(distinct role) > 1
                    or bool_or(problem_rule = 'awaiting_appointment')
                    and bool_or(problem_rule is null)
            )
        -- Who has become somebody else was written down wrong; the older rows tell nothing. Of one
        -- day the last file speaks.
        qualify
            row.person_key = last_value(row.person_key) over (
                partition by row.source_number, row.registration
                order by row.delivery_number
                rows between unbounded preceding and unbounded following
            )
            and row.delivery_number = max(row.delivery_number) over (
                partition by row.source_number, row.registration, row.delivered
            )
    ),

    -- What an empty key was before it was emptied is remembered.
    with_before as (
        select
            *,
            lag(is_vacant) over versions as was_vacant,
            lag(role) over versions as role_before,
            last_value(coordinator_key ignore nulls) over before as key_before,
            last_value(coordinator_name_key ignore nulls) over before as name_before
        from told
        window
            versions as (partition by source_number, registration order by delivery_number),
            before as (
                partition by source_number, registration
                order by delivery_number
                rows between unbounded preceding and 1 preceding
            )
    ),

    -- A system that writes the numbers of all its coordinators anew changes no coordinator: each
    -- has one new number, some of them on several persons, and no old one is left.
    renumbered as (
        select source_number, delivery_number, municipality_code
        from with_before
        where coordinator_key <> key_before and coalesce(coordinator_name_key = name_before, true)
        group by source_number, delivery_number, municipality_code
        having
            count(distinct key_before) >= 3
            and count(distinct key_before) = count(distinct coordinator_key)
            and count(distinct key_before) = count(distinct(key_before, coordinator_key))
            and count(*) > count(distinct key_before)
            and not bool_or(
                (source_number, key_before) in (
                    select (source_number, coordinator_key)
                    from {{ ref("int_coordinator__row") }}
                    where disposition = 'counted' and coordinator_key is not null
                )
            )
    ),

    compared as (
        select
            told.*,
            {{ is_another_coordinator("told", "key_before", "name_before") }}
            and not (
                renumbered.delivery_number is not null and told.coordinator_key <> told.key_before
            ) as is_another,
            coalesce(told.role <> told.role_before, false)
            or coalesce(told.is_vacant <> told.was_vacant, false) as is_otherwise
        from with_before as told
        left join renumbered using (source_number, delivery_number, municipality_code)
    ),

    numbered as (
        select
            *,
            sum(cast(is_another or is_otherwise as integer)) over (
                partition by source_number, registration order by delivery_number
            ) as run_number
        from compared
    ),

    run as (
        select
            source_number,
            registration,
            run_number,
            any_value(municipality_code) as municipality_code,
            any_value(person_key) as person_key,
            arg_max(row_number, delivery_number) as row_number,
            max(delivery_number) as delivery_number,
            min(delivered) as delivered_first,
            max(delivered) as delivered_last,
            arg_max(coordinator_key, delivery_number) as coordinator_key,
            arg_max(coordinator_name_key, delivery_number) as coordinator_name_key,
            arg_max(role, delivery_number) as role,
            arg_max(first_day, delivery_number) as first_day,
            arg_max_null(last_day, delivery_number) as last_day,
            arg_max(disposition, delivery_number) as disposition,
            bool_or(is_vacant) as is_vacant,
            bool_or(is_another) as is_another
        from numbered
        group by source_number, registration, run_number
    ),

    followed as (
        select
            run.*,
            lag(delivered_last) over runs as delivered_before,
            lag(first_day) over runs as first_day_before,
            lag(coordinator_key) over runs as key_before,
            lag(coordinator_name_key) over runs as name_before
        from run
        window runs as (partition by source_number, registration order by run_number)
        -- Where the newest row of all is one that nobody can read, nothing stands.
        qualify
            count(*) over (partition by source_number, registration) > 1
            and last_value(disposition) over (
                partition by source_number, registration
                order by run_number
                rows between unbounded preceding and unbounded following
            )
            <> 'superseded'
    ),

    -- What else tells the day: a form, the end of an employment, a meeting.
    form as (
        select
            followed.source_number,
            followed.registration,
            followed.run_number,
            max(form.changed_on) as day
        from followed
        inner join
            {{ ref("int_change_form__row") }} as form
            on followed.municipality_code = form.municipality_code
            and followed.person_key = form.person_key
        where
            form.disposition = 'counted'
            and form.change_type = 'coordinator_change'
            and followed.is_another
            and form.changed_on > followed.first_day_before
            and form.changed_on <= followed.delivered_first
            and coalesce(
                form.new_coordinator_key = followed.coordinator_key,
                -- Without a number on both sides, the one who left tells which change it is.
                form.old_coordinator_key = followed.key_before,
                form.changed_on > followed.delivered_before
            )
        group by all
    ),

    employment as (
        select
            followed.source_number,
            followed.registration,
            followed.run_number,
            cast(employee.last_day + 1 as date) as day
        from followed
        inner join
            {{ ref("int_employee") }} as employee
            on followed.municipality_code = employee.municipality_code
            and followed.key_before = employee.coordinator_key
        where
            followed.is_another
            and employee.last_day >= followed.delivered_before
            and employee.last_day < followed.delivered_first
    ),

    meeting as (
        select
            followed.source_number,
            followed.registration,
            followed.run_number,
            min(meeting.met_on) as day
        from followed
        inner join
            {{ ref("int_meeting__row") }} as meeting
            on followed.municipality_code = meeting.municipality_code
            and followed.person_key = meeting.person_key
            and followed.coordinator_key = meeting.coordinator_key
        where
            meeting.disposition = 'counted'
            and followed.is_another
            and meeting.met_on > followed.delivered_before
            and meeting.met_on <= followed.delivered_first
        group by all
    ),

    dated as (
        select
            followed.*,
            case
                when followed.run_number = 0
                then null
                when not followed.is_vacant and followed.first_day > followed.first_day_before
                then 'row'
                when form.day is not null
                then 'form'
                when employment.day is not null
                then 'employment'
                when meeting.day is not null
                then 'meeting'
                else 'delivery'
            end as told_by,
            case
                when followed.run_number = 0
                then
                    -- A first day that was corrected since is the registration's.
                    least(
                        followed.first_day,
                        last_value(
                            case when not followed.is_vacant then followed.first_day end
                        ) over (
                            partition by followed.source_number, followed.registration
                            order by followed.run_number
                            rows between unbounded preceding and unbounded following
                        )
                    )
                when not followed.is_vacant and followed.first_day > followed.first_day_before
                then followed.first_day
                else
                    coalesce(
                        form.day,
                        employment.day,
                        meeting.day,
                        -- One who has left again by then began on the last day at the latest.
                        least(
                            followed.delivered_first,
                            case when not followed.is_vacant then followed.last_day end
                        )
                    )
            end as day
        from followed
        left join form using (source_number, registration, run_number)
        left join employment using (source_number, registration, run_number)
        left join meeting using (source_number, registration, run_number)
    ),

    -- A name that stood for too short a time, that nothing but deliveries tells of, or that the
    -- next one has no day after, was written by mistake: the days are the next one's.
    weighed as (
        select
            dated.*,
            lead(dated.day) over runs is not null
            and (
                (
                    lead(dated.told_by) over runs = 'delivery'
                    and coalesce(dated.told_by = 'delivery', true)
                    and lead(dated.day) over runs - dated.day < definition.slip_days
                )
                or lead(dated.day) over runs <= dated.day
                or coalesce(
                    lead(dated.last_day) over runs < dated.delivered_last
                    and lead(dated.told_by) over runs = 'delivery',
                    false
                )
            ) as is_slip
        from dated
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
        window runs as (partition by source_number, registration order by run_number)
    ),

    -- A slip's days go to the next run that is none.
    taken_over as (
        select
            *,
            count(*) filter (where not is_slip) over (
                partition by source_number, registration
                order by run_number
                rows between unbounded preceding and 1 preceding
            ) as stretch_number
        from weighed
    ),

    kept as (
        select
            source_number,
            registration,
            stretch_number,
            arg_max(delivery_number, run_number) as delivery_number,
            arg_max(row_number, run_number) as row_number,
            arg_max(municipality_code, run_number) as municipality_code,
            arg_max(coordinator_key, run_number) as coordinator_key,
            arg_max(coordinator_name_key, run_number) as coordinator_name_key,
            arg_max(role, run_number) as role,
            arg_max(is_vacant, run_number) as is_vacant,
            arg_max_null(last_day, run_number) as last_day,
            arg_max(delivered_last, run_number) as delivered_last,
            arg_max(delivered_first, run_number) as delivered_first,
            min(day) as day,
            arg_min(told_by, run_number) as told_by,
            count(*) - 1 as slips,
            arg_min(delivered_before, run_number) as delivered_before
        from taken_over
        group by source_number, registration, stretch_number
    ),

    again as (
        select
            *,
            {{
                is_another_coordinator(
                    "kept",
                    "lag(coordinator_key) over stretches",
                    "lag(coordinator_name_key) over stretches",
                )
            }}
            or coalesce(role <> lag(role) over stretches, false)
            or coalesce(is_vacant <> lag(is_vacant) over stretches, false) as begins
        from kept
        window stretches as (partition by source_number, registration order by stretch_number)
    ),

    stretch as (
        select
            source_number,
            registration,
            part,
            max(delivery_number) as delivery_number,
            arg_max(row_number, stretch_number) as row_number,
            arg_max(is_vacant, stretch_number) as is_vacant,
            arg_max_null(last_day, stretch_number) as last_day,
            min(day) as day,
            arg_min(told_by, stretch_number) as told_by,
            arg_min(delivered_first, stretch_number) as known_by,
            arg_min(delivered_before, stretch_number) as known_after,
            sum(slips) as slips
        from
            (
                select
                    *,
                    sum(cast(coalesce(begins, false) as integer)) over (
                        partition by source_number, registration order by stretch_number
                    ) as part
                from again
            )
        group by source_number, registration, part
    ),

    bounded as (
        select
            *,
            lead(day) over parts as next_day,
            row_number() over parts = 1 as is_first,
            lead(day) over parts is null as is_newest,
            count(*) over (partition by source_number, registration) as parts
        from stretch
        window parts as (partition by source_number, registration order by part)
    )

select
    delivery_number,
    row_number,
    source_number,
    registration,
    -- Where only slips are behind it, the newest row says its own days.
    case when parts > 1 then cast(day as date) end as first_day,
    cast(least(last_day, next_day - 1) as date) as last_day,
    is_newest,
    parts > 1 and not is_first as is_change,
    case when parts > 1 and not is_first then told_by end as told_by,
    known_after,
    known_by,
    cast(slips as integer) as slips
from bounded
where not is_vacant and (parts > 1 or slips > 0)
