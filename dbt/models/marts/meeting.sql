with
    -- There are few ways in which meetings are attended: each is spelled out once.
    attendance as (
        select
            way.present,
            string_agg(participant.participant, ';' order by participant.place) as participants
        from (select distinct present from {{ ref("int_meeting") }}) as way
        inner join
            {{ ref("int_participant") }} as participant
            on (way.present >> participant.place) & 1 = 1
        group by way.present
    )

select
    md5(
        concat_ws(
            '|', meeting.municipality_code, person.person_key, meeting.met_on, meeting.meeting_type
        )
    ) as meeting_key,
    meeting.municipality_code,
    person.person_key,
    meeting.met_on,
    meeting.meeting_type,
    meeting.written_as,
    meeting.counts,
    meeting.has_gp,
    attendance.participants,
    meeting.minutes,
    meeting.has_minutes,
    cast(meeting.registrations as integer) as registrations,
    cast(meeting.sources as integer) as sources
from {{ ref("int_meeting") }} as meeting
inner join {{ ref("int_person") }} as person on meeting.person_number = person.person_number
left join attendance on meeting.present = attendance.present
