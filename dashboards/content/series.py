"""An indicator over time: the lines of the municipalities that stand beside each other."""

from __future__ import annotations

from operator import itemgetter

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.coverage import Point
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.charts.time_series import Series, SeriesPoint
from dashboards.content import columns, sentences, side_by_side
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.shared import Picture, breaks_in_words, drawn_over_time
from dashboards.export.table import Kind as Holds
from dashboards.export.table import Table, table_of
from dashboards.view.state import View


def points(labels: Labels, view: View) -> tuple[Point, ...]:
    """Return the figures of a view's group on all dates, oldest first."""
    return coverage.series(
        labels.publication,
        view.municipality,
        view.indicator,
        view.age_scheme,
        view.age_group,
        view.service_area,
    )


def picture(
    labels: Labels,
    view: View,
    finding: str,
    subtitle: str,
    *remarks: str | None,
    without_line: str,
    bands_of_few: bool = False,
) -> Picture:
    """Return the picture over time, beside other municipalities.

    `remarks` are those of its own, `without_line` is the key of who has none. `bands_of_few` draws
    the intervals of few, too.
    """
    kind = labels.indicator_entry(view.indicator).kind
    apart = side_by_side.set_apart(labels, view)
    lines = [
        Series(
            labels.municipality(each.municipality),
            [_point(labels, kind, each, point, bands_of_few) for point in points(labels, each)],
            is_apart=each.municipality in apart,
        )
        for each in side_by_side.views(view)
    ]
    empty = ", ".join(line.name for line in lines if not line.points)
    return PageData(labels, view).picture(
        side_by_side.titled(labels, view, finding, of=labels.municipality(view.municipality)),
        subtitle,
        drawn_over_time(labels, view, kind, lines),
        *side_by_side.in_words(labels, view),
        *remarks,
        breaks_in_words(labels, view),
        labels.texts(without_line, municipalities=empty) if empty else None,
    )


def table(labels: Labels, view: View, title: str) -> Table:
    """Return the figures behind the lines, newest first."""
    texts = labels.texts
    return table_of(
        side_by_side.title_of_table(labels, view, title),
        [
            (point.date, labels.municipality(each.municipality), point.measured)
            for each in side_by_side.views(view)
            for point in reversed(points(labels, each))
        ],
        (texts("filter.date"), Holds.DATE, itemgetter(0)),
        (texts("filter.municipality"), Holds.TEXT, itemgetter(1)),
        *columns.figure(labels, labels.indicator_entry(view.indicator), itemgetter(2)),
    )


def _point(labels: Labels, kind: Kind, view: View, point: Point, bands_of_few: bool) -> SeriesPoint:
    measured = point.measured
    # Of few the interval is so wide that nothing else could be seen beside it.
    has_band = bands_of_few or measured.denominator >= SMALL_DENOMINATOR
    return SeriesPoint(
        date=point.date,
        segment=point.segment,
        value=measured.value,
        low=measured.low if has_band else None,
        high=measured.high if has_band else None,
        hover=(
            f"<b>{labels.municipality(view.municipality)}</b>, {labels.texts.date(point.date)}<br>"
            f"{labels.value_with_interval(kind, measured)}<br>{sentences.persons(labels, measured)}"
        ),
    )
