"""What may be said of figures: is a difference more than chance, and who stands out.

All tests are two-sided at 95 %. They take the two sides as independent; the same persons a year
later are not, so that a test of change is cautious: it rather keeps quiet than speaks too early.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol, TypeVar

from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Kind

SIGNIFICANCE = 0.05
# Below this a share says little: the figure is marked and no finding is made of it.
SMALL_DENOMINATOR = 10
# Below this a number of events says little, however many they are counted among.
_FEW_EVENTS = SMALL_DENOMINATOR
# Of one group there is nothing to say: the rest is whoever is in none.
_FEWEST_GROUPS = 2
# A date may lie so far from the anniversary and still be taken for a year before.
_NEAR_A_YEAR = dt.timedelta(days=16)


class Dated(Protocol):
    """Whatever is of one day."""

    @property
    def date(self) -> dt.date:
        """Return the day."""


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class Difference:
    """How far one figure is above another, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Extremes:
    """Who stands out from the rest by more than chance; None where nobody does.

    The highest of those above the rest and the lowest of those below it; a group of few may lie
    further out than either. `judged` is how many groups were large enough to be tested: with none
    there is nothing to say, not even that chance may be all there is.
    """

    highest: Cell | None
    lowest: Cell | None
    tested: int


def differ(
    first: Measured, second: Measured, kind: Kind, significance: float = SIGNIFICANCE
) -> bool:
    """Return whether two figures differ by more than chance (pooled two-sample z test).

    Shares are taken as binomial, rates as Poisson. Other kinds have no test: they never differ.
    """
    return separation(first, second, kind) > critical(significance)


def separation(first: Measured, second: Measured, kind: Kind) -> float:
    """Return how many standard errors lie between two figures; 0 where there is no test."""
    if kind not in (Kind.SHARE, Kind.RATE) or not (first.denominator and second.denominator):
        return 0.0
    pooled = (first.numerator + second.numerator) / (first.denominator + second.denominator)
    spread = pooled * (1 - pooled) if kind is Kind.SHARE else pooled
    variance = spread * (1 / first.denominator + 1 / second.denominator)
    if variance <= 0:
        return 0.0
    difference = first.numerator / first.denominator - second.numerator / second.denominator
    return abs(difference) / math.sqrt(variance)


def critical(significance: float) -> float:
    """Return how many standard errors are more than chance, tested from both sides."""
    return NormalDist().inv_cdf(1 - significance / 2)


def distance_to(measured: Measured, target: float) -> float:
    """Return how many standard errors a share lies above a target, negative below it.

    The score test: beyond chance just where Wilson's interval does not hold the target.
    """
    difference = measured.numerator / measured.denominator - target
    variance = target * (1 - target) / measured.denominator
    if variance > 0:
        return difference / math.sqrt(variance)
    # Of a target of nobody or everybody a single exception is proof.
    return math.copysign(math.inf, difference) if difference else 0.0


def difference(after: Measured, before: Measured) -> Difference | None:
    """Return the difference of two figures, its interval made of theirs (Newcombe).

    None where one of them has no interval.
    """
    if after.low is None or after.high is None or before.low is None or before.high is None:
        return None
    value = after.value - before.value
    return Difference(
        value,
        value - math.hypot(after.value - after.low, before.high - before.value),
        value + math.hypot(after.high - after.value, before.value - before.low),
    )


