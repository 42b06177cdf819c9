"""A part of the page *Bolig og overganger*: the registrations of those who come of age soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from dashboards.content import followup
from dashboards.content.page_data import PageData
from dashboards.content.section import Section
from dashboards.export.table import Holds, Table, table_of
from dashboards.queries import practice
from dashboards.queries.practice import TurningRow

RECORDS = ("koordinator", "ip", "tjeneste")


def sections(data: PageData, age: int) -> Iterator[Section]:
    """Yield where to look up those who reach an age soon; of an earlier date nobody is told."""
    labels, view = data.labels, data.view
    if not followup.is_newest(labels, view):
        yield Section(remarks=[data.text("turning_rows.newest_only")])
        return
    found = rows(data, age)
    if not found:
        return
    table = table_of_rows(data, found, age)
    yield Section(
        key=f"turning_rows{age}",
        of_table=[in_words(data, found, age)],
        table=table,
        notes=data.notes(
            table.title, data.text("turning_rows.definition"), RECORDS, f"turning-rows-{age}"
        ),
    )


def rows(data: PageData, age: int) -> tuple[TurningRow, ...]:
    """Return the registrations of those who reach an age soon."""
    view = data.view
    found = practice.turning_rows(data.labels.publication, view.municipality, view.reference_date)
    return tuple(each for each in found if each.turns == age)


def in_words(data: PageData, found: Sequence[TurningRow], age: int) -> str:
    """Return how many persons the rows are of, and where the persons are to be found."""
    cases = {each.case: each for each in found}
    first = followup.quarter_of(data.view.reference_date + dt.timedelta(days=1))
    return data.text(
        "turning_rows.lead",
        persons=data.texts.counted("person", len(cases)),
        age=age,
        last=data.texts.quarter(followup.next_quarter(first)),
        without=sum(not each.has_coordinator for each in cases.values()),
        rows=data.texts.counted("row", len(found)),
    )


def table_of_rows(data: PageData, found: Sequence[TurningRow], age: int) -> Table:
    """Return where each registration stands; the rows of one person have one number."""
    texts, labels = data.texts, data.labels

    def answer(has: bool) -> str:
        return texts("answer.yes" if has else "answer.no")

    return table_of(
        data.text("turning_rows.table", age=age),
        found,
        (texts("turning_rows.column.case"), Holds.ORDINAL, lambda row: row.case),
        (texts("housing.quarter"), Holds.TEXT, lambda row: texts.quarter(row.quarter)),
        (
            texts("turning_rows.column.has_coordinator"),
            Holds.TEXT,
            lambda row: answer(row.has_coordinator),
        ),
        (texts("turning_rows.column.has_plan"), Holds.TEXT, lambda row: answer(row.has_plan)),
        (texts("column.record"), Holds.TEXT, lambda row: labels.of_code("record", row.record)),
        (texts("column.registration"), Holds.TEXT, lambda row: row.registration or ""),
        (texts("column.source"), Holds.TEXT, lambda row: row.source),
        (texts("column.delivery"), Holds.TEXT, lambda row: row.delivery),
        (texts("column.row_number"), Holds.ORDINAL, lambda row: row.row_number),
    )
