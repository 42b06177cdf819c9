{#-
    Meetings of the 365 days up to and including each reference date, and those with the GP, by age
    group: of residents on the date and by their age on it.
-#}
{% set unknown_age = -999 %}

with
    reference as (select municipality_code, reference_date from {{ ref("int_reference_date") }}),

    first_date as (
        select municipality_code, min(reference_date) as reference_date
        from reference
        group by municipality_code
    ),

    -- A meeting is counted from its day for a year, while the person lives here: counted by the
    -- dates on which that begins and ends, for there are many meetings and many dates. On a
    -- birthday
    -- it goes from one age to the next; an unknown age is none of them.
    meeting_days as (
        select
            meeting.municipality_code,
            coalesce({{ age_on("person.birth_date", "meeting.met_on") }}, {{ unknown_age }}) as age,
            {{
                birthday(
                    "person.birth_date", age_on("person.birth_date", "meeting.met_on") ~ " + 1"
                )
            }} as older_from,
            greatest(meeting.met_on, person.moved_in, first_date.reference_date) as first_day,
            least(
                meeting.met_on + 364, coalesce(person.last_resident_day, meeting.met_on + 364)
            ) as last_day,
            meeting.has_gp
        from {{ ref("int_meeting") }} as meeting
        inner join {{ ref("int_person") }} as person on meeting.person_number = person.person_number
        inner join first_date on meeting.municipality_code = first_date.municipality_code
        where meeting.counts
    ),

    meeting_at_age as (
        select
            municipality_code,
            age,
            first_day,
            least(last_day, coalesce(older_from - 1, last_day)) as last_day,
            has_gp
        from meeting_days
        union all
        select municipality_code, age + 1, greatest(first_day, older_from), last_day, has_gp
        from meeting_days
        where older_from <= last_day
    ),

    -- The first reference date on each day or after it.
    date_after as (
        select
            municipality_code,
            cast(
                unnest(generate_series(after_date + 1, reference_date, interval 1 day)) as date
            ) as day,
            reference_date
        from
            (
                select
                    municipality_code,
                    reference_date,
                    coalesce(
                        lag(reference_date) over (
                            partition by municipality_code order by reference_date
                        ),
                        reference_date - 1
                    ) as after_date
                from reference
            )
    ),

    -- Those that are seen on a reference date, with the first one that they are seen on, and the
    -- first one that they are not.
    meeting_seen as (
        select
            meeting.municipality_code,
            meeting.age,
            begin.reference_date as seen_from,
            after.reference_date as not_seen_from,
            count(*) as meetings,
            count(*) filter (where meeting.has_gp) as with_gp
        from meeting_at_age as meeting
        inner join
            date_after as begin
            on meeting.municipality_code = begin.municipality_code
            and meeting.first_day = begin.day
        left join
            date_after as after
            on meeting.municipality_code = after.municipality_code
            and cast(meeting.last_day + 1 as date) = after.day
        where meeting.first_day <= meeting.last_day and meeting.last_day >= begin.reference_date
        group by all
    ),

    meeting_step as (
        select municipality_code, age, seen_from as reference_date, meetings, with_gp
        from meeting_seen
        union all
        select municipality_code, age, not_seen_from, - meetings, - with_gp
        from meeting_seen
        where not_seen_from is not null
    ),

    met_at_age as (
        select
            wanted.municipality_code,
            wanted.reference_date,
            wanted.age,
            sum(sum(step.with_gp)) over so_far as meeting_with_gp,
            sum(sum(step.meetings)) over so_far as meeting
        from
            (
                select reference.municipality_code, reference.reference_date, known.age
                from reference
                inner join
                    (select distinct municipality_code, age from meeting_step) as known using (
                        municipality_code
                    )
            ) as wanted
        left join meeting_step as step using (municipality_code, reference_date, age)
        group by wanted.municipality_code, wanted.reference_date, wanted.age
        window
            so_far as (
                partition by wanted.municipality_code, wanted.age order by wanted.reference_date
            )
    ),

    met as (
        select
            municipality_code,
            reference_date,
            nullif(age, {{ unknown_age }}) as age,
            meeting,
            meeting_with_gp
        from met_at_age
        where meeting is not null
    )

    {{ in_age_groups("met", ["meeting", "meeting_with_gp"]) }}
