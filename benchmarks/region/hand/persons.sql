create table form as
select person, first_day as changed_on, change, count(*) as rows
from endring where place = 'counted' group by all;

-- Everybody whom the register or a registration that counts knows.
create table person as
with
    mentioned as (
        select person, id_birth_date, told_birth_date, first_day
        from koordinator
        where place = 'counted' and not is_known
        union all
        select person, id_birth_date, told_birth_date, first_day
        from ip
        where place = 'counted' and not is_known
        union all
        select person, id_birth_date, null, first_day from tjeneste where place = 'counted' and not is_known
        union all
        select person, id_birth_date, null, first_day from endring where place = 'counted' and not is_known
        union all
        select person, id_birth_date, null, first_day from melding where place = 'counted' and not is_known
        union all
        select person, id_birth_date, null, first_day from mote where place = 'counted' and not is_known
    ),
    registered as (
        select
            hash(person_key) as person,
            coalesce(to_day(person_id_birth_date), to_day(fodselsdato)) as birth_date,
            to_day(innflyttet_dato) as moved_in,
            to_day(utflyttet_dato) as moved_out,
            to_day(dod_dato) as died
        from landing.person
        union all
        select person, coalesce(min(id_birth_date), min(told_birth_date)), min(first_day), null, null
        from mentioned group by person
    ),
    told as (
        select
            person, max(changed_on) filter (where change = 'moved') as moved_out,
            min(changed_on) filter (where change = 'died') as died
        from form group by person
    ),
    -- A form tells what the register does not; where that has a day of its own, it stands.
    everybody as (
        select registered.* replace (
            coalesce(registered.moved_out, case when coalesce(told.moved_out > moved_in, true)
                then told.moved_out end) as moved_out,
            coalesce(registered.died, told.died) as died
        )
        from registered left join told using (person)
    )
select
    *,
    coalesce(moved_in > moved_out, false) as has_returned,
    cast(least(died - 1, case when coalesce(moved_in > moved_out, false) then null
        else moved_out - 1 end) as date) as last_resident_day,
    greatest(moved_in, birth_date) as first_resident_day,
    birthday(birth_date, 18) as turns_18
from everybody;

create table employee as
select
    koordinator_key as coordinator,
    case when count(*) = count(ansatt_til) then max(to_day(ansatt_til)) end as last_employed_day,
    arg_max(area.canonical, coalesce(to_day(ansatt_fra), date '1900-01-01'))
        filter (where area.canonical is not null) as area
from landing.ansatt left join means('tjenesteomrade') as area on tjenesteomrade = area.written
group by koordinator_key;

-- The days before the first forms that end what began before them.
create macro ended_by(registrations, decline, ending) as table
select
    registrations.delivery_number, registrations.row_number,
    cast(min(changed_on) filter (where change = decline) - 1 as date) as before_decline,
    cast(min(changed_on) filter (where change = ending) - 1 as date) as before_end_form
from query_table(registrations) as registrations
inner join form on registrations.person = form.person and form.changed_on > registrations.first_day
where change in (decline, ending)
group by all;
