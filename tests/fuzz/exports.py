"""Exports of every make, with what must be landed of each.

A `Plan` says how a file is made; `make(plan)` makes it, the same one every time, and counts what it
writes: which rows, and what each cell of the contract means. The counter knows nothing of the code
that reads.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from dagster_project.contract import (
    RECORD_TYPES,
    WHOLE_COUNTRY,
    ColumnKind,
    code_list,
    read_vocabulary,
)
from dagster_project.reference import SEEDS
from tests.support.leaks import Planted
from tests.support.persons import fnr

# --- what cells say --------------------------------------------------------------------------


class _Anything:
    """The cell may be landed as anything but the person in it."""

    def __repr__(self) -> str:
        return "ANYTHING"


ANYTHING = _Anything()
Expected = str | None | _Anything


@dataclass(frozen=True)
class Said:
    """A cell: as text, as a typed cell where the file has such, and what must be landed of it."""

    text: str
    expected: Expected
    typed: Any = None


PERSONS = [
    Planted(
        fnr(f"{1941 + n}-0{1 + n % 9}-{10 + n % 18}", n % 3),
        f"Qvx{'bdfgklmnpr'[n % 10]}{'aeiou'[n // 10]}m",
        f"Zjw{'bdfgklmnpr'[n % 10]}{'aeiou'[n // 10]}l",
    )
    for n in range(30)
] + [Planted(fnr("1972-03-04", n), f"Qvxåsø{'bdfgk'[n]}", f"Zjwéø{'bdfgk'[n]}") for n in range(5)]

_YEARS = ("aar", "onsket_aar")
_EMPLOYEES = ["17", "18", "A204", "0042", "bjø", "KÅR7"]
# Titles of a journal, with what of them is kept.
_TITLES = [
    ("Melding - behov for koordinerte tjenester", "notice_of_need"),
    ("Melding - behov for koordinerte tenester - {person}", "notice_of_need"),
    ("{person}: svar på melding om behov for koordinator", "answer"),
    ("Byggesak {person}", "other"),
]
_FAMILIES = ["F7", "familie 12", "Å3"]
_VACANT = ["KE", "koordinerende enhet", "vakant", "Ikke avklart", "ikkje avklart"]
_LABELS = [
    "Sone nord", "Sone nord – vest", "Team 2", "Avdeling 2, 3. etasje", "skole; og barnehage",
    "to\nlinjer", 'kalt "teamet"', "per telefon", "møte på skolen", "1|2",
]  # fmt: skip
_CODES = {
    "rolle": ["koordinator", "Koord.", "KOORDINATOR OPPFØLGINGSTEAM", "pk", "Barnekoordinator § 7-2 a",
              "primærkontakt/koordinator", "leder  ansvarsgruppe", "stafetthaldar", "leiar KE"],
    "status": ["aktiv", "A", "1", "under arbeid", "vert vurdert", "Samtykke trukket", "avslått", "lukka",
               "ønskjer ikkje", "n", "0", "ikke vurdert"],
    "plantype": ["ip", "Individuell plan", "IOP", "individuell opplæringsplan", "enkelt samspill"],
    "motetype": ["koordineringsmøte", "OT", "ag-møte", "samarb.møte", "overgangsmøte", "tlf", "heimebesøk"],
    "endringstype": ["takka nei til koordinator", "ønsker ikke IP", "byte av koordinator", "død",
                     "avgått ved døden", "flyttet", "plan avsluttet", "ikkje lenger behov"],
    "samtykke": ["ja", "X", "muntlig", "nei", "ikke innhentet"],
    "kjonn": ["K", "kvinne", "2", "mann", "1"],
    "melder": ["skole", "fastlege", "sjukehus", "pårørende", "anna", "NAV"],
    "utfall": ["koordinator og ip", "avslag", "ønsker ikke", "under behandling", "ip"],
    "heldogn": ["ja", "nei", "x", "0"],
    "tjenesteomrade": ["hjemmetjenester", "heimesjukepleie", "Heldøgns omsorg", "psykisk helse og rus",
                       "bo- og miljø", "fysio/ergo", "skulehelseteneste", "PPT", "videregående", "KE"],
}  # fmt: skip
_PARTICIPANTS = [("fastlege", "gp"), ("mor", "family"), ("PPT", "educational_psychology"),
                 ("skole", "school"), ("bruker", "user"), ("Barnekoordinator", "coordinator")]  # fmt: skip
_VOCABULARY = read_vocabulary(SEEDS)
# As written, today's code, how it was found: for an installation that is Kinn's (4602).
_OWN = [("4602", "4602", "today"), ("Kinn", "4602", "today"), ("1401 Flora", "4602", "recoded"),
        ("K-4602 Kinn", "4602", "today"), ("1439", "4602", "recoded"), ("", "4602", "default"),
        ("0301 Oslo", None, "not_held")]  # fmt: skip
_REGIONS = [("4602 Kinn", "4602", "today"), ("K-0301 Oslo - Oslove", "0301", "today"), ("301", "0301", "today"),
            ("1401 Flora", "4602", "recoded"), ("5421 Senja", "5530", "recoded"), ("1439 Vågsøy (-2019)", "4602", "recoded")]  # fmt: skip

# --- the contract --------------------------------------------------------------------------------

RECORDS = tuple(RECORD_TYPES)
POPULATION = tuple(record for record in RECORDS if record in WHOLE_COUNTRY)
# What cells of a kind are made as here.
_MADE_AS = {
    ColumnKind.PERSON_ID: "id",
    ColumnKind.PERSON_NAME: "name",
    ColumnKind.BIRTH_DATE: "date",
    ColumnKind.EMPLOYEE_ID: "employee",
    ColumnKind.FAMILY_ID: "family",
    ColumnKind.REGISTRATION_ID: "own",
    ColumnKind.YEAR: "number",
    ColumnKind.AGE: "number",
    ColumnKind.CODE_LIST: "list",
    ColumnKind.FREE_TEXT: "free",
}
_MADE_AS_COLUMN = {"tidligere_id": "former", "region": "region"}
# Units stand beside the names that people know.
_WITH_UNITS = {
    "varighet_min": ("Varighet (min)",),
}


def columns_of(record: str) -> list[tuple[str, bool, str]]:
    """Return the columns of a record type: name, whether required, what it is made as."""
    return [
        (
            column.name,
            column.required,
            _MADE_AS_COLUMN.get(column.name) or _MADE_AS.get(column.kind, column.kind),
        )
        for column in RECORD_TYPES[record].columns
    ]


def headers_of(record: str, column: str) -> list[str]:
    """Return every header that names a column."""
    aliases = RECORD_TYPES[record].column(column).aliases
    return [*aliases, *_WITH_UNITS.get(column, ()), column]


def every_header() -> list[tuple[str, str, str]]:
    """Return record type, column and each header that names it."""
    return [
        (record, name, header)
        for record in RECORDS
        for name, _, _ in columns_of(record)
        for header in headers_of(record, name)
    ]


# --- the plan --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """How a file is made. `seed` is the chance in its cells; all else is said here."""

    record: str = "koordinator"
    kind: str = "csv"  # csv, xlsx, json, jsonl, xml
    rows: int = 3
    seed: int = 0
    encoding: str = "utf-8"
    decomposed: bool = False
    declared: bool = False  # sources.yml says encoding, delimiter and sheet
    by_hand: bool = False  # one required column has a header of the house, named in sources.yml
    headers: str = "canonical"  # canonical, alias, upper, spaced, broken
    kept: float = 1.0  # share of the optional columns that are there
    shuffled: bool = False
    extra: int = 0  # columns that the contract does not know
    blank: int = 0  # blank trailing columns
    above: tuple[str, ...] = ()  # lines above the header
    total: str | None = None
    delimiter: str = ";"
    quoting: str = "needed"  # needed, all
    line_end: str = "\n"
    ends: bool = True  # whether the last line has its end
    uneven: bool = False  # some rows are shorter than the header, some longer
    gaps: bool = False  # empty lines between rows
    padded: bool = False  # white space around cells
    typed: bool = False  # dates and numbers as dates and numbers, ids as numbers
    merged: bool = False  # XLSX: a cell merged down over rows that say the same
    two_rows: bool = False  # XLSX: a header in two rows, with merged cells
    sheets: tuple[str, ...] = ()  # XLSX: what other sheets there are: before, after, hidden, chart
    formulas: bool = False
    nested: bool = False  # JSON: an object around the list; XML: an element around the records
    attributes: bool = False  # XML
    wide: bool = False  # population: one column a year
    damage: str = ""
    cut: float = 0.5  # where the damage is


@dataclass(frozen=True)
class Export:
    """A file and what must come of it.

    `rows` holds for each row what must be landed of each contract column; `numbers` the row, line
    or element that a person would look for; `wider` which rows have more cells than headers.
    `problems` are the codes of which one must be told instead, where there are any. What is damaged
    may be readable all the same: `or_landed` says what of it must then be right, the `beginning` of
    the rows, their `number`, or `whatever` was read.
    """

    name: str
    content: bytes
    settings: dict[str, Any]
    rows: list[dict[str, Expected]]
    numbers: list[int]
    wider: list[bool]
    problems: frozenset[str] = frozenset()
    or_landed: str = ""
    told: tuple[str, ...] = ()  # what the message must say besides


@dataclass
class _Table:
    """What is to be written: headers, rows, and the places of contract columns."""

    headers: list[str]
    names: list[str | None]  # the contract column of each, None for those beside the contract
    rows: list[list[Said]]
    settings: dict[str, Any] = field(default_factory=dict)
    wider: list[bool] = field(default_factory=list)
    problems: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()


# --- cells -----------------------------------------------------------------------------------


def _date(chance: random.Random, plan: Plan, *, required: bool, birth: bool = False) -> Said:
    """A day, as exports write it. A birth date has been, and two digits of its year say less."""
    dice = chance.random()
    if dice < 0.12 and not required:
        return Said(
            chance.choice(["", "31.12.9999", "31.12.2099", "01.01.1900", "00.00.0000"]), None
        )
    if dice > 0.95:
        # Before 1954 a number of days is one of a birth only.
        number = "1234567" if birth else "19999"
        text = chance.choice(
            ["høst 2023", "32.13.2021", "2021-13-01", "ca. mars", number, "29.02.2023"]
        )
        return Said(text, f"?{text}")
    days = 24000 if birth else 38000
    day = dt.date(1955, 1, 1) + dt.timedelta(days=chance.randrange(days))
    serial = (day - dt.date(1899, 12, 30)).days
    forms = [
        f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}T10:00:00", f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}",
        f"{day:%d/%m/%Y}", f"{day:%Y%m%d}", str(serial),
    ]  # fmt: skip
    if 1969 <= day.year <= 2068 and not birth:
        forms.append(f"{day:%d.%m.%y}")
    typed = chance.choice([day, serial]) if plan.typed else None
    return Said(chance.choice(forms), day.isoformat(), typed)


def _number(chance: random.Random, plan: Plan, name: str) -> Said:
    dice = chance.random()
    if dice < 0.06 and name not in ("aar", "personer"):
        return Said(*chance.choice([("", None), ("..", None), ("-", None), ("1 23", "?1 23")]))
    if name in _YEARS:
        whole, unit, decimals = chance.randrange(2015, 2051), "", ""
    elif name == "alder":
        whole, unit, decimals = (
            chance.randrange(106),
            chance.choice(["", " years", " år", " år eller eldre"]),
            "",
        )
    else:
        whole, unit, decimals = (
            chance.choice([chance.randrange(10), chance.randrange(1000, 2_000_000)]),
            "",
            "",
        )
    number = f"{whole}.{decimals}" if decimals else str(whole)
    # Windows encodings have one kind of narrow space only.
    spaces = (
        [" ", "\u00a0"]
        if plan.encoding in ("cp1252", "latin-1")
        else [" ", "\u00a0", "\u202f", "\u2009"]
    )
    mark = chance.choice(["", "", ".", *spaces])
    if name in _YEARS:
        mark = ""
    grouped = f"{whole:,}".replace(",", mark)
    # Three decimals behind a point cannot be told from thousands: nobody writes so by hand.
    point = "," if mark == "." or len(decimals) == 3 else chance.choice(",.")
    if whole >= 1000 and mark:
        point = ","
    text = f"{grouped}{point}{decimals}{unit}" if decimals else f"{grouped}{unit}"
    typed = (float(number) if decimals else whole) if plan.typed else None
    return Said(text, number, typed)


def _in_any_case(chance: random.Random, word: str) -> str:
    return chance.choice([word, word, word.upper(), word.capitalize()])


def _cell(
    chance: random.Random, plan: Plan, name: str, kind: str, required: bool, row: int
) -> Said:
    person = chance.choice(PERSONS)
    match kind:
        case "own":
            # Unlike a date, a year or an id, and never the same twice.
            own = f"R-{row}-{chance.randrange(1000)}"
            return Said(own, own)
        case "id":
            shown = chance.choice([person.fnr, person.fnr, f"{person.fnr[:6]} {person.fnr[6:]}"])
            typed = int(person.fnr) if plan.typed else None
            return Said(shown, f"person {person.fnr}", typed)
        case "former":
            return (
                Said(person.fnr, f"person {person.fnr}")
                if chance.random() < 0.3
                else Said("", None)
            )
        case "name":
            name_shown = chance.choice(
                [
                    f"{person.given} {person.surname}",
                    f"{person.surname}, {person.given}",
                    f"{person.given.upper()} {person.surname.upper()}",
                ]
            )
            return Said(name_shown, ANYTHING)
        case "date":
            return _date(chance, plan, required=required, birth=name == "fodselsdato")
        case "number":
            return _number(chance, plan, name)
        case "employee":
            number = chance.choice(_EMPLOYEES)
            typed = int(number) if plan.typed and number.isdigit() else None
            return Said(number, f"employee {number.lstrip('0')}", typed)
        case "employee_name":
            if name == "koordinator_navn" and chance.random() < 0.2:
                return Said(_in_any_case(chance, chance.choice(_VACANT)), "vacant")
            return Said(
                f"{person.given} {person.surname}", f"employee name {person.given} {person.surname}"
            )
        case "employee_email":
            name_shown = f"{person.given}.{person.surname}".lower()
            address = f"{name_shown}@kinn.example"
            shown = chance.choice([address, address.upper(), f"{person.given} <{address}>"])
            return Said(shown, f"email {address}")
        case "phrase":
            text, meant = chance.choice(_TITLES)
            return Said(text.format(person=f"{person.given} {person.surname}"), meant)
        case "family":
            family = chance.choice(_FAMILIES)
            return Said(family, f"family {family}")
        case "code":
            text = _in_any_case(chance, chance.choice(_codes(name)))
            return Said(text, " ".join(text.split()))
        case "list":
            chosen = chance.sample(_PARTICIPANTS, chance.randint(1, 3))
            words = [word for word, _ in chosen]
            text = chance.choice(["; ", ",", ";"]).join(words)
            typed = words if plan.kind in ("json", "jsonl") and plan.typed else None
            return Said(text, ";".join(sorted(meant for _, meant in chosen)), typed)
        case "free":
            return (
                Said(f"{person.given} sa at {person.fnr} går bra\nog mer til", "ja")
                if chance.random() < 0.7
                else Said("", None)
            )
        case "municipality":
            text, code, how = chance.choice(_OWN)
            return Said(text, f"{how} {code}")
        case "region":
            text, code, how = chance.choice(_REGIONS)
            return Said(text, f"{how} {code}")
        case _:
            text = chance.choice(_LABELS)
            if plan.encoding == "latin-1":
                text = text.replace("–", "-")
            return Said(text, " ".join(text.split()))


def _codes(column: str) -> Sequence[str]:
    """Return words of a column's code list: those above, or what it accepts."""
    codes = code_list(column)
    return _CODES.get(codes) or list(_VOCABULARY.accepted(codes))


