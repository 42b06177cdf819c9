"""What rounding of shared counts can do to a share, and which differences it could have made.

A shared count is rounded to protect persons. What is known of the true one is of two kinds:

- of each cell, from the form of a package: 0 stands for 0 to b - 1, b for 1 to b, and a greater
  count for itself; in a service area the complement must be showable too, which widens the gaps;
- of each main margin (all, one-way sums, with a coordinator or a plan by age): it is within the
  worst margin error that the manifest states.

A sum of several margins may be further off than one of them, but not by each one's worst: they are
rounded so that their sum, a margin too, stays near the truth, so that their errors cancel rather
than add up. The error of a sum of t margins is therefore taken as sqrt(t) times the worst one: the
root of independent errors, each as large as the worst of all months and areas. A correction that
waits for the next package is no rounding: limits are of what was counted then.

A share is thus known between two corners, the lowest and the highest that such counts allow. Chance
and rounding are two things: a share's interval says how it would vary with other persons, the
corners how far it is from what was counted. A difference is claimed where it is beyond chance at
the corner that speaks most against it. That is stricter than widening the interval in quadrature,
which would let a large sample drown a rounding that is the same however many persons there are.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import significance
from dashboards.analysis.significance import SIGNIFICANCE

Limits = tuple[int, int]
# No more main margins than these are added up to a side.
_MOST_TERMS = 2


@dataclass(frozen=True)
class Rounded:
    """A share of rounded counts: its two sides, and between which limits the true ones are."""

    events: int
    others: int
    events_limits: Limits
    others_limits: Limits

    @property
    def of(self) -> int:
        """All persons, as shared."""
        return self.events + self.others

    @property
    def lowest(self) -> Measured:
        """The lowest share that the true counts may have had."""
        return _share(self.events_limits[0], self.others_limits[1])

    @property
    def highest(self) -> Measured:
        """The highest share that the true counts may have had."""
        return _share(self.events_limits[1], self.others_limits[0])


def cell_limits(
    shown: NDArray[np.int32], whole: NDArray[np.int32] | None, base: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return between which true counts each cell is, both included, arrays of the shape of `shown`.

    `whole` is what is shown of everybody where the cells are of a service area: there a cell may be
    0, from the base to the whole less the base, or the whole.
    """
    cells = shown.astype(np.int64)
    low = np.where(cells == 0, 0, np.where(cells <= base, 1, cells))
    high = np.where(cells == 0, base - 1, cells)
    if whole is None:
        return low, high
    all_of = whole.astype(np.int64)
    has_middle = all_of >= 2 * base
    is_whole = (cells == all_of) & (all_of > 0)
    # Below the whole nothing nearer than the base may be shown, and above 0 neither.
    low = np.where(is_whole, np.where(has_middle, all_of - base + 1, 1), low)
    high = np.where((cells == 0) & (all_of > 0) & ~has_middle, all_of - 1, high)
    high = np.where((cells > 0) & (cells == all_of - base), all_of - 1, high)
    return low, high


def terms(side: NDArray[np.bool_], *, of_all_ages: bool) -> int | None:
    """Return of how many main margins a side (coordinator by plan) is added up; None if of none.

    Main margins take of coordinator and plan all values, or any but the first; where they are of
    all ages, a single value of one of the two as well.
    """
    lines = _main_margins(side.shape, of_all_ages=of_all_ages)
    signed = [sign * line for line in lines for sign in (1, -1)]
    for number in range(1, _MOST_TERMS + 1):
        for chosen in itertools.combinations(signed, number):
            if np.array_equal(sum(chosen), side):
                return number
    return None


def error(
    number: int | None, groups: int, of_all: int | None, all_groups: int, worst: int
) -> float:
    """Return how far a side may be from the true one by its margins; infinite where it has none.

    `number` margins in each of `groups` age groups of `all_groups`, `of_all` where they are of all
    ages together; `worst` is the worst error of one.
    """
    if groups == all_groups:
        return math.inf if of_all is None else worst * math.sqrt(of_all)
    added = [number * groups] if number else []
    if number and of_all:
        added.append(of_all + number * (all_groups - groups))
    return worst * math.sqrt(min(added)) if added else math.inf


def limits(count: int, of_cells: Limits, off_by: float) -> Limits:
    """Return between which true counts a side is: as its cells and its margins both allow."""
    low, high = of_cells
    if math.isinf(off_by):
        return low, high
    reach = math.ceil(off_by)
    return max(low, count - reach), min(high, count + reach)


def _main_margins(shape: tuple[int, ...], *, of_all_ages: bool) -> list[NDArray[np.int64]]:
    coordinators, plans = shape
    parts = [[slice(None), slice(1, None)] for _ in shape]
    chosen = list(itertools.product(*parts))
    if of_all_ages:
        chosen += [(slice(at, at + 1), plan) for at in range(coordinators) for plan in parts[1]]
        chosen += [
            (coordinator, slice(at, at + 1)) for at in range(plans) for coordinator in parts[0]
        ]
    margins = []
    for selection in chosen:
        margin = np.zeros(shape, np.int64)
        margin[selection] = 1
        margins.append(margin)
    return margins


def p_value(first: Rounded, second: Rounded) -> float:
    """Return how likely chance makes a difference as large as two shares', at the worst corner.

    The corner: the higher share as low, and the lower as high, as rounding allows. 1 where rounding
    alone could make them equal. Two-sided pooled z test.
    """
    is_above = first.events * second.of > second.events * first.of
    higher, lower = (first, second) if is_above else (second, first)
    low, high = higher.lowest, lower.highest
    if low.value <= high.value:
        return 1.0
    distance = significance.separation(low, high, Kind.SHARE)
    return 2 * (1 - NormalDist().cdf(distance))


def holm(values: Sequence[float]) -> list[float]:
    """Return p values corrected for how many there are (Holm's step-down procedure).

    Each is named as a finding of its own, so the chance that any of them is false is what is held
    at 5 %; to hold the share of false ones only (Benjamini-Hochberg) would be too little.
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, highest = [1.0] * len(values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = highest
    return adjusted


def is_beyond(adjusted: float) -> bool:
    """Return whether a corrected p value is beyond chance."""
    return adjusted < SIGNIFICANCE


def _share(events: int, others: int) -> Measured:
    of = events + others
    return Measured(events, of, events / of if of else 0.0, None, None)
