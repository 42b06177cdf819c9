"""Hidden cells: the answers that others published, and enumeration."""

from __future__ import annotations

import csv
import itertools
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.auditor import Audit, BreakKind, Interval, Rate, audit_suppressed

TOTAL = "all"


def name(*parts: str) -> str:
    return "|".join(parts)


def table(
    inner: Mapping[tuple[str, ...], int],
) -> tuple[dict[str, int], list[dict[str, int]]]:
    """Return cells and margins by name, and the equations that tie them."""
    cells: dict[str, int] = defaultdict(int)
    for key, count in inner.items():
        for places in itertools.product(*((part, TOTAL) for part in key)):
            cells[name(*places)] += count
    dimensions = [sorted({key[axis] for key in inner}) for axis in range(len(next(iter(inner))))]
    equations = []
    for axis, values in enumerate(dimensions):
        others = [[*each, TOTAL] for number, each in enumerate(dimensions) if number != axis]
        for rest in itertools.product(*others):
            line = [name(*rest[:axis], value, *rest[axis:]) for value in (*values, TOTAL)]
            equations.append({**dict.fromkeys(line[:-1], 1), line[-1]: -1})
    return dict(cells), equations


def instances(shared: Path) -> list[dict[str, Any]]:
    text = (shared / "vectors/sdc-instances/instances.json").read_text(encoding="utf-8")
    return list(json.loads(text)["instances"])


def attack(instance: Mapping[str, Any], **known: Any) -> Audit:
    cells = {
        cell: None if cell in instance["suppressed"] else count
        for cell, count in instance["cells"].items()
    }
    return audit_suppressed(
        cells,
        instance["equations"],
        threshold=3,
        zeros_hidden=instance["hidden_cells_at_least"] == 0,
        truth=instance["cells"],
        **known,
    )


def test_the_published_instances_are_reproduced(shared: Path) -> None:
    found = instances(shared)
    assert len(found) == 11
    for instance in found:
        audit = attack(instance)
        assert {cell: [i.low, i.high] for cell, i in audit.intervals.items()} == instance[
            "lp_interval"
        ], instance["id"]
        exact = [b.cell[0] for b in audit.breaks if b.kind == BreakKind.EXACTLY_DETERMINED]
        assert sorted(exact) == sorted(instance["exactly_determined"]), instance["id"]
        if isinstance(instance["published_answer"], dict):
            for cell, (low, high) in instance["published_answer"].items():
                assert audit.intervals[cell] == Interval(low, high)


def test_a_table_whose_zeros_are_never_hidden_gives_its_singletons_away(shared: Path) -> None:
    instance = next(i for i in instances(shared) if i["id"] == "ssb-vignette-8-naive")
    assert not attack(instance).holds
    missed = attack({**instance, "hidden_cells_at_least": 0})
    assert BreakKind.EXACTLY_DETERMINED not in {b.kind for b in missed.breaks}


# --- the intervals of Statistics Norway's own tables ---


EUROPE = {"EU": ["Portugal", "Spain"], "nonEU": ["Iceland"], "Total": ["EU", "nonEU"]}


def children(shared: Path, rows: Sequence[Mapping[str, str]], dimension: str) -> list[list[str]]:
    """Return parents with their children, parent first, of the values of a dimension."""
    values = {row[dimension] for row in rows}
    if values >= {"EU", "nonEU"}:
        return [[parent, *of_parent] for parent, of_parent in EUROPE.items()]
    if "400" not in values:
        return [["Total", *sorted(values - {"Total"})]]
    relations = {"Total": {"300", "400"}, "Total of counties": set[str]()}
    for row in read_rows(shared, "in_d2"):
        relations.setdefault(row["county"], set()).add(row["region"])
        relations.setdefault(row["k_group"], set()).add(row["region"])
        relations["Total of counties"].add(row["county"])
    return [[key.split()[0], *sorted(of)] for key, of in relations.items()]