def _header(chance: random.Random, plan: Plan, name: str) -> str:
    if plan.headers == "alias" or (plan.headers != "canonical" and chance.random() < 0.5):
        text = chance.choice(headers_of(plan.record, name))
    else:
        text = name
    if plan.headers == "upper":
        text = text.upper()
    elif plan.headers == "spaced":
        text = f" {text.replace('_', ' ').capitalize()}: "
    elif plan.headers == "broken":
        text = text.replace("_", "\n").replace(" ", "\n")
    if plan.kind == "xml":
        text = re.sub(r"[^\w-]+", "_", text.strip()).strip("_")
    return text


# --- the table -------------------------------------------------------------------------------


def _table(plan: Plan, chance: random.Random) -> _Table:
    columns = [
        (name, required, kind)
        for name, required, kind in columns_of(plan.record)
        if required or chance.random() < plan.kept
    ]
    if plan.record in ("koordinator", "ip") and not any(name == "fnr" for name, _, _ in columns):
        known = {name for name, _, _ in columns}
        columns += [
            c
            for c in columns_of(plan.record)
            if c[0] in ("navn", "fodselsdato") and c[0] not in known
        ]
    # Of some columns one is enough, and must be there.
    one_of = RECORD_TYPES[plan.record].one_of
    if one_of and not any(name in one_of for name, _, _ in columns):
        chosen = chance.choice(one_of)
        columns += [c for c in columns_of(plan.record) if c[0] == chosen]
    if plan.wide:
        columns = [c for c in columns if c[0] not in ("aar", "personer")]
    if plan.shuffled:
        chance.shuffle(columns)
    rows = []
    for row in range(plan.rows):
        cells = [_cell(chance, plan, name, kind, required, row) for name, required, kind in columns]
        rows.append(cells)
    table = _Table([_header(chance, plan, c[0]) for c in columns], [c[0] for c in columns], rows)
    if plan.by_hand:
        place = chance.choice([at for at, c in enumerate(columns) if c[1]])
        table.headers[place] = "Lokalt_felt"
        table.settings["columns"] = {"Lokalt felt": columns[place][0]}
    for number in range(plan.extra):
        at = chance.randint(0, len(table.headers))
        table.headers.insert(at, f"Merknad{number}")
        table.names.insert(at, None)
        for cells in rows:
            person = chance.choice(PERSONS)
            cells.insert(
                at,
                Said(
                    chance.choice(["", "æøå", f"se {person.given} {person.surname} {person.fnr}"]),
                    None,
                ),
            )
    if plan.wide:
        for year in (2019, 2020):
            table.headers.append(chance.choice([f"Persons {year}", f"{year}", f"Personer {year}"]))
            table.names.append(str(year))
            for cells in rows:
                cells.append(_number(chance, plan, "personer"))
    table.wider = [False] * len(rows)
    return table


