"""The page *Dekning*: how many have it, who stands out, and how it has developed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Indicator, Kind
from dashboards.analysis import significance
from dashboards.analysis.change import Change, Dated
from dashboards.charts.base import round_up
from dashboards.charts.colours import Palette
from dashboards.charts.dots import Dot, dots
from dashboards.charts.heat_map import HeatCell, Line, heat_map
from dashboards.content import absence, selection, sentences, series, side_by_side, yearly
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, Way, part
from dashboards.content.shared import (
    EVERY_GROUP,
    OF_SERIES,
    OVER_TIME,
    Picture,
    cautions,
    cut_in_words,
    fitted,
    measure_columns,
    measured_values,
    notes,
    place_and_date,
)
from dashboards.export.table import Column, Table, Value, sign_in_words
from dashboards.i18n.texts import Sign
from dashboards.pages import PageKey
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
    is_newest: bool

    @property
    def chosen(self) -> Measured | None:
        """The figure of the chosen group."""
        return significance.figure_of(self.cells, self.view.age_group, self.view.service_area)

    @property
    def kind(self) -> Kind:
        """What the indicator's value is."""
        return self.indicator.kind

    @property
    def has_areas(self) -> bool:
        """Whether the indicator is counted by service area."""
        return any(cell.service_area != ALL for cell in self.cells)


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page: by age group and service area, and over time."""
    of_its_own, texts = selection.fitted(labels, view), labels.texts
    yield Section(filters=[EVERY_GROUP, OF_SERIES], fitted=of_its_own)
    figures = gather(labels, of_its_own)
    yield Section(
        lead=[headline(figures)],
        remarks=[*selection.not_counted(labels, view), *cautions(labels, view)],
        way=Way(texts("coverage.way_back"), PageKey.REGISTRATION, view),
    )
    by = "areas" if figures.has_areas else "ages"
    yield from part(_section_groups(figures), texts(f"coverage.section_{by}"))
    if figures.chosen:
        yield from part(_section_series(figures), texts("coverage.section_series"))


def _section_groups(figures: CoverageFigures) -> Iterator[Section]:
    labels, view, groups = figures.labels, figures.view, table_of_groups(figures)
    yield Section(
        key="groups",
        remarks=[*selection.only_here(labels, view), *selection.every_group(labels, view)],
        picture=by_group(figures),
        explained=view,
        table=groups,
        notes=notes(labels, view, groups.title, EVERY_GROUP),
        files="coverage",
    )


def _section_series(figures: CoverageFigures) -> Iterator[Section]:
    labels, view, lines = figures.labels, figures.view, table_over_time(figures)
    yield from side_by_side.over_time(
        labels,
        view,
        over_time(figures),
        lines,
        notes(labels, view, lines.title, OVER_TIME),
        "series",
    )


def gather(labels: Labels, view: View) -> CoverageFigures:
    """Read the figures of a view, or raise why there are none."""
    publication = labels.publication
    dates = absence.dates(labels, view)
    absence.require(labels, view)
    cells = coverage.cells(
        publication, view.municipality, view.reference_date, view.indicator, view.age_scheme
    )
    everyone = significance.figure_of(cells, ALL, ALL)
    if everyone is None:
        raise absence.nobody(labels, view)
    return CoverageFigures(
        labels=labels,
        view=fitted(view, cells),
        indicator=labels.indicator_entry(view.indicator),
        cells=cells,
        everyone=everyone,
        is_newest=view.reference_date == dates[0],
    )


def headline(figures: CoverageFigures) -> str:
    """Return the sentence that the page is about: how many, and how it has changed in a year."""
    view, labels = figures.view, figures.labels
    if figures.chosen is None:
        cut, where = cut_in_words(labels, view), place_and_date(labels, view)
        return labels.texts("absent.cut", cut=cut, where=where)
    level = sentences.level(
        labels, view.indicator, figures.chosen, view.reference_date, figures.is_newest
    )
    group = selection.chosen_in_words(labels, view)
    changed = _change_in_words(figures, yearly.change_of_cut(labels, view))
    return f"{group}: {level} {changed}" if group else f"{level} {changed}"


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
        title,
        subtitle,
        partial(_heat_map if figures.has_areas else _dots, figures),
        labels.texts("picture.see_table"),
        tuple(_remarks(figures)),
    )


def over_time(figures: CoverageFigures) -> Picture:
    """Return the picture of the chosen group over time, beside other municipalities."""
    labels, view, texts = figures.labels, figures.view, figures.labels.texts
    found = series.points(labels, view)
    now = next((p.measured for p in found if p.date == view.reference_date), None)
    if now is None:
        cut, where = cut_in_words(labels, view), place_and_date(labels, view)
        raise NoFigure(texts("absent.cut", cut=cut, where=where))
    changed = yearly.change_of_cut(labels, view)
    value = sentences.value(labels, figures.kind, now.value)
    subtitle = texts(
        "coverage.subtitle_series",
        indicator=labels.indicator(view.indicator),
        cut=cut_in_words(labels, view),
        municipalities=side_by_side.listed(labels, view),
    )
    has_band = figures.kind in (Kind.SHARE, Kind.RATE)
    return series.picture(
        labels,
        view,
        f"{value}. {_change_in_words(figures, changed)}",
        subtitle,
        texts("coverage.band") if has_band else None,
        without_line="coverage.without_line",
        bands_of_few=True,
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
    labels, view = figures.labels, figures.view
    title = labels.texts(
        "coverage.series_table_title",
        indicator=labels.indicator(view.indicator),
        cut=cut_in_words(labels, view),
    )
    return series.table(labels, view, title)


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


def _measures(figures: CoverageFigures, group: str, area: str) -> tuple[Value, ...]:
    measured = significance.figure_of(figures.cells, group, area)
    if measured is None:
        return (_absent(figures, group),) * 5
    return measured_values(measured)
