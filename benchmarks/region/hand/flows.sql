-- What happens: meetings, notices, starts and declines, by the person's age on the date.
-- A meeting is seen from its day for a year; on a birthday it goes from one age to the next.
create table seen as
select
    present, age, begins.number as seen_from, ends.number as seen_until,
    least(greatest(coalesce(older.number, ends.number), begins.number), ends.number) as older_from
from (
    select
        present,
        age_on(birth_date, met_on) as age,
        greatest(met_on, first_resident_day) as first_day,
        least(met_on + 364, last_resident_day) as until,
        birthday(birth_date, age_on(birth_date, met_on) + 1) as older_on
    from meeting inner join person using (person)
    where counts
)
inner join day_of as begins on within(first_day) = begins.day
inner join day_of as ends on within(cast(until + 1 as date)) = ends.day
left join day_of as older on within(older_on) = older.day
where begins.number < ends.number;

-- How many more, or fewer, are seen on a date than on the one before it.
create table seen_change as
select present, age, seen_from as number, count(*) as meetings from seen group by all
union all
select present, age, older_from, -count(*) from seen group by all
union all
select present, cast(age + 1 as smallint), older_from, count(*) from seen group by all
union all
select present, cast(age + 1 as smallint), seen_until, -count(*) from seen group by all;

create table gp_bit as select coalesce(max(cast(1 as bigint) << bit), 0) as bit
from participant
where participant = 'gp';

create table met_at_age as
with
    change as (
        select number, age, sum(meetings) as meetings,
            coalesce(sum(meetings) filter (where present & (select bit from gp_bit) <> 0), 0) as with_gp
        from seen_change group by number, age
    )
select
    date_of.number, known.age, sum(coalesce(change.meetings, 0)) over so_far as meetings,
        sum(coalesce(change.with_gp, 0)) over so_far as with_gp
from date_of
cross join (select distinct age from change) as known
left join change on change.number = date_of.number and change.age is not distinct from known.age
window so_far as (partition by known.age order by date_of.number);

create table meeting_participation as
with
    way as (
        select present, number,
            sum(coalesce(meetings, 0)) over (partition by present order by number) as meetings
        from date_of
        cross join (select distinct present from seen_change)
        left join (select present, number,
            sum(meetings) as meetings from seen_change group by all) using (present, number)
    ),
    taking_part as (
        select number, participant, sum(meetings) as meetings
        from way inner join participant on (present >> bit) & 1 = 1 group by all
        union all
        select number, 'not_recorded', meetings from way where present = 0
    )
select
    reference_date, listed.participant,
    cast(coalesce(taking_part.meetings, 0) as bigint) as meetings_with,
        cast(held.meetings as bigint) as meetings
from (select number, sum(meetings) as meetings from way group by number) as held
cross join (
    select code as participant from reference.code_names where field = 'participant'
    union select service_area from reference.service_areas
) as listed
left join taking_part using (number, participant)
inner join date_of using (number)
where held.meetings > 0;

create table meeting_count as
select
    cast(date_trunc('month', met_on) as date) as month, meeting_type, counts as counts_for_followup,
    count(*) as meetings, count(distinct person) as persons,
    count(*) filter (where present & (select bit from gp_bit) <> 0) as with_gp
from meeting where met_on <= getvariable('as_of')
group by all;

create table called as
select motetype, meeting_form
from (select distinct motetype from meeting where meeting_type = 'coordination_meeting')
inner join reference.meeting_forms on fold(motetype) = fold(accepted);

create table meeting_form_count as
select
    cast(date_trunc('month', met_on) as date) as month, coalesce(meeting_form, 'other') as meeting_form,
        count(*) as meetings
from meeting left join called using (motetype)
where meeting_type = 'coordination_meeting' and met_on <= getvariable('as_of')
group by all;

-- What several systems tell of one person and day is one notice.
create table notice as
with
    told as (
        select
            person, first_day as received_on, min(assessed_on) as assessed_on, min(decided_on) as decided_on,
            arg_max(notifier, (delivered, delivery_number, registration_id, content_key, row_number))
                filter (where notifier is not null) as notifier,
            arg_max(kanal, (delivered, delivery_number, registration_id, content_key, row_number))
                filter (where kanal is not null) as kanal,
            arg_max(outcome, (delivered, delivery_number, registration_id, content_key, row_number))
                filter (where outcome is not null) as outcome,
            count(*) as registrations
        from melding where place = 'counted' group by person, first_day
    )