def _break_header(plan: Plan, chance: random.Random, table: _Table) -> None:
    """Leave a required column out, or name one twice."""
    required = [name for name, must, _ in columns_of(plan.record) if must and name in table.names]
    if plan.damage == "missing" and not plan.by_hand:
        name = chance.choice(required)
        at = table.names.index(name)
        del table.headers[at], table.names[at]
        for cells in table.rows:
            del cells[at]
        # Where that was the only header that is known, none is found at all.
        table.problems, table.told = (
            frozenset({"column_missing", "no_header", "one_column"}),
            (name,),
        )
    elif plan.damage == "twice" and not plan.by_hand:
        at = table.names.index(chance.choice(required))
        other = table.headers[at].upper() + "."
        if plan.kind == "xml":
            other = table.headers[at].upper() + "_"
        if other != table.headers[at]:
            table.headers.append(other)
            table.names.append(None)
            for cells in table.rows:
                cells.append(Said("x", None))
            table.problems = frozenset({"column_twice"})
            table.told = (str(table.names[at]),)


def _expected(table: _Table, cells: Sequence[Said]) -> dict[str, Expected]:
    return {
        name: said.expected
        for name, said in zip(table.names, cells, strict=False)
        if name is not None
    }


# --- writing ---------------------------------------------------------------------------------

