"""The coverage of the true world, counted from the world itself.

Follows sections 6 and 7 of the counting rules, written anew: none of the warehouse's code is used.
Where the rules leave a choice, this is the one taken:

- `365 d` are the days D-364..D; a plan is living if it was created or evaluated on a day D-365..D.
- Everything is counted for residents on D, also meetings, notices, declines and changes.
- A change of coordinator is an assignment that begins when the person had another coordinator
  before. Newly begun are all assignments that begin, those after a change too.
- The number beside a median is how many days it is the median of; its numerator is empty.
- Conversations and housing needs are counted up to and including D.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project import reference
from dagster_project.demo.places import LAST_DAY
from dagster_project.demo.population import AGES, inhabitants
from dagster_project.demo.register import true_register
from dagster_project.demo.units import own_days
from dagster_project.demo.world import OPEN, Notice, Person, Role, Town, World

Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]

COUNTING_MEETINGS = frozenset({"coordination_meeting", "collaboration_meeting"})
_BEGAN_BEFORE, _AREAS_NEEDED = 90, 2
_YEAR_BACK, _LIVING = 364, 365
_APPOINTED_WITHIN, _OFFERED_WITHIN = 365, 183
_IMPROVED_BY = 2.0
_UNKNOWN_AGE, _GROWN_UP = -1, 18
_ALL = "all"


@dataclass(frozen=True)
class _Group:
    """An age group of a scheme: ages from and to, or everybody, or those of unknown age."""

    scheme: str
    name: str
    from_age: int
    to_age: int

    def holds(self, ages: Days) -> Flags:
        return (ages >= self.from_age) & (ages <= self.to_age)


@dataclass(frozen=True)
class _Cells:
    """Cells of the coverage, as columns of equal length.

    `group` is a number in `_read_groups`, `area` one in the list of `all` and the service areas. A
    numerator or denominator of -1 stands for none.
    """

    indicator: list[str]
    on: Days
    group: Days
    area: Days
    numerator: Days
    denominator: Days
    value: npt.NDArray[np.float64]


# An indicator's name, its numerator, its denominator and its value.
_Cell = tuple[str, int, int, float]
_NONE = -1


def write_truth(world: World, folder: Path) -> None:
    """Write `coverage.parquet`, `registrations.parquet` and `register.parquet`.

    None holds an id or a name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(true_coverage(world), folder / "coverage.parquet")
    pq.write_table(true_registrations(world), folder / "registrations.parquet")
    pq.write_table(true_register(world), folder / "register.parquet")


def true_registrations(world: World) -> pa.Table:
    """Return the true assignments, plans and meetings, one row each.

    Columns: municipality_code, fact, service_area (the coordinator's own), first_day, last_day
    (empty where it goes on).
    """
    rows: list[tuple[str, str, str | None, int, int]] = []
    for code, town in world.towns.items():
        for person in town.persons:
            for spell in person.spells:
                rows.append(
                    (code, spell.role.value, spell.coordinator.area, spell.first, spell.last)
                )
            for plan in person.plans:
                rows.append((code, "individual_plan", None, plan.first, plan.last))
            for meeting in person.meetings:
                rows.append((code, meeting.type, None, meeting.day, meeting.day))
    rows.sort(key=lambda row: (row[0], row[1], row[3], row[4], row[2] or ""))
    codes, facts, areas, firsts, lasts = zip(*rows, strict=True)
    return pa.table(
        {
            "municipality_code": pa.array(codes, pa.string()),
            "fact": pa.array(facts, pa.string()),
            "service_area": pa.array(areas, pa.string()),
            "first_day": pa.array([_date(first) for first in firsts], pa.date32()),
            "last_day": pa.array(
                [_date(last) if last < OPEN else None for last in lasts], pa.date32()
            ),
        }
    )


def true_coverage(world: World) -> pa.Table:
    """Return the truth about every indicator, with the columns of the warehouse's `coverage`.

    Proportions are fractions 0-1, rates per 1000 inhabitants, changes per 100 persons, medians
    days. Only cells with a denominator above 0; `housing_need` has none.
    """
    return pa.concat_tables(_Counter(town).count() for town in world.towns.values())


