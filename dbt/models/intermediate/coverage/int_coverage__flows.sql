{#-
    What is counted of meetings, notices, starts, training, goals and housing by age group, among
    residents on the reference date and by their age on it. `365 d` are the days up to and including
    the date. Medians are given with their quartiles.
-#}
{% set unknown_age = -999 %}
{% set age_then = age_on("person.birth_date", "reference.reference_date") %}
{% set in_the_year = within_a_year("reference.reference_date") %}
{% set year_before = within_the_year_before("reference.reference_date") %}
{% set half_year_ago = within_a_year_until_half_a_year_ago("reference.reference_date") %}
{% set resident_then = lives_here_on("person", "reference.reference_date") %}

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
            sum(sum(step.with_gp)) over so_far as numerator,
            sum(sum(step.meetings)) over so_far as denominator
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

    met as (select * from met_at_age where denominator is not null),

    {% for indicator, what, period in [
        ("answer_days", "days_to_answer", in_the_year),
        ("appointment_days", "days_to_coordinator", year_before),
    ] -%}
        {{ indicator }} as (
            select
                reference.municipality_code,
                reference.reference_date,
                band.age_scheme,
                band.age_group,
                count(*) as denominator,
                quantile_cont(notice.{{ what }}, [0.25, 0.5, 0.75]) as quartiles
            from reference
            inner join
                {{ ref("int_notice") }} as notice
                on reference.municipality_code = notice.municipality_code
                and notice.received_on {{ period }}
            inner join
                {{ ref("int_person") }} as person
                on notice.person_number = person.person_number
                and {{ resident_then }}
            inner join
                {{ ref("int_age_band") }} as band on {{ age_then }} is not distinct from band.age
            where notice.{{ what }} is not null
            group by
                reference.municipality_code,
                reference.reference_date,
                band.age_scheme,
                band.age_group
        ),
    {% endfor %}

    begun as (
        select
            reference.municipality_code,
            reference.reference_date,
            coalesce({{ age_then }}, {{ unknown_age }}) as age,
            count(*) as begun,
            count(*) filter (where start.is_change) as changes
        from reference
        inner join
            {{ ref("int_coordinator__start") }} as start
            on reference.municipality_code = start.municipality_code
            and start.first_day {{ in_the_year }}
        inner join
            {{ ref("int_person") }} as person
            on start.person_number = person.person_number
            and {{ resident_then }}
        where not start.is_migrated
        group by all
    ),

    declined as (
        select
            reference.municipality_code,
            reference.reference_date,
            coalesce({{ age_then }}, {{ unknown_age }}) as age,
            count(distinct(form.person_number, form.changed_on)) as declined
        from reference
        inner join
            {{ ref("int_person") }} as person
            on reference.municipality_code = person.municipality_code
            and {{ resident_then }}
        inner join
            {{ ref("int_change_form") }} as form
            on person.person_number = form.person_number
            and form.changed_on {{ in_the_year }}
        where form.change_type = 'declined_coordinator'
        group by all
    ),

    goals as (
        select
            reference.municipality_code,
            reference.reference_date,
            coalesce({{ age_then }}, {{ unknown_age }}) as age,
            count(*) filter (where progress.gain >= 2.0) as numerator,
            count(*) as denominator
        from reference
        inner join
            {{ ref("int_goal_progress") }} as progress
            on reference.municipality_code = progress.municipality_code
            and reference.reference_date >= progress.held_on
            and reference.reference_date < coalesce(progress.next_held_on, date '9999-12-31')
        inner join
            {{ ref("int_person") }} as person
            on progress.person_number = person.person_number
            and {{ resident_then }}
        where progress.talk > 1
        group by all
    ),

    housing as (
        select
            reference.municipality_code,
            reference.reference_date,
            coalesce({{ age_then }}, {{ unknown_age }}) as age,
            count(distinct need.person_number) as numerator
        from reference
        inner join
            {{ ref("int_housing_need") }} as need
            on reference.municipality_code = need.municipality_code
            and need.reported_on <= reference.reference_date
        inner join
            {{ ref("int_person") }} as person
            on need.person_number = person.person_number
            and {{ resident_then }}
        group by all
    ),

    by_age as (
        select
            municipality_code,
            reference_date,
            age,
            'gp_participation' as indicator,
            numerator,
            denominator
        from met
        union all
        select
            municipality_code,
            reference_date,
            age,
            'decline_share',
            coalesce(declined.declined, 0),
            coalesce(declined.declined, 0) + coalesce(begun.begun, 0)
        from declined
        full outer join begun using (municipality_code, reference_date, age)
        union all
        select municipality_code, reference_date, age, 'coordinator_changes', changes, null
        from begun
        union all
        select municipality_code, reference_date, age, 'goal_improvement', numerator, denominator
        from goals
        union all
        select municipality_code, reference_date, age, 'housing_need', numerator, null
        from housing
    ),

    by_band as (
        select
            by_age.municipality_code,
            by_age.reference_date,
            band.age_scheme,
            band.age_group,
            by_age.indicator,
            sum(by_age.numerator) as numerator,
            sum(by_age.denominator) as denominator
        from by_age
        inner join
            {{ ref("int_age_band") }} as band
            on nullif(by_age.age, {{ unknown_age }}) is not distinct from band.age
        group by all
    ),

    training as (
        select
            reference.municipality_code,
            reference.reference_date,
            count(*) filter (where need.offered_on <= need.needed_on + 183) as numerator,
            count(*) as denominator
        from reference
        inner join
            {{ ref("int_training_need") }} as need
            on reference.municipality_code = need.municipality_code
            and need.needed_on {{ half_year_ago }}
        group by reference.municipality_code, reference.reference_date
    )

select
    municipality_code,
    reference_date,
    age_scheme,
    age_group,
    indicator,
    numerator,
    denominator,
    cast(null as double[]) as quartiles
from by_band
where indicator <> 'coordinator_changes'
union all
select
    persons.municipality_code,
    persons.reference_date,
    persons.age_scheme,
    persons.age_group,
    'coordinator_changes',
    coalesce(by_band.numerator, 0),
    persons.coordinator,
    null
from {{ ref("int_coverage__persons") }} as persons
left join
    by_band
    on persons.municipality_code = by_band.municipality_code
    and persons.reference_date = by_band.reference_date
    and persons.age_scheme = by_band.age_scheme
    and persons.age_group = by_band.age_group
    and by_band.indicator = 'coordinator_changes'
where persons.service_area = 'all'
union all
{% for indicator in ["answer_days", "appointment_days"] -%}
    select
        municipality_code,
        reference_date,
        age_scheme,
        age_group,
        '{{ indicator }}',
        null,
        denominator,
        quartiles
    from {{ indicator }}
    union all
{% endfor -%}
-- Training is the coordinators', of whatever age those are whom they follow up.
select
    training.municipality_code,
    training.reference_date,
    scheme.age_scheme,
    'all',
    'training_within_6_months',
    training.numerator,
    training.denominator,
    null
from training
cross join (select distinct age_scheme from {{ ref("int_age_band") }}) as scheme
