"""Which sources need somebody to look at them: broken, overdue, not passed."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from dagster_project.publication.reader.provenance import CheckOutcome, Delivery

_UNUSABLE = ("failed", "held")
_IN_FORCE = "in_force"
# Overdue is what has waited half as long again as it usually does.
_PATIENCE = 1.5
# Two intervals at the least, or there is nothing usual about them.
_FEWEST_DATES = 3


@dataclass(frozen=True)
class Overdue:
    """A source that has been silent for longer than it usually is."""

    source: str
    record: str
    last: dt.date
    usual_days: int
    waited_days: int


def in_use(deliveries: Iterable[Delivery], replaced: Collection[str]) -> list[Delivery]:
    """Return the deliveries of the sources that a change of system did not put an end to."""
    return [each for each in deliveries if each.source not in replaced]


def broken(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Return the deliveries that could not be used, and that no later one made up for."""
    known = list(deliveries)
    newest = {
        source: max(each.delivered for each in of_source)
        for source, of_source in _by_source(each for each in known if each.status == _IN_FORCE)
    }
    return [
        each
        for each in known
        if each.status in _UNUSABLE and each.delivered >= newest.get(each.source, dt.date.min)
    ]


def overdue(deliveries: Iterable[Delivery], as_of: dt.date) -> list[Overdue]:
    """Return the sources whose usual interval has passed by half, the longest silent first.

    The usual interval is the median of those between its deliveries.
    """
    waiting = []
    for source, of_source in _by_source(deliveries):
        days = sorted({each.delivered for each in of_source})
        if len(days) < _FEWEST_DATES:
            continue
        usual = median((later - earlier).days for earlier, later in itertools.pairwise(days))
        waited = (as_of - days[-1]).days
        if waited > _PATIENCE * usual:
            waiting.append(Overdue(source, of_source[0].record, days[-1], round(usual), waited))
    return sorted(waiting, key=lambda each: each.last)


def not_passed(
    deliveries: Iterable[Delivery], outcomes: Iterable[CheckOutcome]
) -> list[CheckOutcome]:
    """Return the checks that the newest delivery of each source did not pass."""
    newest = {
        source: max(each.delivered for each in of_source)
        for source, of_source in _by_source(deliveries)
    }
    return [
        outcome
        for outcome in outcomes
        if not outcome.passed and outcome.delivered == newest.get(outcome.source)
    ]


def _by_source(deliveries: Iterable[Delivery]) -> list[tuple[str, Sequence[Delivery]]]:
    in_order = sorted(deliveries, key=lambda each: each.source)
    return [
        (source, list(of_source))
        for source, of_source in itertools.groupby(in_order, key=lambda each: each.source)
    ]
