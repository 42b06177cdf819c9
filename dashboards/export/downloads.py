"""What readers take with them: tables as CSV and as Excel workbooks, with their notes."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass

import xlsxwriter

from dashboards.export.table import Column, Holds, Table, Value, sign_in_words
from dashboards.i18n.texts import Language, Sign, Texts

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A cell that begins so is a formula to a spreadsheet, whoever wrote it.
_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
_WIDEST_COLUMN = 60
_NUMBER_FORMATS = {
    Holds.WHOLE: "#,##0",
    Holds.ORDINAL: "0",
    Holds.SIGNED: "+#,##0;-#,##0;0",
    Holds.DECIMAL: "#,##0.0",
    Holds.PER_CENT: "0.0",
}


@dataclass(frozen=True)
class Notes:
    """What a figure cannot be read without: what it is, of whom and when, and where it is from.

    `reference_date` is empty of what is of no date: everything that was ever delivered.
    `sources_by_municipality` holds names and sources where several are compared. `file_part` tells
    files of different views apart by their names.
    """

    title: str
    definition: str
    filters: str
    source: str
    publication: str
    reference_date: str
    file_part: str
    grade: str = ""
    sources_by_municipality: tuple[tuple[str, str], ...] = ()

    def date(self, texts: Texts) -> list[tuple[str, str]]:
        """Return the reference date with its heading; nothing of what is of no date."""
        return [(texts("notes.reference_date"), self.reference_date)] if self.reference_date else []

    def below_pictures(self, texts: Texts) -> list[tuple[str, str]]:
        """Return what stands under every picture, on the page and in its files."""
        return [
            (texts("notes.source"), self.source),
            (texts("notes.publication"), self.publication),
            (texts("notes.filters"), self.filters),
        ]

    def entries(self, texts: Texts) -> list[tuple[str, str]]:
        """Return the notes with their headings, in the order they are read in."""
        return [
            (texts("notes.title"), self.title),
            (texts("notes.definition"), self.definition),
            (texts("notes.filters"), self.filters),
            *self.date(texts),
            (texts("notes.source"), self.source),
            *(
                (f"{texts('notes.source')}, {municipality}", sources)
                for municipality, sources in self.sources_by_municipality
            ),
            (texts("notes.publication"), self.publication),
            *([(texts("notes.grade"), self.grade)] if self.grade else []),
        ]


@dataclass(frozen=True)
class Download:
    """A file to take along; it is made when somebody asks for it. `kind` is its ending."""

    kind: str
    label: str
    file_name: str
    mime: str
    make: Callable[[], bytes]


def as_csv(table: Table, notes: Notes, texts: Texts) -> bytes:
    """Return the table as CSV that the reader's Excel opens at a double click.

    Every row carries what it is filtered by and where it is from: the file explains itself.
    """
    context = [
        (texts("notes.filters"), notes.filters),
        (texts("notes.source"), notes.source),
        (texts("notes.publication"), notes.publication),
    ]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([*(column.heading for column in table.columns), *(name for name, _ in context)])
    for row in table.all_rows:
        cells = [
            _csv_cell(value, column.kind, texts)
            for column, value in zip(table.columns, row, strict=True)
        ]
        writer.writerow([*cells, *(harmless(value) for _, value in context)])
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table, notes: Notes, texts: Texts) -> bytes:
    """Return the table as a workbook: typed cells on one sheet, the notes on another."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        figures = workbook.add_worksheet(texts("download.sheet_figures"))
        bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        date = workbook.add_format({"num_format": _date_format(texts), "align": "left"})
        right = workbook.add_format({"align": "right"})
        numbers = {
            kind: workbook.add_format({"num_format": pattern})
            for kind, pattern in _NUMBER_FORMATS.items()
        }
        for number, column in enumerate(table.columns):
            figures.write_string(0, number, column.heading, bold)
            figures.set_column(number, number, _width(table, number, column))
        for row_number, row in enumerate(table.all_rows, start=1):
            for number, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                if isinstance(value, Sign):
                    figures.write_string(row_number, number, value, right)
                elif isinstance(value, str):
                    figures.write_string(row_number, number, harmless(value))
                elif isinstance(value, dt.date):
                    figures.write_datetime(row_number, number, value, date)
                elif value is not None:
                    is_short = column.kind is Holds.DECIMAL and isinstance(value, int)
                    written_as = numbers[Holds.WHOLE if is_short else column.kind]
                    figures.write_number(
                        row_number, number, _rounded(value, column.kind), written_as
                    )
        figures.freeze_panes(1, 1)
        figures.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        sheet = workbook.add_worksheet(texts("download.sheet_notes"))
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        heading = workbook.add_format({"bold": True, "valign": "top"})
        signs = [(sign.value, sign_in_words(sign, texts)) for sign in Sign]
        entries = [*notes.entries(texts), (texts("notes.signs"), ""), *signs]
        for row_number, (name, text) in enumerate(entries):
            sheet.write_string(row_number, 0, name, heading)
            sheet.write_string(row_number, 1, harmless(text), wrapped)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 90)
    return file.getvalue()


def harmless(text: str) -> str:
    """Return a text that a spreadsheet takes as text, with an apostrophe where it needs one."""
    return f"'{text}" if text.startswith(_FORMULA_BEGINNINGS) else text


def _csv_cell(value: Value, kind: Holds, texts: Texts) -> str:
    if value is None:
        return ""
    if isinstance(value, Sign):
        return str(value)
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, dt.date):
        return texts.date_in_table(value)
    return str(_rounded(value, kind)).replace(".", texts.decimal_mark)


def _rounded(value: int | float, kind: Holds) -> int | float:
    """Return a number with as many digits as the page shows, percentages as percentages."""
    if kind is Holds.PER_CENT:
        return round(100 * value, 1)
    return round(value, 1) if kind is Holds.DECIMAL else int(value)


def _date_format(texts: Texts) -> str:
    return "dd/mm/yyyy" if texts.language is Language.EN else "dd.mm.yyyy"


def _width(table: Table, number: int, column: Column) -> int:
    longest = max((len(str(row[number] or "")) for row in table.all_rows), default=0)
    of_kind = longest if column.kind in (Holds.TEXT, Holds.PROSE) else 12
    return min(_WIDEST_COLUMN, max(12, of_kind, len(column.heading) // 2) + 2)
