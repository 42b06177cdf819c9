"""Workbooks: XLSX and its kin, read by calamine; merged cells are filled."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from dagster_project.landing.table import Cell, ReadError, Sheet, clean


def read_workbook(content: bytes, *, sheet: str | None) -> list[tuple[str, Sheet]]:
    """Return the sheets that hold anything, by name; only the named one where one is named."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
    except (CalamineError, OSError, ValueError):
        raise ReadError("truncated_file", where="the workbook cannot be opened") from None
    if sheet is not None:
        if sheet not in names:
            raise ReadError("sheet_missing", sheet=sheet, sheets=", ".join(names))
        names = [sheet]
    try:
        read = [(name, _read(book.get_sheet_by_name(name))) for name in names]
    except (CalamineError, OSError, ValueError):
        raise ReadError("truncated_file", where="a sheet cannot be read") from None
    return [(name, table) for name, table in read if table.records]


def _read(sheet: CalamineSheet) -> Sheet:
    rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or []:
        # A cell merged downwards is said of every row; one merged across is a title.
        if first_row == last_row or first_row >= len(rows):
            continue
        value = rows[first_row][first_column]
        for row in rows[first_row + 1 : last_row + 1]:
            for column in range(first_column, min(last_column + 1, len(row))):
                row[column] = value
    records = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    return Sheet([row for _, row in records], [number for number, _ in records])


def _text(value: Any) -> Cell:
    match value:
        case None | "":
            return None
        case bool():
            return "ja" if value else "nei"
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(timespec="seconds")
        case dt.date():
            return value.isoformat()
        case _:
            return clean(str(value))
