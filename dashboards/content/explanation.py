"""What is known of one figure: what it is, how it came about, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from dagster_project.publication.reader import comparability, coverage, provenance, reference
from dagster_project.publication.reader.coverage import Figure, Measured
from dagster_project.publication.reader.provenance import RuleCount
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Kind
from dashboards.content import columns, registration
from dashboards.content.labels import Labels
from dashboards.content.page_data import IndicatorData
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
from dashboards.export.table import Holds, Table, table_of
from dashboards.pages import PageKey
from dashboards.view.state import View

# Findings of these grades ask for something at the source.
_OPEN = ("error", "warning")


@dataclass(frozen=True)
class Explanation(IndicatorData):
    """Everything that is known of a figure, read at once from one publication.

    `figure` is None where the cut has nobody to count, `steps` where the indicator is not counted
    step by step.
    """

    figure: Figure | None
    steps: Provenance | None
    records: tuple[str, ...]
    findings: tuple[RuleCount, ...]
    age_unknown: int


def sections(explained: Explanation, *, has_page: bool) -> Iterator[Section]:
    """Yield what is known; `has_page` says whether a page leads from registration to the figure."""
    labels, view, texts = explained.labels, explained.view, explained.texts
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
    return f"{explained.texts.named(explained.indicator.definitions)}."


def cut(explained: Explanation) -> str:
    """Return whose figure it is, when and of which group."""
    labels, view = explained.labels, explained.view
    return f"{place_and_date(labels, view)}: {cut_in_words(labels, view)}."


def value(explained: Explanation) -> str:
    """Return the value and how sure it is, or that there is none."""
    labels, texts, figure = explained.labels, explained.texts, explained.figure
    if figure is None:
        return explained.text("absent.cut", cut=cut_in_words(labels, explained.view))
    kind = explained.kind
    if kind is Kind.COUNT:
        return texts("explanation.value.count", value=int(figure.value))
    interval = labels.interval(
        kind,
        Measured(
            figure.numerator or 0, figure.denominator or 0, figure.value, figure.low, figure.high
        ),
    )
    return texts(
        f"explanation.value.{kind}{'' if interval else '_alone'}",
        value=labels.value(kind, figure.value),
        interval=interval,
        per=explained.indicator.multiplier,
    )


def table_of_parts(explained: Explanation) -> Table | None:
    """Return the numerator and the denominator with their counts, those that there are."""
    labels, texts, figure = explained.labels, explained.texts, explained.figure
    if figure is None:
        return None
    indicator = explained.indicator
    below = "of" if indicator.kind is Kind.MEDIAN else "denominator"
    parts = [
        ("numerator", indicator.numerator_measure, figure.numerator),
        (below, indicator.denominator_measure, figure.denominator),
    ]
    rows = [each for each in parts if each[1] and each[2] is not None]
    shown = table_of(
        texts("explanation.parts"),
        rows,
        (texts("explanation.part"), Holds.TEXT, lambda row: texts(f"explanation.{row[0]}")),
        (texts("explanation.counted"), Holds.TEXT, lambda row: labels.measure(row[1])),
        (texts("explanation.count"), Holds.WHOLE, lambda row: row[2]),
    )
    return shown if rows else None


def missing(explained: Explanation) -> Iterator[str]:
    """Say who may be missing from the figure, what is known of it."""
    labels, texts, figure, view = (
        explained.labels,
        explained.texts,
        explained.figure,
        explained.view,
    )
    if figure and figure.bound_low is not None and figure.bound_high is not None:
        kind = explained.kind
        moves = figure.bound_high > figure.bound_low
        yield texts(
            "explanation.bounds" if moves else "explanation.bounds_same",
            high=labels.value(kind, figure.bound_high),
            low=labels.value(kind, figure.bound_low),
        )
    grade = comparability.grade(
        labels.publication, view.municipality, view.reference_date, view.indicator
    )
    if grade and grade.quarantined_share is not None:
        left_out = round(grade.quarantined_share * grade.rows_behind)
        yield texts(
            "explanation.quarantined" if left_out else "explanation.none_quarantined",
            rows=left_out,
            of=grade.rows_behind,
            share=texts.per_cent(grade.quarantined_share),
        )
    rows = sum(count.rows for count in explained.findings)
    yield texts(
        "explanation.findings" if explained.findings else "explanation.no_findings", rows=rows
    )
    if explained.age_unknown:
        yield texts("explanation.age_unknown", number=explained.age_unknown)


def table_of_findings(explained: Explanation) -> Table | None:
    """Return what is to be mended at the source, and how; None where nothing is."""
    if not explained.findings:
        return None
    shown = columns.named(explained.labels, "rule", "rows", "advice")
    return table_of(explained.texts("explanation.findings_title"), explained.findings, *shown)


def table_of_sources(explained: Explanation) -> Table:
    """Return the newest delivery of each source behind the figure."""
    labels, place = explained.labels, explained.view.municipality
    names = ("record", "system", "source", "delivered", "rows_read", "rows_quarantined")
    return table_of(
        explained.texts("explanation.sources_title"),
        provenance.sources(labels.publication, place, explained.records),
        *columns.named(labels, *names),
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
