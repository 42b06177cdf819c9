"""The front page for the data steward: what is new, what is overdue, what is broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dagster_project.publication.reader import provenance
from dagster_project.publication.reader.provenance import CheckOutcome, Delivery
from dagster_project.publication.reader.publication import Previous
from dashboards.analysis import delivery_status as watch
from dashboards.analysis.delivery_status import Overdue
from dashboards.content import front_leader as leader
from dashboards.content import quality as quality_page
from dashboards.content import registration
from dashboards.content.front_leader import ordered_changes
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, Way
from dashboards.content.shared import notes_of
from dashboards.export.downloads import Notes
from dashboards.export.table import Column, Kind, Table, table_of
from dashboards.pages import PageKey
from dashboards.queries import overview, quality
from dashboards.queries.overview import FigureChange, NewFindings
from dashboards.view.state import Parameter, View, write_query

FILTERS = (Parameter.MUNICIPALITY,)
# What counts as new where nothing tells when the publication before was made.
_NEW_FOR = dt.timedelta(days=30)


@dataclass(frozen=True)
class Work:
    """Everything that the data steward is shown, read at once from one publication."""

    labels: Labels
    view: View
    records: tuple[str, ...]
    since: dt.date
    is_since_publication: bool
    new: tuple[NewFindings, ...]
    overdue: tuple[Overdue, ...]
    broken: tuple[Delivery, ...]
    not_passed: tuple[CheckOutcome, ...]
    changes: tuple[FigureChange, ...]
    previous: Previous | None


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page: what is broken, what is overdue and what is new."""
    texts = labels.texts
    yield Section(filters=[FILTERS])
    found = gather(labels, view)
    yield Section(
        lead=[headline(found)],
        way=Way(texts("front.to_quality"), PageKey.QUALITY, view),
    )
    for name, table, links, nothing in (
        ("broken", table_of_broken(found), links_of_broken(found), texts("front.nothing_broken")),
        (
            "overdue",
            table_of_overdue(found),
            links_of_overdue(found),
            texts("front.nothing_overdue"),
        ),
        ("new", table_of_new(found), links_of_new(found), new_in_words(found)),
        (
            "changes",
            leader.table_of_changes(found),
            links_of_changes(found),
            leader.changes_in_words(found),
        ),
    ):
        if not table.rows:
            yield Section(heading=table.title, remarks=[nothing])
            continue
        yield Section(
            key=f"steward_{name}",
            heading=table.title,
            of_table=[texts(f"front.explain_{name}")],
            table=table,
            links=links,
            notes=notes(found, table.title, name),
        )


def gather(labels: Labels, view: View) -> Work:
    """Read what there is to look at, or raise that nothing was delivered."""
    publication = labels.publication
    records = quality.records(publication, view.municipality)
    if not records:
        raise NoFigure(
            labels.texts(
                "quality.nothing_delivered", municipality=labels.municipality(view.municipality)
            )
        )
    delivered = provenance.deliveries(publication, view.municipality, records)
    outcomes = provenance.checks(publication, view.municipality, records)
    in_use = watch.in_use(delivered, quality.replaced_sources(publication, view.municipality))
    today = publication.counted_up_to(view.municipality)
    previous = publication.previous.get(view.municipality)
    since = previous.as_of if previous else today - _NEW_FOR
    return Work(
        labels=labels,
        view=view,
        records=records,
        since=since,
        is_since_publication=previous is not None,
        new=overview.new_findings(publication, view.municipality, since),
        overdue=tuple(watch.overdue(in_use, today)),
        broken=tuple(watch.broken(in_use)),
        not_passed=tuple(watch.not_passed(in_use, outcomes)),
        changes=overview.changes(publication, view.municipality),
        previous=previous,
    )


def headline(found: Work) -> str:
    """Return how much there is to look at, what hinders the figures first."""
    texts = found.labels.texts
    parts = [
        texts(f"front.{what}_{'one' if number == 1 else 'several'}", number=texts.whole(number))
        for what, number in (
            ("broken", len(found.broken)),
            ("not_passed", len(found.not_passed)),
            ("overdue", len(found.overdue)),
        )
        if number
    ]
    sentence = ". ".join(parts) + "." if parts else texts("front.nothing_broken")
    return f"{sentence} {new_in_words(found)}"