_LINE_ENDS = re.compile(r"\r\n|\n|\r")


def _composed(plan: Plan, text: str) -> str:
    return unicodedata.normalize("NFD", text) if plan.decomposed else text


def _encoded(plan: Plan, text: str) -> bytes:
    text = _composed(plan, text)
    match plan.encoding:
        case "utf-16-le" | "utf-16-be":
            return ("\ufeff" + text).encode(plan.encoding)
        case "cp1252" | "latin-1":
            return text.encode(plan.encoding)
    return text.encode(plan.encoding)


def _csv(plan: Plan, chance: random.Random, table: _Table) -> tuple[bytes, list[int]]:
    def shown(cells: Sequence[str]) -> str:
        return plan.delimiter.join(quoted(cell) for cell in cells)

    def quoted(cell: str) -> str:
        cell = cell.replace("\n", plan.line_end) if plan.line_end != "\r" else cell
        if plan.quoting == "all" or any(mark in cell for mark in (plan.delimiter, '"', "\n", "\r")):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def pad(text: str) -> str:
        return f" {text}\u00a0" if plan.padded and text and plan.quoting == "all" else text

    text = "".join(line + plan.line_end for line in plan.above)
    text += shown([*table.headers, *[""] * plan.blank])
    numbers = []
    for number, cells in enumerate(table.rows):
        row = [pad(said.text) for said in cells] + [""] * plan.blank
        last = number == len(table.rows) - 1 and plan.total is None
        if plan.uneven and chance.random() < 0.5:
            if chance.random() < 0.5:
                row += [""] * (number % 3) + ["mer"]
                table.wider[number] = True
            elif plan.ends or not last:
                keep = max(
                    1,
                    1
                    + max(at for at, said in enumerate(cells) if said.text)
                    - chance.randint(0, 2),
                )
                if any(said.text for said in cells[:keep]):
                    row = row[:keep]
                    cells[keep:] = [Said("", _nothing(name)) for name in table.names[keep:]]
        text += plan.line_end
        if plan.gaps and chance.random() < 0.4:
            text += chance.choice(["", " ", plan.delimiter * 3]) + plan.line_end
        numbers.append(len(_LINE_ENDS.findall(text)) + 1)
        text += shown(row)
    if plan.total is not None:
        text += plan.line_end + plan.total + chance.choice(["", f"{plan.delimiter * 2}{plan.rows}"])
    text += plan.line_end if plan.ends else ""
    return _encoded(plan, text), numbers


