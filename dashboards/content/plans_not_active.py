"""A part of the page *Planer*: plans in preparation, those who have declined, and their like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dagster_project.publication.reader import reference
from dagster_project.publication.reader.reference import ALL, UNKNOWN
from dashboards.charts.bars import Bar
from dashboards.content import followup, selection
from dashboards.content.absence import not_delivered
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, Way
from dashboards.content.shared import Picture
from dashboards.export.table import ColumnOf, Holds, Table, table_of
from dashboards.pages import PageKey
from dashboards.queries import practice
from dashboards.queries.practice import NotActive
from dashboards.view.state import View

RECORDS = ("ip",)
# The figure on whose way down the rows of these plans are left out.
PLANS = "plan_coverage"
_STATUSES = ("in_preparation", "in_assessment", "declined", "refused", "dormant")


@dataclass(frozen=True)
class PlansNotActive(PageData):
    """Those whose newest registration is of a plan that is not in force, by status and age."""

    found: Mapping[tuple[str, str], NotActive]

    def count(self, status: str, age_group: str = ALL) -> int:
        """Return how many persons have a status."""
        each = self.found.get((status, age_group))
        return each.persons if each else 0

    def with_plan(self, status: str) -> int:
        """Return how many of them have a plan in force, too."""
        each = self.found.get((status, ALL))
        return each.with_plan if each else 0

    @property
    def statuses(self) -> list[str]:
        """The two that are always told, and the others that somebody has."""
        return [
            status
            for status in _STATUSES
            if status in ("in_preparation", "declined") or self.count(status)
        ]


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the part of the page."""
    found = gather(labels, view)
    table = table_of_statuses(found)
    yield Section(
        key="not_active",
        remarks=selection.only_here(labels, view),
        picture=by_status(found),
        table=table,
        notes=found.notes(table.title, found.text("not_active.definition"), RECORDS, "not-active"),
    )
    of_plans = replace(view, indicator=PLANS)
    yield Section(way=Way(found.text("not_active.way"), PageKey.REGISTRATION, of_plans))


def gather(labels: Labels, view: View) -> PlansNotActive:
    """Read those of a view, or raise why there are none."""
    publication, place, day = labels.publication, view.municipality, view.reference_date
    if not_delivered(labels, view, RECORDS):
        raise followup.absence(labels, view, RECORDS)
    rows = practice.plans_not_active(publication, place, day)
    found = PlansNotActive(labels, view, {(each.status, each.age_group): each for each in rows})
    if not rows:
        raise found.absence("not_active.none")
    return found


def by_status(found: PlansNotActive) -> Picture:
    """Return the picture of those whose plan is not in force."""
    texts = found.texts
    parts = {texts("not_active.without_plan"): 1.0, texts("not_active.with_plan"): 0.15}

    def bar(status: str) -> Bar:
        with_plan = found.with_plan(status)
        values = [found.count(status) - with_plan, with_plan]
        hovers = [
            f"{part}<br>{texts.counted('person', value)}"
            for part, value in zip(parts, values, strict=True)
        ]
        return found.bar(texts(f"not_active.status.{status}"), values, hovers)

    return found.picture_of_bars(
        in_words(found),
        found.text("not_active.subtitle"),
        parts,
        [bar(status) for status in found.statuses],
        texts("not_active.what_counts"),
        None if followup.is_newest(found.labels, found.view) else texts("not_active.written_over"),
    )


def in_words(found: PlansNotActive) -> str:
    """Return how many have a plan in preparation, and how many have declined one."""
    key = "now" if followup.is_newest(found.labels, found.view) else "then"
    preparing = found.count("in_preparation")
    return found.text(
        f"not_active.{key}" if preparing else f"not_active.{key}_nobody",
        preparing=found.texts.counted("person", preparing),
        declined=found.count("declined"),
    )


def table_of_statuses(found: PlansNotActive) -> Table:
    """Return how many have each status, with a plan in force beside, and by age."""
    labels, texts = found.labels, found.texts
    groups = [
        *(g.code for g in next(iter(reference.age_groups(labels.publication).values()))),
        *([UNKNOWN] if any(group == UNKNOWN for _, group in found.found) else []),
    ]

    def of_group(group: str) -> ColumnOf[str]:
        return labels.age_group(group), Holds.WHOLE, lambda status: found.count(status, group)

    return table_of(
        found.text("not_active.table"),
        found.statuses,
        (
            texts("not_active.column.status"),
            Holds.TEXT,
            lambda status: texts(f"not_active.status.{status}"),
        ),
        (texts("not_active.column.persons"), Holds.WHOLE, found.count),
        (texts("not_active.column.with_plan"), Holds.WHOLE, found.with_plan),
        *(of_group(group) for group in groups),
    )
