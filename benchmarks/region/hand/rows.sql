-- Every landed row once, as narrow as what is published needs it; persons and registrations go by
-- hashes of 64 bits. Where each row ends is decided by the few that are told of more than once.

-- Whom each key of the register belongs to: today's, or one before it.
create table known as
select hash(person_key) as key, hash(person_key) as person, false as is_earlier from landing.person
union all
select hash(earlier_person_key), hash(person_key), true
from landing.person
where earlier_person_key is not null;

create table named as
select name_keys as name_key, any_value(hash(person_key)) as person
from landing.person where name_keys is not null
group by name_keys having count(distinct person_key) = 1;

create type remark as struct(rule text, column_name text, value text);

create view staged_tjeneste as
select
    source, delivery_key, row_number, registration_key, registration_id, content_key, person_key, name_keys,
    person_id_birth_date, kommune,
    municipality_outcome, cast(null as date) as told_birth_date, area.canonical as area,
    to_day(fra_dato) as first_day, to_day(til_dato) as last_day, case
        when til_dato like '?%' then {'rule': 'unreadable_date_noted', 'column_name': 'til_dato',
        'value': unread(til_dato)} end as note,
    case
        when municipality_outcome = 'unknown' then {'rule': 'municipality_unknown', 'column_name': 'kommune',
            'value': kommune}
        when fra_dato like '?%' then {'rule': 'unreadable_date', 'column_name': 'fra_dato',
            'value': unread(fra_dato)}
        when to_day(til_dato) < to_day(fra_dato) then {'rule': 'reversed_interval', 'column_name': 'til_dato',
            'value': til_dato}
    end as problem
from landing.tjeneste left join means('tjenesteomrade') as area on tjenesteomrade = area.written;

create view staged_koordinator as
select
    source, delivery_key, row_number, registration_key, registration_id, content_key, person_key, name_keys,
    person_id_birth_date, kommune,
    municipality_outcome, to_day(fodselsdato) as told_birth_date, role.canonical as role,
        area.canonical as area,
    consent.canonical as consent, koordinator_key as coordinator,
    to_day(fra_dato) as first_day, to_day(til_dato) as last_day, case
        when til_dato like '?%' then {'rule': 'unreadable_date_noted', 'column_name': 'til_dato',
        'value': unread(til_dato)}
        when koordinator_tjeneste is not null and area.canonical is null
        then {'rule': 'unknown_unit', 'column_name': 'koordinator_tjeneste', 'value': koordinator_tjeneste}
    end as note,
    case
        when municipality_outcome = 'unknown' then {'rule': 'municipality_unknown', 'column_name': 'kommune',
            'value': kommune}
        when role.canonical is null then {'rule': 'unknown_value', 'column_name': 'rolle', 'value': rolle}
        when fra_dato like '?%' then {'rule': 'unreadable_date', 'column_name': 'fra_dato',
            'value': unread(fra_dato)}
        when to_day(til_dato) < to_day(fra_dato) then {'rule': 'reversed_interval', 'column_name': 'til_dato',
            'value': til_dato}
    end as problem
from landing.koordinator
left join means('rolle') as role on rolle = role.written
left join means('tjenesteomrade') as area on koordinator_tjeneste = area.written
left join means('samtykke') as consent on samtykke = consent.written;

