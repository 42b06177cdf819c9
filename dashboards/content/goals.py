"""The page *Hva er viktig for deg?*: conversations about own goals, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis.significance import SMALL_DENOMINATOR, wilson
from dashboards.charts.bars import Bar
from dashboards.content import followup, indicator, selection
from dashboards.content.absence import dates, not_delivered
from dashboards.content.indicator import Figure
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, Way, or_none, part
from dashboards.content.shared import Picture, cautions
from dashboards.export.table import Holds, Table, table_of
from dashboards.pages import PageKey
from dashboards.queries import practice
from dashboards.queries.practice import Goals
from dashboards.view.state import View

RECORDS = ("psfs",)
IMPROVEMENT = "goal_improvement"
_MONTHS = ("0-5", "6-11", "12-23", "24+")


@dataclass(frozen=True)
class GoalFigures(PageData):
    """Everything that the page shows, read at once from one publication."""

    ages: tuple[Goals, ...]
    improvement: Figure | None

    @property
    def whole(self) -> Goals:
        """Goals of every age."""
        return Goals(ALL, *(self._sum(name) for name in _NUMBERS))

    def _sum(self, name: str) -> int:
        return sum(getattr(each, name) for each in self.ages)


_NUMBERS = (
    *("persons", "followed", "improved", "conversations"),
    *("of_the_year", "due", "evaluated"),
)


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[indicator.OVER_TIME])
    figures = gather(labels, view)
    yield Section(
        lead=[headline(figures)],
        remarks=cautions(labels, figures.view),
        way=Way(texts("goals.way_back"), PageKey.REGISTRATION, figures.view),
    )
    yield from part(_section_ages(figures), texts("goals.section_ages"))
    yield from part(_section_evaluated(figures), texts("goals.section_evaluated"))
    yield from part(_section_improvement(figures), texts("goals.section_improvement"))


def _section_ages(figures: GoalFigures) -> Iterator[Section]:
    table = table_by_age(figures)
    yield Section(
        key="goal_ages",
        remarks=selection.only_here(figures.labels, figures.view),
        picture=by_age(figures),
        explained=figures.view if figures.improvement else None,
        table=table,
        notes=figures.notes(table.title, figures.text("goals.definition_ages"), RECORDS, "ages"),
    )


def _section_evaluated(figures: GoalFigures) -> Iterator[Section]:
    table = table_of_evaluated(figures)
    yield Section(
        key="goal_evaluated",
        remarks=[evaluated_in_words(figures), figures.text("goals.evaluated_advice")],
        table=table,
        notes=figures.notes(
            table.title, figures.text("goals.definition_evaluated"), RECORDS, "evaluated"
        ),
    )


def _section_improvement(figures: GoalFigures) -> Iterator[Section]:
    figure = indicator.figure_of(figures.labels, figures.view, IMPROVEMENT)
    yield from indicator.sections_over_time(figure, improvement_in_words(figure), IMPROVEMENT)


def gather(labels: Labels, view: View) -> GoalFigures:
    """Read the figures of a view, or raise why there are none."""
    of_goals = followup.view_of(labels, view, IMPROVEMENT)
    dates(labels, view)
    found = practice.goals(labels.publication, view.municipality, view.reference_date)
    if not found or not_delivered(labels, of_goals, RECORDS):
        raise followup.absence(labels, of_goals, RECORDS)
    of_months = {each.months: each for each in found}
    return GoalFigures(
        labels=labels,
        # Others stand beside the line over time.
        view=replace(of_goals, compared=view.compared),
        ages=tuple(
            of_months.get(months, Goals(months, *[0] * len(_NUMBERS))) for months in _MONTHS
        ),
        improvement=or_none(partial(indicator.figure_of, labels, of_goals, IMPROVEMENT)),
    )


def headline(figures: GoalFigures) -> str:
    """Return the sentence that the page is about: with how many it is talked, and how often."""
    whole = figures.whole
    is_newest = followup.is_newest(figures.labels, figures.view)
    return figures.text(
        f"goals.lead_{'now' if is_newest else 'then'}",
        persons=figures.texts.counted("person", whole.persons),
        conversations=figures.texts.counted("conversation", whole.of_the_year),
        followed=whole.followed,
        improved=whole.improved,
    )


def improvement_in_words(figure: Figure) -> str:
    """Return how many manage their goals better, and how that has changed in a year."""
    level = figure.text(
        f"goals.improvement_{figure.tense}",
        count=figure.measured.numerator,
        of=figure.measured.denominator,
        value=figure.labels.value_with_interval(Kind.SHARE, figure.measured),
    )
    return f"{level} {indicator.change_in_words(figure)}"


def by_age(figures: GoalFigures) -> Picture:
    """Return the picture of the persons by how long they have had their goals."""
    texts, whole = figures.texts, figures.whole
    parts = {
        texts("goals.once"): 1.0,
        texts("goals.not_improved"): 0.4,
        texts("goals.improved"): 0.06,
    }

    def bar(each: Goals) -> Bar:
        values = [each.once, each.not_improved, each.improved]
        hovers = [
            f"{part}<br>{texts.counted('person', value)}"
            for part, value in zip(parts, values, strict=True)
        ]
        return figures.bar(texts(f"goals.months.{each.months}"), values, hovers)

    old = sum(each.once for each in figures.ages if each.months in ("12-23", "24+"))
    return figures.picture_of_bars(
        figures.text(
            f"goals.{'some' if old else 'none'}_old",
            once=whole.once,
            persons=texts.counted("person", whole.persons),
            old=old,
        ),
        figures.text("goals.ages_subtitle"),
        parts,
        [bar(each) for each in figures.ages],
        texts("goals.ages_explained"),
    )


def table_by_age(figures: GoalFigures) -> Table:
    """Return the persons and their conversations by how long they have had goals; all last."""
    texts = figures.texts
    names = ("persons", "once", "followed", "improved", "conversations", "of_the_year")
    return table_of(
        figures.text("goals.ages_table"),
        figures.ages,
        (
            texts("goals.column.months"),
            Holds.TEXT,
            lambda each: texts(
                "column.total" if each.months == ALL else f"goals.months.{each.months}"
            ),
        ),
        *((texts(f"goals.column.{name}"), Holds.WHOLE, attrgetter(name)) for name in names),
        whole=figures.whole,
    )


def evaluated_in_words(figures: GoalFigures) -> str:
    """Return how many had the second conversation within half a year, of those who should."""
    whole = figures.whole
    if not whole.due:
        return figures.text("goals.nobody_due")
    measured = wilson(whole.evaluated, whole.due)
    sentence = figures.text(
        "goals.evaluated",
        evaluated=whole.evaluated,
        due=figures.texts.counted("person", whole.due),
        value=figures.labels.value_with_interval(Kind.SHARE, measured),
    )
    if whole.due >= SMALL_DENOMINATOR:
        return sentence
    return f"{sentence} {figures.text('goals.few', limit=SMALL_DENOMINATOR)}"


def table_of_evaluated(figures: GoalFigures) -> Table:
    """Return who should have had the second conversation, and who had it in time."""
    texts, whole = figures.texts, figures.whole
    rows = (
        ("evaluated", whole.evaluated),
        ("not_evaluated", whole.due - whole.evaluated),
    )
    return table_of(
        figures.text("goals.evaluated_table"),
        rows,
        (texts("goals.column.second"), Holds.TEXT, lambda row: texts(f"goals.second.{row[0]}")),
        (texts("goals.column.persons"), Holds.WHOLE, lambda row: row[1]),
        total=(texts("column.total"), whole.due),
    )
