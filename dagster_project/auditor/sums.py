"""The counts that an attacker can form of a month: cells, margins, ages together, complements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dagster_project.auditor.knowledge import Target
from dagster_project.auditor.shown import Counts


@dataclass(frozen=True)
class Sum:
    """Cells of a block added up, or those of all areas together less the block's.

    `place` is where it stands in what `Sums.of` returns. `ages` are neighbours, first and last;
    `coordinator` and `plan` are positions, the margin last.
    """

    place: tuple[int, int, int, int]
    block: int
    is_complement: bool
    ages: tuple[int, int]
    coordinator: int
    plan: int

    def single_age(self) -> tuple[int, ...]:
        """Return the age group where it is one only."""
        return self.ages[:1] if self.ages[0] == self.ages[1] else ()

    def without_ages(self, age: int) -> tuple[int, bool, int, int, int]:
        """Return the same sum of one age group, as a key."""
        return self.block, self.is_complement, age, self.coordinator, self.plan


class Sums:
    """Every sum of a month whose counts are (areas, age groups, coordinator, plan)."""

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)
        ages = self._shape[1]
        # Single age groups first, then all of them, then neighbours together.
        self._ages = sorted(
            ((first, last) for first in range(ages) for last in range(first, ages)),
            key=lambda pair: (pair[0] != pair[1], pair[0] - pair[1] > 1 - ages, pair),
        )

    @cached_property
    def size(self) -> int:
        """How many sums there are."""
        areas, _, coordinator, plan = self._shape
        return (2 * areas - 1) * len(self._ages) * (coordinator + 1) * (plan + 1)

    def of(self, counts: Counts) -> Counts:
        """Return the sums of counts: (areas and complements, ages, coordinator + 1, plan + 1)."""
        every = np.concatenate([counts, counts[:1] - counts[1:]])
        to_age = np.concatenate([np.zeros_like(every[:, :1]), every.cumsum(axis=1)], axis=1)
        first, last = np.array(self._ages).T
        table: Counts = to_age[:, last + 1] - to_age[:, first]
        for axis in (-2, -1):
            table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
        return table

    def at(self, block: int, ages: int, coordinator: int, plan: int) -> Sum:
        """Return what stands at a place of `of`."""
        areas = self._shape[0]
        is_complement = bool(block >= areas)
        return Sum(
            (int(block), int(ages), int(coordinator), int(plan)),
            int(block - areas + 1 if is_complement else block),
            is_complement,
            self._ages[ages],
            int(coordinator),
            int(plan),
        )

    def named(self, block: int, is_complement: bool, place: Sequence[int]) -> Sum:
        """Return the sum of a block at a place of its table with margins, which stand last."""
        ages = self._shape[1]
        age = (0, ages - 1) if place[0] == ages else (int(place[0]), int(place[0]))
        row = self._shape[0] + block - 1 if is_complement else block
        return self.at(row, self._ages.index(age), place[1], place[2])

    def target(self, one: Sum) -> Target:
        """Return a sum as weights of the month's counts, block by block."""
        index = np.arange(int(np.prod(self._shape))).reshape(self._shape)
        cells = (
            slice(one.ages[0], one.ages[1] + 1),
            *(
                slice(None) if place == size else slice(place, place + 1)
                for place, size in zip((one.coordinator, one.plan), self._shape[2:], strict=True)
            ),
        )
        own = index[one.block][cells].ravel()
        if not one.is_complement:
            return Target(own, np.ones(len(own)))
        whole = index[0][cells].ravel()
        return Target(
            np.concatenate([whole, own]), np.concatenate([np.ones(len(whole)), -np.ones(len(own))])
        )

    def cell(self, one: Sum) -> tuple[int | str, ...]:
        """Return how a break names the sum."""
        first, last = one.ages
        if (first, last) == (0, self._shape[1] - 1):
            ages: int | str = "all"
        else:
            ages = first if first == last else f"{first}..{last}"
        return (
            ages,
            *(
                "all" if place == size else place
                for place, size in zip((one.coordinator, one.plan), self._shape[2:], strict=True)
            ),
        )
