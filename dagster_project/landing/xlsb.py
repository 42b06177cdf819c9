"""XLSB: what the library that reads it does not tell, read off the records of its parts.

The parts of an XLSB workbook are rows of records, each with its kind and length ([MS-XLSB]).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from dagster_project.landing.table import ReadError, column_letters, refuse_large_sheet

_ROW, _ERROR, _ERROR_OF_FORMULA, _BOOK = 0, 3, 11, 153
_CELLS = range(2, 12)  # 1 is a blank one


def counts_from_1904(workbook: bytes) -> bool:
    """Return whether the days of a workbook are counted from 1904, as its first part says."""
    properties = (
        workbook[at] for kind, at, length in _records(workbook) if kind == _BOOK and length
    )
    return bool(next(properties, 0) & 1)


def refuse_errors(sheet: bytes) -> None:
    """Raise ReadError where a sheet has cells that cannot be told from empty ones, or too many."""
    row = 0
    for kind, at, length in _records(sheet):
        if kind == _ROW and length >= 4:
            (row,) = struct.unpack_from("<I", sheet, at)
        elif kind in _CELLS and length >= 4:
            (column,) = struct.unpack_from("<I", sheet, at)
            refuse_large_sheet(row + 1, column + 1)
            if kind in (_ERROR, _ERROR_OF_FORMULA):
                raise ReadError("error_in_cell", cell=f"{column_letters(column + 1)}{row + 1}")


def _records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Return the kind of each record, where its content begins, and how long it is."""
    at = 0
    while at < len(part):
        kind, at = _number(part, at, most_bytes=2)
        length, at = _number(part, at, most_bytes=4)
        if at + length > len(part):
            raise ReadError("truncated_file", where="a sheet cannot be read")
        yield kind, at, length
        at += length


def _number(part: bytes, at: int, *, most_bytes: int) -> tuple[int, int]:
    """Return a number written seven bits a byte, the low ones first, and where it ends."""
    number = 0
    for shift, byte in enumerate(part[at : at + most_bytes]):
        number |= (byte & 0x7F) << (7 * shift)
        at += 1
        if not byte & 0x80:
            break
    return number, at
