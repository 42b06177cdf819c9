"""The page *Bustad og overgangar*: who needs a home and when, and who comes of age."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from dagster_project.publication.reader.coverage import Point
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import change
from dashboards.charts.bars import Bar
from dashboards.content import followup as shared
from dashboards.content import series, turning_rows
from dashboards.content.absence import dates
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, part
from dashboards.content.shared import ON_A_DATE, Picture, cautions
from dashboards.export.table import Holds, Table, Value, table_of
from dashboards.i18n.texts import Sign
from dashboards.queries import followup
from dashboards.queries.followup import Birthdays, HousingType, HousingYear
from dashboards.view.state import View

HOUSING_RECORDS = ("bolig",)
TRANSITION_RECORDS = ("koordinator", "ip", "tjeneste")
NEED = "housing_need"
# At 18 the child coordinator ends, and is told first; at 16 one consents oneself.
ADULT, CONSENTING = 18, 16
AGES = (ADULT, CONSENTING)


@dataclass(frozen=True)
class HousingFigures(PageData):
    """Everything that the page shows, read at once from one publication."""

    years: tuple[HousingYear, ...]
    types: tuple[HousingType, ...]
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
    yield Section(filters=[ON_A_DATE])
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
        notes=figures.notes(table.title, definition, HOUSING_RECORDS, "housing"),
    )
    yield Section(remarks=cautions(labels, of_need))
    types = table_of_types(figures)
    if types.rows:
        defined = figures.text("housing.definition_types")
        yield Section(
            key="housing_types",
            table=types,
            notes=figures.notes(types.title, defined, HOUSING_RECORDS, "housing_types"),
        )


def _section_birthdays(figures: HousingFigures, age: int) -> Iterator[Section]:
    table, key = table_of_birthdays(figures, age), f"turning{age}"
    definition = figures.text("housing.definition_turns")
    yield Section(
        key=f"housing_{key}",
        picture=coming_of_age(figures, age),
        table=table,
        notes=figures.notes(table.title, definition, TRANSITION_RECORDS, key),
    )
    yield Section(remarks=to_be_done(figures, age))
    yield from turning_rows.sections(figures, age)


def gather(labels: Labels, view: View) -> HousingFigures:
    """Read the figures of a view, or raise why there are none."""
    publication, place, day = labels.publication, view.municipality, view.reference_date
    dates(labels, view)
    return HousingFigures(
        labels=labels,
        view=view,
        years=followup.housing_needs(publication, place, day),
        types=followup.housing_types(publication, place, day),
        needs=series.points(labels, shared.view_of(labels, view, NEED)),
        birthdays=followup.birthdays(publication, place, day),
    )


def headline(figures: HousingFigures) -> str:
    """Return the sentence that the page is about: how many need a home, and who comes of age."""
    return f"{_needs_in_words(figures)} {_near_in_words(figures)}"


def by_year(figures: HousingFigures) -> Picture:
    """Return the picture of the housing needs by the year in which the home is wanted."""
    if not figures.years:
        raise shared.absence(figures.labels, figures.view, HOUSING_RECORDS)
    title = figures.text(
        "housing.overdue_title" if figures.overdue else "housing.nothing_overdue",
        overdue=figures.overdue,
        of=figures.texts.counted("need", figures.registered),
        year=str(figures.this_year),
    )
    return figures.picture_of_bars(
        title,
        figures.text("housing.years_subtitle"),
        {
            figures.text("housing.around_the_clock"): 1.0,
            figures.text("housing.not_around_the_clock"): 0.15,
        },
        [_bar_of_year(figures, year) for year in figures.years],
        figures.text("housing.overdue_advice") if figures.overdue else None,
        _a_year_before(figures),
        figures.text("housing.twice"),
    )


def coming_of_age(figures: HousingFigures, age: int) -> Picture:
    """Return the picture of those who reach an age, by quarter and by what they have today."""
    turning = figures.turning(age)
    if not turning:
        raise figures.absence("housing.nobody_turns", age=age)
    darkness = {"without": 1.0, "other": 0.5, "child": 0.1}
    return figures.picture_of_bars(
        _turning_in_words(figures, f"housing.turns_{age}_title", turning, turning[-1].quarter, age),
        figures.text("housing.turns_subtitle", age=age),
        {figures.text(f"housing.{name}"): dark for name, dark in darkness.items()},
        [_bar_of_birthdays(figures, each) for each in turning],
        figures.text("housing.who_is_counted"),
    )


def to_be_done(figures: HousingFigures, age: int) -> tuple[str, ...]:
    """Return what should be done before the birthday, and why."""
    advice = (figures.text(f"housing.law_{age}"), figures.text(f"housing.before_{age}"))
    soon = figures.turning_soon(age)
    if not soon:
        return advice
    near = figures.text(
        "housing.near",
        persons=figures.texts.counted("person", _sum(soon)),
        age=age,
        last=figures.texts.quarter(figures.near[-1]),
        without=_sum(soon, "without_coordinator"),
        without_plan=_sum(soon, "without_plan"),
    )
    return (*advice, near)


def table_of_years(figures: HousingFigures) -> Table:
    """Return the housing needs by wanted year, all of them last."""
    texts = figures.texts
    around_the_clock = sum(year.around_the_clock for year in figures.years)
    return table_of(
        figures.text("housing.years_table"),
        figures.years,
        (texts("housing.wanted_year"), Holds.TEXT, partial(_year, figures)),
        (texts("housing.persons"), Holds.WHOLE, lambda year: year.persons),
        (texts("housing.around_the_clock"), Holds.WHOLE, lambda year: year.around_the_clock),
        (texts("housing.has_passed"), Holds.TEXT, partial(_has_passed, figures)),
        total=(texts("column.total"), figures.registered, around_the_clock, ""),
    )


def table_of_types(figures: HousingFigures) -> Table:
    """Return the persons who need a home by its type, as the sources write it; all of them last."""
    texts = figures.texts
    return table_of(
        figures.text("housing.types_table"),
        figures.types,
        (texts("housing.type"), Holds.TEXT, partial(_type, figures)),
        (texts("housing.persons"), Holds.WHOLE, lambda each: each.persons),
        (texts("housing.around_the_clock"), Holds.WHOLE, lambda each: each.around_the_clock),
        total=(
            texts("column.total"),
            sum(each.persons for each in figures.types),
            sum(each.around_the_clock for each in figures.types),
        ),
    )


def _type(figures: HousingFigures, each: HousingType) -> str:
    return figures.text("housing.no_type") if each.name is None else each.name


def _has_passed(figures: HousingFigures, year: HousingYear) -> Value:
    """Return whether a wanted year has passed; of one that nobody has stated it is not known."""
    if year.wanted_year is None:
        return Sign.NOT_AVAILABLE
    return figures.texts("answer.yes" if figures.is_overdue(year) else "answer.no")


def table_of_birthdays(figures: HousingFigures, age: int) -> Table:
    """Return those who reach an age by quarter, and what they have; all of them last."""
    texts, turning = figures.texts, figures.turning(age)
    counts = {
        "child": "with_child_coordinator",
        "other": "with_other_coordinator",
        "without": "without_coordinator",
        "with_plan": "with_plan",
        "without_plan": "without_plan",
    }
    return table_of(
        figures.text("housing.turns_table", age=age),
        [(texts.quarter(each.quarter), [each]) for each in turning],
        (texts("housing.quarter"), Holds.TEXT, lambda row: row[0]),
        (texts("housing.turning", age=age), Holds.WHOLE, lambda row: _sum(row[1])),
        *(
            (texts(f"housing.{heading}"), Holds.WHOLE, partial(_sum_of_row, name))
            for heading, name in counts.items()
        ),
        whole=(texts("column.total"), list(turning)),
    )


def _needs_in_words(figures: HousingFigures) -> str:
    if not figures.years:
        return figures.text("housing.no_needs")
    day = figures.view.reference_date
    persons = (each.measured.numerator for each in figures.needs if each.date == day)
    return figures.text(
        "housing.needs",
        persons=figures.texts.counted("person", next(persons, figures.registered)),
        clock=sum(year.around_the_clock for year in figures.years),
    )


def _a_year_before(figures: HousingFigures) -> str:
    """Return how many needed a home a year before; a plain figure, for a count has no test."""
    found = change.in_a_year(figures.needs, figures.view.reference_date, Kind.COUNT)
    if found.earlier is None:
        return figures.text(f"change.{found.verdict}")
    persons = figures.texts.counted("person", found.earlier.measured.numerator)
    return figures.text("housing.year_before", persons=persons, date=found.earlier.date)


def _near_in_words(figures: HousingFigures) -> str:
    """Return who turns 18 this quarter and the next, and lacks a coordinator to go on with."""
    soon = figures.turning_soon(ADULT)
    if not soon:
        return figures.text("housing.nobody_near")
    return _turning_in_words(figures, "housing.near_lead", soon, figures.near[-1], ADULT)


def _turning_in_words(
    figures: HousingFigures, key: str, turning: Sequence[Birthdays], last: dt.date, age: int
) -> str:
    """Return how many reach an age by a quarter, and who of them has which coordinator."""
    texts = figures.texts
    child = _sum(turning, "with_child_coordinator")
    return figures.text(
        key,
        persons=texts.counted("person", _sum(turning)),
        last=texts.quarter(last),
        child=(
            texts.plural(f"housing.child_{age}", child) if child else texts("housing.child_none")
        ),
        without=texts.plural("housing.without", _sum(turning, "without_coordinator")),
    )


def _sum(of: Sequence[Birthdays], name: str = "persons") -> int:
    return sum(getattr(each, name) for each in of)


def _sum_of_row(name: str, row: tuple[str, Sequence[Birthdays]]) -> int:
    return _sum(row[1], name)


def _year(figures: HousingFigures, year: HousingYear) -> str:
    return figures.text("housing.no_year") if year.wanted_year is None else str(year.wanted_year)


def _bar_of_year(figures: HousingFigures, year: HousingYear) -> Bar:
    label, is_overdue = _year(figures, year), figures.is_overdue(year)
    persons = figures.texts.counted("person", year.persons)
    return figures.bar(
        figures.text("housing.passed", year=label) if is_overdue else label,
        [year.around_the_clock, year.persons - year.around_the_clock],
        figures.text("housing.year_hover", persons=persons, clock=year.around_the_clock),
        is_all=is_overdue,
        begins_group=year.wanted_year is None,
    )


def _bar_of_birthdays(figures: HousingFigures, each: Birthdays) -> Bar:
    numbers = {
        "without": each.without_coordinator,
        "other": each.with_other_coordinator,
        "child": each.with_child_coordinator,
    }
    hover = figures.text(
        "housing.turns_hover",
        persons=figures.texts.counted("person", each.persons),
        with_plan=each.with_plan,
        **numbers,
    )
    return figures.bar(figures.texts.quarter(each.quarter), list(numbers.values()), hover)
