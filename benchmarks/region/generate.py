"""A region as it lies when it has landed: Parquet files and manifests, from a fixed seed.

At scale 1 fifteen municipalities with a million persons, two million registrations of coordinators
and plans and thirty million rows of meetings. Nobody is simulated: every cell is a hash of its row's
number, with a share of mess as registers have it (rows sent twice, corrected and withdrawn ones,
unknown words, days that cannot be read, two systems that tell of one meeting, persons under an earlier
id, under their name only, or unknown to the register). The identity step is not part of it: keys are
hashes of numbers.

Three kinds of mess are not in it, for what is made of them is too much to write a second time as a
yardstick; the independent oracle (tests/oracle) recounts them. No registration is given to another
coordinator by a later delivery, no form tells of a change of coordinator, and nobody has two
coordinators by design: every source leaves too many last days out, and meetings are held by
somebody who coordinates others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import pyarrow.parquet as pq
import yaml

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import FileSource
from dagster_project.identity.keys import open_keys
from dagster_project.identity.maskers import Maskers
from dagster_project.landing.deliveries import Manifest, ManifestEntry, Status
from dagster_project.warehouse import begin

# Today's codes, with thousands of inhabitants.
_MUNICIPALITIES = {
    "4601": 294,
    "5001": 215,
    "1103": 149,
    "3201": 130,
    "4204": 117,
    "3301": 104,
    "3203": 99,
    "3205": 93,
    "1108": 84,
    "5501": 79,
    "3907": 66,
    "4003": 56,
    "4626": 40,
    "3303": 28,
    "1505": 24,
}
LARGEST = next(iter(_MUNICIPALITIES))
_PERSONS = 1_000_000
_FIRST_YEAR, _LAST_YEAR = 2016, 2025
NEWEST = dt.date(_LAST_YEAR, 12, 31)

# Of what is registered, how much for each person of the register.
_USERS = 0.30  # those with a coordinator, a plan or several services: the first so many
_MEETINGS_OF_A_YEAR = 1.56
_MEETINGS_OF_THE_PLAN_SYSTEM = 7.7

_MACROS = """
create macro chance(item, what, share) as hash(item, what, 2025) % 10000 < share * 10000;
create macro pick(item, what, count) as cast(hash(item, what, 2025) % cast(count as bigint) as bigint);
create macro one_of(item, what, words) as words[1 + pick(item, what, len(words))];
create macro key(prefix, item) as prefix || '1_' || hex(hash(item, prefix, 1)) || hex(hash(item, prefix, 2));
create macro day(year, number) as make_date(cast(year as bigint), 1, 1) + cast(number as integer);
-- A cell that could not be read stands behind a question mark.
create macro as_cell(item, day) as case when chance(item, 'unreadable', 0.002) then '?31.02' else cast(day as text) end;
create macro birth(person) as
    day(2025 - case when chance(person, 'child', 0.25) then pick(person, 'age', 18) else 18 + pick(person, 'age', 78) end,
        pick(person, 'birthday', 365));
-- A person under the id of today, an earlier one, none but the name, or one that the register lacks.
create macro written_as(item, person) as case
    when chance(item, 'nameless', 0.004) then 'name'
    when chance(item, 'stranger', 0.003) then 'stranger'
    when chance(person, 'new id', 0.01) and chance(item, 'old id', 0.4) then 'earlier'
    else 'today' end;
create macro person_key(item, person) as case written_as(item, person)
    when 'today' then key('p', person)
    when 'earlier' then key('q', person)
    when 'stranger' then key('s', person - person % 10000000 + pick(person, 'stranger', 5000)) end;
