"""No more persons are shown of an age group than can live there.

Who knows how many inhabitants a group has would otherwise prove a cell to be small that is shown as
the base. A register may have more persons than there are inhabitants (somebody has moved and was
not signed off): such a group is counted as if it had as many as live there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dagster_project.disclosure.margins import Counts
from dagster_project.disclosure.programme import Floats
from dagster_project.disclosure.rounding import Ceiling


def within(counts: Counts, most: Floats) -> Counts:
    """Return counts (ages, coordinator, plan) with no more in an age group than `most` (ages,).

    Where there are more, the largest cells of the group give.
    """
    kept = counts.copy()
    for age in np.flatnonzero(counts.sum(axis=(1, 2)) > most):
        cells = kept[age].reshape(-1)
        for _ in range(int(cells.sum() - np.floor(most[age]))):
            cells[cells.argmax()] -= 1
    return kept


def ceilings(shape: Sequence[int], most: Floats) -> list[Ceiling]:
    """Return that no age group is shown as more than `most` (ages,); infinite ones have none."""
    index = np.arange(int(np.prod(shape))).reshape(shape)
    found = []
    for age in np.flatnonzero(np.isfinite(most)):
        members = np.zeros(index.size, dtype=np.int64)
        members[index[age]] = 1
        found.append(Ceiling(members, int(most[age])))
    return found
