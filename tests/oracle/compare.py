"""What a warehouse counted of a world, held against the recount of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from tests.oracle import practice
from tests.oracle.recount import NEVER, ChangeCell, Municipality, Recount, SharedCell, dispositions
from tests.oracle.registers import World

EVERY = 5


@dataclass(frozen=True, order=True)
class Difference:
    """One place where the two disagree."""

    municipality: str
    what: str
    expected: str
    got: str

    @property
    def kind(self) -> str:
        """The indicator, or what else it is a difference of."""
        first, *rest = self.what.split()
        return rest[-1] if first[:1].isdigit() else first

    def __str__(self) -> str:
        return f"{self.municipality} {self.what}: expected {self.expected}, got {self.got}"


def differences(
    world: World, warehouse: duckdb.DuckDBPyConnection, every: int = EVERY
) -> list[Difference]:
    """Return the differences, those of rows first, then of facts, then of figures.

    Of the reference dates one of `every` so many is recounted, and the as-of date.
    """
    recount = Recount(world)
    return [
        *_of_rows(recount, warehouse),
        *_of_facts(recount, warehouse),
        *_of_figures(recount, warehouse, every),
    ]


def _of_rows(recount: Recount, warehouse: duckdb.DuckDBPyConnection) -> Iterator[Difference]:
    expected = dispositions(row for rows in recount.rows.values() for row in rows)
    kinds = ("counted", "superseded", "duplicate", "quarantined")
    columns = ", ".join(f"rows_{kind}" for kind in kinds)
    got = warehouse.sql(
        f"select source, delivered, municipality_code, {columns} from marts.reconciliation"
    ).fetchall()
    seen = set()
    for source, delivered, municipality, *numbers in got:
        seen.add((source, delivered))
        ended = expected[source, delivered]
        if (told := [ended[kind] for kind in kinds]) != numbers:
            what = f"rows of {source} {delivered} ({', '.join(kinds)})"
            yield Difference(municipality, what, str(told), str(numbers))
    for source, delivered in expected.keys() - seen:
        yield Difference("", f"rows of {source} {delivered}", "a delivery", "none")


def _of_facts(recount: Recount, warehouse: duckdb.DuckDBPyConnection) -> Iterator[Difference]:
    """Compare the days of assignments and plans; who the persons are, neither needs to say."""
    expected: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (municipality, _), person in recount.persons.items():
        for one, held in person.turns:
            expected[municipality, "assignments"][f"{one.role} {_days(held.first, held.last)}"] += 1
        for plan in person.plans:
            expected[municipality, "plans"][_days(plan.first, plan.last)] += 1
        for day, kind in person.meetings:
            expected[municipality, "meetings"][f"{kind} {day}"] += 1
    got: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for municipality, role, first, last in warehouse.sql(
        "select municipality_code, role, first_day, last_day from marts.coordinator_assignment "
        "where counts"
    ).fetchall():
        got[municipality, "assignments"][f"{role} {_days(first, last or NEVER)}"] += 1
    for municipality, first, last in warehouse.sql(
        "select municipality_code, first_day, last_day from marts.individual_plan"
    ).fetchall():
        got[municipality, "plans"][_days(first, last or NEVER)] += 1
    for municipality, kind, day in warehouse.sql(
        "select municipality_code, meeting_type, met_on from marts.meeting"
    ).fetchall():
        got[municipality, "meetings"][f"{kind} {day}"] += 1
    for place in sorted(expected.keys() | got.keys()):
        if expected[place] != got[place]:
            municipality, what = place
            yield Difference(
                municipality,
                what,
                str(sorted((expected[place] - got[place]).elements())),
                str(sorted((got[place] - expected[place]).elements())),
            )


def _days(first: dt.date, last: dt.date) -> str:
    return f"{first}..{'' if last == NEVER else last}"


def _of_figures(
    recount: Recount, warehouse: duckdb.DuckDBPyConnection, every: int
) -> Iterator[Difference]:
    dates: dict[str, set[dt.date]] = defaultdict(set)
    for code, day in warehouse.sql(
        "select municipality_code, reference_date from intermediate.int_reference_date"
    ).fetchall():
        dates[code].add(day)
    got: dict[tuple[str, dt.date], dict[tuple[str, ...], tuple[object, ...]]] = defaultdict(dict)
    for code, day, *cell, numerator, denominator, value, low, high in warehouse.sql(
        "select municipality_code, reference_date, age_scheme, age_group, service_area, indicator, "
        "numerator, denominator, value, ci_low, ci_high from marts.coverage"
    ).fetchall():
        is_median = cell[-1] in ("answer_days", "appointment_days", "gap_days")
        figure = (low, value, high, denominator) if is_median else (numerator, denominator)
        got[code, day][tuple(cell)] = figure
    shared, changes = _shared_cells(warehouse), _changes(warehouse)
    counted_beside = practice.counted(warehouse)
    for code in sorted(recount.held):
        municipality = Municipality(recount, code)
        recounted_beside = practice.Beside(municipality)
        expected_dates = municipality.reference_dates()
        if expected_dates != dates[code]:
            missing, more = expected_dates - dates[code], dates[code] - expected_dates
            yield Difference(code, "reference dates", _some(missing), _some(more))
        # Another date of each, so that together they are on all.
        step = sorted(expected_dates)[int(code) % every :: every]
        for day in sorted({*step, *sorted(expected_dates)[-1:]}):
            expected = municipality.figures(day)
            for cell in sorted(expected.keys() | got[code, day].keys()):
                one, other = expected.get(cell), got[code, day].get(cell)
                if one != other:
                    yield Difference(code, f"{day} {' '.join(cell)}", str(one), str(other))
            told_beside = recounted_beside.cells(day, is_newest=day == max(expected_dates))
            got_beside = counted_beside[code, day]
            for key in sorted(told_beside.keys() | got_beside.keys()):
                if told_beside.get(key) != got_beside.get(key):
                    yield Difference(
                        code,
                        f"{day} {' '.join(key[1:])} {key[0]}",
                        str(told_beside.get(key)),
                        str(got_beside.get(key)),
                    )
            cells, counted = municipality.shared_cells(day), shared[code, day]
            for shared_cell in sorted(cells.keys() | counted.keys()):
                persons, other_persons = cells[shared_cell], counted[shared_cell]
                if persons != other_persons:
                    what = f"{day} {' '.join(shared_cell)} share_count"
                    yield Difference(code, what, str(persons), str(other_persons))
            told, counted_changes = municipality.changes(day), changes[code, day]
            for change_cell in sorted(told.keys() | counted_changes.keys()):
                change, other_change = told.get(change_cell), counted_changes.get(change_cell)
                if change != other_change:
                    what = f"{day} {' '.join(change_cell)} coverage_change"
                    yield Difference(code, what, str(change), str(other_change))


def _shared_cells(
    warehouse: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, dt.date], Counter[SharedCell]]:
    """Return how many persons are in each cell, by municipality and date."""
    cells: dict[tuple[str, dt.date], Counter[SharedCell]] = defaultdict(Counter)
    for code, day, area, age_group, coordinator, plan, persons in warehouse.sql(
        "select municipality_code, reference_date, service_area, age_group, coordinator, plan, "
        "persons from marts.share_count"
    ).fetchall():
        cells[code, day][area, age_group, coordinator, plan] = persons
    return cells


def _changes(
    warehouse: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, dt.date], dict[ChangeCell, tuple[int, int, int]]]:
    """Return why shares are others than a year before, by municipality and date."""
    cells: dict[tuple[str, dt.date], dict[ChangeCell, tuple[int, int, int]]] = defaultdict(dict)
    for code, day, indicator, group, cause, *change in warehouse.sql(
        "select municipality_code, reference_date, indicator, age_group, cause, persons, "
        "numerator_change, denominator_change from marts.coverage_change"
    ).fetchall():
        persons, above, below = change
        cells[code, day][indicator, group, cause] = persons, above, below
    return cells


def _some(days: set[dt.date]) -> str:
    return f"{len(days)} more ({', '.join(map(str, sorted(days)[:3]))})"
