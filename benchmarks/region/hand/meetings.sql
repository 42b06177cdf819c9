-- Meetings: what one person took part in on one day is one meeting of its type, whoever logged it.
create table participant as
select participant, cast(row_number() over (order by participant) - 1 as integer) as bit
from (select distinct unnest(string_split(deltakere, ';')) as participant from landing.mote where deltakere is not null);

create table attendance as
select deltakere, bit_or(cast(1 as bigint) << bit) as present
from (select deltakere,
    unnest(string_split(deltakere,
    ';')) as participant from (select distinct deltakere from landing.mote where deltakere is not null))
inner join participant using (participant)
group by deltakere;

create table meeting as
select
    person, first_day as met_on, meeting_type,
    meeting_type in ('coordination_meeting', 'collaboration_meeting') as counts,
    bit_or(coalesce(present, 0)) as present,
    bool_or(referat is not null) as has_minutes,
    count(*) as registrations,
    -- In whose words: those of the first that told of it; the others are found below.
    any_value(motetype) as motetype
from mote left join attendance using (deltakere)
where place = 'counted'
group by person, first_day, meeting_type;

create table told_again as
select
    mote.delivery_number, mote.row_number, person, first_day, meeting_type, motetype,
    row_number() over (
        partition by person, first_day, meeting_type
        order by mote.delivery_number, registration_id, content_key, mote.row_number
    ) as nth
from mote
semi join (select person, met_on as first_day, meeting_type from meeting where registrations > 1) as several
    using (person, first_day, meeting_type)
where place = 'counted';

update meeting set motetype = first.motetype
from told_again as first
where nth = 1 and first.person = meeting.person and first.first_day = meeting.met_on
    and first.meeting_type = meeting.meeting_type;
