"""The counting rules once more, in plain Python: person by person and day by day.

Written from the rules and the contract, not from the models, for the warehouse to be held against.
Where the rules leave a choice it reads them as `docs/decisions/0004-readings.md` says. The numbers
in the comments are those of the rules.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from dagster_project.contract import RECORD_TYPES
from dagster_project.reference import SEEDS
from tests.oracle import history
from tests.oracle.days import DAY, NEVER, Unreadable, day_in, newest_day
from tests.oracle.history import ChangeForm, Piece, Version
from tests.oracle.registers import Cells, Source, World

RIGHT_TO_CHILD_COORDINATOR = dt.date(2022, 8, 1)
DEFAULTS = {
    "reference_years": 10,
    "count_primary_contact": False,
    "bridge_days": 30,
    "slip_days": 45,
    "reporting_days": 90,
    "second_coordinator_share": 0.9,
    "living_plan_days": 365,
    "minutes_keep_plan": False,
    "appointment_limit_days": 365,
    "target_service_areas": 2,
    "target_service_days": 90,
    "backlog_share": 0.2,
    "backlog_least": 5,
}
SCHEMES = {
    "standard": ((0, 17), (18, 49), (50, 66), (67, 79), (80, 89), (90, None)),
    "childhood": ((0, 5), (6, 12), (13, 15), (16, 17), (18, 24)),
    "sintef": ((0, 10), (11, 17), (18, 49), (50, None)),
}
# The groups that those are made of.
FINEST = (
    (0, 5), (6, 10), (11, 12), (13, 15), (16, 17), (18, 24), (25, 49), (50, 66), (67, 79), (80, 89), (90, None),
)  # fmt: skip
# What tells one registration of a source from another.
KEYS = {name: record.key for name, record in RECORD_TYPES.items()}
OPTIONAL_IN_KEY = {
    name: {"alder", *(column.name for column in record.columns if not column.required)}
    for name, record in RECORD_TYPES.items()
}
# The day of what is no interval.
EVENT_DAY = {
    "mote": "motedato",
    "melding": "mottatt_dato",
    "endring": "endringsdato",
    "kompetanse": "behov_meldt_dato",
    "journal": "journaldato",
    "psfs": "dato",
    "bolig": "meldt_dato",
}
# The day on which an interval begins.
BEGINS = {"tjeneste": "fra_dato", "koordinator": "fra_dato", "ip": "opprettet_dato"}
ABOUT_PERSONS = {name for name, record in RECORD_TYPES.items() if record.names_persons}


# --- Cells ----------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """Return a value as values are compared."""
    text = text.strip().lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(plain.split())


@cache
def _code_lists() -> dict[str, dict[str, str]]:
    lists: dict[str, dict[str, str]] = defaultdict(dict)
    with (SEEDS / "code_map.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            lists[row["field"]][folded(row["accepted"])] = row["canonical"]
    return lists


@cache
def _numbers() -> dict[tuple[str, str, str], str]:
    """Return what numbers mean, by code list (none: the field's own), field and number."""
    with (SEEDS / "code_lists.csv").open(encoding="utf-8", newline="") as lines:
        own = {
            (row["code_list"], row["field"])
            for row in csv.DictReader(lines)
            if row["unless_declared"] == "true"
        }
    with (SEEDS / "code_list_values.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {
        (name, row["field"], row["number"]): row["canonical"]
        for row in rows
        for name in [row["code_list"]] + [""] * ((row["code_list"], row["field"]) in own)
    }


def meaning(field_name: str, text: str, declared: str = "") -> str | None:
    """Return the canonical value, or None where the contract does not list it.

    A number is of the code list that the source declares, or of the field's own.
    """
    number = re.fullmatch(r"(\d+)([.,]0+)?", text.strip())
    if number:
        return _numbers().get((declared, field_name, str(int(number[1]))))
    return _code_lists()[field_name].get(folded(text))


@cache
def _sectors() -> dict[str, str]:
    with (SEEDS / "service_areas.csv").open(encoding="utf-8", newline="") as lines:
        return {row["service_area"]: row["sector"] for row in csv.DictReader(lines)}


@cache
def _municipalities() -> dict[str, list[str]]:
    """Return what became of a municipality, by its code and its name: several where it was split."""
    today = {}
    with (SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            parts = row["split_into"].split() or [row["code_2024"]]
            today[row["municipality_code"]] = today[folded(row["municipality_name"])] = parts
    return today


@dataclass(frozen=True)
class Divided:
    """A municipality that was divided, in its years, and the one that goes on as it, if any."""

    code: str
    first: int
    last: int
    parts: frozenset[str]
    heir: str


@cache
def _divided() -> dict[str, Divided]:
    with (SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["municipality_code"]: Divided(
                row["municipality_code"],
                int(row["valid_from_year"] or 0),
                int(row["valid_to_year"]),
                frozenset(row["split_into"].split()),
                row["code_2024"],
            )
            for row in csv.DictReader(lines)
            if row["split_into"]
        }


def named_as_divided(text: str) -> Divided | None:
    """Return the municipality that a text names by its number, where it was divided."""
    code = re.search(r"\d{4}", text)
    return _divided().get(code[0]) if code else None


def number_in(text: str) -> int | None:
    """Return a whole number, or None."""
    return int(text) if re.fullmatch(r"\s*-?\d+\s*", text) else None


# --- Persons' ids and names (2.1, 2.4) ------------------------------------------------------------


@dataclass(frozen=True)
class Id:
    """A valid id, and the birth date that it tells."""

    digits: str
    born: dt.date | None
    is_d_number: bool


@cache
def id_in(text: str) -> Id | None:
    """Return the id in a cell, if it is a valid one."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) == 10:
        digits = f"0{digits}"
    if len(digits) != 11:
        return None
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)):
        if sum(w * int(c) for w, c in zip(weights, digits, strict=False)) % 11:
            return None
    day, month, year = int(digits[:2]), int(digits[2:4]) - 80, int(digits[4:6])
    century = 2000 if int(digits[6:9]) >= 500 else 1900
    try:
        born = dt.date(century + year, month, day % 40)
    except ValueError:
        return None
    return Id(digits, None if day > 40 else born, day > 40)


def same_name(one: str, other: str) -> bool:
    """Whether two names have the same first given name and last surname, in any order."""

    def ends(name: str) -> set[str]:
        surname, comma, given = name.partition(",")
        words = f"{given} {surname}" if comma else name
        words = re.sub("aa", "a", re.sub("oe", "o", folded(words)))
        full = [word for word in words.split() if len(word.strip(".")) > 1]
        return {full[0], full[-1]}

    return ends(one) == ends(other)


# --- Rows (1) -------------------------------------------------------------------------------------


@dataclass
class Row:
    """A row of a delivery, where it ends, and whom it is about."""

    source: Source
    place: int  # of the delivery among those of the source
    delivered: dt.date
    cells: Cells
    municipality: str | None
    order: tuple[
        int, int, str, int
    ]  # by source, delivery, id and line: settles what nothing else does
    disposition: str = "counted"
    is_older_in_file: bool = False  # another row of the file and registration comes after it
    withdrawn: dt.date | None = None  # the day before the first delivery without it
    person: str | None = None

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def day(self, column: str) -> dt.date | None:
        """Return the day in a cell, if it is known and can be read."""
        found = day_in(self[column])
        return None if isinstance(found, Unreadable) else found

    @property
    def scope(self) -> str:
        """The municipality within which the row's ids mean something."""
        return self.municipality or self.source.kommune

    @property
    def id(self) -> Id | None:
        """The valid id in the row."""
        return id_in(self["fnr"])


def date_of(delivery: str) -> dt.date:
    """Return the date in a delivery's name."""
    return dt.date.fromisoformat(delivery[:8])


@dataclass
class Stretch:
    """Days in a row; `last` may be NEVER."""

    first: dt.date
    last: dt.date

    def has(self, day: dt.date) -> bool:
        """Whether the day is one of them."""
        return self.first <= day <= self.last

    def meets(self, other: Stretch, apart: int = 0) -> bool:
        """Whether the two share a day, or one begins at most so many days after the other ends."""
        early, late = sorted((self, other), key=lambda s: s.first)
        return late.first <= early.last or (late.first - early.last).days <= apart


@dataclass(frozen=True)
class Told:
    """What one registration says of an assignment, as far as it tells whether it still goes on."""

    row: Row
    first: dt.date
    last: dt.date
    registered_last: dt.date | None

    @property
    def is_open(self) -> bool:
        """Whether it was open when it was delivered."""
        return self.registered_last is None or self.registered_last > self.row.delivered


@dataclass
class Assignment(Stretch):
    """An assignment of a coordinator, joined from registrations."""

    role: str
    counts: bool
    coordinator: str  # "" where nobody is known
    told: list[tuple[dt.date, Row]]  # the registrations, each with the day it begins to tell of
    migrated: bool
    ends: list[tuple[dt.date, str]]  # of each registration the last day, and what brought it
    parts: list[Told]

    @property
    def order(self) -> tuple[int, int, int]:
        """The order of the first of the registrations."""
        return min(row.order for _, row in self.told)

    def like(self, other: Assignment) -> bool:
        """Whether the two are of one coordinator and role."""
        return (self.counts, self.role, self.coordinator) == (
            other.counts,
            other.role,
            other.coordinator,
        )

    def said(self, read: Callable[[Row], str | None]) -> str | None:
        """Return what the newest registration that says anything says."""
        said = [
            (first, row.delivered, row.order, value)
            for first, row in self.told
            if (value := read(row))
        ]
        return max(said)[-1] if said else None

    @property
    def area(self) -> str | None:
        """The service area the coordinator works in, as the registrations say."""
        return self.said(lambda row: meaning("tjenesteomrade", row["koordinator_tjeneste"]))

    @property
    def consent(self) -> str | None:
        """What is said of consent."""
        return self.said(lambda row: meaning("samtykke", row["samtykke"]))


@dataclass
class Plan(Stretch):
    """A plan, joined from registrations."""


@dataclass
class Person:
    """One person of one municipality."""

    municipality: str
    born: dt.date | None
    moved_in: dt.date | None
    moved_out: dt.date | None
    died: dt.date | None
    services: list[tuple[str, Stretch]] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    plan_events: set[dt.date] = field(default_factory=set)
    meetings: dict[tuple[dt.date, str], set[str]] = field(default_factory=dict)
    minuted: set[dt.date] = field(default_factory=set)  # of meetings that count
    met_with: set[tuple[str, dt.date]] = field(default_factory=set)  # coordinator's number, day
    notices: dict[dt.date, dt.date | None] = field(default_factory=dict)
    forms: set[tuple[dt.date, str]] = field(default_factory=set)
    change_forms: list[ChangeForm] = field(default_factory=list)
    # The assignments of which the second is there beside the first (3.6), by their ids.
    beside: set[tuple[int, int]] = field(default_factory=set)
    scores: dict[int, list[tuple[dt.date, Fraction]]] = field(default_factory=dict)
    housing: list[dt.date] = field(default_factory=list)

    @property
    def returned(self) -> bool:
        """Whether the person moved in after having moved out: two stays."""
        return bool(self.moved_in and self.moved_out and self.moved_in > self.moved_out)

    def lives_here(self, day: dt.date) -> bool:
        """2.5: moved in on or before the day, not moved out, not dead."""
        here = self.moved_in is None or self.moved_in <= day
        left = self.moved_out is not None and self.moved_out <= day and not self.returned
        return (
            here
            and not left
            and (self.died is None or day < self.died)
            and (self.born is None or self.born <= day)
        )

    def age(self, day: dt.date) -> int | None:
        """Return the age in completed years."""
        if self.born is None:
            return None
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    @property
    def before_18(self) -> dt.date:
        """The last day under 18."""
        assert self.born is not None
        day = dt.date(self.born.year + 17, self.born.month, min(self.born.day, 28)) + 360 * DAY
        while self.age(day + DAY) != 18:
            day += DAY
        return day

    def end_of_stay(self, first: dt.date) -> list[dt.date]:
        """Return the last days that death and moving leave to what began then."""
        ends = [self.died - DAY] if self.died else []
        if self.moved_out and not (self.returned and self.moved_in and first >= self.moved_in):
            ends.append(self.moved_out - DAY)
        return ends

    def first_form(self, change: str, after: dt.date) -> list[dt.date]:
        """Return the day before the first such form dated after that day."""
        return [day - DAY for day, told in sorted(self.forms) if told == change and day > after][:1]

    def areas(self, day: dt.date) -> set[str]:
        """Return the areas of the services that go on."""
        return {area for area, stretch in self.services if stretch.has(day)}

    def coordinator(self, day: dt.date) -> Assignment | None:
        """Return one of those who hold on the day."""
        return next(iter(self.coordinators(day)), None)

    def coordinators(self, day: dt.date) -> list[Assignment]:
        """3.6: the counting assignment that holds on the day; two of them where that is meant."""
        begun = [a for a in self.assignments if a.counts and a.first <= day]

        def begins(one: Assignment) -> tuple[object, ...]:
            return one.first, one.last, one.order

        def holds(one: Assignment) -> bool:
            """Whether none of those that would end it has begun since."""
            return not any(
                begins(other) > begins(one) and (id(one), id(other)) not in self.beside
                for other in begun
                if other.role == one.role
                or (is_child(other) and not is_child(one) and other.first > one.first)
                or (not is_child(other) and not is_child(one))
            )

        def is_child(one: Assignment) -> bool:
            return one.role == "child_coordinator"

        held = [a for a in begun if a.last >= day and holds(a)]
        return [a for a in held if is_child(a)] or held

    @cached_property
    def turns(self) -> list[tuple[Assignment, Stretch]]:
        """The counting assignments, each with the days on which it holds, in order."""
        days = {a.first for a in self.assignments} | {
            a.last + DAY for a in self.assignments if a.last < NEVER
        }
        turns: list[tuple[Assignment, Stretch]] = []
        going: dict[int, Stretch] = {}
        for day in sorted(days):
            holders = self.coordinators(day)
            for key in going.keys() - {id(one) for one in holders}:
                going.pop(key).last = day - DAY
            for one in holders:
                if id(one) not in going:
                    going[id(one)] = Stretch(day, NEVER)
                    turns.append((one, going[id(one)]))
        return sorted(turns, key=lambda turn: (turn[1].first, turn[0].order))

    @property
    def gaps(self) -> list[tuple[dt.date, int]]:
        """7: the days without a coordinator between two: when the next one began, and how many."""
        gaps, reached = [], NEVER
        for place, (one, held) in enumerate(self.turns):
            away = self.returned and self.moved_in and reached < self.moved_in <= held.first
            if place and (held.first - reached).days > 1 and not one.migrated and not away:
                gaps.append((held.first, (held.first - reached).days - 1))
            reached = max(reached, held.last) if place else held.last
        return gaps

    @property
    def starts(self) -> list[tuple[dt.date, bool, bool]]:
        """Each start of a coordinator: its day, whether it is a change, whether a backlog's."""
        starts = []
        before: tuple[Assignment, Stretch] | None = None
        for one, held in self.turns:
            same = bool(before and one.coordinator and before[0].coordinator == one.coordinator)
            if not (same and before and before[1].last + DAY == held.first):
                second = any(id(one) == other for _, other in self.beside)
                is_change = before is not None and not same and not second
                starts.append((held.first, is_change, one.migrated))
            before = one, held
        return starts

    def plan(self, day: dt.date) -> Plan | None:
        """Return the plan that is active on the day."""
        return next((plan for plan in self.plans if plan.has(day)), None)


class Recount:
    """A world, counted."""

    def __init__(self, world: World) -> None:
        self.world = world
        registrations = [s for s in world.sources if s.record != "befolkning"]
        self.held = {source.kommune for source in registrations}
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for source in world.sources:
            self.rows[source.record] += self._rows(source)
        self.as_of = self._as_of()
        self.link = self._links()
        # The register comes first: the others look their persons up in it.
        for record in sorted(KEYS, key=lambda r: r != "person"):
            for source in world.sources:
                if source.record == record:
                    self._place([r for r in self.rows[record] if r.source is source])
        self.persons = self._persons()
        self._leaving = self._employments()
        self._pieces = self._registrations()
        self._backlog = self._backlogs()
        for person_key, person in self.persons.items():
            self._facts(person_key, person)
        for code in {code for code, _ in self.persons}:
            self._find_seconds(code)

    def says(self, municipality: str | None) -> dict[str, Any]:
        """Return the definitions that count a municipality."""
        return {**DEFAULTS, **self.world.definition.get(municipality or "", {})}

    # --- Reading ----------------------------------------------------------------------------------

    def _rows(self, source: Source) -> Iterator[Row]:
        number = self.world.sources.index(source)
        for place, (delivery, rows) in enumerate(sorted(source.deliveries.items())):
            date = date_of(delivery)
            for line, cells in enumerate(rows):
                municipality = self._municipality(source, cells)
                named = cells.get(KEYS.get(source.record, ("",))[0], "").strip()
                yield Row(source, place, date, cells, municipality, (number, place, named, line))

    def _as_of(self) -> dict[str, dt.date]:
        """D: the day of the newest delivery that tells of each municipality.

        A snapshot without anybody of one that the snapshot before had tells of it too.
        """
        told: dict[tuple[int, int], set[str]] = defaultdict(set)
        for rows in self.rows.values():
            for row in rows:
                if row.municipality:
                    told[row.order[:2]].add(row.municipality)
        found: dict[str, dt.date] = {}
        for number, source in enumerate(self.world.sources):
            if source.record == "befolkning":
                continue
            for place, delivery in enumerate(sorted(source.deliveries)):
                gone = told[number, place - 1] if source.delivery == "snapshot" else set()
                told[number, place] = told[number, place] or {source.kommune}
                for code in told[number, place] | gone:
                    found[code] = max(found.get(code, dt.date.min), date_of(delivery))
        return found

    def _municipality(self, source: Source, cells: Cells) -> str | None:
        """2.6: today's code, where the installation holds it; a split one only as the source's own.

        Of inhabitants it is that of the municipality that goes on as the split one.
        """
        text = cells.get("region") or cells.get("kommune", "")
        if not text:
            return source.kommune
        if source.record == "befolkning" and (former := named_as_divided(text)):
            # Who lived there is known of its own years, as the whole that it was.
            lived = former.first <= int(cells["aar"]) <= former.last
            return former.heir or None if lived else None
        code = re.search(r"\d{4}", text)
        parts = _municipalities().get(code[0] if code else folded(text), [])
        today = source.kommune if source.kommune in parts else parts[0] if len(parts) == 1 else None
        return today if today in self.held or source.record == "befolkning" else None

    def _links(self) -> dict[tuple[str, str], str]:
        """2.2: earlier ids, in each municipality; what several persons claim is nobody's."""
        newest: dict[tuple[object, ...], tuple[int, set[str]]] = {}
        for row in self.rows["person"]:
            earlier = id_in(row["tidligere_id"])
            if row.id and earlier and earlier.digits != row.id.digits:
                key = (id(row.source), row.scope, earlier.digits)
                place, claims = newest.get(key, (-1, set()))
                if row.place > place:
                    newest[key] = (row.place, {row.id.digits})
                elif row.place == place:
                    claims.add(row.id.digits)
        claimed: dict[tuple[str, str], set[str]] = defaultdict(set)
        for (_, scope, digits), (_, claims) in newest.items():
            claimed[str(scope), str(digits)] |= claims
        return {key: min(claims) for key, claims in claimed.items() if len(claims) == 1}

    def _linked(self, municipality: str, digits: str) -> str:
        passed: list[str] = []
        while (municipality, digits) in self.link and digits not in passed:
            passed.append(digits)
            digits = self.link[municipality, digits]
        if digits in passed:
            digits = min(passed[passed.index(digits) :])
        return digits

    # --- Where each row ends (1.3, 1.2, 1.4) ------------------------------------------------------

    def _key(self, row: Row) -> tuple[object, ...] | None:
        """Return what tells the row's registration from others; None where it is not said."""
        parts: list[object] = []
        for column in KEYS[row.source.record]:
            if not row[column] and column not in OPTIONAL_IN_KEY[row.source.record]:
                return None
            if column == "fnr":
                parts.append(row.id.digits if row.id else row[column])
            elif column in (*EVENT_DAY.values(), "ansatt_fra"):
                day = day_in(row[column])
                parts.append(row[column] if isinstance(day, Unreadable) else day)
            else:
                parts.append(folded(row[column]))
        if row.source.record == "person" and row.id:
            return row.scope, self._linked(row.scope, row.id.digits)
        return (row.scope, *parts)

    def _place(self, rows: list[Row]) -> None:
        if not rows:
            return
        newest = max(row.place for row in rows)
        days = sorted({(row.place, row.delivered) for row in rows})
        record, snapshot = rows[0].source.record, rows[0].source.delivery == "snapshot"
        event = EVENT_DAY.get(record)
        reach = [day for r in rows if event and r.place == newest and (day := r.day(event))]
        # 1.3: of rows with one id in a file the one with the newest day stands.
        rows = sorted(rows, key=lambda r: (r.place, newest_day(record, r.cells)))
        seen: set[object] = set()
        in_file: set[object] = set()
        for number in range(len(rows) - 1, -1, -1):
            row = rows[number]
            content = tuple(sorted((k, v) for k, v in row.cells.items() if k != "_of" and v))
            alike, key = (row.place, content), self._key(row)
            registration = key or content
            row.is_older_in_file = (row.place, registration) in in_file
            gone = snapshot and row.place < newest
            if alike in seen:
                row.disposition = "duplicate"
            elif registration in seen or (
                gone and (self._withdrawn_whole(row, event, reach) if event else key is None)
            ):
                row.disposition = "superseded"
            elif not self._find_person(row) or self._problem(row):
                row.disposition = "quarantined"
            elif gone:
                row.withdrawn = next(day for place, day in days if place > row.place) - DAY
            seen |= {alike, registration}
            in_file.add((row.place, registration))

    @staticmethod
    def _withdrawn_whole(row: Row, event: str, reach: list[dt.date]) -> bool:
        day = row.day(event)
        return day is None or not reach or day >= min(reach)

    def _find_person(self, row: Row) -> bool:
        """2.1-2.4: find whom a row is about, and say whether somebody was found."""
        if row.source.record not in ABOUT_PERSONS:
            return True
        if row.id:
            row.person = self._linked(row.scope, row.id.digits)
            return True
        if row.source.record == "person":
            return False
        born, name = row.day("fodselsdato"), row["navn"]
        fits = {
            other.person
            for other in self.rows["person"]
            if name
            and born
            and other.disposition == "counted"
            and other.municipality == row.municipality
            and other["navn"]
            and born == ((other.id and other.id.born) or other.day("fodselsdato"))
            and same_name(name, other["navn"])
        }
        if len(fits) == 1:
            (row.person,) = fits
        return len(fits) == 1

    def _problem(self, row: Row) -> bool:
        """Whether a row must be left out for what it says or does not say."""
        record = row.source.record
        if row.municipality is None:
            return True
        if record in ("tjeneste", "koordinator"):
            first, last = row.day("fra_dato"), row.day("til_dato")
            if first is None or (last and last < first):
                return True
        if record == "tjeneste":
            return not row["tjeneste_id"]
        if record == "koordinator":
            shown = row["koordinator_navn"]
            nobody = not row["koordinator_id"] and bool(meaning("koordinator_navn", shown))
            return not row["registrering_id"] or not meaning("rolle", row["rolle"]) or nobody
        if record == "ip":
            if not row["registrering_id"] or not self._status(row) or not self._plan_type(row):
                return True
            created, closed = row.day("opprettet_dato"), row.day("avsluttet_dato")
            makes_days = self._status(row) in ("active", "closed") and (
                self._plan_type(row) == "individual_plan"
            )
            return makes_days and (created is None or bool(closed and closed < created))
        if record == "mote":
            met = row.day("motedato")
            lacking = not row["mote_id"] or not meaning("motetype", row["motetype"])
            return met is None or met > row.delivered or lacking
        if record == "melding":
            received, answered = row.day("mottatt_dato"), row.day("vurdert_dato")
            reversed_ = bool(received and answered and answered < received)
            return not row["melding_id"] or received is None or reversed_
        if record == "endring":
            lacking = not row["endring_id"] or not meaning("endringstype", row["endringstype"])
            return row.day("endringsdato") is None or lacking
        if record == "psfs":
            score = number_in(row["skar"])
            return row.day("dato") is None or score is None or not 0 <= score <= 10
        if record == "bolig":
            return row.day("meldt_dato") is None
        if record == "ansatt":
            return not row["koordinator_id"]
        if record == "kompetanse":
            return not (row["koordinator_id"] or row["navn"] or "@" in row["epost"])
        if record == "journal":
            return not row["journalpost_id"] or row.day("journaldato") is None
        return False

    @staticmethod
    def _status(row: Row) -> str | None:
        if not row["status"]:
            return "unknown"
        return meaning("status", row["status"], row.source.codes)

    @staticmethod
    def _plan_type(row: Row) -> str | None:
        return meaning("plantype", row["plantype"]) if row["plantype"] else "individual_plan"

    def counted(self, record: str) -> list[Row]:
        """Return the rows of a record that are taken in."""
        return [row for row in self.rows[record] if row.disposition == "counted"]

    @cached_property
    def speaks_from(self) -> dict[tuple[str, str], dt.date]:
        """From which day a record type of a municipality has a row that is taken in (8).

        A plan whose days say nothing, or contradict each other, was always there.
        """
        first: dict[tuple[str, str], dt.date] = {}
        for record, column in {**BEGINS, "mote": EVENT_DAY["mote"]}.items():
            for row in self.counted(record):
                day, closed = row.day(column), row.day("avsluttet_dato")
                if record == "ip" and day and closed and closed <= day:
                    day = None
                place = row.scope, record
                first[place] = min(first.get(place, NEVER), day or dt.date.min)
        return first

    # --- Persons (2.3, 2.5) -----------------------------------------------------------------------

    def _persons(self) -> dict[tuple[str, str], Person]:
        persons: dict[tuple[str, str], Person] = {}
        told: dict[tuple[str, str], list[Row]] = defaultdict(list)
        order = {id(source): place for place, source in enumerate(self.world.sources)}
        for row in self.counted("person"):
            told[row.municipality or "", row.person or ""].append(row)
        for key, rows in told.items():
            # The newest delivery speaks first, then the first source.
            rows.sort(key=lambda r: (-r.delivered.toordinal(), order[id(r.source)]))

            def first(read: Callable[[Row], dt.date | None], rows: list[Row] = rows) -> Any:
                return next((day for row in rows if (day := read(row))), None)

            gone = [row.withdrawn + DAY for row in rows if row.withdrawn]
            moved_in = first(lambda r: r.day("innflyttet_dato"))
            moved, died = self._by_forms(key, moved_in)
            moved_out = first(lambda r: r.day("utflyttet_dato")) or moved
            out = [day for day in (moved_out, max(gone) if len(gone) == len(rows) else None) if day]
            persons[key] = Person(
                key[0],
                first(lambda r: (r.id.born if r.id else None) or r.day("fodselsdato")),
                moved_in,
                min(out, default=None),
                first(lambda r: r.day("dod_dato")) or died,
            )
        made: dict[tuple[str, str], list[tuple[Row, dt.date | None]]] = defaultdict(list)
        for record, column in {**BEGINS, **EVENT_DAY}.items():
            for row in self.counted(record) if record in ABOUT_PERSONS else ():
                if (row.municipality, row.person) not in persons:
                    made[row.municipality or "", row.person or ""].append((row, row.day(column)))
        for key, mentions in made.items():
            by_id = [row.id.born for row, _ in mentions if row.id and row.id.born]
            by_row = [day for row, _ in mentions if (day := row.day("fodselsdato"))]
            moved_in = min((day for _, day in mentions if day), default=None)
            moved, died = self._by_forms(key, moved_in)
            born = min(by_id or by_row, default=None)
            persons[key] = Person(key[0], born, moved_in, moved, died)
        return persons

    def _by_forms(
        self, key: tuple[str, str], moved_in: dt.date | None
    ) -> tuple[dt.date | None, dt.date | None]:
        """3.9: the days of moving out and of death that forms tell."""
        days: dict[str, list[dt.date]] = defaultdict(list)
        for row in self.counted("endring"):
            if (row.municipality, row.person) == key and (day := row.day("endringsdato")):
                days[meaning("endringstype", row["endringstype"]) or ""].append(day)
        moved = max(days["moved"], default=None)
        if moved and moved_in and moved <= moved_in:
            moved = None
        return moved, min(days["died"], default=None)

    # --- Facts ------------------------------------------------------------------------------------

    def _backlogs(self) -> dict[tuple[str, dt.date], tuple[int, Fraction]]:
        """7: how many starts of each source fall on each date, and what part of the year's that is.

        Those of one family on one date are one.
        """
        starts: dict[tuple[str, dt.date], set[object]] = defaultdict(set)
        for piece in (piece for pieces in self._pieces.values() for piece in pieces):
            if piece.is_dated:
                row = piece.row
                family = (row.scope, row["familie_id"]) if row["familie_id"] else row.order
                starts[row.source.name, piece.first].add(family)
        years: Counter[tuple[str, int]] = Counter()
        for (source, day), begun in starts.items():
            years[source, day.year] += len(begun)
        return {
            (source, day): (len(begun), Fraction(len(begun), years[source, day.year]))
            for (source, day), begun in starts.items()
        }

    def _registrations(self) -> dict[tuple[str, str], list[Piece]]:
        """3.8: the registrations of each person, and who was there before they were written over."""
        versions: dict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row in self.rows["koordinator"]:
            key = self._key(row)
            if key and row.disposition != "duplicate" and not row.is_older_in_file:
                versions[id(row.source), *key].append(row)
        older: dict[int, list[Piece]] = {}
        found: dict[tuple[str, str], list[Piece]] = defaultdict(list)
        for rows in versions.values():
            rows.sort(key=lambda row: row.place)
            of_day = {v.row.delivered: v for row in rows if (v := self._version(row))}
            known = list(of_day.values())
            known = [v for v in known if v.row.person == known[-1].row.person]
            if not known or known[-1].row.disposition == "superseded":
                continue
            says = self.says(known[-1].row.municipality)
            parts = history.pieces(known, self._tells_day, says["slip_days"])
            if parts:
                row = known[-1].row
                older[id(row)] = parts
                found[row.municipality or "", row.person or ""] += parts
        for row in self.counted("koordinator"):
            if id(row) not in older:
                first, last = row.day("fra_dato"), row.day("til_dato")
                assert first
                piece = Piece(row, row["koordinator_id"], first, last, row.withdrawn)
                found[row.municipality or "", row.person or ""].append(piece)
        return found

    def _version(self, row: Row) -> Version | None:
        """Return what a row says of its registration, if it says anything that can be read."""
        shown = row["koordinator_navn"]
        vacant = not row["koordinator_id"] and bool(meaning("koordinator_navn", shown))
        cells = {**row.cells, "koordinator_navn": ""} if vacant else row.cells
        first = row.day("fra_dato")
        if first is None or not (row.person or self._find_person(row)):
            return None
        if self._problem(replace(row, cells=cells)):
            return None
        name = "" if meaning("koordinator_navn", shown) else folded(shown)
        role = meaning("rolle", row["rolle"]) or ""
        return Version(row, row["koordinator_id"], name, role, first, row.day("til_dato"), vacant)

    def _tells_day(self, old: Version, begins: Version, new: Version) -> tuple[dt.date, str] | None:
        """Return the day of a change that a form, an employment or a meeting tells."""
        row = new.row
        who = row.municipality, row.person
        delivered = begins.row.delivered
        forms = []
        for form in self.counted("endring"):
            day, kind = form.day("endringsdato"), meaning("endringstype", form["endringstype"])
            if (form.municipality, form.person) != who or kind != "coordinator_change" or not day:
                continue
            after, before = form["ny_koordinator_id"], form["gammel_koordinator_id"]
            if after and new.key:
                fits = after == new.key
            elif before and old.key:
                fits = before == old.key
            else:
                fits = day > old.row.delivered
            if fits and old.first < day <= delivered:
                forms.append(day)
        if forms:
            return max(forms), "form"
        left = self._leaving.get((row.municipality or "", old.key)) if old.key else None
        if left and old.row.delivered <= left < delivered:
            return left + DAY, "employment"
        met = [
            day
            for meeting in self.counted("mote")
            if (meeting.municipality, meeting.person) == who
            and new.key
            and meeting["koordinator_id"] == new.key
            and (day := meeting.day("motedato"))
            and old.row.delivered < day <= delivered
        ]
        return (min(met), "meeting") if met else None

    def _employments(self) -> dict[tuple[str, str], dt.date]:
        """Return the last day of employment of those whose employments have all ended."""
        ends: dict[tuple[str, str], list[dt.date]] = defaultdict(list)
        for row in self.counted("ansatt"):
            last = min(row.day("ansatt_til") or NEVER, row.withdrawn or NEVER)
            ends[row.municipality or "", row["koordinator_id"]].append(last)
        return {who: max(last) for who, last in ends.items() if max(last) < NEVER}

    def employed_in(self, municipality: str, employee: str) -> str | None:
        """Return the service area of somebody's newest employment that tells one."""
        areas = [
            (row.day("ansatt_fra") or dt.date(1900, 1, 1), row.delivered, area)
            for row in self.counted("ansatt")
            if (row.municipality, row["koordinator_id"]) == (municipality, employee)
            and (area := meaning("tjenesteomrade", row["tjenesteomrade"]))
        ]
        return max(areas)[2] if employee and areas else None

    def _facts(self, key: tuple[str, str], person: Person) -> None:
        rows = {
            record: [r for r in self.counted(record) if (r.municipality, r.person) == key]
            for record in ABOUT_PERSONS
        }
        for row in rows["endring"]:
            if day := row.day("endringsdato"):
                change = meaning("endringstype", row["endringstype"]) or ""
                person.forms.add((day, change))
                if change == "coordinator_change":
                    old, new = row["gammel_koordinator_id"], row["ny_koordinator_id"]
                    place = row.order[0], row.order[1], row.order[3]
                    person.change_forms.append(ChangeForm(day, old, new, place))
        for row in rows["tjeneste"]:
            first = row.day("fra_dato")
            last = min(row.day("til_dato") or NEVER, row.withdrawn or NEVER)
            assert first
            # A unit that nobody knows is of an area of its own (1.5).
            area = meaning("tjenesteomrade", row["tjenesteomrade"]) or "unknown"
            person.services.append((area, Stretch(first, last)))
        person.assignments = self._assignments(person, self._pieces.get(key, []))
        person.plans = self._plans(person, rows["ip"])
        person.plan_events = {
            day
            for row in self.rows["ip"]
            if row.disposition != "quarantined"
            and row.municipality == key[0]
            and (row.person or self._find_person(row))
            and row.person == key[1]
            and self._plan_type(row) == "individual_plan"
            and self._status(row) in ("active", "closed")
            for column in ("opprettet_dato", "sist_evaluert_dato")
            if (day := row.day(column))
        }
        for row in rows["mote"]:
            met = row.day("motedato")
            assert met
            kind = meaning("motetype", row["motetype"]) or ""
            who = {meaning("deltakere", word) or "other" for word in row["deltakere"].split(";")}
            person.meetings.setdefault((met, kind), set()).update(who)
            person.met_with.add((row["koordinator_id"], met))
            if row["referat"] and kind in ("coordination_meeting", "collaboration_meeting"):
                person.minuted.add(met)
        for row in rows["melding"]:
            received = row.day("mottatt_dato")
            assert received
            answers = (person.notices.get(received), row.day("vurdert_dato"))
            person.notices[received] = min((day for day in answers if day), default=None)
        for row in sorted(rows["psfs"], key=lambda r: r.delivered):
            held = row.day("dato")
            assert held
            talk = person.scores.setdefault(int(row["samtale_nr"]), [])
            talk.append((held, Fraction(row["skar"])))
        person.housing = [day for row in rows["bolig"] if (day := row.day("meldt_dato"))]

    def _counts(self, person: Person, piece: Piece) -> bool:
        """3.1: whether a role counts, and is the municipality's own."""
        counting = {"coordinator", "child_coordinator"}
        if self.says(person.municipality)["count_primary_contact"]:
            counting.add("primary_contact")
        area = meaning("tjenesteomrade", piece.row["koordinator_tjeneste"]) or self.employed_in(
            person.municipality, piece.key
        )
        return meaning("rolle", piece.row["rolle"]) in counting and area != "specialist"

    def _assignments(self, person: Person, registered: list[Piece]) -> list[Assignment]:
        """3.1-3.5, 3.8, 3.9: the assignments before any takes over from another."""
        pieces: list[Assignment] = []
        says = self.says(person.municipality)
        counting = [piece for piece in registered if self._counts(person, piece)]
        divided = {
            id(piece): parts
            for piece, parts in history.by_forms(
                counting, person.change_forms, says["reporting_days"]
            )
        }
        parts = [(one, part) for one in registered for part in divided.get(id(one), [one])]
        for whole, piece in parts:
            row, first, role = piece.row, piece.first, meaning("rolle", piece.row["rolle"]) or ""
            counts = self._counts(person, whole)
            # What ends it, in the order in which one is told where several do on the same day.
            ends = [
                (piece.last or NEVER, "registered"),
                *((day, "stay") for day in person.end_of_stay(first)),
                *((day, "declined") for day in person.first_form("declined_coordinator", first)),
                *((day, "form") for day in person.first_form("coordinator_ended", first)),
                (
                    self._leaving.get((person.municipality, piece.key), NEVER),
                    "employment",
                ),
            ]
            if role == "child_coordinator" and person.born:
                ends.append((person.before_18, "at_18"))
            ends.append((piece.withdrawn or NEVER, "withdrawn"))
            last, ended_by = min(ends, key=lambda end: end[0])
            who = f"id {piece.key}" if piece.key else ""
            migrated = piece.is_dated
            if migrated:
                begun, part = self._backlog[row.source.name, first]
                many = part > Fraction(str(says["backlog_share"]))
                migrated = many and begun >= says["backlog_least"]
            in_time = [(first, last, role)]
            if role == "child_coordinator":
                before = min(last, RIGHT_TO_CHILD_COORDINATOR - DAY)
                after = max(first, RIGHT_TO_CHILD_COORDINATOR)
                in_time = [(first, before, "coordinator"), (after, last, role)]
            pieces += [
                Assignment(
                    begin,
                    end,
                    as_,
                    counts,
                    who,
                    [(begin, row)],
                    migrated,
                    [(end, ended_by if end == last else "right")],
                    [Told(row, begin, end, piece.last)],
                )
                for begin, end, as_ in in_time
                if begin <= end
            ]
        return self._joined(pieces, says["bridge_days"])

    def _joined(self, pieces: list[Assignment], apart: int) -> list[Assignment]:
        """3.5: join those of one coordinator; those without id join whom they overlap.

        A name names a coordinator where no id does: what has neither joins those that have.
        """
        joined, loose = self._hosted([p for p in pieces if p.coordinator], pieces, apart)
        for one in loose:
            shown = min((folded(row["koordinator_navn"]) for _, row in one.told), default="")
            one.coordinator = f"name {shown}" if shown else ""
        by_name, loose = self._hosted([p for p in loose if p.coordinator], loose, apart)
        return joined + by_name + [_union(*group) for group in _overlapping(loose)]

    def _hosted(
        self, known: list[Assignment], pieces: list[Assignment], apart: int
    ) -> tuple[list[Assignment], list[Assignment]]:
        """Join those of known coordinators, and to them those of none that they overlap."""
        known = _bridged(known, apart)
        loose = _overlapping([p for p in pieces if not p.coordinator])
        while True:
            found = []
            for group in loose:
                one = _union(*group)
                hosts = [a for a in known if a.counts == one.counts and a.meets(one)]
                if hosts:
                    host = min(hosts, key=lambda a: (a.role != one.role, a.first, a.order))
                    # Before the right came nobody was a child coordinator (3.4).
                    is_early = one.first < RIGHT_TO_CHILD_COORDINATOR
                    one.role = host.role
                    if is_early and one.role == "child_coordinator":
                        one.role = "coordinator"
                    one.coordinator = host.coordinator
                    found.append((group, one))
            if not found:
                return known, [piece for group in loose for piece in group]
            known = _bridged([*known, *(one for _, one in found)], apart)
            loose = [group for group in loose if not any(group is other for other, _ in found)]

    def _find_seconds(self, code: str) -> None:
        """3.6: find whom a second coordinator is meant to be beside."""
        says = self.says(code)
        days, share = says["reporting_days"], Fraction(str(says["second_coordinator_share"]))
        followed: dict[tuple[str, int, int], list[bool]] = defaultdict(list)
        pairs = []
        persons = [person for (of, _), person in self.persons.items() if of == code]
        for person in persons:
            known = [a for a in person.assignments if a.counts and a.coordinator]
            told_of = [(a, part) for a in known for part in a.parts]
            for (one, part), (other, later) in itertools.permutations(told_of, 2):
                child = one.role == "child_coordinator", other.role == "child_coordinator"
                begins = (part.first, part.row.order, 0), (later.first, later.row.order, 1)
                if (
                    part.row.source is not later.row.source
                    or one.coordinator == other.coordinator
                    or child[0] != child[1]
                    or begins[0] >= begins[1]
                ):
                    continue
                told = (part.row.delivered - later.first).days > days and part.last >= later.first
                if told or not part.is_open:
                    followed[part.row.source.name, id(person), id(one)].append(part.is_open)
                if part.is_open:
                    pairs.append((person, one, part, other, later, told))
        for person, one, part, other, later, told in pairs:
            name = part.row.source.name
            others = [
                not all(is_open)
                for (source, who, _), is_open in followed.items()
                if source == name and who != id(person)
            ]
            met = any(
                key == one.coordinator[3:] and (day - later.first).days > days
                for key, day in person.met_with
                if one.coordinator.startswith("id ")
            )
            enters = bool(others) and Fraction(sum(others), len(others)) >= share
            changed = any(
                one.coordinator == f"id {form.old}" for form in person.change_forms if form.old
            )
            if not changed and (met or (told and enters)):
                person.beside.add((id(one), id(other)))

    def _plans(self, person: Person, rows: list[Row]) -> list[Plan]:
        """4.1-4.3."""
        plans: list[Plan] = []
        apart = self.says(person.municipality)["bridge_days"]
        for row in rows:
            if self._plan_type(row) != "individual_plan":
                continue
            status, first = self._status(row), row.day("opprettet_dato")
            if status not in ("active", "closed") or first is None:
                continue
            closed, evaluated = row.day("avsluttet_dato"), row.day("sist_evaluert_dato")
            if closed:
                last = closed - DAY
            elif status == "closed":
                last = evaluated or first - DAY
            else:
                last = NEVER
            last = min(
                last,
                row.withdrawn or NEVER,
                *person.end_of_stay(first),
                *person.first_form("declined_plan", first),
                *person.first_form("plan_ended", first),
                NEVER,
            )
            if first <= last:
                plans.append(Plan(first, last))
        joined: list[Plan] = []
        for plan in sorted(plans, key=lambda p: p.first):
            if joined and joined[-1].meets(plan, apart):
                joined[-1].last = max(joined[-1].last, plan.last)
            else:
                joined.append(plan)
        return joined


def _bridged(pieces: list[Assignment], apart: int) -> list[Assignment]:
    """Join those of one coordinator and role that overlap or lie at most so many days apart."""
    done: list[Assignment] = []
    for piece in sorted(pieces, key=lambda p: (p.first, p.order)):
        same = next((a for a in done if a.like(piece) and a.meets(piece, apart)), None)
        if same:
            done.remove(same)
        done.append(_union(same, piece) if same else piece)
    return done


def _overlapping(pieces: list[Assignment]) -> list[list[Assignment]]:
    """Return them in groups of which each member shares a day with another."""
    groups: list[list[Assignment]] = []
    for piece in sorted(pieces, key=lambda p: (p.first, p.order)):
        for group in groups:
            if group[0].counts == piece.counts and _union(*group).meets(piece):
                group.append(piece)
                break
        else:
            groups.append([piece])
    return groups


def _union(*pieces: Assignment) -> Assignment:
    """Return assignments as one, which is as the first of them is; the others may add days."""
    first = min(pieces, key=lambda p: (p.first, p.order))
    return Assignment(
        first.first,
        max(piece.last for piece in pieces),
        first.role,
        first.counts,
        first.coordinator,
        [told for piece in pieces for told in piece.told],
        all(piece.migrated for piece in pieces if piece.first == first.first),
        [end for piece in pieces for end in piece.ends],
        [part for piece in pieces for part in piece.parts],
    )


# --- Indicators (7) -------------------------------------------------------------------------------

Cell = tuple[str, str, str, str]  # age scheme, age group, service area, indicator
Figure = tuple[Any, ...]  # numerator, denominator; of a median the quartiles, and of how many


ChangeCell = tuple[str, str, str]  # indicator, standard age group, cause
SharedCell = tuple[str, str, str, str]  # service area, finest age group, coordinator, plan


def finest_age_group(age: int | None) -> str:
    """Return the finest age group of somebody of that age."""
    if age is None:
        return "unknown"
    low, high = next(group for group in reversed(FINEST) if group[0] <= age)
    return f"{low}+" if high is None else f"{low}-{high}"


def standard_age_group(age: int | None) -> str:
    """Return the group of the standard scheme of somebody of that age."""
    (group,) = {group for scheme, group in age_groups(age) if scheme == "standard"} - {"all"} or {
        "unknown"
    }
    return group


def _year_before(day: dt.date) -> dt.date:
    """Return the same day a year before, the 28th of February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def age_groups(age: int | None) -> set[tuple[str, str]]:
    """Return the age groups that somebody of that age is counted in."""
    groups = {(scheme, "all") for scheme in SCHEMES}
    for scheme, bounds in SCHEMES.items():
        if age is None:
            groups.add((scheme, "unknown"))
            continue
        for low, high in bounds:
            if low <= age and (high is None or age <= high):
                groups.add((scheme, f"{low}-{high}" if high is not None else f"{low}+"))
    return groups


def quartiles(values: list[int]) -> tuple[float, ...]:
    """Return the quartiles, by linear interpolation."""
    ordered = sorted(values)
    found = []
    for quarter in (1, 2, 3):
        whole, part = divmod(quarter * (len(ordered) - 1), 4)
        above = ordered[min(whole + 1, len(ordered) - 1)]
        found.append(ordered[whole] + (above - ordered[whole]) * part / 4)
    return tuple(found)


class Municipality:
    """What is counted of one municipality."""

    def __init__(self, recount: Recount, code: str) -> None:
        self.recount, self.code, self.says = recount, code, recount.says(code)
        self.persons = [p for (of, _), p in recount.persons.items() if of == code]

    def reference_dates(self) -> set[dt.date]:
        """Return the days on which the municipality is counted."""
        if self.code not in self.recount.as_of:
            return set()
        as_of = self.recount.as_of[self.code]
        first = min(
            [
                *(a.first for p in self.persons for a in p.assignments if a.counts),
                *(plan.first for p in self.persons for plan in p.plans),
            ],
            default=NEVER,
        )
        leap = (as_of.month, as_of.day) == (2, 29)
        earliest = (as_of - leap * DAY).replace(year=as_of.year - self.says["reference_years"])
        days = (earliest + n * DAY for n in range(1, (as_of - earliest).days))
        return {as_of} | {
            d for d in days if ((d + DAY).day == 1 or self._is_asked_for(d)) and d >= first
        }

    def is_of_series(self, day: dt.date) -> bool:
        """Whether a day is a month's end, or the newest that there is."""
        return (day + DAY).day == 1 or day == self.recount.as_of[self.code]

    def _is_asked_for(self, day: dt.date) -> bool:
        asked = self.recount.world.own_dates.get(self.code, [])
        return f"{day:%d.%m}" in asked or day.isoformat() in asked

    def figures(self, day: dt.date) -> dict[Cell, Figure]:
        """Return every figure of the municipality on a day that has a denominator."""
        counts: Counter[tuple[Cell, str]] = Counter()
        residents = [p for p in self.persons if p.lives_here(day)]
        for person in residents:
            told = self._told_of(person, day)
            for scheme, group in age_groups(person.age(day)):
                for area in {"all", *person.areas(day)}:
                    for indicator, (numerator, denominator) in told.items():
                        cell = (scheme, group, area, indicator)
                        counts[cell, "numerator"] += numerator and denominator
                        counts[cell, "denominator"] += denominator
        figures: dict[Cell, Figure] = {
            cell: (counts[cell, "numerator"], counts[cell, "denominator"])
            for cell, part in counts
            if part == "denominator" and counts[cell, part]
        }
        figures |= self._rates(residents, day)
        whole = self._coordinators(residents, day)
        if figure := self._training(day):
            whole["training_within_6_months"] = figure
        figures |= {
            (scheme, "all", "all", indicator): figure
            for scheme in SCHEMES
            for indicator, figure in whole.items()
        }
        of_group: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in residents:
            for group in age_groups(person.age(day)):
                of_group[group].append(person)
        figures |= {
            (*group, "all", indicator): figure
            for group, persons in of_group.items()
            for indicator, figure in self._flows(persons, day).items()
        }
        return figures

    def shared_cells(self, day: dt.date) -> Counter[SharedCell]:
        """Return the target group of a month's end in the cells of a share package.

        There are none where services, coordinators or plans are not registered by then.
        """
        cells: Counter[SharedCell] = Counter()
        speaking = {
            record
            for (code, record), first in self.recount.speaks_from.items()
            if code == self.code and first <= day
        }
        if (day + DAY).day != 1 or not {"tjeneste", "koordinator", "ip"} <= speaking:
            return cells
        for person in (p for p in self.persons if p.lives_here(day)):
            told = self._told_of(person, day)
            has, in_target_group = told["coordinator_coverage"]
            if not in_target_group:
                continue
            met, coordinator = told["meeting_coverage"][0], "none"
            if has and "mote" not in speaking:
                coordinator = "unknown"
            elif has:
                coordinator = "with_meeting" if met else "without_meeting"
            living, planned = told["living_plan_share"]
            plan = ("living" if living else "not_living") if planned else "none"
            group = finest_age_group(person.age(day))
            for area in {"all", *person.areas(day)} - {"unknown"}:
                cells[area, group, coordinator, plan] += 1
        return cells

    def changes(self, day: dt.date) -> dict[ChangeCell, tuple[int, int, int]]:
        """Return why shares are others than a year before (7): of each indicator, group and cause.

        How many are counted otherwise, and what that does to numerator and denominator. Nothing
        where no reference date is near enough to a year before.
        """
        anniversary = _year_before(day)
        near = [
            each
            for each in self.reference_dates()
            if abs((each - anniversary).days) <= 16
            and (self.is_of_series(each) or not self.is_of_series(day))
        ]
        if not near:
            return {}
        before = min(near, key=lambda each: (abs((each - anniversary).days), each))
        cells: dict[ChangeCell, tuple[int, int, int]] = {}

        def add(indicator: str, group: str, cause: str, above: int, below: int) -> None:
            cell = indicator, group, cause
            counted = zip(cells.get(cell, (0, 0, 0)), (1, above, below), strict=True)
            persons, more_above, more_below = map(sum, counted)
            cells[cell] = persons, more_above, more_below

        for person in self.persons:
            was = self._told_of(person, before) if person.lives_here(before) else {}
            now = self._told_of(person, day) if person.lives_here(day) else {}
            groups = [standard_age_group(person.age(each)) for each in (before, day)]
            for indicator in was or now:
                was_above, was_below = was.get(indicator, (False, False))
                is_above, is_below = now.get(indicator, (False, False))
                was_above, is_above = was_above and was_below, is_above and is_below
                above, below = is_above - was_above, is_below - was_below
                counted = was_above, was_below, is_above, is_below
                cause = self._cause(person, (before, day), *counted)
                if above or below:
                    add(indicator, "all", cause, above, below)
                if was_below and is_below and groups[0] != groups[1]:
                    add(indicator, groups[0], "grew_out", -was_above, -1)
                    add(indicator, groups[1], "grew_in", +is_above, 1)
                elif above or below:
                    add(indicator, groups[is_below], cause, above, below)
        return cells

    def _cause(
        self,
        person: Person,
        days: tuple[dt.date, dt.date],
        was_above: bool,
        was_below: bool,
        is_above: bool,
        is_below: bool,
    ) -> str:
        """Return what happened to somebody who is counted otherwise."""
        before, day = days
        if not was_below:
            return "came_with" if is_above else "came_without"
        if is_below and is_above:
            return "gained"
        if not is_below and person.died and person.died <= day:
            return "died"
        if not is_below and not person.lives_here(day):
            return "moved"
        otherwise = "lost" if is_below else "left"
        had = was_above and person.lives_here(before) and person.coordinator(before)
        if not had or person.coordinator(day):
            return otherwise
        ends = [
            end
            for one in person.assignments
            if one.counts
            for end in one.ends
            if before <= end[0] < day
        ]
        newest = {why for last, why in ends if last == max(ends)[0]}
        why = next((each for each in ("declined", "employment", "at_18") if each in newest), None)
        return f"lost_{why}" if why else "lost"

    def _told_of(self, person: Person, day: dt.date) -> dict[str, tuple[bool, bool]]:
        """Return of each indicator of persons whether the person is counted above and below."""
        assignment, plan = person.coordinator(day), person.plan(day)
        lasted = {
            area
            for area, stretch in person.services
            if stretch.has(day) and (day - stretch.first).days >= self.says["target_service_days"]
        }
        has, planned = assignment is not None, plan is not None
        in_target_group = len(lasted) >= self.says["target_service_areas"] or has or planned
        kept = person.plan_events | (person.minuted if self.says["minutes_keep_plan"] else set())
        living = any(0 <= (day - event).days <= self.says["living_plan_days"] for event in kept)
        met = any(self._in_year(met, day) for met in self._counting_meetings(person))
        consents = {each.consent for each in person.coordinators(day)} - {None}
        return {
            "coordinator_coverage": (has, in_target_group),
            "plan_coverage": (planned, in_target_group),
            "both_coverage": (has and planned, in_target_group),
            "plan_without_coordinator": (not has, planned),
            "living_plan_share": (living, planned),
            "meeting_coverage": (met, has),
            "consent_share": ("yes" in consents, bool(consents)),
        }

    @staticmethod
    def _counting_meetings(person: Person) -> dict[dt.date, set[str]]:
        return {
            day: who
            for (day, kind), who in person.meetings.items()
            if kind in ("coordination_meeting", "collaboration_meeting")
        }

    @staticmethod
    def _in_year(event: dt.date, day: dt.date, ending: int = 0) -> bool:
        """Whether the event lies in the 365 days that end so many days before the day."""
        return ending <= (day - event).days < ending + 365

    def _rates(self, residents: list[Person], day: dt.date) -> dict[Cell, Figure]:
        inhabitants: Counter[tuple[tuple[str, str], str]] = Counter()
        former = self._part_of(day.year)
        if former and not self._tells_of_the_whole(former, day):
            return {}
        for row in self.recount.counted("befolkning"):
            is_of_area = named_as_divided(row["region"]) is former
            if row.municipality == self.code and int(row["aar"]) == day.year and is_of_area:
                age, number = int(row["alder"]), int(row["personer"])
                for group in age_groups(age):
                    inhabitants[group, "coordinator_rate"] += number
                    inhabitants[group, "child_coordinator_rate"] += number if age < 18 else 0
        with_one: Counter[tuple[tuple[str, str], str]] = Counter()
        for person in residents:
            age, one = person.age(day), person.coordinator(day)
            for group in age_groups(age) if one else ():
                with_one[group, "coordinator_rate"] += 1
                if one and one.role == "child_coordinator" and age is not None and age < 18:
                    with_one[group, "child_coordinator_rate"] += 1
        return {
            (*group, "all", indicator): (with_one[group, indicator], number)
            for (group, indicator), number in inhabitants.items()
            if number
        }

    def _part_of(self, year: int) -> Divided | None:
        """Return the municipality, divided since, that this one was a part of in a year."""
        whole = [d for d in _divided().values() if self.code in d.parts]
        return next((each for each in whole if each.first <= year <= each.last), None)

    def _tells_of_the_whole(self, former: Divided, day: dt.date) -> bool:
        """2.6: whether what this municipality delivered is of the whole that it was on a day."""
        return former.heir == self.code and any(
            named_as_divided(row["kommune"]) is former
            or (day <= row.delivered and former.first <= row.delivered.year <= former.last)
            for row in self.recount.rows["koordinator"]
            if row.municipality == self.code and row.disposition != "quarantined"
        )

    def _coordinators(self, residents: list[Person], day: dt.date) -> dict[str, Figure]:
        areas = self.coordinators(residents, day)
        sectors = [_sectors()[area] for area in areas.values() if area]
        figures: dict[str, Figure] = {}
        if areas:
            held = sum(bool(person.coordinators(day)) for person in residents)
            figures["persons_per_coordinator"] = (held, len(areas))
        if sectors:
            figures["health_sector_share"] = (sectors.count("health_care"), len(sectors))
        return figures

    def coordinators(self, residents: list[Person], day: dt.date) -> dict[object, str | None]:
        """Return the coordinators of a day, each with the service area of the newest assignment.

        One whom nobody names is a number of its own.
        """
        by_coordinator: dict[object, list[Assignment]] = defaultdict(list)
        for person in residents:
            for one in person.coordinators(day):
                by_coordinator[one.coordinator or id(one)].append(one)
        found: dict[object, str | None] = {}
        for who, assignments in by_coordinator.items():
            areas = [
                area
                for one in sorted(assignments, key=self._age_of)
                if (area := one.area or self.recount.employed_in(self.code, one.coordinator[3:]))
            ]
            found[who] = areas[-1] if areas else None
        return found

    def _age_of(self, one: Assignment) -> tuple[object, ...]:
        held = next(days.first for p in self.persons for turn, days in p.turns if turn is one)
        return held, one.order

    def _flows(self, residents: list[Person], day: dt.date) -> dict[str, Figure]:
        figures: dict[str, Figure] = {}

        def share(indicator: str, numerator: int, denominator: int) -> None:
            if denominator:
                figures[indicator] = (numerator, denominator)

        meetings = [
            who
            for person in residents
            for (met, kind), who in person.meetings.items()
            if kind in ("coordination_meeting", "collaboration_meeting") and self._in_year(met, day)
        ]
        share("gp_participation", sum("gp" in who for who in meetings), len(meetings))

        answers, waits = [], []
        for person in residents:
            for received, answered in person.notices.items():
                if answered and self._in_year(received, day):
                    answers.append((answered - received).days)
                later = [start for start in person.starts if start[0] >= received]
                if later and self._in_year(received, day, ending=365):
                    first, _, migrated = later[0]
                    wait = (first - received).days
                    if wait <= self.says["appointment_limit_days"] and not migrated:
                        waits.append(wait)
        gaps = [
            days for person in residents for begun, days in person.gaps if self._in_year(begun, day)
        ]
        medians = {"answer_days": answers, "appointment_days": waits, "gap_days": gaps}
        for indicator, times in medians.items():
            if times:
                figures[indicator] = (*quartiles(times), len(times))

        flows = [
            is_change
            for person in residents
            for first, is_change, migrated in person.starts
            if self._in_year(first, day) and not migrated
        ]
        declined, declined_plan = (
            sum(
                change == kind and self._in_year(told, day)
                for person in residents
                for told, change in person.forms
            )
            for kind in ("declined_coordinator", "declined_plan")
        )
        planned = sum(
            self._in_year(plan.first, day) for person in residents for plan in person.plans
        )
        share("plan_decline_share", declined_plan, declined_plan + planned)
        share("decline_share", declined, declined + len(flows))
        share("coordinator_changes", sum(flows), sum(bool(p.coordinator(day)) for p in residents))

        gains = []
        for person in residents:
            talks = [
                (min(held for held, _ in talk), number, sum(s for _, s in talk) / len(talk))
                for number, talk in person.scores.items()
            ]
            means = [mean for held, _, mean in sorted(talks) if held <= day]
            if len(means) > 1:
                gains.append(means[-1] - means[0])
        share("goal_improvement", sum(gain >= 2 for gain in gains), len(gains))

        in_need = sum(any(told <= day for told in person.housing) for person in residents)
        if in_need:
            figures["housing_need"] = (in_need, None)
        return figures

    def employee_of(self, row: Row) -> str | None:
        """Return the number of the employee of a course (5.4): by number, address, or name alone."""
        if row["koordinator_id"]:
            return row["koordinator_id"]
        staff = [one for one in self.recount.counted("ansatt") if one.municipality == self.code]
        address = row["epost"].lower()
        known = {
            one["koordinator_id"] for one in staff if address and one["epost"].lower() == address
        }
        if not known and row["navn"]:
            known = {
                one["koordinator_id"]
                for one in staff
                if one["navn"] and same_name(one["navn"], row["navn"])
            }
        return known.pop() if len(known) == 1 else None

    def _training(self, day: dt.date) -> Figure | None:
        needs: set[tuple[str, str, dt.date]] = set()
        offers: dict[tuple[str, str], list[dt.date]] = defaultdict(list)
        for row in self.recount.counted("kompetanse"):
            if row.municipality != self.code:
                continue
            if not (employee := self.employee_of(row)):
                continue
            who = employee, folded(row["tema"])
            if need := row.day("behov_meldt_dato"):
                needs.add((*who, need))
            met = [d for c in ("tilbudt_dato", "gjennomfort_dato") if (d := row.day(c))]
            offers[who] += [min(met)] if met else []
        due = [need for need in needs if self._in_year(need[2], day, ending=183)]
        in_time = sum(any(0 <= (o - need[2]).days <= 183 for o in offers[need[:2]]) for need in due)
        return (in_time, len(due)) if due else None


def dispositions(rows: Iterable[Row]) -> dict[tuple[str, dt.date], Counter[str]]:
    """Return how many rows of each delivery ended where."""
    ended: dict[tuple[str, dt.date], Counter[str]] = defaultdict(Counter)
    for row in rows:
        ended[row.source.name, row.delivered][row.disposition] += 1
    return ended
