"""Who is without a coordinator or a plan: how many, how long, and what is under way for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN
from dashboards.charts.bars import Bar, Part, bars
from dashboards.charts.colours import Palette
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section
from dashboards.content.shared import ON_A_DATE, ONE_GROUP, Picture
from dashboards.export.table import Holds, Table, table_of
from dashboards.queries import causes as queries
from dashboards.queries.causes import MONTHS, UNDER_WAY, Without
from dashboards.view.state import Parameter, View

# What is lacking, and the indicator that it is lacking of.
INDICATORS = {"coordinator_coverage": "coordinator", "plan_coverage": "plan"}


@dataclass(frozen=True)
class UnmetFigures(PageData):
    """Those without, of one group on one day."""

    lacking: str
    measured: Measured
    # Of the group that is looked at, and of every group.
    found: tuple[Without, ...]
    everywhere: tuple[Without, ...]

    @property
    def persons(self) -> int:
        """How many are without."""
        return self.count()

    @property
    def under_way(self) -> list[str]:
        """What is under way for somebody."""
        return [code for code in UNDER_WAY[self.lacking] if self.count(code)]

    def count(self, under_way: str = "", months: str = "") -> int:
        """Return how many have something under way, and have been so long in the group."""
        return sum(
            each.persons
            for each in self.found
            if under_way in ("", each.under_way) and months in ("", each.months)
        )

    def in_group(self, age_group: str, service_area: str) -> int:
        """Return how many are without in a group."""
        return sum(
            each.persons
            for each in self.everywhere
            if (each.age_group, each.service_area) == (age_group, service_area)
        )


def is_told(view: View) -> bool:
    """Return whether the view's indicator says who is without."""
    return view.indicator in INDICATORS


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the part of a page."""
    figures = gather(labels, view)
    table = table_of_unmet(figures)
    of_unmet = partial(
        figures.notes,
        definition=figures.text("unmet.definition"),
        records=labels.indicator_entry(view.indicator).needs,
        parameters=ONE_GROUP,
    )
    yield Section(
        key="unmet",
        picture=picture(figures),
        table=table,
        notes=of_unmet(table.title, part=f"unmet-{figures.lacking}"),
    )
    groups = table_of_groups(figures)
    yield Section(
        key="unmet_groups",
        of_table=[figures.text("unmet.areas_overlap")],
        table=groups,
        notes=figures.notes(
            groups.title,
            figures.text("unmet.definition"),
            labels.indicator_entry(view.indicator).needs,
            f"unmet-groups-{figures.lacking}",
            (*ON_A_DATE, Parameter.INDICATOR),
        ),
    )


def gather(labels: Labels, view: View) -> UnmetFigures:
    """Read the figures of a view, or raise why there are none."""
    data = PageData(labels, view)
    lacking = INDICATORS[view.indicator]
    place, day = view.municipality, view.reference_date
    standard = next(iter(reference.age_groups(labels.publication)))
    group = view.age_group if view.age_scheme == standard else ALL
    cells = coverage.cells(labels.publication, place, day, view.indicator, standard)
    measured = next(
        (
            cell.measured
            for cell in cells
            if (cell.age_group, cell.service_area) == (group, view.service_area)
        ),
        None,
    )
    if measured is None:
        raise data.absence("unmet.nobody_in_group")
    everywhere = queries.without(labels.publication, place, day, lacking)
    found = tuple(
        each
        for each in everywhere
        if (each.age_group, each.service_area) == (group, view.service_area)
    )
    if not found:
        raise data.absence(f"unmet.everybody_{lacking}")
    of_group = replace(view, age_scheme=standard, age_group=group)
    return UnmetFigures(labels, of_group, lacking, measured, found, everywhere)


def picture(figures: UnmetFigures) -> Picture:
    """Return the picture of those without by what is under way, and how long they have waited."""
    texts = figures.texts
    return figures.picture(
        figures.text(
            f"unmet.title_{figures.lacking}",
            persons=texts.counted("person", figures.persons),
            of=figures.measured.denominator,
            long=sum(figures.count(months=months) for months in MONTHS[2:]),
            nothing=figures.count("nothing"),
        ),
        figures.text("unmet.subtitle"),
        partial(_draw, figures),
        figures.text("unmet.seen_monthly"),
        figures.text("unmet.where"),
    )


def table_of_unmet(figures: UnmetFigures) -> Table:
    """Return those without by what is under way and how long they have been in the group."""
    texts = figures.texts
    return table_of(
        figures.text(f"unmet.table_{figures.lacking}"),
        figures.under_way,
        (texts("unmet.under_way"), Holds.TEXT, lambda code: texts(f"unmet.{code}")),
        *(
            (
                texts(f"unmet.months.{months}"),
                Holds.WHOLE,
                partial(lambda of, code: figures.count(code, of), months),
            )
            for months in MONTHS
        ),
        (texts("column.total"), Holds.WHOLE, figures.count),
        total=(
            texts("column.total"),
            *(figures.count(months=months) for months in MONTHS),
            figures.persons,
        ),
    )


def table_of_groups(figures: UnmetFigures) -> Table:
    """Return how many are without in each age group, and in each service area."""
    labels, texts = figures.labels, figures.texts
    ages = [group.code for group in next(iter(reference.age_groups(labels.publication).values()))]
    groups = [
        *(
            (texts("filter.age"), labels.age_group(code), code, ALL)
            for code in (*ages, UNKNOWN, ALL)
        ),
        *(
            (texts("filter.area"), labels.service_area(code), ALL, code)
            for code in (*reference.service_areas(labels.publication), UNKNOWN)
        ),
    ]
    return table_of(
        figures.text(f"unmet.groups_{figures.lacking}"),
        [group for group in groups if figures.in_group(*group[2:])],
        (texts("unmet.by"), Holds.TEXT, lambda group: group[0]),
        (texts("unmet.group"), Holds.TEXT, lambda group: group[1]),
        (texts("unmet.persons"), Holds.WHOLE, lambda group: figures.in_group(*group[2:])),
    )


def _draw(figures: UnmetFigures, palette: Palette) -> go.Figure:
    texts = figures.texts

    def bar(code: str) -> Bar:
        by_months = [figures.count(code, months) for months in MONTHS]
        hover = "<br>".join(
            f"{texts(f'unmet.months.{months}')}: {texts.counted('person', persons)}"
            for months, persons in zip(MONTHS, by_months, strict=True)
        )
        return figures.bar(texts(f"unmet.{code}"), by_months, hover)

    darkness = (0.15, 0.4, 0.7, 1.0)
    return bars(
        palette,
        [
            Part(texts(f"unmet.months.{months}"), darkness=shade)
            for months, shade in zip(MONTHS, darkness, strict=True)
        ],
        [bar(code) for code in figures.under_way],
    )
