-- The target group is counted by what changes: most is true of a person for years.
create table older_on as
select person, bit_or(cast(1 as hugeint) << cast(number as hugeint)) as dates
from (
    select person, birthday(birth_date, class) as turned
    from member cross join (select distinct class from age_class where class > 0)
)
inner join day_of on within(turned) = day
where turned <= getvariable('as_of')
group by person;

-- Whether something is true on a date, as one bit of a number.
create macro flag(dates, number, nth) as cast((dates >> cast(number as hugeint)) & 1 as integer) << nth;
create macro is_set(flags, nth) as (flags >> nth) & 1;

create table moment as
with
    area as (select person, bit_or(turns(dates)) as dates from in_area group by person),
    turning as (
        select
            member.*,
            turns(member.dates) | ((member.dates | (member.dates << 1)) & (
                turns(coordinator) | turns(child) | turns(consent) | turns(consent_known) | turns(met) | turns(plan)
                | turns(one) | turns(two) | turns(three) | turns(five) | turns(living) | turns(minuted)
                | turns(may_coordinator) | turns(may_plan) | turns(enough)
                | coalesce(older_on.dates, 0) | coalesce(area.dates, 0)
            )) as moments
        from member
        left join older_on using (person)
        left join area using (person)
    ),
    -- What begins on a date, and what ended on the one before it.
    begun_or_ended as (
        select turning.*, number, number as seen_on, 1 as sign
        from turning
        inner join date_of on has(moments, number)
        union all
        select turning.*, number, number - 1, -1
        from turning
        inner join date_of on has(moments, number)
        where number > 0
    )
select
    person, moment.number, seen_on, sign,
    age_on(birth_date, reference_date) as age,
    flag(coordinator, seen_on, 0)
    | flag(child, seen_on, 1)
    | flag(consent, seen_on, 2)
    | flag(consent_known, seen_on, 3)
    | flag(met, seen_on, 4)
    | flag(plan, seen_on, 5)
    | flag(living, seen_on, 6)
    | flag(may_coordinator, seen_on, 7)
    | flag(may_plan, seen_on, 8)
    | flag(enough, seen_on, 9)
    | flag(one, seen_on, 10)
    | flag(two, seen_on, 11)
    | flag(three, seen_on, 12)
    | flag(five, seen_on, 13)
    | flag(minuted, seen_on, 14) as flags
from begun_or_ended as moment
inner join date_of on seen_on = date_of.number
where has(dates, seen_on);

create table cell as
with
    change as (
        select number, age, 'all' as area, flags, sum(sign) as persons from moment group by all
        union all
        select number, age, area, flags, sum(sign)
        from moment inner join in_area using (person)
        where has(in_area.dates, seen_on)
        group by all
    ),
    by_class as (
        select
            number, class, area,
            sum(persons) as target_group,
            sum(persons * is_set(flags, 0)) as coordinator,
            sum(persons * case when change.age < 18 then is_set(flags, 1) else 0 end) as child_coordinator,
            sum(persons * is_set(flags, 2)) as consent_yes,
            sum(persons * is_set(flags, 3)) as consent_known,
            sum(persons * is_set(flags, 4)) as coordinator_with_meeting,
            sum(persons * is_set(flags, 5)) as plan,
            sum(persons * (is_set(flags, 0) & is_set(flags, 5))) as coordinator_and_plan,
            sum(persons * is_set(flags, 6)) as living_plan,
            sum(persons * is_set(flags, 7)) as coordinator_at_most,
            sum(persons * is_set(flags, 8)) as plan_at_most,
            sum(persons * is_set(flags, 9)) as with_services
        from change inner join age_class on change.age is not distinct from age_class.age
        group by number, class, area
    ),
    banded as (
        select number, age_scheme, age_group, area,
            sum(target_group) as target_group,
            sum(coordinator) as coordinator,
            sum(child_coordinator) as child_coordinator,
            sum(consent_yes) as consent_yes,
            sum(consent_known) as consent_known,
            sum(coordinator_with_meeting) as coordinator_with_meeting,
            sum(plan) as plan,
            sum(coordinator_and_plan) as coordinator_and_plan,
            sum(living_plan) as living_plan,
            sum(coordinator_at_most) as coordinator_at_most,
            sum(plan_at_most) as plan_at_most,
            sum(with_services) as with_services
        from by_class inner join band on by_class.class is not distinct from band.age
        group by number, age_scheme, age_group, area
    )
