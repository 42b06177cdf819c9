"""The page *Dekning*: how many have it, who stands out, and how it has developed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from dashboards.analysis import change, significance
from dashboards.analysis.change import Change, Dated
from dashboards.charts.base import round_up
from dashboards.charts.colours import Palette
from dashboards.charts.dots import Dot, dots
from dashboards.charts.heat_map import HeatCell, Line, heat_map
from dashboards.charts.time_series import Series, SeriesPoint
from dashboards.content import sentences, side_by_side, yearly
from dashboards.content.labels import Labels
from dashboards.content.shared import (
    Absence,
    Picture,
    breaks_in_words,
    cut_in_words,
    drawn_over_time,
    fitted,
    measure_columns,
    measured_values,
    place_and_date,
)
from dashboards.export.table import Column, Row, Table, Value, sign_in_words
from dashboards.export.table import Kind as Holds
from dashboards.i18n.texts import Sign
from dashboards.queries import coverage, provenance, reference
from dashboards.queries.coverage import Cell, Measured, Point
from dashboards.queries.reference import ALL, UNKNOWN, Indicator, Kind
from dashboards.view.state import View

_CHILDHOOD_ENDS = 18
# Stands behind the figures of few persons; the remark below the picture begins with it.
_SMALL_MARK = "*"


@dataclass(frozen=True)
class CoverageFigures:
    """Everything that the page shows, read at once from one publication."""

    labels: Labels
    view: View
    indicator: Indicator
    cells: tuple[Cell, ...]
    everyone: Measured
    whole_series: tuple[Point, ...]
    is_newest: bool

    @property
    def kind(self) -> Kind:
        """What the indicator's value is."""
        return self.indicator.kind

    @property
    def has_areas(self) -> bool:
        """Whether the indicator is counted by service area."""
        return any(cell.service_area != ALL for cell in self.cells)


def gather(labels: Labels, view: View) -> CoverageFigures | Absence:
    """Read the figures of a view, or say why there are none."""
    publication, texts = labels.publication, labels.texts
    municipality = labels.municipality(view.municipality)
    dates = coverage.reference_dates(publication, view.municipality)
    if not dates:
        return Absence(texts("absent.municipality", municipality=municipality))
    indicator = labels.indicator_entry(view.indicator)
    delivered = provenance.records_in_force(publication, view.municipality)
    missing = [labels.of_code("record", need) for need in indicator.needs if need not in delivered]
    if missing:
        return Absence(
            texts(
                "absent.record",
                indicator=labels.indicator(view.indicator),
                records=", ".join(missing),
            )
        )
    cells = coverage.cells(
        publication, view.municipality, view.reference_date, view.indicator, view.age_scheme
    )
    everyone = significance.figure_of(cells, ALL, ALL)
    if everyone is None:
        return Absence(
            texts(
                "absent.nobody",
                municipality=municipality,
                date=texts.date(view.reference_date),
                denominator=labels.measure_in_text(indicator.denominator_measure),
            )
        )
    return CoverageFigures(
        labels=labels,
        view=fitted(view, cells),
        indicator=indicator,
        cells=cells,
        everyone=everyone,
        whole_series=_points(labels, view, view.municipality, ALL, ALL),
        is_newest=view.reference_date == dates[0],
    )


def headline(figures: CoverageFigures) -> str:
    """Return the sentence that the page is about: how many, and how it has changed in a year."""
    view, labels = figures.view, figures.labels
    level = sentences.level(
        labels, view.indicator, figures.everyone, view.reference_date, figures.is_newest
    )
    changed = change.in_a_year(figures.whole_series, view.reference_date, figures.kind)
    return f"{level} {_change_in_words(figures, changed)}"