def _nothing(name: str | None) -> Expected:
    return "default 4602" if name in ("kommune", "region") else None


def _objects(plan: Plan, table: _Table) -> list[dict[str, Any]]:
    # Half a letter of UTF-16: JSON can say it, and nothing else can write it.
    more = {"Fritekst": "a\ud83d"} if plan.damage == "surrogate" else {}
    return [
        {
            _composed(plan, header): _typed(plan, said)
            for header, said in zip(table.headers, cells, strict=True)
        }
        | more
        for cells in table.rows
    ]


def _typed(plan: Plan, said: Said) -> Any:
    if said.typed is None or isinstance(said.typed, dt.date):
        return _composed(plan, said.text) or None
    return said.typed


def _json(plan: Plan, _chance: random.Random, table: _Table) -> tuple[bytes, list[int]]:
    objects = _objects(plan, table)
    whole: Any = {"uttrekk": "2024-01-31", "rader": objects} if plan.nested else objects
    text = json.dumps(
        whole,
        ensure_ascii=plan.gaps or plan.damage == "surrogate",
        indent=1 if plan.uneven else None,
    )
    return _encoded(replace(plan, decomposed=False), _plain(plan, text)), list(
        range(1, len(objects) + 1)
    )


def _json_lines(plan: Plan, _chance: random.Random, table: _Table) -> tuple[bytes, list[int]]:
    lines = [
        json.dumps(row, ensure_ascii=plan.gaps or plan.damage == "surrogate")
        for row in _objects(plan, table)
    ]
    text = plan.line_end.join(lines) + (plan.line_end if plan.ends else "")
    return _encoded(replace(plan, decomposed=False), _plain(plan, text)), list(
        range(1, len(lines) + 1)
    )


