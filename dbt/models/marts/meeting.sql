{#-
    Nothing that is published is made of it, and there are many meetings: they are spelled out when
    somebody asks. It names no database, and so reads the file that it lies in, wherever that is
    attached.
-#}
{{ config(materialized="view") }}
{% set meetings = ref("int_meeting").include(database=false) %}
{% set persons = ref("int_person").include(database=false) %}
{% set participants = ref("int_participant").include(database=false) %}

with
    -- There are few ways in which meetings are attended: each is spelled out once.
    attendance as (
        select
            way.present,
            string_agg(participant.participant, ';' order by participant.place) as participants
        from (select distinct present from {{ meetings }}) as way
        inner join {{ participants }} as participant on (way.present >> participant.place) & 1 = 1
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
from {{ meetings }} as meeting
inner join {{ persons }} as person on meeting.person_number = person.person_number
left join attendance on meeting.present = attendance.present
