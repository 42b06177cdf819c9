"""How long it takes until something happens, with those in it for whom it has not happened yet.

Kaplan and Meier's estimate with Greenwood's variance; the 95 % band is drawn on the scale of
log(-log), which keeps it between 0 and 1 and is right for small groups too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)
_HALF = 0.5


@dataclass(frozen=True)
class DayCount:
    """How many were waiting just before a day, for how many it came on it, and who was lost."""

    days: int
    waiting: int
    happened: int
    censored: int


@dataclass(frozen=True)
class Estimate:
    """From a day on: the share for whom it has not happened, and its limits where it has any."""

    days: int
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Median:
    """The day by which it has happened for half, and its limits; None is later than was seen."""

    days: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Curve:
    """The share for whom it has not happened yet, by days; it begins at one."""

    counts: tuple[DayCount, ...]
    estimates: tuple[Estimate, ...]

    @property
    def persons(self) -> int:
        """How many were waiting at the start."""
        return self.counts[0].waiting if self.counts else 0

    def waiting(self, days: int) -> int:
        """Return how many were still waiting, and seen, just before a day."""
        return next((count.waiting for count in self.counts if count.days >= days), 0)

    def on(self, days: int) -> Estimate:
        """Return the estimate that holds on a day."""
        return [each for each in self.estimates if each.days <= days][-1]

    def until(self, fewest: int) -> int:
        """Return the last day on which so many were still waiting; after it chance rules."""
        return max((count.days for count in self.counts if count.waiting >= fewest), default=0)

    def median(self, last: int) -> Median:
        """Return when it had happened for half, as far as the curve is trusted to a last day."""
        trusted = [each for each in self.estimates if each.days <= last]

        def reached(values: Iterable[tuple[int, float | None]]) -> int | None:
            return next(
                (days for days, value in values if (1.0 if value is None else value) <= _HALF), None
            )

        return Median(
            days=reached((each.days, each.share) for each in trusted),
            low=reached((each.days, each.low) for each in trusted),
            high=reached((each.days, each.high) for each in trusted),
        )


def kaplan_meier(counts: Sequence[DayCount]) -> Curve:
    """Return the curve of counts by day, in the order of the days."""
    estimates = [Estimate(0, 1.0, None, None)]
    share, greenwood = 1.0, 0.0
    for count in counts:
        if not count.happened:
            continue
        share *= 1 - count.happened / count.waiting
        left = count.waiting - count.happened
        low: float | None = None
        high: float | None = None
        if left:
            greenwood += count.happened / (count.waiting * left)
            reach = _Z * math.sqrt(greenwood) / abs(math.log(share))
            low, high = share ** math.exp(reach), share ** math.exp(-reach)
        else:
            share = 0.0
        estimates.append(Estimate(count.days, share, low, high))
    return Curve(tuple(counts), tuple(estimates))
