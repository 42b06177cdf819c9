"""An indicator over time: the lines of the municipalities that stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.coverage import Point
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.charts.time_series import Series, SeriesPoint
from dashboards.content import sentences, side_by_side
from dashboards.content.labels import Labels
from dashboards.content.shared import (
    Picture,
    breaks_in_words,
    drawn_over_time,
    measure_columns,
    measured_values,
)
from dashboards.export.table import Column, Row, Table
from dashboards.export.table import Kind as Holds
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
    *,
    said: Sequence[str],
    as_text: str,
    without_line: str,
    bands_of_few: bool = False,
) -> Picture:
    """Return the picture over time, beside other municipalities.

    `said` are remarks of its own, `as_text` says where all figures stand, `without_line` is the key
    of who has none. `bands_of_few` draws the intervals of few, too.
    """
    texts = labels.texts
    kind = labels.indicator_entry(view.indicator).kind
    title = side_by_side.titled(labels, view, finding, of=labels.municipality(view.municipality))
    apart = side_by_side.set_apart(labels, view)
    lines = [
        Series(
            labels.municipality(each.municipality),
            [_point(labels, kind, each, point, bands_of_few) for point in points(labels, each)],
            is_apart=each.municipality in apart,
        )
        for each in side_by_side.views(view)
    ]
    remarks = [*side_by_side.in_words(labels, view), *said]
    breaks = breaks_in_words(labels, view)
    if breaks:
        remarks.append(breaks)
    empty = [line.name for line in lines if not line.points]
    if empty:
        remarks.append(texts(without_line, municipalities=", ".join(empty)))
    return Picture(
        title,
        subtitle,
        drawn_over_time(labels, view, kind, lines),
        as_text,
        tuple(remarks),
    )


def table(labels: Labels, view: View, title: str) -> Table:
    """Return the figures behind the lines, newest first."""
    texts = labels.texts
    rows: list[Row] = [
        (point.date, labels.municipality(each.municipality), *measured_values(point.measured))
        for each in side_by_side.views(view)
        for point in reversed(points(labels, each))
    ]
    return Table(
        side_by_side.title_of_table(labels, view, title),
        (
            Column(texts("filter.date"), Holds.DATE),
            Column(texts("filter.municipality")),
            *measure_columns(labels, labels.indicator_entry(view.indicator)),
        ),
        tuple(rows),
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