def new_in_words(found: Work) -> str:
    """Return how many rows have new findings, and since when."""
    texts = found.labels.texts
    since = "publication" if found.is_since_publication else "month"
    if not found.new:
        return texts(f"front.nothing_new_since_{since}", date=texts.date(found.since))
    return texts(
        f"front.new_since_{since}",
        rows=texts.counted("row", sum(each.rows for each in found.new)),
        errors=texts.whole(sum(each.rows for each in found.new if each.severity == "error")),
        date=texts.date(found.since),
    )


def table_of_new(found: Work) -> Table:
    """Return the rules with new findings."""
    labels, texts = found.labels, found.labels.texts
    return table_of(
        texts("front.new"),
        found.new,
        (texts("column.rule"), Kind.PROSE, lambda each: labels.rule(each.rule)),
        (texts("column.rows"), Kind.WHOLE, lambda each: each.rows),
        (
            texts("column.severity"),
            Kind.TEXT,
            lambda each: labels.of_code("severity", each.severity),
        ),
        (texts("column.advice"), Kind.PROSE, lambda each: labels.rule_advice(each.rule)),
    )


def table_of_overdue(found: Work) -> Table:
    """Return the sources that have been silent for longer than they usually are."""
    labels, texts = found.labels, found.labels.texts
    return table_of(
        texts("front.overdue"),
        found.overdue,
        (texts("column.source"), Kind.TEXT, lambda each: each.source),
        (texts("column.record"), Kind.TEXT, lambda each: labels.of_code("record", each.record)),
        (texts("front.last_delivered"), Kind.DATE, lambda each: each.last),
        (texts("front.usual_days"), Kind.WHOLE, lambda each: each.usual_days),
        (texts("front.waited_days"), Kind.WHOLE, lambda each: each.waited_days),
    )


def table_of_broken(found: Work) -> Table:
    """Return the deliveries that cannot be used, and the checks that the newest did not pass."""
    labels, texts = found.labels, found.labels.texts
    return Table(
        texts("front.broken_title"),
        (
            Column(texts("column.source")),
            Column(texts("column.delivered"), Kind.DATE),
            Column(texts("front.what"), Kind.PROSE),
            Column(texts("column.consequence"), Kind.PROSE),
            Column(texts("column.delivery")),
        ),
        (
            *(
                (
                    each.source,
                    each.delivered,
                    labels.of_code("status", each.status),
                    labels.of_code("problem", each.problem) if each.problem else "",
                    each.delivery,
                )
                for each in found.broken
            ),
            *(
                (
                    each.source,
                    each.delivered,
                    texts("front.check_failed", check=labels.of_code("check", each.check)),
                    texts("consequence.holds" if each.holds else "consequence.noted"),
                    each.delivery,
                )
                for each in found.not_passed
            ),
        ),
    )


def links_of_new(found: Work) -> list[str]:
    """Return for each rule the place on the quality page that shows its rows."""
    return [
        _address(replace(found.view, rule=each.rule), registration.ROWS_ANCHOR)
        for each in found.new
    ]


def links_of_overdue(found: Work) -> list[str]:
    """Return for each silent source the place of the deliveries."""
    return [_address(found.view, quality_page.DELIVERIES_ANCHOR)] * len(found.overdue)


def links_of_broken(found: Work) -> list[str]:
    """Return the place of the deliveries or of the checks, for each line."""
    return [
        *[_address(found.view, quality_page.DELIVERIES_ANCHOR)] * len(found.broken),
        *[_address(found.view, quality_page.CHECKS_ANCHOR)] * len(found.not_passed),
    ]


def links_of_changes(found: Work) -> list[str]:
    """Return for each changed figure its development, where it also explains itself."""
    return [
        _address(
            replace(found.view, indicator=each.indicator, reference_date=each.date),
            page=PageKey.DEVELOPMENT,
        )
        for each in ordered_changes(found)
    ]


def notes(found: Work, title: str, part: str) -> Notes:
    """Return what stands in the files of the page's tables; changes are of a date of their own."""
    of_changes = part == "changes"
    view = replace(found.view, reference_date=found.changes[0].date) if of_changes else found.view
    return notes_of(
        found.labels,
        view,
        title,
        definition=found.labels.texts("quality.definition"),
        records=found.records,
        parameters=(*FILTERS, Parameter.REFERENCE_DATE) if of_changes else FILTERS,
        part=part,
    )


def _address(view: View, anchor: str = "", page: PageKey = PageKey.QUALITY) -> str:
    address = f"{page}?{urlencode(write_query(view), doseq=True)}"
    return f"{address}#{anchor}" if anchor else address
