"""A table of counts with all its margins and hierarchies, and the equations that tie them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dagster_project.disclosure.margins import FINE, ONE_WAY, TOTAL, Counts, Margins

# Of an axis, the groups beside single values and all: the places of the values in each.
Groups = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Table:
    """Cells, inner ones and margins alike, and what an attacker knows of how they add up.

    Attributes:
        counts: (cells,) true counts.
        equations: (equations, cells) factors; of each equation the sum of factor times count is 0.
    """

    counts: Counts
    equations: Counts

    def __post_init__(self) -> None:
        if (self.equations @ self.counts).any():
            raise ValueError("an equation of the table does not hold for its counts")
        if (self.counts < 0).any():
            raise ValueError("counts are whole numbers from 0")


@dataclass(frozen=True)
class Cross:
    """What a table of several axes has, whatever its counts.

    Attributes:
        shape: how many single values each axis has.
        coordinates: of each cell, for each axis the place among single values, then groups, then
            all.
        members: (cells, inner cells), 1 where an inner cell is part of a cell.
        equations: as of a `Table`.
    """

    shape: tuple[int, ...]
    coordinates: tuple[tuple[int, ...], ...]
    members: Counts
    equations: Counts

    @classmethod
    def of(cls, shape: tuple[int, ...], groups: Sequence[Groups] | None = None) -> Cross:
        """Return the cells of axes of so many values, with the groups of each axis, and `all`."""
        per_axis = [
            [[value] for value in range(length)]
            + [list(group) for group in (groups[axis] if groups else [])]
            + [list(range(length))]
            for axis, length in enumerate(shape)
        ]
        places = [range(len(parts)) for parts in per_axis]
        coordinates = tuple(product(*places))
        number = {coordinate: place for place, coordinate in enumerate(coordinates)}
        axes = [_membership(parts, length) for parts, length in zip(per_axis, shape, strict=True)]
        members: Counts = reduce(np.kron, axes)
        equations = []
        for axis, length in enumerate(shape):
            for coordinate in coordinates:
                if coordinate[axis] >= length:
                    row = np.zeros(len(coordinates), dtype=np.int64)
                    row[number[coordinate]] = -1
                    for value in per_axis[axis][coordinate[axis]]:
                        row[number[(*coordinate[:axis], value, *coordinate[axis + 1 :])]] += 1
                    equations.append(row)
        return cls(shape, coordinates, members, np.array(equations))

    @property
    def is_inner(self) -> NDArray[np.bool_]:
        """Which cells are of a single value of every axis."""
        return np.array(
            [
                all(place < size for place, size in zip(each, self.shape, strict=True))
                for each in self.coordinates
            ]
        )

    @property
    def margins(self) -> Margins:
        """Every cell that is no inner one, with what it weighs: of a single axis at least one."""
        inner = self.is_inner
        weights = [
            {0: TOTAL, 1: ONE_WAY}.get(len(self.shape) - self._alls(each), FINE)
            for each in self.coordinates
        ]
        return Margins(self.members[~inner], np.array(weights)[~inner])

    def table(self, counts: Counts) -> Table:
        """Return the table of inner counts, of the shape of the axes."""
        if counts.shape != self.shape:
            raise ValueError(f"counts of shape {counts.shape} in a table of shape {self.shape}")
        return Table(self.members @ counts.reshape(-1), self.equations)

    def _alls(self, coordinate: tuple[int, ...]) -> int:
        last = (max(each[axis] for each in self.coordinates) for axis in range(len(self.shape)))
        return sum(place == end for place, end in zip(coordinate, last, strict=True))


def _membership(parts: Sequence[Sequence[int]], length: int) -> Counts:
    """Return (parts, values), 1 where a value is in a part."""
    matrix = np.zeros((len(parts), length), dtype=np.int64)
    for row, part in enumerate(parts):
        matrix[row, list(part)] = 1
    return matrix
