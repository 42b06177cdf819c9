"""The control chart of monthly figures (XmR): what is usual from month to month, and what is not.

The natural limits are the mean, more and less 2.66 times the mean of the steps from month to month.
Signals are a figure outside them, eight or more in a row on one side of the mean, and six or more
in a row that rise or fall.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import TypeVar

from dashboards.judgement import SMALL_DENOMINATOR
from dashboards.queries.development import Reading

# Three standard deviations, estimated from the mean step between neighbours.
_LIMITS = 2.66
_RUN_ON_ONE_SIDE = 8
_RUN_IN_ONE_DIRECTION = 6
# Limits drawn from fewer months say little.
FEWEST_MONTHS = 12
# Months apart: a longer way between two figures is a gap.
_LONGEST_STEP = dt.timedelta(days=45)
# What the sums of equal figures may differ by.
_ROUNDING = 1e-9

T = TypeVar("T")


class Signal(StrEnum):
    """What a figure does that chance from month to month seldom does; the gravest first."""

    OVER = "over"
    UNDER = "under"
    ABOVE_MEAN = "above_mean"
    BELOW_MEAN = "below_mean"
    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True)
class Stretch:
    """Neighbouring figures that give one signal: the first and the last of them."""

    signal: Signal
    first: int
    last: int

    @property
    def length(self) -> int:
        """How many figures give it."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class ControlChart:
    """The mean, the natural limits, and the stretches that give a signal, oldest first."""

    mean: float
    lower: float
    upper: float
    stretches: tuple[Stretch, ...]

    @property
    def outside(self) -> int:
        """How many figures are outside the limits."""
        beyond = (Signal.OVER, Signal.UNDER)
        return sum(each.length for each in self.stretches if each.signal in beyond)

    def signals_at(self, place: int) -> tuple[Signal, ...]:
        """Return the signals of one figure, the gravest first."""
        found = {each.signal for each in self.stretches if each.first <= place <= each.last}
        return tuple(signal for signal in Signal if signal in found)


def running(readings: Sequence[Reading], reference_date: dt.date) -> tuple[Reading, ...]:
    """Return the months up to a date that can stand in one chart, oldest first.

    They end where the series breaks, where a month is missing, and where there are too few persons.
    """
    found: list[Reading] = []
    for reading in reversed([each for each in readings if each.date <= reference_date]):
        latest = found[-1].date if found else reference_date
        if (
            (not found and reading.date != reference_date)
            or latest - reading.date > _LONGEST_STEP
            or (found and reading.segment != found[0].segment)
            or (reading.denominator is not None and reading.denominator < SMALL_DENOMINATOR)
        ):
            break
        found.append(reading)
    return tuple(reversed(found))


def control_chart(
    values: Sequence[float], least: float = -math.inf, most: float = math.inf
) -> ControlChart:
    """Return the chart of two or more figures; `least` and `most` are what they can be at all."""
    mean = fmean(values)
    reach = _LIMITS * fmean(abs(after - before) for before, after in itertools.pairwise(values))
    lower, upper = max(least, mean - reach), min(most, mean + reach)
    slack = _ROUNDING * max(abs(mean), abs(upper))
    sides = [_sign(value - mean, slack) for value in values]
    steps = [_sign(after - before, slack) for before, after in itertools.pairwise(values)]

    def found() -> Iterator[Stretch]:
        yield from _runs(values, Signal.OVER, lambda value: value > upper + slack, 1)
        yield from _runs(values, Signal.UNDER, lambda value: value < lower - slack, 1)
        yield from _runs(sides, Signal.ABOVE_MEAN, lambda side: side > 0, _RUN_ON_ONE_SIDE)
        yield from _runs(sides, Signal.BELOW_MEAN, lambda side: side < 0, _RUN_ON_ONE_SIDE)
        # One step fewer than there are figures in a row.
        fewest = _RUN_IN_ONE_DIRECTION - 1
        rising = _runs(steps, Signal.RISING, lambda step: step > 0, fewest)
        falling = _runs(steps, Signal.FALLING, lambda step: step < 0, fewest)
        for run in itertools.chain(rising, falling):
            yield Stretch(run.signal, run.first, run.last + 1)

    stretches = sorted(found(), key=lambda each: (each.first, list(Signal).index(each.signal)))
    return ControlChart(mean, lower, upper, tuple(stretches))


def _runs(
    items: Sequence[T], signal: Signal, counts: Callable[[T], bool], fewest: int
) -> Iterator[Stretch]:
    """Return the runs of so many items or more that count."""
    for is_run, run in itertools.groupby(range(len(items)), key=lambda at: counts(items[at])):
        places = list(run)
        if is_run and len(places) >= fewest:
            yield Stretch(signal, places[0], places[-1])


def _sign(number: float, slack: float) -> int:
    return 0 if abs(number) <= slack else (1 if number > 0 else -1)
