"""Of the page *Frå melding til koordinator*: the public journal beside what was registered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from operator import attrgetter

from dashboards.content.page_data import PageData
from dashboards.content.section import Section
from dashboards.export.table import Holds, Table, table_of
from dashboards.queries import followup
from dashboards.queries.followup import JournalMonth

RECORDS = ("journal", "melding")
# As the page, it looks a year back: the month of the date, and the eleven before it.
_MONTHS = 12


def sections(figures: PageData) -> Iterator[Section]:
    """Yield the part of the page; nothing where no journal covers the year."""
    months = months_of_year(figures)
    if not months:
        return
    table = table_of_months(figures, months)
    definition = figures.text("notices.definition_journal")
    yield Section(heading=figures.texts("notices.section_journal"))
    yield Section(
        key="notices_journal",
        remarks=[in_a_sentence(figures, months)],
        table=table,
        notes=figures.notes(table.title, definition, RECORDS, "journal"),
    )


def months_of_year(figures: PageData) -> list[JournalMonth]:
    """Return the months up to the date of the view that the journal or the register tells of."""
    view = figures.view
    first = _months_before(view.reference_date, _MONTHS - 1)
    return [
        month
        for month in followup.journal_months(figures.labels.publication, view.municipality)
        if first <= month.month <= view.reference_date
    ]


def in_a_sentence(figures: PageData, months: Sequence[JournalMonth]) -> str:
    """Return how many notices the journal has, and how many fewer were registered.

    Over the year: what came in one month may be journaled in the next.
    """
    journaled = sum(month.journaled for month in months)
    registered = sum(month.registered for month in months)
    missing = max(journaled - registered, 0)
    return figures.text(
        "notices.journal_more" if missing else "notices.journal_all",
        journaled=figures.texts.counted("notice", journaled),
        registered=figures.texts.whole(registered),
        missing=figures.texts.whole(missing),
    )


def table_of_months(figures: PageData, months: Sequence[JournalMonth]) -> Table:
    """Return what the journal and the register have, month by month."""
    texts = figures.texts
    return table_of(
        figures.text("notices.journal_table"),
        months,
        (texts("notices.journal_month"), Holds.TEXT, lambda month: texts.month(month.month)),
        *(
            (texts(f"notices.journal_{name}"), Holds.WHOLE, attrgetter(name))
            for name in ("journaled", "registered", "more_in_journal")
        ),
    )


def _months_before(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months before a day's own."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, 1)
