"""Suppression for tables whose open cells have to be exact: which cells are hidden, and why.

Primary cells are hidden for their own sake. Secondary ones are hidden so that no primary one can be
worked out: of each primary cell the cheapest other table is sought in which it is at least the
threshold, and one in which it is at most 1, every equation kept; whatever cell differs in it is
hidden (the heuristic of Kelly, Golden and Assad, 1992, by linear programming). So whoever sees the
open cells alone can rule out neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import highspy
import numpy as np
from numpy.typing import NDArray

from dagster_project.disclosure.margins import Counts
from dagster_project.disclosure.programme import Floats, quiet_solver
from dagster_project.disclosure.tables import Table

Mask = NDArray[np.bool_]

_MOVED = 1e-6


class Reason(IntEnum):
    """Why a cell is hidden, if it is."""

    OPEN = 0
    PRIMARY = 1
    SECONDARY = 2


@dataclass(frozen=True)
class Suppression:
    """Which cells are hidden.

    Attributes:
        reasons: (cells,) a `Reason` each.
        unprotected: primary cells that some reader can narrow down whatever is hidden. A table that
            has any needs coarser groups; it is not to be shared.
    """

    reasons: Counts
    unprotected: Mask

    @property
    def hidden(self) -> Mask:
        """Which cells are hidden, for whatever reason."""
        mask: Mask = self.reasons != Reason.OPEN
        return mask


def primary_cells(
    counts: Counts, threshold: int, groups: Counts | None = None, *, zeros: bool = False
) -> Mask:
    """Return which cells are hidden for their own sake.

    Args:
        counts: (cells,) true counts.
        threshold: the least number of persons that is shown.
        groups: (cells,) the place of the cell that a cell is a part of, -1 where it is of none. A
            cell is hidden, too, where the rest of its group is 1 to threshold - 1, and where nobody
            or all of a group of 1 to threshold - 1 are in it.
        zeros: whether every 0 is hidden.
    """
    small = (counts > 0) & (counts < threshold)
    if zeros:
        small |= counts == 0
    if groups is not None:
        whole = counts[groups]
        rest = whole - counts
        few = (whole > 0) & (whole < threshold)
        small |= (groups >= 0) & (((rest > 0) & (rest < threshold)) | few)
    result: Mask = small
    return result


def suppress(
    table: Table,
    primary: Mask,
    threshold: int,
    insiders: Sequence[Mask] = (),
    *,
    zeros: bool = False,
) -> Suppression:
    """Return which cells to hide so that no primary cell can be narrowed down.

    Args:
        table: the cells, and the equations that a reader knows.
        primary: which cells are hidden for their own sake.
        threshold: the least number of persons that is shown.
        insiders: for each reader who knows cells of the table, which those are.
        zeros: whether a 0 may be hidden. If not, a reader knows that a hidden cell is at least 1.
    """
    moves = _Moves(table, primary.copy(), least=0 if zeros else 1)
    unprotected = np.zeros(len(primary), dtype=bool)
    # Large primaries first: what they need hidden often does for the small ones.
    order = sorted(np.flatnonzero(primary).tolist(), key=lambda cell: (-table.counts[cell], cell))
    for known in (np.zeros(len(primary), dtype=bool), *insiders):
        for cell in order:
            if known[cell]:
                continue
            count = int(table.counts[cell])
            up, down = max(threshold - count, 0), max(count - 1, 0)
            # Of a larger cell, hidden for the rest of its group, the same distance both ways.
            if count >= threshold:
                up = down = threshold - 1
            for way in (up, -down):
                if way and not moves.hide_for(cell, way, known):
                    unprotected[cell] = True
    reasons = np.where(
        primary, Reason.PRIMARY, np.where(moves.hidden, Reason.SECONDARY, Reason.OPEN)
    )
    return Suppression(reasons.astype(np.int64), unprotected)


class _Moves:
    """The other tables that a reader may hold for the true one: how far each cell is moved."""

    def __init__(self, table: Table, hidden: Mask, least: int) -> None:
        self.hidden = hidden
        counts = table.counts
        cells = len(counts)
        movable = counts >= least
        self.room_down = np.where(movable, counts - least, 0).astype(float)
        self.room_up = np.where(movable, highspy.kHighsInf, 0.0)
        # To hide a large cell costs readers more than to hide a small one, but not in proportion.
        self.cost = np.sqrt(counts + 1.0)
        self.solver = quiet_solver()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * cells, len(table.equations)
        model.col_cost_ = np.zeros(2 * cells)
        model.col_lower_ = np.zeros(2 * cells)
        model.col_upper_ = np.zeros(2 * cells)
        model.row_lower_ = model.row_upper_ = np.zeros(len(table.equations))
        both = np.hstack([table.equations, -table.equations])
        rows, columns = np.nonzero(both)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.searchsorted(rows, np.arange(len(both) + 1)).astype(np.int32)
        model.a_matrix_.index_ = columns.astype(np.int32)
        model.a_matrix_.value_ = both[rows, columns].astype(float)
        self.solver.passModel(model)
        self.places = np.arange(2 * cells, dtype=np.int32)

    def hide_for(self, cell: int, way: int, known: Mask) -> bool:
        """Hide what has to be for a cell to be movable so far; return whether that can be."""
        upper = np.where(np.tile(known, 2), 0.0, np.concatenate([self.room_up, self.room_down]))
        lower = np.zeros_like(upper)
        cells = len(self.hidden)
        forward, backward = (cell, cell + cells) if way > 0 else (cell + cells, cell)
        if way < 0 and abs(way) > self.room_down[cell]:
            return False
        lower[forward] = upper[forward] = abs(way)
        upper[backward] = 0.0
        # What is hidden already is often enough, and soon seen to be.
        if self._solved(lower, np.where(np.tile(self.hidden, 2), upper, 0.0), np.zeros_like(upper)):
            return True
        # A hidden cell costs next to nothing, so that no move is larger than it need be.
        cost = np.tile(np.where(self.hidden, 1e-4, self.cost), 2)
        if not self._solved(lower, upper, cost):
            return False
        values = np.array(self.solver.getSolution().col_value)
        self.hidden |= np.abs(values[:cells] - values[cells:]) > _MOVED
        return True

    def _solved(self, lower: Floats, upper: Floats, cost: Floats) -> bool:
        """Solve; from scratch where the last solution leads nowhere. Return if there is a move."""
        self.solver.changeColsBounds(len(upper), self.places, lower, upper)
        self.solver.changeColsCost(len(cost), self.places, cost)
        optimal = highspy.HighsModelStatus.kOptimal
        self.solver.run()
        if self.solver.getModelStatus() not in (optimal, highspy.HighsModelStatus.kInfeasible):
            self.solver.clearSolver()
            self.solver.run()
        return bool(self.solver.getModelStatus() == optimal)
