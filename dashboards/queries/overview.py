"""What the front page holds up: targets, changes of figures, new findings."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask
from dashboards.queries.rows import of_municipality


@dataclass(frozen=True)
class Target:
    """What an indicator is to come to, and by when where that is said."""

    value: float
    by_date: dt.date | None


@dataclass(frozen=True)
class FigureChange:
    """A figure that is not what it was in the publication before, and why.

    The date is the newest that both publications count. A value is None where there was, or is, no
    figure. Each reason is a code, and the record type that it is about.
    """

    indicator: str
    date: dt.date
    before: float | None
    after: float | None
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NewFindings:
    """How many rows a rule touched that it could not have touched before a day."""

    rule: str
    severity: str
    rows: int


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def polarities(publication: Publication) -> dict[str, str]:
    """Return for each indicator which way is better: `more`, `less`, or `none` where open."""
    return dict(ask(publication, "select indicator, polarity from read_parquet($indicator)"))


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def targets(publication: Publication, municipality: str) -> dict[str, Target]:
    """Return what a municipality aims at, by indicator."""
    rows = ask(
        publication,
        """
        select indicator, value, by_date
        from read_parquet($target)
        where municipality_code = $municipality
        """,
        municipality=municipality,
    )
    return {indicator: Target(*rest) for indicator, *rest in rows}


def _change(
    indicator: str, date: dt.date, before: float | None, after: float | None, reasons: str
) -> FigureChange:
    parts = (reason.partition(":") for reason in reasons.split(";") if reason)
    codes = tuple((code, about) for code, _, about in parts)
    return FigureChange(indicator, date, before, after, codes)


# The figures of a municipality that differ from the publication before.
changes = of_municipality(
    _change,
    """
    select indicator, reference_date, before_value, after_value, coalesce(reasons, '')
    from read_parquet($change)
    where {its_own}
    order by indicator
    """,
)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def new_findings(
    publication: Publication, municipality: str, since: dt.date
) -> tuple[NewFindings, ...]:
    """Return what the rules found first after a day, gravest and most frequent first."""
    rows = ask(
        publication,
        """
        select rule, severity, count(*)
        from read_parquet($findings)
        where municipality_code = $municipality and first_seen > $since
        group by rule, severity
        order by list_position(['error', 'warning', 'info'], severity), count(*) desc, rule
        """,
        municipality=municipality,
        since=since,
    )
    return tuple(NewFindings(*row) for row in rows)


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