create macro name_key(item, person) as case when written_as(item, person) = 'name' then key('n', person) end;
"""

# Columns of every row about a person.
_PERSON = """
    person_key(item, person) as person_key,
    case when person_key is not null then 'fnr' end as person_id_kind,
    case when person_key is null then 'missing' end as person_id_problem,
    cast(null as text) as person_id_zero_added,
    case when person_key is not null then cast(birth(person) as text) end as person_id_birth_date"""


@dataclass(frozen=True)
class _Municipality:
    code: str
    number: int
    persons: int

    @property
    def first(self) -> int:
        """The number of the first person."""
        return self.number * 10_000_000

    @property
    def users(self) -> int:
        return max(10, int(self.persons * _USERS))

    @property
    def employees(self) -> int:
        return max(3, self.users // 8)


@dataclass(frozen=True)
class _Delivery:
    """A delivery to come: the query gives every column but where the row came from.

    Its rows are numbered by `place`; `item` names the registration, and everything follows from it.
    They are of the municipality, but where `whose` names a column that says another.
    """

    source: FileSource
    municipality: str
    delivered: dt.date
    query: str
    whose: str | None = None


def generate(home: Home, scale: float) -> dict[str, int]:
    """Write a home that has landed, and return the rows of each record type."""
    home.root.mkdir(parents=True)
    deliveries: list[_Delivery] = []
    total = sum(_MUNICIPALITIES.values())
    municipalities = [
        _Municipality(code, number, max(40, int(_PERSONS * scale * weight / total)))
        for number, (code, weight) in enumerate(_MUNICIPALITIES.items(), start=1)
    ]
    for municipality in municipalities:
        deliveries += _of_municipality(municipality)
    deliveries.append(_population(municipalities))
    _write_sources(home, [delivery.source for delivery in deliveries])
    # What lands is of a home that has its card, as every home has.
    open_keys(load_installation(home))
    with duckdb.connect() as connection:
        connection.execute("set threads = 1; set memory_limit = '4GB'")
        connection.execute(_MACROS)
        with ThreadPoolExecutor(2) as workers:
            counts = workers.map(lambda d: _write(home, connection.cursor(), d), deliveries)
            rows: dict[str, int] = {}
            for delivery, count in zip(deliveries, counts, strict=True):
                rows[delivery.source.record] = rows.get(delivery.source.record, 0) + count
    return rows


def deliver_a_day(home: Home, code: str) -> None:
    """Let one more delivery land in a generated home: what a day changes of a municipality's meetings."""
    (person,) = (home.landing / "person" / f"m{code}_register_person").glob("*.parquet")
    number = 1 + list(_MUNICIPALITIES).index(code)
    municipality = _Municipality(code, number, pq.read_metadata(person).num_rows)
    journal = _source(municipality, "journal", "mote", "incremental")
    query = _journal_corrections(municipality)
    with duckdb.connect() as connection:
        connection.execute(_MACROS)
        _write(home, connection, _Delivery(journal, code, NEWEST + dt.timedelta(days=1), query))


def begin_warehouse(home: Home) -> None:
    """Begin the warehouse of a generated home afresh, of all municipalities: the schema `landing`."""
    installation = load_installation(home)
    begin(installation, Maskers(installation), None).close()


def _write_sources(home: Home, sources: list[FileSource]) -> None:
    by_name = {source.name: source.model_dump(exclude_defaults=True) for source in sources}
    for entry in by_name.values():
        if "delivery" in entry:
            entry["delivery"] = str(entry["delivery"])
    top = {"home_municipality": next(iter(_MUNICIPALITIES)), "sources": list(by_name.values())}
    home.sources_file.write_text(yaml.safe_dump(top, sort_keys=False), encoding="utf-8")


