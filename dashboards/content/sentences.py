"""Figures in sentences: the finding first, then the figure, then how sure.

Every sentence that judges is written from a test of `significance`.
"""

from __future__ import annotations

import datetime as dt

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis.change import Change, Dated, Verdict
from dashboards.analysis.significance import Extremes
from dashboards.content.labels import Labels
from dashboards.i18n.texts import capitalised

_HUNDRED = 100


def level(labels: Labels, indicator: str, measured: Measured, day: dt.date, is_newest: bool) -> str:
    """Return the value, how many of how many, and the interval."""
    entry = labels.indicator_entry(indicator)
    when = "now" if is_newest else "then"
    return labels.texts(
        f"level.{indicator}.{when}",
        count=labels.texts.whole(measured.numerator),
        of=labels.texts.whole(measured.denominator),
        persons=labels.texts.counted("person", measured.numerator),
        children=labels.texts.counted("child", measured.numerator),
        value=labels.value(entry.kind, measured.value),
        interval=labels.interval(entry.kind, measured),
        date=labels.texts.date(day),
    )


def change(
    labels: Labels, kind: Kind, found: Change[Dated], is_newest: bool, multiplier: int
) -> str:
    """Return how a figure differs from a year before, and whether by more than chance.

    `multiplier` is what a rate is counted per.
    """
    texts = labels.texts
    if found.earlier is None or found.verdict is Verdict.FEW:
        return texts(f"change.{found.verdict}")
    when = a_year_ago(labels, found, is_newest)
    if not found.verdict.is_sure:
        earlier = value(labels, kind, found.earlier.value)
        return texts(f"change.{found.verdict}", when=capitalised(when), value=earlier)
    unit = "share" if kind is Kind.SHARE else "rate"
    tense = "now" if is_newest else "then"
    return texts(
        f"change.{unit}.{found.verdict}_{tense}",
        difference=difference(labels, kind, found.difference),
        when=when,
        number=texts.whole(multiplier),
    )


def difference(labels: Labels, kind: Kind, found: float) -> str:
    """Return how much two figures differ, without a sign: of shares in percentage points."""
    return labels.texts.decimal((_HUNDRED if kind is Kind.SHARE else 1) * abs(found))


def value(labels: Labels, kind: Kind, found: float) -> str:
    """Return a value as it stands in a sentence: `61,2 %`, `12 dager`."""
    written = labels.value(kind, found)
    if kind is not Kind.MEDIAN:
        return written
    return labels.texts(f"development.days_{'one' if found == 1 else 'several'}", number=written)


def where(labels: Labels, kind: Kind, scheme: str, ages: Extremes, areas: Extremes) -> str:
    """Return which age group and which service area stand out, or that none does."""
    texts = labels.texts

    def told(found: Extremes, prefix: str) -> str:
        values = {}
        for end, cell in (("highest", found.highest), ("lowest", found.lowest)):
            if cell is not None:
                values[end] = (
                    labels.age_group_in_text(scheme, cell.age_group)
                    if prefix == "age"
                    else labels.service_area(cell.service_area)
                )
                values[f"{end}_value"] = labels.value(kind, cell.measured.value)
        ends = [end for end in ("highest", "lowest") if end in values]
        return texts(f"where.{prefix}_{'_and_'.join(ends)}", **values) if ends else ""

    if not (ages.judged or areas.judged):
        return texts("where.too_few")
    sentences = [told(ages, "age"), told(areas, "area")]
    return " ".join(sentence for sentence in sentences if sentence) or texts("where.nowhere")


def persons(labels: Labels, measured: Measured) -> str:
    """Return how many of how many: `180 av 222`."""
    return labels.texts(
        "measured.of",
        count=labels.texts.whole(measured.numerator),
        of=labels.texts.whole(measured.denominator),
    )


def a_year_ago(labels: Labels, found: Change[Dated], is_newest: bool) -> str:
    """Return when the earlier figure is from: `for ett år siden`, or its date."""
    if found.earlier is not None and not found.is_a_year:
        return labels.texts.date(found.earlier.date)
    return labels.texts("change.a_year_ago" if is_newest else "change.a_year_before")
