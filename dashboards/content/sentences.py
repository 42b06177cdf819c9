"""Figures in sentences: the finding first, then the figure, then how sure.

Every sentence that judges is written from a test of `significance`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import significance
from dashboards.analysis.change import Change, Dated, Verdict
from dashboards.analysis.significance import Extremes
from dashboards.content.labels import Labels
from dashboards.i18n.texts import capitalised, tense

_HUNDRED = 100


def level(labels: Labels, indicator: str, measured: Measured, day: dt.date, is_newest: bool) -> str:
    """Return the value, how many of how many, and the interval."""
    kind, texts = labels.indicator_entry(indicator).kind, labels.texts
    return texts(
        f"level.{indicator}.{tense(is_newest)}",
        count=measured.numerator,
        of=measured.denominator,
        persons=texts.counted("person", measured.numerator),
        children=texts.counted("child", measured.numerator),
        value=labels.value(kind, measured.value),
        interval=labels.interval(kind, measured),
        date=day,
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
    return texts(
        f"change.{unit}.{found.verdict}_{tense(is_newest)}",
        difference=difference(labels, kind, found.difference),
        when=when,
        number=multiplier,
    )


def compared(now: Measured, then: Measured, kind: Kind) -> str:
    """Return whether a figure is `more` or `fewer` than another, or by chance: `alike`."""
    if not significance.differ(now, then, kind):
        return "alike"
    return "more" if now.value > then.value else "fewer"


def count(number: int) -> Measured:
    """Return a count as a rate of one period, to be held against others of the same length."""
    return Measured(number, 1, number, None, None)


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
    if not (ages.tested or areas.tested):
        return texts("where.too_few")
    names: dict[str, tuple[Extremes, Callable[[Cell], str]]] = {
        "age": (ages, lambda cell: labels.age_group_in_text(scheme, cell.age_group)),
        "area": (areas, lambda cell: labels.service_area(cell.service_area)),
    }
    sentences = []
    for prefix, (found, name_of) in names.items():
        ends, values = ends_in_words(labels, kind, found, name_of)
        if ends:
            sentences.append(texts(f"where.{prefix}_{ends}", **values))
    return " ".join(sentences) or texts("where.nowhere")


def ends_in_words(
    labels: Labels, kind: Kind, found: Extremes, name_of: Callable[[Cell], str]
) -> tuple[str, dict[str, str]]:
    """Return which ends stand out (`highest_and_lowest`), and their names and values."""
    values: dict[str, str] = {}
    for end, cell in (("highest", found.highest), ("lowest", found.lowest)):
        if cell is not None:
            values |= {end: name_of(cell), f"{end}_value": labels.value(kind, cell.measured.value)}
    return "_and_".join(end for end in ("highest", "lowest") if end in values), values


def persons(labels: Labels, measured: Measured) -> str:
    """Return how many of how many: `180 av 222`."""
    return labels.texts("measured.of", count=measured.numerator, of=measured.denominator)


def a_year_ago(labels: Labels, found: Change[Dated], is_newest: bool) -> str:
    """Return when the earlier figure is from: `for ett år siden`, or its date."""
    if found.earlier is not None and not found.is_a_year:
        return labels.texts.date(found.earlier.date)
    return labels.texts("change.a_year_ago" if is_newest else "change.a_year_before")
