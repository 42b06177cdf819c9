"""What a reader hands on: a sheet of text, as it stands in the file."""

from __future__ import annotations

from dataclasses import dataclass

Cell = str | None


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
    row of a sheet, the element of a list. Cells are trimmed; an empty one is None.
    """

    records: list[list[Cell]]
    numbers: list[int]
    encoding: str | None = None
    delimiter: str | None = None


def clean(cell: str | None) -> Cell:
    """Return the cell trimmed, or None where nothing is left of it."""
    if cell is None:
        return None
    trimmed = cell.strip(" \t\r\n\u00a0\u202f\ufeff")
    return trimmed or None
