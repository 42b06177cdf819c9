"""The page *Leveransar og kvalitet*: what came in, where it ended, what was found in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape

import plotly.graph_objects as go

from dashboards.analysis import delivery_status as watch
from dashboards.charts.colours import Palette
from dashboards.charts.pairs import Pair, pairs
from dashboards.charts.stacked_bars import Whole, stacked_bars
from dashboards.content.labels import Labels
from dashboards.content.registration import Provenance
from dashboards.content.shared import (
    Absence,
    Picture,
    notes_of,
    place_and_date,
    reasons_in_words,
)
from dashboards.export.downloads import Notes
from dashboards.export.table import Column, Kind, Row, Table, Value
from dashboards.i18n.texts import Sign
from dashboards.queries import comparability, provenance, quality, reference
from dashboards.queries.comparability import Grade
from dashboards.queries.provenance import CheckOutcome, Delivery
from dashboards.queries.quality import Reported
from dashboards.queries.reference import ALL
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


def gather(labels: Labels, view: View) -> Quality | Absence:
    """Read what a municipality delivered, or say that it delivered nothing."""
    publication = labels.publication
    records = quality.records(publication, view.municipality)
    if not records:
        return Absence(
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
    has_problems = any(told_of.values())

    def problem(each: Delivery) -> tuple[str, ...]:
        return (told_of[each],) if has_problems else ()

    problem_column = Column(texts("quality.problem_and_advice"), Kind.PROSE)
    return Table(
        texts("quality.deliveries"),
        (
            Column(texts("column.source")),
            Column(texts("column.delivered"), Kind.DATE),
            Column(texts("column.status")),
            *((problem_column,) if has_problems else ()),
            Column(texts("column.record")),
            Column(texts("column.rows_read"), Kind.WHOLE),
            Column(texts("column.delivery")),
            Column(texts("column.system")),
        ),
        tuple(
            (
                each.source,
                each.delivered,
                labels.of_code("status", each.status),
                *problem(each),
                labels.of_code("record", each.record),
                each.rows_read,
                each.delivery,
                each.system or "",
            )
            for each in in_order
        ),
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
        title=title,
        subtitle=subtitle,
        draw=partial(_stacked, found),
        description=f"{subtitle}. {title} {texts('quality.see_reconciliation')}",
        remarks=(texts("quality.reconciliation_parts"),),
    )


def table_of_reconciliation(found: Quality) -> Table:
    """Return where the rows of each source ended, and whether the parts make the whole."""
    labels, texts = found.labels, found.labels.texts
    rows: list[Row] = [
        (
            source.source,
            labels.of_code("record", source.record),
            source.deliveries,
            source.read,
            source.counted,
            source.superseded,
            source.duplicate,
            source.quarantined,
            source.unaccounted,
        )
        for source in found.sources
    ]
    return Table(
        texts("quality.reconciliation"),
        (
            Column(texts("column.source")),
            Column(texts("column.record")),
            Column(texts("quality.deliveries"), Kind.WHOLE),
            Column(texts("column.rows_read"), Kind.WHOLE),
            Column(texts("column.rows_counted"), Kind.WHOLE),
            Column(texts("column.rows_superseded"), Kind.WHOLE),
            Column(texts("column.rows_duplicate"), Kind.WHOLE),
            Column(texts("column.rows_quarantined"), Kind.WHOLE),
            Column(texts("quality.unaccounted"), Kind.WHOLE),
        ),
        tuple(rows),
        (
            texts("column.total"),
            "",
            *(
                sum(value for row in rows if isinstance(value := row[place], int))
                for place in range(2, 9)
            ),
        ),
    )


def table_of_sources(found: Quality) -> Table:
    """Return how many rows of each source the rules touched, by how grave that is."""
    labels, texts = found.labels, found.labels.texts
    touched = quality.findings_by_source(labels.publication, found.view.municipality)
    return Table(
        texts("quality.findings_by_source"),
        (
            Column(texts("column.source")),
            Column(texts("column.record")),
            Column(texts("quality.errors"), Kind.WHOLE),
            Column(texts("quality.warnings"), Kind.WHOLE),
            Column(texts("quality.for_information"), Kind.WHOLE),
        ),
        tuple(
            (each.source, labels.of_code("record", each.record), each.errors, each.warnings,
             each.notes)
            for each in touched
        ),
        (
            texts("column.total"),
            "",
            sum(each.errors for each in touched),
            sum(each.warnings for each in touched),
            sum(each.notes for each in touched),
        ),
    )  # fmt: skip


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
    return Table(
        texts("quality.grades"),
        (
            Column(texts("filter.indicator")),
            Column(texts("quality.grade")),
            Column(texts("quality.grade_means"), Kind.PROSE),
            Column(texts("quality.grade_reasons"), Kind.PROSE),
        ),
        tuple(
            (
                labels.indicator(code),
                grade.letter,
                _capital(texts(f"grade.{grade.letter}")),
                " ".join(reasons_in_words(labels, grade)),
            )
            for code, grade in found.grades
        ),
    )


def reported_against_registered(found: Quality) -> Picture | Absence:
    """Return the picture of what units report beside what is registered."""
    labels, texts = found.labels, found.labels.texts
    shown = [
        each
        for each in found.reported
        if each.measure == _PICTURED and each.service_area != ALL and each.registered is not None
    ]
    if not shown:
        return Absence(texts("quality.nothing_reported", where=place_and_date(labels, found.view)))
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
        title=title,
        subtitle=subtitle,
        draw=partial(_pairs, found, shown),
        description=f"{subtitle}. {title} {texts('quality.see_reported')}",
        remarks=(texts("quality.reported_open"), texts("quality.reported_units")),
    )


def table_of_reported(found: Quality) -> Table:
    """Return what units reported, what is registered, and what explains the difference."""
    labels, texts = found.labels, found.labels.texts

    def known(value: int | None) -> Value:
        return Sign.NOT_AVAILABLE if value is None else value

    return Table(
        texts("quality.reported"),
        (
            Column(texts("quality.unit")),
            Column(texts("filter.area")),
            Column(texts("quality.reported_on"), Kind.DATE),
            Column(texts("quality.what")),
            Column(texts("quality.reported_number"), Kind.WHOLE),
            Column(texts("quality.registered_number"), Kind.WHOLE),
            Column(texts("quality.difference"), Kind.SIGNED),
            Column(texts("quality.open_rows"), Kind.WHOLE),
            Column(texts("quality.not_explained"), Kind.WHOLE),
        ),
        tuple(
            (
                _unit(found, each),
                labels.service_area(each.service_area),
                each.date,
                _measure(labels, each.measure),
                each.reported,
                known(each.registered),
                known(each.difference),
                each.open_rows,
                known(each.unexplained),
            )
            for each in found.reported
        ),
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
