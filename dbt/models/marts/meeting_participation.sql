{#-
    Who takes part in the meetings that count for follow-up: of those meetings that gp_participation
    looks at, in how many each participant was. A meeting is counted from its day for a year, while
    the person lives here and is of an age that is counted: by the days on which that begins and ends,
    for there are many meetings and many dates.
-#}
with
    participant as (
        select code as participant
        from {{ ref("code_names") }}
        where field = 'participant'
        union
        select service_area
        from {{ ref("service_areas") }}
    ),

    counted as (
        select
            meeting.municipality_code,
            meeting.present,
            greatest(
                meeting.met_on,
                coalesce(person.moved_in, meeting.met_on),
                coalesce(person.birth_date, meeting.met_on)
            ) as first_day,
            least(
                meeting.met_on + 364,
                coalesce(person.last_resident_day, meeting.met_on + 364),
                coalesce(
                    {{ birthday("person.birth_date", "oldest.age + 1") }} - 1, meeting.met_on + 364
                )
            ) as last_day
        from {{ ref("int_meeting") }} as meeting
        inner join {{ ref("int_person") }} as person on meeting.person_number = person.person_number
        cross join (select max(age) as age from {{ ref("int_age_band") }}) as oldest
        where meeting.counts
    ),

    step as (
        select municipality_code, present, first_day as day, count(*) as meetings
        from counted
        where first_day <= last_day
        group by municipality_code, present, first_day
        union all
        select municipality_code, present, last_day + 1, - count(*)
        from counted
        where first_day <= last_day
        group by municipality_code, present, last_day + 1
    ),

    -- Each way in which meetings are attended, with everybody in it.
    way as (
        select attended.present, participant.participant
        from (select distinct present from step) as attended
        inner join
            {{ ref("int_participant") }} as participant
            on (attended.present >> participant.place) & 1 = 1
        union all
        select distinct present, 'not_recorded'
        from step
        where present = 0
        union all
        select distinct present, 'all'
        from step
    ),

    level as (
        select
            step.municipality_code,
            way.participant,
            step.day,
            sum(sum(step.meetings)) over (
                partition by step.municipality_code, way.participant order by step.day
            ) as meetings
        from step
        inner join way on step.present = way.present
        group by step.municipality_code, way.participant, step.day
    ),

    held as (
        select reference.municipality_code, reference.reference_date, level.meetings
        from {{ ref("int_reference_date") }} as reference
        asof inner join
            (select * from level where participant = 'all') as level
            on reference.municipality_code = level.municipality_code
            and reference.reference_date >= level.day
        where level.meetings > 0
    )

select
    wanted.municipality_code,
    wanted.reference_date,
    wanted.participant,
    cast(coalesce(level.meetings, 0) as bigint) as meetings_with,
    cast(wanted.meetings as bigint) as meetings
from (select held.*, participant.participant from held cross join participant) as wanted
asof left join
    level
    on wanted.municipality_code = level.municipality_code
    and wanted.participant = level.participant
    and wanted.reference_date >= level.day
