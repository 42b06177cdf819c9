"""Additive rounding of small counts: which way each cell goes, by a mixed integer programme.

Every cell takes the nearest admissible value below or above its count, and every sum is the sum of
its shown cells. Among these roundings the one is sought whose margins deviate least (small count
rounding; Langsrud and Heldal, 2018, seek it greedily, HiGHS proves how good it is). Between equals
decides a lot that is drawn with a secret: who has the programme and not the secret cannot work out
which way a cell went.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dagster_project.disclosure.admissible import Nearest, is_apart
from dagster_project.disclosure.margins import FINE, Counts, Margins
from dagster_project.disclosure.programme import Floats, Programme, Solution

# What a step away from a cell's own count costs beside a step of a margin of weight 1, and what a
# cell's lot is worth at most: enough to decide between equals, not to buy a worse margin.
_STEP, _LOT = 0.02, 0.05
# What it costs to decide anew, beside the same.
_ANEW = 10.0
# What a step beyond the limit of the main margins costs, and beyond that of the fine ones.
_BEYOND_MAIN, _BEYOND_FINE = 1000.0, 30.0


class Status(StrEnum):
    """How far the search came: no rounding is better, or this is the best that was found."""

    OPTIMAL = "optimal"
    BEST_FOUND = "best_found"


@dataclass(frozen=True)
class Limits:
    """How many persons a margin may deviate by: one that weighs anything, and a fine one."""

    main: int
    fine: int

    @classmethod
    def of_base(cls, base: int) -> Limits:
        """Return the limits of a base: 3 and 5 persons for base 5, 2 and 3 for base 3."""
        return cls(main=(base + 1) // 2, fine=base)


@dataclass(frozen=True)
class Separation:
    """A sum that has to be apart from a number: of which cells (0 and 1 for each), and which."""

    members: Counts
    number: int


@dataclass(frozen=True)
class Ceiling:
    """A sum that may be no greater than a number: of which cells (0 and 1 for each), and which."""

    members: Counts
    number: int


@dataclass(frozen=True)
class Rounding:
    """A rounding, and how good it is.

    Attributes:
        shown: the shown cells, of the shape of the counts.
        worst_margin: by how many persons the main margin deviates that deviates most.
        margin_bound: no rounding of these choices has a worst main margin below it (proven); the
            limit itself where that was kept.
        status: whether a better one may exist.
        cost: weighted sum of deviations of main margins, with what decides between equals.
        cost_bound: no rounding of these choices costs less (the solver's dual bound).
    """

    shown: Counts
    worst_margin: int
    margin_bound: float
    status: Status
    cost: float
    cost_bound: float


def worst_margin(counts: Counts, shown: Counts, margins: Margins) -> int:
    """Return by how many persons the main margin deviates that deviates most."""
    return int(np.abs(margins.main.of(shown - counts)).max(initial=0))


def round_cells(
    counts: Counts,
    near: Nearest,
    margins: Margins,
    lots: Floats,
    base: int,
    *,
    apart: Sequence[Separation] = (),
    ceilings: Sequence[Ceiling] = (),
    decided: Counts | None = None,
    seconds: float = math.inf,
) -> Rounding | None:
    """Return the best rounding that was found, or None where there is none that may be taken.

    Args:
        counts: true counts, of any shape.
        near: what each may be shown as.
        margins: the sums to keep near the truth, within the limits of the base where possible.
        lots: from 0 to 1 for each cell, drawn with the secret.
        base: the least number of persons that is shown.
        apart: sums that have to be apart from a number, always.
        ceilings: sums that may be no greater than a number, always.
        decided: what each cell was shown as elsewhere, -1 where there is no such decision. It
            stays so unless the limits, or margins that are much better, ask for the other way.
        seconds: when the search ends, if it has not by itself.
    """
    limits = Limits.of_base(base)
    choice = _Choice.of(counts, near, margins, lots, decided)
    if not len(choice.free):
        good = all(is_apart(choice.below @ each.members, each.number, base) for each in apart)
        good &= all(choice.below @ each.members <= each.number for each in ceilings)
        return choice.rounding(choice.below, Status.OPTIMAL, 0.0, 0.0, limits) if good else None
    solution = choice.programme(limits, base, apart, ceilings, may_exceed=False).solve(seconds)
    if solution is None:
        solution = choice.programme(limits, base, apart, ceilings, may_exceed=True).solve(seconds)
    if solution is None:
        found = None if apart else choice.nearest(ceilings)
        if found is None:
            return None
        return choice.rounding(found, Status.BEST_FOUND, math.inf, 0.0, limits)
    status = Status.OPTIMAL if solution.is_optimal else Status.BEST_FOUND
    return choice.rounding(
        choice.taken(solution), status, solution.cost, solution.cost_bound, limits
    )


@dataclass(frozen=True)
class _Choice:
    """What there is to choose: flat cells, and of these the free ones, in an order by lot.

    The order is by lot so that the way the solver takes says nothing of the counts either.
    """

    shape: tuple[int, ...]
    counts: Counts
    below: Counts
    gap: Counts
    free: NDArray[np.intp]
    lots: Floats
    anew: Floats
    margins: Margins

    @classmethod
    def of(
        cls, counts: Counts, near: Nearest, margins: Margins, lots: Floats, decided: Counts | None
    ) -> _Choice:
        """Return the choice that the nearest values leave."""
        below, gap = near.below.reshape(-1), (near.above - near.below).reshape(-1)
        free = np.flatnonzero(gap)
        lots = lots.reshape(-1)
        order = free[np.argsort(lots[free])]
        anew = np.zeros(len(below))
        if decided is not None:
            anew += _ANEW * (decided.reshape(-1) == below)
            anew -= _ANEW * (decided.reshape(-1) == below + gap)
        return cls(counts.shape, counts.reshape(-1), below, gap, order, lots, anew, margins)

    def programme(
        self,
        limits: Limits,
        base: int,
        apart: Sequence[Separation],
        ceilings: Sequence[Ceiling],
        *,
        may_exceed: bool,
    ) -> Programme:
        """Return the programme whose first columns are 1 where a free cell goes up."""
        made = Programme()
        free, gap = self.free, self.gap[self.free]
        step = np.abs(self.below + self.gap - self.counts) - np.abs(self.below - self.counts)
        for cost in _STEP * step[free] + _LOT * self.lots[free] + self.anew[free]:
            made.binary(float(cost))
        beyond = [made.column(_BEYOND_MAIN), made.column(_BEYOND_FINE)] if may_exceed else []
        for factors, offset, weight in self._rows():
            taking = np.flatnonzero(factors)
            part = factors[taking].astype(float)
            if weight > FINE:
                over, under = made.column(weight), made.column(weight)
                made.row([*taking, over, under], [*part, -1.0, 1.0], lower=-offset, upper=-offset)
                made.row(
                    [over, under, *beyond[:1]],
                    [1.0, 1.0, *[-1.0] * len(beyond[:1])],
                    upper=limits.main,
                )
            elif may_exceed:
                made.row([*taking, beyond[1]], [*part, -1.0], upper=limits.fine - offset)
                made.row([*taking, beyond[1]], [*part, 1.0], lower=-limits.fine - offset)
            else:
                made.row(taking, part, lower=-limits.fine - offset, upper=limits.fine - offset)
        for each in apart:
            self._separate(made, each, gap, base)
        for ceiling in ceilings:
            factors = ceiling.members[free] * gap
            taking = np.flatnonzero(factors)
            most = ceiling.number - int(ceiling.members @ self.below)
            if factors.sum() > most:
                made.row(taking, factors[taking].astype(float), upper=most)
        return made

    def _rows(self) -> list[tuple[Counts, int, float]]:
        """Return margins that hang on the choice: what each free cell adds, the rest, the weight.

        Margins that come to the same are one, with the sum of their weights; of a fine one and a
        main one the main one's limit is the narrower.
        """
        factors = self.margins.members[:, self.free] * self.gap[self.free]
        offsets = self.margins.of(self.below - self.counts)
        weights: dict[tuple[bytes, int], float] = {}
        kept: dict[tuple[bytes, int], Counts] = {}
        for row, offset, weight in zip(factors, offsets, self.margins.weights, strict=True):
            key = (row.tobytes(), int(offset))
            if row.any():
                kept[key] = row
                weights[key] = weights.get(key, FINE) + float(weight)
        return [(row, key[1], weights[key]) for key, row in kept.items()]

    def _separate(self, made: Programme, each: Separation, gap: Counts, base: int) -> None:
        """Add that a sum is the number, or beyond it by the base, on one side or the other."""
        factors = each.members[self.free] * gap
        taking = np.flatnonzero(factors)
        part = factors[taking].astype(float)
        start = int(each.members @ self.below) - each.number
        most, least = max(start + int(factors.sum()), 0), min(start, 0)
        up, down = made.binary(), made.binary()
        made.row([up, down], [1.0, 1.0], upper=1.0)
        made.row([*taking, up, down], [*part, -base, -least], lower=-start)
        made.row([*taking, up, down], [*part, -most, base], upper=-start)

    def taken(self, solution: Solution) -> Counts:
        """Return the cells that a solution stands for."""
        up = solution.values[: len(self.free)] > 0.5
        shown = self.below.copy()
        shown[self.free] += np.where(up, self.gap[self.free], 0)
        return shown

    def nearest(self, ceilings: Sequence[Ceiling]) -> Counts | None:
        """Return each cell by itself, at its nearest value; of two as near the lot takes one.

        Cells of a sum that would be too great go down; None where it is too great all the same.
        """
        up = 2 * (self.counts - self.below) + self.lots > self.gap + 0.5
        shown: Counts = self.below + np.where(up, self.gap, 0)
        for each in ceilings:
            if each.members @ shown > each.number:
                shown = np.where(each.members > 0, self.below, shown)
        return shown if all(each.members @ shown <= each.number for each in ceilings) else None

    def rounding(
        self, cells: Counts, status: Status, cost: float, cost_bound: float, limits: Limits
    ) -> Rounding:
        """Return the rounding of flat cells."""
        worst = worst_margin(self.counts, cells, self.margins)
        proven = status is Status.OPTIMAL or worst <= limits.main
        bound = float(worst if proven else limits.main)
        return Rounding(cells.reshape(self.shape), worst, bound, status, cost, cost_bound)
