"""Additive rounding: published answers, and what holds of every table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.disclosure.admissible import Nearest, nearest
from dagster_project.disclosure.lots import draw_lots
from dagster_project.disclosure.margins import Margins, block_margins
from dagster_project.disclosure.rounding import (
    Limits,
    Rounding,
    Separation,
    Status,
    round_cells,
)
from dagster_project.disclosure.tables import Cross
from tests.unit.disclosure.people import EXAMPLES, SECRET
from tests.unit.disclosure.tables_of_others import cross_of, groups_of, read


def rounded(counts: np.ndarray, margins: Margins, base: int) -> Rounding:
    near = nearest(counts, base, None, np.zeros((0, *counts.shape), dtype=np.int64))
    assert near is not None
    rounding = round_cells(counts, near, margins, draw_lots(SECRET, "test", counts.size), base)
    assert rounding is not None
    return rounding


@pytest.mark.parametrize(("base", "worst", "total"), [(5, 3, 13), (3, 2, 9)])
def test_a_published_table_is_rounded_better_than_it_was(
    shared: Path, base: int, worst: int, total: int
) -> None:
    """SmallCountRounding's vignette, table 2: with base 5 it reaches 4 at worst, and 15 in all."""
    rows = read(shared / "vectors" / "sdc" / "in_exPSD.csv")
    cross, counts, _ = cross_of(rows, {"rows": {}, "cols": {}}, "freq")
    rounding = rounded(counts, cross.margins, base)
    errors = np.abs(cross.margins.of(rounding.shown - counts))
    assert (int(errors.max()), int(errors.sum())) == (worst, total)
    assert rounding.status is Status.OPTIMAL
    assert rounding.cost_bound <= rounding.cost
    published = read(shared / "vectors" / "sdc" / f"out_exPSD_round{base}_publish.csv")
    theirs = [abs(int(row["difference"])) for row in published if "Total" in row.values()]
    assert max(theirs) >= worst


