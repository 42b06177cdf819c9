-- The reference dates, numbered; an interval is a number of 128 bits with one for each date in it.
create table began as
select min(first_day) as first_day
from (select first_day from assignment where counts and not has_no_day union all select first_day from plan);

create table date_of as
with
    month_end as (
        select cast(month + interval 1 month - interval 1 day as date) as reference_date
        from (
            select unnest(generate_series(
                date_trunc('month', greatest(first_day, getvariable('as_of') - interval 10 years)),
                date_trunc('month', getvariable('as_of')), interval 1 month
            )) as month
            from began where first_day <= getvariable('as_of')
        )
    )
select cast(row_number() over (order by reference_date) - 1 as integer) as number, reference_date
from (
    select reference_date from month_end
    where reference_date < getvariable('as_of')
        and reference_date > cast(getvariable('as_of') - interval 10 years as date)
    union select getvariable('as_of')
);

-- Of each day how many dates lie before it, as a number and as bits.
create table day_of as
select
    cast(day as date) as day, cast(count(reference_date) as integer) as number,
    (cast(1 as hugeint) << cast(count(reference_date) as hugeint)) - 1 as before
from generate_series(date '1900-01-01', getvariable('as_of') + interval 1 day, interval 1 day) as t(day)
left join date_of on reference_date < day
group by day;

create macro within(day) as cast(least(greatest(day, date '1900-01-01'), getvariable('as_of') + 1) as date);
create macro has(bits, number) as ((bits >> cast(number as hugeint)) & 1) = 1;
-- Where the bits change from one date to the next; what is true on the first date begins there.
create macro turns(bits) as xor(bits, (bits << 1));

-- The dates in each interval of a table or view of person, first_day, until.
create macro on_dates(spells) as table
select spells.*, ends.before & ~begins.before as dates
from query_table(spells) as spells
inner join day_of as begins on within(spells.first_day) = begins.day
inner join day_of as ends on within(spells.until + 1) = ends.day
where spells.until >= spells.first_day;

-- How many there are on each date: alike ones are counted before they are spread.
create macro counted_on(masks) as table
select number, sum(rows) as rows
from (select dates, count(*) as rows from query_table(masks) where dates <> 0 group by dates)
inner join date_of on has(dates, number)
group by number;