create view staged_ip as
select
    source, delivery_key, row_number, registration_key, registration_id, content_key, person_key, name_keys,
    person_id_birth_date, kommune,
    municipality_outcome, to_day(fodselsdato) as told_birth_date,
    case when status is null then 'unknown' else status_of.canonical end as plan_status,
    case when plantype is null then 'individual_plan' else type_of.canonical end as plan_type,
    coalesce(type_of.canonical, 'individual_plan') = 'individual_plan'
    and coalesce(status_of.canonical in ('active', 'closed'), false) as makes_interval,
    to_day(opprettet_dato) as first_day, to_day(avsluttet_dato) as closed,
        to_day(sist_evaluert_dato) as evaluated,
    cast(closed - 1 as date) as last_day, case
        when avsluttet_dato like '?%' then {'rule': 'unreadable_date_noted', 'column_name': 'avsluttet_dato',
        'value': unread(avsluttet_dato)} end as note,
    case
        when municipality_outcome = 'unknown' then {'rule': 'municipality_unknown', 'column_name': 'kommune',
            'value': kommune}
        when status is not null
            and status_of.canonical is null then {'rule': 'unknown_value', 'column_name': 'status',
            'value': status}
        when plantype is not null
            and type_of.canonical is null then {'rule': 'unknown_value', 'column_name': 'plantype',
            'value': plantype}
        when makes_interval and opprettet_dato like '?%'
        then {'rule': 'unreadable_date', 'column_name': 'opprettet_dato', 'value': unread(opprettet_dato)}
        when makes_interval and closed < first_day then {'rule': 'reversed_interval',
            'column_name': 'avsluttet_dato', 'value': avsluttet_dato}
    end as problem
from landing.ip
left join means('status') as status_of on status = status_of.written
left join means('plantype') as type_of on plantype = type_of.written;

create view staged_endring as
select
    source, delivery_key, row_number, registration_key, registration_id, content_key, person_key, name_keys,
    person_id_birth_date, kommune,
    municipality_outcome, cast(null as date) as told_birth_date, change.canonical as change,
    to_day(endringsdato) as first_day, first_day as last_day, cast(null as remark) as note,
    case
        when endringsdato like '?%' then {'rule': 'unreadable_date', 'column_name': 'endringsdato',
            'value': unread(endringsdato)}
        when change.canonical is null then {'rule': 'unknown_value', 'column_name': 'endringstype',
            'value': endringstype}
    end as problem
from landing.endring left join means('endringstype') as change on endringstype = change.written;

create view staged_melding as
select
    source, delivery_key, row_number, registration_key, registration_id, content_key, person_key, name_keys,
    person_id_birth_date, kommune,
    municipality_outcome, cast(null as date) as told_birth_date, notifier.canonical as notifier, kanal,
    case when utfall is null then 'pending' else outcome.canonical end as outcome,
    to_day(vurdert_dato) as assessed_on, to_day(vedtak_dato) as decided_on,
    to_day(mottatt_dato) as first_day, first_day as last_day, case when melder is not null
        and notifier.canonical is null
        then {'rule': 'unknown_value_noted', 'column_name': 'melder', 'value': melder} end as note,
    case
        when mottatt_dato like '?%' then {'rule': 'unreadable_date', 'column_name': 'mottatt_dato',
            'value': unread(mottatt_dato)}
        when assessed_on < first_day then {'rule': 'reversed_interval', 'column_name': 'vurdert_dato',
            'value': vurdert_dato}
    end as problem
from landing.melding
left join means('melder') as notifier on melder = notifier.written
left join means('utfall') as outcome on utfall = outcome.written;

create view staged_mote as
select
    source, delivery_key, row_number, registration_key, registration_id, content_key, person_key, name_keys,
    person_id_birth_date, kommune,
    municipality_outcome, cast(null as date) as told_birth_date, type_of.canonical as meeting_type, motetype,
        deltakere, referat,
    to_day(motedato) as first_day, first_day as last_day, cast(null as remark) as note,
    case
        when municipality_outcome = 'unknown' then {'rule': 'municipality_unknown', 'column_name': 'kommune',
            'value': kommune}
        when motedato like '?%' then {'rule': 'unreadable_date', 'column_name': 'motedato',
            'value': unread(motedato)}
        when type_of.canonical is null then {'rule': 'unknown_value', 'column_name': 'motetype',
            'value': motetype}
    end as problem
from landing.mote left join means('motetype') as type_of on motetype = type_of.written;

-- What has a day and no interval is lost where a later snapshot reaches back to its day.
create macro reach_of(staged) as table
select delivery.source_number, min(first_day) as first_event
from query_table(staged) as staged
inner join delivery using (source, delivery_key)
where delivery.delivery_number = delivery.newest
group by delivery.source_number;