def _plain(plan: Plan, text: str) -> str:
    return unicodedata.normalize("NFC", text) if plan.encoding in ("cp1252", "latin-1") else text


def _xml(plan: Plan, _chance: random.Random, table: _Table) -> tuple[bytes, list[int]]:
    records = []
    for cells in table.rows:
        pairs = list(zip(table.headers, cells, strict=True))
        if plan.attributes:
            inside = "".join(f" {header}={quoteattr(said.text)}" for header, said in pairs)
            records.append(f"<rad{inside}/>")
        else:
            inside = "".join(
                f"<{header}>{escape(said.text)}</{header}>"
                for header, said in pairs
                if said.text or not plan.gaps
            )
            records.append(f"<rad>{inside}</rad>")
    body = plan.line_end.join(records)
    body = f"<rader>{body}</rader>" if plan.nested else body
    declared = {
        "utf-8-sig": "utf-8",
        "utf-16-le": "utf-16",
        "utf-16-be": "utf-16",
        "cp1252": "windows-1252",
        "latin-1": "iso-8859-1",
    }
    # Some say nothing of their encoding, some say what is not so.
    said = f' encoding="{declared.get(plan.encoding, plan.encoding)}"' if not plan.padded else ""
    text = f'<?xml version="1.0"{said}?>{plan.line_end}<register xmlns="urn:test">{body}</register>'
    return _encoded(plan, text), list(range(1, len(records) + 1))


def _workbook(plan: Plan, chance: random.Random, table: _Table) -> tuple[bytes, list[int]]:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    dates = book.add_format({"num_format": "dd.mm.yyyy"})
    if "before" in plan.sheets:
        book.add_worksheet("Om").write_column(
            0, 0, ["Koordinerende enhet", "Skrevet ut 31.01.2024"]
        )
    if "hidden" in plan.sheets:
        old = book.add_worksheet("Fjorårets")
        old.hide()
        _hidden_copy(old, table)
    sheet = book.add_worksheet("Register 2024")
    sheet.activate()
    if "chart" in plan.sheets:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "='Register 2024'!$A$1:$A$3"})
        book.add_chartsheet("Graf").set_chart(chart)
    if "after" in plan.sheets:
        codes = book.add_worksheet("Koder")
        codes.write_column(0, 0, ["rolle", "koordinator", "barnekoordinator"])
    numbers = _fill(sheet, plan, chance, table, dates)
    book.close()
    return content.getvalue(), numbers


