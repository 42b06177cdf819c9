"""The page *Fra registrering til tall*: the way of a figure from the rows that were read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from urllib.parse import urlencode

from dagster_project.publication.reader import coverage, provenance, reference
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.provenance import Delivery, RuleCount, Step
from dagster_project.publication.reader.reference import ALL
from dashboards.analysis import significance
from dashboards.charts.waterfall import Bar, waterfall
from dashboards.content import absence, columns, selection, shared
from dashboards.content.labels import Labels
from dashboards.content.page_data import IndicatorData
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
from dashboards.export.table import Holds, Table, Value, table_of
from dashboards.view.state import Parameter, View, write_query

# The record types that close or place the registrations that a waterfall begins with.
ALSO_BEHIND = {
    "coordinator": ("ansatt", "endring"),
    "plan": ("endring",),
    "target_group": ("koordinator", "ip"),
}
FINDINGS_ANCHOR, ROWS_ANCHOR = "findings", "rows"
# Where the rows of a delivery end.
ENDS = ("counted", "superseded", "duplicate", "quarantined")
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
class Provenance(IndicatorData):
    """Everything that the page shows, read at once from one publication."""

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
        of_table=[found.texts("registration.deliveries_sum")],
        table=table,
        notes=notes_of_deliveries(found, table.title),
        deliveries=deliveries_behind(found),
    )


def _section_findings(found: Provenance) -> Iterator[Section]:
    """Yield what the rules found, and the rows of one of them."""
    texts, rule = found.texts, rule_shown(found)
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
    labels, view = found.labels, found.view
    if found.chosen is None:
        return found.text("absent.cut", cut=cut_in_words(labels, view))
    name = labels.indicator(view.indicator)
    return found.text(
        "registration.headline",
        what=name if _is_everyone(view) else f"{name}, {cut_in_words(labels, view)}",
        value=labels.value(found.kind, found.chosen.value),
        count=found.chosen.numerator,
        of=found.chosen.denominator,
        rows=sum(side.steps[0].rows for side in found.sides),
    )


def heading_of(found: Provenance, side: Side) -> str:
    """Return which part of the figure a waterfall is about: `Teller: med koordinator`."""
    part = "numerator" if side.of_numerator else "denominator"
    return found.texts(
        "registration.both"
        if side.of_numerator and side.of_denominator
        else f"registration.{part}",
        measure=found.labels.measure_in_text(side.measure),
    )


def picture(found: Provenance, side: Side) -> Picture:
    """Return the waterfall from the rows read to the persons of the chosen figure."""
    labels, texts = found.labels, found.texts
    largest = min((step for step in side.steps if not step.is_level), key=_rows, default=None)
    left = texts.counted("person", side.steps[-1].rows)
    title = texts("registration.title", read=side.steps[0].rows, left=left)
    if largest is not None and largest.rows < 0:
        step = labels.step(largest.code)
        title += f" {texts('registration.title_largest', step=step, rows=-largest.rows)}"
    is_linked = any(_address(found, step.code) for step in side.steps)
    return found.picture(
        title,
        found.text("registration.subtitle", measure=labels.measure(side.measure)),
        lambda palette: waterfall(palette, bars(found, side)),
        texts("registration.links") if is_linked else None,
        see="registration.see_table",
    )


def bars(found: Provenance, side: Side) -> list[Bar]:
    """Return the steps as bars, and the chosen figure as a part of the last level."""
    labels, texts = found.labels, found.texts
    drawn: list[Bar] = []
    for step, before, left in _levels(side):
        name = labels.step(step.code)
        written = texts.whole(step.rows) if step.is_level else texts.signed(step.rows)
        remaining = texts("measured.left", left=left)
        drawn.append(
            Bar(
                label=name,
                begins=0 if step.is_level else before,
                ends=left,
                is_level=step.is_level,
                text=written,
                hover=f"<b>{name}</b><br>{written}<br>{remaining}",
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


def _levels(side: Side) -> Iterator[tuple[Step, int, int]]:
    """Yield the steps, each with how many were left before it and are after it."""
    left = 0
    for step in side.steps:
        before, left = left, step.rows if step.is_level else left + step.rows
        yield step, before, left


def definition(found: Provenance) -> str:
    """Return what the figure means, and the set of definitions it is counted by."""
    return found.text(
        "registration.definition_text",
        definition=found.texts.named(found.indicator.definitions),
        definition_set=found.labels.municipality_entry(found.view.municipality).definition_set,
    )


def table_of_steps(found: Provenance, side: Side) -> Table:
    """Return the steps: what each takes or adds, and what is left after it."""
    texts = found.texts
    steps: list[tuple[str, int | None, int]] = [
        (found.labels.step(step.code), None if step.is_level else step.rows, left)
        for step, _, left in _levels(side)
    ]
    return table_of(
        heading_of(found, side),
        [*steps, *((name, None, number) for name, number in _parts(found, side))],
        (texts("column.step"), Holds.TEXT, itemgetter(0)),
        (texts("column.change"), Holds.SIGNED, itemgetter(1)),
        (texts("column.left"), Holds.WHOLE, itemgetter(2)),
    )


def deliveries_behind(found: Provenance) -> tuple[Delivery, ...]:
    """Return the deliveries behind the figure, newest first."""
    return provenance.deliveries(found.labels.publication, found.view.municipality, found.records)


def table_of_deliveries(found: Provenance) -> Table:
    """Return the deliveries behind the figure: what was read, and where the rows ended."""
    labels, texts, behind = found.labels, found.texts, deliveries_behind(found)
    counts = [f"rows_{end}" for end in ("read", *ENDS)]
    sums = (sum(getattr(each, count) for each in behind) for count in counts)
    return table_of(
        texts("registration.deliveries"),
        behind,
        *columns.named(labels, "source", "delivered", *counts, "status"),
        (texts("column.problem"), Holds.PROSE, labels.problem_of),
        *columns.named(labels, "delivery", "record", "system"),
        total=(texts("column.total"), None, *sums, "", "", "", "", ""),
    )


def table_of_rules(found: Provenance) -> Table:
    """Return how many rows each rule touched, what it did, and what can be done."""
    labels, texts = found.labels, found.texts
    rules = reference.rules(labels.publication)

    def action(each: RuleCount) -> str:
        return labels.of_code("action", rules[each.rule].action)

    def severity(each: RuleCount) -> str:
        return labels.of_code("severity", rules[each.rule].severity)

    return table_of(
        texts("registration.rules"),
        found.rules,
        *columns.named(labels, "rule", "rows"),
        (texts("column.action"), Holds.TEXT, action),
        (texts("column.severity"), Holds.TEXT, severity),
        *columns.named(labels, "advice"),
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
    labels, texts = found.labels, found.texts
    place = found.view.municipality
    return table_of(
        texts("registration.rows_of_rule", rule=labels.rule(rule)),
        provenance.found_rows(labels.publication, place, found.records, rule, limit),
        *columns.named(labels, "source", "delivery"),
        (texts("column.row_number"), Holds.ORDINAL, lambda row: row.row_number),
        (texts("column.registration"), Holds.TEXT, lambda row: row.registration or ""),
        (texts("column.detail"), Holds.TEXT, lambda row: _detail(row.detail)),
        *columns.named(labels, "first_seen"),
    )


def rows_in_words(found: Provenance, rule: str) -> str:
    """Return how many rows a rule touched, how many of them are shown, and what can be done."""
    labels, texts = found.labels, found.texts
    rows = next(count.rows for count in found.rules if count.rule == rule)
    if rows > ROWS_SHOWN:
        shown = texts("registration.some_rows", shown=ROWS_SHOWN, rows=rows)
    else:
        shown = texts("registration.all_rows", rows=texts.counted("row", rows))
    return f"{shown} {labels.rule_advice(rule)}"


def table_of_checks(found: Provenance) -> Table:
    """Return the checks of the deliveries, those that did not pass first."""
    labels, texts = found.labels, found.texts
    return table_of(
        texts("registration.checks"),
        provenance.checks(labels.publication, found.view.municipality, found.records),
        *columns.named(labels, "check"),
        (
            texts("column.passed"),
            Holds.TEXT,
            lambda each: texts("answer.yes" if each.passed else "answer.no"),
        ),
        (texts("column.observed"), Holds.PER_CENT, lambda each: each.observed),
        (texts("column.limit"), Holds.PER_CENT, lambda each: each.limit),
        (texts("column.rows_checked"), Holds.WHOLE, lambda each: each.rows),
        (texts("column.rows_deviating"), Holds.WHOLE, lambda each: each.deviating),
        *columns.named(labels, "consequence", "source", "delivery", "delivered"),
    )


def checks_in_words(found: Provenance) -> str:
    """Return how many checks the deliveries passed."""
    texts = found.texts
    outcomes = provenance.checks(found.labels.publication, found.view.municipality, found.records)
    failed = sum(not outcome.passed for outcome in outcomes)
    if not outcomes:
        return texts("registration.no_checks")
    return texts(
        "registration.checks_failed" if failed else "registration.checks_passed",
        failed=failed,
        checks=len(outcomes),
    )


def first_rows(table: Table, shown: int = ROWS_SHOWN) -> Table:
    """Return the table cut to what a page shows."""
    return replace(table, rows=table.rows[:shown])


def _is_everyone(view: View) -> bool:
    return view.age_group == ALL and view.service_area == ALL


def _records(labels: Labels, side: Side) -> tuple[str, ...]:
    """Return the record types behind a waterfall: its own first."""
    measure = reference.measures(labels.publication)[side.measure]
    if measure.record == "befolkning":
        return (measure.record,)
    return (measure.record, "person", *ALSO_BEHIND.get(measure.base or "", ()))


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


def _rows(step: Step) -> int:
    return step.rows


def _detail(detail: str | None) -> Value:
    """Return what a finding says of its row; a day alone stays one, to be sorted as days are."""
    try:
        return dt.date.fromisoformat(detail or "")
    except ValueError:
        return detail or ""
