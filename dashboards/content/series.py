"""An indicator over time: the lines of the municipalities that stand beside each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from operator import itemgetter

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.coverage import Point
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.charts.base import SeriesPoint
from dashboards.charts.time_series import Series
from dashboards.content import beside, columns, sentences, side_by_side
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.shared import Picture, breaks_in_words, drawn_over_time
from dashboards.export.table import ColumnOf, Holds, Table, table_of
from dashboards.queries import development
from dashboards.queries.development import Reading
from dashboards.view.state import View


def points(labels: Labels, view: View) -> tuple[Point, ...]:
    """Return the figures of a view's group over time, oldest first."""
    return coverage.series(labels.publication, *_group(view))


def readings(labels: Labels, view: View) -> tuple[Reading, ...]:
    """Return the same of an indicator of whatever kind."""
    return development.readings(labels.publication, *_group(view))


def beside_each_other(labels: Labels, view: View) -> list[tuple[str, tuple[Reading, ...]]]:
    """Return the chosen municipality's own figures, then what each that is beside it has shared."""
    others = beside.beside(labels, view)
    own = (view.municipality, readings(labels, view))
    return [own, *((each.municipality, each.readings) for each in others)]


def _group(view: View) -> tuple[str, str, str, str, str, dt.date]:
    return (
        view.municipality,
        view.indicator,
        view.age_scheme,
        view.age_group,
        view.service_area,
        view.reference_date,
    )


def picture(
    labels: Labels,
    view: View,
    title: str,
    subtitle: str,
    *remarks: str | None,
    point: Callable[[str, Reading], SeriesPoint],
    of_breaks: str | None = None,
    without_line: str = "coverage.without_line",
) -> Picture:
    """Return the picture over time, beside other municipalities.

    `point` makes a point of a municipality's name and its figure. `remarks` are those of the
    picture's own, `of_breaks` is said after the breaks, `without_line` is the key of who has none.
    """
    apart = side_by_side.set_apart(labels, view)

    def line(code: str, of: Sequence[Reading]) -> Series:
        name = labels.municipality(code)
        return Series(name, [point(name, each) for each in of], is_apart=code in apart)

    lines = [line(code, of) for code, of in beside_each_other(labels, view)]
    empty = ", ".join(line.name for line in lines if not line.points)
    return PageData(labels, view).picture(
        title,
        subtitle,
        drawn_over_time(labels, view, labels.indicator_entry(view.indicator).kind, lines),
        *side_by_side.in_words(labels, view),
        *remarks,
        breaks_in_words(labels, view),
        of_breaks,
        labels.texts(without_line, municipalities=empty) if empty else None,
    )


def table(labels: Labels, view: View, title: str) -> Table:
    """Return the figures behind the lines, newest first."""
    texts = labels.texts
    protected: ColumnOf[tuple[dt.date, str, Reading]] = (
        texts("beside.counts"),
        Holds.TEXT,
        lambda row: side_by_side.counts(labels, is_shared=row[1] != view.municipality),
    )
    return table_of(
        side_by_side.title_of_table(labels, view, title),
        [
            (reading.date, code, reading)
            for code, of in beside_each_other(labels, view)
            for reading in reversed(of)
        ],
        (texts("filter.date"), Holds.DATE, itemgetter(0)),
        (texts("filter.municipality"), Holds.TEXT, lambda row: labels.municipality(row[1])),
        *columns.figure(labels, labels.indicator_entry(view.indicator), itemgetter(2)),
        *([protected] if view.compared else []),
    )


def point_of(
    labels: Labels, view: View, *, bands_of_few: bool = False
) -> Callable[[str, Reading], SeriesPoint]:
    """Return what makes a point of a share or a rate; few may have a band, too."""
    kind = labels.indicator_entry(view.indicator).kind

    def point(name: str, reading: Reading) -> SeriesPoint:
        measured = reading.in_full
        # Of few the interval is so wide that nothing else could be seen beside it.
        has_band = bands_of_few or measured.denominator >= SMALL_DENOMINATOR
        value = labels.value_with_interval(kind, measured)
        return SeriesPoint(
            date=reading.date,
            segment=reading.segment,
            value=reading.value,
            low=reading.low if has_band else None,
            high=reading.high if has_band else None,
            hover=(
                f"<b>{name}</b>, {labels.texts.date(reading.date)}<br>"
                f"{value}<br>{sentences.persons(labels, measured)}"
            ),
        )

    return point
