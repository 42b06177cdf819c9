"""The page *Fra registrering til tall*: the way of a figure from the rows that were read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from urllib.parse import urlencode

from dagster_project.publication.reader import coverage, provenance, reference
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.provenance import CheckOutcome, Delivery, RuleCount, Step
from dagster_project.publication.reader.reference import ALL, Indicator
from dashboards.analysis import significance
from dashboards.charts.waterfall import Bar, waterfall
from dashboards.content import absence, selection, shared
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, part
from dashboards.content.shared import (
    Picture,
    cautions,
    cut_in_words,
    definition_in_words,
    fitted,
    place_and_date,
    table_of_definition,
)
from dashboards.export.downloads import Notes
from dashboards.export.table import Column, Kind, Row, Table, Value, table_of
from dashboards.view.state import Parameter, View, write_query

# The record types that close or place the registrations that a waterfall begins with.
ALSO_BEHIND = {
    "coordinator": ("ansatt", "endring"),
    "plan": ("endring",),
    "target_group": ("koordinator", "ip"),
}
FINDINGS_ANCHOR, ROWS_ANCHOR = "findings", "rows"
# The page shows so many rows at most; the files hold more.
ROWS_SHOWN = 100
ROWS_IN_FILES = 50_000


@dataclass(frozen=True)
class Side:
    """One waterfall, and which sides of the fraction come out of it: one or both."""

    measure: str
    of_numerator: bool
    of_denominator: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Provenance:
    """Everything that the page shows, read at once from one publication."""

    labels: Labels
    view: View
    indicator: Indicator
    chosen: Measured | None
    sides: tuple[Side, ...]
    records: tuple[str, ...]
    rules: tuple[RuleCount, ...]


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(
        filters=[
            (Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE, Parameter.INDICATOR),
            (Parameter.AGE_SCHEME, Parameter.AGE_GROUP, Parameter.SERVICE_AREA),
        ]
    )
    found = gather(labels, view)
    yield Section(
        lead=[headline(found)],
        remarks=[*selection.not_counted(labels, view), *cautions(labels, view)],
    )
    for side in found.sides:
        yield from part(_section_steps(found, side), heading_of(found, side))
    yield from part(_section_meaning(found, view), texts("registration.definition"))
    deliveries = table_of_deliveries(found)
    yield from part(_section_deliveries(found, deliveries), deliveries.title)
    yield from part(_section_findings(found), texts("registration.rules"), FINDINGS_ANCHOR)
    checks = table_of_checks(found)
    yield from part(_section_checks(found, checks), checks.title)


def _section_steps(found: Provenance, side: Side) -> Iterator[Section]:
    table = table_of_steps(found, side)
    yield Section(
        key=f"steps_{side.measure}",
        picture=picture(found, side),
        table=table,
        notes=notes(found, table.title),
    )


def _section_meaning(found: Provenance, view: View) -> Iterator[Section]:
    """Yield what the figure means and the parameters it is counted by."""
    labels = found.labels
    yield Section(remarks=[definition(found)])
    yield Section(
        of_table=[definition_in_words(labels, view)],
        table=table_of_definition(labels, view),
    )


def _section_deliveries(found: Provenance, table: Table) -> Iterator[Section]:
    yield Section(
        key="deliveries",
        of_table=[found.labels.texts("registration.deliveries_sum")],
        table=table,
        notes=notes_of_deliveries(found, table.title),
        deliveries=deliveries_behind(found),
    )


def _section_findings(found: Provenance) -> Iterator[Section]:
    """Yield what the rules found, and the rows of one of them."""
    texts, rule = found.labels.texts, rule_shown(found)
    if rule is None:
        yield Section(remarks=[texts("registration.no_findings")])
        return
    table = table_of_rules(found)
    yield Section(
        key="rules",
        of_table=[texts("registration.rules_all_deliveries")],
        table=table,
        links=addresses_of_rules(found),
        notes=notes_of_deliveries(found, table.title),
    )
    yield from section_of_rows(found, rule, partial(notes_of_deliveries, found))


def section_of_rows(
    found: Provenance, rule: str, notes: Callable[[str, str | None], Notes]
) -> Iterator[Section]:
    """Yield the rows that a rule found; their files hold more of them."""
    rows = table_of_rows(found, rule, ROWS_SHOWN)
    yield Section(heading=rows.title, anchor=ROWS_ANCHOR)
    yield Section(
        key="rows",
        is_open=rule == found.view.rule,
        of_table=[rows_in_words(found, rule)],
        table=rows,
        notes=notes(rows.title, rule),
        whole=partial(table_of_rows, found, rule, ROWS_IN_FILES),
    )


def _section_checks(found: Provenance, table: Table) -> Iterator[Section]:
    yield Section(remarks=[checks_in_words(found)])
    if table.rows:
        yield Section(
            key="checks",
            table=first_rows(table),
            notes=notes_of_deliveries(found, table.title),
            whole=lambda: table,
        )


def gather(labels: Labels, view: View) -> Provenance:
    """Read where the figure of a view comes from, or raise why that cannot be told."""
    publication, texts = labels.publication, labels.texts
    absence.dates(labels, view)
    indicator = labels.indicator_entry(view.indicator)
    cells = coverage.cells(
        publication, view.municipality, view.reference_date, view.indicator, view.age_scheme
    )
    view = fitted(view, cells)
    above, below = indicator.numerator_measure, indicator.denominator_measure
    sides = [
        Side(
            measure,
            measure == above,
            measure == below,
            provenance.steps(publication, view.municipality, view.reference_date, measure),
        )
        for measure in dict.fromkeys((above, below))
    ]
    sides = [side for side in sides if side.steps]
    if not sides:
        raise NoFigure(texts("absent.steps", where=place_and_date(labels, view)))
    records = tuple(dict.fromkeys(record for side in sides for record in _records(labels, side)))
    return Provenance(
        labels=labels,
        view=view,
        indicator=indicator,
        chosen=significance.figure_of(cells, view.age_group, view.service_area),
        sides=tuple(sides),
        records=records,
        rules=provenance.findings_by_rule(publication, view.municipality, records),
    )


def notes(found: Provenance, title: str) -> Notes:
    """Return what stands under the steps: the sources are those of every step."""
    return shared.notes(found.labels, found.view, title, shared.ONE_GROUP, found.records)


def notes_of_deliveries(found: Provenance, title: str, rule: str | None = None) -> Notes:
    """Return what stands in files of what is of no date and no group: deliveries and findings.

    `rule` is the one whose rows they hold.
    """
    view = replace(found.view, rule=rule)
    parameters = (Parameter.MUNICIPALITY, Parameter.INDICATOR, Parameter.RULE)
    return shared.notes(found.labels, view, title, parameters, found.records)


def headline(found: Provenance) -> str:
    """Return the sentence that the page is about: the figure, and what it was counted from."""
    labels, texts = found.labels, found.labels.texts
    if found.chosen is None:
        return texts(
            "absent.cut",
            cut=cut_in_words(labels, found.view),
            where=place_and_date(labels, found.view),
        )
    return texts(
        "registration.headline",
        what=_what_is_counted(found),
        value=labels.value(found.indicator.kind, found.chosen.value),
        count=texts.whole(found.chosen.numerator),
        of=texts.whole(found.chosen.denominator),
        rows=texts.whole(sum(side.steps[0].rows for side in found.sides)),
    )


def heading_of(found: Provenance, side: Side) -> str:
    """Return which part of the figure a waterfall is about: `Teller: med koordinator`."""
    part = "numerator" if side.of_numerator else "denominator"
    return found.labels.texts(
        "registration.both"
        if side.of_numerator and side.of_denominator
        else f"registration.{part}",
        measure=found.labels.measure_in_text(side.measure),
    )


def picture(found: Provenance, side: Side) -> Picture:
    """Return the waterfall from the rows read to the persons of the chosen figure."""
    labels, texts = found.labels, found.labels.texts
    largest = min((step for step in side.steps if not step.is_level), key=_rows, default=None)
    read, left = side.steps[0].rows, side.steps[-1].rows
    title = texts("registration.title", read=texts.whole(read), left=texts.counted("person", left))
    if largest is not None and largest.rows < 0:
        title += " " + texts(
            "registration.title_largest",
            step=labels.step(largest.code),
            rows=texts.whole(-largest.rows),
        )
    subtitle = texts(
        "registration.subtitle",
        measure=labels.measure(side.measure),
        where=place_and_date(labels, found.view),
    )
    return Picture(
        title,
        subtitle,
        lambda palette: waterfall(palette, bars(found, side)),
        texts("registration.see_table"),
        (texts("registration.links"),) if _linked(found, side) else (),
    )


def bars(found: Provenance, side: Side) -> list[Bar]:
    """Return the steps as bars, and the chosen figure as a part of the last level."""
    labels, texts = found.labels, found.labels.texts
    drawn: list[Bar] = []
    left = 0
    for step in side.steps:
        before, left = left, step.rows if step.is_level else left + step.rows
        name = labels.step(step.code)
        written = texts.whole(step.rows) if step.is_level else texts.signed(step.rows)
        drawn.append(
            Bar(
                label=name,
                begins=0 if step.is_level else before,
                ends=left,
                is_level=step.is_level,
                text=written,
                hover=_hover(found, name, written, left),
                address=_address(found, step.code),
            )
        )
    drawn += [
        Bar(
            label=name,
            begins=0,
            ends=number,
            is_level=True,
            text=texts.whole(number),
            hover=f"<b>{name}</b><br>{texts.whole(number)}",
            is_part=True,
        )
        for name, number in _parts(found, side)
    ]
    return drawn


def definition(found: Provenance) -> str:
    """Return what the figure means, and the set of definitions it is counted by."""
    labels = found.labels
    return labels.texts(
        "registration.definition_text",
        indicator=labels.indicator(found.view.indicator),
        definition=labels.texts.named(found.indicator.definitions),
        definition_set=labels.municipality_entry(found.view.municipality).definition_set,
    )


def table_of_steps(found: Provenance, side: Side) -> Table:
    """Return the steps: what each takes or adds, and what is left after it."""
    labels, texts = found.labels, found.labels.texts
    rows: list[Row] = []
    left = 0
    for step in side.steps:
        left = step.rows if step.is_level else left + step.rows
        rows.append((labels.step(step.code), None if step.is_level else step.rows, left))
    rows += [(name, None, number) for name, number in _parts(found, side)]
    return Table(
        heading_of(found, side),
        (
            Column(texts("column.step")),
            Column(texts("column.change"), Kind.SIGNED),
            Column(texts("column.left"), Kind.WHOLE),
        ),
        tuple(rows),
    )


def deliveries_behind(found: Provenance) -> tuple[Delivery, ...]:
    """Return the deliveries behind the figure, newest first."""
    return provenance.deliveries(found.labels.publication, found.view.municipality, found.records)


def table_of_deliveries(found: Provenance) -> Table:
    """Return the deliveries behind the figure: what was read, and where the rows ended."""
    labels, texts = found.labels, found.labels.texts
    behind = deliveries_behind(found)
    counts = ("read", "counted", "superseded", "duplicate", "quarantined")
    sums = (sum(getattr(each, f"rows_{count}") for each in behind) for count in counts)
    return table_of(
        texts("registration.deliveries"),
        behind,
        (texts("column.source"), Kind.TEXT, lambda each: each.source),
        (texts("column.delivered"), Kind.DATE, lambda each: each.delivered),
        *(
            (texts(f"column.rows_{count}"), Kind.WHOLE, attrgetter(f"rows_{count}"))
            for count in counts
        ),
        (texts("column.status"), Kind.TEXT, lambda each: labels.of_code("status", each.status)),
        (texts("column.problem"), Kind.PROSE, labels.told_of),
        (texts("column.delivery"), Kind.TEXT, lambda each: each.delivery),
        (texts("column.record"), Kind.TEXT, lambda each: labels.of_code("record", each.record)),
        (texts("column.system"), Kind.TEXT, lambda each: each.system or ""),
        total=(texts("column.total"), None, *sums, "", "", "", "", ""),
    )


def table_of_rules(found: Provenance) -> Table:
    """Return how many rows each rule touched, what it did, and what can be done."""
    labels, texts = found.labels, found.labels.texts
    rules = reference.rules(labels.publication)

    def action(each: RuleCount) -> str:
        return labels.of_code("action", rules[each.rule].action)

    def severity(each: RuleCount) -> str:
        return labels.of_code("severity", rules[each.rule].severity)

    return table_of(
        texts("registration.rules"),
        found.rules,
        (texts("column.rule"), Kind.PROSE, lambda each: labels.rule(each.rule)),
        (texts("column.rows"), Kind.WHOLE, lambda each: each.rows),
        (texts("column.action"), Kind.TEXT, action),
        (texts("column.severity"), Kind.TEXT, severity),
        (texts("column.advice"), Kind.PROSE, lambda each: labels.rule_advice(each.rule)),
    )


def addresses_of_rules(found: Provenance) -> list[str]:
    """Return for each rule of the table the address that shows its rows."""
    return [_address(found, count.rule) or "" for count in found.rules]


def rule_shown(found: Provenance) -> str | None:
    """Return the rule whose rows are shown: the one asked for, else the gravest."""
    present = [count.rule for count in found.rules]
    if found.view.rule in present:
        return found.view.rule
    return present[0] if present else None


def table_of_rows(found: Provenance, rule: str, limit: int) -> Table:
    """Return the rows that a rule touched: where each stands, never whose it is."""
    labels, texts = found.labels, found.labels.texts
    return table_of(
        texts("registration.rows_of_rule", rule=labels.rule(rule)),
        provenance.found_rows(
            labels.publication, found.view.municipality, found.records, rule, limit
        ),
        (texts("column.source"), Kind.TEXT, lambda row: row.source),
        (texts("column.delivery"), Kind.TEXT, lambda row: row.delivery),
        (texts("column.row_number"), Kind.ORDINAL, lambda row: row.row_number),
        (texts("column.registration"), Kind.TEXT, lambda row: row.registration or ""),
        (texts("column.detail"), Kind.TEXT, lambda row: _detail(row.detail)),
        (texts("column.first_seen"), Kind.DATE, lambda row: row.first_seen),
    )


def rows_in_words(found: Provenance, rule: str) -> str:
    """Return how many rows a rule touched, how many of them are shown, and what can be done."""
    labels, texts = found.labels, found.labels.texts
    rows = next(count.rows for count in found.rules if count.rule == rule)
    if rows > ROWS_SHOWN:
        shown = texts("registration.some_rows", shown=ROWS_SHOWN, rows=texts.whole(rows))
    else:
        shown = texts("registration.all_rows", rows=texts.counted("row", rows))
    return f"{shown} {labels.rule_advice(rule)}"


def table_of_checks(found: Provenance) -> Table:
    """Return the checks of the deliveries, those that did not pass first."""
    labels, texts = found.labels, found.labels.texts

    def answer(each: CheckOutcome) -> str:
        return texts("answer.yes" if each.passed else "answer.no")

    def consequence(each: CheckOutcome) -> str:
        return texts("consequence.holds" if each.holds else "consequence.noted")

    return table_of(
        texts("registration.checks"),
        provenance.checks(labels.publication, found.view.municipality, found.records),
        (texts("column.check"), Kind.PROSE, lambda each: labels.of_code("check", each.check)),
        (texts("column.passed"), Kind.TEXT, answer),
        (texts("column.observed"), Kind.PER_CENT, lambda each: each.observed),
        (texts("column.limit"), Kind.PER_CENT, lambda each: each.limit),
        (texts("column.rows_checked"), Kind.WHOLE, lambda each: each.rows),
        (texts("column.rows_deviating"), Kind.WHOLE, lambda each: each.deviating),
        (texts("column.consequence"), Kind.TEXT, consequence),
        (texts("column.source"), Kind.TEXT, lambda each: each.source),
        (texts("column.delivery"), Kind.TEXT, lambda each: each.delivery),
        (texts("column.delivered"), Kind.DATE, lambda each: each.delivered),
    )


def checks_in_words(found: Provenance) -> str:
    """Return how many checks the deliveries passed."""
    texts = found.labels.texts
    outcomes = provenance.checks(found.labels.publication, found.view.municipality, found.records)
    failed = sum(not outcome.passed for outcome in outcomes)
    if not outcomes:
        return texts("registration.no_checks")
    return texts(
        "registration.checks_failed" if failed else "registration.checks_passed",
        failed=texts.whole(failed),
        checks=texts.whole(len(outcomes)),
    )


def first_rows(table: Table, shown: int = ROWS_SHOWN) -> Table:
    """Return the table cut to what a page shows."""
    return replace(table, rows=table.rows[:shown])


def _hover(found: Provenance, name: str, written: str, left: int) -> str:
    remaining = found.labels.texts("measured.left", left=found.labels.texts.whole(left))
    return f"<b>{name}</b><br>{written}<br>{remaining}"


def _is_everyone(view: View) -> bool:
    return view.age_group == ALL and view.service_area == ALL


def _records(labels: Labels, side: Side) -> tuple[str, ...]:
    """Return the record types behind a waterfall: its own first."""
    measure = reference.measures(labels.publication)[side.measure]
    if measure.record == "befolkning":
        return (measure.record,)
    return (measure.record, "person", *ALSO_BEHIND.get(measure.base or "", ()))


def _what_is_counted(found: Provenance) -> str:
    indicator = found.labels.indicator(found.view.indicator)
    if _is_everyone(found.view):
        return indicator
    return f"{indicator}, {cut_in_words(found.labels, found.view)}"


def _parts(found: Provenance, side: Side) -> list[tuple[str, int]]:
    """Return the chosen figure's own numbers, where they are a part of the waterfall's persons."""
    if found.chosen is None:
        return []
    labels, view = found.labels, found.view
    parts = []
    for concerns, measure, number in (
        (side.of_denominator, found.indicator.denominator_measure, found.chosen.denominator),
        (side.of_numerator, found.indicator.numerator_measure, found.chosen.numerator),
    ):
        if concerns and not (_is_everyone(view) and measure == side.measure):
            what = labels.measure_in_text(measure)
            name = what if _is_everyone(view) else f"{what}, {cut_in_words(labels, view)}"
            parts.append((labels.texts("registration.part", what=name), number))
    return parts


def _address(found: Provenance, rule: str) -> str | None:
    if rule not in {count.rule for count in found.rules}:
        return None
    query = write_query(replace(found.view, rule=rule))
    return f"?{urlencode(query, doseq=True)}#{ROWS_ANCHOR}"


def _linked(found: Provenance, side: Side) -> bool:
    return any(_address(found, step.code) for step in side.steps)


def _rows(step: Step) -> int:
    return step.rows


def _detail(detail: str | None) -> Value:
    """Return what a finding says of its row; a day alone stays one, to be sorted as days are."""
    try:
        return dt.date.fromisoformat(detail or "")
    except ValueError:
        return detail or ""
