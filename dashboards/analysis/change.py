"""Whether a figure has changed in a year: the one answer that every page gives.

A figure of a date is held against that of a year before. Of a stock that is now against then; of
what is counted over a year it is the last twelve months against the twelve before them. The test is
that of `significance`, cautious where the same persons are counted twice.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import significance
from dashboards.analysis.significance import SIGNIFICANCE, SMALL_DENOMINATOR


class Verdict(StrEnum):
    """What may be said of a change."""

    UP = "up"
    DOWN = "down"
    BY_CHANCE = "by_chance"  # chance may be all there is
    FEW = "few"
    UNTESTED = "untested"  # the kind of figure has no test
    BROKEN = "broken"
    UNKNOWN = "unknown"

    @property
    def is_tested(self) -> bool:
        """Whether the figures were held against chance."""
        return self in (Verdict.UP, Verdict.DOWN, Verdict.BY_CHANCE)

    @property
    def is_sure(self) -> bool:
        """Whether it is more than chance can explain."""
        return self in (Verdict.UP, Verdict.DOWN)


class Dated(Protocol):
    """A figure of one day. Those of different segments have a break between them."""

    @property
    def date(self) -> dt.date:
        """Return the day."""

    @property
    def segment(self) -> int:
        """Return which stretch without a break it is of."""

    @property
    def value(self) -> float:
        """Return the value."""

    @property
    def denominator(self) -> int | None:
        """Return how many it is of, where it is of some."""

    @property
    def measured(self) -> Measured | None:
        """Return it as how many of how many, where it is that."""


F = TypeVar("F", bound=Dated)
F_co = TypeVar("F_co", bound=Dated, covariant=True)
N = TypeVar("N", bound=Hashable)


@dataclass(frozen=True)
class Change(Generic[F_co]):
    """How a figure differs from that of a year before.

    `strength` is how many times as far from chance it is as it has to be; 0 where it is not tested.
    `earlier` is None where nothing can be compared; `is_a_year` whether it is a year to the day.
    """

    verdict: Verdict
    earlier: F_co | None = None
    difference: float = 0.0
    strength: float = 0.0
    is_a_year: bool = False


def in_a_year(
    series: Sequence[F], day: dt.date, kind: Kind, alpha: float = SIGNIFICANCE
) -> Change[F]:
    """Return the change of a series to a day from a year before."""
    now = next((each for each in series if each.date == day), None)
    if now is None:
        return Change(Verdict.UNKNOWN)
    unbroken = [each for each in series if each.segment == now.segment]
    earlier = significance.nearest_to_anniversary(unbroken, day, years=1)
    if earlier is None:
        across = significance.nearest_to_anniversary(series, day, years=1)
        return Change(Verdict.BROKEN if across else Verdict.UNKNOWN)
    difference = now.value - earlier.value
    strength = _apart(now, earlier, kind) / significance.critical(alpha)
    return Change(
        _verdict(now, earlier, kind, difference, strength),
        earlier,
        difference,
        strength,
        _is_anniversary(earlier.date, day),
    )


def of_family(family: Mapping[N, Sequence[F]], day: dt.date, kind: Kind) -> dict[N, Change[F]]:
    """Return the changes of groups that stand side by side, such as the age groups.

    Each is tested at a level divided by how many can be: whoever looks at many finds one.
    """
    alone = {name: in_a_year(series, day, kind) for name, series in family.items()}
    tested = sum(each.verdict.is_tested for each in alone.values())
    level = SIGNIFICANCE / max(1, tested)
    return {name: in_a_year(series, day, kind, level) for name, series in family.items()}


def _apart(now: Dated, earlier: Dated, kind: Kind) -> float:
    if now.measured is None or earlier.measured is None:
        return 0.0
    return significance.separation(now.measured, earlier.measured, kind)


def _verdict(now: Dated, earlier: Dated, kind: Kind, difference: float, strength: float) -> Verdict:
    if any(_is_small(each) for each in (now, earlier)):
        return Verdict.FEW
    if kind not in (Kind.SHARE, Kind.RATE) or now.measured is None or earlier.measured is None:
        return Verdict.UNTESTED
    if not (
        significance.has_events(now.measured, earlier.measured, kind)
        and significance.has_events(earlier.measured, now.measured, kind)
    ):
        return Verdict.FEW
    if strength <= 1:
        return Verdict.BY_CHANCE
    return Verdict.UP if difference > 0 else Verdict.DOWN


def _is_small(figure: Dated) -> bool:
    return figure.denominator is not None and figure.denominator < SMALL_DENOMINATOR


def _is_anniversary(earlier: dt.date, later: dt.date) -> bool:
    """Whether the dates are a year apart, the ends of a month counting as the same day."""
    both_end_months = _ends_month(earlier) and _ends_month(later) and earlier.month == later.month
    return both_end_months or earlier == significance.same_day(later, years_before=1)


def _ends_month(day: dt.date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]
