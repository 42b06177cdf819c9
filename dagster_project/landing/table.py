"""What a reader hands on: a sheet of text, as it stands in the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dagster_project.landing.limits import (
    CELL_CHARACTERS,
    CELLS,
    COLUMNS,
    LEVELS,
    ROWS,
    SHEET_CELLS,
)
from dagster_project.values import hides, visible

Cell = str | None
# Whether a row names every column that is needed, and how many it names.
Score = tuple[bool, int]

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
# What keeps a spreadsheet from taking a text for a number: `="0681"`, `'0681`, `'0681'`.
_KEPT_AS_TEXT = re.compile(r"=\"([^\"]*)\"|'([^']*)'|'([\d=+@-][^']*)")


class ReadError(Exception):
    """The file cannot be read as a table. Holds a problem code and its parameters, no cell."""

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@dataclass(frozen=True)
class Sheet:
    """All records of a file, header and all, before anybody knows which one is the header.

    `numbers` holds, for each record, the row a person would look for: the line of a text file, the
    row of a sheet, the element of a list. Cells are trimmed; an empty one is None. `titles` are the
    cells merged across several columns: by row number and column, what stands above them. `ended`
    is false where the last line has no end, as when a file was cut off. `hidden` counts the cells
    that held signs which nobody sees. `told` are what else a reader has to say of the file: by the
    code of a notice, the rows that it is about. `cells_have_places`: a cell is
    where it is, whatever stands beside it, as in a workbook. `from_1904`: its numbers of days count
    from 1904.
    """

    records: list[list[Cell]]
    numbers: list[int]
    encoding: str | None = None
    delimiter: str | None = None
    titles: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    ended: bool = True
    hidden: int = 0
    remarks: Mapping[str, Sequence[int]] = field(default_factory=dict)
    cells_have_places: bool = False
    from_1904: bool = False


def refuse_large(sheet: Sheet) -> None:
    """Raise ReadError where a sheet is larger than any register, or a cell than any text in one."""
    refuse_many(len(sheet.records), max(map(len, sheet.records), default=0))
    for number, record in zip(sheet.numbers, sheet.records, strict=True):
        if any(cell is not None and len(cell) > CELL_CHARACTERS for cell in record):
            raise ReadError("cell_too_long", row=str(number), most=f"{CELL_CHARACTERS:,}")


def refuse_many(rows: int, columns: int) -> None:
    """Raise ReadError where there are more rows, columns or cells than in any register."""
    for count, most, what in (
        (rows, ROWS, "rows"),
        (columns, COLUMNS, "columns"),
        (rows * columns, CELLS, "cells"),
    ):
        if count > most:
            raise ReadError("too_many", most=f"{most:,}", what=what)


def refuse_large_sheet(rows: int, columns: int) -> None:
    """Raise ReadError where a workbook's sheet reaches too far: to this row and this column."""
    if rows * columns > SHEET_CELLS:
        raise ReadError(
            "sheet_too_large",
            row=f"{rows:,}",
            column=column_letters(columns),
            most=f"{SHEET_CELLS:,}",
        )


def column_letters(number: int) -> str:
    """Return the letters of a sheet's column; the first is 1.

    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def too_deep() -> ReadError:
    """Return the error of a file in which more lies within each other than in any record."""
    return ReadError("too_deep", most=str(LEVELS))


def clean(cell: str | None) -> Cell:
    """Return the cell trimmed, composed and without what nobody sees; None if nothing is left.

    Two systems write the same letter in one sign or in two; behind the door there is one way only.
    So it is of a key that one of them writes so that a spreadsheet keeps its zeros.

    >>> clean('="0681"'), clean("'0681"), clean("'t Hooft")
    ('0681', '0681', "'t Hooft")
    """
    if cell is None:
        return None
    trimmed = visible(cell).strip()
    if trimmed[:1] in ("'", "=") and (text := _KEPT_AS_TEXT.fullmatch(trimmed)):
        trimmed = (text[1] or text[2] or text[3] or "").strip()
    if not trimmed.isascii():
        # Half a letter of UTF-16 cannot be written to any file.
        trimmed = unicodedata.normalize("NFC", _LONE_SURROGATES.sub("\ufffd", trimmed))
    return trimmed or None


def number_text(value: float) -> str:
    """Return a number as a Norwegian writes it, so that its point is not taken for thousands."""
    return str(int(value)) if value.is_integer() else str(value).replace(".", ",")


def hidden_in(cells: Iterable[str | None]) -> int:
    """Return how many of the cells hold signs that nobody sees."""
    return sum(cell is not None and hides(cell) for cell in cells)
