"""Who is without a coordinator or a plan, why a share has changed in a year, and families."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask


@dataclass(frozen=True)
class Without:
    """Persons of the target group who are without: since when at least, and what is under way."""

    age_group: str
    service_area: str
    months: str
    under_way: str
    persons: int


@dataclass(frozen=True)
class Cause:
    """Those who are counted otherwise than a year before for one cause, and what it adds."""

    code: str
    persons: int
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Causes:
    """Why a share of everybody is another than on an earlier day."""

    earlier: dt.date
    causes: tuple[Cause, ...]


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def without(
    publication: Publication, municipality: str, reference_date: dt.date, lacking: str
) -> tuple[Without, ...]:
    """Return those without a `coordinator` or a `plan`."""
    rows = ask(
        publication,
        """
        select age_group, service_area, months_in_group, under_way, sum(persons)::bigint
        from read_parquet($unmet_need)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and lacking = $lacking
        group by all
        order by all
        """,
        municipality=municipality,
        reference_date=reference_date,
        lacking=lacking,
    )
    return tuple(Without(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def causes(
    publication: Publication, municipality: str, reference_date: dt.date, indicator: str
) -> Causes | None:
    """Return why a share is another than a year before; None where there is no such day."""
    rows = ask(
        publication,
        """
        select
            why.earlier_date, why.cause, why.persons, why.numerator_change, why.denominator_change
        from read_parquet($coverage_change) as why
        inner join read_parquet($change_cause) as named using (cause)
        where
            why.municipality_code = $municipality
            and why.reference_date = $reference_date
            and why.indicator = $indicator
            and why.age_group = 'all'
        order by named.sort_order
        """,
        municipality=municipality,
        reference_date=reference_date,
        indicator=indicator,
    )
    if not rows:
        return None
    return Causes(rows[0][0], tuple(Cause(*row[1:]) for row in rows))


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def families(publication: Publication, municipality: str, reference_date: dt.date) -> int | None:
    """Return the families of the children with a child coordinator, where they are known."""
    rows = ask(
        publication,
        """
        select families
        from read_parquet($coverage)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and indicator = 'child_coordinator_rate'
            and age_scheme = 'standard'
            and age_group = 'all'
            and service_area = 'all'
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return None if not rows or rows[0][0] is None else int(rows[0][0])
