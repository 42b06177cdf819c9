-- What all stages use: days, ages, limits, deliveries, and what written words mean.
create macro to_day(cell) as try_cast(cell as date);
create macro unread(cell) as case when cell like '?%' then substr(cell, 2) end;
create macro far_off() as date '9999-12-31';
create macro fold(word) as replace(replace(strip_accents(lower(trim(word))), 'ø', 'o'), 'æ', 'ae');

create macro age_on(born, day) as cast(
    year(day) - year(born)
    - case when month(day) * 100 + day(day) < month(born) * 100 + day(born) then 1 else 0 end
    as smallint
);
-- Who is born on 29 February has the birthday on 1 March in common years.
create macro birthday(born, years) as cast(
    case when month(born) = 2 and day(born) = 29 and day(born + to_years(cast(years as integer))) = 28
        then born + to_years(cast(years as integer)) + interval 1 day
        else born + to_years(cast(years as integer)) end
    as date
);
create macro wilson(events, total, side) as (
    2.0e0 * events + 3.8414588206941236e0 + side * 1.959963984540054e0
    * sqrt(3.8414588206941236e0 + 4.0e0 * events * (1.0e0 - events / cast(total as double)))
) / (2.0e0 * (total + 3.8414588206941236e0));
create macro byar(events, side) as events * power(
    1.0e0 - 1.0e0 / (9.0e0 * events) + side * 1.959963984540054e0 / (3.0e0 * sqrt(events)), 3
);

create table delivery as
select
    delivery.*,
    origin.source,
    origin.record,
    origin.system,
    origin.municipality_code,
    origin.delivery_mode = 'snapshot' as is_snapshot,
    max(delivery_number) over (partition by source_number) as newest,
    lead(delivered) over (partition by source_number order by delivery_number) as next_delivered
from landing.delivery
inner join landing.source as origin using (source_number);

set variable as_of = (select max(delivered) from delivery where record <> 'befolkning');

-- The words are few and the rows many: each way of writing is folded once.
create table word as
with
    written as (
        select distinct 'rolle' as field, rolle as written from landing.koordinator
        union select 'tjenesteomrade', koordinator_tjeneste from landing.koordinator
        union select 'tjenesteomrade', tjenesteomrade from landing.tjeneste
        union select 'tjenesteomrade', tjenesteomrade from landing.ansatt
        union select 'samtykke', samtykke from landing.koordinator
        union select 'samtykke', samtykke from landing.ip
        union select 'samtykke', samtykke from landing.melding
        union select 'status', status from landing.ip
        union select 'plantype', plantype from landing.ip
        union select 'motetype', motetype from landing.mote
        union select 'endringstype', endringstype from landing.endring
        union select 'melder', melder from landing.melding
        union select 'utfall', utfall from landing.melding
        union select 'kjonn', kjonn from landing.person
    ),
    accepted as (
        select field, fold(accepted) as folded, canonical from reference.code_map
        union select field, fold(canonical), canonical from reference.code_map
        union select field, number, canonical from reference.code_list_values
        inner join reference.code_lists using (code_list, field)
        where unless_declared
    )
select written.field, written.written, accepted.canonical
from written
inner join accepted on written.field = accepted.field and fold(written.written) = accepted.folded;

create macro means(asked) as table select written, canonical from word where field = asked;

-- The bands of each age; everybody is of `all`, an unknown age (null) of `unknown`, too.
create table band as
with age as (select cast(unnest(range(131)) as smallint) as age)
select age_scheme, age_group, age from reference.age_groups inner join age on age between from_age and to_age
union all
select distinct age_scheme, 'all', age from reference.age_groups cross join (from age union all select null)
union all
select distinct age_scheme, 'unknown', cast(null as smallint) from reference.age_groups;

-- Ages that no scheme tells apart are counted as the youngest of them.
create table age_class as
select age, min(age) over (partition by bands) as class
from (select age, list((age_scheme, age_group) order by age_scheme, age_group) as bands from band group by age);
