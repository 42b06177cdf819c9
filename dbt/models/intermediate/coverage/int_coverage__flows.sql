{#-
    What is counted of meetings, notices, starts, training and goals for the municipality as a whole,
    among residents on the reference date. `365 d` are the days up to and including the date. Where
    `value` is given it is a median, with its quartiles.
-#}
{% set in_the_year = "between reference.reference_date - 364 and reference.reference_date" %}
{% set year_before = "between reference.reference_date - 729 and reference.reference_date - 365" %}
{% set half_year_ago = (
    "between reference.reference_date - 547 and reference.reference_date - 183"
) %}
{% set resident_then = "reference.reference_date between coalesce(person.moved_in, reference.reference_date) and coalesce(person.last_resident_day, reference.reference_date)" %}

with
    reference as (select municipality_code, reference_date from {{ ref("int_reference_date") }}),

    -- A meeting is counted from its day for a year, while the person lives here: counted by the
    -- days
    -- on which that begins and ends, for there are many meetings and many dates.
    meeting_days as (
        select
            meeting.municipality_code,
            greatest(meeting.met_on, coalesce(person.moved_in, meeting.met_on)) as first_day,
            least(
                meeting.met_on + 364, coalesce(person.last_resident_day, meeting.met_on + 364)
            ) as last_day,
            meeting.has_gp
        from {{ ref("int_meeting") }} as meeting
        inner join {{ ref("int_person") }} as person on meeting.person_number = person.person_number
        where meeting.counts
    ),

    meeting_step as (
        select
            municipality_code, first_day as day, count(*) as meetings, count_if(has_gp) as with_gp
        from meeting_days
        where first_day <= last_day
        group by municipality_code, first_day
        union all
        select municipality_code, last_day + 1, - count(*), - count_if(has_gp)
        from meeting_days
        where first_day <= last_day
        group by municipality_code, last_day + 1
    ),

    meeting_level as (
        select
            municipality_code,
            day,
            sum(sum(meetings)) over so_far as meetings,
            sum(sum(with_gp)) over so_far as with_gp
        from meeting_step
        group by municipality_code, day
        window so_far as (partition by municipality_code order by day)
    ),

    gp_participation as (
        select
            reference.municipality_code,
            reference.reference_date,
            level.with_gp as numerator,
            level.meetings as denominator
        from reference
        asof inner join
            meeting_level as level
            on reference.municipality_code = level.municipality_code
            and reference.reference_date >= level.day
    ),

    answered as (
        select
            reference.municipality_code,
            reference.reference_date,
            count(*) as denominator,
            quantile_cont(notice.days_to_answer, [0.25, 0.5, 0.75]) as quartiles
        from reference
        inner join
            {{ ref("int_notice") }} as notice
            on reference.municipality_code = notice.municipality_code
            and notice.received_on {{ in_the_year }}
        inner join
            {{ ref("int_person") }} as person
            on notice.person_number = person.person_number
            and {{ resident_then }}
        where notice.days_to_answer is not null
        group by reference.municipality_code, reference.reference_date
    ),

    appointed as (
        select
            reference.municipality_code,
            reference.reference_date,
            count(*) as denominator,
            quantile_cont(notice.days_to_coordinator, [0.25, 0.5, 0.75]) as quartiles
        from reference
        inner join
            {{ ref("int_notice") }} as notice
            on reference.municipality_code = notice.municipality_code
            and notice.received_on {{ year_before }}
        inner join
            {{ ref("int_person") }} as person
            on notice.person_number = person.person_number
            and {{ resident_then }}
        where notice.days_to_coordinator is not null
        group by reference.municipality_code, reference.reference_date
    ),

    begun as (
        select
            reference.municipality_code,
            reference.reference_date,
            count(*) as begun,
            count_if(start.is_change) as changes
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
        group by reference.municipality_code, reference.reference_date
    ),

    declined as (
        select
            reference.municipality_code,
            reference.reference_date,
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
        group by reference.municipality_code, reference.reference_date
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
    ),

    goals as (
        select
            reference.municipality_code,
            reference.reference_date,
            count_if(progress.gain >= 2.0) as numerator,
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
        group by reference.municipality_code, reference.reference_date
    ),

    housing as (
        select
            reference.municipality_code,
            reference.reference_date,
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
        group by reference.municipality_code, reference.reference_date
    )

select
    municipality_code,
    reference_date,
    'gp_participation' as indicator,
    numerator,
    denominator,
    cast(null as double[]) as quartiles
from gp_participation
union all
select municipality_code, reference_date, 'answer_days', null, denominator, quartiles
from answered
union all
select municipality_code, reference_date, 'appointment_days', null, denominator, quartiles
from appointed
union all
select
    municipality_code,
    reference_date,
    'decline_share',
    coalesce(declined.declined, 0),
    coalesce(declined.declined, 0) + coalesce(begun.begun, 0),
    null
from reference
left join declined using (municipality_code, reference_date)
left join begun using (municipality_code, reference_date)
union all
select
    reference.municipality_code,
    reference.reference_date,
    'coordinator_changes',
    coalesce(begun.changes, 0),
    persons.coordinator,
    null
from reference
inner join
    {{ ref("int_coverage__persons") }} as persons
    on reference.municipality_code = persons.municipality_code
    and reference.reference_date = persons.reference_date
    and persons.age_scheme = 'standard'
    and persons.age_group = 'all'
    and persons.service_area = 'all'
left join
    begun
    on reference.municipality_code = begun.municipality_code
    and reference.reference_date = begun.reference_date
union all
select municipality_code, reference_date, 'training_within_6_months', numerator, denominator, null
from training
union all
select municipality_code, reference_date, 'goal_improvement', numerator, denominator, null
from goals
union all
select municipality_code, reference_date, 'housing_need', numerator, null, null
from housing
