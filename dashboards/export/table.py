"""Tables: typed columns and rows, once, for the page and for every file made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from dashboards.export.templates import render
from dashboards.i18n.texts import Sign, Texts

Value = str | int | float | dt.date | Sign | None
Row = tuple[Value, ...]
T = TypeVar("T")


class Holds(StrEnum):
    """What a column holds, which decides how its values are written."""

    TEXT = "text"
    PROSE = "prose"  # whole sentences
    WHOLE = "whole"
    ORDINAL = "ordinal"  # a whole number that names: the row of a file
    SIGNED = "signed"
    DECIMAL = "decimal"  # with one decimal, but where the value is an int
    PER_CENT = "per_cent"  # a share of one, written as a percentage
    DATE = "date"

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers: they stand to the right."""
        return self in (Holds.WHOLE, Holds.ORDINAL, Holds.SIGNED, Holds.DECIMAL, Holds.PER_CENT)


# What a column is called, what it holds, and what it reads of a row.
ColumnOf = tuple[str, Holds, Callable[[T], Value]]


@dataclass(frozen=True)
class Column:
    """One column: its heading, with the unit, and what it holds."""

    heading: str
    kind: Holds = Holds.TEXT


@dataclass(frozen=True)
class Table:
    """A table with its title; the total, if there is one, stands last."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The rows and the total."""
        return (*self.rows, self.total) if self.total else self.rows


def table_of(
    title: str,
    rows: Iterable[T],
    *columns: ColumnOf[T],
    total: Row | None = None,
    whole: T | None = None,
) -> Table:
    """Return a table whose columns each say what they are called, hold, and read of a row.

    `whole` is what the total is read of, where it is read as the rows are.
    """

    def values(row: T) -> Row:
        return tuple(read(row) for _, _, read in columns)

    return Table(
        title,
        tuple(Column(heading, kind) for heading, kind, _ in columns),
        tuple(map(values, rows)),
        total if whole is None else values(whole),
    )


def written(value: Value, kind: Holds, texts: Texts) -> str:
    """Return a value as the page writes it; the unit stands in the heading."""
    if value is None:
        return ""
    if isinstance(value, Sign | str):
        return str(value)
    if isinstance(value, dt.date):
        return texts.date_in_table(value)
    if kind is Holds.PER_CENT:
        return texts.decimal(100 * value)
    if kind is Holds.DECIMAL and isinstance(value, float):
        return texts.decimal(value)
    if kind is Holds.ORDINAL:
        return str(value)
    return texts.signed(int(value)) if kind is Holds.SIGNED else texts.whole(int(value))


def shortened(value: float | None) -> float | int | None:
    """Return a number without decimals where it has none to show: a median of days, a target."""
    return value if value is None or not float(value).is_integer() else int(value)


def sign_in_words(sign: Sign, texts: Texts) -> str:
    """Return what a sign in a number's place means."""
    return texts(f"sign.{sign.name.lower()}")


def as_html(table: Table, texts: Texts, links: Sequence[str | None] = ()) -> str:
    """Return the table as HTML in a frame of its own, sortable by its headings.

    `links` holds for each row the address that its first cell leads to.
    """
    addresses = [*links, *[None] * (len(table.rows) - len(links))]
    rows = [_cells(table, row, texts) for row in table.rows]
    return render(
        "table.html",
        title=table.title,
        headings=[(column.heading, _class(column.kind)) for column in table.columns],
        rows=list(zip(rows, addresses, strict=True)),
        total=_cells(table, table.total, texts) if table.total else None,
    )


def _cells(table: Table, row: Row, texts: Texts) -> list[dict[str, str]]:
    return [
        {
            "text": written(value, column.kind, texts),
            "words": sign_in_words(value, texts) if isinstance(value, Sign) else "",
            "kind": _class(column.kind),
            "sort_key": _sort_key(value),
        }
        for column, value in zip(table.columns, row, strict=True)
    ]


def _class(kind: Holds) -> str:
    return "number" if kind.is_number else kind.value


def _sort_key(value: Value) -> str:
    return "" if value is None or isinstance(value, Sign) else str(value)
