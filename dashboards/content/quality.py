"""The page *Leveransar og kvalitet*: what came in, where it ended, what was found in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from operator import attrgetter

import plotly.graph_objects as go

from dagster_project.publication.reader import comparability, provenance, reference
from dagster_project.publication.reader.comparability import Grade
from dagster_project.publication.reader.provenance import CheckOutcome, Delivery
from dagster_project.publication.reader.reference import ALL
from dashboards.analysis import delivery_status as watch
from dashboards.charts.colours import Palette
from dashboards.charts.pairs import Pair, pairs
from dashboards.charts.stacked_bars import Whole, stacked_bars
from dashboards.content import registration
from dashboards.content.labels import Labels
from dashboards.content.registration import Provenance
from dashboards.content.section import NoFigure, Section, part
from dashboards.content.shared import (
    Picture,
    notes_of,
    place_and_date,
    reasons_in_words,
)
from dashboards.export.downloads import Notes
from dashboards.export.table import Kind, Table, Value, table_of
from dashboards.i18n.texts import Sign, capitalised
from dashboards.queries import quality
from dashboards.queries.quality import Reported
from dashboards.view.state import Parameter, View

FILTERS = (Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE)
DELIVERIES_ANCHOR, CHECKS_ANCHOR = "deliveries", "checks"
RECONCILIATION_ANCHOR = "reconciliation"
# What the picture of what units report is about.
_PICTURED = "persons_with_coordinator"


@dataclass(frozen=True)
class SourceRows:
    """Where the rows of a source ended, all its deliveries together."""

    source: str
    record: str
    deliveries: int
    read: int
    counted: int
    superseded: int
    duplicate: int
    quarantined: int

    @property
    def unaccounted(self) -> int:
        """How many rows ended nowhere."""
        return self.read - self.counted - self.superseded - self.duplicate - self.quarantined


@dataclass(frozen=True)
class Quality:
    """Everything that the page shows, read at once from one publication."""

    labels: Labels
    view: View
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
        return tuple(
            SourceRows(
                source,
                behind[0].record,
                len(behind),
                sum(each.rows_read for each in behind),
                sum(each.rows_counted for each in behind),
                sum(each.rows_superseded for each in behind),
                sum(each.rows_duplicate for each in behind),
                sum(each.rows_quarantined for each in behind),
            )
            for source, behind in sorted(of_source.items())
        )


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    yield Section(filters=[FILTERS])
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
    texts, findings = found.labels.texts, found.findings
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


def gather(labels: Labels, view: View) -> Quality:
    """Read what a municipality delivered, or raise that it delivered nothing."""
    publication = labels.publication
    records = quality.records(publication, view.municipality)
    if not records:
        raise NoFigure(
            labels.texts(
                "quality.nothing_delivered", municipality=labels.municipality(view.municipality)
            )
        )
    delivered = provenance.deliveries(publication, view.municipality, records)
    in_use = watch.in_use(delivered, quality.replaced_sources(publication, view.municipality))
    graded = [
        (
            code,
            comparability.grade(publication, view.municipality, view.reference_date, code),
        )
        for code in reference.indicators(publication)
    ]
    return Quality(
        labels=labels,
        view=view,
        deliveries=delivered,
        in_use=tuple(in_use),
        broken=tuple(watch.broken(in_use)),
        outcomes=provenance.checks(publication, view.municipality, records),
        grades=tuple((code, found) for code, found in graded if found),
        reported=quality.reported(publication, view.municipality, view.reference_date),
        findings=Provenance(
            labels=labels,
            view=view,
            indicator=labels.indicator_entry(view.indicator),
            chosen=None,
            sides=(),
            records=records,
            rules=provenance.findings_by_rule(publication, view.municipality, records),
        ),
    )


def notes(found: Quality, title: str, part: str, rule: str | None = None) -> Notes:
    """Return what stands under what is of no date: all that was ever delivered.

    `rule` is the one whose rows it holds.
    """
    view = replace(found.view, rule=rule)
    return _notes(found, view, title, part, (Parameter.MUNICIPALITY, Parameter.RULE))


def notes_of_grades(found: Quality, title: str) -> Notes:
    """Return what stands in the file of the grades, which are of the chosen date."""
    return _notes(found, found.view, title, "grades", FILTERS)


def notes_of_reported(found: Quality, title: str) -> Notes:
    """Return what stands under what units report, which is of the day they counted on."""
    view = replace(found.view, reference_date=found.reported[0].date)
    return _notes(found, view, title, "reported", FILTERS)


def _notes(
    found: Quality, view: View, title: str, part: str, parameters: Sequence[Parameter]
) -> Notes:
    return notes_of(
        found.labels,
        view,
        title,
        definition=found.labels.texts("quality.definition"),
        records=found.findings.records,
        parameters=parameters,
        part=part,
    )


def headline(found: Quality) -> str:
    """Return the sentence that the page is about: what cannot be used, and where the rows ended."""
    texts = found.labels.texts
    told = [
        texts("quality.broken_one" if len(found.broken) == 1 else "quality.broken_several",
              number=texts.whole(len(found.broken)))
        if found.broken
        else texts("quality.all_usable")
    ]  # fmt: skip
    read = sum(source.read for source in found.sources)
    if any(source.unaccounted for source in found.sources):
        told.append(texts("quality.lead_sums_differ"))
    elif read:
        quarantined = sum(source.quarantined for source in found.sources)
        told.append(
            texts(
                "quality.lead_rows",
                rows=texts.whole(read),
                share=texts.per_cent(quarantined / read),
                quarantined=texts.whole(quarantined),
            )
        )
    return " ".join(told)


def table_of_deliveries(found: Quality) -> Table:
    """Return the deliveries: those that cannot be used first, then the newest.

    What is wrong has a column where something is.
    """
    labels, texts = found.labels, found.labels.texts
    unusable = set(found.broken)
    in_order = sorted(found.deliveries, key=lambda each: each not in unusable)
    told_of = {each: labels.told_of(each) for each in in_order}
    problem = (texts("quality.problem_and_advice"), Kind.PROSE, lambda each: told_of[each])
    return table_of(
        texts("quality.deliveries"),
        in_order,
        (texts("column.source"), Kind.TEXT, lambda each: each.source),
        (texts("column.delivered"), Kind.DATE, lambda each: each.delivered),
        (texts("column.status"), Kind.TEXT, lambda each: labels.of_code("status", each.status)),
        *((problem,) if any(told_of.values()) else ()),
        (texts("column.record"), Kind.TEXT, lambda each: labels.of_code("record", each.record)),
        (texts("column.rows_read"), Kind.WHOLE, lambda each: each.rows_read),
        (texts("column.delivery"), Kind.TEXT, lambda each: each.delivery),
        (texts("column.system"), Kind.TEXT, lambda each: each.system or ""),
    )


def sums_in_words(found: Quality) -> str:
    """Return whether every row read ended in one place, or of which sources not."""
    texts = found.labels.texts
    missing = [source for source in found.sources if source.unaccounted]
    if not missing:
        return texts(
            "quality.sums_agree", rows=texts.whole(sum(source.read for source in found.sources))
        )
    return texts(
        "quality.sums_differ",
        sources=", ".join(
            f"{source.source} ({texts.signed(source.unaccounted)})" for source in missing
        ),
    )


def reconciliation(found: Quality) -> Picture:
    """Return the picture of where the rows of each source ended."""
    texts = found.labels.texts
    title = sums_in_words(found)
    subtitle = texts(
        "quality.reconciliation_subtitle",
        municipality=found.labels.municipality(found.view.municipality),
    )
    return Picture(
        title,
        subtitle,
        partial(_stacked, found),
        texts("picture.see_table"),
        (texts("quality.reconciliation_parts"),),
    )


def table_of_reconciliation(found: Quality) -> Table:
    """Return where the rows of each source ended, and whether the parts make the whole."""
    labels, texts = found.labels, found.labels.texts
    counts = {
        "quality.deliveries": "deliveries",
        "column.rows_read": "read",
        "column.rows_counted": "counted",
        "column.rows_superseded": "superseded",
        "column.rows_duplicate": "duplicate",
        "column.rows_quarantined": "quarantined",
        "quality.unaccounted": "unaccounted",
    }
    sums = (sum(getattr(each, count) for each in found.sources) for count in counts.values())
    return table_of(
        texts("quality.reconciliation"),
        found.sources,
        (texts("column.source"), Kind.TEXT, lambda each: each.source),
        (texts("column.record"), Kind.TEXT, lambda each: labels.of_code("record", each.record)),
        *((texts(key), Kind.WHOLE, attrgetter(count)) for key, count in counts.items()),
        total=(texts("column.total"), "", *sums),
    )


def table_of_sources(found: Quality) -> Table:
    """Return how many rows of each source the rules touched, by how grave that is."""
    labels, texts = found.labels, found.labels.texts
    touched = quality.findings_by_source(labels.publication, found.view.municipality)
    counts = {"errors": "errors", "warnings": "warnings", "for_information": "notes"}
    sums = (sum(getattr(each, count) for each in touched) for count in counts.values())
    return table_of(
        texts("quality.findings_by_source"),
        touched,
        (texts("column.source"), Kind.TEXT, lambda each: each.source),
        (texts("column.record"), Kind.TEXT, lambda each: labels.of_code("record", each.record)),
        *((texts(f"quality.{key}"), Kind.WHOLE, attrgetter(name)) for key, name in counts.items()),
        total=(texts("column.total"), "", *sums),
    )


def grades_in_words(found: Quality) -> str:
    """Return how many of the indicators can be compared."""
    texts = found.labels.texts
    if not found.grades:
        return texts("quality.no_grades", where=place_and_date(found.labels, found.view))
    comparable = sum(grade.letter in ("A", "B", "C") for _, grade in found.grades)
    return texts(
        "quality.grades_lead",
        comparable=texts.whole(comparable),
        of=texts.whole(len(found.grades)),
        where=place_and_date(found.labels, found.view),
    )


def table_of_grades(found: Quality) -> Table:
    """Return the grade of every indicator of the date, in words, with its reasons."""
    labels, texts = found.labels, found.labels.texts

    def reasons(each: tuple[str, Grade]) -> str:
        return " ".join(reasons_in_words(labels, each[1]))

    return table_of(
        texts("quality.grades"),
        found.grades,
        (texts("filter.indicator"), Kind.TEXT, lambda each: labels.indicator(each[0])),
        (texts("quality.grade"), Kind.TEXT, lambda each: each[1].letter),
        (
            texts("quality.grade_means"),
            Kind.PROSE,
            lambda each: capitalised(texts(f"grade.{each[1].letter}")),
        ),
        (texts("quality.grade_reasons"), Kind.PROSE, reasons),
    )


def reported_against_registered(found: Quality) -> Picture:
    """Return the picture of what units report beside what is registered."""
    labels, texts = found.labels, found.labels.texts
    shown = [
        each
        for each in found.reported
        if each.measure == _PICTURED and each.service_area != ALL and each.registered is not None
    ]
    if not shown:
        raise NoFigure(texts("quality.nothing_reported", where=place_and_date(labels, found.view)))
    day = shown[0].date
    everyone = next(
        (each for each in found.reported if each.measure == _PICTURED and each.service_area == ALL),
        None,
    )
    unexplained = [each for each in shown if each.unexplained]
    told = []
    if everyone is not None and everyone.registered is not None:
        told.append(
            texts(
                "quality.reported_sum",
                reported=texts.whole(everyone.reported),
                registered=texts.whole(everyone.registered),
            )
        )
    told.append(
        texts(
            "quality.reported_unexplained" if unexplained else "quality.reported_explained",
            number=texts.whole(len(unexplained)),
            of=texts.whole(len(shown)),
        )
    )
    title = " ".join(told)
    subtitle = texts(
        "quality.reported_subtitle",
        municipality=labels.municipality(found.view.municipality),
        date=texts.date(day),
    )
    return Picture(
        title,
        subtitle,
        partial(_pairs, found, shown),
        texts("picture.see_table"),
        (texts("quality.reported_open"), texts("quality.reported_units")),
    )


def table_of_reported(found: Quality) -> Table:
    """Return what units reported, what is registered, and what explains the difference."""
    labels, texts = found.labels, found.labels.texts

    def known(value: int | None) -> Value:
        return Sign.NOT_AVAILABLE if value is None else value

    return table_of(
        texts("quality.reported"),
        found.reported,
        (texts("quality.unit"), Kind.TEXT, lambda each: _unit(found, each)),
        (texts("filter.area"), Kind.TEXT, lambda each: labels.service_area(each.service_area)),
        (texts("quality.reported_on"), Kind.DATE, lambda each: each.date),
        (texts("quality.what"), Kind.TEXT, lambda each: _measure(labels, each.measure)),
        (texts("quality.reported_number"), Kind.WHOLE, lambda each: each.reported),
        (texts("quality.registered_number"), Kind.WHOLE, lambda each: known(each.registered)),
        (texts("quality.difference"), Kind.SIGNED, lambda each: known(each.difference)),
        (texts("quality.open_rows"), Kind.WHOLE, lambda each: each.open_rows),
        (texts("quality.not_explained"), Kind.WHOLE, lambda each: known(each.unexplained)),
    )


def not_passed_in_words(found: Quality) -> str:
    """Return how many checks the newest deliveries did not pass."""
    texts = found.labels.texts
    failed = watch.not_passed(found.in_use, found.outcomes)
    if not failed:
        return texts("quality.newest_passed")
    return texts(
        "quality.newest_failed_one" if len(failed) == 1 else "quality.newest_failed_several",
        number=texts.whole(len(failed)),
    )


def _stacked(found: Quality, palette: Palette) -> go.Figure:
    texts = found.labels.texts
    names = [
        texts("column.rows_counted"),
        texts("column.rows_superseded"),
        texts("column.rows_duplicate"),
        texts("column.rows_quarantined"),
    ]
    parts_of = [
        (source, [source.counted, source.superseded, source.duplicate, source.quarantined])
        for source in found.sources
    ]
    if any(source.unaccounted > 0 for source in found.sources):
        names.append(texts("quality.unaccounted"))
        for source, parts in parts_of:
            parts.append(max(0, source.unaccounted))
    return stacked_bars(
        palette,
        names,
        [
            Whole(
                label=escape(source.source),
                parts=tuple(parts),
                hovers=tuple(
                    f"<b>{escape(source.source)}</b><br>{name}: {texts.counted('row', number)}"
                    for name, number in zip(names, parts, strict=True)
                ),
                text=texts.whole(source.read),
            )
            for source, parts in parts_of
        ],
    )


def _pairs(found: Quality, shown: list[Reported], palette: Palette) -> go.Figure:
    texts = found.labels.texts
    first, second = texts("quality.reported_number"), texts("quality.registered_number")
    rows = []
    for each in shown:
        if each.registered is None or each.difference is None:
            continue
        is_area = each.unit == ALL
        name = escape(found.labels.service_area(each.service_area) if is_area else each.unit)
        rows.append(
            Pair(
                label=name,
                first=each.reported,
                second=each.registered,
                text=texts.signed(each.difference),
                hover=(
                    f"<b>{name}</b><br>{first}: {texts.whole(each.reported)}"
                    f"<br>{second}: {texts.whole(each.registered)}"
                    f"<br>{texts('quality.open_rows')}: {texts.whole(each.open_rows)}"
                ),
                is_marked=bool(each.unexplained),
            )
        )
    return pairs(palette, rows, first, second, texts.whole)


def _measure(labels: Labels, code: str) -> str:
    key = f"quality.reported_measure.{code}"
    return labels.texts(key) if labels.texts.known(key) else code


def _unit(found: Quality, each: Reported) -> str:
    return found.labels.texts("quality.all_units") if each.unit == ALL else each.unit
