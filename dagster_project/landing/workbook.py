"""Workbooks: XLSX and its kin, read by calamine; merged cells are filled."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from dagster_project.landing import biff
from dagster_project.landing.spreadsheet import ReadyBook, make_ready
from dagster_project.landing.table import Cell, ReadError, Sheet, clean, hidden_in, number_text


@dataclass(frozen=True)
class NamedSheet:
    """A sheet of a workbook: its name, whether it is shown, and what it holds."""

    name: str
    shown: bool
    sheet: Sheet


def read_workbook(content: bytes, *, sheet: str | None) -> list[NamedSheet]:
    """Return the sheets that hold anything; only the named one where one is named."""
    if content.startswith(biff.MAGIC):
        ready = ReadyBook(content, biff.counts_from_1904(content))
    else:
        ready = make_ready(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(ready.content))
    except PasswordError:
        raise ReadError("password") from None
    except (CalamineError, OSError, ValueError):
        raise _unreadable(content, "the workbook cannot be opened") from None
    tables = [known for known in book.sheets_metadata if known.typ == SheetTypeEnum.WorkSheet]
    names = [known.name for known in tables]
    shown = {known.name for known in tables if known.visible == SheetVisibleEnum.Visible}
    if not names:
        raise ReadError("no_worksheet")
    if sheet is not None:
        if sheet not in names:
            raise ReadError("sheet_missing", sheet=sheet, sheets=", ".join(names))
        names = [sheet]
    try:
        read = [
            NamedSheet(name, name in shown, _read(book.get_sheet_by_name(name), ready))
            for name in names
        ]
    except (CalamineError, OSError, ValueError):
        raise _unreadable(content, "a sheet cannot be read") from None
    return [named for named in read if named.sheet.records]


def _unreadable(content: bytes, where: str) -> ReadError:
    """Return the error of a workbook that the library does not read."""
    if content.startswith(biff.MAGIC):
        return ReadError("truncated_file", where=where)
    # Its parts have been unpacked: nothing of it is missing.
    return ReadError("workbook_invalid")


def _read(sheet: CalamineSheet, book: ReadyBook) -> Sheet:
    cells = sheet.to_python(skip_empty_area=False)
    rows = [[_text(value) for value in row] for row in cells]
    hidden = sum(hidden_in(value for value in row if isinstance(value, str)) for row in cells)
    records = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    filled = {number for number, _ in records}
    titles: dict[int, dict[int, str]] = {}
    for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or []:
        if first_row >= len(rows) or first_column >= len(rows[first_row]):
            continue
        value = rows[first_row][first_column]
        if value is None:
            continue
        # What is merged downwards is said of every row there is: an empty one below stays empty.
        for number in range(first_row + 2, min(last_row + 2, len(rows) + 1)):
            if number in filled:
                rows[number - 1][first_column] = value
        # What is merged across is said of the columns below it.
        if first_column < last_column:
            above = titles.setdefault(last_row + 1, {})
            above.update(dict.fromkeys(range(first_column, last_column + 1), value))
    return Sheet(
        [row for _, row in records],
        [number for number, _ in records],
        titles=titles,
        hidden=hidden,
        cells_have_places=True,
        from_1904=book.from_1904,
    )


def _text(value: Any) -> Cell:
    match value:
        case None | "":
            return None
        case bool():
            return "ja" if value else "nei"
        case float():
            return number_text(value)
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(timespec="seconds")
        case dt.date():
            return value.isoformat()
        case _:
            return clean(str(value))
