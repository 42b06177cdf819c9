"""What a month has been shown as: what the next version of it has to be apart from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dagster_project.disclosure.admissible import is_apart
from dagster_project.disclosure.margins import Counts, Margins
from dagster_project.disclosure.rounding import Separation


@dataclass(frozen=True)
class Earlier:
    """A block of a month as it has been shown, the oldest first; of no version where it is new.

    Attributes:
        counts: what was true when it was last shown.
        shown: what it was shown as, (versions, ages, coordinator, plan).
        whole: what the whole of it was shown as each time, of the same shape; None of a whole.
    """

    counts: Counts
    shown: Counts
    whole: Counts | None

    @classmethod
    def of(
        cls,
        shape: tuple[int, int, int],
        versions: Sequence[tuple[Counts, Counts]],
        wholes: Sequence[tuple[Counts, Counts]] | None,
    ) -> Earlier:
        """Return what is known of (true, shown) versions, paired with those of the whole.

        Versions are paired from the newest. A part that came into a month later than the month
        itself has been shown as nobody before.
        """
        nobody = (np.zeros(shape, dtype=np.int64),) * 2
        if wholes is None:
            of_whole = None
            known = list(versions)
        else:
            missing = len(wholes) - len(versions)
            known = [nobody] * missing + list(versions[max(0, -missing) :])
            of_whole = np.array([shown for _, shown in wholes]).reshape(-1, *shape)
        shown = np.array([shown for _, shown in known], dtype=np.int64).reshape(-1, *shape)
        return cls(known[-1][0] if known else nobody[0], shown, of_whole)

    def __len__(self) -> int:
        return len(self.shown)

    def forbids(self, whole: Counts | None) -> Counts:
        """Return numbers (any number of them, and the shape) that the block has to be apart from.

        They are what it was shown as, and what would leave of `whole`, as it is shown now, what was
        left of it then.
        """
        if whole is None or self.whole is None:
            numbers = self.shown
        else:
            numbers = np.concatenate([self.shown, whole - self.whole + self.shown])
        distinct: Counts = np.unique(numbers, axis=0) if len(numbers) else numbers
        return distinct


def close_sums(shown: Counts, forbidden: Counts, margins: Margins, base: int) -> list[Separation]:
    """Return the margins of a block that are not apart from those of a forbidden one."""
    now = margins.of(shown)
    return [
        Separation(margins.members[row], int(then[row]))
        for then in (margins.of(each) for each in forbidden)
        for row in np.flatnonzero(~is_apart(now, then, base))
    ]
