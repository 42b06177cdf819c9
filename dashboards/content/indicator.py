"""One indicator of everybody in a municipality: its level, its change, its way over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboards.analysis import change
from dashboards.analysis.change import Change
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.charts.time_series import Series, SeriesPoint
from dashboards.content import sentences, side_by_side
from dashboards.content.labels import Labels
from dashboards.content.shared import (
    Absence,
    Picture,
    breaks_in_words,
    drawn_over_time,
    measure_columns,
    measured_values,
    notes_of,
)
from dashboards.export.downloads import Notes
from dashboards.export.table import Column, Row, Table
from dashboards.export.table import Kind as Holds
from dashboards.queries import coverage, provenance
from dashboards.queries.coverage import Measured, Point
from dashboards.queries.reference import ALL, Indicator, Kind
from dashboards.view.state import Parameter, View

_STANDARD_AGES = "standard"
# The filters that a figure of everybody follows; other municipalities stand beside it over time.
ON_A_DATE = (Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE)
OVER_TIME = (*ON_A_DATE, Parameter.COMPARED)


@dataclass(frozen=True)
class Figure:
    """An indicator on the chosen date, and on all dates; its view is that of everybody."""

    labels: Labels
    view: View
    indicator: Indicator
    measured: Measured
    points: tuple[Point, ...]
    is_newest: bool

    @property
    def kind(self) -> Kind:
        """What the indicator's value is."""
        return self.indicator.kind

    @property
    def change(self) -> Change[Point]:
        """The change from a year before."""
        return change.in_a_year(self.points, self.view.reference_date, self.kind)

    @property
    def tense(self) -> str:
        """Whether sentences about the date are in the present."""
        return "now" if self.is_newest else "then"


def figure_of(labels: Labels, view: View, code: str) -> Figure | Absence:
    """Read an indicator, or say why there is no figure."""
    publication, texts = labels.publication, labels.texts
    of_everybody = replace(
        view, indicator=code, age_scheme=_STANDARD_AGES, age_group=ALL, service_area=ALL
    )
    municipality = labels.municipality(view.municipality)
    dates = coverage.reference_dates(publication, view.municipality)
    if not dates:
        return Absence(texts("absent.municipality", municipality=municipality))
    indicator = labels.indicator_entry(code)
    delivered = provenance.records_in_force(publication, view.municipality)
    missing = [labels.of_code("record", need) for need in indicator.needs if need not in delivered]
    if missing:
        return Absence(
            texts("absent.record", indicator=labels.indicator(code), records=", ".join(missing))
        )
    points = _points(labels, of_everybody, view.municipality)
    measured = next((point.measured for point in points if point.date == view.reference_date), None)
    if measured is None:
        return Absence(
            texts(
                "absent.nobody",
                municipality=municipality,
                date=texts.date(view.reference_date),
                denominator=labels.measure_in_text(indicator.denominator_measure),
            )
        )
    return Figure(
        labels, of_everybody, indicator, measured, points, view.reference_date == dates[0]
    )


def change_in_words(figure: Figure) -> str:
    """Return how a figure differs from a year before."""
    return sentences.change(
        figure.labels, figure.kind, figure.change, figure.is_newest, figure.indicator.multiplier
    )


def level_and_change(figure: Figure) -> str:
    """Return how many of how many, and the change; for an indicator that has such sentences."""
    level = sentences.level(
        figure.labels,
        figure.view.indicator,
        figure.measured,
        figure.view.reference_date,
        figure.is_newest,
    )
    return f"{level} {change_in_words(figure)}"


def over_time(figure: Figure, title: str) -> Picture:
    """Return the picture of the indicator over time, beside other municipalities."""
    labels, view, texts = figure.labels, figure.view, figure.labels.texts
    title = side_by_side.titled(labels, view, title, of=labels.municipality(view.municipality))
    subtitle = texts(
        "series.subtitle",
        indicator=labels.indicator(view.indicator),
        municipalities=", ".join(labels.municipality(code) for code in _municipalities(view)),
    )
    apart = side_by_side.set_apart(labels, view)
    lines = [
        Series(
            labels.municipality(code),
            [_series_point(labels, figure.kind, code, point) for point in points],
            is_apart=code in apart,
        )
        for code, points in _lines(figure)
    ]
    return Picture(
        title=title,
        subtitle=subtitle,
        draw=drawn_over_time(labels, view, figure.kind, lines),
        description=f"{subtitle}. {title} {texts('series.see_table')}",
        remarks=(*side_by_side.in_words(labels, view), *_remarks(figure)),
    )


def table_over_time(figure: Figure) -> Table:
    """Return the figures behind the lines, newest first."""
    labels, texts = figure.labels, figure.labels.texts
    rows: list[Row] = [
        (point.date, labels.municipality(code), *measured_values(point.measured))
        for code, points in _lines(figure)
        for point in reversed(points)
    ]
    return Table(
        side_by_side.title_of_table(
            labels,
            figure.view,
            texts("series.table_title", indicator=labels.indicator(figure.view.indicator)),
        ),
        (
            Column(texts("filter.date"), Holds.DATE),
            Column(texts("filter.municipality")),
            *measure_columns(labels, figure.indicator),
        ),
        tuple(rows),
    )


def notes(figure: Figure, title: str, parameters: Sequence[Parameter] = ON_A_DATE) -> Notes:
    """Return what stands under a picture of the indicator, and in its exports."""
    return notes_of(
        figure.labels,
        figure.view,
        title,
        definition=figure.labels.texts.named(figure.indicator.definitions),
        records=figure.indicator.needs,
        parameters=parameters,
        part=figure.view.indicator,
    )


def day_before(figure: Figure) -> dt.date | None:
    """Return the day a year before that a figure is compared with, if there is one."""
    earlier = figure.change.earlier
    return earlier.date if earlier else None


def _remarks(figure: Figure) -> list[str]:
    labels, texts = figure.labels, figure.labels.texts
    remarks = [texts("series.band")]
    if any(point.measured.denominator < SMALL_DENOMINATOR for point in figure.points):
        remarks.append(texts("series.without_band", limit=SMALL_DENOMINATOR))
    breaks = breaks_in_words(labels, figure.view)
    if breaks:
        remarks.append(breaks)
    empty = [labels.municipality(code) for code, points in _lines(figure) if not points]
    if empty:
        remarks.append(texts("series.without_line", municipalities=", ".join(empty)))
    return remarks


def _lines(figure: Figure) -> list[tuple[str, tuple[Point, ...]]]:
    return [
        (code, _points(figure.labels, figure.view, code)) for code in _municipalities(figure.view)
    ]


def _municipalities(view: View) -> tuple[str, ...]:
    return (view.municipality, *view.compared)


def _points(labels: Labels, view: View, municipality: str) -> tuple[Point, ...]:
    return coverage.series(
        labels.publication, municipality, view.indicator, view.age_scheme, ALL, ALL
    )


def _series_point(labels: Labels, kind: Kind, municipality: str, point: Point) -> SeriesPoint:
    measured = point.measured
    # Of few the interval is so wide that nothing else could be seen beside it.
    is_small = measured.denominator < SMALL_DENOMINATOR
    return SeriesPoint(
        date=point.date,
        segment=point.segment,
        value=measured.value,
        low=None if is_small else measured.low,
        high=None if is_small else measured.high,
        hover=(
            f"<b>{labels.municipality(municipality)}</b>, {labels.texts.date(point.date)}<br>"
            f"{labels.value_with_interval(kind, measured)}<br>{sentences.persons(labels, measured)}"
        ),
    )