def _write(home: Home, connection: duckdb.DuckDBPyConnection, delivery: _Delivery) -> int:
    source, day = delivery.source, delivery.delivered
    file = f"{source.name}_{day:%Y%m%d}.csv"
    file_key, content_key = (
        str(connection.execute("select key(?, ?)", [prefix, file]).fetchall()[0][0])
        for prefix in ("r", "d")
    )
    entry = ManifestEntry(
        source=source.name,
        record=source.record,
        file=file,
        file_key=file_key,
        content_key=content_key,
        config_key="000000000000",
        delivered=day,
        landed_at=dt.datetime.combine(day, dt.time(12), dt.UTC),
        status=Status.LANDED,
        municipality=delivery.municipality,
    )
    manifest = Manifest(home, source)
    manifest.folder.mkdir(parents=True, exist_ok=True)
    path = manifest.parquet_path(entry)
    whose = delivery.whose or f"'{delivery.municipality}'"
    rows = connection.execute(
        f"""
        copy (
            select
                '{source.name}' as source,
                '{entry.key}' as delivery_key,
                cast(place + 2 as text) as row_number,
                cast(null as text) as too_wide,
                cast(null as text) as too_short,
                case when outcome <> 'unknown' then {whose} end as municipality_code,
                outcome as municipality_outcome,
                cast(null as text) as municipality_was,
                * exclude (place, outcome)
            from ({delivery.query})
        ) to '{path}' (format parquet, compression zstd)
        """
    ).fetchall()[0][0]
    parquet = path.relative_to(home.root).as_posix()
    manifest.write(entry.model_copy(update={"rows_read": rows, "parquet": parquet}))
    return int(rows)


def _source(municipality: _Municipality, system: str, record: str, delivery: str) -> FileSource:
    name = f"m{municipality.code}_{system}_{record}"
    return FileSource.model_validate(
        {
            "name": name,
            "system": system,
            "record": record,
            "path": f"inbox/{name}/*",
            "delivery": delivery,
            "kommune": municipality.code,
        }
    )


def _of_municipality(municipality: _Municipality) -> Iterator[_Delivery]:
    def deliver(source: FileSource, day: dt.date, query: str) -> _Delivery:
        return _Delivery(source, municipality.code, day, query)

    before = dt.date(_LAST_YEAR - 2, 12, 31)
    yield deliver(
        _source(municipality, "register", "person", "snapshot"), NEWEST, _persons(municipality)
    )
    for system, kind in (("journal", "snapshot"), ("list", "incremental")):
        for record, query in (("koordinator", _coordinators), ("ip", _plans)):
            source = _source(municipality, system, record, kind)
            for day in (before, NEWEST) if kind == "snapshot" else (NEWEST,):
                yield deliver(source, day, query(municipality, system, day))
    for record, query in (
        ("tjeneste", _services),
        ("endring", _forms),
        ("melding", _notices),
        ("ansatt", _employees),
    ):
        yield deliver(
            _source(municipality, "journal", record, "snapshot"), NEWEST, query(municipality)
        )
    journal = _source(municipality, "journal", "mote", "incremental")
    for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
        yield deliver(journal, dt.date(year, 12, 31), _journal_meetings(municipality, year))
    plan_system = _source(municipality, "plan", "mote", "snapshot")
    for day in (before, NEWEST):
        yield deliver(plan_system, day, _plan_system_meetings(municipality, day))


def _persons(municipality: _Municipality) -> str:
    return f"""
    select
        person - {municipality.first} as place,
        'default' as outcome,
        key('p', person) as person_key,
        'fnr' as person_id_kind,
        cast(null as text) as person_id_problem,
        cast(null as text) as person_id_zero_added,
        cast(birth(person) as text) as person_id_birth_date,
        case when chance(person, 'new id', 0.01) then key('q', person) end as earlier_person_key,
        cast(null as text) as earlier_id_problem,
        cast(birth(person) as text) as fodselsdato,
        one_of(person, 'sex', ['Mann', 'Kvinne', 'K', 'M']) as kjonn,
        case when chance(person, 'in', 0.12)
            then cast(greatest(day(2012, pick(person, 'in', 5000)), birth(person)) as text) end as innflyttet_dato,
        case when chance(person, 'out', 0.05)
            then as_cell(person, day(2016, pick(person, 'out', 3600))) end as utflyttet_dato,
        case when chance(person, 'died', 0.06)
            then cast(greatest(day(2016, pick(person, 'died', 3600)), birth(person)) as text) end as dod_dato,
        cast(null as text) as kommune,
        key('n', person) as name_keys,
        key('r', person) as registration_key,
        key('h', person) as content_key
    from (select {municipality.first} + i as person from range({municipality.persons}) as t(i))
    """


