"""How far figures can be compared: their grades, and the breaks of their series."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.names import Names
from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask


@dataclass(frozen=True)
class Reason:
    """What keeps a figure from the best grade, and the grade (or the source) that it is about."""

    code: str
    about: str


@dataclass(frozen=True)
class Grade:
    """The grade of one municipality, date and indicator, with the facts that were measured.

    Shares are of 1; what was not measured is None.
    """

    letter: str
    reasons: tuple[Reason, ...]
    rows_behind: int
    quarantined_share: float | None
    changed_share: float | None
    agreement_share: float | None
    persons_known_by_several: int | None
    reported_difference: float | None


@dataclass(frozen=True)
class Break:
    """A day from which a series is not compared with what came before."""

    first_day_after: dt.date
    kind: str
    record: str | None
    source: str | None
    notes: Names
    indicator: str | None


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def grade(
    publication: Publication, municipality: str, reference_date: dt.date, indicator: str
) -> Grade | None:
    """Return the grade of a figure; None where there is no such figure."""
    rows = ask(
        publication,
        """
        select
            grade, coalesce(reasons, ''), rows_behind, quarantined_share, changed_share,
            agreement_share, persons_known_by_several, reported_difference
        from read_parquet($comparability)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and indicator = $indicator
        """,
        municipality=municipality,
        reference_date=reference_date,
        indicator=indicator,
    )
    if not rows:
        return None
    letter, reasons, *facts = rows[0]
    parts = (reason.partition(":") for reason in reasons.split(";") if reason)
    return Grade(letter, tuple(Reason(code, about) for code, _, about in parts), *facts)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def breaks(
    publication: Publication, municipality: str, indicator: str, records: tuple[str, ...]
) -> tuple[Break, ...]:
    """Return the breaks of an indicator that needs some record types, oldest first."""
    rows = ask(
        publication,
        """
        select first_day_after, kind, record, source, indicator, note_nb, note_nn, note_en
        from read_parquet($series_break)
        where
            municipality_code = $municipality
            and coalesce(indicator, $indicator) = $indicator
            and (record is null or list_contains($records, record))
        order by first_day_after, kind, record, source
        """,
        municipality=municipality,
        indicator=indicator,
        records=list(records),
    )
    return tuple(
        Break(day, kind, record, source, Names(*(note or "" for note in notes)), of)
        for day, kind, record, source, of, *notes in rows
    )