select
    number, reference_date, age_scheme, age_group, area as service_area,
    cast(sum(target_group) over so_far as bigint) as target_group,
    cast(sum(coordinator) over so_far as bigint) as coordinator,
    cast(sum(child_coordinator) over so_far as bigint) as child_coordinator,
    cast(sum(consent_yes) over so_far as bigint) as consent_yes,
    cast(sum(consent_known) over so_far as bigint) as consent_known,
    cast(sum(coordinator_with_meeting) over so_far as bigint) as coordinator_with_meeting,
    cast(sum(plan) over so_far as bigint) as plan,
    cast(sum(coordinator_and_plan) over so_far as bigint) as coordinator_and_plan,
    cast(sum(living_plan) over so_far as bigint) as living_plan,
    cast(sum(coordinator_at_most) over so_far as bigint) as coordinator_at_most,
    cast(sum(plan_at_most) over so_far as bigint) as plan_at_most,
    cast(sum(with_services) over so_far as bigint) as with_services
from (select distinct age_scheme, age_group, area from banded)
cross join date_of
left join banded using (number, age_scheme, age_group, area)
window so_far as (partition by age_scheme, age_group, area order by number)
qualify sum(target_group) over so_far > 0;

create table everybody as
select * from cell where age_scheme = 'standard' and age_group = 'all' and service_area = 'all';

create table plan_age as
with
    change as (
        select
            number,
            case when is_set(flags, 10) = 1 then '1' when is_set(flags, 11) = 1 then '2'
                when is_set(flags, 12) = 1 then '3-4'
                when is_set(flags, 13) = 1 then '5+' else '0' end as age_of_plan,
            sum(sign) as plans, sum(sign * is_set(flags, 6)) as living,
                sum(sign * is_set(flags, 14)) as minuted,
                sum(sign * is_set(flags, 0)) as with_coordinator
        from moment where is_set(flags, 5) = 1
        group by all
    )
select
    reference_date, age_of_plan,
    cast(sum(plans) over by_date as bigint) as plans,
    cast(sum(living) over by_date as bigint) as living,
    cast(sum(living) over by_date as bigint) as living_without_minutes,
    cast(sum(minuted) over by_date as bigint) as living_with_minutes,
    cast(sum(with_coordinator) over by_date as bigint) as with_coordinator
from (select distinct age_of_plan from change)
cross join date_of
left join change using (number, age_of_plan)
window by_date as (partition by age_of_plan order by number)
qualify sum(plans) over by_date > 0;

-- Those who turn 16 or 18 in the quarter of the date, or in one of the eight that follow.
create table transition as
with
    birthday as (
        select member.*, turning, cast(date_trunc('quarter', birthday(birth_date, turning)) as date) as quarter
        from member cross join (values (16), (18)) as age(turning)
        where birth_date > getvariable('as_of') - interval 29 years
    )
select
    reference_date, turning as turns, quarter,
    count(*) as persons, count(*) filter (where has(coordinator, number)) as with_coordinator,
    count(*) filter (where has(child, number)) as with_child_coordinator, count(*)
        filter (where has(plan, number)) as with_plan
from birthday
inner join date_of
    on has(dates, number) and age_on(birth_date, reference_date) between turning - 3 and turning
    and quarter between date_trunc('quarter', reference_date)
        and date_trunc('quarter', reference_date) + interval 24 month
group by reference_date, turning, quarter;