select
    told.*,
    assessed_on - received_on as days_to_answer,
    case when not is_migrated then start.first_day end as appointed_on,
    case when appointed_on - received_on <= 365 then appointed_on - received_on end as days_to_coordinator,
    coalesce(is_migrated, false) as is_told_by_backlog,
    birth_date, coalesce(first_resident_day, date '1900-01-01') as first_resident_day,
    coalesce(last_resident_day, far_off()) as last_resident_day
from told
inner join person using (person)
asof left join start on told.person = start.person and told.received_on <= start.first_day;

create table notice_on as
select
    number, reference_date, notice.*,
    received_on >= reference_date - 364 as is_of_the_year,
    reference_date between first_resident_day and last_resident_day
        and coalesce(age_on(birth_date, reference_date) between 0 and 130, true) as is_resident,
    age_on(birth_date, reference_date) as age,
    case when reference_date >= first_resident_day and received_on <= last_resident_day
        then least(reference_date, last_resident_day) end as seen_until
from notice inner join date_of on received_on between reference_date - 729 and reference_date;

-- How many registrations each assignment has.
create table rows_of as
select assignment, count(*) as rows
from (
    select max(merged.assignment) as assignment
    from closed left join merged using (delivery_number, row_number)
    where role_counts and not is_specialist and not has_no_day
    group by delivery_number, row_number
)
group by assignment;

create table starting as
select
    number, reference_date, start.*, rows,
    reference_date between coalesce(first_resident_day, date '1900-01-01')
        and coalesce(last_resident_day, far_off()) as is_resident,
    age_on(birth_date, reference_date) as age
from start
inner join person using (person)
left join rows_of using (assignment)
inner join date_of on start.first_day between reference_date - 364 and reference_date;

create table declining as
select
    number, form.*,
    reference_date between coalesce(first_resident_day, date '1900-01-01')
        and coalesce(last_resident_day, far_off()) as is_resident,
    age_on(birth_date, reference_date) as age
from form inner join person using (person)
inner join date_of on changed_on between reference_date - 364 and reference_date
where change in ('declined_coordinator', 'declined_plan');

create table beginning_plan as
select number, age_on(birth_date, reference_date) as age
from plan inner join person using (person)
inner join date_of on plan.first_day between reference_date - 364 and reference_date
where reference_date between coalesce(first_resident_day, date '1900-01-01')
    and coalesce(last_resident_day, far_off());

create table gap_on as
select
    number, assignment, days,
    reference_date between coalesce(first_resident_day, date '1900-01-01')
        and coalesce(last_resident_day, far_off()) as is_resident,
    age_on(birth_date, reference_date) as age
from gap inner join person using (person)
inner join date_of on cast(gap.last_day + 1 as date) between reference_date - 364 and reference_date;

create table flow as
with
    by_age as (
        select 'gp_participation' as indicator, number, age, with_gp as numerator, meetings as denominator
        from met_at_age
        where meetings > 0
        union all
        select 'decline_share', number, age, sum(declined), sum(declined + begun)
        from (
            select number, age, 1 as declined, 0 as begun
            from declining
            where is_resident and change = 'declined_coordinator'
            union all select number, age, 0, 1 from starting where is_resident and not is_migrated
        ) group by number, age
        union all
        select 'plan_decline_share', number, age, sum(declined), sum(declined + begun)
        from (
            select number, age, 1 as declined, 0 as begun
            from declining
            where is_resident and change = 'declined_plan'
            union all select number, age, 0, 1 from beginning_plan
        ) group by number, age
        union all
        select 'coordinator_changes', number, age, count(*) filter (where is_change), null
        from starting where is_resident and not is_migrated group by number, age
    )
select indicator, number, age_scheme, age_group, sum(numerator) as numerator, sum(denominator) as denominator
from by_age inner join band on by_age.age is not distinct from band.age
group by all;

create table waiting as
select indicator, number, age_scheme, age_group, count(*) as denominator,
    quantile_cont(days, [0.25, 0.5, 0.75]) as quartiles
from (
    select 'answer_days' as indicator, number, age, days_to_answer as days
    from notice_on
    where is_resident and is_of_the_year
    union all
    select 'appointment_days', number, age, days_to_coordinator
    from notice_on
    where is_resident and received_on <= reference_date - 365
    union all
    select 'gap_days', number, age, days from gap_on where is_resident
) as waited
inner join band on waited.age is not distinct from band.age
where days is not null
group by all;

