"""Figures by unit, where a municipality has listed its units; and who has not reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dagster_project.publication.reader import reference
from dagster_project.publication.reader.reference import ALL, UNKNOWN
from dashboards.content import indicator, selection
from dashboards.content.indicator import Figure
from dashboards.content.labels import Labels
from dashboards.content.section import Section, part
from dashboards.export.table import Holds, Table, table_of
from dashboards.i18n.texts import alphabetical
from dashboards.queries import units
from dashboards.queries.units import UnitCount, UnitReport
from dashboards.view.state import View

# A round that is older than that is nobody's task any more.
_LONGEST_AGO = dt.timedelta(days=365)
_MOST_NAMED = 5


@dataclass(frozen=True)
class _Row:
    """A unit in its service area, with who answers for it."""

    area: str
    unit: str
    owner: str | None
    count: UnitCount


def sections(labels: Labels, view: View, figure: Figure) -> Iterator[Section]:
    """Yield coordinators, persons and plans by unit; nothing where no units are listed."""
    place = (labels.publication, view.municipality, view.reference_date)
    listed, counts = units.listed(*place), units.counts(*place)
    if not listed and not counts:
        return
    table = table_of_units(labels, view)
    yield from part(_section(labels, view, figure, table), labels.texts("units.heading"))


def _section(labels: Labels, view: View, figure: Figure, table: Table) -> Iterator[Section]:
    remarks = [*selection.only_here(labels, view), lead(labels, view), labels.texts("units.which")]
    notes = indicator.notes(figure, table.title)
    yield Section(key="units", remarks=remarks, table=table, notes=notes)


def lead(labels: Labels, view: View) -> str:
    """Return how many of the persons are followed up from a unit that is listed."""
    counts = units.counts(labels.publication, view.municipality, view.reference_date)
    everybody = sum(each.persons for each in counts if each.unit not in (ALL, UNKNOWN))
    elsewhere = sum(each.persons for each in counts if each.unit == UNKNOWN)
    texts, persons = labels.texts, labels.texts.counted("person", everybody)
    return " ".join(
        [
            texts("units.lead", persons=persons, date=view.reference_date),
            *([texts.plural("units.elsewhere", elsewhere)] if elsewhere else []),
        ]
    )


def table_of_units(labels: Labels, view: View) -> Table:
    """Return coordinators, persons and plans of each unit by service area, listed ones all."""
    texts, place = labels.texts, (labels.publication, view.municipality, view.reference_date)
    listed, counts = units.listed(*place), units.counts(*place)
    found = {(each.service_area, each.unit): each for each in counts}
    known = {(area, unit) for unit, (area, _) in listed.items()}
    of_units = known | {key for key in found if key[1] != ALL}
    in_order = [*reference.service_areas(labels.publication), UNKNOWN]

    def rank(key: tuple[str, str]) -> tuple[int, bool, str]:
        return in_order.index(key[0]), key[1] == UNKNOWN, alphabetical(key[1])

    def row(key: tuple[str, str]) -> _Row:
        nobody = UnitCount(*key, 0, 0, 0, 0)
        return _Row(*key, listed.get(key[1], ("", None))[1], found.get(key, nobody))

    def count(name: str) -> Callable[[_Row], int]:
        return lambda row: getattr(row.count, name)

    whole = row((ALL, ALL))
    return table_of(
        texts(
            "units.table", where=labels.municipality(view.municipality), date=view.reference_date
        ),
        [row(key) for key in sorted(of_units, key=rank)],
        (texts("filter.area"), Holds.TEXT, lambda row: labels.service_area(row.area)),
        (texts("units.unit"), Holds.TEXT, lambda row: _name(labels, row.unit)),
        (texts("units.owner"), Holds.TEXT, lambda row: row.owner or ""),
        *(
            (texts(f"units.column.{name}"), Holds.WHOLE, count(name))
            for name in ("coordinators", "persons", "with_plan", "with_living_plan")
        ),
        whole=whole,
    )


def _name(labels: Labels, unit: str) -> str:
    if unit in (ALL, UNKNOWN):
        return labels.texts(f"units.{unit}")
    return unit


def missing(labels: Labels, view: View) -> Sequence[UnitReport]:
    """Return the units that have not reported in the newest round, where that is of late."""
    place = (labels.publication, view.municipality, view.reference_date)
    return tuple(
        each
        for each in units.reports(*place)
        if not each.has_reported and view.reference_date - each.round <= _LONGEST_AGO
    )


def missing_in_words(labels: Labels, view: View) -> str | None:
    """Return which units have not reported in the newest round; None where all have, or none is."""
    found, texts = missing(labels, view), labels.texts
    if not found:
        return None
    expected = units.reports(labels.publication, view.municipality, view.reference_date)
    named = ", ".join(each.unit for each in found[:_MOST_NAMED])
    params = {"of": len(expected), "date": found[0].round}
    if len(found) > _MOST_NAMED:
        others = texts.whole(len(found) - _MOST_NAMED)
        named = texts("units.and_others", named=named, others=others)
    return texts.plural("units.missing", len(found), named=named, **params)


def section_of_reports(labels: Labels, view: View) -> Iterator[Section]:
    """Yield who has not reported in the newest round, or that all have."""
    texts = labels.texts
    expected = units.reports(labels.publication, view.municipality, view.reference_date)
    if not expected:
        return
    in_words = missing_in_words(labels, view)
    if in_words is None:
        if all(each.has_reported for each in expected):
            yield Section(remarks=[texts("units.all_reported", date=expected[0].round)])
        return
    table = table_of_missing(labels, view)
    yield Section(key="not_reported", heading=table.title, of_table=[in_words], table=table)


def table_of_missing(labels: Labels, view: View) -> Table:
    """Return the units that have not reported, who answers for them, and when they last have."""
    texts = labels.texts

    def last(each: UnitReport) -> str:
        day = each.last_reported_on
        return texts.date_in_table(day) if day else texts("units.never")

    return table_of(
        texts("units.not_reported"),
        missing(labels, view),
        (texts("units.unit"), Holds.TEXT, lambda each: each.unit),
        (texts("filter.area"), Holds.TEXT, lambda each: labels.service_area(each.service_area)),
        (texts("units.owner"), Holds.TEXT, lambda each: each.owner or ""),
        (texts("units.last_reported"), Holds.TEXT, last),
    )
