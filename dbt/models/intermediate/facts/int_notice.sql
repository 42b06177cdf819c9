{#-
    Notices of need, with the days until they were assessed and until a coordinator began (counting
    rules, 5.3). What several systems tell of one person and day is one notice.
-#}
with
    notice as (
        select
            person.municipality_code,
            person.person_number,
            told.received_on,
            min(told.assessed_on) as assessed_on,
            arg_max(
                told.notifier,
                (
                    told.delivered,
                    told.delivery_number,
                    told.registration_id,
                    told.content_key,
                    told.row_number
                )
            ) filter (where told.notifier is not null) as notifier,
            arg_max(
                told.channel,
                (
                    told.delivered,
                    told.delivery_number,
                    told.registration_id,
                    told.content_key,
                    told.row_number
                )
            ) filter (where told.channel is not null) as channel,
            arg_max(
                told.outcome,
                (
                    told.delivered,
                    told.delivery_number,
                    told.registration_id,
                    told.content_key,
                    told.row_number
                )
            ) filter (where told.outcome is not null) as outcome,
            min(told.decided_on) as decided_on,
            count(*) as registrations
        from {{ ref("int_notice__row") }} as told
        inner join
            {{ ref("int_person") }} as person
            on told.municipality_code = person.municipality_code
            and told.person_key = person.person_key
        where told.disposition = 'counted'
        group by person.municipality_code, person.person_number, told.received_on
    ),

    -- The first coordinator who begins on the day or later; one whose start was typed in with a
    -- backlog tells no time.
    appointed as (
        select
            notice.person_number,
            notice.received_on,
            arg_min(start.first_day, start.first_day) as first_day,
            arg_min(start.is_migrated, start.first_day) as is_migrated
        from notice
        inner join
            {{ ref("int_coordinator__start") }} as start
            on notice.person_number = start.person_number
            and start.first_day >= notice.received_on
        group by notice.person_number, notice.received_on
    )

select
    notice.municipality_code,
    notice.person_number,
    notice.received_on,
    notice.assessed_on,
    notice.notifier,
    notice.channel,
    notice.outcome,
    notice.decided_on,
    notice.registrations,
    notice.assessed_on - notice.received_on as days_to_answer,
    case
        when
            not appointed.is_migrated
            and appointed.first_day - notice.received_on <= definition.appointment_limit_days
        then appointed.first_day - notice.received_on
    end as days_to_coordinator,
    case when not appointed.is_migrated then appointed.first_day end as appointed_on,
    coalesce(appointed.is_migrated, false) as is_told_by_backlog
from notice
inner join
    {{ ref("int_definition") }} as definition
    on notice.municipality_code = definition.municipality_code
left join
    appointed
    on notice.person_number = appointed.person_number
    and notice.received_on = appointed.received_on