def by_group(figures: CoverageFigures) -> Picture:
    """Return the picture of the age groups, by service area where they are counted so."""
    labels, view = figures.labels, figures.view
    title = sentences.where(
        labels,
        figures.kind,
        view.age_scheme,
        significance.extremes(significance.by_age(figures.cells), figures.everyone, figures.kind),
        significance.extremes(significance.by_area(figures.cells), figures.everyone, figures.kind),
    )
    what = "areas" if figures.has_areas else "ages"
    subtitle = labels.texts(
        f"coverage.subtitle_{what}",
        indicator=labels.indicator(view.indicator),
        where=place_and_date(labels, view),
    )
    return Picture(
        title=title,
        subtitle=subtitle,
        draw=partial(_heat_map if figures.has_areas else _dots, figures),
        description=f"{subtitle}. {title} {labels.texts('coverage.see_table')}",
        remarks=tuple(_remarks(figures)),
    )


def over_time(figures: CoverageFigures) -> Picture | Absence:
    """Return the picture of the chosen group over time, beside other municipalities."""
    labels, view, texts = figures.labels, figures.view, figures.labels.texts
    points = _points(labels, view, view.municipality, view.age_group, view.service_area)
    now = next((p.measured for p in points if p.date == view.reference_date), None)
    if now is None:
        return Absence(
            texts(
                "absent.cut",
                cut=cut_in_words(labels, view),
                where=place_and_date(labels, view),
            )
        )
    changed = yearly.change_of_cut(labels, view)
    value = sentences.value(labels, figures.kind, now.value)
    title = side_by_side.titled(
        labels,
        view,
        f"{value}. {_change_in_words(figures, changed)}",
        of=labels.municipality(view.municipality),
    )
    subtitle = texts(
        "coverage.subtitle_series",
        indicator=labels.indicator(view.indicator),
        cut=cut_in_words(labels, view),
        municipalities=", ".join(labels.municipality(code) for code in _municipalities(view)),
    )
    apart = side_by_side.set_apart(labels, view)
    lines = [
        Series(
            labels.municipality(code),
            [_series_point(labels, figures.kind, code, point) for point in of_municipality],
            is_apart=code in apart,
        )
        for code, of_municipality in _series_by_municipality(labels, view)
    ]
    empty = [line.name for line in lines if not line.points]
    remarks = side_by_side.in_words(labels, view)
    if figures.kind in (Kind.SHARE, Kind.RATE):
        remarks.append(texts("coverage.band"))
    breaks = breaks_in_words(labels, view)
    if breaks:
        remarks.append(breaks)
    if empty:
        remarks.append(texts("coverage.without_line", municipalities=", ".join(empty)))
    return Picture(
        title=title,
        subtitle=subtitle,
        draw=drawn_over_time(labels, view, figures.kind, lines),
        description=f"{subtitle}. {title} {texts('coverage.see_series_table')}",
        remarks=tuple(remarks),
    )


def table_of_groups(figures: CoverageFigures) -> Table:
    """Return the figure of every group that there is somebody in, everybody last."""
    labels, texts = figures.labels, figures.labels.texts
    areas = _areas(figures) if figures.has_areas else [ALL]
    rows = [
        (labels.service_area(area), labels.age_group(group), *_measures(figures, group, area))
        for area in areas
        for group in _groups(figures)
        if (area, group) != (ALL, ALL) and not _cannot_be(figures, group, area)
    ]
    total = (labels.service_area(ALL), labels.age_group(ALL), *_measures(figures, ALL, ALL))
    columns = (
        Column(texts("filter.area")),
        Column(texts("filter.age")),
        *measure_columns(labels, figures.indicator),
    )
    if not figures.has_areas:
        rows = [row[1:] for row in rows]
        total, columns = total[1:], columns[1:]
    title = texts(
        "coverage.table_title",
        indicator=labels.indicator(figures.view.indicator),
        where=place_and_date(labels, figures.view),
    )
    return Table(title, columns, tuple(rows), total)