class _Counter:
    """Days one municipality. Arrays over persons are in the order of `self._persons`."""

    def __init__(self, town: Town) -> None:
        self._code = town.place.code
        self._town = town
        self._groups = _read_groups()
        self._areas, self._health = _read_areas()
        area_number = {area: number for number, area in enumerate(self._areas)}
        # Who has services in one area only, and nothing else, is never counted as a person.
        self._persons = [
            person
            for person in town.persons
            if person.spells
            or person.plans
            or person.forms
            or person.notices
            or len({service.area for service in person.services}) >= _AREAS_NEEDED
        ]
        numbered = list(enumerate(self._persons))
        spells = [(number, spell) for number, person in numbered for spell in person.spells]
        plans = [(number, plan) for number, person in numbered for plan in person.plans]
        coordinator_number = {
            coordinator.number: at for at, coordinator in enumerate(town.coordinators)
        }
        # A notice may come before the birth; who is not born lives nowhere.
        self._resident_from = _days(
            max(person.resident_from, person.birth) for person in self._persons
        )
        self._resident_until = _days(person.resident_until for person in self._persons)
        births = [_date(person.birth) for person in self._persons]
        self._age_known = np.array([person.birth_known for person in self._persons], dtype=bool)
        self._birth_year = _days(birth.year for birth in births)
        self._birth_day = _days(birth.month * 100 + birth.day for birth in births)
        self._service = _columns(
            4,
            (
                (number, area_number[service.area], service.first, service.last)
                for number, person in numbered
                for service in person.services
            ),
        )
        self._assignment = _columns(
            7,
            (
                (
                    number,
                    spell.first,
                    spell.last,
                    spell.role is Role.CHILD_COORDINATOR,
                    spell.consent == "yes",
                    spell.consent is not None,
                    coordinator_number[spell.coordinator.number],
                )
                for number, spell in spells
            ),
        )
        self._change = _columns(
            2, ((number, spell.first) for number, person in numbered for spell in person.spells[1:])
        )
        self._plan = _columns(3, ((number, plan.first, plan.last) for number, plan in plans))
        self._plan_work = _columns(
            2, ((number, at) for number, plan in plans for at in (plan.first, *plan.evaluations))
        )
        self._meeting = _columns(
            3,
            (
                (number, meeting.day, "gp" in meeting.participants)
                for number, person in numbered
                for meeting in person.meetings
                if meeting.type in COUNTING_MEETINGS
            ),
        )
        self._decline, self._decline_plan = (
            _columns(
                2,
                (
                    (number, form.day)
                    for number, person in numbered
                    for form in person.forms
                    if form.type == declined
                ),
            )
            for declined in ("declined_coordinator", "declined_plan")
        )
        self._gap = _columns(
            3,
            (
                (number, later.first, later.first - earlier.last - 1)
                for number, person in numbered
                for earlier, later in itertools.pairwise(person.spells)
                if later.first > earlier.last + 1
            ),
        )
        self._notice = _columns(
            4,
            (
                (
                    number,
                    notice.received,
                    notice.assessed - notice.received,
                    _days_to_coordinator(person, notice),
                )
                for number, person in numbered
                for notice in person.notices
            ),
        )
        self._progress = _columns(4, (row for pair in numbered for row in _progress(*pair)))
        self._housing = _columns(
            2,
            (
                (number, min(need.day for need in person.housing))
                for number, person in numbered
                if person.housing
            ),
        )
        self._from_health = np.array(
            [coordinator.area in self._health for coordinator in town.coordinators], dtype=bool
        )
        self._training = _columns(
            2,
            (
                (
                    need.reported,
                    need.offered is not None and need.offered - need.reported <= _OFFERED_WITHIN,
                )
                for coordinator in town.coordinators
                for need in coordinator.needs
            ),
        )

    def count(self) -> pa.Table:
        """Return all figures of the municipality."""
        found = []
        for on in _reference_days(self._town):
            found += [*self._by_group(on), *self._of_a_year(on), *self._as_a_whole(on)]
        many = sum(len(cells.group) for cells in found)
        indicators = [name for cells in found for name in cells.indicator]

        def joined(column: str) -> npt.NDArray[Any]:
            return np.concatenate([getattr(cells, column) for cells in found])

        group = joined("group")
        numerator, denominator = joined("numerator"), joined("denominator")
        epoch = dt.date(1970, 1, 1).toordinal()
        return pa.table(
            {
                "municipality_code": pa.repeat(self._code, many),
                "reference_date": pa.array((joined("on") - epoch).astype(np.int32), pa.date32()),
                "age_scheme": _named(group, [group.scheme for group in self._groups]),
                "age_group": _named(group, [group.name for group in self._groups]),
                "service_area": _named(joined("area"), [_ALL, *self._areas]),
                "indicator": pa.array(indicators, pa.string()),
                "numerator": pa.array(numerator, mask=numerator == _NONE),
                "denominator": pa.array(denominator, mask=denominator == _NONE),
                "value": pa.array(joined("value")),
            }
        )

    def _ages(self, on: int) -> Days:
        """Return the completed years on a day, `_UNKNOWN_AGE` where the birth date is unknown.

        Months and days compared as numbers give 29 February its birthday on 1 March.
        """
        now = _date(on)
        later_this_year = self._birth_day > now.month * 100 + now.day
        return np.where(
            self._age_known, now.year - self._birth_year - later_this_year, _UNKNOWN_AGE
        )

    def _person_flags(self, on: int) -> dict[str, Flags]:
        """Return what holds of each person on a day; only residents have any."""
        many = len(self._persons)
        resident = (self._resident_from <= on) & (on <= self._resident_until)

        def of_those(persons: Days) -> Flags:
            flags = np.zeros(many, dtype=bool)
            flags[persons] = True
            return flags & resident

        person, area, first, last = self._service
        long = (first <= on - _BEGAN_BEFORE) & (on <= last)
        in_area = np.zeros((many, len(self._areas)), dtype=bool)
        in_area[person[long], area[long]] = True
        in_need = (in_area.sum(axis=1) >= _AREAS_NEEDED) & resident
        person, first, last, child, agreed, answered, _ = self._assignment
        now = (first <= on) & (on <= last)
        coordinator = of_those(person[now])
        children = of_those(person[now & (child == 1)])
        consent_yes = of_those(person[now & (agreed == 1)])
        consent_known = of_those(person[now & (answered == 1)])
        person, first, last = self._plan
        plan = of_those(person[(first <= on) & (on <= last)])
        person, at = self._plan_work
        living = of_those(person[(on - _LIVING <= at) & (at <= on)])
        person, at, _ = self._meeting
        met = of_those(person[(on - _YEAR_BACK <= at) & (at <= on)])
        return {
            "coordinator": coordinator,
            "child_coordinator": children & (self._ages(on) < _GROWN_UP),
            "consent_yes": consent_yes,
            "consent_known": consent_known,
            "plan": plan,
            "living_plan": living & plan,
            "both": coordinator & plan,
            "plan_only": plan & ~coordinator,
            "met": met & coordinator,
            "target": in_need | coordinator | plan,
        }

    def _by_group(self, on: int) -> list[_Cells]:
        """Return the indicators of persons, by age group and service area."""
        flags = self._person_flags(on)
        ages = self._ages(on)
        # As floats, for the products are many and whole numbers are multiplied slowly.
        groups = np.array([group.holds(ages) for group in self._groups], dtype=np.float64)
        person, area, first, last = self._service
        going_on = (first <= on) & (on <= last)
        areas = np.zeros((len(self._persons), 1 + len(self._areas)))
        areas[:, 0] = 1
        areas[person[going_on], area[going_on] + 1] = 1

        target_only = np.flatnonzero(flags["target"])
        groups, areas = groups[:, target_only], areas[target_only]

        def counted(name: str) -> Days:
            those = flags[name][target_only]
            return (groups[:, those] @ areas[those]).astype(np.int64)

        population = inhabitants(self._code).on(_date(on).year)
        every_age = np.arange(AGES)
        of_group = np.array([group.holds(every_age) for group in self._groups], dtype=np.int64)
        living_here = (of_group @ population)[:, None]
        children = (of_group[:, :_GROWN_UP] @ population[:_GROWN_UP])[:, None]
        target, plan, coordinator = counted("target"), counted("plan"), counted("coordinator")
        return [
            _cells(on, "coordinator_coverage", coordinator, target),
            _cells(on, "plan_coverage", plan, target),
            _cells(on, "both_coverage", counted("both"), target),
            _cells(on, "plan_without_coordinator", counted("plan_only"), plan),
            _cells(on, "living_plan_share", counted("living_plan"), plan),
            _cells(on, "meeting_coverage", counted("met"), coordinator),
            _cells(on, "consent_share", counted("consent_yes"), counted("consent_known")),
            _cells(on, "coordinator_rate", coordinator[:, :1], living_here, 1000.0),
            _cells(
                on, "child_coordinator_rate", counted("child_coordinator")[:, :1], children, 1000.0
            ),
        ]

    def _of_a_year(self, on: int) -> list[_Cells]:
        """Return what is counted of meetings, notices, starts, goals and housing, by age group."""
        resident = (self._resident_from <= on) & (on <= self._resident_until)
        ages = self._ages(on)

        def within_a_year(table: Days, until: int) -> Flags:
            person, at, *_ = table
            counts: Flags = (until - _YEAR_BACK <= at) & (at <= until) & resident[person]
            return counts

        meetings = within_a_year(self._meeting, on)
        with_gp = meetings & (self._meeting[2] == 1)
        declined = self._decline[0][within_a_year(self._decline, on)]
        declined_plan = self._decline_plan[0][within_a_year(self._decline_plan, on)]
        planned = self._plan[0][within_a_year(self._plan, on)]
        gaps = within_a_year(self._gap, on)
        begun = self._assignment[0][within_a_year(self._assignment, on)]
        changed = self._change[0][within_a_year(self._change, on)]
        person, first, last, *_ = self._assignment
        holders = np.unique(person[(first <= on) & (on <= last) & resident[person]])
        notices = within_a_year(self._notice, on)
        earlier = within_a_year(self._notice, on - _APPOINTED_WITHIN) & (self._notice[3] != _NONE)
        person, first, last, improved = self._progress
        followed = (first <= on) & (on <= last) & resident[person]
        in_need = self._housing[0][(self._housing[1] <= on) & resident[self._housing[0]]]

        found = []
        for at, group in enumerate(self._groups):
            in_group = group.holds(ages)

            def many(persons: Days, among: Flags = in_group) -> int:
                return int(among[persons].sum())

            cells = [
                _share(
                    "gp_participation",
                    many(self._meeting[0][with_gp]),
                    many(self._meeting[0][meetings]),
                ),
                _share("decline_share", many(declined), many(declined) + many(begun)),
                _share(
                    "plan_decline_share",
                    many(declined_plan),
                    many(declined_plan) + many(planned),
                ),
                _median("gap_days", self._gap[2][gaps & in_group[self._gap[0]]]),
                _share("coordinator_changes", many(changed), many(holders), 100.0),
                _median("answer_days", self._notice[2][notices & in_group[self._notice[0]]]),
                _median("appointment_days", self._notice[3][earlier & in_group[self._notice[0]]]),
                _share(
                    "goal_improvement",
                    many(person[followed & (improved == 1)]),
                    many(person[followed]),
                ),
            ]
            cells = [cell for cell in cells if cell[2]]
            if many(in_need):
                cells.append(("housing_need", many(in_need), _NONE, float(many(in_need))))
            found.append(_of_one_group(on, at, cells))
        return found

    def _as_a_whole(self, on: int) -> list[_Cells]:
        """Return the indicators of coordinators: of everybody, in each age scheme."""
        resident = (self._resident_from <= on) & (on <= self._resident_until)
        person, first, last, *_, coordinator = self._assignment
        now = (first <= on) & (on <= last) & resident[person]
        holders = len(np.unique(person[now]))
        coordinators = np.unique(coordinator[now])
        reported, offered = self._training
        long_ago = on - _OFFERED_WITHIN
        needs = offered[(long_ago - _YEAR_BACK <= reported) & (reported <= long_ago)]
        cells = [
            _share("persons_per_coordinator", holders, len(coordinators)),
            _share(
                "health_sector_share", int(self._from_health[coordinators].sum()), len(coordinators)
            ),
            _share("training_within_6_months", int(needs.sum()), len(needs)),
        ]
        counted = [cell for cell in cells if cell[2]]
        return [
            _of_one_group(on, at, counted)
            for at, group in enumerate(self._groups)
            if group.name == _ALL
        ]


