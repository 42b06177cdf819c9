"""A block of a package as it is shown, and which true counts can be behind its numbers.

The rule is that of `docs/share-package.md`: a true count is shown as the nearest value below or
above that may be shown. In all areas together that is 0 and whatever is at least the base; in an
area it is what leaves such a value outside the area, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ALL_AREAS = "all"

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ShownBlock:
    """The published counts of a month and an area.

    `shown` are the inner cells (age groups, coordinator, plan). `margins` is the table as it was
    published, the margin last in each dimension (age groups + 1, coordinator + 1, plan + 1); None
    where only inner cells were, and the margins are their sums.
    """

    month: str
    service_area: str
    shown: Counts
    margins: Counts | None = None


def with_margins(inner: Counts) -> Counts:
    """Return inner cells (..., a, c, p) with their margins (..., a + 1, c + 1, p + 1)."""
    table = inner
    for axis in (-3, -2, -1):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    return table


def possible_in_all(shown: Counts, base: int) -> tuple[Counts, Counts]:
    """Return the least and the greatest true count behind each number of all areas together.

    A number that may not be shown is taken for what it says.
    """
    low = np.where(shown == base, 1, shown)
    high = np.where(shown == 0, base - 1, shown)
    return low, high


def possible_in_area(shown: Counts, shown_in_all: Counts, base: int) -> tuple[Counts, Counts]:
    """Return the least and the greatest true count behind each number of an area.

    What may be shown is 0, the base up to `shown_in_all` less the base, and `shown_in_all`. A
    number that may not be shown is taken for what it says.
    """
    whole, most = shown_in_all, possible_in_all(shown_in_all, base)[1]
    # The greatest that may be shown and is less than the whole, and the least above 0.
    below_whole = np.where(whole >= 2 * base, whole - base, 0)
    above_none = np.where(whole >= 2 * base, base, np.maximum(whole, base))
    between = (shown >= base) & (shown <= whole - base)
    low = np.select(
        [shown == 0, between & (shown > base), between, shown == whole],
        [0, shown, 1, below_whole + 1],
        shown,
    )
    high = np.select(
        [shown == 0, between & (shown < whole - base), between, shown == whole],
        [above_none - 1, shown, whole - 1, most],
        shown,
    )
    return low, np.where(shown <= whole, np.minimum(high, np.maximum(most, shown)), shown)


def cell_of(place: Counts, shape: tuple[int, ...]) -> tuple[int | str, ...]:
    """Return how a break names a place of a table with margins, which stand last."""
    return tuple(
        "all" if at == size - 1 else int(at) for at, size in zip(place, shape, strict=True)
    )
