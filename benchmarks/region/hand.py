"""The six indicators of coordinators, plans and meetings in hand-written DuckDB SQL.

What somebody writes who needs these figures and nothing else: no findings, no way back to the rows, no
tests. Codes become small numbers at once, rows are told apart by hashes before they are compared in
full, and what is true of a person on the reference dates is one 128-bit number with a bit for each
date. It reads what the models read (the schema `landing`) and follows the counting rules as far as a
generated region needs them: deliveries held back or replaced, other parameters than the default and
chains of earlier ids do not occur there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.region.common import open_landing, read_meanings
from dagster_project.settings import SEEDS, Home

_FAR_OFF = "date '9999-12-31'"
_RIGHT_CAME = "date '2022-08-01'"


@dataclass(frozen=True)
class _Record:
    """A record type: its table here, the columns made of its cells, and which rows count.

    `event` is the column with the day of what has a day and no interval.
    """

    table: str
    columns: str
    joins: str
    counts: str
    event: str | None = None


def _means(field: str, column: str, alias: str) -> str:
    return f"left join {field}_means as {alias} on landed.{column} = {alias}.written"


_RECORDS = {
    "koordinator": _Record(
        "coordinator",
        """
        try_cast(fodselsdato as date) as told_birth_date, role.canonical as role,
        area.canonical as area, koordinator_key as coordinator,
        try_cast(fra_dato as date) as first_day, try_cast(til_dato as date) as last_day
        """,
        _means("rolle", "rolle", "role")
        + " "
        + _means("tjenesteomrade", "koordinator_tjeneste", "area"),
        """
        role is not null and first_day is not null and coalesce(last_day >= first_day, true)
        and (koordinator_tjeneste is null or area.canonical is not null)
        """,
    ),
    "ip": _Record(
        "plan",
        """
        try_cast(fodselsdato as date) as told_birth_date,
        case when status is null then 'unknown' else status_of.canonical end as plan_status,
        case when plantype is null then 'individual_plan' else type_of.canonical end as plan_type,
        try_cast(opprettet_dato as date) as first_day, try_cast(avsluttet_dato as date) as closed,
        try_cast(sist_evaluert_dato as date) as evaluated,
        plan_type = 'individual_plan' and plan_status in ('active', 'closed') as makes_interval
        """,
        _means("status", "status", "status_of") + " " + _means("plantype", "plantype", "type_of"),
        """
        plan_status is not null and plan_type is not null
        and not (makes_interval and (first_day is null or coalesce(closed < first_day, false)))
        """,
    ),
    "tjeneste": _Record(
        "service",
        """
        area.canonical as area, try_cast(fra_dato as date) as first_day, try_cast(til_dato as date) as last_day
        """,
        _means("tjenesteomrade", "tjenesteomrade", "area"),
        "area.canonical is not null and first_day is not null and coalesce(last_day >= first_day, true)",
    ),
    "endring": _Record(
        "form",
        "try_cast(endringsdato as date) as first_day, change.canonical as change",
        _means("endringstype", "endringstype", "change"),
        "change.canonical is not null and first_day is not null",
        "endringsdato",
    ),
    "melding": _Record(
        "notice",
        "try_cast(mottatt_dato as date) as first_day",
        "",
        "first_day is not null and coalesce(try_cast(vurdert_dato as date) >= first_day, true)",
        "mottatt_dato",
    ),
    "mote": _Record(
        "meeting",
        """
        try_cast(motedato as date) as first_day, type_of.canonical = 'coordination_meeting' as is_coordination,
        type_of.canonical in ('coordination_meeting', 'collaboration_meeting') as counts,
        coalesce(attendance.has_gp, false) as has_gp
        """,
        _means("motetype", "motetype", "type_of")
        + " left join attendance on landed.deltakere = attendance.deltakere",
        "first_day <= delivery.delivered and type_of.canonical is not null",
        "motedato",
    ),
}


def _load(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what all records need: deliveries, the meaning of words, who is called what."""
    for field, words in read_meanings(connection).items():
        connection.execute(f"create temp table {field}_means (written text, canonical text)")
        connection.executemany(f"insert into {field}_means values (?, ?)", list(words.items()))
    connection.execute("""
        create temp table attendance as
        select distinct deltakere, list_contains(string_split(deltakere, ';'), 'gp') as has_gp
        from landing.mote where deltakere is not null;

        create temp table delivery as
        select
            delivery_number, source_number, source, delivery_key, delivered,
            delivery_mode = 'snapshot' as is_snapshot,
            max(delivery_number) over (partition by source_number) as newest,
            lead(delivered) over (partition by source_number order by delivery_number) as next_delivered
        from landing.delivery inner join landing.source using (source_number);

        create temp table link as
        select earlier_person_key, person_key from landing.person where earlier_person_key is not null;

        create temp table named as
        select municipality_code, name_keys as name_key, min(person_key) as person_key
        from landing.person where name_keys is not null
        group by all having count(distinct person_key) = 1;
    """)


