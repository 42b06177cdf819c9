"""One indicator of everybody in a municipality: its level, its change, its way over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.reference import ALL
from dashboards.analysis import change
from dashboards.analysis.change import Change
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.content import absence, sentences, series, side_by_side
from dashboards.content.labels import Labels
from dashboards.content.page_data import IndicatorData
from dashboards.content.section import Section
from dashboards.content.shared import ON_A_DATE, Picture
from dashboards.export.downloads import Notes
from dashboards.export.table import Table
from dashboards.i18n.texts import tense
from dashboards.view.state import Parameter, View

_STANDARD_AGES = "standard"
# Other municipalities stand beside a figure of everybody over time.
OVER_TIME = (*ON_A_DATE, Parameter.COMPARED)


@dataclass(frozen=True)
class Figure(IndicatorData):
    """An indicator on the chosen date, and on all dates; its view is that of everybody."""

    measured: Measured
    points: tuple[Point, ...]
    is_newest: bool

    @property
    def change(self) -> Change[Point]:
        """The change from a year before."""
        return change.in_a_year(self.points, self.view.reference_date, self.kind)

    @property
    def tense(self) -> str:
        """Whether sentences about the date are in the present."""
        return tense(self.is_newest)


def figure_of(labels: Labels, view: View, code: str) -> Figure:
    """Read an indicator, or raise why there is none."""
    of_everybody = replace(
        view, indicator=code, age_scheme=_STANDARD_AGES, age_group=ALL, service_area=ALL
    )
    dates = absence.dates(labels, of_everybody)
    absence.require(labels, of_everybody)
    points = series.points(labels, of_everybody)
    measured = next((point.measured for point in points if point.date == view.reference_date), None)
    if measured is None:
        raise absence.nobody(labels, of_everybody)
    indicator, is_newest = labels.indicator_entry(code), view.reference_date == dates[0]
    return Figure(labels, of_everybody, indicator, measured, points, is_newest)


def change_in_words(figure: Figure) -> str:
    """Return how a figure differs from a year before."""
    return sentences.change(
        figure.labels, figure.kind, figure.change, figure.is_newest, figure.indicator.multiplier
    )


def level_and_change(figure: Figure) -> str:
    """Return how many of how many, and the change; for an indicator that has such sentences."""
    day, is_newest = figure.view.reference_date, figure.is_newest
    level = sentences.level(figure.labels, figure.view.indicator, figure.measured, day, is_newest)
    return f"{level} {change_in_words(figure)}"


def over_time(figure: Figure, title: str) -> Picture:
    """Return the picture of the indicator over time, beside other municipalities."""
    labels, view = figure.labels, figure.view
    is_few = any(point.measured.denominator < SMALL_DENOMINATOR for point in figure.points)
    few = figure.text("series.without_band", limit=SMALL_DENOMINATOR) if is_few else None
    return series.picture(
        labels,
        view,
        side_by_side.titled(labels, view, title, of=labels.municipality(view.municipality)),
        figure.text("series.subtitle", municipalities=side_by_side.listed(labels, view)),
        figure.text("series.band"),
        few,
        point=series.point_of(labels, view),
        without_line="series.without_line",
    )


def table_over_time(figure: Figure) -> Table:
    """Return the figures behind the lines, newest first."""
    return series.table(figure.labels, figure.view, figure.text("series.table_title"))


def notes(figure: Figure, title: str, parameters: Sequence[Parameter] = ON_A_DATE) -> Notes:
    """Return what stands under a picture of the indicator, and in its exports."""
    definition = figure.texts.named(figure.indicator.definitions)
    part = figure.view.indicator
    return figure.notes(title, definition, figure.indicator.needs, part, parameters)


def sections_over_time(figure: Figure, title: str, key: str) -> Iterator[Section]:
    """Yield the indicator over time: the picture by its finding, its explanation, its table."""
    table = table_over_time(figure)
    yield from side_by_side.over_time(
        figure.labels,
        figure.view,
        over_time(figure, title),
        table,
        notes(figure, table.title, OVER_TIME),
        key,
    )


def day_before(figure: Figure) -> dt.date | None:
    """Return the day a year before that a figure is compared with, if there is one."""
    earlier = figure.change.earlier
    return earlier.date if earlier else None
