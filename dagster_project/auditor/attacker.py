"""The least and the greatest that a count can be, by linear programmes and integer programmes."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from dagster_project.auditor.audit import Interval
from dagster_project.auditor.knowledge import (
    TOLERANCE,
    ContradictionError,
    Floats,
    Indices,
    Knowledge,
    System,
    Target,
    whole,
)

# An interval that is wider is told from a small count without asking for whole numbers.
_WIDE = 6
_MIP_SECONDS = 20.0


class UndecidedError(Exception):
    """The solver gave no answer, twice."""


@dataclass(frozen=True)
class Extreme:
    """The end of an interval, and true counts (n,) that have it; None where they are not whole."""

    value: float
    point: Floats | None


class Attacker:
    """Asks for the ends of what a count can be.

    Unknowns that no row ties together are attacked apart. Raises ContradictionError where what is
    known cannot all be true.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.system = knowledge.system().tightened()
        self.programmes = 0
        self._parts = list(_parts(self.system))
        self._part_of = np.full(len(self.system.lower), -1)
        for number, part in enumerate(self._parts):
            self._part_of[part.columns] = number
        # Known counts are what they are; the others are filled in part by part.
        self._point = self.system.lower.copy()
        # The ends of each unknown among the true counts that were found to be possible.
        self._seen_low = np.full(len(self._point), np.inf)
        self._seen_high = -self._seen_low
        self._has_point = np.zeros(len(self._parts), dtype=bool)
        for number in range(len(self._parts)):
            self._solve(number, greatest=False, integer=False)

    def extreme(self, target: Target, *, greatest: bool, integer: bool = False) -> Extreme:
        """Return an end of the target, over real numbers or over whole ones.

        Raises UndecidedError where HiGHS does not know.
        """
        numbers = self._part_of[target.columns]
        untied = numbers < 0
        columns, weights = target.columns[untied], target.weights[untied]
        upward = (weights > 0) == greatest
        self._point[columns] = np.where(
            upward, self.system.upper[columns], self.system.lower[columns]
        )
        total = float(weights @ self._point[columns])
        is_whole = bool(np.isfinite(self._point[columns]).all())
        for number in np.unique(numbers[~untied]):
            within = numbers == number
            value, has_whole = self._solve(
                int(number),
                Target(target.columns[within], target.weights[within]),
                greatest=greatest,
                integer=integer,
            )
            total += value
            is_whole &= has_whole
        return Extreme(total, self._point.copy() if is_whole and self._has_point.all() else None)

    def possible(self) -> Floats:
        """Return true counts (n,) that are possible, whole."""
        for number in np.flatnonzero(~self._has_point):
            self._solve(int(number), greatest=False, integer=True)
        return self._point.copy()

    def interval(self, target: Target) -> Interval:
        """Return the interval of a target, rounded inward; of whole numbers where it is narrow."""
        low = np.ceil(self.extreme(target, greatest=False).value - TOLERANCE)
        high = np.floor(self.extreme(target, greatest=True).value + TOLERANCE)
        if high - low < _WIDE:
            if not self._is_seen(target, low):
                low = self.extreme(target, greatest=False, integer=True).value
            if not self._is_seen(target, high):
                high = self.extreme(target, greatest=True, integer=True).value
        return Interval(float(low), float(high))

    def _is_seen(self, target: Target, value: float) -> bool:
        """Whether possible true counts were found that have this end; of a single unknown only."""
        if len(target.columns) > 1:
            return False
        column = target.columns[0]
        return bool(
            self._part_of[column] < 0 or value in (self._seen_low[column], self._seen_high[column])
        )

    def _solve(
        self, number: int, target: Target | None = None, *, greatest: bool, integer: bool
    ) -> tuple[float, bool]:
        """Solve one part; return the value, and whether it is that of whole counts (then kept)."""
        part = self._parts[number]
        cost = np.zeros(len(part.columns))
        if target is not None:
            cost[np.searchsorted(part.columns, target.columns)] = target.weights
        self.programmes += 1
        solution = part.solve(cost, greatest=greatest, integer=integer)
        if solution is None:
            return (np.inf if greatest else -np.inf), False
        rounded = whole(solution)
        if rounded is None:
            return float(cost @ solution), False
        self._has_point[number] = True
        self._point[part.columns] = rounded
        for keep, seen in ((np.minimum, self._seen_low), (np.maximum, self._seen_high)):
            seen[part.columns] = keep(seen[part.columns], rounded)
        return float(cost @ rounded), True


