"""The sums of a block's cells that readers see, and how much each of them weighs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

# What an error in a sum costs when a rounding is chosen: the sums that leaders quote weigh most. A
# sum that weighs nothing is a fine one: it has a limit of its own (`rounding.Limits`).
TOTAL, ONE_WAY, FINE = 5.0, 1.0, 0.0


@dataclass(frozen=True)
class Margins:
    """Sums of cells: `members` (margins, cells) is 1 where a cell is part, `weights` (margins,)."""

    members: Counts
    weights: NDArray[np.float64]

    @property
    def main(self) -> Margins:
        """The margins that weigh anything: totals, one-way sums, coverage by age."""
        weighed = self.weights > FINE
        return Margins(self.members[weighed], self.weights[weighed])

    def of(self, cells: Counts) -> Counts:
        """Return every margin of cells (any shape, in the order of the columns of `members`)."""
        return self.members @ cells.reshape(-1)


@lru_cache(maxsize=8)
def block_margins(shape: tuple[int, int, int]) -> Margins:
    """Return the margins of a block of (ages, coordinator, plan), none of them a single cell.

    Of each axis a margin takes one value or `all`; of coordinator and plan also `any`, all but the
    first, which is none. So numerators and denominators of coverage are among them. Where an axis
    is so short that two of these are the same sum, it stands once.
    """
    ages, coordinators, plans = shape
    any_too = [_parts(coordinators, with_any=True), _parts(plans, with_any=True)]
    weights: dict[tuple[int, ...], float] = {}
    for age, coordinator, plan in product(_parts(ages, with_any=False), *any_too):
        picked = np.zeros(shape, dtype=np.int64)
        picked[np.ix_(age, coordinator, plan)] = 1
        if picked.sum() > 1:
            key = tuple(np.flatnonzero(picked).tolist())
            narrow = (len(age) == 1, len(coordinator) == 1, len(plan) == 1)
            weights[key] = max(weights.get(key, FINE), _weight(narrow))
    members = np.zeros((len(weights), ages * coordinators * plans), dtype=np.int64)
    for row, key in enumerate(weights):
        members[row, list(key)] = 1
    return Margins(members, np.array(list(weights.values())))


def _parts(length: int, *, with_any: bool) -> list[list[int]]:
    """Return which values of an axis a margin may take: each, any but the first, all."""
    whole = list(range(length))
    return [[value] for value in whole] + ([whole[1:]] if with_any and length > 1 else []) + [whole]


def _weight(narrow: tuple[bool, bool, bool]) -> float:
    """Return what a margin weighs by which axes it takes a single value of."""
    return {0: TOTAL, 1: ONE_WAY}.get(sum(narrow), FINE)