def _registrations(
    municipality: _Municipality, record: int, system: str, each: float, columns: str, kept: str
) -> str:
    """Return rows of registrations, so many for each user, of which one in a hundred stands twice.

    A registration of the list is one in six times the same as the journal's.
    """
    number = municipality.first * 10_000 + record * 1_000_000_000
    base = {"journal": number, "list": number + 500_000_000}[system]
    return f"""
    select
        place,
        case
            when chance(item, 'place', 0.002) then 'unknown'
            when chance(item, 'place', 0.05) then 'recoded'
            else 'default'
        end as outcome,
        'K' || item as registration_id,
        'ja' as registration_id_given,
        {_PERSON},
        {columns},
        case when outcome = 'default' then null else 'Kommunen' end as kommune,
        name_key(item, person) as name_keys,
        key('r', item) as registration_key,
        key('h', item || concat_ws('|', {kept})) as content_key
    from
        (
            select
                *,
                {municipality.first} + told % {municipality.users} as person,
                (told // {municipality.users}) as nth,
                day(2012, pick(told % {municipality.users}, 'begin', 2500)
                    + (told // {municipality.users}) * (100 + pick({number} + told, 'after', 1100))) as first_day,
                first_day + 60 + cast(pick({number} + told, 'days', 900) as integer) as last_day
            from
                (
                    select
                        i as place,
                        i - case when i > 0 and chance({base} + i, 'twice', 0.012) then 1 else 0 end as told,
                        {base} + told as item
                    from range({int(municipality.users * each)}) as t(i)
                )
        )
    """


def _coordinators(municipality: _Municipality, system: str, day: dt.date) -> str:
    columns = f"""
        case when chance(item, 'birth', 0.9) then cast(birth(person) as text) end as fodselsdato,
        case
            when chance(item, 'role', 0.01) then 'Kontaktlærer'
            when chance(item, 'role', 0.03) then 'Primærkontakt'
            when chance(item, 'role', 0.04) then 'Kreftkoordinator'
            when birth(person) > date '2007-01-01' and chance(item, 'child', 0.6)
            then one_of(item, 'bk', ['Barnekoordinator', 'BK', 'barnekoord.'])
            else one_of(item, 'role', ['Koordinator', 'koord.', 'Hovedkoordinator', 'Ansvarsgruppeleder'])
        end as rolle,
        case when not chance(item, 'unnamed', 0.03) then
            key('e', {municipality.first} + (person + (nth + 1) // 2) % {municipality.employees})
        end as koordinator_key,
        cast(null as text) as koordinator_navn_key,
        cast(null as text) as koordinator_navn_vacant,
        case
            when chance(item, 'area', 0.02) then 'Spesialisthelsetjenesten'
            when chance(item, 'area', 0.7)
            then one_of(item, 'area', ['Hjemmetjenester', 'Skole', 'PPT', 'Psykisk helse og rus', 'NAV'])
        end as koordinator_tjeneste,
        as_cell(item, first_day) as fra_dato,
        case when last_day <= date '{day}' and chance(item, 'ends', 0.5) then as_cell(item + 1, last_day) end as til_dato,
        one_of(item, 'consent', ['Ja', 'Nei', 'Skriftlig', null]) as samtykke,
        cast(null as text) as familie_key"""
    each = 1.15 if system == "journal" else 1.35
    query = _registrations(municipality, 1, system, each, columns, "til_dato")
    return _as_delivered(query, "fra_dato", system, day)


