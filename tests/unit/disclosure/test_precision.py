"""What protection costs, and which age groups to merge where it costs too much."""

from __future__ import annotations

import numpy as np
import pytest

from dagster_project.disclosure.lots import draw_lots
from dagster_project.disclosure.margins import block_margins
from dagster_project.disclosure.precision import (
    Method,
    Precision,
    coarser_ages,
    group_errors,
    rounding_precision,
    suppression_precision,
)
from dagster_project.disclosure.tables import Cross
from tests.unit.disclosure.people import SECRET


def test_rounding_shows_all_and_suppression_shows_less_exactly() -> None:
    counts = np.array([[2, 11, 3], [12, 4, 9], [3, 14, 20], [9, 3, 15]])
    cross = Cross.of(counts.shape)
    rounding = rounding_precision(cross, counts, 5, draw_lots(SECRET, "preview", counts.size))
    assert (rounding.method, rounding.cells, rounding.shown_share) == (Method.ROUNDING, 20, 1.0)
    assert 0 < rounding.mean_error <= rounding.p95_error <= rounding.worst_error <= 3
    assert rounding.exact_share < 1
    outside = suppression_precision(cross, counts, 5)
    assert (outside.worst_error, outside.cells, outside.unprotected) == (0, 20, 0)
    # 5 of 20 are small.
    assert outside.shown_share == pytest.approx(1 - (5 + outside.secondary) / 20)
    rows = [np.array([cell[0] == row for cell in cross.coordinates]) for row in range(4)]
    assert suppression_precision(cross, counts, 5, rows).shown_share <= outside.shown_share


def test_the_errors_of_a_rounding_are_those_of_its_margins() -> None:
    counts = np.array([[[2, 9], [4, 0]]])
    shown = np.array([[[0, 9], [5, 0]]])
    margins = block_margins((1, 2, 2))
    precision = Precision.of_rounding(counts, shown, margins, 5)
    errors = np.abs(margins.of(shown - counts))
    assert precision.worst_error == errors.max() == 2
    assert precision.mean_error == pytest.approx(errors.mean())
    assert precision.exact_share == pytest.approx((2 + (errors == 0).sum()) / (4 + len(errors)))


def block(*persons: int) -> np.ndarray:
    """Return (ages, 3, 3) with so many of each age without coordinator or plan."""
    counts = np.zeros((len(persons), 3, 3), dtype=np.int64)
    counts[:, 0, 0] = persons
    return counts


def test_the_error_of_an_age_group_is_by_its_persons() -> None:
    counts, shown = block(10, 0, 0), block(12, 0, 5)
    counts[0, 1, 2] += 10
    shown[0, 1, 2] += 5
    # 3 too few in all, 5 too few with a coordinator.
    assert group_errors(counts, shown).tolist() == [8 / 20, 0, np.inf]


def test_groups_that_cost_too_much_are_merged_with_the_smaller_neighbour() -> None:
    blocks = [(block(100, 4, 30, 50), block(100, 5, 30, 50))]
    assert coarser_ages(blocks, 0.3) == [(0,), (1,), (2,), (3,)]
    assert coarser_ages(blocks, 0.1) == [(0,), (1, 2), (3,)]
    assert coarser_ages(blocks, 0.1, borders=[2]) == [(0, 1), (2,), (3,)]
    assert coarser_ages(blocks, 0.1, borders=[1, 2]) == [(0,), (1,), (2,), (3,)]
    assert coarser_ages(blocks, 0.005) == [(0, 1, 2, 3)]
    assert coarser_ages([], 0.1) == []


def test_a_block_without_anybody_of_a_group_weighs_nothing() -> None:
    some, none = (block(50, 20), block(50, 15)), (block(50, 0), block(50, 0))
    assert coarser_ages([some], 0.2) == coarser_ages([some, none], 0.2) == [(0, 1)]
