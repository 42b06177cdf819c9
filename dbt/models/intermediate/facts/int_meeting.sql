{#-
    Meetings (counting rules, 5.1): what one person took part in on one day is one meeting of its
    type, whoever logged it, with everybody who was there.
-#}
with
    attendance as (
        select
            attending.participants,
            cast(bit_or(cast(1 as bigint) << participant.place) as bigint) as present,
            bool_or(attending.participant = 'gp') as has_gp
        from
            (
                select participants, unnest(string_split(participants, ';')) as participant
                from
                    (
                        select distinct participants
                        from {{ ref("int_meeting__row") }}
                        where participants is not null
                    )
            ) as attending
        inner join
            {{ ref("int_participant") }} as participant
            on attending.participant = participant.participant
        group by attending.participants
    )

select
    person.municipality_code,
    person.person_number,
    logged.met_on,
    logged.meeting_type,
    logged.meeting_type in ('coordination_meeting', 'collaboration_meeting') as counts,
    coalesce(bool_or(attendance.has_gp), false) as has_gp,
    coalesce(bit_or(attendance.present), 0) as present,
    cast(max(logged.minutes) as integer) as minutes,
    bool_or(logged.has_minutes) as has_minutes,
    arg_min(
        logged.meeting_type_written,
        (logged.delivery_number, logged.registration_id, logged.content_key, logged.row_number)
    ) as written_as,
    count(*) as registrations,
    count(distinct logged.source_number) as sources
from {{ ref("int_meeting__row") }} as logged
inner join
    {{ ref("int_person") }} as person
    on logged.municipality_code = person.municipality_code
    and logged.person_key = person.person_key
left join attendance on logged.participants = attendance.participants
where logged.disposition = 'counted'
group by person.municipality_code, person.person_number, logged.met_on, logged.meeting_type
