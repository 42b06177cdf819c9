"""The chapters of what the plan needs, and of what the figures rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dagster_project.publication.reader import reference
from dagster_project.publication.reader.provenance import Delivery
from dashboards.content import budget, followup, quality, registration
from dashboards.content.section import or_none
from dashboards.content.shared import breaks_in_words, definition_in_words, table_of_definition
from dashboards.export.table import Holds, Table, table_of
from dashboards.report import drawing
from dashboards.report.blocks import Block, Heading, Style
from dashboards.report.coverage_chapters import HEADLINE
from dashboards.report.drawing import Dot, Line
from dashboards.report.subject import Subject

# The rules with most findings; the pages have all.
_MOST_RULES = 12


def of_needs(subject: Subject) -> Iterator[Block]:
    """Yield what the coming years ask for, as the scenario has it."""
    texts = subject.texts
    kept = subject.scenario or budget.proposed(subject.labels, subject.view)
    figures = budget.gather(subject.labels, subject.view, kept)
    yield from subject.say(
        subject.text(
            "report.needs.scenario" if subject.scenario else "report.needs.proposed",
            name=figures.scenario.name,
        )
    )
    for sentence in budget.headline(figures):
        yield from subject.say(sentence, style=Style.LEAD)
    if figures.scenario.note:
        yield from subject.say(figures.scenario.note)
    plan = budget.table_of_plan(figures)
    yield from subject.grid(plan, persons=())
    yield from subject.say(texts("budget.limits"), style=Style.NOTE)
    for sentence in budget.reservations(figures):
        yield from subject.say(sentence, style=Style.POINT)
    # With the target, the gap gives away how many have a coordinator.
    if not subject.is_public:
        yield Heading(texts("budget.section_gap"))
        yield from subject.grid(budget.table_of_gaps(figures))
    yield Heading(texts("budget.section_need"))
    yield from _need(subject, figures)
    yield Heading(texts("budget.section_areas"))
    for what, table in (
        ("area", budget.table_of_cost_by_area(figures)),
        ("function", budget.table_of_cost_by_function(figures)),
    ):
        yield from subject.say(texts(f"budget.about_{what}"))
        yield from subject.grid(table, persons=())
    yield Heading(texts("budget.section_assumptions"))
    swayed = or_none(partial(budget.sways, figures))
    if swayed:
        yield from subject.say(swayed.title)
    yield from subject.grid(budget.table_of_assumptions(figures), persons=())


def _need(subject: Subject, figures: budget.BudgetFigures) -> Iterator[Block]:
    texts, need, labels = subject.texts, figures.basis.need, subject.labels
    picture = budget.need_over_time(figures)
    days = {year: subject.view.reference_date.replace(year=year, month=12, day=31) for year in need}
    dots = [
        Dot(days[year], expected.of_all.persons, expected.of_all.low, expected.of_all.high)
        for year, expected in need.items()
    ]
    yield from subject.chart(
        "need",
        picture.title,
        subject.text("report.needs.chart", first=str(min(need)), last=str(max(need))),
        drawing.lines(
            [Line(texts("budget.target_group"), dots)], lambda value: texts.whole(round(value))
        ),
        [f"{year}: {texts.whole(round(each.of_all.persons))}" for year, each in need.items()],
    )
    shown = sorted({figures.basis.year, *figures.scenario.years, max(need)} & set(need))
    table = table_of(
        subject.text("budget.need_table"),
        list(figures.basis.counted),
        (texts("filter.age"), Holds.TEXT, labels.age_group),
        *(
            (
                str(year),
                Holds.WHOLE,
                partial(dict.get, budget.expected_by_age(need[year])),
            )
            for year in shown
        ),
        total=(texts("column.total"), *(round(need[year].of_all.persons) for year in shown)),
    )
    # What is expected is of nobody; today's count is among it.
    yield from subject.grid(table)


def reported(subject: Subject) -> Iterator[Block]:
    """Yield what the units reported beside what is registered."""
    found = quality.gather(subject.labels, subject.view)
    picture = quality.reported_against_registered(found)
    yield from subject.say(picture.title, style=Style.LEAD)
    table = quality.table_of_reported(found)
    # The day is the same in all rows, and stands above them.
    yield from subject.say(picture.subtitle)
    # Where reported and registered are the same, there is nothing to tell.
    differing = [row for row in table.rows if row[6] != 0]
    shown = _without_column(replace(table, rows=tuple(differing)), 2)
    if shown.rows:
        yield from subject.say(subject.texts("report.reported.differing"))
    yield from subject.grid(shown)
    yield from subject.say(*picture.remarks, style=Style.NOTE)


def of_quality(subject: Subject) -> Iterator[Block]:
    """Yield how far the figures can be trusted: grades, breaks, findings, freshness."""
    texts, labels = subject.texts, subject.labels
    found = quality.gather(labels, subject.view)
    yield from subject.say(quality.headline(found), style=Style.LEAD)
    yield from subject.say(quality.grades_in_words(found), quality.sums_in_words(found))
    yield from subject.grid(_of_headlines(subject, quality.table_of_grades(found)), persons=())
    yield Heading(texts("report.quality.breaks"))
    broken = list(_breaks(subject))
    for sentence in broken:
        yield from subject.say(sentence, style=Style.POINT)
    if not broken:
        yield from subject.say(texts("explanation.no_breaks"))
    yield Heading(texts("report.quality.findings"))
    rules = registration.table_of_rules(found.findings)
    if rules.rows:
        yield from subject.say(texts("report.quality.findings_note", most=_MOST_RULES))
        yield from subject.grid(
            Table(rules.title, rules.columns, rules.rows[:_MOST_RULES]), persons=()
        )
    else:
        yield from subject.say(texts("registration.no_findings"))
    yield Heading(texts("report.quality.freshness"))
    newest: dict[str, Delivery] = {}
    for each in found.in_use:
        if each.status == "in_force":
            known = newest.get(each.source)
            newest[each.source] = (
                each if known is None or known.delivered < each.delivered else known
            )
    table = table_of(
        subject.text("report.quality.freshness_table"),
        sorted(
            newest.values(), key=lambda each: (labels.of_code("record", each.record), each.source)
        ),
        (texts("column.record"), Holds.TEXT, lambda each: labels.of_code("record", each.record)),
        (texts("column.system"), Holds.TEXT, lambda each: each.system or ""),
        (texts("column.delivered"), Holds.DATE, lambda each: each.delivered),
        (texts("column.rows_read"), Holds.WHOLE, lambda each: each.rows_read),
        (texts("column.rows_quarantined"), Holds.WHOLE, lambda each: each.rows_quarantined),
    )
    yield from subject.grid(table, persons=())


def method(subject: Subject, made_of: dict[str, str]) -> Iterator[Block]:
    """Yield how it was made: definitions, parameters, publication, code."""
    texts, labels, view = subject.texts, subject.labels, subject.view
    yield from subject.say(texts("report.method.tests"), of_persons=False)
    yield from subject.say(
        texts("report.method.few" if subject.is_public else "report.method.internal"),
        of_persons=False,
    )
    yield Heading(texts("report.method.definitions"))
    indicators = reference.indicators(labels.publication)
    shown = [code for code in (*HEADLINE, *indicators) if code in indicators]
    table = table_of(
        texts("report.method.definitions_table"),
        list(dict.fromkeys(shown)),
        (texts("filter.indicator"), Holds.TEXT, labels.indicator),
        (
            texts("report.method.definition"),
            Holds.PROSE,
            lambda code: f"{texts.named(indicators[code].definitions)}.",
        ),
    )
    yield from subject.grid(table, persons=())
    yield Heading(texts("definition.title"))
    yield from subject.say(definition_in_words(labels, view))
    parameters = table_of_definition(labels, view)
    yield from subject.grid(parameters, persons=())
    yield Heading(texts("report.method.made_of"))
    yield from subject.grid(
        table_of(
            texts("report.method.made_of"),
            list(made_of.items()),
            (texts("report.method.what"), Holds.TEXT, lambda row: row[0]),
            (texts("report.method.value"), Holds.TEXT, lambda row: row[1]),
        ),
        persons=(),
    )


def _breaks(subject: Subject) -> Iterator[str]:
    """Yield the breaks of the headline figures, each sentence once."""
    told: dict[str, list[str]] = {}
    for code in HEADLINE:
        sentence = breaks_in_words(
            subject.labels, followup.view_of(subject.labels, subject.view, code)
        )
        if sentence:
            told.setdefault(sentence, []).append(subject.labels.indicator(code))
    for sentence, names in told.items():
        yield f"{sentence} ({', '.join(names)})"


def _of_headlines(subject: Subject, table: Table) -> Table:
    """Return the grades of the figures that the report leads with."""
    names = {subject.labels.indicator(code) for code in HEADLINE}
    return Table(table.title, table.columns, tuple(row for row in table.rows if row[0] in names))


def _without_column(table: Table, place: int) -> Table:
    def cut(row: tuple[object, ...]) -> tuple[object, ...]:
        return (*row[:place], *row[place + 1 :])

    return Table(
        table.title,
        (*table.columns[:place], *table.columns[place + 1 :]),
        tuple(cut(row) for row in table.rows),  # type: ignore[misc]
    )
