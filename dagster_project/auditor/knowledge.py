"""What an attacker knows, as bounds and linear rows over unknown whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
# What is within this of a whole number is that number: a hundred times HiGHS's own tolerance.
TOLERANCE = 1e-5


class ContradictionError(Exception):
    """What is known cannot all be true."""


@dataclass
class Knowledge:
    """Bounds of n unknowns, and rows that bound sums of them.

    `lower` and `upper` are of shape (n,), `upper` may be infinite. Rows are added by `bound`.
    """

    lower: Floats
    upper: Floats
    _columns: list[Indices] = field(default_factory=list)
    _weights: list[Floats] = field(default_factory=list)
    _lengths: list[Indices] = field(default_factory=list)
    _row_lower: list[Floats] = field(default_factory=list)
    _row_upper: list[Floats] = field(default_factory=list)

    def bound(
        self,
        columns: npt.ArrayLike,
        weights: npt.ArrayLike = 1.0,
        *,
        low: npt.ArrayLike = -np.inf,
        high: npt.ArrayLike = np.inf,
    ) -> None:
        """Say that weighted sums of unknowns are within `low` and `high`.

        `columns` is one sum (k,), or many (m, k) with `low` and `high` of shape (m,).
        """
        into = np.atleast_2d(np.asarray(columns, dtype=np.intp))
        self._columns.append(into.ravel())
        self._weights.append(np.broadcast_to(np.asarray(weights, float), into.shape).ravel())
        self._lengths.append(np.full(len(into), into.shape[1]))
        for ends, end in ((self._row_lower, low), (self._row_upper, high)):
            ends.append(np.broadcast_to(np.asarray(end, float), len(into)))

    def system(self) -> System:
        """Return all that is known as one system."""
        lengths = _joined(self._lengths, np.intp)
        matrix = sparse.csr_matrix(
            (
                _joined(self._weights, np.float64),
                _joined(self._columns, np.intp),
                np.concatenate([[0], np.cumsum(lengths)]),
            ),
            shape=(len(lengths), len(self.lower)),
        )
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return System(
            self.lower.astype(np.float64),
            self.upper.astype(np.float64),
            matrix,
            _joined(self._row_lower, np.float64),
            _joined(self._row_upper, np.float64),
        )


def _joined(arrays: list[Any], kind: type) -> Any:
    return np.concatenate([np.empty(0, dtype=kind), *arrays]).astype(kind)


@dataclass(frozen=True)
class System:
    """lower <= x <= upper and row_lower <= matrix @ x <= row_upper; x whole.

    Shapes: (n,), (m, n), (m,).
    """

    lower: Floats
    upper: Floats
    matrix: sparse.csr_matrix
    row_lower: Floats
    row_upper: Floats

    def tightened(self, rounds: int = 50) -> System:
        """Return the system with the bounds that follow row by row, until nothing more does.

        Raises ContradictionError where a bound passes its opposite.
        """
        lower, upper = self.lower.copy(), self.upper.copy()
        rows = np.repeat(np.arange(self.matrix.shape[0]), np.diff(self.matrix.indptr))
        columns, weights = self.matrix.indices, self.matrix.data
        for _ in range(rounds):
            least, greatest = _activity(rows, columns, weights, lower, upper, len(self.row_lower))
            # What a term can be at most, the others being at their least; and the reverse.
            most = (self.row_upper[rows] - least) / weights
            fewest = (self.row_lower[rows] - greatest) / weights
            new_upper, new_lower = upper.copy(), lower.copy()
            np.minimum.at(new_upper, columns, np.where(weights > 0, most, fewest))
            np.maximum.at(new_lower, columns, np.where(weights > 0, fewest, most))
            new_upper, new_lower = np.floor(new_upper + TOLERANCE), np.ceil(new_lower - TOLERANCE)
            if (new_lower > new_upper).any():
                raise ContradictionError
            if (new_lower == lower).all() and (new_upper == upper).all():
                break
            lower, upper = new_lower, new_upper
        return System(lower, upper, self.matrix, self.row_lower, self.row_upper)

    def binding_rows(self) -> Indices:
        """Return the rows that the bounds do not fulfil by themselves.

        Raises ContradictionError where the bounds cannot fulfil a row.
        """
        low, high = (_products(self.matrix, *ends) for ends in (self._ends, self._ends[::-1]))
        least = np.asarray(low.sum(axis=1)).ravel()
        greatest = np.asarray(high.sum(axis=1)).ravel()
        if (least > self.row_upper + TOLERANCE).any() or (
            greatest < self.row_lower - TOLERANCE
        ).any():
            raise ContradictionError
        return np.flatnonzero(
            (least < self.row_lower - TOLERANCE) | (greatest > self.row_upper + TOLERANCE)
        )

    @property
    def _ends(self) -> tuple[Floats, Floats]:
        return self.lower, self.upper


def _products(matrix: sparse.csr_matrix, first: Floats, second: Floats) -> sparse.csr_matrix:
    """Return the terms of the rows: weights above 0 times `first`, the others times `second`."""
    ends = np.where(matrix.data > 0, first[matrix.indices], second[matrix.indices])
    return sparse.csr_matrix((matrix.data * ends, matrix.indices, matrix.indptr), matrix.shape)


def _activity(
    rows: Indices, columns: Indices, weights: Floats, lower: Floats, upper: Floats, count: int
) -> tuple[Floats, Floats]:
    """Return for each term the least and the greatest sum of the other terms of its row."""
    sums: list[Floats] = []
    for first, second in ((lower, upper), (upper, lower)):
        terms = weights * np.where(weights > 0, first[columns], second[columns])
        infinite = np.isinf(terms)
        finite = np.where(infinite, 0.0, terms)
        total = np.bincount(rows, finite, count)[rows] - finite
        others = np.bincount(rows, infinite, count)[rows] - infinite
        unlimited = -np.inf if first is lower else np.inf
        sums.append(np.where(others > 0, unlimited, total))
    return sums[0], sums[1]


def whole(values: Floats) -> Floats | None:
    """Return the values as whole numbers; None where one is not whole."""
    rounded = np.round(values)
    return rounded if np.abs(values - rounded).max(initial=0.0) <= TOLERANCE else None


def as_target(columns: Sequence[int] | Indices, weights: Sequence[float] | float = 1.0) -> Target:
    """Return the weighted sum of some unknowns as a target."""
    into = np.asarray(columns, dtype=np.intp).ravel()
    return Target(into, np.broadcast_to(np.asarray(weights, dtype=np.float64), into.shape))


@dataclass(frozen=True)
class Target:
    """A weighted sum of unknowns that an attacker asks for; weights are whole."""

    columns: Indices
    weights: Floats