def table_over_time(figures: CoverageFigures) -> Table:
    """Return the figures of the lines, newest first."""
    labels, view, texts = figures.labels, figures.view, figures.labels.texts
    rows: list[Row] = [
        (point.date, labels.municipality(code), *measured_values(point.measured))
        for code, points in _series_by_municipality(labels, view)
        for point in reversed(points)
    ]
    return Table(
        side_by_side.title_of_table(
            labels,
            view,
            texts(
                "coverage.series_table_title",
                indicator=labels.indicator(view.indicator),
                cut=cut_in_words(labels, view),
            ),
        ),
        (
            Column(texts("filter.date"), Holds.DATE),
            Column(texts("filter.municipality")),
            *measure_columns(labels, figures.indicator),
        ),
        tuple(rows),
    )


def sign_of_absence(indicator: Indicator, from_age: int | None) -> Sign:
    """Return why a group has no figure, where the municipality has one.

    Of persons there are none in the group: nothing to divide by. Of inhabitants there must be some,
    but nobody has delivered how many; unless the group is too old for the indicator.
    """
    if indicator.denominator_measure == "inhabitants_under_18":
        grown_up = from_age is not None and from_age >= _CHILDHOOD_ENDS
        return Sign.NOT_APPLICABLE if grown_up else Sign.NOT_AVAILABLE
    if indicator.denominator_measure == "inhabitants":
        return Sign.NOT_AVAILABLE
    return Sign.NOT_APPLICABLE


def _change_in_words(figures: CoverageFigures, changed: Change[Dated]) -> str:
    return sentences.change(
        figures.labels, figures.kind, changed, figures.is_newest, figures.indicator.multiplier
    )


def _groups(figures: CoverageFigures) -> list[str]:
    """Return the age groups in their order; the unknown only where there is somebody."""
    publication = figures.labels.publication
    known = [group.code for group in reference.age_groups(publication)[figures.view.age_scheme]]
    unknown = [UNKNOWN] if any(cell.age_group == UNKNOWN for cell in figures.cells) else []
    return [*known, *unknown, ALL]


def _areas(figures: CoverageFigures) -> list[str]:
    """Return the service areas that somebody has a service in, in their order."""
    present = {cell.service_area for cell in figures.cells}
    in_order = reference.service_areas(figures.labels.publication)
    return [*(area for area in in_order if area in present), ALL]


def _absent(figures: CoverageFigures, group: str) -> Sign:
    groups = reference.age_groups(figures.labels.publication)[figures.view.age_scheme]
    from_age = next((each.from_age for each in groups if each.code == group), None)
    return sign_of_absence(figures.indicator, from_age)


def _cannot_be(figures: CoverageFigures, group: str, area: str) -> bool:
    """Whether a group can have no figure: there is nobody to count among."""
    measured = significance.figure_of(figures.cells, group, area)
    return measured is None and _absent(figures, group) is Sign.NOT_APPLICABLE


def _heat_map(figures: CoverageFigures, palette: Palette) -> go.Figure:
    labels = figures.labels
    areas, groups = _areas(figures), _groups(figures)
    # From nothing to a round number above the highest; what says little does not set the scale.
    large = [cell for cell in figures.cells if not _is_small(cell.measured)]
    top = round_up(max(cell.measured.value for cell in large or figures.cells))
    cells = {
        (area, group): _heat_cell(figures, group, area, top) for area in areas for group in groups
    }
    return heat_map(
        palette,
        [Line(area, labels.service_area(area), area == ALL) for area in areas],
        [Line(group, labels.age_group(group), group == ALL) for group in groups],
        cells,
    )


def _heat_cell(figures: CoverageFigures, group: str, area: str, top: float) -> HeatCell:
    labels = figures.labels
    name = _group_in_words(figures, group, area)
    measured = significance.figure_of(figures.cells, group, area)
    if measured is None:
        sign = _absent(figures, group)
        words = sign_in_words(sign, labels.texts)
        return HeatCell(None, str(sign), "", f"<b>{name}</b><br>{words}")
    is_small = _is_small(measured)
    return HeatCell(
        darkness=measured.value / top,
        text=labels.value(figures.kind, measured.value) + (_SMALL_MARK if is_small else ""),
        below=sentences.persons(labels, measured),
        hover=_hover(figures, name, measured),
        is_small=is_small,
    )


