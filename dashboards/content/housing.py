"""The page *Bustad og overgangar*: who needs a home and when, and who comes of age."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader.coverage import Point
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import change
from dashboards.charts.bars import Bar, Part, bars
from dashboards.charts.colours import Palette
from dashboards.content import followup as shared
from dashboards.content import series
from dashboards.content.absence import dates
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, part
from dashboards.content.shared import Picture, cautions, place_and_date
from dashboards.export.table import Column, Row, Table, Value
from dashboards.export.table import Kind as Holds
from dashboards.i18n.texts import Sign, Texts
from dashboards.queries import followup
from dashboards.queries.followup import Birthdays, HousingYear
from dashboards.view.state import View

HOUSING_RECORDS = ("bolig",)
TRANSITION_RECORDS = ("koordinator", "ip", "tjeneste")
NEED = "housing_need"
# At 18 the child coordinator ends, and is told first; at 16 one consents oneself.
ADULT, CONSENTING = 18, 16
AGES = (ADULT, CONSENTING)


@dataclass(frozen=True)
class HousingFigures:
    """Everything that the page shows, read at once from one publication."""

    labels: Labels
    view: View
    years: tuple[HousingYear, ...]
    needs: tuple[Point, ...]
    birthdays: tuple[Birthdays, ...]

    @property
    def this_year(self) -> int:
        """The year of the reference date."""
        return self.view.reference_date.year

    @property
    def registered(self) -> int:
        """How many needs are registered; who wants a home in either of two years has two."""
        return sum(year.persons for year in self.years)

    @property
    def overdue(self) -> int:
        """How many of the needs are wanted by a year that has passed."""
        return sum(year.persons for year in self.years if self.is_overdue(year))

    def is_overdue(self, year: HousingYear) -> bool:
        """Return whether the wanted year has passed by the reference date."""
        return year.wanted_year is not None and year.wanted_year < self.this_year

    @property
    def near(self) -> tuple[dt.date, ...]:
        """The two quarters that are not over by the reference date, by their first days."""
        first = shared.quarter_of(self.view.reference_date + dt.timedelta(days=1))
        return (first, shared.next_quarter(first))

    def turning(self, age: int) -> tuple[Birthdays, ...]:
        """Return those who reach an age, by quarter, from the first that is not over."""
        return tuple(
            each for each in self.birthdays if each.turns == age and each.quarter >= self.near[0]
        )

    def turning_soon(self, age: int) -> tuple[Birthdays, ...]:
        """Return those who reach an age in the two quarters that are near."""
        return tuple(each for each in self.turning(age) if each.quarter in self.near)


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[shared.FILTERS])
    figures = gather(labels, view)
    yield Section(lead=[headline(figures)])
    yield from part(_section_needs(figures), texts("housing.section_needs"))
    for age in AGES:
        yield from part(_section_birthdays(figures, age), texts(f"housing.section_{age}"))


def _section_needs(figures: HousingFigures) -> Iterator[Section]:
    labels, view, table = figures.labels, figures.view, table_of_years(figures)
    of_need = shared.view_of(labels, view, NEED)
    definition = labels.texts.named(labels.indicator_entry(NEED).definitions)
    yield Section(
        key="housing_needs",
        picture=by_year(figures),
        explained=of_need,
        table=table,
        notes=shared.notes(labels, view, table.title, definition, HOUSING_RECORDS, "housing"),
    )
    yield Section(remarks=cautions(labels, of_need))


def _section_birthdays(figures: HousingFigures, age: int) -> Iterator[Section]:
    labels, table = figures.labels, table_of_birthdays(figures, age)
    definition, key = labels.texts("housing.definition_turns"), f"turning{age}"
    yield Section(
        key=f"housing_{key}",
        picture=coming_of_age(figures, age),
        table=table,
        notes=shared.notes(labels, figures.view, table.title, definition, TRANSITION_RECORDS, key),
    )
    yield Section(remarks=to_be_done(figures, age))


def gather(labels: Labels, view: View) -> HousingFigures:
    """Read the figures of a view, or raise why there are none."""
    publication, place, day = labels.publication, view.municipality, view.reference_date
    dates(labels, view)
    return HousingFigures(
        labels=labels,
        view=view,
        years=followup.housing_needs(publication, place, day),
        needs=series.points(labels, shared.view_of(labels, view, NEED)),
        birthdays=followup.birthdays(publication, place, day),
    )


def headline(figures: HousingFigures) -> str:
    """Return the sentence that the page is about: how many need a home, and who comes of age."""
    return f"{_needs_in_words(figures)} {_near_in_words(figures)}"


def by_year(figures: HousingFigures) -> Picture:
    """Return the picture of the housing needs by the year in which the home is wanted."""
    labels, texts = figures.labels, figures.labels.texts
    if not figures.years:
        raise shared.absence(labels, figures.view, HOUSING_RECORDS)
    if figures.overdue:
        title = texts(
            "housing.overdue_title",
            overdue=texts.whole(figures.overdue),
            of=texts.counted("need", figures.registered),
            year=str(figures.this_year),
        )
    else:
        title = texts("housing.nothing_overdue", year=str(figures.this_year))
    subtitle = texts("housing.years_subtitle", where=place_and_date(labels, figures.view))
    remarks = [_a_year_before(figures), texts("housing.twice")]
    if figures.overdue:
        remarks.insert(0, texts("housing.overdue_advice"))
    return Picture(
        title, subtitle, partial(_draw_years, figures), texts("housing.see_table"), tuple(remarks)
    )


def coming_of_age(figures: HousingFigures, age: int) -> Picture:
    """Return the picture of those who reach an age, by quarter and by what they have today."""
    labels, texts = figures.labels, figures.labels.texts
    turning = figures.turning(age)
    if not turning:
        raise NoFigure(
            texts(
                "housing.nobody_turns",
                age=texts.whole(age),
                where=place_and_date(labels, figures.view),
            )
        )
    title = texts(
        f"housing.turns_{age}_title",
        persons=texts.counted("person", _sum(turning)),
        last=texts.quarter(turning[-1].quarter),
        child=_with_child_coordinator(texts, turning, age),
        without=_without_coordinator(texts, turning),
    )
    subtitle = texts(
        "housing.turns_subtitle", age=texts.whole(age), where=place_and_date(labels, figures.view)
    )
    return Picture(
        title,
        subtitle,
        partial(_draw_birthdays, figures, turning),
        texts("housing.see_table"),
        (texts("housing.who_is_counted"),),
    )


def to_be_done(figures: HousingFigures, age: int) -> tuple[str, ...]:
    """Return what should be done before the birthday, and why."""
    texts = figures.labels.texts
    near = figures.turning_soon(age)
    told = [texts(f"housing.law_{age}"), texts(f"housing.before_{age}")]
    if near:
        told.append(
            texts(
                "housing.near",
                persons=texts.counted("person", _sum(near)),
                age=texts.whole(age),
                last=texts.quarter(figures.near[-1]),
                without=texts.whole(_without(near)),
                without_plan=texts.whole(_sum(near) - sum(each.with_plan for each in near)),
            )
        )
    return tuple(told)


def table_of_years(figures: HousingFigures) -> Table:
    """Return the housing needs by wanted year, all of them last."""
    labels, texts = figures.labels, figures.labels.texts
    rows: list[Row] = [
        (
            _year(figures, year),
            year.persons,
            year.around_the_clock,
            _has_passed(figures, year),
        )
        for year in figures.years
    ]
    return Table(
        texts("housing.years_table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("housing.wanted_year")),
            Column(texts("housing.persons"), Holds.WHOLE),
            Column(texts("housing.around_the_clock"), Holds.WHOLE),
            Column(texts("housing.has_passed")),
        ),
        tuple(rows),
        (
            texts("column.total"),
            figures.registered,
            sum(year.around_the_clock for year in figures.years),
            "",
        ),
    )


def _has_passed(figures: HousingFigures, year: HousingYear) -> Value:
    """Return whether a wanted year has passed; of one that nobody has stated it is not known."""
    if year.wanted_year is None:
        return Sign.NOT_AVAILABLE
    return figures.labels.texts("answer.yes" if figures.is_overdue(year) else "answer.no")


def table_of_birthdays(figures: HousingFigures, age: int) -> Table:
    """Return those who reach an age by quarter, and what they have; all of them last."""
    labels, texts = figures.labels, figures.labels.texts
    turning = figures.turning(age)

    def values(of: Sequence[Birthdays]) -> Row:
        with_coordinator = sum(each.with_coordinator for each in of)
        child = sum(each.with_child_coordinator for each in of)
        with_plan = sum(each.with_plan for each in of)
        return (
            _sum(of),
            child,
            with_coordinator - child,
            _without(of),
            with_plan,
            _sum(of) - with_plan,
        )

    return Table(
        texts(
            "housing.turns_table",
            age=texts.whole(age),
            where=place_and_date(labels, figures.view),
        ),
        (
            Column(texts("housing.quarter")),
            Column(texts("housing.turning", age=texts.whole(age)), Holds.WHOLE),
            *(
                Column(texts(f"housing.{what}"), Holds.WHOLE)
                for what in ("child", "other", "without", "with_plan", "without_plan")
            ),
        ),
        tuple((texts.quarter(each.quarter), *values([each])) for each in turning),
        (texts("column.total"), *values(turning)),
    )


def _needs_in_words(figures: HousingFigures) -> str:
    labels, texts, view = figures.labels, figures.labels.texts, figures.view
    if not figures.years:
        return texts("housing.no_needs", where=place_and_date(labels, view))
    persons = next(
        (each.measured.numerator for each in figures.needs if each.date == view.reference_date),
        figures.registered,
    )
    return texts(
        "housing.needs",
        persons=texts.counted("person", persons),
        municipality=labels.municipality(view.municipality),
        date=texts.date(view.reference_date),
        clock=texts.whole(sum(year.around_the_clock for year in figures.years)),
    )


def _a_year_before(figures: HousingFigures) -> str:
    """Return how many needed a home a year before; a plain figure, for a count has no test."""
    texts = figures.labels.texts
    found = change.in_a_year(figures.needs, figures.view.reference_date, Kind.COUNT)
    if found.earlier is None:
        return texts(f"change.{found.verdict}")
    return texts(
        "housing.year_before",
        persons=texts.counted("person", found.earlier.measured.numerator),
        date=texts.date(found.earlier.date),
    )


def _near_in_words(figures: HousingFigures) -> str:
    """Return who turns 18 this quarter and the next, and lacks a coordinator to go on with."""
    texts = figures.labels.texts
    near = figures.turning_soon(ADULT)
    if not near:
        return texts("housing.nobody_near")
    return texts(
        "housing.near_lead",
        persons=texts.counted("person", _sum(near)),
        last=texts.quarter(figures.near[-1]),
        child=_with_child_coordinator(texts, near, ADULT),
        without=_without_coordinator(texts, near),
    )


def _with_child_coordinator(texts: Texts, turning: Sequence[Birthdays], age: int) -> str:
    number = sum(each.with_child_coordinator for each in turning)
    if number == 0:
        return texts("housing.child_none")
    form = "one" if number == 1 else "several"
    return texts(f"housing.child_{form}_{age}", number=texts.whole(number))


def _without_coordinator(texts: Texts, turning: Sequence[Birthdays]) -> str:
    number = _without(turning)
    form = {0: "none", 1: "one"}.get(number, "several")
    return texts(f"housing.without_{form}", number=texts.whole(number))


def _sum(of: Sequence[Birthdays]) -> int:
    return sum(each.persons for each in of)


def _without(of: Sequence[Birthdays]) -> int:
    return sum(each.persons - each.with_coordinator for each in of)


def _year(figures: HousingFigures, year: HousingYear) -> str:
    texts = figures.labels.texts
    return texts("housing.no_year") if year.wanted_year is None else str(year.wanted_year)


def _draw_years(figures: HousingFigures, palette: Palette) -> go.Figure:
    texts = figures.labels.texts

    def bar(year: HousingYear) -> Bar:
        others = year.persons - year.around_the_clock
        label = _year(figures, year)
        if figures.is_overdue(year):
            label = texts("housing.passed", year=label)
        hover = f"<b>{label}</b><br>" + texts(
            "housing.year_hover",
            persons=texts.counted("person", year.persons),
            clock=texts.whole(year.around_the_clock),
        )
        return Bar(
            label=label,
            values=[year.around_the_clock, others],
            texts=[texts.whole(year.around_the_clock), texts.whole(others)],
            hovers=[hover, hover],
            text=texts.whole(year.persons),
            is_all=figures.is_overdue(year),
            begins_group=year.wanted_year is None,
        )

    return bars(
        palette,
        [
            Part(texts("housing.around_the_clock")),
            Part(texts("housing.not_around_the_clock"), darkness=0.15),
        ],
        [bar(year) for year in figures.years],
    )


def _draw_birthdays(
    figures: HousingFigures, turning: Sequence[Birthdays], palette: Palette
) -> go.Figure:
    texts = figures.labels.texts

    def bar(each: Birthdays) -> Bar:
        numbers = [
            each.persons - each.with_coordinator,
            each.with_coordinator - each.with_child_coordinator,
            each.with_child_coordinator,
        ]
        label = texts.quarter(each.quarter)
        hover = f"<b>{label}</b><br>" + texts(
            "housing.turns_hover",
            persons=texts.counted("person", each.persons),
            without=texts.whole(numbers[0]),
            other=texts.whole(numbers[1]),
            child=texts.whole(numbers[2]),
            with_plan=texts.whole(each.with_plan),
        )
        return Bar(
            label=label,
            values=numbers,
            texts=[texts.whole(number) if number else "" for number in numbers],
            hovers=[hover] * len(numbers),
            text=texts.whole(each.persons),
        )

    return bars(
        palette,
        [
            Part(texts("housing.without")),
            Part(texts("housing.other"), darkness=0.5),
            Part(texts("housing.child"), darkness=0.1),
        ],
        [bar(each) for each in turning],
    )
