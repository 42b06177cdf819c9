"""The chapters of the work itself: plans, coordinators, training, meetings, notices, housing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from dashboards.content import (
    competence,
    coordinated,
    coordinators,
    housing,
    indicator,
    meetings,
    meetings_each,
    notices,
    plans,
    plans_not_active,
)
from dashboards.content.section import NoFigure, or_none
from dashboards.content.shared import Picture
from dashboards.export.table import Holds, Table, table_of
from dashboards.report.blocks import Block, Heading, Style
from dashboards.report.coverage_chapters import hidden, table_by_age
from dashboards.report.subject import Subject

# Two years of quarters: what a report tells of.
_QUARTERS = 8
_TRAINING = "training_within_6_months"


def of_plans(subject: Subject) -> Iterator[Block]:
    """Yield who has a plan, whether it lives, and consent."""
    labels, view, texts = subject.labels, subject.view, subject.texts
    coverage = or_none(partial(indicator.figure_of, labels, view, "plan_coverage"))
    if coverage:
        yield from subject.say(indicator.level_and_change(coverage), style=Style.LEAD)
    figures = plans.gather(labels, view)
    yield from subject.say(plans.headline(figures))
    if figures.together:
        table = plans.table_of_plan_and_coordinator(figures, figures.together)
        yield from subject.grid(table)
    yield Heading(texts("plans.section.age"))
    yield from subject.say(*_pictured(plans.by_age(figures)))
    yield from subject.grid(plans.table_by_age(figures), sums=((1, (2, 3)), (1, (4, 5))))
    yield Heading(texts("not_active.section"))
    yield from _or_why(subject, partial(_plans_not_active, subject))
    consent = or_none(partial(indicator.figure_of, labels, view, "consent_share"))
    if consent:
        yield Heading(texts("plans.section.consent"))
        yield from subject.say(indicator.level_and_change(consent))


def of_coordinators(subject: Subject) -> Iterator[Block]:
    """Yield how many they are, what each carries, who has left, how often they change."""
    labels, view, texts = subject.labels, subject.view, subject.texts
    figures = coordinators.gather(labels, view)
    yield from subject.say(coordinators.headline(figures), style=Style.LEAD)
    table = subject.protect(coordinators.table_by_load(figures))
    shown = [subject.bar_of(row[0], row[1]) for row in table.rows]
    by_load = coordinators.by_load(figures)
    yield from subject.bars("loads", by_load.title, by_load.subtitle, shown)
    yield from subject.shown(table)
    yield Heading(texts("report.coordinators.areas"))
    health = or_none(partial(indicator.figure_of, labels, view, "health_sector_share"))
    if health:
        yield from subject.say(coordinators.from_health_in_words(health))
    yield from subject.say(coordinators.by_area(figures).title)
    yield from subject.grid(coordinators.table_by_area(figures), sums=((2, (3, 4, 5, 6)),))
    # Where few are of an age, the public edition has nothing to say here.
    if told := list(_or_why(subject, partial(_coordinated, subject))):
        yield Heading(texts("coordinated.section"))
        yield from told
    yield Heading(texts("coordinators.section.departed"))
    yield from _or_why(subject, partial(_departed, subject, figures))
    yield Heading(texts("coordinators.section.changes"))
    changes = indicator.figure_of(labels, view, "coordinator_changes")
    yield from subject.say(coordinators.changes_in_words(changes))


def of_training(subject: Subject) -> Iterator[Block]:
    """Yield how many training needs were met within half a year."""
    texts = subject.texts
    figure = indicator.figure_of(subject.labels, subject.view, _TRAINING)
    yield from subject.say(coordinators.training_in_words(figure), style=Style.LEAD)
    measured = figure.measured
    rows = (
        ("due", measured.denominator),
        ("done", measured.numerator),
        ("not_done", measured.denominator - measured.numerator),
    )
    table = table_of(
        subject.text("report.training.table"),
        rows,
        (
            texts("report.training.needs"),
            Holds.TEXT,
            lambda row: texts(f"report.training.{row[0]}"),
        ),
        (texts("report.training.number"), Holds.WHOLE, lambda row: row[1]),
    )
    yield from subject.grid(table)
    yield from subject.say(texts("report.training.note"), style=Style.NOTE)
    yield Heading(texts("competence.section"))
    yield from _or_why(subject, partial(_competence, subject))


def of_meetings(subject: Subject) -> Iterator[Block]:
    """Yield who has met, how many meetings there were, and who took part."""
    labels, view, texts = subject.labels, subject.view, subject.texts
    figures = meetings.gather(labels, view)
    yield from subject.say(meetings.headline(figures), style=Style.LEAD)
    yield Heading(texts("meetings.section_without"))
    yield from subject.say(*_pictured(meetings.without_meeting(figures), remarks=0), of_groups=True)
    without = meetings.table_without_meeting(figures)
    # Whom the table of the coverage hides in an age group, this one does not tell either.
    away = hidden(table_by_age(subject), 2) if subject.is_public else frozenset()
    yield from subject.grid(
        without,
        sums=((1, (2, 3)),),
        shares=((2, 1),),
        also=[(line, 1) for line, row in enumerate(without.all_rows) if str(row[0]) in away],
    )
    yield Heading(texts("each.section"))
    yield from _or_why(subject, partial(_meetings_each, subject, figures))
    yield Heading(texts("team.section"))
    yield from _or_why(subject, partial(_teams, subject, figures))
    for what, picture, table in (
        ("types", meetings.by_type, meetings.table_by_type),
        ("forms", meetings.by_form, meetings.table_by_form),
    ):
        yield Heading(texts(f"meetings.section_{what}"))
        yield from _or_why(
            subject,
            lambda picture=picture, table=table: [  # type: ignore[misc]
                *subject.say(picture(figures).title),
                *subject.grid(_beginning(table(figures))),
            ],
        )
    gp = or_none(partial(indicator.figure_of, labels, view, meetings.GP))
    if gp:
        yield Heading(texts("meetings.section_gp"))
        yield from subject.say(meetings.gp_title(labels, gp))
    yield Heading(texts("meetings.section_participants"))
    yield from _or_why(
        subject,
        lambda: [
            *subject.say(meetings.participants(figures).title),
            *subject.grid(meetings.table_of_participants(figures)),
        ],
    )
    yield from subject.say(texts("report.meetings_note"), style=Style.NOTE)


def of_notices(subject: Subject) -> Iterator[Block]:
    """Yield the notices of the last year, what became of them, and how long it took."""
    labels, view, texts = subject.labels, subject.view, subject.texts
    figures = notices.gather(labels, view)
    yield from subject.say(notices.headline(figures), style=Style.LEAD)
    phases = subject.protect(notices.table_of_phases(figures))
    shown = [subject.bar_of(row[0], row[1]) for row in phases.rows]
    if shown:
        flow = notices.the_flow(figures)
        yield from subject.bars("notices", flow.title, flow.subtitle, shown)
        yield from subject.shown(phases)
    yield from subject.grid(notices.table_of_flow(figures))
    yield Heading(texts("notices.section_days"))
    for _, sentence in notices.days_in_sentences(figures):
        yield from subject.say(sentence)
    yield from subject.say(texts("report.notices.two_medians"), style=Style.NOTE)
    yield Heading(texts("notices.section_senders"))
    yield from _or_why(
        subject,
        lambda: [
            *subject.say(notices.by_sender(figures).title),
            *subject.grid(notices.table_of_senders(figures)),
        ],
    )


def of_housing(subject: Subject) -> Iterator[Block]:
    """Yield the needs of homes by wanted year, and who comes of age."""
    texts = subject.texts
    figures = housing.gather(subject.labels, subject.view)
    yield from subject.say(housing.headline(figures), style=Style.LEAD)
    yield Heading(texts("housing.section_needs"))
    yield from _or_why(subject, partial(_homes, subject, figures))
    for age in housing.AGES:
        yield Heading(texts(f"housing.section_{age}"))
        yield from _or_why(subject, partial(_birthdays, subject, figures, age))


def _homes(subject: Subject, figures: housing.HousingFigures) -> Iterator[Block]:
    picture = housing.by_year(figures)
    table = subject.protect(housing.table_of_years(figures))
    shown = [
        subject.bar_of(row[0], row[1], faint=figures.is_overdue(year))
        for row, year in zip(table.rows, figures.years, strict=True)
    ]
    yield from subject.bars("homes", picture.title, picture.subtitle, shown)
    yield from subject.shown(table)
    yield from subject.say(*picture.remarks)


def _birthdays(subject: Subject, figures: housing.HousingFigures, age: int) -> Iterator[Block]:
    yield from subject.say(housing.coming_of_age(figures, age).title)
    yield from subject.grid(
        housing.table_of_birthdays(figures, age), sums=((1, (2, 3, 4)), (1, (5, 6)))
    )
    for sentence in housing.to_be_done(figures, age):
        yield from subject.say(sentence, style=Style.POINT)


def _plans_not_active(subject: Subject) -> Iterator[Block]:
    found = plans_not_active.gather(subject.labels, subject.view)
    yield from subject.say(plans_not_active.in_words(found))
    table = plans_not_active.table_of_statuses(found)
    # Other tables tell of nearly the same persons by age: two that hide otherwise tell too much.
    if subject.is_public:
        table = _first_columns(table, 3)
    yield from subject.grid(table, shares=((2, 1),))
    yield from subject.say(subject.text("not_active.what_counts"), style=Style.NOTE)


def _coordinated(subject: Subject) -> Iterator[Block]:
    found = coordinated.gather(subject.labels, subject.view)
    yield from subject.say(coordinated.by_age(found).title)
    # The chapter of the coverage has the same persons by age, and hides what is few there.
    if not subject.is_public:
        yield from subject.grid(coordinated.table_of_ages(found))
        yield from subject.say(subject.text("coordinated.areas_overlap"), style=Style.NOTE)


def _competence(subject: Subject) -> Iterator[Block]:
    found = competence.gather(subject.labels, subject.view)
    if found.topics:
        yield from subject.say(competence.needs_in_words(found))
        yield from subject.grid(competence.table_of_topics(found), sums=((5, (1, 2, 3, 4)),))
    yield from subject.say(competence.trained_in_words(found))
    # How many coordinators an area has stands in their own chapter.
    if not subject.is_public:
        yield from subject.grid(competence.table_of_trained(found))
    yield from subject.say(subject.text("competence.what_is_known"), style=Style.NOTE)


def _meetings_each(subject: Subject, figures: meetings.MeetingFigures) -> Iterator[Block]:
    found = meetings_each.frequencies(figures)
    yield from subject.say(meetings_each.meetings_of_each(figures, found).title)
    # So many meetings of three each would say of how many persons they are.
    yield from subject.grid(_first_columns(meetings_each.table_of_each(figures, found), 3))


def _teams(subject: Subject, figures: meetings.MeetingFigures) -> Iterator[Block]:
    found = meetings_each.teams(figures)
    yield from subject.say(*_pictured(meetings_each.teams_that_met(figures, found)))
    table = meetings_each.table_of_teams(figures, found)
    yield from subject.grid(table, sums=((1, (2, 3)),))


def _first_columns(table: Table, number: int) -> Table:
    return replace(
        table,
        columns=table.columns[:number],
        rows=tuple(row[:number] for row in table.rows),
        total=table.total[:number] if table.total else None,
    )


def _departed(subject: Subject, figures: coordinators.CoordinatorFigures) -> Iterator[Block]:
    yield from subject.say(*_pictured(coordinators.departed(figures)))
    yield from subject.grid(coordinators.table_of_departed(figures))


def _pictured(picture: Picture, remarks: int | None = None) -> list[str]:
    """Return what a picture says, and so many of its remarks."""
    return [picture.title, *picture.remarks[:remarks]]


def _beginning(table: Table) -> Table:
    """Return the newest quarters of a table."""
    return replace(table, rows=table.rows[:_QUARTERS])


def _or_why(subject: Subject, blocks: Callable[[], Iterable[Block]]) -> Iterator[Block]:
    """Yield a part of a chapter; where a figure is missing, why."""
    try:
        yield from blocks()
    except NoFigure as absence:
        yield from subject.say(absence.sentence)
