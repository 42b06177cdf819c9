-- What pages show beside the indicators.
create view lives_here as
select person, coalesce(first_resident_day, date '1900-01-01') as first_day,
    coalesce(last_resident_day, far_off()) as until
from person;

create table resident as select person, dates from on_dates('lives_here') where dates <> 0;

create table notice_channel as
select
    reference_date, min(kanal) as channel,
    count(*) filter (where is_of_the_year) as notices,
    count(*) filter (where is_of_the_year and days_to_answer is not null) as assessed,
    count(*) filter (where not is_of_the_year) as notices_year_before
from notice_on where is_resident
group by reference_date, fold(kanal);

-- No row of a region tells of training.
create table trained_coordinator as
select
    reference_date, coalesce(service_area, 'all') as service_area, count(*) as coordinators,
    cast(0 as bigint) as coordinators_trained, cast(0 as bigint) as coordinators_offered,
    count(*) filter (where not is_named) as coordinators_unnamed
from (
    select number, coalesce(place.service_area, 'unknown') as service_area, is_named
    from at_work left join reference.service_areas as place on area = place.sort_order
)
inner join date_of using (number)
group by reference_date, rollup (service_area);

create table meeting_frequency as
with
    met_on_date as (
        select person, number, count(*) as meetings
        from meeting semi join coordinated using (person)
        inner join date_of on met_on between reference_date - 364 and reference_date
        where counts
        group by person, number
    )
select
    reference_date,
    case when coalesce(meetings, 0) <= 3 then cast(coalesce(meetings, 0) as text)
        else '4+' end as meetings_in_year,
    count(*) as persons, cast(coalesce(sum(meetings), 0) as bigint) as meetings
from member
inner join date_of on has(coordinator, number)
left join met_on_date using (person, number)
group by reference_date, meetings_in_year;

-- A team is called what the newest meeting of it is.
create table active_team as
with
    met as (
        select person, number, arg_max(meeting_form, met_on) as meeting_form, count(*) as meetings
        from meeting inner join called using (motetype)
        inner join date_of on met_on between reference_date - 364 and reference_date
        where meeting_type = 'coordination_meeting'
            and meeting_form in ('follow_up_team', 'responsibility_group')
        group by person, number
    )
select
    reference_date, meeting_form, count(*) as teams,
    count(*) filter (where has(member.coordinator, number)) as teams_with_coordinator,
    cast(sum(meetings) as bigint) as meetings
from met
inner join resident using (person)
left join member using (person)
inner join date_of using (number)
where has(resident.dates, number)
group by reference_date, meeting_form;

-- Those whose newest registration of a plan is of one that is not in force, and who got none since.
create view not_active as
select
    person, plan_status, coalesce(first_day, delivered) as first_day,
    coalesce(least(case when plan_status not in ('refused', 'declined') then last_day end,
        withdrawn_last_day), far_off()) as until
from ip
where place = 'counted' and plan_type = 'individual_plan'
    and plan_status in ('in_preparation', 'in_assessment', 'dormant', 'refused', 'declined');

create table plan_not_active as
with
    newest as (
        select person, number, arg_max(plan_status, (first_day, plan_status)) as plan_status,
            max(first_day) as first_day
        from on_dates('not_active') inner join date_of on has(dates, number)
        group by person, number
    )
select
    reference_date, plan_status, age_group, count(*) as persons,
    count(*) filter (where has(with_plan.dates, number)) as persons_with_plan
from newest
inner join date_of using (number)
anti join plan
    on newest.person = plan.person and plan.first_day between newest.first_day and reference_date
inner join resident on newest.person = resident.person and has(resident.dates, number)
inner join person on newest.person = person.person
left join with_plan on newest.person = with_plan.person
inner join band
    on age_on(birth_date, reference_date) is not distinct from band.age and age_scheme = 'standard'
group by reference_date, plan_status, age_group;

-- Primary contacts, beside the coordinators; one of the hospital is not the municipality's.
create view contact as
select assignment.*
from assignment left join employee using (coordinator)
where role = 'primary_contact'
    and coalesce(assignment.area, employee.area) is distinct from 'specialist';

create table primary_contact as
with
    contacted as (
        select person, bit_or(dates) as dates from on_dates('contact') group by person
    ),
    held as (
        select
            person, coalesce(member.dates, 0) as member, coalesce(coordinator, 0) as coordinator,
            coalesce(contacted.dates & resident.dates, 0) as contact
        from member
        full join contacted using (person)
        left join resident using (person)
    )
select
    reference_date, age_group,
    count(*) filter (where has(member, number)) as target_group,
    count(*) filter (where has(coordinator, number)) as persons_with_coordinator,
    count(*) filter (where has(member & contact & ~coordinator, number)) as persons_with_contact_only,
    count(*) filter (where has(contact & ~member, number)) as persons_outside
from held
inner join person using (person)
inner join date_of on has(member | contact, number)
inner join band
    on age_on(birth_date, reference_date) is not distinct from band.age and age_scheme = 'standard'
group by reference_date, age_group;

-- The rows behind those who turn 16 or 18 in the quarter that goes on, or in the next.
create macro behind(asked, rows, near) as table
select near.*, asked as record, delivery_number, row_number, registration_id
from query_table(near) as near
inner join query_table(rows) as registration using (person)
where place = 'counted'
    and coalesce(first_day, getvariable('as_of')) <= getvariable('as_of')
    and coalesce(least(last_day, withdrawn_last_day), getvariable('as_of')) >= getvariable('as_of');

create table turning as
select
    person, turns, cast(date_trunc('quarter', birthday(birth_date, turns)) as date) as quarter,
    has(coordinator, number) as has_coordinator, has(plan, number) as has_plan
from member
inner join (select max(number) as number from date_of) on has(dates, number)
cross join (values (16), (18)) as age(turns)
where age_on(birth_date, getvariable('as_of')) between turns - 1 and turns
    and quarter between date_trunc('quarter', getvariable('as_of') + 1)
    and date_trunc('quarter', getvariable('as_of') + 1) + interval 3 month;

create view open_plan as
select * from ip where plan_type = 'individual_plan' and plan_status <> 'closed';

create table transition_row as
select
    getvariable('as_of') as reference_date, turns, quarter,
    cast(dense_rank() over (partition by turns order by quarter, first_row) as integer) as case_number,
    has_coordinator, has_plan, told.record, source, delivery, row_number, registration_id
from (
    select *, min((delivery_number, row_number)) over (partition by person) as first_row
    from (
        from behind('koordinator', 'koordinator', 'turning')
        union all from behind('ip', 'open_plan', 'turning')
        union all from behind('tjeneste', 'tjeneste', 'turning')
    )
) as told
inner join delivery using (delivery_number);
