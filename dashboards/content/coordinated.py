"""A part of the page *Koordinatorer*: how old those are who have one, and children's families."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.reference import ALL, UNKNOWN
from dashboards.charts.bars import Bar
from dashboards.content import followup, selection
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section
from dashboards.content.shared import Picture
from dashboards.export.table import ColumnOf, Holds, Table, table_of
from dashboards.queries import overview
from dashboards.view.state import View

COVERAGE, CHILDREN = "coordinator_coverage", "child_coordinator_rate"
RECORDS = ("koordinator", "tjeneste")
_ADULT, _OLD = 18, 67


@dataclass(frozen=True)
class Coordinated(PageData):
    """Those with a coordinator on a date, by age group and service area."""

    persons: Mapping[tuple[str, str], int]
    children: int | None
    families: int | None

    @property
    def groups(self) -> list[str]:
        """The age groups from young to old, the unknown where there is somebody; not `all`."""
        known = [group.code for group in _standard(self.labels)]
        return [*known, *([UNKNOWN] if self.persons.get((UNKNOWN, ALL)) else [])]

    @property
    def areas(self) -> list[str]:
        """The service areas of somebody with a coordinator, in their order; not `all`."""
        return [
            area
            for area in reference.service_areas(self.labels.publication)
            if self.persons.get((ALL, area))
        ]

    def of_ages(self, first: int, last: int) -> int:
        """Return how many are in the groups that begin within some ages."""
        return sum(
            self.persons.get((group.code, ALL), 0)
            for group in _standard(self.labels)
            if first <= group.from_age < last
        )


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the part of the page."""
    found = gather(labels, view)
    table = table_of_ages(found)
    yield Section(
        key="coordinated",
        remarks=selection.only_here(labels, view),
        picture=by_age(found),
        explained=found.view,
        table=table,
        notes=found.notes(table.title, found.text("coordinated.definition"), RECORDS, "ages"),
    )
    families = families_in_words(found)
    if families:
        yield Section(key="families", remarks=[families])


def gather(labels: Labels, view: View) -> Coordinated:
    """Read those with a coordinator, or raise why there are none."""
    publication, place, day = labels.publication, view.municipality, view.reference_date
    scheme = next(iter(reference.age_groups(publication)))
    of_everybody = followup.view_of(labels, view, COVERAGE)
    cells = coverage.cells(publication, place, day, COVERAGE, scheme)
    persons = {(cell.age_group, cell.service_area): cell.measured.numerator for cell in cells}
    if not persons.get((ALL, ALL)):
        raise PageData(labels, of_everybody).absence("coordinated.nobody")
    with_child = [
        cell.measured.numerator
        for cell in coverage.cells(publication, place, day, CHILDREN, scheme)
        if (cell.age_group, cell.service_area) == (ALL, ALL)
    ]
    return Coordinated(
        labels,
        of_everybody,
        persons,
        with_child[0] if with_child else None,
        overview.families(publication, place, day),
    )


def by_age(found: Coordinated) -> Picture:
    """Return the picture of those with a coordinator by age."""
    texts, everybody = found.texts, found.persons[ALL, ALL]

    def bar(group: str) -> Bar:
        number = found.persons.get((group, ALL), 0)
        return found.bar(
            found.labels.age_group(group),
            [number],
            f"{texts.counted('person', number)}<br>{texts.per_cent(number / everybody)}",
        )

    return found.picture_of_bars(
        found.text(
            "coordinated.title",
            persons=texts.counted("person", everybody),
            children=found.of_ages(0, _ADULT),
            old=found.of_ages(_OLD, 999),
        ),
        found.text("coordinated.subtitle"),
        {texts("coordinated.persons"): 1.0},
        [bar(group) for group in found.groups],
        texts("coordinated.areas_overlap"),
    )


def table_of_ages(found: Coordinated) -> Table:
    """Return those with a coordinator by service area and age; everybody last."""
    labels, texts = found.labels, found.texts

    def of_group(group: str) -> ColumnOf[str]:
        return (
            labels.age_group(group),
            Holds.WHOLE,
            lambda area: found.persons.get((group, area), 0),
        )

    return table_of(
        found.text("coordinated.table"),
        found.areas,
        (
            texts("filter.area"),
            Holds.TEXT,
            lambda area: (
                texts("coordinated.everybody") if area == ALL else labels.service_area(area)
            ),
        ),
        *(of_group(group) for group in found.groups),
        (texts("age_group.all"), Holds.WHOLE, lambda area: found.persons.get((ALL, area), 0)),
        whole=ALL,
    )


def families_in_words(found: Coordinated) -> str | None:
    """Return how many families the children with a child coordinator are of, where known."""
    if found.children is None:
        return None
    children = found.texts.counted("child", found.children)
    if not found.families:
        return found.text("coordinated.families_unknown", children=children)
    return found.text("coordinated.families", children=children, families=found.families)


def _standard(labels: Labels) -> tuple[reference.AgeGroup, ...]:
    return next(iter(reference.age_groups(labels.publication).values()))
