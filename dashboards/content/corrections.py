"""The page *Rettinger*: what is to be corrected at the source, by whom, and what has been."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dagster_project.clock import OSLO
from dagster_project.problems import SamordnaError
from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.reference import ALL, Kind
from dagster_project.register.events import Event, EventKind
from dagster_project.register.issues import Issue, State
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, part
from dashboards.export.downloads import Notes
from dashboards.export.table import ColumnOf, Holds, Table, table_of
from dashboards.i18n.texts import Texts
from dashboards.queries import issues as register
from dashboards.view.state import Parameter, View

FILTERS = (Parameter.MUNICIPALITY,)
# What is told of corrections: those of so many days.
_LATELY = dt.timedelta(days=90)
# The tables show so many, and are drawn at every click in the queue; the files hold all.
_SHOWN = 100


@dataclass(frozen=True)
class Corrections(PageData):
    """Everything that the page shows, read at once from the register."""

    issues: tuple[Issue, ...]
    changes: Mapping[str, str]
    today: dt.date

    @cached_property
    def waiting(self) -> tuple[Issue, ...]:
        """Those that wait: what came back first, then what may change a figure, then the oldest."""
        return tuple(
            sorted(
                (each for each in self.issues if each.is_open),
                key=lambda each: (
                    each.state is not State.REOPENED,
                    each.finding.id not in self.changes,
                    each.finding.first_seen,
                ),
            )
        )

    @cached_property
    def corrected(self) -> tuple[Issue, ...]:
        """Those that are corrected, the latest first."""
        return self._newest_of(State.CORRECTED)

    @cached_property
    def left_alone(self) -> tuple[Issue, ...]:
        """Those that are accepted for a time or not ours, the latest first."""
        return self._newest_of(State.ACCEPTED, State.NOT_OURS)

    def _newest_of(self, *states: State) -> tuple[Issue, ...]:
        found = (each for each in self.issues if each.state in states)
        return tuple(sorted(found, key=lambda each: each.changed_at, reverse=True))

    @property
    def corrected_lately(self) -> tuple[Issue, ...]:
        """Those that were corrected in the latest ninety days by a delivery."""
        first = self.today - _LATELY
        return tuple(each for each in self.corrected if each.proof and day_of(each) >= first)


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    yield Section(filters=[FILTERS])
    try:
        found = gather(labels, view)
    except SamordnaError as error:
        yield Section(absence=refusal(labels.texts, error))
        return
    texts = labels.texts
    yield Section(
        lead=[headline(found)], remarks=[texts("corrections.what_they_are"), *worth(found)]
    )
    yield from part(_section_waiting(found), texts("corrections.waiting"))
    yield from part(_section_corrected(found), texts("corrections.corrected"))
    if found.left_alone:
        yield from part(_section_left_alone(found), texts("corrections.left_alone"))


def gather(labels: Labels, view: View) -> Corrections:
    """Read the issues of a municipality. Raises RegisterError."""
    return Corrections(
        labels=labels,
        view=view,
        issues=register.issues_of(view.municipality),
        changes=register.changes_of(labels.publication, view.municipality),
        today=dt.datetime.now(tz=OSLO).date(),
    )


def headline(found: Corrections) -> str:
    """Return how much waits, for how long, and what came back."""
    texts, waiting = found.texts, found.waiting
    if not found.issues:
        return found.text("corrections.none_ever")
    if not waiting:
        return found.text("corrections.none_waiting")
    sources = len({each.finding.source for each in waiting})
    sentences = [
        texts.plural(
            "corrections.headline",
            len(waiting),
            sources=texts.counted("source", sources),
            date=min(each.finding.first_seen for each in waiting),
            municipality=found.labels.municipality(found.view.municipality),
        )
    ]
    back = sum(each.state is State.REOPENED for each in waiting)
    if back:
        sentences.append(texts.plural("corrections.back", back))
    nobody = sum(each.owner is None for each in waiting)
    if nobody == len(waiting) > 1:
        sentences.append(texts("corrections.nobody_at_all"))
    elif nobody:
        sentences.append(texts.plural("corrections.nobody", nobody))
    return " ".join(sentences)


def worth(found: Corrections) -> list[str]:
    """Return what the figures of the newest date may become when what waits is corrected."""
    labels, sentences = found.labels, []
    publication, place = labels.publication, found.view.municipality
    day = publication.counted_up_to(place)
    for indicator in sorted(set(found.changes.values())):
        rows = sum(found.changes.get(each.finding.id) == indicator for each in found.waiting)
        figure = coverage.figure(publication, place, day, indicator, "standard", ALL, ALL)
        if not rows or figure is None or figure.bound_low is None or figure.bound_high is None:
            continue
        more = round((figure.bound_high - figure.bound_low) * (figure.denominator or 0))
        sentences.append(
            found.texts.plural(
                "corrections.worth",
                rows,
                indicator=labels.indicator(indicator),
                date=day,
                persons=found.texts.counted("person", more),
                low=labels.value(Kind.SHARE, figure.bound_low),
                high=labels.value(Kind.SHARE, figure.bound_high),
            )
        )
    return sentences


def _section_waiting(found: Corrections) -> Iterator[Section]:
    if not found.waiting:
        yield Section(remarks=[found.text("corrections.none_waiting")])
        return
    table = table_of_waiting(found, _SHOWN)
    yield Section(queue=found.waiting)
    yield Section(
        key="corrections_waiting",
        of_table=[found.text("corrections.list")],
        table=table,
        notes=notes(found, table.title, "waiting"),
        whole=lambda: table_of_waiting(found),
    )


def _section_corrected(found: Corrections) -> Iterator[Section]:
    if not found.corrected:
        yield Section(remarks=[found.text("corrections.none_corrected")])
        return
    yield Section(remarks=[corrected_in_words(found)])
    table = table_of_corrected(found, _SHOWN)
    yield Section(
        key="corrections_corrected",
        table=table,
        notes=notes(found, table.title, "corrected"),
        whole=lambda: table_of_corrected(found),
    )


def _section_left_alone(found: Corrections) -> Iterator[Section]:
    table = table_of_left_alone(found, _SHOWN)
    yield Section(
        key="corrections_left_alone",
        of_table=[found.text("corrections.left_alone_help")],
        table=table,
        notes=notes(found, table.title, "left_alone"),
        whole=lambda: table_of_left_alone(found),
    )


def corrected_in_words(found: Corrections) -> str:
    """Return how many were corrected lately by a delivery, and how long it took."""
    lately = found.corrected_lately
    if not lately:
        return found.text("corrections.none_lately")
    days = [(day_of(each) - each.finding.first_seen).days for each in lately]
    return found.texts.plural(
        "corrections.lately", len(lately), days=found.texts.decimal(statistics.median(days))
    )


def table_of_waiting(found: Corrections, most: int | None = None) -> Table:
    """Return what waits, as the list that goes to those who correct it."""
    labels, texts = found.labels, found.texts
    rule, *where = columns_of_finding(found)
    return table_of(
        found.text("corrections.waiting_table"),
        found.waiting[:most],
        rule,
        (texts("corrections.column.changes"), Holds.TEXT, lambda each: may_change(found, each)),
        (texts("corrections.column.state"), Holds.TEXT, lambda each: state(texts, each)),
        (texts("corrections.column.owner"), Holds.TEXT, lambda each: each.owner),
        *where,
        (texts("corrections.column.error_kind"), Holds.TEXT, lambda each: error_kind(labels, each)),
        (texts("column.advice"), Holds.PROSE, lambda each: labels.rule_advice(each.finding.rule)),
    )


def table_of_corrected(found: Corrections, most: int | None = None) -> Table:
    """Return what is corrected, with the delivery that proved it."""
    texts = found.texts
    return table_of(
        found.text("corrections.corrected_table"),
        found.corrected[:most],
        *columns_of_finding(found),
        (texts("corrections.column.corrected"), Holds.DATE, day_of),
        (texts("corrections.column.proof"), Holds.PROSE, lambda each: proof(texts, each)),
    )


def table_of_left_alone(found: Corrections, most: int | None = None) -> Table:
    """Return what is accepted or not ours, with why and until when."""
    texts = found.texts
    return table_of(
        found.text("corrections.left_alone_table"),
        found.left_alone[:most],
        *columns_of_finding(found),
        (texts("corrections.column.state"), Holds.TEXT, lambda each: state(texts, each)),
        (texts("corrections.column.reason"), Holds.PROSE, lambda each: each.reason),
        (texts("corrections.column.until"), Holds.DATE, lambda each: each.accepted_until),
    )


def columns_of_finding(found: PageData) -> tuple[ColumnOf[Issue], ...]:
    """Return the columns that say which registration it is, and what is wrong with it."""
    labels, texts = found.labels, found.texts
    return (
        (texts("column.rule"), Holds.PROSE, lambda each: labels.rule(each.finding.rule)),
        (texts("column.source"), Holds.TEXT, lambda each: each.finding.source),
        (texts("column.delivery"), Holds.TEXT, lambda each: each.finding.delivery),
        (texts("column.row_number"), Holds.ORDINAL, lambda each: each.finding.row_number),
        (texts("column.registration"), Holds.TEXT, lambda each: each.finding.registration_id),
        (texts("column.detail"), Holds.TEXT, lambda each: each.finding.detail),
        (texts("column.first_seen"), Holds.DATE, lambda each: each.finding.first_seen),
    )


def may_change(found: Corrections, issue: Issue) -> str:
    """Return the name of the figure that an issue may change, or nothing."""
    indicator = found.changes.get(issue.finding.id)
    return found.labels.indicator(indicator) if indicator else ""


def error_kind(labels: Labels, issue: Issue) -> str:
    """Return which of the three kinds of error an issue is."""
    rule = reference.rules(labels.publication).get(issue.finding.rule)
    return labels.code("error_kind", rule.error_kind) if rule and rule.error_kind else ""


def state(texts: Texts, issue: Issue) -> str:
    """Return where an issue stands, in words."""
    return texts(f"corrections.state.{issue.state}")


def proof(texts: Texts, issue: Issue) -> str:
    """Return what proves that an issue is corrected."""
    if not issue.proof:
        return texts("corrections.proof_none")
    source, delivery = issue.proof[0]
    if len(issue.proof) == 1 or source == issue.finding.source:
        return texts("corrections.proof", source=source, delivery=delivery)
    return texts("corrections.proof_several", sources=", ".join(each for each, _ in issue.proof))


def day_of(issue: Issue) -> dt.date:
    """Return the day, here, on which an issue last changed."""
    return issue.changed_at.astimezone(OSLO).date()


def happened(texts: Texts, event: Event) -> str:
    """Return one event of an issue as a sentence, with its day and who did it."""
    content = dict(event.content)
    until = content.get("until")
    proof_of = [f"{delivery} ({source})" for source, delivery in content.get("proof", ())]
    values = {
        "actor": event.actor,
        "date": event.at.astimezone(OSLO).date(),
        "owner": content.get("owner", ""),
        "text": content.get("text", content.get("reason", "")),
        "until": dt.date.fromisoformat(until) if until else "",
        "proof": ", ".join(proof_of),
    }
    key = event.kind.value.removeprefix("issue_")
    if event.kind is EventKind.ISSUE_CORRECTED and not content["proof"]:
        key = "corrected_by_rule"
    return texts(f"corrections.event.{key}", **values)


def refusal(texts: Texts, error: SamordnaError) -> str:
    """Return why nothing was read or kept, and what to do."""
    return texts(f"corrections.refused.{error.problem.code}", **error.problem.params)


def notes(found: Corrections, title: str, part_of_file: str) -> Notes:
    """Return what stands under a table, and in its files."""
    definition = found.text("corrections.definition")
    records = tuple(sorted({each.finding.record for each in found.issues}))
    return found.notes(title, definition, records, part_of_file, FILTERS)
