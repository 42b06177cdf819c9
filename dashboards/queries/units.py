"""The units that a municipality has listed: who works for them, and which of them have reported."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask
from dashboards.queries.rows import of_date


@dataclass(frozen=True)
class UnitCount:
    """The coordinators of a unit in a service area, and their persons with and without a plan."""

    service_area: str
    unit: str
    coordinators: int
    persons: int
    with_plan: int
    with_living_plan: int


@dataclass(frozen=True)
class UnitReport:
    """Whether a unit has reported in a round, named by its last day; and when it last has."""

    round: dt.date
    unit: str
    service_area: str
    owner: str | None
    has_reported: bool
    last_reported_on: dt.date | None


# By unit within its service area; units and areas have an `all` too.
counts = of_date(
    UnitCount,
    """
    select
        service_area, unit, coordinators, persons, persons_with_plan, persons_with_living_plan
    from read_parquet($unit_count)
    where {its_own}
    order by service_area, unit
    """,
)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def listed(
    publication: Publication, municipality: str, reference_date: dt.date
) -> dict[str, tuple[str, str | None]]:
    """Return the service area and the owner of each unit that is listed on a date."""
    rows = ask(
        publication,
        """
        select unit, service_area, owner
        from read_parquet($unit)
        where
            municipality_code = $municipality
            and coalesce(first_day, $reference_date) <= $reference_date
            and coalesce(last_day, $reference_date) >= $reference_date
        order by unit
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return {unit: (area, owner) for unit, area, owner in rows}


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def reports(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[UnitReport, ...]:
    """Return the units that are expected to report in the last round up to a date."""
    rows = ask(
        publication,
        """
        select reference_date, unit, service_area, owner, has_reported, last_reported_on
        from read_parquet($unit_report)
        where municipality_code = $municipality and reference_date <= $reference_date
        qualify reference_date = max(reference_date) over ()
        order by unit
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(UnitReport(*row) for row in rows)
