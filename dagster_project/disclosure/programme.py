"""A mixed integer programme, row by row, and HiGHS that solves it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import highspy
import numpy as np
from highspy._core import _Highs
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A better solution is not sought where it can be better by so little. The search ends by nodes, not
# by the clock, so that the same numbers are solved the same way on any machine.
_GAP, _NODES = 0.05, 30


def quiet_solver() -> _Highs:
    """Return a solver on one thread that writes nothing: highspy's own class prints who it is."""
    solver = _Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    return solver


@dataclass(frozen=True)
class Solution:
    """The values of the columns, what they cost, what is proven of the cost, and if it is least."""

    values: Floats
    cost: float
    cost_bound: float
    is_optimal: bool


@dataclass
class Programme:
    """Columns with costs and bounds, rows with bounds; least cost is sought."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    is_integer: list[bool] = field(default_factory=list)
    rows: list[tuple[NDArray[np.intp], Floats]] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)

    def column(
        self,
        cost: float = 0.0,
        upper: float = math.inf,
        *,
        lower: float = 0.0,
        integer: bool = False,
    ) -> int:
        """Add a column and return its place."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.is_integer.append(integer)
        return len(self.cost) - 1

    def binary(self, cost: float = 0.0) -> int:
        """Add a column that is 0 or 1 and return its place."""
        return self.column(cost, 1.0, integer=True)

    def row(
        self,
        columns: NDArray[np.intp] | list[int],
        factors: Floats | list[float],
        *,
        lower: float = -math.inf,
        upper: float = math.inf,
    ) -> None:
        """Add a row: the sum of columns times factors lies from lower to upper."""
        self.rows.append((np.asarray(columns, dtype=np.intp), np.asarray(factors, dtype=float)))
        self.row_lower.append(lower)
        self.row_upper.append(upper)

    def solve(self, seconds: float = math.inf) -> Solution | None:
        """Return the best solution found within so many seconds; None where there is none."""
        solver = quiet_solver()
        solver.setOptionValue("mip_rel_gap", _GAP)
        solver.setOptionValue("mip_max_nodes", _NODES)
        solver.setOptionValue("time_limit", max(seconds, 0.01))
        solver.passModel(self._model())
        solver.run()
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        is_optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        bound = info.mip_dual_bound if any(self.is_integer) else info.objective_function_value
        return Solution(
            np.array(solver.getSolution().col_value),
            info.objective_function_value,
            bound,
            is_optimal,
        )

    def _model(self) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), len(self.rows)
        model.col_cost_ = np.array(self.cost)
        model.col_lower_, model.col_upper_ = np.array(self.lower), np.array(self.upper)
        model.row_lower_, model.row_upper_ = np.array(self.row_lower), np.array(self.row_upper)
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        lengths = [len(columns) for columns, _ in self.rows]
        matrix.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        empty = (np.zeros(0, dtype=np.intp), np.zeros(0))
        columns, factors = zip(*(self.rows or [empty]), strict=True)
        matrix.index_ = np.concatenate(columns).astype(np.int32)
        matrix.value_ = np.concatenate(factors)
        kinds = highspy.HighsVarType
        model.integrality_ = [
            kinds.kInteger if whole else kinds.kContinuous for whole in self.is_integer
        ]
        return model
