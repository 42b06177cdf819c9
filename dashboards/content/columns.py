"""Columns that stand in many tables: figures with their intervals, and numbers of days."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from dagster_project.publication.reader.reference import Indicator, Kind
from dashboards.content.labels import Labels
from dashboards.export.table import ColumnOf, Holds, Value, shortened
from dashboards.i18n.texts import Sign, Texts
from dashboards.queries.followup import Days

T = TypeVar("T")
_HOLDS = {
    "rule": Holds.PROSE,
    "advice": Holds.PROSE,
    "check": Holds.PROSE,
    "delivered": Holds.DATE,
    "first_seen": Holds.DATE,
}
# What is called otherwise than its field.
_HEADINGS = {
    "municipality": "filter.municipality",
    "indicator": "filter.indicator",
    "grade": "front.grade",
}


class Estimate(Protocol):
    """A value and the ends of its interval, of how many where it is of some."""

    @property
    def value(self) -> float:
        """The value."""

    @property
    def low(self) -> float | None:
        """The lower end."""

    @property
    def high(self) -> float | None:
        """The upper end."""


def interval(
    texts: Texts, unit: str, holds: Holds, low: Callable[[T], Value], high: Callable[[T], Value]
) -> tuple[ColumnOf[T], ColumnOf[T]]:
    """Return the columns of the ends of a 95 % interval."""
    return (
        (texts("column.interval_low", unit=unit), holds, low),
        (texts("column.interval_high", unit=unit), holds, high),
    )


def estimate(
    texts: Texts, unit: str, holds: Holds, read: Callable[[T], Estimate | Sign]
) -> tuple[ColumnOf[T], ...]:
    """Return the columns of a value and its interval; a sign where a row has none."""
    return (
        (texts("column.value", unit=unit), holds, field(read, "value")),
        *interval(texts, unit, holds, field(read, "low"), field(read, "high")),
    )


def share(texts: Texts, read: Callable[[T], Estimate | Sign]) -> tuple[ColumnOf[T], ...]:
    """Return the columns of a share and its interval."""
    return estimate(texts, texts("unit.per_cent"), Holds.PER_CENT, read)


def figure(
    labels: Labels, indicator: Indicator, read: Callable[[T], Estimate | Sign]
) -> tuple[ColumnOf[T], ...]:
    """Return the columns of an indicator's figure: what its kind has, and no others."""
    texts, kind = labels.texts, indicator.kind
    unit, holds = unit_of(labels, indicator), holds_of(kind)
    measures = {
        "numerator": indicator.numerator_measure,
        "denominator": indicator.denominator_measure,
    }
    sides = {Kind.MEDIAN: ("denominator",), Kind.COUNT: ()}.get(kind, tuple(measures))
    columns: list[ColumnOf[T]] = [
        (
            texts("column.persons", measure=labels.measure(measures[side])),
            Holds.WHOLE,
            field(read, side),
        )
        for side in sides
    ]
    if kind in (Kind.SHARE, Kind.RATE):
        return (*columns, *estimate(texts, unit, holds, read))
    columns.append(value(labels, indicator, read))
    if kind is Kind.MEDIAN:
        columns += [
            (texts(f"development.column_quartile_{end}", unit=unit), holds, _days(read, end))
            for end in ("low", "high")
        ]
    return tuple(columns)


def value(
    labels: Labels, indicator: Indicator, read: Callable[[T], Estimate | Sign]
) -> ColumnOf[T]:
    """Return the column of an indicator's value."""
    kind = indicator.kind
    if kind is Kind.COUNT:
        return labels.measure(indicator.numerator_measure), Holds.WHOLE, field(read, "value")
    if kind is Kind.RATIO:
        return labels.indicator(indicator.code), Holds.DECIMAL, field(read, "value")
    heading = labels.texts("column.value", unit=unit_of(labels, indicator))
    reader = _days(read, "value") if kind is Kind.MEDIAN else field(read, "value")
    return heading, holds_of(kind), reader


def named(labels: Labels, *names: str) -> tuple[ColumnOf[Any], ...]:
    """Return the columns of what stands in many tables, read of the field of their name."""

    def column(name: str) -> ColumnOf[Any]:
        holds = _HOLDS.get(name, Holds.WHOLE if name.startswith("rows") else Holds.TEXT)
        heading = labels.texts(_HEADINGS.get(name, f"column.{name}"))
        return heading, holds, reads.get(name, attrgetter(name))

    reads: dict[str, Callable[[Any], Value]] = {
        "municipality": lambda row: labels.municipality(row.municipality),
        "indicator": lambda row: labels.indicator(row.indicator),
        "record": lambda row: labels.of_code("record", row.record),
        "system": lambda row: row.system or "",
        "status": lambda row: labels.of_code("status", row.status),
        "rule": lambda row: labels.rule(row.rule),
        "advice": lambda row: labels.rule_advice(row.rule),
        "check": lambda row: labels.of_code("check", row.check),
        "consequence": lambda row: labels.texts(
            "consequence.holds" if row.holds else "consequence.noted"
        ),
    }
    return tuple(map(column, names))


def days(texts: Texts, read: Callable[[T], Days]) -> tuple[ColumnOf[T], ...]:
    """Return the columns of a median of days and its quartiles; none are known of nobody."""

    def quantile(name: str) -> Callable[[T], Value]:
        def of_row(row: T) -> Value:
            found = read(row)
            return shortened(getattr(found, name)) if found.known else Sign.NOT_APPLICABLE

        return of_row

    return (
        (texts("column.days_known"), Holds.WHOLE, lambda row: read(row).known),
        (texts("column.median_days"), Holds.DECIMAL, quantile("median")),
        (texts("column.first_quartile"), Holds.DECIMAL, quantile("first_quartile")),
        (texts("column.third_quartile"), Holds.DECIMAL, quantile("third_quartile")),
    )


def unit_of(labels: Labels, indicator: Indicator) -> str:
    """Return the unit of an indicator's values: `%`, `per 1 000`."""
    if indicator.kind is Kind.MEDIAN:
        return labels.texts("unit.days")
    if indicator.kind is Kind.RATE:
        return labels.texts("unit.per", number=indicator.multiplier)
    return labels.texts("unit.per_cent")


def holds_of(kind: Kind) -> Holds:
    """Return what a column of values of a kind holds."""
    return {Kind.SHARE: Holds.PER_CENT, Kind.COUNT: Holds.WHOLE}.get(kind, Holds.DECIMAL)


def field(read: Callable[[T], object], name: str) -> Callable[[T], Value]:
    """Return what reads a field of what is read of a row; a sign stands for each of its fields."""

    def of_row(row: T) -> Value:
        found = read(row)
        known: Value = found if isinstance(found, Sign) else getattr(found, name)
        return known

    return of_row


def _days(read: Callable[[T], object], name: str) -> Callable[[T], Value]:
    def of_row(row: T) -> Value:
        found = field(read, name)(row)
        return shortened(found) if isinstance(found, int | float) else found

    return of_row
