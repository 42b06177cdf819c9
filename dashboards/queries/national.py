"""National figures that others have published, as a yardstick: each is defined in its own way."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from dagster_project.publication.reader.names import Names
from dagster_project.reference import rows


@dataclass(frozen=True)
class NationalFigure:
    """The country's share of a year; None where it was not published.

    `breaks_before`: it is not compared with the year before.
    """

    series: str
    year: int
    share: float | None
    breaks_before: bool
    sources: Names
    notes: Names


@functools.cache
def national(indicator: str) -> tuple[NationalFigure, ...]:
    """Return what is published of the country that comes nearest to an indicator, oldest first."""
    return tuple(
        NationalFigure(
            row["series"],
            int(row["year"]),
            float(row["share"]) if row["share"] else None,
            row["breaks_before"] == "true",
            Names(row["source_nb"], row["source_nn"], row["source_en"]),
            Names(row["note_nb"], row["note_nn"], row["note_en"]),
        )
        for row in rows("national_series")
        if row["indicator"] == indicator
    )