def _plans(municipality: _Municipality, system: str, day: dt.date) -> str:
    columns = f"""
        case when chance(item, 'birth', 0.9) then cast(birth(person) as text) end as fodselsdato,
        case
            when chance(item, 'status', 0.01) then 'Kanskje'
            when chance(item, 'status', 0.05) then 'Takket nei'
            when chance(item, 'status', 0.09) then 'Under arbeid'
            when last_day <= date '{day}' and chance(item, 'ends', 0.7) then one_of(item, 'closed', ['Avsluttet', 'lukket', 'Inaktiv'])
            else one_of(item, 'active', ['Aktiv', 'aktivt', 'Har IP', 'J'])
        end as status,
        as_cell(item, first_day) as opprettet_dato,
        case when last_day <= date '{day}' and chance(item, 'ends', 0.65) then as_cell(item + 1, last_day) end as avsluttet_dato,
        case when chance(item, 'evaluated', 0.7)
            then cast(least(last_day - 30, date '{day}') as text) end as sist_evaluert_dato,
        cast(null as text) as koordinator_key,
        case when chance(item, 'type', 0.03) then 'Pleieplan' else one_of(item, 'type', ['IP', 'Individuell plan', null]) end as plantype,
        one_of(item, 'consent', ['Ja', 'Nei', 'Skriftlig', null]) as samtykke"""
    each = 1.15 if system == "journal" else 1.35
    query = _registrations(
        municipality, 2, system, each, columns, "status, avsluttet_dato, sist_evaluert_dato"
    )
    return _as_delivered(query, "opprettet_dato", system, day)


def _as_delivered(query: str, first_day: str, system: str, day: dt.date) -> str:
    """Return what a delivery has of the rows: what had begun, less what was withdrawn since."""
    gone = "false"
    if system == "journal" and day == NEWEST:
        gone = "chance(registration_key, 'gone', 0.01)"
    return f"select * from ({query}) where {first_day} <= '{day}' and not {gone}"


def _services(municipality: _Municipality) -> str:
    users, rest = municipality.users, municipality.persons - municipality.users
    number = municipality.first * 10_000 + 3_000_000_000
    return f"""
    select
        i as place,
        'default' as outcome,
        'T' || item as registration_id,
        'ja' as registration_id_given,
        {_PERSON},
        'Tjeneste' as tjenestetype,
        one_of(item, 'area',
            ['Hjemmetjenester', 'Skole', 'PPT', 'Psykisk helse og rus', 'NAV', 'Helsestasjon', 'Barnevern', 'Fysio/ergo'])
        as tjenesteomrade,
        as_cell(item, day(2010, pick(item, 'begin', 5600))) as fra_dato,
        case when chance(item, 'ends', 0.7)
            then cast(day(2010, pick(item, 'begin', 5600) + pick(item, 'days', 2500) - 5) as text) end as til_dato,
        cast(null as text) as kommune,
        name_key(item, person) as name_keys,
        key('r', item) as registration_key,
        key('h', item) as content_key
    from
        (
            select
                i,
                {number} + i - case when i > 0 and chance({number} + i, 'twice', 0.012) then 1 else 0 end as item,
                {municipality.first} + case when i < {3 * users} then i % {users} else {users} + pick(item, 'who', {rest}) end as person
            from range({3 * users + int(1.5 * rest)}) as t(i)
        )
    """


def _forms(municipality: _Municipality) -> str:
    number = municipality.first * 10_000 + 4_000_000_000
    return f"""
    select
        i as place,
        'default' as outcome,
        'E' || item as registration_id,
        'ja' as registration_id_given,
        {_PERSON},
        as_cell(item, day(2016, pick(item, 'day', 3600))) as endringsdato,
        case when chance(item, 'type', 0.01) then 'Diverse' else one_of(item, 'type',
            ['Takket nei til koordinator', 'Takket nei til IP', 'Koordinator avsluttet', 'IP avsluttet', 'Flyttet', 'Død'])
        end as endringstype,
        cast(null as text) as gammel_koordinator_key,
        cast(null as text) as ny_koordinator_key,
        cast(null as text) as kommune,
        name_key(item, person) as name_keys,
        key('r', item) as registration_key,
        key('h', item) as content_key
    from
        (
            select i, {number} + i as item, {municipality.first} + pick(item, 'who', {municipality.users}) as person
            from range({municipality.users // 3}) as t(i)
        )
    """