def read_rows(shared: Path, table_name: str) -> list[dict[str, str]]:
    with (shared / f"vectors/sdc/{table_name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_the_intervals_of_the_hidden_cells_are_reproduced(shared: Path) -> None:
    expected = read_rows(shared, "audit_intervals")
    assert len(expected) == 148
    for table_name, of_table in itertools.groupby(expected, key=lambda row: row["table"]):
        rows = read_rows(shared, table_name)
        count = next(column for column in rows[0] if column in ("freq", "f", "ant"))
        dimensions = [c for c in rows[0] if c not in (count, "primary", "suppressed")]
        cells = {
            name(*(row[d] for d in dimensions)): (
                None if row["suppressed"] == "TRUE" else int(row[count])
            )
            for row in rows
        }
        equations = []
        for axis, dimension in enumerate(dimensions):
            others = [sorted({r[d] for r in rows}) for d in dimensions if d != dimension]
            for family in children(shared, rows, dimension):
                for rest in itertools.product(*others):
                    keys = [name(*rest[:axis], value, *rest[axis:]) for value in family]
                    equations.append({keys[0]: -1, **dict.fromkeys(keys[1:], 1)})
        audit = audit_suppressed(cells, equations, threshold=5, zeros_hidden=True)
        intervals = {
            name(*(row[f"dim_{d}"] for d in dimensions)): Interval(
                float(row["lp_min"]), float(row["lp_max"])
            )
            for row in of_table
        }
        assert audit.intervals == intervals, table_name
        assert BreakKind.EXACTLY_DETERMINED not in {b.kind for b in audit.breaks}


def made_up_municipalities(shared: Path) -> dict[tuple[str, ...], int]:
    path = shared / "vectors/sdc-instances/ke_synthetic_12x8x6.csv"
    with path.open(encoding="utf-8") as lines:
        return {
            (row["kommune"], row["aldersgruppe"], row["tjenesteomrade"]): int(row["antall"])
            for row in csv.DictReader(lines)
        }


@pytest.mark.parametrize(
    ("zeros_hidden", "hidden", "exact"),
    [(False, 285, 67), (True, 403, 38)],
    ids=["shown", "hidden"],
)
def test_hiding_small_counts_alone_gives_many_of_them_away(
    shared: Path, zeros_hidden: bool, hidden: int, exact: int
) -> None:
    cells, equations = table(made_up_municipalities(shared))
    assert len(cells) == 819
    small = {cell for cell, count in cells.items() if 1 <= count <= 4}
    audit = audit_suppressed(
        {
            cell: None if cell in small or (zeros_hidden and not count) else count
            for cell, count in cells.items()
        },
        equations,
        threshold=5,
        zeros_hidden=zeros_hidden,
        truth=cells,
    )
    assert len(audit.intervals) == hidden
    assert sum(interval.is_exact for interval in audit.intervals.values()) == exact
    assert BreakKind.TRUTH_OUTSIDE not in {b.kind for b in audit.breaks}
    if not zeros_hidden:
        short = [i for i in audit.intervals.values() if not (i.low <= 1 and i.high >= 5)]
        assert len(short) == 215


# --- enumeration ---


@st.composite
def two_way(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, bool]:
    """Draw a table of at most 4 x 4, which of its cells are hidden, and whether zeros can be."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    counts = draw(st.lists(st.integers(0, 6), min_size=rows * columns, max_size=rows * columns))
    true = np.array(counts).reshape(rows, columns)
    zeros_hidden = draw(st.booleans())
    places = st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1))
    chosen = draw(st.sets(places, min_size=1, max_size=8))
    hidden = np.zeros(true.shape, dtype=bool)
    for place in chosen:
        hidden[place] = zeros_hidden or true[place] > 0
    return true, hidden, zeros_hidden


def enumerated(true: np.ndarray, hidden: np.ndarray, least: int) -> dict[tuple[int, int], set[int]]:
    """Return what each hidden cell is in all whole tables with the same margins and shown cells."""
    places = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    found: dict[tuple[int, int], set[int]] = {place: set() for place in places}
    rows, columns = ((true * hidden).sum(axis=axis).tolist() for axis in (1, 0))
    values: list[int] = []

    def fill(number: int) -> None:
        if number == len(places):
            if not any(rows) and not any(columns):
                for place, value in zip(places, values, strict=True):
                    found[place].add(value)
            return
        row, column = places[number]
        for value in range(least, min(rows[row], columns[column]) + 1):
            rows[row] -= value
            columns[column] -= value
            values.append(value)
            fill(number + 1)
            values.pop()
            rows[row] += value
            columns[column] += value

    fill(0)
    return found


@settings(max_examples=200)
@given(two_way())
def test_the_intervals_are_those_of_enumeration(drawn: tuple[np.ndarray, np.ndarray, bool]) -> None:
    true, hidden, zeros_hidden = drawn
    cells, equations = table({(str(r), str(c)): int(n) for (r, c), n in np.ndenumerate(true)})
    shown = {
        cell: None if TOTAL not in cell and hidden[tuple(map(int, cell.split("|")))] else count
        for cell, count in cells.items()
    }
    audit = audit_suppressed(shown, equations, threshold=5, zeros_hidden=zeros_hidden, truth=cells)
    found = enumerated(true, hidden, 0 if zeros_hidden else 1)
    assert {
        tuple(map(int, cell.split("|"))): (i.low, i.high) for cell, i in audit.intervals.items()
    } == {place: (min(values), max(values)) for place, values in found.items()}
    exact = {b.cell[0] for b in audit.breaks if b.kind == BreakKind.EXACTLY_DETERMINED}
    assert exact == {name(str(r), str(c)) for (r, c), values in found.items() if len(values) == 1}
    # A cell that is shown after all: what it gives away is what enumeration gives away.
    for cell, count in cells.items():
        if shown[cell] is None:
            opened = audit_suppressed(
                {**shown, cell: count}, equations, threshold=5, zeros_hidden=zeros_hidden
            )
            hidden_now = hidden.copy()
            hidden_now[tuple(map(int, cell.split("|")))] = False
            broken = {b.cell[0] for b in opened.breaks}
            of_rest = enumerated(true, hidden_now, 0 if zeros_hidden else 1)
            assert broken == {
                name(str(r), str(c))
                for (r, c), values in of_rest.items()
                if len(values) == 1 or (min(values) >= 1 and max(values) < 5)
            }
            break


# --- what else is known ---


PAIR = [{"a": 1, "b": 1, "sum": -1}, {"c": 1, "d": 1, "sum": -1}]
HIDDEN = {"a": None, "b": None, "c": None, "d": None, "sum": 12}


def intervals_of(**known: Any) -> dict[str, tuple[float, float]]:
    audit = audit_suppressed(HIDDEN, PAIR, threshold=5, zeros_hidden=True, **known)
    return {cell: (i.low, i.high) for cell, i in audit.intervals.items()}


def test_a_count_is_no_more_than_those_who_can_be_counted() -> None:
    assert intervals_of()["a"] == (0, 12)
    assert intervals_of(eligible={"a": 4})["b"] == (8, 12)


def test_a_published_rate_gives_its_count_away() -> None:
    # 17 % of 12 is 2: 16.5 % is 1.98 and 17.5 % is 2.1.
    assert intervals_of(rates=[Rate("a", "sum", 0.17, 0.01)])["a"] == (2, 2)
    # 0.2 of 12 is 2.4, 0.6 less or more: 2 or 3.
    assert intervals_of(rates=[Rate("a", "sum", 0.2, 0.1)])["a"] == (2, 3)


def test_a_rate_of_two_hidden_counts_ties_them() -> None:
    found = intervals_of(rates=[Rate("a", "c", 0.5, 0.01)], eligible={"c": 8})
    assert found["a"] == (0, 4)
    assert found["b"] == (8, 12)


def test_an_insider_knows_his_own_cells_and_is_not_attacked_in_them() -> None:
    found = intervals_of(own={"a": 9})
    assert found == {"b": (3, 3), "c": (0, 12), "d": (0, 12)}


def test_a_primary_cell_needs_an_interval_over_all_small_counts() -> None:
    audit = audit_suppressed(
        HIDDEN, PAIR, threshold=5, zeros_hidden=True, eligible={"b": 9}, primary={"a", "c"}
    )
    assert [(b.kind, b.cell, b.low, b.high) for b in audit.breaks] == [
        (BreakKind.PRIMARY_UNPROTECTED, ("a",), 3, 12)
    ]


def test_a_truth_outside_its_interval_is_named() -> None:
    truth = {"a": 14, "b": -2, "c": 6, "d": 6, "sum": 12}
    audit = audit_suppressed(HIDDEN, PAIR, threshold=5, zeros_hidden=True, truth=truth)
    assert [(b.kind, b.cell) for b in audit.breaks] == [
        (BreakKind.TRUTH_OUTSIDE, ("a",)),
        (BreakKind.TRUTH_OUTSIDE, ("b",)),
    ]


def test_numbers_that_contradict_one_another_are_refused() -> None:
    cells = {"a": 3, "b": 4, "sum": 8}
    audit = audit_suppressed(cells, PAIR[:1], threshold=5, zeros_hidden=True)
    assert [b.kind for b in audit.breaks] == [BreakKind.CONTRADICTION]


def test_a_cell_without_any_margin_has_no_limit() -> None:
    audit = audit_suppressed({"a": None}, [], threshold=5, zeros_hidden=False)
    assert audit.intervals == {"a": Interval(1, np.inf)}
    audit = audit_suppressed(
        {"a": None, "b": None}, [{"a": 1, "b": -1}], threshold=5, zeros_hidden=False
    )
    assert audit.intervals == {"a": Interval(1, np.inf), "b": Interval(1, np.inf)}
