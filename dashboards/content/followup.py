"""What the pages of the follow-up share: which view, what is missing, days and shares in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.reference import ALL
from dashboards.content.absence import not_delivered
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure
from dashboards.i18n.texts import Texts
from dashboards.view.state import View


def view_of(labels: Labels, view: View, indicator: str) -> View:
    """Return the view of an indicator for everybody, by the standard age groups."""
    return replace(
        view,
        indicator=indicator,
        age_scheme=next(iter(reference.age_groups(labels.publication))),
        age_group=ALL,
        service_area=ALL,
        compared=(),
    )


def absence(labels: Labels, view: View, records: Sequence[str]) -> NoFigure:
    """Return why there is nothing to show: it is not delivered, or nothing has happened."""
    texts = labels.texts
    missing = not_delivered(labels, view, records)
    if missing:
        return NoFigure(texts("absent.not_delivered", records=missing))
    return NoFigure(
        texts(
            "absent.nothing_registered",
            records=", ".join(labels.of_code("record", record) for record in records),
            municipality=labels.municipality(view.municipality),
            date=texts.date(view.reference_date),
        )
    )


def is_newest(labels: Labels, view: View) -> bool:
    """Return whether the chosen date is the last one that is counted."""
    return view.reference_date == coverage.reference_dates(labels.publication, view.municipality)[0]


def days_in_words(texts: Texts, days: float) -> str:
    """Return a number of days: `1 dag`, `18 dagar`, `18,5 dagar`."""
    return texts(f"count.day_{'one' if days == 1 else 'several'}", number=_number(texts, days))


def range_in_words(texts: Texts, low: float, high: float) -> str:
    """Return from how many days to how many: `9-30 dagar`, or one number where they are alike."""
    if low == high:
        return days_in_words(texts, low)
    return texts("count.day_several", number=f"{_number(texts, low)}-{_number(texts, high)}")


def _number(texts: Texts, days: float) -> str:
    return texts.whole(int(days)) if float(days).is_integer() else texts.decimal(days)


def listed(texts: Texts, names: Sequence[str]) -> str:
    """Return names as they stand in a sentence: `A, B og C`."""
    *first, last = names
    return texts("list.and", first=", ".join(first), last=last) if first else last


def quarter_of(day: dt.date) -> dt.date:
    """Return the first day of the quarter of a day."""
    return dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def next_quarter(day: dt.date) -> dt.date:
    """Return the first day of the quarter after that of a day."""
    return quarter_of(quarter_of(day) + dt.timedelta(days=100))