def _place(connection: duckdb.DuckDBPyConnection, name: str, record: _Record) -> None:
    """Make `<table>_row`: the rows that are their registration's newest version, and count.

    `withdrawn_last_day` is the last day that a withdrawn registration can have.
    """
    gone = "delivery.is_snapshot and delivery.delivery_number < delivery.newest"
    delivered = f"""
        landing.{name} as landed inner join delivery
        on landed.source = delivery.source and landed.delivery_key = delivery.delivery_key
    """
    standing = "true"
    if record.event:
        # What has a day is lost where a later register reaches back to it: there is no need to
        # look for newer versions of it.
        connection.execute(f"""
            create or replace temp table reach as
            select source_number as of_source, min(try_cast({record.event} as date)) as first_event
            from {delivered} where delivery.delivery_number = delivery.newest
            group by source_number
        """)
        delivered += " left join reach on delivery.source_number = reach.of_source"
        standing = f"not ({gone} and coalesce(try_cast({record.event} as date) >= reach.first_event, true))"
    connection.execute(f"""
        -- Few registrations come more than once, and those are found by a hash.
        create temp table alike as
        select hash(registration_key, source_number) as registration_hash
        from {delivered} where {standing} group by 1 having count(*) > 1;

        create temp table older as
        select delivery_number, row_number
        from (
            select delivery_number, cast(row_number as integer) as row_number,
                row_number() over (
                    partition by source_number, registration_key
                    order by delivery_number desc, cast(row_number as integer) desc
                ) as version
            from {delivered} where {standing} and hash(registration_key, source_number) in (from alike)
        )
        where version > 1;

        create temp table {record.table}_row as
        select
            delivery.delivery_number, cast(landed.row_number as integer) as row_number, landed.municipality_code,
            coalesce(link.person_key, landed.person_key, named.person_key) as person_key,
            try_cast(person_id_birth_date as date) as id_birth_date,
            case when {gone} then delivery.next_delivered - 1 end as withdrawn_last_day,
            {record.columns}
        from {delivered}
        {record.joins}
        left join link on landed.person_key = link.earlier_person_key
        -- Looked up only where nothing else names the person; a condition beside the keys would
        -- make this a loop.
        left join named on landed.municipality_code = named.municipality_code
            and case when landed.person_key is null then landed.name_keys end = named.name_key
        anti join older on delivery.delivery_number = older.delivery_number
            and cast(landed.row_number as integer) = older.row_number
        where {standing} and landed.municipality_code is not null
            and coalesce(link.person_key, landed.person_key, named.person_key) is not null
            and {record.counts};

        drop table alike; drop table older;
    """)


