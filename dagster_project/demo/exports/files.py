"""Writes tables as files: delimited text, workbooks, JSON and XML, always the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from dagster_project.demo.exports.cells import Cell
from dagster_project.demo.exports.specification import FileKind, Layout

# A workbook tells when it was made; this one always the same.
_MADE = dt.datetime(2025, 12, 31, 12, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Table:
    """A table to be written: its headers and rows; a row may be longer than the headers."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    layout: Layout
    sheet: str = "Ark1"


def write_file(path: Path, tables: Sequence[Table]) -> list[list[int]]:
    """Write a file of one table (several sheets in a workbook).

    Returns for each table the number by which each of its rows is found again: the line, the row of
    the sheet or the element.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if tables[0].layout.kind is FileKind.WORKBOOK:
        return _write_workbook(path, tables)
    (table,) = tables
    match table.layout.kind:
        case FileKind.TEXT:
            text, numbers = _delimited(table)
        case FileKind.JSON:
            text, numbers = _json(table)
        case FileKind.JSON_LINES:
            text, numbers = _json_lines(table)
        case _:
            text, numbers = _xml(table)
    path.write_bytes(text.encode(table.layout.encoding))
    return [numbers]


def _delimited(table: Table) -> tuple[str, list[int]]:
    layout = table.layout
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=layout.delimiter, lineterminator="\r\n")
    for line in layout.above:
        lines.write(f"{line}\r\n")
    writer.writerow(table.headers)
    numbers = []
    at = len(layout.above) + 2 + sum(header.count("\n") for header in table.headers)
    for row in table.rows:
        cells = [_as_text(cell) for cell in row]
        writer.writerow(cells)
        numbers.append(at)
        at += 1 + sum(cell.count("\n") for cell in cells)
    if layout.total is not None:
        writer.writerow([layout.total, *[""] * (len(table.headers) - 2), len(table.rows)])
    return lines.getvalue(), numbers


def _as_text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _as_object(table: Table, row: Sequence[Cell]) -> dict[str, Any]:
    return {
        header: cell.isoformat() if isinstance(cell, dt.date) else cell
        for header, cell in zip(table.headers, row, strict=True)
        if cell is not None
    }


def _json(table: Table) -> tuple[str, list[int]]:
    objects = [_as_object(table, row) for row in table.rows]
    whole: Any = objects
    if table.layout.above:
        whole = {"rapport": table.layout.above[0], "rader": objects}
    return json.dumps(whole, ensure_ascii=False, indent=1), list(range(1, len(objects) + 1))


def _json_lines(table: Table) -> tuple[str, list[int]]:
    lines = [json.dumps(_as_object(table, row), ensure_ascii=False) for row in table.rows]
    return "\n".join(lines) + "\n", list(range(1, len(lines) + 1))


def _xml(table: Table) -> tuple[str, list[int]]:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<rapport>"]
    for row in table.rows:
        cells = "".join(
            f"<{header}>{escape(_as_text(cell))}</{header}>"
            for header, cell in zip(table.headers, row, strict=True)
            if cell is not None
        )
        lines.append(f" <rad>{cells}</rad>")
    lines.append("</rapport>")
    return "\n".join(lines) + "\n", list(range(1, len(table.rows) + 1))


def _write_workbook(path: Path, tables: Sequence[Table]) -> list[list[int]]:
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties({"created": _MADE, "title": path.stem})
    dates = book.add_format({"num_format": "dd.mm.yyyy"})
    bold = book.add_format({"bold": True, "text_wrap": True})
    numbers = [
        _write_sheet(book.add_worksheet(table.sheet), table, dates, bold) for table in tables
    ]
    book.close()
    return numbers


def _write_sheet(sheet: Any, table: Table, dates: Any, bold: Any) -> list[int]:
    """Write a sheet and return its rows' numbers, counted from 1."""
    layout = table.layout
    for at, line in enumerate(layout.above):
        sheet.merge_range(at, 0, at, len(table.headers) - 1, line, bold)
    top = len(layout.above)
    for column, header in enumerate(table.headers):
        sheet.write_string(top, column, header, bold)
    for at, row in enumerate(table.rows, start=top + 1):
        for column, cell in enumerate(row):
            match cell:
                case dt.date():
                    sheet.write_datetime(at, column, cell, dates)
                case int():
                    sheet.write_number(at, column, cell)
                case str():
                    sheet.write_string(at, column, cell)
    if layout.merged is not None:
        _merge_equal(sheet, table, list(table.headers).index(layout.merged), top + 1)
    if layout.total is not None:
        end = top + 1 + len(table.rows)
        sheet.write_string(end, 0, layout.total, bold)
        sheet.write_number(end, len(table.headers) - 1, len(table.rows))
    return list(range(top + 2, top + 2 + len(table.rows)))


def _merge_equal(sheet: Any, table: Table, column: int, top: int) -> None:
    """Merge the cells of a column that say the same as the one above."""
    first = 0
    for at in range(1, len(table.rows) + 1):
        begins = at == len(table.rows) or table.rows[at][column] != table.rows[first][column]
        if begins:
            if at - first > 1 and table.rows[first][column] is not None:
                sheet.merge_range(
                    top + first, column, top + at - 1, column, table.rows[first][column]
                )
            first = at