def _notices(municipality: _Municipality) -> str:
    number = municipality.first * 10_000 + 5_000_000_000
    return f"""
    select
        i as place,
        'default' as outcome,
        'B' || item as registration_id,
        'ja' as registration_id_given,
        {_PERSON},
        as_cell(item, day(2016, pick(item, 'day', 3600))) as mottatt_dato,
        one_of(item, 'notifier', ['Foresatt', 'Skole', 'Fastlege', 'Hjemmetjenester']) as melder,
        one_of(item, 'channel', ['Telefon', 'telefon', 'Brev', 'E-melding', null]) as kanal,
        one_of(item, 'consent', ['Ja', 'Nei', 'Skriftlig', null]) as samtykke,
        case when chance(item, 'assessed', 0.9)
            then cast(day(2016, pick(item, 'day', 3600) + pick(item, 'answer', 60)) as text) end as vurdert_dato,
        one_of(item, 'outcome', ['Koordinator', 'IP', 'Avslag', null]) as utfall,
        cast(null as text) as vedtak_dato,
        cast(null as text) as kommune,
        name_key(item, person) as name_keys,
        key('r', item) as registration_key,
        key('h', item) as content_key
    from
        (
            select i, {number} + i as item, {municipality.first} + pick(item, 'who', {municipality.users}) as person
            from range({int(municipality.users * 0.7)}) as t(i)
        )
    """


def _employees(municipality: _Municipality) -> str:
    return f"""
    select
        i as place,
        'default' as outcome,
        key('e', {municipality.first} + i) as koordinator_key,
        cast(null as text) as navn_key,
        cast(null as text) as navn_vacant,
        case
            when chance({municipality.first} + i, 'area', 0.02) then 'Spesialisthelsetjenesten'
            else one_of({municipality.first} + i, 'area', ['Hjemmetjenester', 'Skole', 'PPT', 'NAV'])
        end as tjenesteomrade,
        cast(day(2005, pick({municipality.first} + i, 'from', 3000)) as text) as ansatt_fra,
        case when chance({municipality.first} + i, 'left', 0.15)
            then cast(day(2018, pick({municipality.first} + i, 'left', 2500)) as text) end as ansatt_til,
        '100' as stillingsprosent,
        cast(null as text) as kommune,
        key('r', {municipality.first} + i) as registration_key,
        key('h', {municipality.first} + i) as content_key
    from range({municipality.employees}) as t(i)
    """


def _meetings(municipality: _Municipality, rows: str) -> str:
    """Return rows of meetings: `rows` gives place, item, version, and what happened by its number."""
    return f"""
    select
        place,
        met_on,
        case
            when chance(item, 'place', 0.002) then 'unknown'
            when chance(item, 'place', 0.05) then 'recoded'
            else 'default'
        end as outcome,
        'M' || item as registration_id,
        'ja' as registration_id_given,
        {_PERSON},
        as_cell(item, met_on) as motedato,
        case when chance(item, 'type', 0.008) then 'Møte' else one_of(fact, 'type',
            ['Ansvarsgruppemøte', 'Samarbeidsmøte', 'IP-møte', 'Koordineringsmøte', 'ot', 'Telefon', 'Koordinatormøte', 'Hjemmebesøk'])
        end as motetype,
        case when chance(item, 'coordinator', 0.8)
            then key('e', {municipality.first} + (person + 2) % {municipality.employees}) end as koordinator_key,
        one_of(item, 'participants',
            ['coordinator;user', 'coordinator;gp;user', 'coordinator;home_care;user', 'coordinator;school;user',
             'coordinator;gp;home_care', 'coordinator;next_of_kin;user', 'coordinator', null]) as deltakere,
        cast(30 + version + 15 * pick(item, 'minutes', 5) as text) as varighet_min,
        case when chance(item, 'minutes kept', 0.6) then 'ja' end as referat,
        case when outcome = 'default' then null else 'Kommunen' end as kommune,
        name_key(item, person) as name_keys,
        key('r', item) as registration_key,
        key('h', item * 4 + version) as content_key
    from
        (
            select
                *,
                -- A few are met often, most now and then.
                {municipality.first} + cast(floor(
                    pow(hash(fact, 'who', 2025) % 1000000 / 1e6, 1.5) * {municipality.users}) as bigint) as person,
                day(year, pick(fact, 'day', 365)) as met_on
            from ({rows})
        )
    """


