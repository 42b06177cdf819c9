"""The attack on one month of a package: all areas together, and each area.

Where the shown numbers can be the true ones, nothing small can be proven of any sum of them, for
each is 0 or at least the base: no programme is solved. Where they cannot, the cells that stand
against it are taken loose, and all cells where that leaves a sum without a value that is safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from dagster_project.auditor.attacker import Attacker, Extreme, UndecidedError
from dagster_project.auditor.audit import Break, BreakKind
from dagster_project.auditor.knowledge import (
    TOLERANCE,
    ContradictionError,
    Floats,
    Indices,
    Knowledge,
)
from dagster_project.auditor.shown import (
    ALL_AREAS,
    Counts,
    ShownBlock,
    possible_in_all,
    possible_in_area,
)
from dagster_project.auditor.sums import Sum, Sums

Mask = npt.NDArray[np.bool_]
# Sums, each with the least and the greatest that it can be.
Proven = list[tuple[Sum, int, int]]


@dataclass(frozen=True)
class Rules:
    """What is published of the method, and known of everybody.

    `margin_bound`: how far a shown margin of `all` is from the true one at most, and
    `margin_bound_of_areas` one of an area. `least_areas`: who has
    neither coordinator nor plan is of the target group by services in so many areas. `inhabitants`:
    of each age group (age groups,), None where they are not known. `areas`: how many areas there
    are, of which one that is not shown may have a few persons; None: those that are shown.
    """

    base: int
    margin_bound: float
    margin_bound_of_areas: float
    least_areas: int
    inhabitants: Floats | None = None
    areas: int | None = None


@dataclass(frozen=True)
class Margin:
    """The cells of a margin, and their true sum."""

    cells: Indices
    true: int


class Month:
    """A month of a version, ready to be attacked.

    `shown`, `low` and `high` (what the truth can be, cell by cell) are (areas, age groups,
    coordinator, plan); all areas together come first.
    """

    def __init__(self, blocks: Mapping[str, ShownBlock], rules: Rules, is_named: bool) -> None:
        """`is_named`: an area is shared in this month because somebody is there."""
        self.name = blocks[ALL_AREAS].month
        self.areas = [ALL_AREAS, *(area for area in blocks if area != ALL_AREAS)]
        self.shown: Counts = np.stack([blocks[area].shown for area in self.areas])
        self.rules = rules
        self.is_named = is_named
        low, high = possible_in_all(self.shown[0], rules.base)
        lows, highs = possible_in_area(self.shown[1:], self.shown[0], rules.base)
        self.low, self.high = np.concatenate([low[None], lows]), np.concatenate([high[None], highs])
        self.sums = Sums(self.shown.shape)
        self.programmes = 0
        # True counts that are possible.
        self.witnesses: list[Counts] = []

    def loose(self) -> Mask:
        """Return the cells that cannot be what is shown, all of them together."""
        loose = np.zeros(self.shown.shape, dtype=bool)
        if len(self.areas) > 1:
            areas, persons = self.shown[1:, :, 0, 0].sum(axis=0), self.shown[0, :, 0, 0]
            loose[:, areas < self.rules.least_areas * persons, 0, 0] = True
        if self.rules.inhabitants is not None:
            loose[:, self.shown[0].sum(axis=(1, 2)) > self.rules.inhabitants] = True
        if self.is_named:
            # All areas together are there even if nobody is.
            empty = self.shown.sum(axis=(1, 2, 3)) == 0
            empty[0] = False
            loose[empty] = True
            loose[0] |= bool(empty.any())
        return loose

    def breaks(self) -> Iterator[Break]:
        """Attack the month, and yield what is proven to be small."""
        loose = self.loose()
        if not loose.any():
            self.witnesses.append(self.shown)
            return
        try:
            yield from self._attack(loose)
        except ContradictionError:
            yield Break(BreakKind.CONTRADICTION, self.name)
        except UndecidedError:
            yield Break(BreakKind.UNDECIDED, self.name)

    def attacker(self, loose: Mask, reached: Margin | None = None) -> Attacker:
        """Return an attacker to whom the cells that are not `loose` are what is shown.

        `reached`: a margin of which the true sum is known.
        """
        index = np.arange(self.shown.size).reshape(self.shown.shape)
        # Behind the counts, of each age group those that areas which are not shown have.
        elsewhere = self.shown.size + np.arange(self.shown.shape[1])
        knowledge = Knowledge(
            np.append(np.where(loose, self.low, self.shown), np.zeros(len(elsewhere))),
            np.append(np.where(loose, self.high, self.shown), self._most_elsewhere()),
        )
        for area in index[1:]:
            knowledge.bound(np.stack([index[0].ravel(), area.ravel()], axis=1), (1, -1), low=0)
        if len(self.areas) > 1:
            of_age = np.column_stack([index[:, :, 0, 0].T, elsewhere])
            weights = np.where(np.arange(of_age.shape[1]) == 0, -self.rules.least_areas, 1)
            knowledge.bound(of_age, weights, low=0)
            # None of them has more than there are.
            each = np.column_stack([index[0, :, 0, 0], elsewhere])
            knowledge.bound(each, (self.not_shown, -1), low=0)
            most = self.not_shown * self.rules.margin_bound_of_areas
            knowledge.bound(elsewhere, high=most)
        if self.rules.inhabitants is not None:
            knowledge.bound(index[0].reshape(self.shown.shape[1], -1), high=self.rules.inhabitants)
        if self.is_named and len(index) > 1:
            knowledge.bound(index[1:].reshape(len(index) - 1, -1), low=1)
        if reached is not None:
            knowledge.bound(reached.cells, low=reached.true, high=reached.true)
        for columns in _margins(index):
            shown = self.shown.ravel()[columns].sum(axis=1)
            # A margin is of one block; the first is that of `all`.
            deviation = self.margin_bounds[columns[:, 0] // self.shown[0].size]
            knowledge.bound(columns, low=shown - deviation, high=shown + deviation)
        return Attacker(knowledge)

    @property
    def not_shown(self) -> int:
        """How many areas there are that are not shown: nothing but zeros would be shown of them."""
        return max(0, (self.rules.areas or 0) - len(self.areas) + 1)

    def _most_elsewhere(self) -> Floats:
        """Return how many without coordinator and plan areas that are not shown have, by age."""
        _, most = possible_in_area(np.zeros_like(self.shown[0]), self.shown[0], self.rules.base)
        limited = np.minimum(most[:, 0, 0], self.rules.margin_bound_of_areas)
        counts: Floats = self.not_shown * limited
        return counts

    @property
    def margin_bounds(self) -> Floats:
        """How far a shown margin is from the true one at most, by block: (areas,)."""
        bounds = np.full(len(self.areas), self.rules.margin_bound_of_areas, dtype=np.float64)
        bounds[0] = self.rules.margin_bound
        return bounds

    def margins_apart(self, deviation: int) -> Iterator[Margin]:
        """Yield the margins that can be so far from what is shown, those of most cells first."""
        low, high, shown = self.low.ravel(), self.high.ravel(), self.shown.ravel()
        index = np.arange(self.shown.size).reshape(self.shown.shape)
        for columns in reversed(list(_margins(index))):
            for cells in columns:
                for true in (shown[cells].sum() - deviation, shown[cells].sum() + deviation):
                    if low[cells].sum() <= true <= high[cells].sum():
                        yield Margin(cells, int(true))

    def _attack(self, loose: Mask) -> Iterator[Break]:
        candidates: Mask | None = None
        if not loose.all():
            try:
                candidates, _ = self.search(self.attacker(loose), None)
            except ContradictionError:
                candidates = None
        if candidates is None or candidates.any():
            _, proven = self.search(self.attacker(np.ones_like(loose)), candidates)
            yield from self.named_breaks(proven)

    def search(self, attacker: Attacker, candidates: Mask | None) -> tuple[Mask, Proven]:
        """Look for true counts that have each candidate at 0, or at the base or more.

        Return the sums for which there are none, also with the ends of what they can be.
        """
        first = self._unsafe(attacker.possible())
        open_sums = first if candidates is None else candidates & first
        kept = np.zeros_like(open_sums)
        proven: Proven = []
        try:
            while open_sums.any():
                place = tuple(np.argwhere(open_sums)[0])
                one = self.sums.at(*place)
                ends = [self._end(attacker, one, greatest, open_sums) for greatest in (True, False)]
                if open_sums[place]:
                    open_sums[place], kept[place] = False, True
                    proven.append((one, ends[1], ends[0]))
        finally:
            self.programmes += attacker.programmes
        return kept, proven

    def _end(self, attacker: Attacker, one: Sum, greatest: bool, open_sums: Mask) -> int:
        """Return an end of a sum, and close what the true counts that have it make safe."""
        if not open_sums[one.place]:
            return 0
        target = self.sums.target(one)
        found = attacker.extreme(target, greatest=greatest)
        if found.point is None and not self._is_small(found, greatest):
            found = attacker.extreme(target, greatest=greatest, integer=True)
        if found.point is not None:
            open_sums &= self._unsafe(found.point)
        return _inward(found, greatest)

    def _is_small(self, found: Extreme, greatest: bool) -> bool:
        value = _inward(found, greatest)
        return value < self.rules.base if greatest else value >= 1

    def _unsafe(self, point: Floats) -> Mask:
        """Return which sums are small in these true counts, and keep them."""
        counts = point[: self.shown.size].reshape(self.shown.shape).astype(np.int64)
        self.witnesses.append(counts)
        values = self.sums.of(counts)
        return (values >= 1) & (values < self.rules.base)

    def named_breaks(self, proven: Proven) -> Iterator[Break]:
        """Yield the breaks; some ages together only where none of them is one by itself."""
        single = {one.without_ages(first) for one, *_ in proven for first in one.single_age()}
        for one, low, high in proven:
            ages = range(one.ages[0], one.ages[1] + 1)
            is_published = len(ages) in (1, self.shown.shape[1])
            if not is_published and any(one.without_ages(age) in single for age in ages):
                continue
            kind = (
                BreakKind.PROVEN_SMALL_COMPLEMENT if one.is_complement else BreakKind.PROVEN_SMALL
            )
            yield Break(kind, self.name, self.areas[one.block], self.sums.cell(one), low, high)


def _inward(found: Extreme, greatest: bool) -> int:
    """Return an end as a whole number within the interval."""
    return int(np.floor(found.value + TOLERANCE) if greatest else np.ceil(found.value - TOLERANCE))


def _margins(index: Indices) -> Iterator[Indices]:
    """Yield the cells of the main margins of each block, (margins, cells), kind by kind.

    Those that the published limit is of: sums over at least two dimensions, where of coordinator
    and plan either everybody counts or those who have one.
    """
    every, any_ = slice(None), slice(1, None)
    for narrow in (None, 1, 2, 3):
        for coordinator, plan in product((every, any_), repeat=2):
            if (narrow, coordinator) == (2, any_) or (narrow, plan) == (3, any_):
                continue
            part = index[:, :, coordinator, plan]
            kept = [0] if narrow is None else [0, narrow]
            summed = [axis for axis in (1, 2, 3) if axis != narrow]
            lengths = int(np.prod([part.shape[axis] for axis in summed]))
            if lengths:
                yield part.transpose(*kept, *summed).reshape(-1, lengths)