create macro read_rows(staged, is_event) as table
select
    staged.* exclude (source, delivery_key, row_number, person_key, name_keys, person_id_birth_date,
        municipality_outcome),
    delivery.delivery_number,
    cast(staged.row_number as integer) as row_number,
    delivery.source_number,
    delivery.delivered,
    hash(delivery.source_number, registration_key) as registration,
    coalesce(known.person, case when staged.person_key is not null then hash(staged.person_key) end,
        named.person) as person,
    known.person is not null or named.person is not null as is_known,
    coalesce(known.is_earlier, false) as is_linked,
    named.person is not null as is_named,
    municipality_outcome = 'recoded' as is_recoded,
    municipality_outcome = 'unknown' as is_nowhere,
    case when known.person is null then to_day(person_id_birth_date) end as id_birth_date,
    case when delivery.is_snapshot
        and delivery.delivery_number < delivery.newest then delivery.next_delivered end as gone_on,
    is_event and gone_on is not null and coalesce(first_day >= reach.first_event, true) as is_lost
from query_table(staged) as staged
inner join delivery using (source, delivery_key)
left join known on hash(staged.person_key) = known.key
-- Looked up only where nothing else names the person.
left join named on case when staged.person_key is null then staged.name_keys end = named.name_key
left join reach on delivery.source_number = reach.source_number;

-- The rows that another one of their registration comes after, or that are alike to another.
create macro again_in(rows) as table
with
    told_again as (
        select distinct registration
        from query_table(rows)
        group by registration, case when is_lost then delivery_number end
        having count(*) > 1
    ),
    again as (
        select
            delivery_number, row_number, registration, content_key,
            coalesce(greatest(first_day, last_day), date '-infinity') as newest_day
        from query_table(rows)
        semi join told_again using (registration)
    ),
    placed as (
        select
            delivery_number, row_number,
            max(delivery_number) over (partition by registration) as newest_delivery,
            row_number() over (
                partition by delivery_number, registration order by newest_day desc, content_key desc,
                    row_number desc
            ) > 1 as is_older_in_file,
            max(row_number) over (partition by delivery_number, content_key) as last_alike
        from again
    )
select delivery_number, row_number, is_older_in_file, last_alike
from placed where delivery_number < newest_delivery or is_older_in_file;

create macro with_place(rows, again) as table
select
    rows.* exclude (gone_on, is_lost, problem),
    case
        when rows.row_number < again.last_alike then 'duplicate'
        when again.row_number is not null or is_lost then 'superseded'
        when problem is not null or person is null then 'quarantined'
        else 'counted'
    end as place,
    case when place = 'quarantined' then coalesce(problem,
        {'rule': 'person_unresolved', 'column_name': null, 'value': null}) end as problem,
    case when place = 'duplicate' then again.last_alike end as duplicate_of,
    place = 'superseded' and coalesce(again.is_older_in_file, false) as is_older_in_file,
    case when place = 'counted' then cast(gone_on - 1 as date) end as withdrawn_last_day
from query_table(rows) as rows
left join query_table(again) as again using (delivery_number, row_number);

create table reach as
from reach_of('staged_endring')
union all from reach_of('staged_melding')
union all from reach_of('staged_mote');

create table read_tjeneste as from read_rows('staged_tjeneste', false);
create table again_tjeneste as from again_in('read_tjeneste');
create view tjeneste as from with_place('read_tjeneste', 'again_tjeneste');

create table read_koordinator as from read_rows('staged_koordinator', false);
create table again_koordinator as from again_in('read_koordinator');
create view koordinator as from with_place('read_koordinator', 'again_koordinator');

create table read_ip as from read_rows('staged_ip', false);
create table again_ip as from again_in('read_ip');
create view ip as from with_place('read_ip', 'again_ip');

create table read_endring as from read_rows('staged_endring', true);
create table again_endring as from again_in('read_endring');
create view endring as from with_place('read_endring', 'again_endring');

create table read_melding as from read_rows('staged_melding', true);
create table again_melding as from again_in('read_melding');
create view melding as from with_place('read_melding', 'again_melding');

create table read_mote as from read_rows('staged_mote', true);
create table again_mote as from again_in('read_mote');
create view mote as from with_place('read_mote', 'again_mote');