create table notice_sender as
select
    reference_date, coalesce(notifier, 'not_recorded') as sender,
    count(*) filter (where is_of_the_year) as notices,
    count(*) filter (where is_of_the_year and days_to_answer is not null) as assessed,
    count(*) filter (where not is_of_the_year) as notices_year_before,
    count(*) filter (where not is_of_the_year and days_to_coordinator is not null) as appointed,
    quantile_cont(days_to_coordinator, 0.25) filter (where not is_of_the_year) as first_quartile,
    quantile_cont(days_to_coordinator, 0.5) filter (where not is_of_the_year) as median_days,
    quantile_cont(days_to_coordinator, 0.75) filter (where not is_of_the_year) as third_quartile
from notice_on where is_resident
group by all;

create table notice_survival as
select
    reference_date, cast(days as integer) as days,
    cast(sum(appointed + censored) over (
        partition by reference_date order by days rows between current row and unbounded following
    ) as bigint) as at_risk,
    appointed, censored
from (
    select reference_date, least(appointed_on, seen_until) - received_on as days,
        count(*) filter (where appointed_on <= seen_until) as appointed, count(*) - appointed as censored
    from notice_on where seen_until is not null and not is_told_by_backlog
    group by all
);

create table notice_flow as
with
    followed as (
        select notice.person, notice.received_on, plan.first_day as plan_on, meeting.met_on as met_on
        from notice
        asof left join plan on notice.person = plan.person and notice.received_on <= plan.first_day
        asof
        left join (select distinct person,
            met_on from meeting semi join notice using (person) where counts) as meeting
            on notice.person = meeting.person and notice.received_on <= meeting.met_on
    ),
    path as (
        select
            notice_on.*, plan_on, met_on,
            coalesce(coalesce(assessed_on, decided_on) <= reference_date, outcome <> 'pending',
                false) as is_assessed,
            coalesce(outcome, 'not_recorded') as answer,
            coalesce(appointed_on <= reference_date, false) as is_appointed,
            case when is_assessed then 'assessed' when is_appointed then 'appointed'
                else 'awaiting_assessment' end as after_received,
            case
                when is_appointed then 'appointed'
                when not is_assessed then null
                when answer in ('rejected', 'withdrawn') then 'closed'
                when has(coordinator, number) then 'has_coordinator'
                else 'awaiting_coordinator'
            end as after_outcome,
            case when plan_on <= reference_date then 'plan_begun' when has(plan, number) then 'has_plan'
                else 'without_plan' end as after_coordinator,
            case when met_on <= reference_date then 'met' else 'without_meeting' end as after_plan
        from notice_on
        inner join followed using (person, received_on)
        left join member using (person)
        where is_of_the_year and is_resident
    ),
    link as (
        select *, 'received' as step, after_received as leads_to from path
        union all select *, 'assessed', answer from path where is_assessed
        union all select *, answer, after_outcome from path where is_assessed
        union all select *, after_outcome, after_coordinator
        from path
        where after_outcome in ('appointed', 'has_coordinator')
        union all select *, after_coordinator, after_plan
        from path
        where after_outcome in ('appointed', 'has_coordinator')
    ),
    timed as (
        select
            reference_date, step, leads_to as outcome,
            case
                when leads_to in ('awaiting_assessment', 'awaiting_coordinator', 'without_plan',
                    'without_meeting') then reference_date - received_on
                when leads_to = 'appointed' then appointed_on - received_on
                when leads_to = 'plan_begun' then plan_on - received_on
                when leads_to = 'met' then met_on - received_on
                when leads_to in ('has_coordinator', 'has_plan') then null
                when assessed_on <= reference_date then days_to_answer
            end as days
        from link
    ),
    ordering(name, place) as (
        values ('received', 1), ('assessed', 2), ('awaiting_assessment', 2), ('coordinator', 3),
            ('coordinator_and_plan', 3),
            ('plan', 3), ('pending', 3), ('not_recorded', 3), ('rejected', 3), ('withdrawn', 3),
                ('appointed', 4),
            ('has_coordinator', 4), ('awaiting_coordinator', 4), ('closed', 4), ('plan_begun', 5),
                ('has_plan', 5),
            ('without_plan', 5), ('met', 6), ('without_meeting', 6)
    )
select
    reference_date, step, from_step.place as step_order, outcome, to_step.place as outcome_order,
    outcome in ('awaiting_assessment', 'awaiting_coordinator', 'without_plan', 'without_meeting') as is_waiting,
    count(*) as notices,
    quantile_cont(days, 0.5) as median_days, quantile_cont(days, 0.25) as first_quartile,
        quantile_cont(days, 0.75) as third_quartile,
    count(days) as days_known
from timed
left join ordering as from_step on step = from_step.name
left join ordering as to_step on outcome = to_step.name
group by all;
