"""How each age group differs from a year before; a part of the page *Utvikling*."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis import significance
from dashboards.analysis.change import Change, Verdict
from dashboards.charts.colours import Palette
from dashboards.charts.dots import Dot, dots
from dashboards.content import columns, selection, series, yearly
from dashboards.content.labels import Labels
from dashboards.content.page_data import IndicatorData
from dashboards.content.section import NoFigure, Section
from dashboards.content.shared import EVERY_GROUP, Picture, notes
from dashboards.export.table import Holds, Table, Value, table_of
from dashboards.i18n.texts import Sign, capitalised
from dashboards.queries.development import Reading
from dashboards.view.state import Parameter, View


@dataclass(frozen=True)
class GroupChange:
    """One age group now, its change from a year before, and how sure that is where it is known."""

    age_group: str
    now: Reading | None
    change: Change[Reading]
    difference: significance.Difference | None

    @property
    def earlier(self) -> Reading | None:
        """The figure of a year before, where it can be compared."""
        return self.change.earlier


@dataclass(frozen=True)
class YearChange(IndicatorData):
    """The change of every age group from a year before, everybody last."""

    groups: tuple[GroupChange, ...]

    @property
    def parts(self) -> tuple[GroupChange, ...]:
        """The age groups without everybody."""
        return self.groups[:-1]


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the part of the page."""
    found = gather(labels, view)
    shown = table(found)
    yield Section(
        key="year",
        remarks=[*selection.only_here(labels, view), *selection.every_age(labels, view)],
        picture=picture(found),
        explained=view,
        table=shown,
        notes=notes(labels, view, shown.title, (*EVERY_GROUP, Parameter.SERVICE_AREA)),
    )


def is_compared(labels: Labels, view: View) -> bool:
    """Whether an indicator has age groups, and a test of their difference."""
    kind = labels.indicator_entry(view.indicator).kind
    has_ages = coverage.cuts(labels.publication)[view.indicator].has_ages
    return has_ages and kind in (Kind.SHARE, Kind.RATE)


def gather(labels: Labels, view: View) -> YearChange:
    """Compare each age group with itself a year before, or raise why that cannot be."""
    of_everybody = replace(view, age_group=ALL)
    changes = {
        **yearly.changes_by_age(labels, of_everybody),
        ALL: yearly.change_of_cut(labels, of_everybody),
    }
    if all(found.earlier is None for found in changes.values()):
        is_broken = any(found.verdict is Verdict.BROKEN for found in changes.values())
        raise NoFigure(labels.texts("change.broken" if is_broken else "change.unknown"))

    def compared(group: str) -> GroupChange:
        of_group = series.readings(labels, replace(view, age_group=group))
        now = next((each for each in of_group if each.date == view.reference_date), None)
        return GroupChange(group, now, changes[group], _interval(now, changes[group].earlier))

    shown = [compared(group) for group in changes]
    # A group that there never is anybody in has nothing to be told of.
    shown = [group for group in shown if group.age_group == ALL or group.now]
    return YearChange(labels, view, labels.indicator_entry(view.indicator), tuple(shown))


def _interval(now: Reading | None, earlier: Reading | None) -> significance.Difference | None:
    if now is None or earlier is None or now.measured is None or earlier.measured is None:
        return None
    return significance.difference(now.measured, earlier.measured)


def headline(change: YearChange) -> str:
    """Return which age groups have changed by more than chance, or that none has."""
    if not any(group.change.verdict.is_tested for group in change.parts):
        return change.text("development.year_too_few")
    changed = [
        change.text(
            "development.year_group",
            group=change.labels.age_group_in_text(change.view.age_scheme, group.age_group),
            difference=change.signed(group.difference.value),
        )
        for group in change.parts
        if group.change.verdict.is_sure and group.difference is not None
    ]
    if changed:
        return change.text("development.year_changed", groups=", ".join(changed))
    return change.text("development.year_unchanged")


def picture(change: YearChange) -> Picture:
    """Return the picture of the age groups' changes."""
    area = change.view.service_area
    subtitle = change.text(
        "development.subtitle_year",
        unit=change.unit_of_change,
        area="" if area == ALL else f", {change.labels.service_area(area)}",
    )
    few = change.text("development.year_small", limit=significance.SMALL_DENOMINATOR)
    is_few = any(each.difference and not each.change.verdict.is_tested for each in change.groups)
    return change.picture(
        headline(change),
        subtitle,
        partial(_draw, change),
        change.text("development.year_intervals"),
        few if is_few else None,
    )


def table(change: YearChange) -> Table:
    """Return the age groups now and a year before, and the differences with their intervals."""
    texts, labels, factor, unit = change.texts, change.labels, change.factor, change.unit_of_change
    holds, of_value = columns.holds_of(change.kind), columns.unit_of(labels, change.indicator)

    def value(reading: Reading | None) -> Value:
        return Sign.NOT_AVAILABLE if reading is None else reading.value

    def difference(name: str) -> Callable[[GroupChange], Value]:
        def of_group(group: GroupChange) -> Value:
            found = group.difference
            return Sign.NOT_AVAILABLE if found is None else factor * getattr(found, name)

        return of_group

    return table_of(
        change.text("development.table_year"),
        change.parts,
        (texts("filter.age"), Holds.TEXT, lambda group: labels.age_group(group.age_group)),
        (
            texts("development.column_before", unit=of_value),
            holds,
            lambda group: value(group.earlier),
        ),
        (texts("development.column_now", unit=of_value), holds, lambda group: value(group.now)),
        (texts("development.column_difference", unit=unit), Holds.DECIMAL, difference("value")),
        *columns.interval(texts, unit, Holds.DECIMAL, difference("low"), difference("high")),
        (
            texts("development.column_verdict"),
            Holds.TEXT,
            lambda group: texts(f"development.verdict_{group.change.verdict}"),
        ),
        whole=change.groups[-1],
    )


def _draw(change: YearChange, palette: Palette) -> go.Figure:
    texts, factor = change.texts, change.factor

    def dot(group: GroupChange) -> Dot:
        name = change.labels.age_group_in_text(change.view.age_scheme, group.age_group)
        name, found = capitalised(name), group.difference
        if found is None:
            return Dot(name, None, None, None, Sign.NOT_AVAILABLE, "")
        low, high, value = factor * found.low, factor * found.high, change.signed(found.value)
        interval = f"{texts.decimal(low)} – {texts.decimal(high)}"
        return Dot(
            name,
            factor * found.value,
            low,
            high,
            value,
            f"<b>{name}</b><br>{texts('measured.interval', value=value, interval=interval)}",
            is_sure=group.change.verdict.is_sure,
        )

    *groups, everyone = map(dot, change.groups)
    return dots(palette, groups, everyone, texts.signed_decimal, about_zero=True)
