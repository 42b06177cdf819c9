"""What the front page holds up: targets, changes of figures, the figures of all municipalities."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask
from dashboards.queries.rows import of_municipality

# Of fewer nobody can say how the others do, without saying how one does.
FEWEST_OTHERS = 3


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
class OfMunicipality:
    """One municipality's figure and its grade; no figure where it has nobody to count among."""

    municipality: str
    grade: str
    measured: Measured | None


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
def of_municipalities(
    publication: Publication, reference_date: dt.date, indicator: str
) -> tuple[OfMunicipality, ...]:
    """Return an indicator of everybody in every municipality, with its grade."""
    rows = ask(
        publication,
        """
        select
            graded.municipality_code, graded.grade,
            figure.numerator, figure.denominator, figure.value, figure.ci_low, figure.ci_high
        from read_parquet($graded) as graded
        left join read_parquet($overview) as figure
            on graded.municipality_code = figure.municipality_code
            and figure.reference_date = $reference_date
            and figure.indicator = $indicator
        where graded.reference_date = $reference_date and graded.indicator = $indicator
        order by graded.municipality_code
        """,
        reference_date=reference_date,
        indicator=indicator,
    )
    return tuple(
        OfMunicipality(code, grade, None if measured[2] is None else Measured(*measured))
        for code, grade, *measured in rows
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
def of_others(
    publication: Publication, municipality: str, indicator: str, reference_date: dt.date
) -> float | None:
    """Return the share of the other municipalities together; None where they are too few.

    Those that are graded D or X are left out: they are not compared with anybody.
    """
    ((others, numerator, denominator),) = ask(
        publication,
        """
        select count(*), sum(numerator), sum(denominator)
        from read_parquet($overview) as figure
        inner join
            read_parquet($graded) as graded using (municipality_code, indicator, reference_date)
        where
            municipality_code <> $own
            and indicator = $indicator
            and reference_date = $reference_date
            and grade in ('A', 'B', 'C')
            and denominator > 0
            and numerator is not null
        """,
        own=municipality,
        indicator=indicator,
        reference_date=reference_date,
    )
    return numerator / denominator if others >= FEWEST_OTHERS and denominator else None


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
