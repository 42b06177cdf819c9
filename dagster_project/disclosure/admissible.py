"""Which values a count may be shown as, and which of them are nearest to it.

Two numbers that a reader can subtract are *apart* where they are equal or differ by at least the
base: their difference is then nobody, or at least so many. A shown value has to be apart from 0;
in a part of a whole, from the whole; and where it has been shown before, from what was shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.disclosure.margins import Counts


@dataclass(frozen=True)
class Nearest:
    """The nearest admissible values of each cell: equal where there is nothing to choose."""

    below: Counts
    above: Counts


def is_apart(values: Counts, others: Counts | int, base: int) -> NDArray[np.bool_]:
    """Return where values are equal to others, or differ from them by at least the base."""
    distance = np.abs(values - others)
    result: NDArray[np.bool_] = (distance == 0) | (distance >= base)
    return result


def is_admissible(
    values: Counts, base: int, whole: Counts | None, shown_before: Counts
) -> NDArray[np.bool_]:
    """Return where values may be shown.

    `whole` is what the part's whole is shown as, of the same shape; `shown_before` (versions, and
    the shape of the values) is what each has to be apart from besides.
    """
    good = (values >= 0) & is_apart(values, np.zeros_like(values), base)
    if whole is not None:
        good &= (values <= whole) & is_apart(values, whole, base)
    return good & is_apart(values, shown_before, base).all(axis=0)


def nearest(
    counts: Counts, base: int, whole: Counts | None, shown_before: Counts
) -> Nearest | None:
    """Return the nearest admissible value below and above each count; both are the count if it is.

    Where there is none on one side, the other stands for both. None where a cell has no value that
    may be shown at all, which takes something shown before.
    """
    start = counts if whole is None else np.minimum(counts, whole)
    lowest = np.zeros_like(counts)
    # Beyond every number that it has to be apart from, a base and more, all is admissible.
    highest = (
        np.maximum(start, shown_before.max(axis=0, initial=0)) + base if whole is None else whole
    )
    below, found_below = _search(start, -1, lowest, base, whole, shown_before)
    above, found_above = _search(start, 1, highest, base, whole, shown_before)
    if not (found_below | found_above).all():
        return None
    return Nearest(np.where(found_below, below, above), np.where(found_above, above, below))


def _search(
    start: Counts, step: int, end: Counts, base: int, whole: Counts | None, shown_before: Counts
) -> tuple[Counts, NDArray[np.bool_]]:
    """Walk from start to end until each value is admissible; return values and where that is so."""
    values = start.copy()
    while True:
        good = is_admissible(values, base, whole, shown_before)
        walking = ~good & (values != end)
        if not walking.any():
            return values, good
        values[walking] += step
