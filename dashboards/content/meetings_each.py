"""Parts of the page *Møte*: how many meetings each person has had, and which teams have met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter

from dagster_project.publication.reader.reference import ALL
from dashboards.charts.bars import Bar
from dashboards.content.page_data import PageData
from dashboards.content.section import Section
from dashboards.content.shared import Picture
from dashboards.export.table import Holds, Table, table_of
from dashboards.queries import practice
from dashboards.queries.practice import Frequency, Team

_EACH = ("0", "1", "2", "3", "4+")
RECORDS = ("mote", "koordinator")
_FORMS = ("follow_up_team", "responsibility_group")


def sections_of_each(data: PageData) -> Iterator[Section]:
    """Yield how many meetings each person has had; `data` is of the coverage of meetings."""
    found = frequencies(data)
    table = table_of_each(data, found)
    yield Section(
        key="meetings_each",
        picture=meetings_of_each(data, found),
        explained=data.view,
        table=table,
        notes=data.notes(table.title, data.text("each.definition"), RECORDS, "each"),
    )


def sections_of_teams(data: PageData) -> Iterator[Section]:
    """Yield how many teams have met in the year."""
    found = teams(data)
    table = table_of_teams(data, found)
    yield Section(
        key="teams",
        picture=teams_that_met(data, found),
        table=table,
        notes=data.notes(table.title, data.text("team.definition"), RECORDS, "teams"),
    )


def frequencies(data: PageData) -> Mapping[str, Frequency]:
    """Return the persons by how many meetings they have had, or raise why there are none."""
    view = data.view
    found = practice.frequencies(data.labels.publication, view.municipality, view.reference_date)
    if not found:
        raise data.absence("meetings.nobody_with_coordinator")
    of_each = {each.meetings_each: each for each in found}
    return {each: of_each.get(each, Frequency(each, 0, 0)) for each in _EACH}


def teams(data: PageData) -> tuple[Team, ...]:
    """Return the teams that have met, or raise why there are none."""
    view = data.view
    found = practice.teams(data.labels.publication, view.municipality, view.reference_date)
    if not found:
        raise data.absence("team.none")
    of_form = {each.form: each for each in found}
    return tuple(of_form.get(form, Team(form, 0, 0, 0)) for form in _FORMS)


def meetings_of_each(data: PageData, found: Mapping[str, Frequency]) -> Picture:
    """Return the picture of those with a coordinator by how many meetings they have had."""
    texts, everybody = data.texts, sum(each.persons for each in found.values())
    title = data.text(
        "each.title",
        none=found["0"].persons,
        of=texts.counted("person", everybody),
        once=found["1"].persons,
        more=everybody - found["0"].persons - found["1"].persons,
    )

    def bar(each: Frequency) -> Bar:
        hover = data.text(
            "each.hover",
            persons=texts.counted("person", each.persons),
            share=texts.per_cent(each.persons / everybody),
        )
        return data.bar(texts(f"each.meetings.{each.meetings_each}"), [each.persons], hover)

    return data.picture_of_bars(
        title,
        data.text("each.subtitle"),
        {texts("each.persons"): 1.0},
        [bar(each) for each in found.values()],
        texts("each.what_counts"),
    )


def table_of_each(data: PageData, found: Mapping[str, Frequency]) -> Table:
    """Return those with a coordinator by how many meetings they have had, all of them last."""
    texts, rows = data.texts, list(found.values())
    everybody = sum(each.persons for each in rows)
    return table_of(
        data.text("each.table"),
        rows,
        (
            texts("each.column.each"),
            Holds.TEXT,
            lambda each: texts(
                "column.total"
                if each.meetings_each == ALL
                else f"each.meetings.{each.meetings_each}"
            ),
        ),
        (texts("each.column.persons"), Holds.WHOLE, attrgetter("persons")),
        (texts("each.column.share"), Holds.PER_CENT, lambda each: each.persons / everybody),
        (texts("each.column.meetings"), Holds.WHOLE, attrgetter("meetings")),
        whole=Frequency(ALL, everybody, sum(each.meetings for each in rows)),
    )


def teams_that_met(data: PageData, found: tuple[Team, ...]) -> Picture:
    """Return the picture of the teams by name, and who of the persons has a coordinator."""
    texts = data.texts
    whole = sum(each.teams for each in found)
    title = data.text(
        "team.title",
        persons=texts.counted("person", whole),
        **{each.form: each.teams for each in found},
    )
    without = sum(each.without_coordinator for each in found)
    parts = {texts("team.with_coordinator"): 0.15, texts("team.without_coordinator"): 1.0}

    def bar(each: Team) -> Bar:
        values = [each.with_coordinator, each.without_coordinator]
        hovers = [
            f"{part}<br>{texts.counted('person', value)}"
            for part, value in zip(parts, values, strict=True)
        ]
        return data.bar(data.labels.code("meeting_form", each.form), values, hovers)

    return data.picture_of_bars(
        title,
        data.text("team.subtitle"),
        parts,
        [bar(each) for each in found],
        texts("team.lacking", persons=texts.counted("person", without)) if without else None,
        texts("team.what_counts"),
    )


def table_of_teams(data: PageData, found: tuple[Team, ...]) -> Table:
    """Return the teams by name, all of them last."""
    texts, labels = data.texts, data.labels
    numbers = ("teams", "with_coordinator", "without_coordinator", "meetings")
    sums = (sum(getattr(each, name) for each in found) for name in numbers if "without" not in name)
    return table_of(
        data.text("team.table"),
        found,
        (
            texts("team.column.form"),
            Holds.TEXT,
            lambda each: (
                texts("column.total")
                if each.form == ALL
                else labels.code("meeting_form", each.form)
            ),
        ),
        *((texts(f"team.column.{name}"), Holds.WHOLE, attrgetter(name)) for name in numbers),
        whole=Team(ALL, *sums),
    )
