"""The page *Planer*: do the plans live, and do plan and coordinator go together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter

from dagster_project.publication.reader.reference import ALL
from dashboards.charts.bars import Bar
from dashboards.content import indicator, plans_not_active, selection, units
from dashboards.content.indicator import Figure, figure_of
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, or_none, part
from dashboards.content.shared import Picture, cautions
from dashboards.export.table import ColumnOf, Holds, Table, table_of
from dashboards.queries import coordination
from dashboards.queries.coordination import PlanAge
from dashboards.view.state import View

_BOTH, _ONLY_PLAN, _ONLY_COORDINATOR, _NEITHER = "both", "only_plan", "only_coordinator", "neither"
# Those who have something; neither is what is left of the target group.
_SHOWN = (_BOTH, _ONLY_PLAN, _ONLY_COORDINATOR)
_AGES = ("0", "1", "2", "3-4", "5+")
_COUNTS = tuple(field.name for field in fields(PlanAge) if field.name != "age")
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
class PlanFigures(PageData):
    """Everything that the page shows, read at once from one publication."""

    living: Figure
    together: Together | None
    ages: Mapping[str, PlanAge]


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[indicator.OVER_TIME])
    figures = gather(labels, view)
    yield Section(lead=[headline(figures)], remarks=cautions(labels, figures.living.view))
    yield from part(_section_together(figures), texts("plans.section.together"))
    yield from units.sections(labels, view, figures.living)
    yield from part(_section_ages(figures), texts("plans.section.age"))
    yield from part(plans_not_active.sections(labels, view), texts("not_active.section"))
    yield from part(_section_over_time(figures), texts("plans.section.over_time"))
    yield from part(_section_consent(figures), texts("plans.section.consent"))


def _section_together(figures: PlanFigures) -> Iterator[Section]:
    together = figures.together or _together(figures.labels, figures.view)
    table = table_of_plan_and_coordinator(figures, together)
    figure = together.without_coordinator
    yield Section(
        key="together",
        remarks=selection.only_here(figures.labels, figures.view),
        picture=plan_and_coordinator(figures, together),
        explained=figure.view,
        table=table,
        notes=indicator.notes(figure, table.title),
    )


def _section_ages(figures: PlanFigures) -> Iterator[Section]:
    table = table_by_age(figures)
    yield Section(
        key="plan_ages",
        remarks=[*selection.only_here(figures.labels, figures.view), *minutes(figures)],
        picture=by_age(figures),
        explained=figures.living.view,
        table=table,
        notes=indicator.notes(figures.living, table.title),
    )


def _section_over_time(figures: PlanFigures) -> Iterator[Section]:
    title = indicator.level_and_change(figures.living)
    yield from indicator.sections_over_time(figures.living, title, "living")


def _section_consent(figures: PlanFigures) -> Iterator[Section]:
    consent = figure_of(figures.labels, figures.view, "consent_share")
    yield Section(
        key="consent",
        remarks=[
            *selection.only_here(figures.labels, figures.view),
            indicator.level_and_change(consent),
            *cautions(figures.labels, consent.view),
        ],
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
    living = indicator.level_and_change(figures.living)
    return f"{living} {_apart(figures, figures.together)}" if figures.together else living


def plan_and_coordinator(figures: PlanFigures, together: Together) -> Picture:
    """Return the picture of who has both, only a plan, or only a coordinator."""
    texts, now, before = figures.texts, together.now, together.before

    def bar(who: str) -> Bar:
        hover = texts.counted("person", now[who])
        if before:
            hover += f"<br>{texts('plans.together.before', number=before[who])}"
        return figures.bar(texts(f"plans.who.{who}"), [now[who]], hover, before=before.get(who))

    neither = texts("plans.together.neither", neither=now[_NEITHER], target_group=sum(now.values()))
    return figures.picture_of_bars(
        indicator.level_and_change(together.without_coordinator),
        figures.text("plans.together.subtitle"),
        {texts("plans.column.persons"): 1.0},
        [bar(who) for who in _SHOWN],
        texts("plans.together.tick") if before else None,
        neither,
    )


def table_of_plan_and_coordinator(figures: PlanFigures, together: Together) -> Table:
    """Return the target group by what they have, with a year before beside."""
    texts, everybody = figures.texts, sum(together.now.values())
    before: ColumnOf[tuple[str, int, int]] = (
        texts("plans.column.persons_before"),
        Holds.WHOLE,
        lambda row: row[2],
    )
    return table_of(
        figures.text("plans.together.table"),
        [(who, count, together.before.get(who, 0)) for who, count in together.now.items()],
        (texts("plans.column.who"), Holds.TEXT, lambda row: texts(f"plans.who.{row[0]}")),
        (texts("plans.column.persons"), Holds.WHOLE, lambda row: row[1]),
        (texts("plans.column.share"), Holds.PER_CENT, lambda row: row[1] / everybody),
        *([before] if together.before else []),
        whole=("target_group", everybody, sum(together.before.values())),
    )


def by_age(figures: PlanFigures) -> Picture:
    """Return the picture of how old the plans are, with the living ones marked."""
    texts, measured = figures.texts, figures.living.measured
    resting = measured.denominator - measured.numerator
    by_minutes = _are_kept_by_minutes(_all_ages(figures))
    found = "some" if resting else "none_by_minutes" if by_minutes else "none"
    title = figures.text(
        f"plans.age.{found}_{figures.living.tense}",
        resting=resting,
        plans=texts.counted("plan", measured.denominator),
    )
    living = texts(f"plans.age.{'living_by_minutes' if by_minutes else 'living'}")
    parts = {living: _PART, texts("plans.age.not_living"): _REST}

    def bar(each: PlanAge) -> Bar:
        values = [each.living, each.not_living]
        hovers = [
            f"{part}<br>{texts.counted('plan', value)}"
            for part, value in zip(parts, values, strict=True)
        ]
        return figures.bar(texts(f"plans.age_of_plan.{each.age}"), values, hovers)

    return figures.picture_of_bars(
        title,
        figures.text("plans.age.subtitle"),
        parts,
        [bar(each) for each in _of_ages(figures)],
        texts("plans.age.advice") if resting else None,
    )


def table_by_age(figures: PlanFigures) -> Table:
    """Return the plans by their age: how many live, and how many have a coordinator."""
    texts, rows = figures.texts, _of_ages(figures)

    def name_of(each: PlanAge) -> str:
        return texts("column.total" if each.age == ALL else f"plans.age_of_plan.{each.age}")

    return table_of(
        figures.text("plans.age.table"),
        rows,
        (texts("plans.column.age"), Holds.TEXT, name_of),
        *(
            (texts(f"plans.column.{name}"), Holds.WHOLE, attrgetter(name))
            for name in (
                "plans",
                "living",
                "not_living",
                "living_without_minutes",
                "living_with_minutes",
                "with_coordinator",
                "without_coordinator",
            )
        ),
        whole=_all_ages(figures),
    )


def minutes(figures: PlanFigures) -> list[str]:
    """Return how many plans are living without and with the minutes of meetings, and which counts.

    Nothing where it makes no difference.
    """
    texts, total = figures.texts, _all_ages(figures)
    if total.living_with_minutes == total.living_without_minutes:
        return []
    shares = {
        name: texts.per_cent(getattr(total, f"living_{name}") / total.plans)
        for name in ("without_minutes", "with_minutes")
    }
    counts: dict[str, object] = {
        "without_minutes_count": texts.counted("plan", total.living_without_minutes),
        "with_minutes_count": total.living_with_minutes,
    }
    chosen = "with" if _are_kept_by_minutes(total) else "without"
    both = figures.text(f"plans.minutes.both_{figures.living.tense}", **shares, **counts)
    return [f"{both} {texts(f'plans.minutes.{chosen}')}"]


def _are_kept_by_minutes(total: PlanAge) -> bool:
    """Whether some are living by minutes alone, in a municipality that counts these."""
    return total.living > total.living_without_minutes


def _all_ages(figures: PlanFigures) -> PlanAge:
    rows = figures.ages.values()
    return PlanAge(ALL, *(sum(getattr(each, name) for each in rows) for name in _COUNTS))


def _together(labels: Labels, view: View) -> Together:
    coordinator, _, without = figures = [
        figure_of(labels, view, code)
        for code in ("coordinator_coverage", "both_coverage", "plan_without_coordinator")
    ]
    days = {indicator.day_before(figure) for figure in figures}
    return Together(
        coordinator=coordinator,
        without_coordinator=without,
        now=_counted(view.reference_date, *figures),
        before=_counted(days.pop(), *figures) if len(days) == 1 else {},
    )


def _counted(
    day: dt.date | None, coordinator: Figure, both: Figure, without: Figure
) -> Mapping[str, int]:
    """Return the target group of a day by what they have; empty where a figure is missing."""
    with_coordinator, with_both, only_plan = (
        next((point.measured for point in figure.points if point.date == day), None)
        for figure in (coordinator, both, without)
    )
    if with_coordinator is None or with_both is None or only_plan is None:
        return {}
    without_either = with_coordinator.denominator - with_coordinator.numerator
    return {
        _BOTH: with_both.numerator,
        _ONLY_PLAN: only_plan.numerator,
        _ONLY_COORDINATOR: with_coordinator.numerator - with_both.numerator,
        _NEITHER: without_either - only_plan.numerator,
    }


def _apart(figures: PlanFigures, together: Together) -> str:
    """Return how many have a plan without a coordinator, and a coordinator without a plan."""
    return figures.text(f"plans.together.{figures.living.tense}", **together.now)


def _of_ages(figures: PlanFigures) -> list[PlanAge]:
    """Return the plans of each age, from new to old."""
    nothing = [0] * len(_COUNTS)
    return [figures.ages.get(age, PlanAge(age, *nothing)) for age in _AGES]
