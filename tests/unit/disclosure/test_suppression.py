"""Suppression: published sets of primary cells, and an attack by linear programming."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.disclosure.suppression import Reason, primary_cells, suppress
from dagster_project.disclosure.tables import Cross, Table
from tests.unit.disclosure.people import EXAMPLES
from tests.unit.disclosure.tables_of_others import attacked, cross_of, groups_of, read

# The input, the output, axes with the column of their groups, the count, the largest primary
# count, and whether zeros are hidden.
PUBLISHED = [
    ("example1_2014", "T1_example1_2014_maxN1", {"age": None, "geo": None}, "freq", 1, True),
    ("example1_2014", "T2_example1_2014_maxN2_hier", {"age": None, "geo": "eu"}, "freq", 2, True),
    (
        "example1_2014",
        "T4_example1_2014_maxN4_zerosopen",
        {"age": None, "geo": "eu"},
        "freq",
        4,
        False,
    ),
    ("example1_2015", "T7_example1_2015_maxN2", {"age": None, "geo": "eu"}, "freq", 2, True),
    (
        "d2_tenth",
        "d2_maxN4_region_income_zerosopen",
        {"region": "county+k_group", "main_income": None},
        "f",
        4,
        False,
    ),
    ("mun_accidents", "mun_accidents_maxN3", {"mun": None, "inj": None}, "freq", 3, True),
    (
        "mun_accidents",
        "mun_accidents_maxN3_zerosopen",
        {"mun": None, "inj": None},
        "freq",
        3,
        False,
    ),
    ("z1", "z1_default_maxN3", {"region": None, "hovedint": None}, "ant", 3, True),
]


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case[1])
def test_primary_cells_are_the_published_ones_and_no_hidden_cell_is_given_away(
    shared: Path, case: tuple
) -> None:
    source, answer, columns, count, largest, zeros = case
    folder = shared / "vectors" / "sdc"
    rows = read(folder / f"in_{source}.csv")
    axes = {
        axis: {
            name: members
            for group in (groups or "").split("+")
            if group
            for name, members in groups_of(rows, axis, group).items()
        }
        for axis, groups in columns.items()
    }
    cross, counts, called = cross_of(rows, axes, count)
    table = cross.table(counts)
    primary = primary_cells(table.counts, largest + 1, zeros=zeros)
    theirs = {
        tuple(row[axis] for axis in axes): row["primary"] == "TRUE"
        for row in read(folder / f"out_{answer}.csv")
    }
    ours = dict(zip(called, primary.tolist(), strict=True))
    assert {key: ours[key] for key in theirs} == theirs
    suppression = suppress(table, primary, largest + 1, zeros=zeros)
    for cell, (low, high) in attacked(table, suppression.hidden, 0 if zeros else 1).items():
        assert low < high - 1e-6, called[cell]
        if primary[cell]:
            narrowed = low > 1 + 1e-6 or high < largest + 1 - 1e-6
            assert narrowed == suppression.unprotected[cell]
    # What could not be protected is narrowed down even where all is hidden but the zeros.
    assert not (zeros and suppression.unprotected.any())
    if suppression.unprotected.any():
        all_hidden = attacked(table, table.counts > 0, 1)
        for cell in np.flatnonzero(suppression.unprotected):
            low, high = all_hidden[int(cell)]
            assert low > 1 + 1e-6 or high < largest + 1 - 1e-6


def test_singletons_are_not_given_away_where_zeros_are_open(shared: Path) -> None:
    """GaussSuppression's vignette, table 8: with a primary row of two ones, both are 1."""
    instances = json.loads((shared / "vectors" / "sdc-instances" / "instances.json").read_text())
    (found,) = [each for each in instances["instances"] if each["id"] == "ssb-vignette-8-naive"]
    cells = list(found["cells"])
    table = Table(
        np.array([found["cells"][cell] for cell in cells]),
        np.array([[row.get(cell, 0) for cell in cells] for row in found["equations"]]),
    )
    naive = np.array([cell in found["suppressed"] for cell in cells])
    low, high = attacked(table, naive, 1)[cells.index("young|Iceland")]
    assert low == high == 1
    primary = np.array([cell in found["primary"] for cell in cells])
    suppression = suppress(table, primary, 3)
    for low, high in attacked(table, suppression.hidden, 1).values():
        assert low < high


