"""What a reader hands on: a sheet of text, as it stands in the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from dagster_project.values import fold

Cell = str | None

# A total line is a last row that begins with one of these.
_TOTAL = re.compile(r"(sum|total|totalt|i alt)\b")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


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
    is false where the last line has no end, as when a file was cut off.
    """

    records: list[list[Cell]]
    numbers: list[int]
    encoding: str | None = None
    delimiter: str | None = None
    titles: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    ended: bool = True


def clean(cell: str | None) -> Cell:
    """Return the cell trimmed and composed, or None where nothing is left of it.

    Two systems write the same letter in one sign or in two; behind the door there is one way only.
    """
    if cell is None:
        return None
    trimmed = cell.strip().strip("\ufeff").strip()
    if not trimmed.isascii():
        # Half a letter of UTF-16 cannot be written to any file.
        trimmed = unicodedata.normalize("NFC", _LONE_SURROGATES.sub("\ufffd", trimmed))
    return trimmed or None


def number_text(value: float) -> str:
    """Return a number as a Norwegian writes it, so that its point is not taken for thousands."""
    return str(int(value)) if value.is_integer() else str(value).replace(".", ",")


def is_total(record: list[Cell]) -> bool:
    """Whether a last row is a total line."""
    first = next((cell for cell in record if cell), "")
    return _TOTAL.match(fold(first)) is not None
