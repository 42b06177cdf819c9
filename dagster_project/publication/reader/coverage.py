"""The figures: who is counted, when, and how many of how many."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dagster_project.publication.reader.publication import (
    KEPT_ANSWERS,
    Publication,
    ask,
    kept_for_all,
)
from dagster_project.publication.reader.reference import ALL

# What lies together in the files is read together, for a page asks for several of it: some 2,000
# rows each.
_KEPT_TOGETHER = 128
_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Measured:
    """One figure: how many of how many, the value, and its 95 % interval where it has one."""

    numerator: int
    denominator: int
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Cell:
    """The figure of one age group in one service area."""

    age_group: str
    service_area: str
    measured: Measured


@dataclass(frozen=True)
class Point:
    """The figure of one reference date.

    Figures of different segments have a break between them: they are not compared.
    """

    date: dt.date
    measured: Measured
    segment: int = 0

    @property
    def value(self) -> float:
        """The value."""
        return self.measured.value

    @property
    def denominator(self) -> int | None:
        """How many it is of; None of a count."""
        return self.measured.denominator


@dataclass(frozen=True)
class Figure:
    """One figure with all that is published of it.

    A median has no numerator, a count no denominator. The bounds are the value as counted, and what
    it would be if every quarantined row that names a person of the target group had counted.
    """

    numerator: int | None
    denominator: int | None
    value: float
    low: float | None
    high: float | None
    bound_low: float | None
    bound_high: float | None


@dataclass(frozen=True)
class Cuts:
    """Whether an indicator is counted by age group, and by service area."""

    has_ages: bool
    has_areas: bool


EVERY_CUT = Cuts(has_ages=True, has_areas=True)


@dataclass(frozen=True)
class Municipality:
    """One municipality, and the set of definitions that it is counted by."""

    code: str
    name: str
    definition_set: str


@kept_for_all
def municipalities(publication: Publication) -> dict[str, Municipality]:
    """Return the municipalities of the publication by code."""
    rows = ask(
        publication,
        """
        select municipality_code, coalesce(municipality_name, municipality_code), definition_set
        from read_parquet($municipality)
        order by municipality_code
        """,
    )
    return {row[0]: Municipality(*row) for row in rows}


@kept_for_all
def counted(publication: Publication) -> frozenset[str]:
    """Return the municipalities that anything is counted for."""
    rows = ask(publication, "select distinct municipality_code from read_parquet($overview)")
    return frozenset(code for (code,) in rows)


@kept_for_all
def reference_dates(publication: Publication, municipality: str) -> tuple[dt.date, ...]:
    """Return the dates a municipality is counted on, newest first."""
    rows = ask(
        publication,
        """
        select distinct reference_date
        from read_parquet($overview)
        where municipality_code = $code
        order by reference_date desc
        """,
        code=municipality,
    )
    return tuple(day for (day,) in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def own_dates(publication: Publication, municipality: str) -> frozenset[dt.date]:
    """Return the dates that a municipality has asked for beside the months' ends.

    Series and comparisons are of months' ends, and of the day the figures reach to.
    """
    earlier = reference_dates(publication, municipality)[1:]
    return frozenset(day for day in earlier if (day + _A_DAY).day != 1)


def day_of_series(publication: Publication, municipality: str, day: dt.date) -> dt.date:
    """Return the newest date of a series that is not after a reference date."""
    own = own_dates(publication, municipality)
    known = reference_dates(publication, municipality)
    return next((each for each in known if each <= day and each not in own), day)


@kept_for_all
def cuts(publication: Publication) -> dict[str, Cuts]:
    """Return how each indicator that has figures is cut."""
    rows = ask(
        publication,
        """
        select indicator, bool_or(has_ages), bool_or(has_areas)
        from read_parquet($overview)
        group by indicator
        """,
    )
    return {indicator: Cuts(*cut) for indicator, *cut in rows}


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def cells(
    publication: Publication,
    municipality: str,
    reference_date: dt.date,
    indicator: str,
    age_scheme: str,
) -> tuple[Cell, ...]:
    """Return the figures of every age group and service area that has somebody to count."""
    rows = _rows_of_date(publication, municipality, reference_date, age_scheme).get(indicator, ())
    return tuple(Cell(row[0], row[1], Measured(*row[2:])) for row in rows)


@functools.lru_cache(maxsize=_KEPT_TOGETHER)
def _rows_of_date(
    publication: Publication, municipality: str, reference_date: dt.date, age_scheme: str
) -> dict[str, tuple[tuple[Any, ...], ...]]:
    """Return the cells of a date by indicator."""
    rows = ask(
        publication,
        """
        select indicator, age_group, service_area, numerator, denominator, value, ci_low, ci_high
        from read_parquet($coverage)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and age_scheme = $age_scheme
        order by indicator, age_group, service_area
        """,
        municipality=municipality,
        reference_date=reference_date,
        age_scheme=age_scheme,
    )
    return _by_the_first(rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def figure(
    publication: Publication,
    municipality: str,
    reference_date: dt.date,
    indicator: str,
    age_scheme: str,
    age_group: str,
    service_area: str,
) -> Figure | None:
    """Return one figure with its bounds; None where there is nobody to count."""
    rows = ask(
        publication,
        """
        select numerator, denominator, value, ci_low, ci_high, bound_low, bound_high
        from read_parquet($coverage)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and indicator = $indicator
            and age_scheme = $age_scheme
            and age_group = $age_group
            and service_area = $service_area
        """,
        municipality=municipality,
        reference_date=reference_date,
        indicator=indicator,
        age_scheme=age_scheme,
        age_group=age_group,
        service_area=service_area,
    )
    return Figure(*rows[0]) if rows else None


def series_rows(
    publication: Publication,
    municipality: str,
    indicator: str,
    age_scheme: str,
    age_group: str,
    service_area: str,
    day: dt.date | None = None,
) -> tuple[tuple[Any, ...], ...]:
    """Return one group on the reference dates of a series, oldest first.

    Dates of the municipality's own are among them only where `day` is one of those. Each row holds
    the date, numerator, denominator, value, both limits and the segment; a median has no numerator,
    a count no denominator.
    """
    # Of everybody a page asks for several indicators, of an age group for its neighbours too.
    if (age_group, service_area) == (ALL, ALL):
        cut = {"age_scheme": age_scheme, "age_group": ALL, "service_area": ALL}
        rows = _series_by(publication, municipality, "indicator", **cut).get(indicator, ())
    else:
        cut = {"age_scheme": age_scheme, "indicator": indicator, "service_area": service_area}
        rows = _series_by(publication, municipality, "age_group", **cut).get(age_group, ())
    own = own_dates(publication, municipality)
    return rows if day in own or not own else tuple(row for row in rows if row[0] not in own)


@functools.lru_cache(maxsize=_KEPT_TOGETHER)
def _series_by(
    publication: Publication, municipality: str, column: str, **cut: str
) -> dict[str, tuple[tuple[Any, ...], ...]]:
    """Return the rows of a cut on all dates by a column of `coverage` that it leaves open."""
    within = " and ".join(f"{name} = ${name}" for name in cut)
    # The columns are named in this file, and whatever a reader chooses is bound.
    rows = ask(
        publication,
        f"""
        select {column}, reference_date, numerator, denominator, value, ci_low, ci_high, segment
        from read_parquet($coverage)
        where municipality_code = $municipality and {within}
        order by {column}, reference_date
        """,  # noqa: S608
        municipality=municipality,
        **cut,
    )
    return _by_the_first(rows)


def series(
    publication: Publication,
    municipality: str,
    indicator: str,
    age_scheme: str,
    age_group: str,
    service_area: str,
    day: dt.date | None = None,
) -> tuple[Point, ...]:
    """Return the figures of one group as a series that is seen from a day, oldest first."""
    cut = (indicator, age_scheme, age_group, service_area)
    rows = series_rows(publication, municipality, *cut, day)
    return tuple(Point(row[0], Measured(*row[1:6]), row[6]) for row in rows)


def _by_the_first(
    rows: Sequence[tuple[Any, ...]],
) -> dict[str, tuple[tuple[Any, ...], ...]]:
    """Return rows by their first column, without it."""
    of_each = itertools.groupby(rows, key=operator.itemgetter(0))
    return {first: tuple(row[1:] for row in of_one) for first, of_one in of_each}
