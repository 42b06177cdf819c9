"""The tables of *Sammenlign*: who is compared, in all and by group, and who is set apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import ALL
from dashboards.analysis.standardised import Estimate
from dashboards.content.comparison_notes import grade, notes
from dashboards.content.section import Section
from dashboards.content.shared_figures import SideBySide, Standing, measured_of
from dashboards.content.shared_labels import SharedLabels
from dashboards.export.table import ColumnOf, Holds, Table, Value, table_of
from dashboards.i18n.texts import Sign
from dashboards.queries.shared import areas
from dashboards.view.sharing import Breakdown, standard_groups
from dashboards.view.state import View

# A table of more municipalities is opened by a click.
_MOST_OPEN = 40
_Read = Callable[[Standing], Measured | Estimate | None]


def sections(found: SideBySide) -> Iterator[Section]:
    """Yield the table of those that are compared, and of those that are not."""
    table = table_of_ranked(found)
    if found.ranked:
        yield Section(
            key="shared_table",
            of_table=_about_the_table(found),
            table=table,
            is_open=len(found.ranked) <= _MOST_OPEN,
            notes=notes(found, table.title, found.view.indicator),
        )
    if found.apart:
        apart = table_of_apart(found)
        yield Section(
            key="shared_apart",
            of_table=[found.labels.texts("comparison.not_ranked")],
            table=apart,
            is_open=len(found.apart) <= _MOST_OPEN,
            notes=notes(found, apart.title, "apart", [each.municipality for each in found.apart]),
        )


def _about_the_table(found: SideBySide) -> list[str]:
    texts = found.labels.texts
    return [texts("comparison.standardised"), texts("comparison.ratio")]


def table_of_ranked(found: SideBySide) -> Table:
    """Return a row for each municipality that is compared: crude, standardised, and by group."""
    labels, texts, view = found.labels, found.labels.texts, found.view
    crude = labels.group_in_text(view.age_group, view.service_area)
    return table_of(
        texts(
            "comparison.table",
            indicator=labels.indicator(view.indicator),
            group=crude,
            month=labels.month(found.month),
        ),
        found.ranked,
        (
            texts("filter.municipality"),
            Holds.TEXT,
            lambda each: labels.municipality(each.municipality),
        ),
        (texts("front.grade"), Holds.TEXT, lambda each: grade(labels, each.grade)),
        *of_share(labels, texts("comparison.crude"), lambda each: each.measured),
        (
            texts("comparison.column_of"),
            Holds.WHOLE,
            lambda each: each.measured.denominator if each.measured else None,
        ),
        *of_share(labels, texts("comparison.column_standardised"), lambda each: each.direct),
        *_of_ratio(labels),
        *_by_group(found),
        (texts("comparison.column_marks"), Holds.PROSE, lambda each: marks(found, each)),
    )


def table_of_apart(found: SideBySide) -> Table:
    """Return those that are not compared, by name: their figure, its month, and why."""
    labels, texts = found.labels, found.labels.texts
    return table_of(
        texts("comparison.table_apart"),
        found.apart,
        (
            texts("filter.municipality"),
            Holds.TEXT,
            lambda each: labels.municipality(each.municipality),
        ),
        (texts("filter.month"), Holds.TEXT, lambda each: labels.month(each.month)),
        (texts("front.grade"), Holds.TEXT, lambda each: grade(labels, each.grade)),
        *of_share(labels, texts("comparison.crude"), lambda each: each.measured),
        (texts("compare.why_apart"), Holds.PROSE, lambda each: each.reason or ""),
    )


def interval_of(labels: SharedLabels, low: float, high: float) -> str:
    """Return the ends of an interval of shares, in per cent: `57,9-64,4`."""
    return f"{labels.texts.decimal(100 * low)}-{labels.texts.decimal(100 * high)}"


def of_share(labels: SharedLabels, heading: str, read: _Read) -> Sequence[ColumnOf[Standing]]:
    """Return the columns of a share and of its interval; a sign where a row has none."""

    def value(each: Standing) -> Value:
        known = read(each)
        return known.value if known else Sign.NOT_APPLICABLE

    def interval(each: Standing) -> Value:
        known = read(each)
        if known is None or known.low is None or known.high is None:
            return ""
        return interval_of(labels, known.low, known.high)

    unit = labels.texts("unit.per_cent")
    return (
        (f"{heading} ({unit})", Holds.PER_CENT, value),
        (labels.texts("comparison.column_interval", of=heading), Holds.TEXT, interval),
    )


def _of_ratio(labels: SharedLabels) -> Sequence[ColumnOf[Standing]]:
    """Return the columns of events for each hundred expected, and of the interval."""
    texts = labels.texts

    def value(each: Standing) -> Value:
        return 100 * each.indirect.value if each.indirect else Sign.NOT_APPLICABLE

    def interval(each: Standing) -> Value:
        known = each.indirect
        return interval_of(labels, known.low, known.high) if known else ""

    heading = texts("comparison.column_ratio")
    return (
        (heading, Holds.DECIMAL, value),
        (texts("comparison.column_interval", of=heading), Holds.TEXT, interval),
    )


def _by_group(found: SideBySide) -> Iterator[ColumnOf[Standing]]:
    """Yield the columns of each age group, or of each service area."""
    labels, view = found.labels, found.view
    if view.shared.by is Breakdown.AGES:
        for code in standard_groups():
            yield from _of_cut(found, labels.age_group_in_text(code), replace(view, age_group=code))
        return
    shared = areas(labels.received)
    for code in labels.service_areas():
        if code in shared and code != ALL:
            cut = replace(view, service_area=code)
            yield from _of_cut(found, labels.service_area(code), cut)


def _of_cut(found: SideBySide, heading: str, cut: View) -> Sequence[ColumnOf[Standing]]:
    packages = found.labels.received.packages
    known = {
        each.municipality: measured_of(packages[each.municipality], cut, found.month)
        for each in found.ranked
    }
    return of_share(found.labels, heading, lambda each: known[each.municipality])


def marks(found: SideBySide, each: Standing) -> str:
    """Return what to know of a figure: a break within the last year."""
    labels = found.labels
    package = labels.received.packages[each.municipality]
    a_year_before = f"{int(found.month[:4]) - 1}{found.month[4:]}"
    return " ".join(
        labels.texts(
            "comparison.mark_break",
            month=labels.month(broken.month),
            kind=labels.of_code("break", broken.kind),
        )
        for broken in package.breaks.get(found.view.indicator, ())
        if a_year_before < broken.month <= found.month
    )
