"""Why there is no figure, where every page says it alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dagster_project.publication.reader import coverage, provenance
from dagster_project.reference.municipalities import municipalities
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure
from dashboards.view.state import View

# What rates are of; a divided municipality's are not known of its parts (counting rules, 2.6).
_INHABITANTS = ("inhabitants", "inhabitants_under_18")


def dates(labels: Labels, view: View) -> Sequence[dt.date]:
    """Return the dates that a municipality is counted on, newest first, or raise that none is."""
    found = coverage.reference_dates(labels.publication, view.municipality)
    if not found:
        municipality = labels.municipality(view.municipality)
        raise NoFigure(labels.texts("absent.municipality", municipality=municipality))
    return found


def not_delivered(labels: Labels, view: View, records: Sequence[str]) -> str:
    """Return which of some record types the municipality has not delivered; empty where it has."""
    delivered = provenance.records_in_force(labels.publication, view.municipality)
    return ", ".join(labels.of_code("record", each) for each in records if each not in delivered)


def require(labels: Labels, view: View) -> None:
    """Raise what the view's indicator needs and the municipality has not delivered."""
    missing = not_delivered(labels, view, labels.indicator_entry(view.indicator).needs)
    if missing:
        name = labels.indicator(view.indicator)
        raise NoFigure(labels.texts("absent.record", indicator=name, records=missing))


def nobody(labels: Labels, view: View) -> NoFigure:
    """Return that there is nobody whom the view's indicator is counted among, and why."""
    entry, day = labels.indicator_entry(view.indicator), view.reference_date
    if day and entry.denominator_measure in _INHABITANTS:
        former = municipalities().divided_with(view.municipality, day.year)
        if former:
            return NoFigure(
                labels.texts(
                    "absent.divided",
                    municipality=labels.municipality(view.municipality),
                    date=labels.texts.date(day),
                    former=f"{former.code} {former.name}",
                    year=str(former.last_year + 1),
                )
            )
    return NoFigure(
        labels.texts(
            "absent.nobody",
            municipality=labels.municipality(view.municipality),
            date=labels.texts.date(view.reference_date),
            denominator=labels.measure_in_text(entry.denominator_measure),
        )
    )
