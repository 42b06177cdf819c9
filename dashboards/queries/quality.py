"""What was delivered, where its rows ended, what was found in it, and what units report."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask
from dashboards.queries.rows import of_municipality


@dataclass(frozen=True)
class SourceFindings:
    """How many rows of a source the rules touched, by how grave that is."""

    source: str
    record: str
    errors: int
    warnings: int
    notes: int


@dataclass(frozen=True)
class Reported:
    """What a unit reported of a day, beside what is registered.

    What is registered, the difference and what is unexplained of it are None for one of several
    units of a service area: the registrations tell areas apart, not units.
    """

    unit: str
    service_area: str
    date: dt.date
    measure: str
    reported: int
    registered: int | None
    difference: int | None
    open_rows: int
    unexplained: int | None


# The record types that a municipality has delivered something of.
records = of_municipality(
    str,
    """
    select distinct record
    from read_parquet($reconciliation)
    where {its_own}
    order by record
    """,
)
# The sources that a change of system put an end to.
replaced_sources = of_municipality(
    str,
    """
    select distinct source
    from read_parquet($series_break)
    where {its_own} and kind = 'system_change' and source is not null
    order by source
    """,
)
# How many rows of each source the rules touched, those with most errors first.
findings_by_source = of_municipality(
    SourceFindings,
    """
    select
        source,
        min(record),
        count(*) filter (where severity = 'error') as errors,
        count(*) filter (where severity = 'warning') as warnings,
        count(*) filter (where severity = 'info') as notes
    from read_parquet($findings)
    where {its_own}
    group by source
    order by errors desc, warnings desc, notes desc, source
    """,
)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def reported(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[Reported, ...]:
    """Return what units reported of the last day up to a date that any of them counted."""
    rows = ask(
        publication,
        """
        select
            unit, service_area, reference_date, measure, reported, registered, difference,
            open_rows, unexplained
        from read_parquet($reported_vs_registered)
        where municipality_code = $municipality and reference_date <= $reference_date
        qualify reference_date = max(reference_date) over ()
        order by service_area = 'all', service_area, unit = 'all', unit, measure
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(Reported(*row) for row in rows)
