-- What is true of each person on the reference dates, and the target group of them.
create table assigned as
select * from on_dates('assignment') where counts and not has_no_day;

create table coordinated as
select
    person,
    bit_or(dates) as dates,
    coalesce(bit_or(dates) filter (where role = 'child_coordinator'), 0) as child,
    coalesce(bit_or(dates) filter (where consent = 'yes'), 0) as consent,
    coalesce(bit_or(dates) filter (where consent is not null), 0) as consent_known
from assigned group by person;

-- A plan by its completed years: none to two, three or four, five and more.
create table plan_years as
select plan.person, years, cast(greatest(first_day, birthday(first_day, from_year)) as date) as first_day,
    cast(least(until, birthday(first_day, to_year) - 1) as date) as until
from plan
cross join (values ('0', 0, 1), ('1', 1, 2), ('2', 2, 3), ('3-4', 3, 5), ('5+', 5, 200)) as age(years,
    from_year, to_year);

create table planned_on as
select person, years, bit_or(dates) as dates
from on_dates('plan_years')
where dates <> 0
group by person, years;

create table with_plan as
select
    person, bit_or(dates) as dates,
    coalesce(bit_or(dates) filter (where years = '1'), 0) as one,
    coalesce(bit_or(dates) filter (where years = '2'), 0) as two,
    coalesce(bit_or(dates) filter (where years = '3-4'), 0) as three,
    coalesce(bit_or(dates) filter (where years = '5+'), 0) as five
from planned_on group by person;

-- A plan lives for a year after any version of it was created or evaluated.
create view lived as
select person, day as first_day, cast(day + 365 as date) as until
from (
    select distinct person, unnest([first_day, evaluated]) as day
    from ip
    where place <> 'quarantined' and not is_nowhere and plan_type = 'individual_plan'
        and plan_status in ('active', 'closed')
)
where day is not null;

create table living as select person, bit_or(dates) as dates from on_dates('lived') group by person;

-- So long minutes of a meeting would keep it.
create view minuted_then as
select distinct person, met_on as first_day, cast(met_on + 365 as date) as until
from meeting where counts and has_minutes;

create table minuted as select person, bit_or(dates) as dates from on_dates('minuted_then') group by person;

create view met_then as
select distinct person, met_on as first_day, cast(met_on + 364 as date) as until
from meeting semi join coordinated using (person) where counts;

create table met as select person, bit_or(dates) as dates from on_dates('met_then') group by person;

create table service as
select
    person, area, first_day, last_day as registered_last_day,
    coalesce(least(last_day, withdrawn_last_day), far_off()) as until,
    cast(first_day + 90 as date) as long_enough_day,
    coalesce(least(last_day, withdrawn_last_day) < first_day, false) as has_no_day
from tjeneste where place = 'counted';

create view service_long_enough as
select person, area, long_enough_day as first_day, until from service where not has_no_day;

create table in_area as select person, area, bit_or(dates) as dates
from on_dates('service')
group by person, area;

create table served as
select
    person,
    bit_or(dates) as dates,
    bit_or(dates & before) as enough
from (
    select *, bit_or(dates) over (partition by person order by area rows between unbounded preceding
        and 1 preceding) as before
    from (select person, area, bit_or(dates) as dates from on_dates('service_long_enough') group by person,
        area)
)
group by person;

-- Who would have a coordinator or a plan if every quarantined row had counted.
create view open_row as
select
    what, delivery_number, row_number, person,
    case when contradict then date '1900-01-01' else coalesce(first_day, date '1900-01-01') end as first_day,
    case when contradict then far_off() else coalesce(last_day, far_off()) end as until
from (
    select 'coordinator' as what, delivery_number, row_number, person, first_day, last_day,
        coalesce(last_day < first_day, false) as contradict
    from koordinator
    where place = 'quarantined' and not is_nowhere
        and coalesce(role in ('coordinator', 'child_coordinator'), true)
        and area is distinct from 'specialist'
    union all
    select 'plan', delivery_number, row_number, person, first_day, last_day, coalesce(last_day < first_day, false)
    from ip
    where place = 'quarantined' and not is_nowhere and coalesce(plan_type = 'individual_plan', true)
        and coalesce(plan_status in ('active', 'closed'), true)
);

create table open_on as
select
    person,
    coalesce(bit_or(dates) filter (where what = 'coordinator'), 0) as coordinator,
    coalesce(bit_or(dates) filter (where what = 'plan'), 0) as plan
from on_dates('open_row') group by person;

create table member as
select
    person,
    birth_date,
    dates,
    coordinator & dates as coordinator, child & dates as child, consent & dates as consent,
    consent_known & dates as consent_known, met & coordinator & dates as met,
    plan & dates as plan, one & dates as one, two & dates as two, three & dates as three, five & dates as five,
    living & plan & dates as living, (living | minuted) & plan & dates as minuted,
    (open_coordinator | coordinator) & dates as may_coordinator, (open_plan | plan) & dates as may_plan,
    enough & dates as enough
from (
    select
        person.person, birth_date,
        coalesce(coordinated.dates, 0) as coordinator, coalesce(child, 0) as child,
            coalesce(consent, 0) as consent,
        coalesce(consent_known, 0) as consent_known, coalesce(met.dates, 0) as met,
        coalesce(with_plan.dates, 0) as plan, coalesce(one, 0) as one, coalesce(two, 0) as two,
            coalesce(three, 0) as three,
        coalesce(five, 0) as five, coalesce(living.dates, 0) as living,
        coalesce(minuted.dates, 0) as minuted,
        coalesce(open_on.coordinator, 0) as open_coordinator, coalesce(open_on.plan, 0) as open_plan,
        coalesce(served.enough, 0) as enough,
        (coalesce(coordinated.dates, 0) | coalesce(with_plan.dates, 0) | coalesce(served.enough, 0))
        & ends.before & ~begins.before as dates
    from person
    left join coordinated using (person)
    left join met using (person)
    left join with_plan using (person)
    left join living using (person)
    left join minuted using (person)
    left join served using (person)
    left join open_on using (person)
    inner join day_of as begins on within(coalesce(first_resident_day, date '1900-01-01')) = begins.day
    inner join day_of as ends on within(coalesce(last_resident_day, far_off()) + 1) = ends.day
    where coordinated.dates is not null or with_plan.dates is not null or served.enough <> 0
)
where dates <> 0;
