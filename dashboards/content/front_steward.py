"""The front page for the data steward: what is new, what is overdue, what is broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dagster_project.publication.reader.provenance import CheckOutcome, Delivery
from dashboards.analysis import delivery_status as watch
from dashboards.analysis.delivery_status import Overdue
from dashboards.content import columns, registration
from dashboards.content import front_leader as leader
from dashboards.content import quality as quality_page
from dashboards.content.front_leader import HasChanges, ordered_changes
from dashboards.content.labels import Labels
from dashboards.content.section import Section, Way
from dashboards.content.shared import ON_A_DATE
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, Table, table_of
from dashboards.pages import PageKey
from dashboards.queries import overview
from dashboards.queries.overview import NewFindings
from dashboards.view.state import Parameter, View, write_query

FILTERS = (Parameter.MUNICIPALITY,)
# What counts as new where nothing tells when the publication before was made.
_NEW_FOR = dt.timedelta(days=30)


@dataclass(frozen=True)
class Work(HasChanges):
    """Everything that the data steward is shown, read at once from one publication."""

    records: tuple[str, ...]
    since: dt.date
    is_since_publication: bool
    new: tuple[NewFindings, ...]
    overdue: tuple[Overdue, ...]
    broken: tuple[Delivery, ...]
    not_passed: tuple[CheckOutcome, ...]


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
    publication, known = labels.publication, quality_page.delivered(labels, view)
    today = publication.counted_up_to(view.municipality)
    previous = publication.previous.get(view.municipality)
    since = previous.as_of if previous else today - _NEW_FOR
    return Work(
        labels=labels,
        view=view,
        records=known.records,
        since=since,
        is_since_publication=previous is not None,
        new=overview.new_findings(publication, view.municipality, since),
        overdue=tuple(watch.overdue(known.in_use, today)),
        broken=tuple(watch.broken(known.in_use)),
        not_passed=tuple(watch.not_passed(known.in_use, known.outcomes)),
        changes=overview.changes(publication, view.municipality),
        previous=previous,
    )


def headline(found: Work) -> str:
    """Return how much there is to look at, what hinders the figures first."""
    texts = found.texts
    numbers = {
        "broken": len(found.broken),
        "not_passed": len(found.not_passed),
        "overdue": len(found.overdue),
    }
    parts = [texts.plural(f"front.{what}", number) for what, number in numbers.items() if number]
    sentence = ". ".join(parts) + "." if parts else texts("front.nothing_broken")
    return f"{sentence} {new_in_words(found)}"


def new_in_words(found: Work) -> str:
    """Return how many rows have new findings, and since when."""
    since = "publication" if found.is_since_publication else "month"
    if not found.new:
        return found.text(f"front.nothing_new_since_{since}", date=found.since)
    return found.text(
        f"front.new_since_{since}",
        rows=found.texts.counted("row", sum(each.rows for each in found.new)),
        errors=sum(each.rows for each in found.new if each.severity == "error"),
        date=found.since,
    )


def table_of_new(found: Work) -> Table:
    """Return the rules with new findings."""
    labels, texts = found.labels, found.texts
    return table_of(
        texts("front.new"),
        found.new,
        *columns.named(labels, "rule", "rows"),
        (
            texts("column.severity"),
            Holds.TEXT,
            lambda each: labels.of_code("severity", each.severity),
        ),
        *columns.named(labels, "advice"),
    )


def table_of_overdue(found: Work) -> Table:
    """Return the sources that have been silent for longer than they usually are."""
    texts = found.texts
    return table_of(
        texts("front.overdue"),
        found.overdue,
        *columns.named(found.labels, "source", "record"),
        (texts("front.last_delivered"), Holds.DATE, lambda each: each.last),
        (texts("front.usual_days"), Holds.WHOLE, lambda each: each.usual_days),
        (texts("front.waited_days"), Holds.WHOLE, lambda each: each.waited_days),
    )


def table_of_broken(found: Work) -> Table:
    """Return the deliveries that cannot be used, and the checks that the newest did not pass."""
    labels, texts = found.labels, found.texts

    def what(each: Delivery | CheckOutcome) -> str:
        if isinstance(each, Delivery):
            return labels.of_code("status", each.status)
        return texts("front.check_failed", check=labels.of_code("check", each.check))

    def consequence(each: Delivery | CheckOutcome) -> str:
        if isinstance(each, Delivery):
            return labels.of_code("problem", each.problem) if each.problem else ""
        return texts("consequence.holds" if each.holds else "consequence.noted")

    rows: list[Delivery | CheckOutcome] = [*found.broken, *found.not_passed]
    return table_of(
        texts("front.broken_title"),
        rows,
        *columns.named(labels, "source", "delivered"),
        (texts("front.what"), Holds.PROSE, what),
        (texts("column.consequence"), Holds.PROSE, consequence),
        *columns.named(labels, "delivery"),
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
    parameters: Sequence[Parameter] = FILTERS
    if part == "changes":
        found = replace(found, view=replace(found.view, reference_date=found.changes[0].date))
        parameters = ON_A_DATE
    definition = found.text("quality.definition")
    return found.notes(title, definition, found.records, part, parameters)


def _address(view: View, anchor: str = "", page: PageKey = PageKey.QUALITY) -> str:
    address = f"{page}?{urlencode(write_query(view), doseq=True)}"
    return f"{address}#{anchor}" if anchor else address