@st.composite
def tables(draw: st.DrawFn) -> Table:
    shape = draw(st.sampled_from([(3, 3), (2, 4), (2, 2, 3)]))
    size = int(np.prod(shape))
    cells = st.one_of(st.integers(0, 6), st.integers(0, 40))
    counts = np.array(draw(st.lists(cells, min_size=size, max_size=size))).reshape(shape)
    groups = [[[0, 1]] if shape[0] > 2 else [], *[[] for _ in shape[1:]]]
    return Cross.of(shape, groups).table(counts)


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(tables(), st.booleans())
def test_nobody_outside_narrows_a_primary_cell_down(table: Table, zeros: bool) -> None:
    primary = primary_cells(table.counts, 5, zeros=zeros)
    suppression = suppress(table, primary, 5, zeros=zeros)
    for cell, (low, high) in attacked(table, suppression.hidden, 0 if zeros else 1).items():
        assert low - 1e-6 <= table.counts[cell] <= high + 1e-6
        if suppression.unprotected.any():
            continue
        assert high - low > 1e-6
        if primary[cell]:
            assert low <= 1 + 1e-6
            assert high >= 5 - 1e-6


def test_an_insider_narrows_down_none_of_the_others() -> None:
    counts = np.array([[2, 11, 3], [12, 4, 9], [3, 14, 20], [9, 3, 15]])
    cross = Cross.of(counts.shape)
    table = cross.table(counts)
    primary = primary_cells(table.counts, 5)
    insiders = [np.array([cell[0] == row for cell in cross.coordinates]) for row in range(4)]

    def narrowed(hidden: np.ndarray) -> int:
        return sum(
            bool(primary[cell]) and (low > 1 + 1e-6 or high < 5 - 1e-6)
            for known in insiders
            for cell, (low, high) in attacked(table, hidden, 1, known).items()
        )

    assert narrowed(suppress(table, primary, 5).hidden) > 0
    suppression = suppress(table, primary, 5, insiders)
    assert not suppression.unprotected.any()
    assert narrowed(suppression.hidden) == 0


def test_nobody_and_everybody_of_a_small_group_and_the_few_who_are_left_are_hidden() -> None:
    #                 group 20: 17    group 4: 0   4   group 30: 12
    counts = np.array([20, 17, 4, 0, 4, 30, 12])
    groups = np.array([-1, 0, -1, 2, 2, -1, 5])
    assert primary_cells(counts, 5, groups).tolist() == [
        False,
        True,
        True,
        True,
        True,
        False,
        False,
    ]
    assert primary_cells(counts, 5).tolist() == [False, False, True, False, True, False, False]


def test_what_cannot_be_protected_is_named() -> None:
    # The only cell of a table is its total.
    table = Cross.of((1, 2)).table(np.array([[3, 0]]))
    suppression = suppress(
        table, primary_cells(table.counts, 5), 5, [np.array([True] * 2 + [False] * 4)]
    )
    assert suppression.unprotected.any()
    assert (suppression.reasons[suppression.unprotected] == Reason.PRIMARY).all()


def test_a_table_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        Table(np.array([1, 2, 4]), np.array([[1, 1, -1]]))
    with pytest.raises(ValueError, match="from 0"):
        Table(np.array([-1, 2, 1]), np.array([[1, 1, -1]]))
    with pytest.raises(ValueError, match="shape"):
        Cross.of((2, 2)).table(np.zeros((3, 2), dtype=np.int64))
