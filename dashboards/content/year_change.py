"""How each age group differs from a year before; a part of the page *Utvikling*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.reference import ALL, Indicator, Kind
from dashboards.analysis import significance
from dashboards.analysis.change import Change, Verdict
from dashboards.charts.colours import Palette
from dashboards.charts.differences import Difference, differences
from dashboards.content import selection, yearly
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section
from dashboards.content.shared import EVERY_GROUP, Picture, notes
from dashboards.export.table import Column, Row, Table, Value
from dashboards.export.table import Kind as Holds
from dashboards.i18n.texts import Sign
from dashboards.queries.development import Reading
from dashboards.view.state import Parameter, View

_HUNDRED = 100


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
class YearChange:
    """The change of every age group from a year before, everybody last."""

    labels: Labels
    view: View
    indicator: Indicator
    groups: tuple[GroupChange, ...]

    @property
    def kind(self) -> Kind:
        """What the indicator's value is."""
        return self.indicator.kind

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
        of_group = yearly.readings(labels, replace(view, age_group=group))
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
    texts = change.labels.texts
    if not any(group.change.verdict.is_tested for group in change.parts):
        return texts("development.year_too_few")
    told = [
        texts(
            "development.year_group",
            group=change.labels.age_group_in_text(change.view.age_scheme, group.age_group),
            difference=_signed(change, group.difference.value),
        )
        for group in change.parts
        if group.change.verdict.is_sure and group.difference is not None
    ]
    if told:
        return texts("development.year_changed", groups=", ".join(told))
    return texts("development.year_unchanged")


def picture(change: YearChange) -> Picture:
    """Return the picture of the age groups' changes."""
    texts = change.labels.texts
    title = headline(change)
    area = change.view.service_area
    subtitle = texts(
        "development.subtitle_year",
        indicator=change.labels.indicator(change.view.indicator),
        unit=_unit(change),
        municipality=change.labels.municipality(change.view.municipality),
        area="" if area == ALL else f", {change.labels.service_area(area)}",
        date=texts.date(change.view.reference_date),
    )
    remarks = [texts("development.year_intervals")]
    if any(group.difference and not group.change.verdict.is_tested for group in change.groups):
        remarks.append(
            texts("development.year_small", limit=texts.whole(significance.SMALL_DENOMINATOR))
        )
    return Picture(
        title, subtitle, partial(_draw, change), texts("picture.see_table"), tuple(remarks)
    )


def table(change: YearChange) -> Table:
    """Return the age groups now and a year before, and the differences with their intervals."""
    texts = change.labels.texts
    factor = _factor(change)
    holds = Holds.PER_CENT if change.kind is Kind.SHARE else Holds.DECIMAL
    unit = texts("unit.per_cent") if change.kind is Kind.SHARE else _unit(change)

    def row(group: GroupChange) -> Row:
        found = group.difference
        ends: tuple[Value, ...] = (Sign.NOT_AVAILABLE,) * 3
        if found is not None:
            ends = (factor * found.value, factor * found.low, factor * found.high)
        return (
            change.labels.age_group(group.age_group),
            Sign.NOT_AVAILABLE if group.earlier is None else group.earlier.value,
            Sign.NOT_AVAILABLE if group.now is None else group.now.value,
            *ends,
            texts(f"development.verdict_{group.change.verdict}"),
        )

    rows = [row(group) for group in change.groups]
    return Table(
        texts(
            "development.table_year",
            indicator=change.labels.indicator(change.view.indicator),
            municipality=change.labels.municipality(change.view.municipality),
        ),
        (
            Column(texts("filter.age")),
            Column(texts("development.column_before", unit=unit), holds),
            Column(texts("development.column_now", unit=unit), holds),
            Column(texts("development.column_difference", unit=_unit(change)), Holds.DECIMAL),
            Column(texts("column.interval_low", unit=_unit(change)), Holds.DECIMAL),
            Column(texts("column.interval_high", unit=_unit(change)), Holds.DECIMAL),
            Column(texts("development.column_verdict")),
        ),
        tuple(rows[:-1]),
        rows[-1],
    )


def _draw(change: YearChange, palette: Palette) -> go.Figure:
    factor = _factor(change)

    def shown(group: GroupChange) -> Difference:
        name = change.labels.age_group_in_text(change.view.age_scheme, group.age_group)
        name = name[:1].upper() + name[1:]
        found = group.difference
        if found is None:
            return Difference(f"{name}: {Sign.NOT_AVAILABLE}", None, 0.0, 0.0, "")
        texts = change.labels.texts
        ends = f"{texts.decimal(factor * found.low)} – {texts.decimal(factor * found.high)}"
        return Difference(
            f"{name}: {_signed(change, found.value)}",
            factor * found.value,
            factor * found.low,
            factor * found.high,
            f"<b>{name}</b><br>"
            + texts("measured.interval", value=_signed(change, found.value), interval=ends),
            is_sure=group.change.verdict.is_sure,
            is_whole=group.age_group == ALL,
        )

    return differences(
        palette,
        [shown(group) for group in change.groups],
        write_tick=change.labels.texts.signed_decimal,
    )


def _factor(change: YearChange) -> int:
    return _HUNDRED if change.kind is Kind.SHARE else 1


def _unit(change: YearChange) -> str:
    texts = change.labels.texts
    if change.kind is Kind.SHARE:
        return texts("development.unit_points")
    return texts("unit.per", number=texts.whole(change.indicator.multiplier))


def _signed(change: YearChange, difference: float) -> str:
    return change.labels.texts.signed_decimal(_factor(change) * difference)
