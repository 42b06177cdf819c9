"""The page *Planer*: do the plans live, and do plan and coordinator go together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from dashboards.charts.bars import Bar, Part, bars
from dashboards.content import indicator
from dashboards.content.indicator import Figure, figure_of
from dashboards.content.labels import Labels
from dashboards.content.section import Section, or_none, part
from dashboards.content.shared import Picture, cautions, place_and_date
from dashboards.export.table import Column, Row, Table, Value
from dashboards.export.table import Kind as Holds
from dashboards.queries import coordination
from dashboards.queries.coordination import PlanAge
from dashboards.view.state import Parameter, View

_BOTH, _ONLY_PLAN, _ONLY_COORDINATOR, _NEITHER = "both", "only_plan", "only_coordinator", "neither"
# Those who have something; neither is what is left of the target group.
_SHOWN = (_BOTH, _ONLY_PLAN, _ONLY_COORDINATOR)
_AGES = ("0", "1", "2", "3-4", "5+")
# How dark the part of the plans that are looked for is drawn, and the rest.
_PART, _REST = 1.0, 0.06


@dataclass(frozen=True)
class Together:
    """Who of the target group has a plan, a coordinator, both or neither; and a year before.

    `before` is empty where nothing is compared with.
    """

    coordinator: Figure
    without_coordinator: Figure
    now: Mapping[str, int]
    before: Mapping[str, int]


@dataclass(frozen=True)
class PlanFigures:
    """Everything that the page shows, read at once from one publication."""

    labels: Labels
    view: View
    living: Figure
    together: Together | None
    ages: Mapping[str, PlanAge]


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[indicator.ON_A_DATE])
    figures = gather(labels, view)
    yield Section(lead=[headline(figures)], remarks=cautions(labels, figures.living.view))
    yield from part(_section_together(figures), texts("plans.section.together"))
    yield from part(_section_ages(figures), texts("plans.section.age"))
    yield from part(_section_over_time(figures), texts("plans.section.over_time"))
    yield from part(_section_consent(figures), texts("plans.section.consent"))


def _section_together(figures: PlanFigures) -> Iterator[Section]:
    together = figures.together or _together(figures.labels, figures.view)
    table = table_of_plan_and_coordinator(figures, together)
    figure = together.without_coordinator
    yield Section(
        key="together",
        picture=plan_and_coordinator(figures, together),
        explained=figure.view,
        table=table,
        notes=indicator.notes(figure, table.title),
    )


def _section_ages(figures: PlanFigures) -> Iterator[Section]:
    table = table_by_age(figures)
    yield Section(
        key="plan_ages",
        picture=by_age(figures),
        explained=figures.living.view,
        table=table,
        notes=indicator.notes(figures.living, table.title),
    )


def _section_over_time(figures: PlanFigures) -> Iterator[Section]:
    yield Section(filters=[[Parameter.COMPARED]])
    title = indicator.level_and_change(figures.living)
    yield from indicator.sections_over_time(figures.living, title, "living")


def _section_consent(figures: PlanFigures) -> Iterator[Section]:
    consent = figure_of(figures.labels, figures.view, "consent_share")
    yield Section(
        key="consent",
        remarks=[indicator.level_and_change(consent), *cautions(figures.labels, consent.view)],
        explained=consent.view,
    )


def gather(labels: Labels, view: View) -> PlanFigures:
    """Read the figures of a view, or raise why there are none."""
    living = figure_of(labels, view, "living_plan_share")
    ages = coordination.plan_ages(labels.publication, view.municipality, view.reference_date)
    return PlanFigures(
        labels=labels,
        view=view,
        living=living,
        together=or_none(partial(_together, labels, view)),
        ages={each.age: each for each in ages},
    )


def headline(figures: PlanFigures) -> str:
    """Return the sentence that the page is about: do plans live, and have they coordinators."""
    told = [indicator.level_and_change(figures.living)]
    if figures.together:
        told.append(_apart(figures, figures.together))
    return " ".join(told)


def plan_and_coordinator(figures: PlanFigures, together: Together) -> Picture:
    """Return the picture of who has both, only a plan, or only a coordinator."""
    labels, texts = figures.labels, figures.labels.texts
    title = indicator.level_and_change(together.without_coordinator)
    subtitle = texts("plans.together.subtitle", where=place_and_date(labels, figures.view))

    def bar(who: str) -> Bar:
        name = texts(f"plans.who.{who}")
        hover = [f"<b>{name}</b>", texts.counted("person", together.now[who])]
        if together.before:
            before = texts.whole(together.before[who])
            hover.append(texts("plans.together.before", number=before))
        return Bar(
            label=name,
            text=texts.whole(together.now[who]),
            values=[together.now[who]],
            texts=[""],
            hovers=["<br>".join(hover)],
            before=together.before.get(who),
        )

    shown = [bar(who) for who in _SHOWN]
    remarks = [
        texts(
            "plans.together.neither",
            neither=texts.whole(together.now[_NEITHER]),
            target_group=texts.whole(sum(together.now.values())),
        ),
    ]
    if together.before:
        remarks.insert(0, texts("plans.together.tick"))
    return Picture(
        title,
        subtitle,
        lambda palette: bars(palette, [Part(texts("plans.column.persons"))], shown),
        texts("plans.see_table"),
        tuple(remarks),
    )


def table_of_plan_and_coordinator(figures: PlanFigures, together: Together) -> Table:
    """Return the target group by what they have, with a year before beside."""
    labels, texts = figures.labels, figures.labels.texts
    everybody = sum(together.now.values())

    def row(name: str, now: int, before: int) -> Row:
        values: tuple[Value, ...] = (name, now, now / everybody)
        return (*values, before) if together.before else values

    columns = [
        Column(texts("plans.column.who")),
        Column(texts("plans.column.persons"), Holds.WHOLE),
        Column(texts("plans.column.share"), Holds.PER_CENT),
    ]
    if together.before:
        columns.append(Column(texts("plans.column.persons_before"), Holds.WHOLE))
    return Table(
        texts("plans.together.table", where=place_and_date(labels, figures.view)),
        tuple(columns),
        tuple(
            row(texts(f"plans.who.{who}"), count, together.before.get(who, 0))
            for who, count in together.now.items()
        ),
        row(texts("plans.who.target_group"), everybody, sum(together.before.values())),
    )


def by_age(figures: PlanFigures) -> Picture:
    """Return the picture of how old the plans are, with the living ones marked."""
    labels, texts = figures.labels, figures.labels.texts
    measured = figures.living.measured
    resting = measured.denominator - measured.numerator
    title = texts(
        f"plans.age.{'some' if resting else 'none'}_{figures.living.tense}",
        resting=texts.whole(resting),
        plans=texts.counted("plan", measured.denominator),
        date=texts.date(figures.view.reference_date),
    )
    subtitle = texts("plans.age.subtitle", where=place_and_date(labels, figures.view))
    parts = [
        Part(texts("plans.age.living"), _PART),
        Part(texts("plans.age.not_living"), _REST),
    ]

    def bar(age: str) -> Bar:
        plans, living, _ = _counts(figures.ages.get(age))
        name = texts(f"plans.age_of_plan.{age}")
        values = [living, plans - living]
        return Bar(
            label=name,
            text=texts.whole(plans),
            values=values,
            texts=[texts.whole(value) if value else "" for value in values],
            hovers=[
                f"<b>{name}</b><br>{part.name}<br>{texts.counted('plan', value)}"
                for part, value in zip(parts, values, strict=True)
            ],
        )

    shown = [bar(age) for age in _AGES]
    return Picture(
        title,
        subtitle,
        lambda palette: bars(palette, parts, shown),
        texts("plans.see_table"),
        (texts("plans.age.advice"),) if resting else (),
    )


def table_by_age(figures: PlanFigures) -> Table:
    """Return the plans by their age: how many live, and how many have a coordinator."""
    labels, texts = figures.labels, figures.labels.texts

    def row(name: str, plans: int, living: int, with_coordinator: int) -> Row:
        return (name, plans, living, plans - living, with_coordinator, plans - with_coordinator)

    counts = {age: _counts(figures.ages.get(age)) for age in _AGES}
    total = [sum(numbers) for numbers in zip(*counts.values(), strict=True)]
    names = ("plans", "living", "not_living", "with_coordinator", "without_coordinator")
    return Table(
        texts("plans.age.table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("plans.column.age")),
            *(Column(texts(f"plans.column.{name}"), Holds.WHOLE) for name in names),
        ),
        tuple(row(texts(f"plans.age_of_plan.{age}"), *counts[age]) for age in _AGES),
        row(texts("column.total"), *total),
    )


def _together(labels: Labels, view: View) -> Together:
    figures = [
        figure_of(labels, view, code)
        for code in ("coordinator_coverage", "both_coverage", "plan_without_coordinator")
    ]
    coordinator, both, without = figures
    days = {indicator.day_before(figure) for figure in figures}
    day = days.pop() if len(days) == 1 else None
    return Together(
        coordinator=coordinator,
        without_coordinator=without,
        now=_counted(view.reference_date, coordinator, both, without) or {},
        before=(_counted(day, coordinator, both, without) if day else None) or {},
    )


def _counted(
    day: dt.date, coordinator: Figure, both: Figure, without: Figure
) -> dict[str, int] | None:
    """Return the target group of a day by what they have; None where a figure is missing."""
    on_day = [
        next((point.measured for point in figure.points if point.date == day), None)
        for figure in (coordinator, both, without)
    ]
    if any(measured is None for measured in on_day):
        return None
    with_coordinator, with_both, with_plan_only = [each for each in on_day if each is not None]
    return {
        _BOTH: with_both.numerator,
        _ONLY_PLAN: with_plan_only.numerator,
        _ONLY_COORDINATOR: with_coordinator.numerator - with_both.numerator,
        _NEITHER: (
            with_coordinator.denominator - with_coordinator.numerator - with_plan_only.numerator
        ),
    }


def _apart(figures: PlanFigures, together: Together) -> str:
    """Return how many have a plan without a coordinator, and a coordinator without a plan."""
    texts = figures.labels.texts
    return texts(
        f"plans.together.{figures.living.tense}",
        only_plan=texts.whole(together.now[_ONLY_PLAN]),
        only_coordinator=texts.whole(together.now[_ONLY_COORDINATOR]),
        both=texts.whole(together.now[_BOTH]),
    )


def _counts(counted: PlanAge | None) -> tuple[int, int, int]:
    if counted is None:
        return 0, 0, 0
    return counted.plans, counted.living, counted.with_coordinator
