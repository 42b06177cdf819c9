"""The page *Dekning*: how many have it, who stands out, and how it has developed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import plotly.graph_objects as go

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, AgeGroup, Indicator, Kind
from dashboards.analysis import significance
from dashboards.analysis.change import Change, Dated
from dashboards.charts.base import round_up
from dashboards.charts.colours import Palette
from dashboards.charts.dots import Dot, dots
from dashboards.charts.heat_map import HeatCell, Line, heat_map
from dashboards.content import (
    absence,
    columns,
    primary_contacts,
    selection,
    sentences,
    series,
    side_by_side,
    unmet,
    yearly,
)
from dashboards.content.labels import Labels
from dashboards.content.page_data import IndicatorData
from dashboards.content.section import Section, Way, part
from dashboards.content.shared import (
    EVERY_GROUP,
    OF_SERIES,
    OVER_TIME,
    Picture,
    cautions,
    cut_in_words,
    fitted,
    notes,
)
from dashboards.export.table import ColumnOf, Holds, Table, sign_in_words, table_of
from dashboards.i18n.texts import Sign, capitalised
from dashboards.pages import PageKey
from dashboards.view.state import Parameter, View

_CHILDHOOD_ENDS = 18
# Stands behind the figures of few persons; the remark below the picture begins with it.
_SMALL_MARK = "*"


@dataclass(frozen=True)
class CoverageFigures(IndicatorData):
    """Everything that the page shows, read at once from one publication."""

    cells: tuple[Cell, ...]
    everyone: Measured
    is_newest: bool

    @property
    def chosen(self) -> Measured | None:
        """The figure of the chosen group."""
        return significance.figure_of(self.cells, self.view.age_group, self.view.service_area)

    @property
    def areas(self) -> list[str]:
        """The service areas that somebody has a service in, in their order; all of them last."""
        present = {cell.service_area for cell in self.cells} - {ALL}
        in_order = reference.service_areas(self.labels.publication)
        return [*(area for area in [*in_order, UNKNOWN] if area in present), ALL]

    @property
    def groups(self) -> list[str]:
        """The age groups in their order, all of them last; the unknown where there is somebody."""
        known = [group.code for group in self._scheme]
        unknown = [UNKNOWN] if any(cell.age_group == UNKNOWN for cell in self.cells) else []
        return [*known, *unknown, ALL]

    @property
    def _scheme(self) -> Sequence[AgeGroup]:
        return reference.age_groups(self.labels.publication)[self.view.age_scheme]

    def of(self, group: str, area: str) -> Measured | Sign:
        """Return the figure of a group, or the sign of why there is none."""
        measured = significance.figure_of(self.cells, group, area)
        if measured is not None:
            return measured
        from_age = next((each.from_age for each in self._scheme if each.code == group), None)
        return sign_of_absence(self.indicator, from_age)

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
        remarks=[
            *selection.not_counted(labels, view),
            *cautions(labels, view),
        ],
        way=Way(texts("coverage.way_back"), PageKey.REGISTRATION, view),
    )
    by = "areas" if figures.has_areas else "ages"
    yield from part(_section_groups(figures), texts(f"coverage.section_{by}"))
    if figures.chosen:
        yield from part(_section_series(figures), texts("coverage.section_series"))
    if unmet.is_told(figures.view):
        yield from part(unmet.sections(labels, figures.view), texts("unmet.section"))
    if primary_contacts.is_told(labels, figures.view):
        contacts = primary_contacts.sections(labels, figures.view)
        yield from part(contacts, texts("contact.section"))


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
        return figures.text("absent.cut", cut=cut_in_words(labels, view))
    level = sentences.level(
        labels, view.indicator, figures.chosen, view.reference_date, figures.is_newest
    )
    group = selection.chosen_in_words(labels, view)
    changed = _change_in_words(figures, yearly.change_of_cut(labels, view))
    return f"{group}: {level} {changed}" if group else f"{level} {changed}"


def by_group(figures: CoverageFigures) -> Picture:
    """Return the picture of the age groups, by service area where they are counted so."""
    labels, view, everyone, kind = figures.labels, figures.view, figures.everyone, figures.kind
    ages, areas = (
        significance.extremes(cells, everyone, kind)
        for cells in (significance.by_age(figures.cells), significance.by_area(figures.cells))
    )
    return figures.picture(
        sentences.where(labels, kind, view.age_scheme, ages, areas),
        figures.text(f"coverage.subtitle_{'areas' if figures.has_areas else 'ages'}"),
        partial(_heat_map if figures.has_areas else _dots, figures),
        *_remarks(figures),
        chooses=(Parameter.AGE_GROUP, Parameter.SERVICE_AREA) if figures.has_areas else (),
    )


def over_time(figures: CoverageFigures) -> Picture:
    """Return the picture of the chosen group over time, beside other municipalities."""
    labels, view = figures.labels, figures.view
    cut = cut_in_words(labels, view)
    found = series.readings(labels, view)
    now = next((each for each in found if each.date == view.reference_date), None)
    if now is None:
        raise figures.absence("absent.cut", cut=cut)
    changed = _change_in_words(figures, yearly.change_of_cut(labels, view))
    finding = f"{sentences.value(labels, figures.kind, now.value)}. {changed}"
    compared = side_by_side.listed(labels, view)
    has_band = figures.kind in (Kind.SHARE, Kind.RATE)
    return series.picture(
        labels,
        view,
        side_by_side.titled(labels, view, finding, of=labels.municipality(view.municipality)),
        figures.text("coverage.subtitle_series", cut=cut, municipalities=compared),
        figures.text("coverage.band") if has_band else None,
        point=series.point_of(labels, view, bands_of_few=True),
    )


def table_of_groups(figures: CoverageFigures) -> Table:
    """Return the figure of every group that there is somebody in, everybody last."""
    labels, texts = figures.labels, figures.texts
    areas = figures.areas if figures.has_areas else [ALL]

    def of_row(row: tuple[str, str]) -> Measured | Sign:
        return figures.of(*row)

    area: ColumnOf[tuple[str, str]] = (
        texts("filter.area"),
        Holds.TEXT,
        lambda row: labels.service_area(row[1]),
    )
    return table_of(
        figures.text("coverage.table_title"),
        [
            (group, area)
            for area in areas
            for group in figures.groups
            if (group, area) != (ALL, ALL) and not _cannot_be(figures, group, area)
        ],
        *([area] if figures.has_areas else []),
        (texts("filter.age"), Holds.TEXT, lambda row: labels.age_group(row[0])),
        *columns.figure(labels, figures.indicator, of_row),
        whole=(ALL, ALL),
    )


def table_over_time(figures: CoverageFigures) -> Table:
    """Return the figures of the lines, newest first."""
    labels, view = figures.labels, figures.view
    title = figures.text("coverage.series_table_title", cut=cut_in_words(labels, view))
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


def _cannot_be(figures: CoverageFigures, group: str, area: str) -> bool:
    """Whether a group can have no figure: there is nobody to count among."""
    return figures.of(group, area) is Sign.NOT_APPLICABLE


def _heat_map(figures: CoverageFigures, palette: Palette) -> go.Figure:
    labels, areas, groups = figures.labels, figures.areas, figures.groups
    # From nothing to a round number above the highest; what says little does not set the scale.
    large = [cell for cell in figures.cells if not _is_small(cell.measured)]
    top = round_up(max(cell.measured.value for cell in large or figures.cells))
    return heat_map(
        palette,
        [Line(area, labels.service_area(area), area == ALL) for area in areas],
        [Line(group, labels.age_group(group), group == ALL) for group in groups],
        {
            (area, group): _heat_cell(figures, group, area, top)
            for area, group in product(areas, groups)
        },
    )


def _heat_cell(figures: CoverageFigures, group: str, area: str, top: float) -> HeatCell:
    labels, measured = figures.labels, figures.of(group, area)
    name = _group_in_words(figures, group, area)
    if isinstance(measured, Sign):
        words = sign_in_words(measured, labels.texts)
        return HeatCell(None, str(measured), "", f"<b>{name}</b><br>{words}")
    is_small = _is_small(measured)
    return HeatCell(
        darkness=measured.value / top,
        text=labels.value(figures.kind, measured.value) + (_SMALL_MARK if is_small else ""),
        below=sentences.persons(labels, measured),
        hover=_hover(figures, name, measured),
        is_small=is_small,
        # Those of unknown age are no group that can be chosen.
        choice=None if group == UNKNOWN else (group, area),
        is_chosen=(group, area) != (ALL, ALL)
        and (group, area) == (figures.view.age_group, figures.view.service_area),
    )


def _is_small(measured: Measured) -> bool:
    return measured.denominator < significance.SMALL_DENOMINATOR


def _dots(figures: CoverageFigures, palette: Palette) -> go.Figure:
    labels = figures.labels

    def dot(group: str) -> Dot:
        measured = figures.of(group, ALL)
        name = labels.age_group_in_text(figures.view.age_scheme, group)
        if isinstance(measured, Sign):
            return Dot(capitalised(name), None, None, None, str(measured), "")
        return Dot(
            capitalised(name),
            measured.value,
            measured.low,
            measured.high,
            labels.value(figures.kind, measured.value),
            _hover(figures, name, measured),
        )

    shown = [code for code in figures.groups if code == ALL or not _cannot_be(figures, code, ALL)]
    *groups, everyone = map(dot, shown)
    return dots(palette, groups, everyone, write_tick=partial(labels.tick, figures.kind))


def _hover(figures: CoverageFigures, name: str, measured: Measured) -> str:
    labels, indicator = figures.labels, figures.indicator
    value = labels.value_with_interval(figures.kind, measured)
    of_whom = figures.text(
        "measured.hover",
        numerator=labels.measure(indicator.numerator_measure),
        count=measured.numerator,
        denominator=labels.measure(indicator.denominator_measure),
        of=measured.denominator,
    )
    return f"<b>{name}</b><br>{value}<br>{of_whom}"


def _group_in_words(figures: CoverageFigures, group: str, area: str) -> str:
    in_words = figures.labels.age_group_in_text(figures.view.age_scheme, group)
    if not figures.has_areas:
        return in_words
    return f"{figures.labels.service_area(area)}, {in_words}"


def _remarks(figures: CoverageFigures) -> Iterator[str]:
    texts, areas = figures.texts, figures.areas if figures.has_areas else [ALL]
    if not figures.has_areas:
        yield texts("coverage.intervals")
    else:
        yield texts("coverage.shading")
        if any(_is_small(cell.measured) for cell in figures.cells):
            yield texts("coverage.small", limit=significance.SMALL_DENOMINATOR)
        yield texts("coverage.areas_overlap")
    shown = {figures.of(group, area) for area in areas for group in figures.groups}
    for sign in sorted(each for each in shown if isinstance(each, Sign)):
        # Dots leave out whoever can have no figure.
        if figures.has_areas or sign is not Sign.NOT_APPLICABLE:
            yield texts("sign.explained", sign=sign, words=sign_in_words(sign, texts))
