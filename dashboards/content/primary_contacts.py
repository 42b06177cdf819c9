"""A part of the page *Dekning*: primary contacts beside the coverage of those of 67 and older."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader import provenance, reference
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis.significance import wilson
from dashboards.charts.base import SeriesPoint
from dashboards.charts.colours import Palette
from dashboards.charts.time_series import Series
from dashboards.content import selection, sentences
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section
from dashboards.content.shared import Picture, break_days, breaks_in_words, drawn_over_time
from dashboards.export.table import Holds, Table, table_of
from dashboards.queries import practice
from dashboards.queries.practice import Contacts
from dashboards.view.state import View

COVERAGE = "coordinator_coverage"
RECORDS = ("koordinator", "tjeneste")
PARAMETER = "count_primary_contact"
_OLD = 67


@dataclass(frozen=True)
class ContactFigures(PageData):
    """Coordinators and primary contacts of those of 67 and older, oldest date first."""

    dates: tuple[Contacts, ...]

    @property
    def now(self) -> Contacts:
        """Those of the view's date."""
        return next(each for each in self.dates if each.date == self.view.reference_date)


def is_told(labels: Labels, view: View) -> bool:
    """Return whether the view's indicator has contacts beside it, and there are any."""
    return view.indicator == COVERAGE and any(
        each.contact_only or each.outside
        for each in practice.contacts(labels.publication, view.municipality)
    )


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the part of the page."""
    found = gather(labels, view)
    table = table_over_time(found)
    yield Section(
        key="contacts",
        remarks=[*selection.only_here(labels, view), *_chosen_otherwise(labels, view)],
        picture=over_time(found),
        table=table,
        notes=found.notes(table.title, found.text("contact.definition"), RECORDS, "contacts"),
    )


def gather(labels: Labels, view: View) -> ContactFigures:
    """Read those of a view, or raise why there are none."""
    groups = next(iter(reference.age_groups(labels.publication).values()))
    old = {group.code for group in groups if group.from_age >= _OLD}
    sums: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for each in practice.contacts(labels.publication, view.municipality):
        if each.age_group in old:
            numbers = (each.target_group, each.with_coordinator, each.contact_only, each.outside)
            sums[each.date] = [a + b for a, b in zip(sums[each.date], numbers, strict=True)]
    of_everybody = replace(view, age_group=ALL, service_area=ALL, compared=())
    dates = tuple(
        Contacts(day, ALL, *numbers)  # type: ignore[arg-type]
        for day, numbers in sums.items()
        if numbers[0]
    )
    found = ContactFigures(labels, of_everybody, dates)
    if view.reference_date not in {each.date for each in dates}:
        raise found.absence("contact.nobody")
    return found


def strict(each: Contacts) -> Measured:
    """Return the coverage when a primary contact is no coordinator."""
    return wilson(each.with_coordinator, each.target_group)


def wide(each: Contacts) -> Measured:
    """Return the coverage when a primary contact is one, of those whom that adds, too."""
    persons = each.with_coordinator + each.contact_only + each.outside
    return wilson(persons, each.target_group + each.outside)


def over_time(found: ContactFigures) -> Picture:
    """Return the picture of the coverage of the old, as it is counted and with contacts."""
    labels, texts = found.labels, found.texts
    lines = {texts("contact.strict"): strict, texts("contact.wide"): wide}
    breaks = break_days(labels, found.view)

    def points(name: str) -> list[SeriesPoint]:
        return [
            SeriesPoint(
                each.date,
                measured.value,
                None,
                None,
                f"<b>{name}</b>, {texts.date(each.date)}<br>"
                f"{labels.value_with_interval(Kind.SHARE, measured)}<br>"
                f"{sentences.persons(labels, measured)}",
                segment=sum(day <= each.date for day in breaks),
            )
            for each in found.dates
            for measured in [lines[name](each)]
        ]

    def draw(palette: Palette) -> go.Figure:
        drawn = [Series(name, points(name)) for name in lines]
        return drawn_over_time(labels, found.view, Kind.SHARE, drawn)(palette)

    now = found.now
    counted = parameter(labels, found.view.municipality)
    return found.picture(
        found.text(
            "contact.title",
            persons=texts.counted("person", now.contact_only + now.outside),
            strict=texts.per_cent(strict(now).value),
            wide=texts.per_cent(wide(now).value),
        ),
        found.text("contact.subtitle"),
        draw,
        texts(f"contact.{'counts' if counted else 'counts_not'}"),
        texts("contact.explained"),
        breaks_in_words(labels, found.view),
    )


def table_over_time(found: ContactFigures) -> Table:
    """Return the persons and the shares of each date, newest first."""
    texts = found.texts

    def column(name: str) -> tuple[str, Holds, partial[int]]:
        return texts(f"contact.column.{name}"), Holds.WHOLE, partial(_number, name)

    return table_of(
        found.text("contact.table"),
        list(reversed(found.dates)),
        (texts("filter.date"), Holds.DATE, lambda each: each.date),
        *map(column, ("target_group", "with_coordinator", "contact_only", "outside")),
        (texts("contact.column.strict"), Holds.PER_CENT, lambda each: strict(each).value),
        (texts("contact.column.wide"), Holds.PER_CENT, lambda each: wide(each).value),
    )


def parameter(labels: Labels, municipality: str) -> bool:
    """Return whether a municipality counts a primary contact as a coordinator."""
    return any(
        each.code == PARAMETER and each.value.lower() == "true"
        for each in provenance.parameters(labels.publication, municipality)
    )


def _chosen_otherwise(labels: Labels, view: View) -> list[str]:
    """Return that the part is of the old, where another group is chosen."""
    is_chosen = (view.age_group, view.service_area) != (ALL, ALL)
    return [labels.texts("contact.of_the_old")] if is_chosen else []


def _number(name: str, each: Contacts) -> int:
    return int(getattr(each, name))
