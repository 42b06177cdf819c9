"""Why a share is another than a year before: whoever is counted otherwise, and what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader import reference
from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis import change
from dashboards.charts.colours import Palette
from dashboards.charts.waterfall import Bar, waterfall
from dashboards.content import series
from dashboards.content.followup import listed
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, or_none
from dashboards.content.shared import EVERY_GROUP, Picture, notes
from dashboards.export.table import Holds, Table, table_of
from dashboards.queries import causes as queries
from dashboards.queries.causes import Cause
from dashboards.view.state import Parameter, View

_HUNDRED = 100
# So many reasons are told in the title; what adds less than this many points is not.
_MOST_TOLD, _LEAST_TOLD = 2, 0.05
# The picture's bars end on whole numbers: thousandths of the share.
_THOUSAND = 1000


@dataclass(frozen=True)
class ChangeFigures(PageData):
    """A share now and a year before, and the causes that add up to what lies between."""

    now: Measured
    earlier: Point
    causes: tuple[Cause, ...]

    def points(self, cause: Cause) -> float:
        """Return what a cause adds, in percentage points; all of them sum to the change.

        Whoever comes to the numerator or leaves it moves the share as he would from what it was.
        """
        moved = cause.numerator - self.earlier.measured.value * cause.denominator
        return _HUNDRED * moved / self.now.denominator

    @property
    def difference(self) -> float:
        """The change in percentage points."""
        return _HUNDRED * (self.now.value - self.earlier.measured.value)


def is_taken_apart(labels: Labels, view: View) -> bool:
    """Return whether the view shows a share whose changes are taken apart, and a group of them."""
    standard = next(iter(reference.age_groups(labels.publication)))
    return (
        view.indicator in queries.has_causes(labels.publication)
        and view.service_area == ALL
        and (view.age_group == ALL or view.age_scheme == standard)
    )


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the part of a page: the picture by its finding, and its table."""
    figures = gather(labels, view)
    table = table_of_causes(figures)
    yield Section(
        key="causes",
        picture=picture(figures),
        table=table,
        notes=notes(labels, view, table.title, (*EVERY_GROUP, Parameter.AGE_GROUP)),
    )


def gather(labels: Labels, view: View) -> ChangeFigures:
    """Read the figures of a view, or raise why its change cannot be taken apart."""
    data = PageData(labels, view)
    points = series.points(labels, view)
    found = change.in_a_year(points, view.reference_date, Kind.SHARE)
    now = next((each.measured for each in points if each.date == view.reference_date), None)
    if now is None or found.earlier is None:
        raise data.absence(f"change.{found.verdict}")
    known = queries.causes(
        labels.publication,
        view.municipality,
        view.reference_date,
        view.indicator,
        view.age_group,
    )
    if known is None or known.compared_on != found.earlier.date:
        raise data.absence("causes.nobody", earlier=found.earlier.date)
    return ChangeFigures(labels, view, now, found.earlier, known.causes)


def in_words(labels: Labels, view: View) -> str:
    """Return what the change consists of most; nothing where it cannot be taken apart."""
    if not is_taken_apart(labels, view):
        return ""
    figures = or_none(partial(gather, labels, view))
    told = _most(figures) if figures else ""
    return figures.text("causes.consists", causes=told) if figures and told else ""


def _most(figures: ChangeFigures) -> str:
    """Return the causes that move the share most, with what each adds."""
    ranked = sorted(figures.causes, key=lambda cause: -abs(figures.points(cause)))
    told = [
        figures.text(
            "causes.one",
            cause=_name(figures, cause),
            points=figures.texts.signed_decimal(figures.points(cause)),
        )
        for cause in ranked[:_MOST_TOLD]
        if abs(figures.points(cause)) >= _LEAST_TOLD
    ]
    return listed(figures.texts, told) if told else ""


def picture(figures: ChangeFigures) -> Picture:
    """Return the picture of the way from the earlier share to the one now."""
    texts, told = figures.texts, _most(figures)
    title = figures.text(
        "causes.title",
        then=texts.per_cent(figures.earlier.measured.value),
        now=texts.per_cent(figures.now.value),
        earlier=figures.earlier.date,
        points=texts.signed_decimal(figures.difference),
    )
    if told:
        title = f"{title} {figures.text('causes.most', causes=told)}"
    return figures.picture(
        title,
        figures.text("causes.subtitle"),
        partial(_draw, figures),
        figures.text("causes.explained"),
        figures.text("causes.no_test"),
    )


def table_of_causes(figures: ChangeFigures) -> Table:
    """Return every cause: persons, what it adds to both counts, and to the share."""
    texts, indicator = figures.texts, figures.labels.indicator_entry(figures.view.indicator)
    total = (
        texts("column.total"),
        sum(cause.persons for cause in figures.causes),
        sum(cause.numerator for cause in figures.causes),
        sum(cause.denominator for cause in figures.causes),
        round(figures.difference, 1),
    )
    return table_of(
        figures.text("causes.table", earlier=figures.earlier.date),
        figures.causes,
        (texts("causes.cause"), Holds.TEXT, partial(_name, figures)),
        (texts("causes.persons"), Holds.WHOLE, lambda cause: cause.persons),
        (
            figures.labels.measure(indicator.numerator_measure),
            Holds.SIGNED,
            lambda cause: cause.numerator,
        ),
        (
            figures.labels.measure(indicator.denominator_measure),
            Holds.SIGNED,
            lambda cause: cause.denominator,
        ),
        (
            texts("causes.points"),
            Holds.DECIMAL,
            lambda cause: round(figures.points(cause), 1),
        ),
        total=total,
    )


def _name(figures: ChangeFigures, cause: Cause) -> str:
    names = reference.change_causes(figures.labels.publication).get(cause.code)
    return figures.texts.named(names) if names else cause.code


def _draw(figures: ChangeFigures, palette: Palette) -> go.Figure:
    texts = figures.texts
    then, now = figures.earlier.measured, figures.now

    def level(day: str, measured: Measured) -> Bar:
        value = texts.per_cent(measured.value)
        told = texts("measured.of", count=measured.numerator, of=measured.denominator)
        end = round(_THOUSAND * measured.value)
        return Bar(
            day, 0, end, is_level=True, text=value, hover=f"<b>{day}</b><br>{value} ({told})"
        )

    bars = [level(texts.date(figures.earlier.date), then)]
    at = then.value
    for cause in figures.causes:
        points = figures.points(cause)
        begins, at = at, at + points / _HUNDRED
        name, written = _name(figures, cause), texts.signed_decimal(points)
        persons = texts.counted("person", cause.persons)
        bars.append(
            Bar(
                name,
                round(_THOUSAND * begins),
                round(_THOUSAND * at),
                is_level=False,
                text=written,
                hover=f"<b>{name}</b><br>{persons}<br>{texts('causes.in_points', points=written)}",
            )
        )
    return waterfall(palette, [*bars, level(texts.date(figures.view.reference_date), now)])
