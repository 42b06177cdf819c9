"""What a publication knows of the coming years: inhabitants by age, and who is counted today."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Any

from dagster_project.planning import PlanningError
from dagster_project.planning.cost import Basis
from dagster_project.planning.need import Counted, Year, expect
from dagster_project.planning.population import Population, of_rows, project
from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.publication import (
    KEPT_ANSWERS,
    Publication,
    ask,
    kept_for_all,
)
from dagster_project.publication.reader.reference import ALL, UNKNOWN

COVERAGE = "coordinator_coverage"
SCHEME = "standard"
_TRAINING = "training_within_6_months"
# A date of the later half of a year is nearest to the 1 January that comes.
_FIRST_OF_LATER_HALF = 7


class Projected(StrEnum):
    """Who says how many will live in the municipality."""

    STATISTICS_NORWAY = "statistics_norway"
    COHORT_CHANGE = "cohort_change"


@dataclass(frozen=True)
class Inhabitants:
    """Inhabitants of a municipality on 1 January, counted and expected.

    `last_counted` is the last year that is counted, `last_projected` the last that Statistics
    Norway has projected; None where it has not.
    """

    population: Population
    last_counted: int
    last_projected: int | None

    def projected_by(self, year: int) -> Projected:
        """Return who says how many will live there in a year after the last counted."""
        if self.last_projected is not None and year <= self.last_projected:
            return Projected.STATISTICS_NORWAY
        return Projected.COHORT_CHANGE


@dataclass(frozen=True)
class Needs:
    """What the coming years are expected to ask for, from a date on.

    `basis` is of everybody; `by_area` has the target group of each service area by year, and
    persons stand in every area of theirs.
    """

    inhabitants: Inhabitants
    basis: Basis
    by_area: Mapping[str, Mapping[int, Year]]
    # How many municipalities the rates are steadied by.
    of_group: int


@dataclass(frozen=True, eq=False)
class Neighbour:
    """What another municipality has shared that rates are steadied by: protected counts.

    `cases` are persons in the target group by service area and age group, `inhabitants` those of
    each age group.
    """

    cases: Mapping[str, Mapping[str, int]]
    inhabitants: Mapping[str, float]


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def inhabitants(publication: Publication, municipality: str) -> Inhabitants | None:
    """Return the inhabitants of a municipality; None where none are loaded."""
    rows = ask(
        publication,
        """
        select year, age, persons, basis
        from read_parquet($population)
        where municipality_code = $municipality
        """,
        municipality=municipality,
    )
    return _inhabitants_in(rows)


@kept_for_all
def _inhabitants_of_all(publication: Publication) -> dict[str, Inhabitants]:
    """Return the inhabitants of every municipality, asked once."""
    rows = ask(
        publication,
        """
        select municipality_code, year, age, persons, basis
        from read_parquet($population)
        order by municipality_code
        """,
    )
    found = {
        code: _inhabitants_in([row[1:] for row in of_one])
        for code, of_one in itertools.groupby(rows, key=itemgetter(0))
    }
    return {code: known for code, known in found.items() if known}


def _inhabitants_in(rows: Sequence[tuple[Any, ...]]) -> Inhabitants | None:
    counted = [year for year, *_, basis in rows if basis == "counted"]
    if not counted:
        return None
    projected = [year for year, *_, basis in rows if basis == "projected"]
    return Inhabitants(
        of_rows([(year, age, persons) for year, age, persons, _ in rows]),
        max(counted),
        max(projected, default=None),
    )


def inhabitants_until(publication: Publication, municipality: str, year: int) -> Population:
    """Return the inhabitants of each year until one, those of the years not loaded expected.

    Raises PlanningError where there are none (`no_inhabitants`), or too few to expect any from
    (`too_few_years`).
    """
    known = inhabitants(publication, municipality)
    if known is None:
        raise PlanningError("no_inhabitants")
    if year <= known.population.last_year:
        return known.population
    of_all = _inhabitants_of_all(publication)
    group = [
        of_all[code].population
        for code in sorted(coverage.counted(publication) | {municipality})
        if code in of_all
    ]
    # One that is alone has nobody to be steadied by.
    return project(known.population, year, group if len(group) > 1 else ())


def year_of(day: dt.date) -> int:
    """Return the year whose last day is nearest to a date."""
    return day.year if day.month >= _FIRST_OF_LATER_HALF else day.year - 1


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def needs(
    publication: Publication,
    municipality: str,
    reference_date: dt.date,
    last_year: int,
    neighbours: tuple[Neighbour, ...] = (),
) -> Needs:
    """Return what is expected of the years until the last one; `neighbours` steady the rates.

    Raises PlanningError where nothing can be: `no_inhabitants`, `too_few_years`, `no_target_group`.
    """
    known = inhabitants(publication, municipality)
    if known is None:
        raise PlanningError("no_inhabitants")
    year = year_of(reference_date)
    by_year = _by_age_group(publication, municipality, year, max(last_year, year))
    everybody = _counted(publication, municipality, reference_date, ALL)
    if not everybody:
        raise PlanningError("no_target_group")
    areas = reference.service_areas(publication)
    in_every_area = {
        area: _counted(publication, municipality, reference_date, area) for area in (ALL, *areas)
    }
    own = Neighbour(
        {
            area: {age: of for age, (_, of) in cells.items()}
            for area, cells in in_every_area.items()
        },
        by_year[year],
    )
    group = (own, *neighbours)
    return Needs(
        known,
        Basis(
            year=year,
            counted=everybody,
            need=_expected(everybody, by_year, group, ALL),
            coordinators=_coordinators(publication, municipality, reference_date),
            sectors=reference.sectors(publication),
            untrained=_untrained(publication, municipality, reference_date),
        ),
        {
            area: _expected(counted, by_year, group, area)
            for area in areas
            if (counted := in_every_area[area])
        },
        len(group),
    )


def _by_age_group(
    publication: Publication, municipality: str, first_year: int, last_year: int
) -> dict[int, dict[str, float]]:
    """Return the inhabitants by age group on the last day of each year."""
    # The 1 January after the last day of a year is the day that is meant.
    population = inhabitants_until(publication, municipality, last_year + 1)
    groups = reference.age_groups(publication)[SCHEME]
    found = {}
    for year in range(first_year, last_year + 1):
        persons = population.persons.get(year + 1)
        if persons is None:
            raise PlanningError("no_inhabitants")
        found[year] = {
            group.code: float(persons[group.from_age : group.to_age + 1].sum()) for group in groups
        }
    return found


def _expected(
    counted: Mapping[str, tuple[int, int]],
    by_year: Mapping[int, Mapping[str, float]],
    group: Sequence[Neighbour],
    area: str,
) -> dict[int, Year]:
    return expect(
        {
            age: Counted(
                counted.get(age, (0, 0))[1],
                [
                    (float(each.cases.get(area, {}).get(age, 0)), each.inhabitants[age])
                    for each in group
                    if each.inhabitants.get(age)
                ],
            )
            for age in next(iter(by_year.values()))
        },
        by_year,
    )


def _counted(
    publication: Publication, municipality: str, reference_date: dt.date, area: str
) -> dict[str, tuple[int, int]]:
    """Return by age group how many have a coordinator, of how many in the target group."""
    cells = coverage.cells(publication, municipality, reference_date, COVERAGE, SCHEME)
    return {
        cell.age_group: (cell.measured.numerator, cell.measured.denominator)
        for cell in cells
        if cell.service_area == area and cell.age_group not in (ALL, UNKNOWN)
    }


def _coordinators(
    publication: Publication, municipality: str, reference_date: dt.date
) -> dict[str, int]:
    """Return today's coordinators by the service area that they work in, where it is known."""
    rows = ask(
        publication,
        """
        select service_area, sum(coordinators)
        from read_parquet($coordinator_load)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and sector = 'all'
            and service_area not in ('all', 'unknown')
        group by service_area
        order by service_area
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return {area: int(number) for area, number in rows}


def _untrained(publication: Publication, municipality: str, reference_date: dt.date) -> int:
    """Return the training needs that nobody met in time."""
    figure = coverage.figure(publication, municipality, reference_date, _TRAINING, SCHEME, ALL, ALL)
    return (figure.denominator or 0) - (figure.numerator or 0) if figure else 0