def _of_one_group(on: int, group: int, cells: list[_Cell]) -> _Cells:
    """Return the cells of one age group, all service areas together."""
    return _Cells(
        [indicator for indicator, *_ in cells],
        np.full(len(cells), on),
        np.full(len(cells), group),
        np.zeros(len(cells), dtype=np.int64),
        np.array([numerator for _, numerator, _, _ in cells], dtype=np.int64),
        np.array([denominator for _, _, denominator, _ in cells], dtype=np.int64),
        np.array([value for *_, value in cells], dtype=np.float64),
    )


def _days_to_coordinator(person: Person, notice: Notice) -> int:
    """Return the days from a notice to the first assignment, `_NONE` if none began in a year."""
    waited = [spell.first - notice.received for spell in person.spells]
    soon = [days for days in waited if 0 <= days <= _APPOINTED_WITHIN]
    return min(soon, default=_NONE)


def _progress(number: int, person: Person) -> Iterator[tuple[int, int, int, bool]]:
    """Give for each conversation but the first: the person, how long it is the latest, the gain."""
    talks = person.conversations
    for at, talk in enumerate(talks[1:], start=1):
        next_day = talks[at + 1].day if at + 1 < len(talks) else OPEN
        gain = fmean(talk.scores) - fmean(talks[0].scores)
        yield number, talk.day, next_day - 1, gain >= _IMPROVED_BY


