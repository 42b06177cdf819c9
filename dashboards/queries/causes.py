"""Why a share is another than a year before, and who is without a coordinator or a plan."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask


@dataclass(frozen=True)
class Cause:
    """One reason: how many are counted otherwise for it, and what that adds to both counts."""

    code: str
    persons: int
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Causes:
    """All reasons for the change from an earlier date, in their order."""

    compared_on: dt.date
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Unmet:
    """Persons who are without, by how long they have been in the group and what is under way."""

    months: str
    under_way: str
    persons: int


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def causes(
    publication: Publication,
    municipality: str,
    reference_date: dt.date,
    indicator: str,
    age_group: str,
) -> Causes | None:
    """Return why a share changed in the year to a date; None where nobody is counted otherwise."""
    rows = ask(
        publication,
        """
        select compared_on, cause, persons, numerator_change, denominator_change
        from read_parquet($coverage_change) as change
        inner join read_parquet($change_cause) as named using (cause)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and indicator = $indicator
            and age_group = $age_group
        order by named.sort_order
        """,
        municipality=municipality,
        reference_date=reference_date,
        indicator=indicator,
        age_group=age_group,
    )
    return Causes(rows[0][0], tuple(Cause(*row[1:]) for row in rows)) if rows else None


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def has_causes(publication: Publication) -> frozenset[str]:
    """Return the indicators whose changes are taken apart."""
    rows = ask(publication, "select distinct indicator from read_parquet($coverage_change)")
    return frozenset(code for (code,) in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def unmet(
    publication: Publication,
    municipality: str,
    reference_date: dt.date,
    lacking: str,
    age_group: str,
    service_area: str,
) -> tuple[Unmet, ...]:
    """Return who is without a coordinator or a plan in one group."""
    rows = ask(
        publication,
        """
        select months_in_group, under_way, persons
        from read_parquet($unmet_need)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and lacking = $lacking
            and age_group = $age_group
            and service_area = $service_area
        order by all
        """,
        municipality=municipality,
        reference_date=reference_date,
        lacking=lacking,
        age_group=age_group,
        service_area=service_area,
    )
    return tuple(Unmet(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def unmet_by(
    publication: Publication,
    municipality: str,
    reference_date: dt.date,
    lacking: str,
    column: str,
) -> dict[str, int]:
    """Return how many are without by `age_group` or `service_area`, of all of the other."""
    other = {"age_group": "service_area", "service_area": "age_group"}[column]
    rows = ask(
        publication,
        f"""
        select {column}, cast(sum(persons) as bigint)
        from read_parquet($unmet_need)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and lacking = $lacking
            and {other} = 'all'
        group by {column}
        """,  # noqa: S608 - the columns are named here
        municipality=municipality,
        reference_date=reference_date,
        lacking=lacking,
    )
    return dict(rows)


UNDER_WAY: Sequence[str] = ("in_preparation", "notice_open", "declined", "had_before", "nothing")
MONTHS: Sequence[str] = ("0-2", "3-11", "12-35", "36+")