def _hidden_copy(sheet: Any, table: _Table) -> None:
    sheet.write_row(0, 0, table.headers)
    for at in range(7):
        sheet.write_row(at + 1, 0, ["gammelt"] * len(table.headers))


def _fill(sheet: Any, plan: Plan, chance: random.Random, table: _Table, dates: Any) -> list[int]:
    width = len(table.headers)
    at = 0
    for line in plan.above:
        if line and width > 1 and chance.random() < 0.6:
            sheet.merge_range(at, 0, at, width - 1, line)
        else:
            sheet.write_string(at, 0, line)
        at += 1
    if plan.two_rows:
        # Over each header either a title of its group, or the header itself, merged downwards.
        for column, header in enumerate(table.headers):
            if column % 3 == 0:
                sheet.merge_range(at, column, at + 1, column, header)
            else:
                sheet.write_string(at + 1, column, header)
                if column % 3 == 1 and column + 1 < width:
                    sheet.merge_range(at, column, at, column + 1, "Om saken")
        at += 2
    else:
        sheet.write_row(at, 0, [_composed(plan, header) for header in table.headers])
        at += 1
    merged = _column_to_merge(plan, table)
    numbers = []
    for cells in table.rows:
        at += plan.gaps and chance.random() < 0.3 and merged is None
        for column, said in enumerate(cells):
            text = _composed(plan, said.text)
            if column == merged:
                continue
            match said.typed:
                case dt.date():
                    sheet.write_datetime(
                        at, column, dt.datetime.combine(said.typed, dt.time()), dates
                    )
                case int() | float():
                    sheet.write_number(at, column, said.typed)
                case _ if plan.formulas and text and "\n" not in text:
                    sheet.write_formula(
                        at, column, '="' + text.replace('"', '""') + '"', None, text
                    )
                case _ if text:
                    sheet.write_string(at, column, f" {text} " if plan.padded else text)
        if plan.uneven and chance.random() < 0.3:
            # Cells of a workbook shift nothing: what stands beside the table is a note.
            sheet.write_string(at, width + 1, "mer")
        numbers.append(at + 1)
        at += 1
    if merged is not None:
        # It reaches below the last row, as such cells do.
        sheet.merge_range(numbers[0] - 1, merged, at + 1, merged, table.rows[0][merged].text)
    elif plan.total is not None:
        sheet.write_string(at, 0, plan.total)
        if width > 2:
            sheet.write_number(at, 2, plan.rows)
    if plan.blank:
        # A cell merged where nothing is written.
        sheet.merge_range(0, width + 5, 2, width + 6, "")
    return numbers


def _column_to_merge(plan: Plan, table: _Table) -> int | None:
    """Return a column in which every row is to say the same, and let it say so."""
    if not plan.merged or len(table.rows) < 2:
        return None
    for name in ("enhet", "kommune", "tjenesteomrade", "rolle", "region", "status", "kjonn"):
        if name in table.names:
            column = table.names.index(name)
            if not table.rows[0][column].text:
                return None
            for cells in table.rows:
                cells[column] = table.rows[0][column]
            return column
    return None


_WRITERS: dict[str, Callable[[Plan, random.Random, _Table], tuple[bytes, list[int]]]] = {
    "csv": _csv, "xlsx": _workbook, "json": _json, "jsonl": _json_lines, "xml": _xml,
}  # fmt: skip


# --- making ----------------------------------------------------------------------------------


def make(plan: Plan) -> Export:
    """Make the file of a plan, and count what must be landed of it."""
    plan = _possible(plan)
    chance = random.Random(plan.seed)
    table = _table(plan, chance)
    _break_header(plan, chance, table)
    content, numbers = _WRITERS[plan.kind](plan, chance, table)
    if plan.declared:
        table.settings |= {
            "xlsx": {"sheet": "Register 2024"},
            "csv": {"delimiter": plan.delimiter},
        }.get(plan.kind, {})
        if plan.kind != "xlsx":
            table.settings["encoding"] = plan.encoding.removesuffix("-sig")
    rows = [_expected(table, cells) for cells in table.rows]
    export = Export(
        name=f"uttrekk_20240131.{plan.kind}",
        content=content,
        settings=table.settings,
        rows=rows,
        numbers=numbers,
        wider=table.wider,
        problems=table.problems,
        told=table.told,
    )
    if not rows:
        # JSON and XML carry their headers in their rows.
        carried = plan.kind in ("json", "jsonl", "xml")
        without = {"empty_file", "no_header", "one_column", "no_records"}
        export = replace(
            export,
            problems=frozenset(without if carried else export.problems | {"no_rows"}),
            told=(),
        )
    if plan.wide:
        export = _by_year(export)
    return _damaged(plan, chance, export)