def _cells(
    on: int, indicator: str, numerators: Days, denominators: Days, factor: float = 1.0
) -> _Cells:
    """Return the cells with a denominator; the arrays are by age group and service area."""
    group, area = np.nonzero(denominators > 0)
    numerator, denominator = numerators[group, area], denominators[group, area]
    return _Cells(
        [indicator] * len(group),
        np.full(len(group), on),
        group,
        area,
        numerator,
        denominator,
        numerator / denominator * factor,
    )


def _named(numbers: Days, names: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(names)).cast(pa.string())


def _share(indicator: str, numerator: int, denominator: int, factor: float = 1.0) -> _Cell:
    value = numerator / denominator * factor if denominator else 0.0
    return indicator, numerator, denominator, value


def _median(indicator: str, days: Days) -> _Cell:
    return indicator, _NONE, len(days), float(np.median(days)) if len(days) else 0.0


def _reference_days(town: Town) -> Iterator[int]:
    """Give the month ends from the first coordinator or plan to the last day, and the own days."""
    firsts = [spell.first for person in town.persons for spell in person.spells]
    firsts += [plan.first for person in town.persons for plan in person.plans]
    month = _date(min(firsts)).replace(day=1)
    while month.toordinal() <= LAST_DAY:
        month = (month + dt.timedelta(days=32)).replace(day=1)
        yield month.toordinal() - 1
    yield from (on for on in own_days(town.place.code) if on >= min(firsts))


def _read_groups() -> list[_Group]:
    groups = [
        _Group(row["age_scheme"], row["age_group"], int(row["from_age"]), int(row["to_age"]))
        for row in reference.rows("age_groups")
    ]
    for scheme in dict.fromkeys(group.scheme for group in groups):
        groups.append(_Group(scheme, _ALL, _UNKNOWN_AGE, 999))
        groups.append(_Group(scheme, "unknown", _UNKNOWN_AGE, _UNKNOWN_AGE))
    return groups


def _read_areas() -> tuple[list[str], frozenset[str]]:
    """Return all service areas, and those of the sector health and care."""
    areas = reference.rows("service_areas")
    health = frozenset(area["service_area"] for area in areas if area["sector"] == "health_care")
    return [area["service_area"] for area in areas], health


def _date(on: int) -> dt.date:
    return dt.date.fromordinal(on)


def _days(days: Iterable[int]) -> Days:
    return np.fromiter(days, dtype=np.int64)


def _columns(many: int, rows: Iterable[tuple[int, ...]]) -> Days:
    """Return the rows as an array of so many columns, each a row of the array."""
    return np.array(list(rows), dtype=np.int64).reshape(-1, many).T
