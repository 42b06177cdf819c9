"""What rounding of shared counts can do to a share, and which differences it could have made.

A shared count is rounded to protect persons: it may lie some persons from the true one. A share of
two such counts is therefore known between two corners only, the lowest and the highest that any
true counts behind it allow. Chance and rounding are two things: a share's interval says how it
would vary with other persons, the corners how far it is from what was counted. A difference is
claimed where it is beyond chance at the corner that speaks most against it. That is stricter than
widening the interval in quadrature, which would take rounding for a random error that others
cancel: the receiver does not know how each cell was rounded, and a solver, not chance, decided it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import significance
from dashboards.analysis.significance import SIGNIFICANCE


@dataclass(frozen=True)
class Rounded:
    """A share of rounded counts, and how far its two sides may be from the true ones.

    `events` and `others` add up to all; the errors are in persons.
    """

    events: int
    others: int
    events_error: int
    others_error: int

    @property
    def of(self) -> int:
        """All persons, as shared."""
        return self.events + self.others

    @property
    def lowest(self) -> Measured:
        """The lowest share that the true counts may have had."""
        return _share(max(0, self.events - self.events_error), self.others + self.others_error)

    @property
    def highest(self) -> Measured:
        """The highest share that the true counts may have had."""
        return _share(self.events + self.events_error, max(0, self.others - self.others_error))


@dataclass(frozen=True)
class Terms:
    """Of how many shown cells a side is a sum, and whether some of them are no margins."""

    number: int
    has_inner: bool


def terms(side: NDArray[np.bool_]) -> Terms:
    """Return the fewest cells and margins that a side (coordinator by plan) is added up of.

    A whole row or column is one margin; what it lacks of one, or of all persons, is taken from it.
    """

    def by_line(cells: NDArray[np.bool_]) -> int:
        length = cells.shape[1]
        return sum(min(many, 1 + length - many) for many in cells.sum(axis=1).tolist() if many)

    def fewest(cells: NDArray[np.bool_]) -> int:
        return min(by_line(cells), by_line(cells.T))

    def is_of_lines(cells: NDArray[np.bool_]) -> bool:
        return bool((cells.all(axis=1) | ~cells.any(axis=1)).all())

    number = min(fewest(side), 1 + fewest(~side))
    return Terms(number, not (is_of_lines(side) or is_of_lines(side.T)))


def error(side: Terms, groups: int, all_groups: int, worst_margin: int, inner: int) -> int:
    """Return how many persons a side may be from the true one.

    It is added up of its terms in each of `groups` age groups; all age groups together are one
    margin of each, and all but some are that margin less those. Each may be off by the worst margin
    that the package states; a cell of one age group that is no margin by `inner`, if that is more.
    """
    added = min(groups, all_groups - groups + 1)
    is_inner = side.has_inner and groups < all_groups
    return side.number * added * (max(worst_margin, inner) if is_inner else worst_margin)


def inner_error(base: int, *, is_whole: bool) -> int:
    """Return how far an inner cell may be from its true count.

    The nearest value that may be shown is less than the base away. Within a service area the
    complement must be showable too, so the gap to the nearest may be nearly two bases.
    """
    return base - 1 if is_whole else 2 * (base - 1)


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