def test_a_published_table_with_a_hierarchy_is_rounded_no_worse_than_it_was(shared: Path) -> None:
    rows = read(shared / "vectors" / "sdc" / "in_e6.csv")
    cross, counts, called = cross_of(
        rows, {"geo": groups_of(rows, "geo", "eu"), "year": {}}, "freq"
    )
    rounding = rounded(counts, cross.margins, 5)
    shown = dict(zip(called, cross.members @ rounding.shown.ravel(), strict=True))
    truth = dict(zip(called, cross.members @ counts.ravel(), strict=True))
    published = read(shared / "vectors" / "sdc" / "out_e6_round5_publish.csv")
    theirs = {(row["geo"], row["year"]): int(row["difference"]) for row in published}
    assert {key: int(row["original"]) for key, row in zip(theirs, published, strict=True)} == truth
    main = [key for key in theirs if "Total" in key]
    assert max(abs(shown[key] - truth[key]) for key in main) == 3
    assert max(abs(theirs[key]) for key in main) == 3
    assert sum(abs(shown[key] - truth[key]) for key in main) <= sum(
        abs(theirs[key]) for key in main
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[Cross, np.ndarray]:
    """Draw a table of two or three axes, with a hierarchy in one of them."""
    shape = tuple(draw(st.lists(st.integers(2, 4), min_size=2, max_size=3)))
    cells = st.one_of(st.integers(0, 7), st.integers(0, 60))
    counts = draw(st.lists(cells, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    cut = draw(st.integers(1, shape[0] - 1))
    groups = [[list(range(cut)), list(range(cut, shape[0]))], *[[] for _ in shape[1:]]]
    return Cross.of(shape, groups), np.array(counts).reshape(shape)


@settings(max_examples=EXAMPLES)
@given(tables(), st.sampled_from([3, 5]))
def test_what_is_shown_adds_up_and_is_never_small(
    drawn: tuple[Cross, np.ndarray], base: int
) -> None:
    cross, counts = drawn
    rounding = rounded(counts, cross.margins, base)
    shown = cross.table(rounding.shown).counts  # refuses what does not add up
    assert not ((shown > 0) & (shown < base)).any()
    assert (np.abs(rounding.shown - counts) < base).all()
    errors = np.abs(cross.margins.main.of(rounding.shown - counts))
    assert errors.max() == rounding.worst_margin
    assert rounding.worst_margin <= Limits.of_base(base).main or (
        rounding.margin_bound > Limits.of_base(base).main or rounding.status is Status.BEST_FOUND
    )
    again = rounded(rounding.shown, cross.margins, base)
    assert (again.shown == rounding.shown).all()
    assert (again.worst_margin, again.status) == (0, Status.OPTIMAL)


def every_rounding(near: Nearest) -> np.ndarray:
    """Return each rounding there is, flat."""
    ways = np.stack([near.below.ravel(), near.above.ravel()])
    choices = np.array(np.meshgrid(*[np.unique(way) for way in ways.T], indexing="ij"))
    return choices.reshape(ways.shape[1], -1).T


@settings(max_examples=EXAMPLES // 4)
@given(st.lists(st.integers(0, 6), min_size=9, max_size=9), st.sampled_from([3, 5]))
def test_no_rounding_of_a_small_table_is_better_than_is_proven(cells: list[int], base: int) -> None:
    counts = np.array(cells).reshape(3, 3)
    margins = Cross.of((3, 3)).margins
    near = nearest(counts, base, None, np.zeros((0, 3, 3), dtype=np.int64))
    assert near is not None
    rounding = rounded(counts, margins, base)
    errors = np.abs(margins.main.members @ (every_rounding(near) - counts.ravel()).T)
    least = errors.max(axis=0).min()
    assert rounding.worst_margin <= max(least, Limits.of_base(base).main)
    assert rounding.margin_bound <= max(least, Limits.of_base(base).main)


def test_a_sum_that_has_to_be_apart_is() -> None:
    counts = np.array([[2, 2, 12]])
    near = nearest(counts, 5, None, np.zeros((0, 1, 3), dtype=np.int64))
    assert near is not None
    margins = Cross.of((1, 3)).margins
    lots = np.full(3, 0.5)
    whole = np.ones(3, dtype=np.int64)
    for number, possible in [(12, {12, 17, 22}), (15, {22}), (18, {12}), (20, {12})]:
        rounding = round_cells(counts, near, margins, lots, 5, apart=[Separation(whole, number)])
        assert rounding is not None
        assert int(rounding.shown.sum()) in possible
    fixed = Nearest(near.below, near.below)
    for number, found in [(12, True), (13, False), (17, True)]:
        rounding = round_cells(counts, fixed, margins, lots, 5, apart=[Separation(whole, number)])
        assert (rounding is not None) is found
    impossible = [Separation(whole, number) for number in (14, 18, 20)]
    assert round_cells(counts, near, margins, lots, 5, apart=impossible) is None


def test_a_part_of_nine_is_nobody_or_all_nine() -> None:
    whole = np.array([9, 10, 12, 5, 0])
    near = nearest(np.array([4, 3, 8, 1, 3]), 5, whole, np.zeros((0, 5), dtype=np.int64))
    assert near is not None
    assert near.below.tolist() == [0, 0, 7, 0, 0]
    assert near.above.tolist() == [9, 5, 12, 5, 0]


def test_the_margins_of_a_block_have_coverage_in_them() -> None:
    margins = block_margins((12, 3, 3))
    cells = np.arange(108).reshape(12, 3, 3)
    sums = dict(zip(margins.of(cells).tolist(), margins.weights.tolist(), strict=True))
    assert sums[int(cells.sum())] == 5
    assert sums[int(cells[:, 1:].sum())] == 5
    assert sums[int(cells[:, :, 1:].sum())] == 5
    assert sums[int(cells[4, 1:].sum())] == sums[int(cells[4, :, 1:].sum())] == 1
    assert len(margins.weights) == 217


def test_lots_are_the_same_for_the_same_secret_and_others_for_another() -> None:
    lots = draw_lots(SECRET, "home", 50)
    assert (lots == draw_lots(SECRET, "home", 50)).all()
    assert not (lots == draw_lots(SECRET[1:], "home", 50)).any()
    assert not (lots == draw_lots(SECRET, "school", 50)).any()
    assert ((lots >= 0) & (lots < 1)).all()
