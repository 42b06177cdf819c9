"""Whether a figure has risen or fallen over the last five years (the Fingertips trend marker).

Five yearly figures with no break between them are tested for a slope: shares by the chi-squared
test for a trend in proportions, rates by weighted least squares. A slope counts where the test is
beyond chance at 99.8 % and no single year decides its direction.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dagster_project.publication.reader.reference import Kind
from dashboards.analysis.significance import SMALL_DENOMINATOR, nearest_to_anniversary
from dashboards.queries.development import Reading

YEARS = 5
# Chi-squared of one degree of freedom at 99.8 %.
CRITICAL = 9.549535706083
# The width of a 95 % interval in standard errors, as the published method writes it.
_INTERVAL_WIDTH = 3.92
# Indicators look back at most a year that ended some time ago, or at all there is. The figures of
# the latter hold those of the years before.
_LONGEST_YEAR_BEFORE = 3 * 365


class Direction(StrEnum):
    """Where a series is going."""

    UP = "up"
    DOWN = "down"
    NO_CHANGE = "no_change"


class Obstacle(StrEnum):
    """Why a trend cannot be calculated."""

    NO_INTERVAL = "no_interval"
    OVERLAP = "overlap"
    FEW_POINTS = "few_points"
    BROKEN = "broken"
    FEW_PERSONS = "few_persons"
    ALL_OR_NONE = "all_or_none"


@dataclass(frozen=True)
class Slope:
    """A test of five figures: its statistic, and the direction that it allows to be told."""

    chi_squared: float
    direction: Direction


@dataclass(frozen=True)
class Trend:
    """The trend of the last five yearly figures, oldest first."""

    slope: Slope
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class NoTrend:
    """Why there is none, and the yearly figures that there are, oldest first."""

    obstacle: Obstacle
    readings: tuple[Reading, ...]


def recent_trend(
    readings: Sequence[Reading], reference_date: dt.date, kind: Kind, looks_back_days: int
) -> Trend | NoTrend:
    """Return the trend of the five yearly figures that end with a date's."""
    yearly, is_broken = _yearly(readings, reference_date)
    obstacle = _obstacle(yearly, is_broken, kind, looks_back_days)
    if obstacle is not None:
        return NoTrend(obstacle, yearly)
    slope = (
        slope_of_shares(
            [reading.numerator or 0 for reading in yearly],
            [reading.denominator or 0 for reading in yearly],
        )
        if kind is Kind.SHARE
        else slope_of_values(
            [reading.value for reading in yearly],
            [reading.low or 0.0 for reading in yearly],
            [reading.high or 0.0 for reading in yearly],
        )
    )
    return Trend(slope, yearly)


def slope_of_shares(numerators: Sequence[int], denominators: Sequence[int]) -> Slope:
    """Test shares that are neither nothing nor all (Cochran-Armitage)."""
    times = range(1, len(numerators) + 1)
    events, persons = sum(numerators), sum(denominators)
    events_by_time = sum(t * x for t, x in zip(times, numerators, strict=True))
    by_time = sum(t * n for t, n in zip(times, denominators, strict=True))
    by_time_squared = sum(t * t * n for t, n in zip(times, denominators, strict=True))
    chi_squared = (
        persons
        * (persons * events_by_time - events * by_time) ** 2
        / (events * (persons - events) * (persons * by_time_squared - by_time**2))
    )
    logits = [math.log(x / (n - x)) for x, n in zip(numerators, denominators, strict=True)]
    equal = [1.0] * len(logits)
    return Slope(chi_squared, _direction(chi_squared, logits, equal))


def slope_of_values(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float]
) -> Slope:
    """Test values with 95 % intervals (least squares, weighted by the intervals)."""
    weights = [(_INTERVAL_WIDTH / (high - low)) ** 2 for low, high in zip(lows, highs, strict=True)]
    slope, spread = _least_squares(values, weights)
    chi_squared = slope**2 * spread / sum(weights)
    return Slope(chi_squared, _direction(chi_squared, values, weights))


def _yearly(
    readings: Sequence[Reading], reference_date: dt.date
) -> tuple[tuple[Reading, ...], bool]:
    """Return the figures of a date and of the years before, and whether a break cut them short."""
    found: list[Reading] = []
    for years in range(YEARS):
        near = nearest_to_anniversary(readings, reference_date, years)
        if near is None:
            break
        if found and near.segment != found[0].segment:
            return tuple(reversed(found)), True
        found.append(near)
    return tuple(reversed(found)), False


def _obstacle(
    yearly: Sequence[Reading], is_broken: bool, kind: Kind, looks_back_days: int
) -> Obstacle | None:
    def holds(test: Callable[[Reading], bool]) -> bool:
        return any(test(reading) for reading in yearly)

    if kind not in (Kind.SHARE, Kind.RATE) or holds(lambda each: _width(each) <= 0):
        return Obstacle.NO_INTERVAL
    if looks_back_days > _LONGEST_YEAR_BEFORE:
        return Obstacle.OVERLAP
    if len(yearly) < YEARS:
        return Obstacle.BROKEN if is_broken else Obstacle.FEW_POINTS
    if holds(lambda each: (each.denominator or 0) < SMALL_DENOMINATOR):
        return Obstacle.FEW_PERSONS
    if kind is Kind.SHARE and holds(lambda each: each.numerator in (0, each.denominator)):
        return Obstacle.ALL_OR_NONE
    return None


def _width(reading: Reading) -> float:
    return (reading.high or 0.0) - (reading.low or 0.0)


def _direction(chi_squared: float, values: Sequence[float], weights: Sequence[float]) -> Direction:
    """Return the direction, if it is beyond chance and no single figure decides it."""
    slopes = [_least_squares(values, weights)[0]]
    for left_out in range(len(values)):
        without = [0.0 if at == left_out else each for at, each in enumerate(weights)]
        slopes.append(_least_squares(values, without)[0])
    if chi_squared > CRITICAL:
        if min(slopes) > 0:
            return Direction.UP
        if max(slopes) < 0:
            return Direction.DOWN
    return Direction.NO_CHANGE


def _least_squares(values: Sequence[float], weights: Sequence[float]) -> tuple[float, float]:
    """Return the weighted slope over the years, and how far they spread it."""
    by_year = list(enumerate(zip(values, weights, strict=True), start=1))
    total = sum(weights)
    years = sum(w * t for t, (_, w) in by_year)
    spread = total * sum(w * t * t for t, (_, w) in by_year) - years**2
    sum_of_values = sum(w * y for _, (y, w) in by_year)
    products = total * sum(w * t * y for t, (y, w) in by_year) - years * sum_of_values
    return products / spread, spread