def _number_persons(connection: duckdb.DuckDBPyConnection) -> None:
    mentioned = " union all ".join(
        f"""
        select municipality_code, person_key, id_birth_date, first_day,
            {"told_birth_date" if "told_birth_date" in record.columns else "null"} as told_birth_date
        from {record.table}_row
        """
        for record in _RECORDS.values()
    )
    connection.execute(f"""
        create temp table person as
        with known as (
            select municipality_code, person_key,
                coalesce(try_cast(fodselsdato as date), try_cast(person_id_birth_date as date)) as birth_date,
                try_cast(innflyttet_dato as date) as moved_in, try_cast(utflyttet_dato as date) as moved_out,
                try_cast(dod_dato as date) as died
            from landing.person
            union all
            select municipality_code, person_key,
                coalesce(min(id_birth_date), min(told_birth_date)), min(first_day), null, null
            from ({mentioned}) as mentioned
            anti join landing.person as register using (municipality_code, person_key)
            group by all
        )
        select cast(row_number() over () as integer) as person, *,
            coalesce(moved_in > moved_out, false) as has_returned,
            least(died - 1, case when coalesce(moved_in > moved_out, false) then null else moved_out - 1 end) as last_resident_day
        from known;
    """)
    for record in _RECORDS.values():
        connection.execute(f"""
            create temp table {record.table} as
            select row.* exclude (person_key, municipality_code, id_birth_date), person.person
            from {record.table}_row as row inner join person using (municipality_code, person_key);
            drop table {record.table}_row;
        """)


def _islands(relation: str, same: str, apart: str) -> str:
    """Number the stretches of those that are the same and lie at most so many days apart."""
    in_order = (
        f"partition by {same} order by first_day, spell_number rows between unbounded preceding"
    )
    return f"""
        select *, count_if(begins) over ({in_order} and current row) as island
        from (
            select *, coalesce(
                first_day - max(until) over ({in_order} and 1 preceding) > {apart}, true
            ) as begins
            from {relation}
        )
    """


# Finds the hosts of those of `nameless` that have none yet.
_HOSTS = f"""
    insert into host
    with assignment as (
        select person, role, coordinator, min(first_day) as first_day, max(until) as until,
            min(spell_number) as number
        from ({_islands("near", "person, role, coordinator", "30")})
        group by person, role, coordinator, island
    )
    select nameless.number, unnest(arg_min(
        {{'coordinator': assignment.coordinator, 'role': assignment.role}},
        (assignment.role <> nameless.role, assignment.first_day, assignment.number)
    ))
    from nameless
    inner join assignment on nameless.person = assignment.person
        and nameless.first_day <= assignment.until and assignment.first_day <= nameless.until
    where nameless.number not in (select number from host)
    group by nameless.number;
"""


