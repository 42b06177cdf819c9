"""What coordinators carry, who of them has left, and how old plans are."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask


@dataclass(frozen=True)
class Load:
    """How many coordinators of an area and a sector have so many persons."""

    service_area: str
    sector: str
    load: str
    coordinators: int
    persons: int


@dataclass(frozen=True)
class Departed:
    """Coordinators who have left and are still registered, and their persons.

    `without` are the persons who have no other coordinator.
    """

    service_area: str
    coordinators: int
    persons: int
    without: int

    @property
    def with_another(self) -> int:
        """The persons who have another coordinator."""
        return self.persons - self.without


@dataclass(frozen=True)
class PlanAge:
    """The plans that were created so many whole years ago."""

    age: str
    plans: int
    living: int
    with_coordinator: int

    @property
    def not_living(self) -> int:
        """Those that are not living."""
        return self.plans - self.living

    @property
    def without_coordinator(self) -> int:
        """Those of persons without a coordinator."""
        return self.plans - self.with_coordinator


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def loads(publication: Publication, municipality: str, reference_date: dt.date) -> tuple[Load, ...]:
    """Return the coordinators by area, sector and load; areas and sectors have an `all` too."""
    rows = ask(
        publication,
        """
        select service_area, sector, load, coordinators, persons
        from read_parquet($coordinator_load)
        where municipality_code = $municipality and reference_date = $reference_date
        order by service_area, sector, load
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(Load(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def departed(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[Departed, ...]:
    """Return the areas that somebody registered has left; those with most persons first."""
    rows = ask(
        publication,
        """
        select service_area, coordinators, persons, persons_without
        from read_parquet($departed_coordinator)
        where municipality_code = $municipality and reference_date = $reference_date
        order by persons_without desc, persons desc, service_area
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(Departed(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def plan_ages(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[PlanAge, ...]:
    """Return the plans by their age, newest first."""
    rows = ask(
        publication,
        """
        select age_of_plan, plans, living, with_coordinator
        from read_parquet($plan_age)
        where municipality_code = $municipality and reference_date = $reference_date
        order by age_of_plan
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(PlanAge(*row) for row in rows)
