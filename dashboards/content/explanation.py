"""What is known of one figure: what it is, how it came about, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from dagster_project.publication.reader import comparability, coverage, provenance, reference
from dagster_project.publication.reader.coverage import Figure, Measured
from dagster_project.publication.reader.provenance import RuleCount
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Indicator, Kind
from dashboards.content import registration
from dashboards.content.labels import Labels
from dashboards.content.registration import Provenance
from dashboards.content.section import Section, Way, or_none
from dashboards.content.shared import (
    breaks_in_words,
    cautions,
    cut_in_words,
    definition_in_words,
    fitted,
    place_and_date,
    table_of_definition,
)
from dashboards.export.table import Column, Row, Table, table_of
from dashboards.export.table import Kind as Holds
from dashboards.pages import PageKey
from dashboards.view.state import View

# Findings of these grades ask for something at the source.
_OPEN = ("error", "warning")


@dataclass(frozen=True)
class Explanation:
    """Everything that is known of a figure, read at once from one publication.

    `figure` is None where the cut has nobody to count, `steps` where the indicator is not counted
    step by step.
    """

    labels: Labels
    view: View
    indicator: Indicator
    figure: Figure | None
    steps: Provenance | None
    records: tuple[str, ...]
    findings: tuple[RuleCount, ...]
    age_unknown: int


def sections(explained: Explanation, *, has_page: bool) -> Iterator[Section]:
    """Yield what is known; `has_page` says whether a page leads from registration to the figure."""
    labels, view, texts = explained.labels, explained.view, explained.labels.texts
    yield Section(remarks=[definition(explained)])
    yield Section(
        heading=texts("explanation.figure"),
        remarks=[cut(explained), value(explained)],
        table=table_of_parts(explained),
    )
    yield Section(
        heading=texts("explanation.comparability"),
        remarks=[*cautions(labels, view), breaks(explained)],
    )
    findings = table_of_findings(explained)
    yield Section(
        heading=texts("explanation.missing"),
        remarks=list(missing(explained)),
        table=findings,
    )
    steps = tables_of_steps(explained)
    yield Section(
        heading=texts("explanation.steps"),
        remarks=[] if steps else [texts("explanation.no_steps")],
    )
    for table in steps:
        yield Section(table=table)
    if has_page:
        yield Section(way=Way(texts("explanation.way_back"), PageKey.REGISTRATION, view))
    sources = table_of_sources(explained)
    yield Section(heading=texts("explanation.sources"), table=sources)
    parameters = table_of_definition(labels, view)
    yield Section(
        heading=parameters.title,
        remarks=[definition_in_words(labels, view)],
        table=parameters,
    )
    yield Section(heading=texts("explanation.link"))


def gather(labels: Labels, view: View) -> Explanation:
    """Read everything that is known of the figure of a view."""
    publication = labels.publication
    indicator = labels.indicator_entry(view.indicator)
    view = _of_its_own(labels, view)
    steps = or_none(partial(registration.gather, labels, view))
    records = tuple(dict.fromkeys((*indicator.needs, "person", *(steps.records if steps else ()))))
    rules = reference.rules(publication)
    return Explanation(
        labels=labels,
        view=view,
        indicator=indicator,
        figure=_figure(labels, view, view.age_group, view.service_area),
        steps=steps,
        records=records,
        findings=tuple(
            count
            for count in provenance.findings_by_rule(publication, view.municipality, records)
            if count.rule in rules and rules[count.rule].severity in _OPEN
        ),
        age_unknown=_of_unknown_age(labels, view),
    )


def definition(explained: Explanation) -> str:
    """Return what the indicator is, in a sentence."""
    return f"{explained.labels.texts.named(explained.indicator.definitions)}."


def cut(explained: Explanation) -> str:
    """Return whose figure it is, when and of which group."""
    labels, view = explained.labels, explained.view
    return f"{place_and_date(labels, view)}: {cut_in_words(labels, view)}."


def value(explained: Explanation) -> str:
    """Return the value and how sure it is, or that there is none."""
    labels, texts, figure = explained.labels, explained.labels.texts, explained.figure
    if figure is None:
        return texts(
            "absent.cut",
            cut=cut_in_words(labels, explained.view),
            where=place_and_date(labels, explained.view),
        )
    kind = explained.indicator.kind
    if kind is Kind.COUNT:
        return texts("explanation.value.count", value=texts.whole(int(figure.value)))
    measured = Measured(
        figure.numerator or 0, figure.denominator or 0, figure.value, figure.low, figure.high
    )
    interval = labels.interval(kind, measured)
    if kind is Kind.MEDIAN and figure.low is not None and figure.high is not None:
        interval = f"{labels.value(kind, figure.low)}-{labels.value(kind, figure.high)}"
    return texts(
        f"explanation.value.{kind}{'' if interval else '_alone'}",
        value=labels.value(kind, figure.value),
        interval=interval,
        per=texts.whole(explained.indicator.multiplier),
    )


def table_of_parts(explained: Explanation) -> Table | None:
    """Return the numerator and the denominator with their counts, those that there are."""
    labels, texts, figure = explained.labels, explained.labels.texts, explained.figure
    if figure is None:
        return None
    indicator = explained.indicator
    rows: list[Row] = [
        (texts(f"explanation.{part}"), labels.measure(measure), count)
        for part, measure, count in (
            ("numerator", indicator.numerator_measure, figure.numerator),
            (
                "of" if indicator.kind is Kind.MEDIAN else "denominator",
                indicator.denominator_measure,
                figure.denominator,
            ),
        )
        if measure and count is not None
    ]
    columns = (
        Column(texts("explanation.part")),
        Column(texts("explanation.counted")),
        Column(texts("explanation.count"), Holds.WHOLE),
    )
    return Table(texts("explanation.parts"), columns, tuple(rows)) if rows else None


def missing(explained: Explanation) -> Iterator[str]:
    """Say who may be missing from the figure, what is known of it."""
    labels, texts, figure = explained.labels, explained.labels.texts, explained.figure
    if figure and figure.bound_low is not None and figure.bound_high is not None:
        kind = explained.indicator.kind
        moves = figure.bound_high > figure.bound_low
        yield texts(
            "explanation.bounds" if moves else "explanation.bounds_same",
            high=labels.value(kind, figure.bound_high),
            low=labels.value(kind, figure.bound_low),
        )
    grade = comparability.grade(
        labels.publication,
        explained.view.municipality,
        explained.view.reference_date,
        explained.view.indicator,
    )
    if grade and grade.quarantined_share is not None:
        left_out = round(grade.quarantined_share * grade.rows_behind)
        yield texts(
            "explanation.quarantined" if left_out else "explanation.none_quarantined",
            rows=texts.whole(left_out),
            of=texts.whole(grade.rows_behind),
            share=texts.per_cent(grade.quarantined_share),
        )
    if explained.findings:
        yield texts(
            "explanation.findings",
            rows=texts.whole(sum(count.rows for count in explained.findings)),
        )
    else:
        yield texts("explanation.no_findings")
    if explained.age_unknown:
        yield texts("explanation.age_unknown", number=texts.whole(explained.age_unknown))


def table_of_findings(explained: Explanation) -> Table | None:
    """Return what is to be mended at the source, and how; None where nothing is."""
    labels, texts = explained.labels, explained.labels.texts
    if not explained.findings:
        return None
    return table_of(
        texts("explanation.findings_title"),
        explained.findings,
        (texts("column.rule"), Holds.PROSE, lambda each: labels.rule(each.rule)),
        (texts("column.rows"), Holds.WHOLE, lambda each: each.rows),
        (texts("column.advice"), Holds.PROSE, lambda each: labels.rule_advice(each.rule)),
    )


def table_of_sources(explained: Explanation) -> Table:
    """Return the newest delivery of each source behind the figure."""
    labels, texts = explained.labels, explained.labels.texts
    return table_of(
        texts("explanation.sources_title"),
        provenance.sources(labels.publication, explained.view.municipality, explained.records),
        (texts("column.record"), Holds.TEXT, lambda each: labels.of_code("record", each.record)),
        (texts("column.system"), Holds.TEXT, lambda each: each.system or ""),
        (texts("column.source"), Holds.TEXT, lambda each: each.source),
        (texts("column.delivered"), Holds.DATE, lambda each: each.delivered),
        (texts("column.rows_read"), Holds.WHOLE, lambda each: each.rows_read),
        (texts("column.rows_quarantined"), Holds.WHOLE, lambda each: each.rows_quarantined),
    )


def tables_of_steps(explained: Explanation) -> list[Table]:
    """Return the way from the rows read, for the numerator and the denominator."""
    if explained.steps is None:
        return []
    return [registration.table_of_steps(explained.steps, side) for side in explained.steps.sides]


def breaks(explained: Explanation) -> str:
    """Return where the series of the figure is broken, or that it is not."""
    labels = explained.labels
    return breaks_in_words(labels, explained.view) or labels.texts("explanation.no_breaks")


def _of_its_own(labels: Labels, view: View) -> View:
    """Return the view cut as the indicator is counted: by age and area, or as a whole."""

    def cells(scheme: str) -> tuple[coverage.Cell, ...]:
        return coverage.cells(
            labels.publication, view.municipality, view.reference_date, view.indicator, scheme
        )

    counted = cells(view.age_scheme)
    if not counted:
        # What is not counted by age stands under the first scheme.
        first = next(iter(reference.age_groups(labels.publication)))
        if all(cell.age_group == ALL for cell in cells(first)):
            view, counted = replace(view, age_scheme=first), cells(first)
    if all(cell.age_group == ALL for cell in counted):
        view = replace(view, age_group=ALL)
    return fitted(view, counted)


def _figure(labels: Labels, view: View, age_group: str, service_area: str) -> Figure | None:
    return coverage.figure(
        labels.publication,
        view.municipality,
        view.reference_date,
        view.indicator,
        view.age_scheme,
        age_group,
        service_area,
    )


def _of_unknown_age(labels: Labels, view: View) -> int:
    """Return how many of those counted among have no known age."""
    found = _figure(labels, view, UNKNOWN, ALL)
    return (found.denominator or 0) if found else 0
