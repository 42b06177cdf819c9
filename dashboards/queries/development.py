"""The figures of one indicator over time, of whatever kind it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dagster_project.publication.reader.coverage import Measured, series_rows
from dagster_project.publication.reader.publication import Publication


@dataclass(frozen=True)
class Reading:
    """The figure of one reference date.

    A median has no numerator, a count no denominator. `low` and `high` are the 95 % interval; of a
    median they are the quartiles, which say nothing of how sure it is. Readings of different
    segments have a break between them: they are not compared.
    """

    date: dt.date
    numerator: int | None
    denominator: int | None
    value: float
    low: float | None
    high: float | None
    segment: int = 0

    @property
    def measured(self) -> Measured | None:
        """The reading as a figure of how many of how many, if it is one."""
        return None if self.numerator is None or self.denominator is None else self.in_full

    @property
    def in_full(self) -> Measured:
        """The reading as a figure of how many of how many, 0 where that is not said."""
        of = (self.numerator or 0, self.denominator or 0)
        return Measured(*of, self.value, self.low, self.high)


def readings(
    publication: Publication,
    municipality: str,
    indicator: str,
    age_scheme: str,
    age_group: str,
    service_area: str,
    day: dt.date | None = None,
) -> tuple[Reading, ...]:
    """Return the figures of one group as a series that is seen from a day, oldest first."""
    cut = (indicator, age_scheme, age_group, service_area)
    rows = series_rows(publication, municipality, *cut, day)
    return tuple(Reading(*row) for row in rows)
