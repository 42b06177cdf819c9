"""Figures in sentences: the finding first, then the figure, then how sure.

Every sentence that judges is written from a test of `judgement`.
"""

from __future__ import annotations

import datetime as dt

from dashboards.judgement import Change, Extremes
from dashboards.labels import Labels
from dashboards.queries.coverage import Measured
from dashboards.queries.reference import Kind

_HUNDRED = 100


def level(labels: Labels, indicator: str, measured: Measured, day: dt.date, is_newest: bool) -> str:
    """Return how many of how many, the value and its interval.

    `61 av 100` where there are a hundred or more; of fewer, the persons themselves.
    """
    entry = labels.indicator_entry(indicator)
    count, of = measured.numerator, measured.denominator
    if entry.kind is Kind.SHARE:
        count, of = of_a_hundred(measured)
    when = "now" if is_newest else "then"
    return labels.texts(
        f"level.{indicator}.{when}",
        count=labels.texts.whole(count),
        of=labels.texts.whole(of),
        persons=labels.texts.counted("person", measured.numerator),
        children=labels.texts.counted("child", measured.numerator),
        value=labels.value(entry.kind, measured.value),
        interval=labels.interval(entry.kind, measured),
        date=labels.texts.date(day),
    )


def of_a_hundred(measured: Measured) -> tuple[int, int]:
    """Return a share as so many of a hundred, or of those there are where they are fewer."""
    if measured.denominator < _HUNDRED:
        return measured.numerator, measured.denominator
    return round(_HUNDRED * measured.value), _HUNDRED


def change(
    labels: Labels,
    kind: Kind,
    found: Change | None,
    is_newest: bool,
    is_broken: bool = False,
    multiplier: int = 1000,
) -> str:
    """Return how the figure differs from a year before, and whether by more than chance.

    `multiplier` is what a rate is counted per.
    """
    texts = labels.texts
    if found is None:
        return texts("change.broken" if is_broken else "change.unknown")
    when = a_year_ago(labels, found, is_newest)
    if not found.beyond_chance:
        value = labels.value(kind, found.earlier.measured.value)
        return texts("change.by_chance", when=_capital(when), value=value)
    direction = "more" if found.difference > 0 else "fewer"
    unit = "share" if kind is Kind.SHARE else "rate"
    tense = "now" if is_newest else "then"
    factor = 100 if kind is Kind.SHARE else 1
    difference = texts.decimal(factor * abs(found.difference))
    return texts(
        f"change.{unit}.{direction}_{tense}",
        difference=difference,
        when=when,
        number=texts.whole(multiplier),
    )


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


def development(labels: Labels, kind: Kind, found: Change | None, now: Measured) -> str:
    """Return the way a series has gone from its first figure to the chosen date."""
    if found is None:
        return labels.texts("development.one_point", now=labels.value(kind, now.value))
    direction = "by_chance"
    if found.beyond_chance:
        direction = "up" if found.difference > 0 else "down"
    return labels.texts(
        f"development.{direction}",
        earlier=labels.value(kind, found.earlier.measured.value),
        month=labels.texts.month(found.earlier.date),
        now=labels.value(kind, now.value),
    )


def persons(labels: Labels, measured: Measured) -> str:
    """Return how many of how many: `180 av 222`."""
    return labels.texts(
        "measured.of",
        count=labels.texts.whole(measured.numerator),
        of=labels.texts.whole(measured.denominator),
    )


def a_year_ago(labels: Labels, found: Change, is_newest: bool) -> str:
    """Return when the earlier figure is from: `for ett år siden`, or its date."""
    if not found.is_a_year:
        return labels.texts.date(found.earlier.date)
    return labels.texts("change.a_year_ago" if is_newest else "change.a_year_before")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
