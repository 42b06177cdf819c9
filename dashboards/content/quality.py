"""The page *Leveransar og kvalitet*: what came in, where it ended, what was found in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from operator import attrgetter, methodcaller
from typing import NamedTuple, TypeVar

import plotly.graph_objects as go

from dagster_project.publication.reader import comparability, provenance, reference
from dagster_project.publication.reader.comparability import Grade
from dagster_project.publication.reader.provenance import CheckOutcome, Delivery
from dagster_project.publication.reader.reference import ALL
from dashboards.analysis import delivery_status as watch
from dashboards.charts.colours import Palette
from dashboards.charts.pairs import Pair, pairs
from dashboards.charts.stacked_bars import Whole, stacked_bars
from dashboards.content import columns, registration, units
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.registration import ENDS, Provenance
from dashboards.content.section import Section, part
from dashboards.content.shared import (
    ON_A_DATE,
    Picture,
    reasons_in_words,
)
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, Table, Value, table_of
from dashboards.i18n.texts import Sign, capitalised
from dashboards.queries import quality
from dashboards.queries.quality import Reported, SourceFindings
from dashboards.view.state import Parameter, View

DELIVERIES_ANCHOR, CHECKS_ANCHOR = "deliveries", "checks"
RECONCILIATION_ANCHOR = "reconciliation"
T = TypeVar("T")
# What the picture of what units report is about.
_PICTURED = "persons_with_coordinator"


@dataclass(frozen=True)
class SourceRows:
    """Where the rows of a source ended, all its deliveries together."""

    source: str
    behind: tuple[Delivery, ...]

    @property
    def record(self) -> str:
        """The record type that it delivers."""
        return self.behind[0].record

    @property
    def deliveries(self) -> int:
        """How many deliveries there are."""
        return len(self.behind)

    @property
    def read(self) -> int:
        """How many rows were read."""
        return self.rows("read")

    @property
    def unaccounted(self) -> int:
        """How many rows ended nowhere."""
        return self.read - sum(map(self.rows, ENDS))

    def rows(self, end: str) -> int:
        """Return how many rows were read, or ended somewhere."""
        return sum(getattr(each, f"rows_{end}") for each in self.behind)


@dataclass(frozen=True)
class Quality(PageData):
    """Everything that the page shows, read at once from one publication."""

    deliveries: tuple[Delivery, ...]
    in_use: tuple[Delivery, ...]
    broken: tuple[Delivery, ...]
    outcomes: tuple[CheckOutcome, ...]
    grades: tuple[tuple[str, Grade], ...]
    reported: tuple[Reported, ...]
    findings: Provenance

    @property
    def sources(self) -> tuple[SourceRows, ...]:
        """The sources in the order of their names, with their rows."""
        of_source: dict[str, list[Delivery]] = defaultdict(list)
        for each in self.deliveries:
            of_source[each.source].append(each)
        return tuple(SourceRows(name, tuple(of)) for name, of in sorted(of_source.items()))


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    yield Section(filters=[ON_A_DATE])
    found = gather(labels, view)
    yield Section(lead=[headline(found)])
    deliveries = table_of_deliveries(found)
    yield from part(_section_deliveries(found, deliveries), deliveries.title, DELIVERIES_ANCHOR)
    rows = table_of_reconciliation(found)
    yield from part(_section_reconciliation(found, rows), rows.title, RECONCILIATION_ANCHOR)
    rules = labels.texts("registration.rules")
    yield from part(_section_findings(found), rules, registration.FINDINGS_ANCHOR)
    checks = registration.table_of_checks(found.findings)
    yield from part(_section_checks(found, checks), checks.title, CHECKS_ANCHOR)
    grades = table_of_grades(found)
    yield from part(_section_grades(found, grades), grades.title)
    reported = table_of_reported(found)
    yield from part(_section_reported(found, reported), reported.title)
    yield from units.section_of_reports(labels, view)


def _section_deliveries(found: Quality, table: Table) -> Iterator[Section]:
    yield Section(
        key="deliveries",
        table=registration.first_rows(table),
        notes=notes(found, table.title, "deliveries"),
        whole=lambda: table,
        deliveries=found.deliveries,
    )


def _section_reconciliation(found: Quality, table: Table) -> Iterator[Section]:
    yield Section(
        key="stacked_sources",
        picture=reconciliation(found),
        table=table,
        notes=notes(found, table.title, "reconciliation"),
        files="reconciliation",
    )


def _section_findings(found: Quality) -> Iterator[Section]:
    """Yield what the rules found, by source and by rule, and the rows of one rule."""
    texts, findings = found.texts, found.findings
    rule = registration.rule_shown(findings)
    if rule is None:
        yield Section(remarks=[texts("registration.no_findings")])
        return
    by_source, by_rule = table_of_sources(found), registration.table_of_rules(findings)
    yield Section(
        key="findings",
        of_table=[by_source.title],
        table=by_source,
        notes=notes(found, by_source.title, "findings"),
    )
    yield Section(
        key="rules",
        of_table=[texts("quality.findings_by_rule")],
        table=by_rule,
        links=registration.addresses_of_rules(findings),
        notes=notes(found, by_rule.title, "rules"),
    )
    yield from registration.section_of_rows(
        findings, rule, lambda title, rule: notes(found, title, "rows", rule)
    )


def _section_checks(found: Quality, table: Table) -> Iterator[Section]:
    remarks = [not_passed_in_words(found), registration.checks_in_words(found.findings)]
    yield Section(remarks=remarks)
    if table.rows:
        yield Section(
            key="checks",
            table=registration.first_rows(table),
            notes=notes(found, table.title, "checks"),
            whole=lambda: table,
        )


def _section_grades(found: Quality, table: Table) -> Iterator[Section]:
    yield Section(remarks=[grades_in_words(found)])
    if table.rows:
        yield Section(key="grades", table=table, notes=notes_of_grades(found, table.title))


def _section_reported(found: Quality, table: Table) -> Iterator[Section]:
    yield Section(
        key="pairs_reported",
        picture=reported_against_registered(found),
        table=table,
        notes=notes_of_reported(found, table.title),
        files="reported",
    )


class Delivered(NamedTuple):
    """What a municipality has delivered: of which record types, what is in use, and its checks."""

    records: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    in_use: tuple[Delivery, ...]
    outcomes: tuple[CheckOutcome, ...]


def delivered(labels: Labels, view: View) -> Delivered:
    """Read what a municipality has delivered, or raise that it is nothing."""
    publication, place = labels.publication, view.municipality
    records = quality.records(publication, place)
    if not records:
        raise PageData(labels, view).absence("quality.nothing_delivered")
    deliveries = provenance.deliveries(publication, place, records)
    in_use = watch.in_use(deliveries, quality.replaced_sources(publication, place))
    outcomes = provenance.checks(publication, place, records)
    return Delivered(records, deliveries, tuple(in_use), outcomes)


def gather(labels: Labels, view: View) -> Quality:
    """Read what the page shows, or raise that the municipality has delivered nothing."""
    publication, known = labels.publication, delivered(labels, view)
    grade_of = partial(comparability.grade, publication, view.municipality, view.reference_date)
    graded = [(code, grade_of(code)) for code in reference.indicators(publication)]
    return Quality(
        labels=labels,
        view=view,
        deliveries=known.deliveries,
        in_use=known.in_use,
        broken=tuple(watch.broken(known.in_use)),
        outcomes=known.outcomes,
        grades=tuple((code, found) for code, found in graded if found),
        reported=quality.reported(publication, view.municipality, view.reference_date),
        findings=Provenance(
            labels=labels,
            view=view,
            indicator=labels.indicator_entry(view.indicator),
            chosen=None,
            sides=(),
            records=known.records,
            rules=provenance.findings_by_rule(publication, view.municipality, known.records),
        ),
    )


def notes(found: Quality, title: str, part: str, rule: str | None = None) -> Notes:
    """Return what stands under what is of no date: all that was ever delivered.

    `rule` is the one whose rows it holds.
    """
    of_rule = replace(found, view=replace(found.view, rule=rule))
    return _notes(of_rule, title, part, (Parameter.MUNICIPALITY, Parameter.RULE))


def notes_of_grades(found: Quality, title: str) -> Notes:
    """Return what stands in the file of the grades, which are of the chosen date."""
    return _notes(found, title, "grades")


def notes_of_reported(found: Quality, title: str) -> Notes:
    """Return what stands under what units report, which is of the day they counted on."""
    on_the_day = replace(found.view, reference_date=found.reported[0].date)
    return _notes(replace(found, view=on_the_day), title, "reported")


def _notes(
    found: Quality, title: str, part: str, parameters: Sequence[Parameter] = ON_A_DATE
) -> Notes:
    definition = found.text("quality.definition")
    return found.notes(title, definition, found.findings.records, part, parameters)


def headline(found: Quality) -> str:
    """Return the sentence that the page is about: what cannot be used, and where the rows ended."""
    texts, broken = found.texts, len(found.broken)
    usable = texts.plural("quality.broken", broken) if broken else texts("quality.all_usable")
    read = sum(source.read for source in found.sources)
    if any(source.unaccounted for source in found.sources):
        return f"{usable} {texts('quality.lead_sums_differ')}"
    if not read:
        return usable
    quarantined = sum(source.rows("quarantined") for source in found.sources)
    share = texts.per_cent(quarantined / read)
    rows = texts("quality.lead_rows", rows=read, share=share, quarantined=quarantined)
    return f"{usable} {rows}"


def table_of_deliveries(found: Quality) -> Table:
    """Return the deliveries: those that cannot be used first, then the newest.

    What is wrong has a column where something is.
    """
    labels, unusable = found.labels, set(found.broken)
    in_order = sorted(found.deliveries, key=lambda each: each not in unusable)
    problems = {each: labels.problem_of(each) for each in in_order}
    problem = (found.texts("quality.problem_and_advice"), Holds.PROSE, problems.__getitem__)
    return table_of(
        found.texts("quality.deliveries"),
        in_order,
        *columns.named(labels, "source", "delivered", "status"),
        *((problem,) if any(problems.values()) else ()),
        *columns.named(labels, "record", "rows_read", "delivery", "system"),
    )


def sums_in_words(found: Quality) -> str:
    """Return whether every row read ended in one place, or of which sources not."""
    texts = found.texts
    missing = [
        f"{source.source} ({texts.signed(source.unaccounted)})"
        for source in found.sources
        if source.unaccounted
    ]
    if missing:
        return texts("quality.sums_differ", sources=", ".join(missing))
    return texts("quality.sums_agree", rows=sum(source.read for source in found.sources))


def reconciliation(found: Quality) -> Picture:
    """Return the picture of where the rows of each source ended."""
    return found.picture(
        sums_in_words(found),
        found.text("quality.reconciliation_subtitle"),
        partial(_draw_ends, found),
        found.text("quality.reconciliation_parts"),
    )


def table_of_reconciliation(found: Quality) -> Table:
    """Return where the rows of each source ended, and whether the parts make the whole."""
    counts: dict[str, Callable[[SourceRows], int]] = {
        "quality.deliveries": attrgetter("deliveries"),
        **{f"column.rows_{end}": methodcaller("rows", end) for end in ("read", *ENDS)},
        "quality.unaccounted": attrgetter("unaccounted"),
    }
    return _by_source(found, "quality.reconciliation", found.sources, counts)


def table_of_sources(found: Quality) -> Table:
    """Return how many rows of each source the rules touched, by how grave that is."""
    touched = quality.findings_by_source(found.labels.publication, found.view.municipality)
    counts: dict[str, Callable[[SourceFindings], int]] = {
        "quality.errors": attrgetter("errors"),
        "quality.warnings": attrgetter("warnings"),
        "quality.for_information": attrgetter("notes"),
    }
    return _by_source(found, "quality.findings_by_source", touched, counts)


def _by_source(
    found: Quality, title: str, rows: Sequence[T], counts: Mapping[str, Callable[[T], int]]
) -> Table:
    """Return counts of each source, and their sums."""
    texts = found.texts
    sums = (sum(map(count, rows)) for count in counts.values())
    return table_of(
        texts(title),
        rows,
        *columns.named(found.labels, "source", "record"),
        *((texts(heading), Holds.WHOLE, count) for heading, count in counts.items()),
        total=(texts("column.total"), "", *sums),
    )


def grades_in_words(found: Quality) -> str:
    """Return how many of the indicators can be compared."""
    if not found.grades:
        return found.text("quality.no_grades")
    comparable = sum(grade.letter in ("A", "B", "C") for _, grade in found.grades)
    return found.text("quality.grades_lead", comparable=comparable, of=len(found.grades))


def table_of_grades(found: Quality) -> Table:
    """Return the grade of every indicator of the date, in words, with its reasons."""
    labels, texts = found.labels, found.texts

    def meaning(each: tuple[str, Grade]) -> str:
        return capitalised(texts(f"grade.{each[1].letter}"))

    def reasons(each: tuple[str, Grade]) -> str:
        return " ".join(reasons_in_words(labels, each[1]))

    return table_of(
        texts("quality.grades"),
        found.grades,
        (texts("filter.indicator"), Holds.TEXT, lambda each: labels.indicator(each[0])),
        (texts("quality.grade"), Holds.TEXT, lambda each: each[1].letter),
        (texts("quality.grade_means"), Holds.PROSE, meaning),
        (texts("quality.grade_reasons"), Holds.PROSE, reasons),
    )


def reported_against_registered(found: Quality) -> Picture:
    """Return the picture of what units report beside what is registered."""
    pictured = [each for each in found.reported if each.measure == _PICTURED]
    shown = [each for each in pictured if each.service_area != ALL and each.registered is not None]
    if not shown:
        raise found.absence("quality.nothing_reported")
    everyone = next((each for each in pictured if each.service_area == ALL), None)
    sums = []
    if everyone is not None and everyone.registered is not None:
        of_everyone = {"reported": everyone.reported, "registered": everyone.registered}
        sums.append(found.text("quality.reported_sum", **of_everyone))
    number = sum(bool(each.unexplained) for each in shown)
    explained = "quality.reported_unexplained" if number else "quality.reported_explained"
    return found.picture(
        " ".join([*sums, found.text(explained, number=number, of=len(shown))]),
        found.text("quality.reported_subtitle", date=shown[0].date),
        partial(_draw_reported, found, shown),
        found.text("quality.reported_open"),
        found.text("quality.reported_units"),
    )


def table_of_reported(found: Quality) -> Table:
    """Return what units reported, what is registered, and what explains the difference."""
    labels, texts = found.labels, found.texts

    def known(value: int | None) -> Value:
        return Sign.NOT_AVAILABLE if value is None else value

    return table_of(
        texts("quality.reported"),
        found.reported,
        (texts("quality.unit"), Holds.TEXT, lambda each: _unit(found, each)),
        (texts("filter.area"), Holds.TEXT, lambda each: labels.service_area(each.service_area)),
        (texts("quality.reported_on"), Holds.DATE, lambda each: each.date),
        (texts("quality.what"), Holds.TEXT, lambda each: _measure(labels, each.measure)),
        (texts("quality.reported_number"), Holds.WHOLE, lambda each: each.reported),
        (texts("quality.registered_number"), Holds.WHOLE, lambda each: known(each.registered)),
        (texts("quality.difference"), Holds.SIGNED, lambda each: known(each.difference)),
        (texts("quality.open_rows"), Holds.WHOLE, lambda each: each.open_rows),
        (texts("quality.not_explained"), Holds.WHOLE, lambda each: known(each.unexplained)),
    )


def not_passed_in_words(found: Quality) -> str:
    """Return how many checks the newest deliveries did not pass."""
    failed = len(watch.not_passed(found.in_use, found.outcomes))
    if not failed:
        return found.text("quality.newest_passed")
    return found.texts.plural("quality.newest_failed", failed)


def _draw_ends(found: Quality, palette: Palette) -> go.Figure:
    texts = found.texts
    parts: dict[str, Callable[[SourceRows], int]] = {
        texts(f"column.rows_{end}"): methodcaller("rows", end) for end in ENDS
    }
    if any(source.unaccounted > 0 for source in found.sources):
        parts[texts("quality.unaccounted")] = lambda source: max(0, source.unaccounted)

    def whole(source: SourceRows) -> Whole:
        name = escape(source.source)
        numbers = {part: count(source) for part, count in parts.items()}
        return Whole(
            label=name,
            parts=tuple(numbers.values()),
            hovers=tuple(
                f"<b>{name}</b><br>{part}: {texts.counted('row', number)}"
                for part, number in numbers.items()
            ),
            text=texts.whole(source.read),
        )

    return stacked_bars(palette, list(parts), [whole(source) for source in found.sources])


def _draw_reported(found: Quality, shown: Sequence[Reported], palette: Palette) -> go.Figure:
    texts = found.texts
    first, second = texts("quality.reported_number"), texts("quality.registered_number")

    def pair(each: Reported) -> Pair:
        is_area = each.unit == ALL
        name = escape(found.labels.service_area(each.service_area) if is_area else each.unit)
        numbers = {
            first: each.reported,
            second: each.registered or 0,
            texts("quality.open_rows"): each.open_rows,
        }
        hovers = [f"{what}: {texts.whole(number)}" for what, number in numbers.items()]
        return Pair(
            label=name,
            first=each.reported,
            second=each.registered or 0,
            text=texts.signed(each.difference or 0),
            hover="<br>".join([f"<b>{name}</b>", *hovers]),
            is_marked=bool(each.unexplained),
        )

    return pairs(palette, [pair(each) for each in shown], first, second, texts.whole)


def _measure(labels: Labels, code: str) -> str:
    key = f"quality.reported_measure.{code}"
    return labels.texts(key) if labels.texts.known(key) else code


def _unit(found: Quality, each: Reported) -> str:
    return found.texts("quality.all_units") if each.unit == ALL else each.unit
