"""Why a share is another than a year before, and who is without a coordinator or a plan."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask

# What may be under way, by what is lacking, and how long one may have been of the target group.
UNDER_WAY: Mapping[str, Sequence[str]] = {
    "coordinator": ("notice_open", "declined", "had_before", "nothing"),
    "plan": ("in_preparation", "notice_open", "declined", "had_before", "nothing"),
}
MONTHS: Sequence[str] = ("0-2", "3-11", "12-35", "36+")


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
class Without:
    """Persons of the target group who are without: since when at least, and what is under way."""

    age_group: str
    service_area: str
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
def without(
    publication: Publication, municipality: str, reference_date: dt.date, lacking: str
) -> tuple[Without, ...]:
    """Return those without a `coordinator` or a `plan`, in every age group and service area."""
    rows = ask(
        publication,
        """
        select age_group, service_area, months_in_group, under_way, persons
        from read_parquet($unmet_need)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and lacking = $lacking
        order by all
        """,
        municipality=municipality,
        reference_date=reference_date,
        lacking=lacking,
    )
    return tuple(Without(*row) for row in rows)
