"""The control chart (XmR): what is usual from month to month, and what is not.

The natural limits are the mean, more and less 2.66 times the mean of the steps from one value to
the next. Signals are a value outside them, eight or more in a row on one side of the mean, and six
or more in a row that rise or fall.

The limits hold for values that do not lean on each other, such as events a month. Of a stock, and
of what is counted over a year, nearly the same persons are counted month after month: each value is
near the one before it, the steps are small, and the chart would signal in nearly every month. Such
a series is charted by its changes from month to month.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import TypeVar

from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.queries.development import Reading

# Three standard deviations, estimated from the mean step between neighbours.
_LIMITS = 2.66
_RUN_ON_ONE_SIDE = 8
_RUN_IN_ONE_DIRECTION = 6
# Limits drawn from fewer months say little.
FEWEST_MONTHS = 12
# Signals are news where they are of the last so many values, and of no more than this share.
_OF_LATE = 3
_FEW = 0.1
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
    """Values, their mean and natural limits, and the stretches that give a signal, oldest first."""

    values: tuple[float, ...]
    mean: float
    lower: float
    upper: float
    stretches: tuple[Stretch, ...]

    @property
    def marked(self) -> tuple[int, ...]:
        """The places of the values that give a signal."""
        return tuple(at for at in range(len(self.values)) if self.signals_at(at))

    @property
    def is_news(self) -> bool:
        """Whether something stands out of late, and little before it."""
        number = len(self.values)
        of_late = any(at >= number - _OF_LATE for at in self.marked)
        return of_late and len(self.marked) <= _FEW * number

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


def changes(values: Sequence[float]) -> tuple[float, ...]:
    """Return the changes from each value to the next."""
    return tuple(after - before for before, after in itertools.pairwise(values))


def control_chart(values: Sequence[float], one_event: float = 0.0) -> ControlChart:
    """Return the chart of two or more values.

    `one_event` is what a single event changes a value by: never unusual, however seldom it happens,
    and half of it is no difference.
    """
    mean = fmean(values)
    reach = max(_LIMITS * fmean(abs(step) for step in changes(values)), one_event)
    lower, upper = mean - reach, mean + reach
    slack = _ROUNDING * max(abs(mean), abs(lower), abs(upper))
    equal = max(slack, one_event / 2)
    sides = [_sign(value - mean, equal) for value in values]
    steps = [_sign(step, equal) for step in changes(values)]

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
    return ControlChart(tuple(values), mean, lower, upper, tuple(stretches))


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