def _is_small(measured: Measured) -> bool:
    return measured.denominator < significance.SMALL_DENOMINATOR


def _dots(figures: CoverageFigures, palette: Palette) -> go.Figure:
    def dot(group: str) -> Dot:
        measured = significance.figure_of(figures.cells, group, ALL)
        label = figures.labels.age_group_in_text(figures.view.age_scheme, group)
        label = label[:1].upper() + label[1:]
        if measured is None:
            return Dot(label, None, None, None, str(_absent(figures, group)), "")
        return Dot(
            label,
            measured.value,
            measured.low,
            measured.high,
            figures.labels.value(figures.kind, measured.value),
            _hover(figures, _group_in_words(figures, group, ALL), measured),
        )

    groups = [
        group for group in _groups(figures) if group != ALL and not _cannot_be(figures, group, ALL)
    ]
    return dots(
        palette,
        [dot(group) for group in groups],
        dot(ALL),
        write_tick=lambda value: figures.labels.tick(figures.kind, value),
    )


def _hover(figures: CoverageFigures, name: str, measured: Measured) -> str:
    labels = figures.labels
    value = labels.value_with_interval(figures.kind, measured)
    of_whom = labels.texts(
        "measured.hover",
        numerator=labels.measure(figures.indicator.numerator_measure),
        count=labels.texts.whole(measured.numerator),
        denominator=labels.measure(figures.indicator.denominator_measure),
        of=labels.texts.whole(measured.denominator),
    )
    return f"<b>{name}</b><br>{value}<br>{of_whom}"


def _group_in_words(figures: CoverageFigures, group: str, area: str) -> str:
    in_words = figures.labels.age_group_in_text(figures.view.age_scheme, group)
    if not figures.has_areas:
        return in_words
    return f"{figures.labels.service_area(area)}, {in_words}"


def _remarks(figures: CoverageFigures) -> Iterator[str]:
    texts = figures.labels.texts
    if not figures.has_areas:
        yield texts("coverage.intervals")
    else:
        yield texts("coverage.shading")
        if any(_is_small(cell.measured) for cell in figures.cells):
            yield texts("coverage.small", limit=significance.SMALL_DENOMINATOR)
        yield texts("coverage.areas_overlap")
    signs = {
        _absent(figures, group)
        for area in (_areas(figures) if figures.has_areas else [ALL])
        for group in _groups(figures)
        if significance.figure_of(figures.cells, group, area) is None
        and (figures.has_areas or not _cannot_be(figures, group, area))
    }
    for sign in sorted(signs):
        yield texts("sign.explained", sign=sign, words=sign_in_words(sign, texts))


def _points(
    labels: Labels, view: View, municipality: str, age_group: str, service_area: str
) -> tuple[Point, ...]:
    return coverage.series(
        labels.publication, municipality, view.indicator, view.age_scheme, age_group, service_area
    )


def _municipalities(view: View) -> tuple[str, ...]:
    return (view.municipality, *view.compared)


def _series_by_municipality(labels: Labels, view: View) -> list[tuple[str, tuple[Point, ...]]]:
    return [
        (code, _points(labels, view, code, view.age_group, view.service_area))
        for code in _municipalities(view)
    ]


def _series_point(labels: Labels, kind: Kind, municipality: str, point: Point) -> SeriesPoint:
    measured = point.measured
    return SeriesPoint(
        date=point.date,
        segment=point.segment,
        value=measured.value,
        low=measured.low,
        high=measured.high,
        hover=(
            f"<b>{labels.municipality(municipality)}</b>, {labels.texts.date(point.date)}<br>"
            f"{labels.value_with_interval(kind, measured)}<br>{sentences.persons(labels, measured)}"
        ),
    )


def _measures(figures: CoverageFigures, group: str, area: str) -> tuple[Value, ...]:
    measured = significance.figure_of(figures.cells, group, area)
    if measured is None:
        return (_absent(figures, group),) * 5
    return measured_values(measured)