def _possible(plan: Plan) -> Plan:
    """Take back what cannot be written in that kind of file."""
    if plan.encoding in ("cp1252", "latin-1"):
        plan = replace(plan, decomposed=False)
    if plan.kind == "xlsx":
        plan = replace(plan, encoding="utf-8", gaps=plan.gaps and plan.total is None)
    if plan.kind in ("xlsx", "xml", "json", "jsonl") and plan.line_end == "\r":
        plan = replace(plan, line_end="\n")
    if plan.kind == "csv":
        plan = replace(plan, typed=False)
    if plan.kind == "xml":
        plan = replace(
            plan,
            typed=False,
            decomposed=False,
            encoding="utf-8"
            if plan.padded and plan.encoding.startswith("utf-16") and plan.declared
            else plan.encoding,
        )
    if plan.record not in POPULATION or plan.damage in ("missing", "twice"):
        plan = replace(plan, wide=False)
    if plan.wide and plan.kind == "xml":
        plan = replace(plan, wide=False)
    if plan.two_rows:
        plan = replace(plan, decomposed=False)
    return plan


def _by_year(export: Export) -> Export:
    rows, numbers, wider = [], [], []
    for row, number, wide in zip(export.rows, export.numbers, export.wider, strict=True):
        for year in ("2019", "2020"):
            rest = {name: said for name, said in row.items() if name not in ("2019", "2020")}
            rows.append(rest | {"aar": year, "personer": row[year]})
            numbers.append(number)
            wider.append(wide)
    return replace(export, rows=rows, numbers=numbers, wider=wider)


def _damaged(plan: Plan, chance: random.Random, export: Export) -> Export:
    content, ending = export.content, plan.kind
    at = int(len(content) * plan.cut)
    any_reading = export.problems | {"truncated_file", "empty_file", "no_rows", "no_header", "one_column", "column_missing", "wrong_kind", "not_an_export", "packed_file", "encoding_declared", "encoding_unknown", "text_damaged", "quotation_open", "ends_in_quotation", "other_header", "no_records", "json_invalid", "json_no_records", "xml_invalid", "sheet_missing", "mapped_header_missing"}  # fmt: skip

    def instead(content: bytes, *codes: str, ending: str = ending, or_landed: str = "") -> Export:
        name = f"uttrekk_20240131.{ending}"
        return replace(
            export,
            content=content,
            problems=frozenset(codes),
            or_landed=or_landed,
            told=(),
            name=name,
        )

    match plan.damage:
        case "truncated":
            return instead(
                content[:at],
                *any_reading,
                or_landed="beginning" if ending in ("csv", "jsonl") else "",
            )
        case "pdf":
            return instead(b"%PDF-1.7\n" + content[:at], "not_an_export")
        case "zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"uttrekk.{ending}", content)
            return instead(packed.getvalue(), "packed_file", "truncated_file")
        case "html":
            page = (
                b"<html><head><title>Logg inn</title></head><body>"
                + content[:at]
                + b"</body></html>"
            )
            # A page half of which is UTF-16 may be taken for text.
            codes = any_reading if plan.encoding.startswith("utf-16") else {"not_an_export"}
            return instead(page, *codes)
        case "empty":
            return instead(
                chance.choice([b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"]),
                "empty_file",
                "truncated_file",
            )
        case "zeros":
            return instead(content[:at] + b"\0" * 400 + content[at:], *any_reading)
        case "half" if plan.kind == "csv" and plan.encoding.startswith("utf-8"):
            letters = [match.start() for match in re.finditer(rb"[\xc3\xcc][\x80-\xbf]", content)]
            if letters:
                letter = letters[int(len(letters) * plan.cut * 0.99)]
                broken = content[: letter + 1] + content[letter + 2 :]
                return instead(broken, *any_reading, or_landed="number")
        case "garbage":
            return instead(bytes(chance.randrange(256) for _ in range(at + 20)), *any_reading)
        case "ending":
            # The right content under another name.
            other = chance.choice([kind for kind in _WRITERS if kind != ending])
            return instead(
                content, *any_reading, "column_twice", ending=other, or_landed="whatever"
            )
        case "flipped" if content:
            changed = bytearray(content)
            for _ in range(chance.randint(1, 4)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            return instead(bytes(changed), *any_reading, "column_twice", or_landed="whatever")
    return export
