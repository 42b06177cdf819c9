{#-
    The rows that tell of a meeting which another row has told of (counting rules, 5.1). Grain: one
    row per rule and registration.
-#}
with
    told_again as (
        select
            logged.delivery_number,
            logged.row_number,
            logged.source_number,
            logged.registration,
            logged.registration_id,
            logged.content_key,
            logged.person_key,
            logged.met_on,
            row_number() over (
                partition by meeting.person_number, meeting.met_on, meeting.meeting_type
                order by
                    logged.delivery_number,
                    logged.registration_id,
                    logged.content_key,
                    logged.row_number
            ) as place
        from {{ ref("int_meeting") }} as meeting
        inner join {{ ref("int_person") }} as person on meeting.person_number = person.person_number
        inner join
            {{ ref("int_meeting__row") }} as logged
            on person.municipality_code = logged.municipality_code
            and person.person_key = logged.person_key
            and meeting.met_on = logged.met_on
            and meeting.meeting_type = logged.meeting_type
        where meeting.registrations > 1 and logged.disposition = 'counted'
    )

select
    'meetings_merged' as rule,
    delivery_number,
    row_number,
    source_number,
    registration,
    registration_id,
    content_key,
    person_key,
    cast(null as text) as column_name,
    cast(met_on as text) as value
from told_again
where place > 1