def extremes(groups: Iterable[Cell], everyone: Measured, kind: Kind) -> Extremes:
    """Return the highest and the lowest of the groups that differ from the rest.

    Each group is tested against everybody outside it, at a level divided by the number of groups:
    whoever looks for the largest of many differences finds one. A group with few persons or few
    events is not tested; nor does it keep a larger one from being named.
    """
    candidates = [
        (group, _without(everyone, group.measured))
        for group in groups
        if group.measured.denominator >= SMALL_DENOMINATOR
        and everyone.denominator - group.measured.denominator >= SMALL_DENOMINATOR
    ]
    if len(candidates) < _FEWEST_GROUPS:
        return Extremes(None, None, 0)
    tested = [
        (group, rest)
        for group, rest in candidates
        if has_events(group.measured, rest, kind) and has_events(rest, group.measured, kind)
    ]
    level = SIGNIFICANCE / len(candidates)
    apart = [group for group, rest in tested if differ(group.measured, rest, kind, level)]
    above = [group for group in apart if group.measured.value > everyone.value]
    below = [group for group in apart if group.measured.value < everyone.value]

    def by_value(group: Cell) -> float:
        return group.measured.value

    return Extremes(
        highest=max(above, key=by_value, default=None),
        lowest=min(below, key=by_value, default=None),
        tested=len(tested),
    )


def has_events(measured: Measured, other: Measured, kind: Kind) -> bool:
    """Return whether a figure rests on enough events to be held against another.

    Enough are counted, or expected of as many persons as of the other's.
    Of a share those without the event are as much an event as those with it: 0 of 200 says much
    beside 100 of 200, and little beside 1 of 200.
    """

    def enough(events: int, of_other: int) -> bool:
        return max(events, measured.denominator * of_other / other.denominator) >= _FEW_EVENTS

    if kind is not Kind.SHARE:
        return enough(measured.numerator, other.numerator)
    return enough(measured.numerator, other.numerator) and enough(
        measured.denominator - measured.numerator, other.denominator - other.numerator
    )


def by_age(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells of the age groups, all service areas together."""
    return [
        cell for cell in cells if cell.service_area == ALL and cell.age_group not in (ALL, UNKNOWN)
    ]


def by_area(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells of the service areas, all ages together."""
    return [cell for cell in cells if cell.age_group == ALL and cell.service_area != ALL]


def figure_of(cells: Iterable[Cell], age_group: str, service_area: str) -> Measured | None:
    """Return the figure of one cell, None where it has nobody to count."""
    for cell in cells:
        if (cell.age_group, cell.service_area) == (age_group, service_area):
            return cell.measured
    return None


def _without(everyone: Measured, group: Measured) -> Measured:
    numerator = everyone.numerator - group.numerator
    denominator = everyone.denominator - group.denominator
    return Measured(numerator, denominator, numerator / denominator, None, None)


def nearest_to_anniversary(dated: Iterable[D], day: dt.date, years: int) -> D | None:
    """Return what is dated so many years before a day, or near enough to be taken for it."""
    anniversary = same_day(day, years)
    near = [each for each in dated if abs(each.date - anniversary) <= _NEAR_A_YEAR]
    return min(near, key=lambda each: abs(each.date - anniversary), default=None)


def same_day(day: dt.date, years_before: int) -> dt.date:
    """Return the same day of an earlier year, the end of February for a leap day."""
    year = day.year - years_before
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def leaders(groups: Sequence[tuple[str, Measured]], kind: Kind) -> tuple[str, ...]:
    """Return the highest of some groups, and those that chance alone may keep below it.

    Each is tested against the highest, at a level divided by how many there are beside it.
    """
    if not groups:
        return ()
    ranked = sorted(groups, key=lambda group: -group[1].value)
    highest = ranked[0][1]
    level = SIGNIFICANCE / max(1, len(ranked) - 1)
    return tuple(code for code, measured in ranked if not differ(highest, measured, kind, level))


def wilson(count: int, of: int) -> Measured:
    """Return a share with Wilson's 95 % interval."""
    return Measured(count, of, count / of, *wilson_limits(count, of, critical(SIGNIFICANCE)))


def wilson_limits(count: float, of: float, z: float) -> tuple[float, float]:
    """Return Wilson's limits of a share, `z` standard errors from it."""
    middle = (2 * count + z**2) / (2 * (of + z**2))
    reach = z * math.sqrt(z**2 + 4 * count * (1 - count / of)) / (2 * (of + z**2))
    # Of none and of all the limits are 0 and 1, but for the last digit.
    return max(0.0, middle - reach), min(1.0, middle + reach)