def _assign(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `assignment`: person, first and last day; one counting coordinator at a time."""
    overlapping = _islands("(from spell where coordinator is null)", "person", "0")
    joining = _islands(
        "named", "person, role, coordinator", "case when coordinator is null then 0 else 30 end"
    )
    connection.execute(f"""
        create temp table employee as
        select koordinator_key as coordinator,
            case when count(*) = count(ansatt_til) then max(cast(ansatt_til as date)) end as last_employed_day,
            arg_max(area.canonical, cast(ansatt_fra as date)) as employee_area
        from landing.ansatt as landed
        {_means("tjenesteomrade", "tjenesteomrade", "area")}
        group by koordinator_key;

        create temp table spell as
        with counting as (
            select coordinator.*, last_employed_day
            from coordinator
            left join employee using (coordinator)
            where role in ('coordinator', 'child_coordinator')
                and coalesce(area, employee_area, '') <> 'specialist'
        ),
        ended as (
            select counting.delivery_number, counting.row_number, min(form.first_day) - 1 as before_form
            from counting
            inner join form on counting.person = form.person and form.first_day > counting.first_day
            where change in ('declined_coordinator', 'coordinator_ended')
            group by all
        ),
        closed as (
            select delivery_number, row_number, person, role, coordinator, first_day,
                least(
                    last_day, withdrawn_last_day, died - 1,
                    case when has_returned and first_day >= moved_in then null else moved_out - 1 end,
                    before_form, last_employed_day,
                    case when role = 'child_coordinator' then cast(
                        case when extract(month from birth_date) = 2 and extract(day from birth_date) = 29
                            then birth_date + 1 else birth_date end + interval 18 years as date
                    ) - 1 end
                ) as last_day
            from counting
            inner join person using (person)
            left join ended using (delivery_number, row_number)
        ),
        in_its_time as (
            select * from closed where role = 'coordinator' or first_day >= {_RIGHT_CAME}
            union all
            select * replace ('coordinator' as role, least(last_day, {_RIGHT_CAME} - 1) as last_day)
            from closed where role = 'child_coordinator' and first_day < {_RIGHT_CAME} and coalesce(last_day >= first_day, true)
            union all
            select * replace ({_RIGHT_CAME} as first_day)
            from closed where role = 'child_coordinator' and first_day < {_RIGHT_CAME}
        )
        select person, role, coordinator, first_day, coalesce(last_day, {_FAR_OFF}) as until,
            row_number() over (order by delivery_number, row_number, first_day) as spell_number
        from in_its_time where coalesce(last_day >= first_day, true);

        -- Those without a coordinator that overlap one another, as one: they have one host together.
        create temp table nameless as
        select person, min(spell_number) as number, arg_min(role, (first_day, spell_number)) as role,
            min(first_day) as first_day, max(until) as until, list(spell_number) as spells
        from ({overlapping})
        group by person, island;

        create temp table near as
        select person, role, coordinator, first_day, until, spell_number
        from spell semi join nameless using (person) where coordinator is not null;

        create temp table host (number bigint, coordinator text, role text);
        {_HOSTS}
        -- What found a host may have closed a gap, and so be the host of what lies in the gap.
        insert into near
        select person, host.role, host.coordinator, first_day, until, number
        from nameless inner join host using (number);
        {_HOSTS}

        create temp table assignment as
        with hosted as (
            select unnest(spells) as spell_number, coalesce(host.role, nameless.role) as role, host.coordinator
            from nameless left join host using (number)
        ),
        named as (
            select person, role, coordinator, first_day, until, spell_number from spell where coordinator is not null
            union all
            select person, hosted.role, hosted.coordinator, first_day, until, spell_number
            from spell inner join hosted using (spell_number)
        ),
        island as (
            {joining}
        ),
        joined as (
            select person, role = 'child_coordinator' as is_child,
                min(first_day) as first_day, max(until) as until, min(spell_number) as number
            from island group by person, role, coordinator, island
        ),
        ordered as (
            select *,
                lead(first_day) over (partition by person order by first_day, not is_child, until, number) as next_first_day,
                lead(first_day) over (partition by person, is_child order by first_day, until, number) as next_of_kind
            from joined
        ),
        child as (
            select person, first_day, least(until, coalesce(next_of_kind - 1, {_FAR_OFF})) as until from ordered where is_child
        )
        select
            ordered.person,
            coalesce(child.until + 1, ordered.first_day) as first_day,
            case when is_child then least(ordered.until, coalesce(next_of_kind - 1, {_FAR_OFF}))
                else least(ordered.until, coalesce(next_first_day - 1, {_FAR_OFF})) end as until
        from ordered
        left join child on ordered.person = child.person and not ordered.is_child
            and ordered.first_day between child.first_day and child.until
        where coalesce(child.until + 1, ordered.first_day) <= case
            when is_child then least(ordered.until, coalesce(next_of_kind - 1, {_FAR_OFF}))
            else least(ordered.until, coalesce(next_first_day - 1, {_FAR_OFF})) end;
    """)


def _plan(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"""
        create temp table plan_days as
        with ended as (
            select plan.delivery_number, plan.row_number, min(form.first_day) - 1 as before_form
            from plan
            inner join form on plan.person = form.person and form.first_day > plan.first_day
            where makes_interval and change in ('declined_plan', 'plan_ended')
            group by all
        )
        select person, first_day, coalesce(last_day, {_FAR_OFF}) as until
        from (
            select person, first_day,
                least(
                    case when closed is not null then closed - 1 when plan_status = 'closed' then evaluated end,
                    died - 1,
                    case when has_returned and first_day >= moved_in then null else moved_out - 1 end,
                    before_form, withdrawn_last_day
                ) as last_day
            from plan
            inner join person using (person)
            left join ended using (delivery_number, row_number)
            where makes_interval and not (plan_status = 'closed' and closed is null and evaluated is null)
        )
        where coalesce(last_day >= first_day, true);
    """)


def _count(connection: duckdb.DuckDBPyConnection, as_of: dt.date) -> None:
    """Make `cell`: the figures."""
    connection.execute(f"""
        create temp table date_of as
        select cast(row_number() over (order by reference_date) - 1 as integer) as date_number, reference_date
        from (
            select cast(month + interval 1 month - interval 1 day as date) as reference_date
            from generate_series(date_trunc('month', date '{as_of}' - interval 10 years), date '{as_of}', interval 1 month) as t(month)
            where cast(month + interval 1 month - interval 1 day as date) > cast(date '{as_of}' - interval 10 years as date)
                and cast(month + interval 1 month - interval 1 day as date) < date '{as_of}'
            union select date '{as_of}'
        );

        -- The number of the first reference date on a day or after it: how many lie before the day.
        create temp table day_of as
        select day, cast(count(reference_date) as integer) as number
        from (
            select cast(day as date) as day from generate_series(date '1900-01-01', date '{as_of}' + 1, interval 1 day) as t(day)
        )
        left join date_of on reference_date < day
        group by day;

        create macro bits(first_number, last_number) as case
            when last_number >= first_number
            then (cast(1 as hugeint) << cast(last_number + 1 as hugeint)) - (cast(1 as hugeint) << cast(first_number as hugeint))
            else cast(0 as hugeint) end;
    """)
    # The bits of an interval; both ends are looked up, for a join with a short table is cheap.
    interval = """
        bits(coalesce(begin.number, 0), coalesce(after.number, (select count(*) from date_of)) - 1)
    """

    def looked_up(first: str, last: str) -> str:
        return f"""
            left join day_of as begin on least({first}, date '{as_of}' + 1) = begin.day
            left join day_of as after on least({last}, date '{as_of}') + 1 = after.day
        """

    connection.execute(f"""
        create temp table began as
        select municipality_code, min(first_day) as first_day
        from (select person, first_day from assignment union all select person, first_day from plan_days)
        inner join person using (person)
        group by municipality_code;

        create temp table coordinated as
        select person, bit_or({interval}) as on_dates
        from assignment {looked_up("first_day", "until")} group by person;

        create temp table planned as
        select person, bit_or({interval}) as on_dates
        from plan_days {looked_up("first_day", "until")} group by person;

        create temp table in_area as
        select person, area, bit_or({interval}) as on_dates, bit_or(bits(long.number, coalesce(after.number, (select count(*) from date_of)) - 1)) as for_long
        from service {looked_up("first_day", f"coalesce(last_day, {_FAR_OFF})")}
        left join day_of as long on least(first_day + 90, date '{as_of}' + 1) = long.day
        group by person, area;

        create temp table needing as
        select person, bit_or(for_long & before) as on_dates
        from (
            select person, for_long, bit_or(for_long) over (
                partition by person order by area rows between unbounded preceding and 1 preceding
            ) as before
            from in_area
        )
        group by person having count(*) > 1;

        create temp table met as
        select person, bit_or({interval}) as on_dates
        from (
            select distinct person, first_day from meeting where counts
        )
        {looked_up("first_day", "first_day + 364")} group by person;

        create temp table member as
        select person.person, municipality_code, birth_date,
            (coalesce(coordinated.on_dates, 0) | coalesce(planned.on_dates, 0) | coalesce(needing.on_dates, 0))
            & {interval} as on_dates,
            coalesce(coordinated.on_dates, 0) as coordinated, coalesce(planned.on_dates, 0) as planned,
            coalesce(met.on_dates, 0) as met
        from person
        left join coordinated using (person) left join planned using (person)
        left join needing using (person) left join met using (person)
        inner join began using (municipality_code)
        {looked_up("greatest(moved_in, birth_date, began.first_day, date '1900-01-01')", f"coalesce(last_resident_day, {_FAR_OFF})")}
        where (coordinated.on_dates is not null or planned.on_dates is not null or needing.on_dates is not null);

        create temp table by_age as
        with spread as (
            select person, 'all' as area, on_dates from member where on_dates <> 0
            union all
            select person, area, member.on_dates & in_area.on_dates from member inner join in_area using (person)
            where member.on_dates & in_area.on_dates <> 0
        )
        select
            municipality_code, date_number, area,
            cast(extract(year from reference_date) - extract(year from birth_date) - case
                when extract(month from reference_date) * 100 + extract(day from reference_date)
                    < extract(month from birth_date) * 100 + extract(day from birth_date)
                then 1 else 0 end as smallint) as age,
            count(*) as target_group,
            count_if((coordinated >> date_number) & 1 = 1) as coordinator,
            count_if((planned >> date_number) & 1 = 1) as plan,
            count_if((coordinated & planned >> date_number) & 1 = 1) as both_of_them,
            count_if((coordinated & met >> date_number) & 1 = 1) as coordinator_met
        from spread
        inner join member using (person)
        inner join date_of on (spread.on_dates >> date_number) & 1 = 1
        group by all;

        create temp table banded as
        select municipality_code, date_number, age_scheme, age_group, area,
            sum(target_group) as target_group, sum(coordinator) as coordinator, sum(plan) as plan,
            sum(both_of_them) as both_of_them, sum(coordinator_met) as coordinator_met
        from by_age
        inner join (
            select age_scheme, age_group, from_age, to_age from read_csv('{SEEDS / "age_groups.csv"}')
            union all
            select distinct age_scheme, 'all', -1, 999 from read_csv('{SEEDS / "age_groups.csv"}')
            union all
            select distinct age_scheme, 'unknown', -1, -1 from read_csv('{SEEDS / "age_groups.csv"}')
        ) as band on coalesce(age, -1) between from_age and to_age
        group by all;

        create temp table gp as
        with happened as (
            select person, first_day as met_on, is_coordination, bool_or(has_gp) as has_gp
            from meeting
            where counts
            group by all
        ),
        shown as (
            select municipality_code, begin.number as first_number, after.number as after_number, has_gp, count(*) as meetings
            from happened
            inner join person using (person)
            inner join day_of as begin on least(greatest(met_on, moved_in, birth_date), date '{as_of}' + 1) = begin.day
            inner join day_of as after
                on least(met_on + 364, last_resident_day, date '{as_of}') + 1 = after.day
            where greatest(met_on, moved_in, birth_date) <= least(met_on + 364, last_resident_day)
            group by all
        )
        select municipality_code, date_number,
            coalesce(sum(meetings) filter (where has_gp), 0) as with_gp, sum(meetings) as meetings
        from shown
        inner join date_of on date_number >= first_number and date_number < after_number
        group by all;

        create table cell as
        select indicator, municipality_code, reference_date, age_scheme, age_group, service_area,
            cast(numerator as bigint) as numerator, cast(denominator as bigint) as denominator
        from (
            select municipality_code, date_number, age_scheme, age_group, area as service_area,
                unnest([
                    {{'indicator': 'coordinator_coverage', 'numerator': coordinator, 'denominator': target_group}},
                    {{'indicator': 'plan_coverage', 'numerator': plan, 'denominator': target_group}},
                    {{'indicator': 'both_coverage', 'numerator': both_of_them, 'denominator': target_group}},
                    {{'indicator': 'plan_without_coordinator', 'numerator': plan - both_of_them, 'denominator': plan}},
                    {{'indicator': 'meeting_coverage', 'numerator': coordinator_met, 'denominator': coordinator}}
                ], recursive := true)
            from banded
            union all
            select municipality_code, date_number, 'standard', 'all', 'all', 'gp_participation', with_gp, meetings
            from gp
        )
        inner join date_of using (date_number)
        inner join began using (municipality_code)
        where denominator > 0 and (reference_date >= date_trunc('month', began.first_day) or reference_date = date '{as_of}');
    """)


def run(home: Home, result: Path, as_of: dt.date) -> None:
    """Write the figures of a home whose warehouse has begun to the file `result`."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 2; set memory_limit = '10GB'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"set temp_directory = '{home.work / 'spill'}'")
        open_landing(connection, home)
        _load(connection)
        for name, record in _RECORDS.items():
            _place(connection, name, record)
        _number_persons(connection)
        _assign(connection)
        _plan(connection)
        _count(connection, as_of)
        connection.execute(f"copy cell to '{result}' (format parquet)")