def _parts(system: System) -> list[_Part]:
    """Take the system apart: the unknowns that binding rows tie together."""
    rows = system.binding_rows()
    free = np.flatnonzero(system.upper > system.lower)
    if not len(rows) or not len(free):
        return []
    matrix = system.matrix[rows]
    fixed = np.where(system.upper > system.lower, 0.0, system.lower)
    known = matrix @ fixed
    inner = sparse.csr_matrix(matrix[:, free])
    _, label = csgraph.connected_components(
        sparse.bmat([[None, inner], [inner.T, None]]), directed=False
    )
    of_row, of_column = label[: len(rows)], label[len(rows) :]
    parts = []
    for one in np.unique(of_row):
        within, members = np.flatnonzero(of_row == one), np.flatnonzero(of_column == one)
        columns = free[members]
        parts.append(
            _Part(
                columns,
                System(
                    system.lower[columns],
                    system.upper[columns],
                    sparse.csr_matrix(inner[within][:, members]),
                    system.row_lower[rows[within]] - known[within],
                    system.row_upper[rows[within]] - known[within],
                ),
            )
        )
    return parts


class _Part:
    """Unknowns that rows tie together, and the two solvers that know them."""

    def __init__(self, columns: Indices, system: System) -> None:
        self.columns = columns
        self._system = system
        self._linear: highspy.Highs | None = None
        self._integer: highspy.Highs | None = None

    def solve(self, cost: Floats, *, greatest: bool, integer: bool) -> Floats | None:
        """Return the counts that have the end; None where there is no end."""
        solver = self._solver(integer)
        every = np.arange(len(self.columns), dtype=np.int32)
        solver.changeColsCost(len(every), every, -cost if greatest else cost)
        if run(solver) == highspy.HighsModelStatus.kUnbounded:
            return None
        return np.asarray(solver.getSolution().col_value)

    def _solver(self, integer: bool) -> highspy.Highs:
        if integer:
            self._integer = self._integer or _started(self._system, integer=True)
            return self._integer
        self._linear = self._linear or _started(self._system, integer=False)
        return self._linear


class _Quiet(highspy.Highs):
    """HiGHS without its banner, which it writes as soon as anybody could listen."""

    def enableCallbacks(self) -> None:
        """Leave the callbacks off."""


def _started(system: System, *, integer: bool) -> highspy.Highs:
    """Return a solver that has been given a system."""
    solver = _Quiet()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.5)
    if integer:
        solver.setOptionValue("time_limit", _MIP_SECONDS)
    else:
        # Only the cost changes from one programme to the next: the last answer is a start.
        solver.setOptionValue("simplex_strategy", 4)
    program = highspy.HighsLp()
    rows, columns = system.matrix.shape
    program.num_col_, program.num_row_ = columns, rows
    program.col_cost_ = np.zeros(columns)
    program.col_lower_, program.col_upper_ = system.lower, system.upper
    program.row_lower_, program.row_upper_ = system.row_lower, system.row_upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = system.matrix.indptr
    program.a_matrix_.index_ = system.matrix.indices
    program.a_matrix_.value_ = system.matrix.data
    if integer:
        program.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver.passModel(program)
    return solver


def run(solver: highspy.Highs) -> highspy.HighsModelStatus:
    """Run a solver until it knows: HiGHS has been unsure of an unbounded programme begun warm.

    Raises ContradictionError where there is no solution, UndecidedError where it never knows.
    """
    known = {
        highspy.HighsModelStatus.kOptimal,
        highspy.HighsModelStatus.kUnbounded,
        highspy.HighsModelStatus.kInfeasible,
    }
    for _ in range(2):
        solver.run()
        status = solver.getModelStatus()
        if status in known:
            if status == highspy.HighsModelStatus.kInfeasible:
                raise ContradictionError
            return status
        solver.clearSolver()
    raise UndecidedError