def _journal_meetings(municipality: _Municipality, year: int) -> str:
    """Return a year's meetings: a hundredth stand twice, some changed, and a hundredth correct the year before."""
    return (
        f"select * exclude (met_on) from ({_meetings(municipality, _journal(municipality, year))})"
    )


def _journal_corrections(municipality: _Municipality) -> str:
    """Return as many corrections of the last year as a day has meetings."""
    count = max(1, int(municipality.persons * _MEETINGS_OF_A_YEAR / 365))
    rows = f"select * from ({_journal(municipality, _LAST_YEAR + 1)}) where version = 1"
    corrected = _meetings(municipality, f"{rows} order by place limit {count}")
    return f"select * exclude (met_on) from ({corrected})"


def _journal(municipality: _Municipality, year: int) -> str:
    number = municipality.first * 10_000 + 6_000_000_000
    each = 100_000_000
    this_year, last_year = (
        number + (year - _FIRST_YEAR) * each,
        number + (year - 1 - _FIRST_YEAR) * each,
    )
    corrects = "false" if year == _FIRST_YEAR else f"chance({this_year} + i, 'corrects', 0.01)"
    return f"""
        select
            i as place,
            case
                when {corrects} then 1
                when i > 0 and chance({this_year} + i, 'twice', 0.012) and chance({this_year} + i, 'changed', 0.3) then 2
                else 0
            end as version,
            case when version = 1 then {year - 1} else {year} end as year,
            case
                when version = 1 then {last_year} + i
                when i > 0 and chance({this_year} + i, 'twice', 0.012) then {this_year} + i - 1
                else {this_year} + i
            end as item,
            item as fact
        from range({int(municipality.persons * _MEETINGS_OF_A_YEAR)}) as t(i)
    """


def _plan_system_meetings(municipality: _Municipality, day: dt.date) -> str:
    """Return the register of the plan system; every eighth meeting is in the journal, too."""
    number = municipality.first * 10_000 + 8_000_000_000
    journal = municipality.first * 10_000 + 6_000_000_000
    years = _LAST_YEAR - _FIRST_YEAR + 1
    rows = f"""
        select
            i as place,
            0 as version,
            {number} + i - case when i > 0 and chance({number} + i, 'twice', 0.012) then 1 else 0 end as item,
            {_FIRST_YEAR} + pick(item, 'year', {years}) as year,
            case
                when chance(item, 'both', 0.12) then
                    {journal} + (year - {_FIRST_YEAR}) * 100000000
                    + pick(item, 'fact', {int(municipality.persons * _MEETINGS_OF_A_YEAR)})
                else item
            end as fact
        from range({int(municipality.persons * _MEETINGS_OF_THE_PLAN_SYSTEM)}) as t(i)
    """
    gone = "chance(registration_key, 'gone', 0.004)" if day == NEWEST else "false"
    return f"""
        select * exclude (met_on) from ({_meetings(municipality, rows)})
        where met_on <= date '{day}' and not {gone}
    """


def _population(municipalities: list[_Municipality]) -> _Delivery:
    source = FileSource.model_validate(
        {
            "name": "ssb_befolkning",
            "system": "Statistics Norway",
            "record": "befolkning",
            "path": "inbox/ssb/*",
            "delivery": "incremental",
            "kommune": municipalities[0].code,
        }
    )
    query = " union all ".join(
        f"""
        select
            {municipality.number} * 10000 + i as place,
            'today' as outcome,
            '{municipality.code}' as region,
            cast(i % 106 as text) as alder,
            cast({_FIRST_YEAR - 1} + i // 106 as text) as aar,
            cast(null as text) as kjonn,
            cast({municipality.persons} // 106 + pick(place, 'persons', 50) as text) as personer,
            cast(null as text) as kommune,
            key('r', place) as registration_key,
            key('h', place) as content_key
        from range({106 * (_LAST_YEAR - _FIRST_YEAR + 3)}) as t(i)
        """
        for municipality in municipalities
    )
    return _Delivery(source, municipalities[0].code, dt.date(_LAST_YEAR, 3, 1), query, "region")
