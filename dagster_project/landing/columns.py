"""Which header names which column of the contract, and where the header is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, pairwise

from dagster_project.contract import Column, ColumnKind, RecordType
from dagster_project.landing.table import Cell, ReadError, Score, Sheet
from dagster_project.landing.totals import total_lines
from dagster_project.values import fold_header

_LOOK_AT_RECORDS = 60
_LONGEST_HEADER = 1_000
_DAY_NUMBER = re.compile(r"(\d{5})((?:[.,]\d+)?)")
_DAYS_TO_1904 = 1462
# Programs leave off the last delimiters of so many lines at a time, counted from the first.
_LINES_OF_A_BLOCK = 16
# What stands in rows, and in no header: a date, an id.
_DATUM = re.compile(r"\d{4}-\d\d?-\d|\d\d?[./]\d\d?[./]\d\d|\d{6}\D?\d{4,5}$|\d{8}$")
# Statistics Norway names the columns of a wide table after the content and the year.
_YEAR_HEADER = re.compile(r"(?:persons|personer|folkemengde)?((?:19|20)\d\d)$")
# Names of persons in columns that the contract does not know, as headers are folded.
_OF_NAMES = re.compile(
    r"(?:for|etter|mellom|slekts|familie|fullt)na[mv]n|(?:first|last|sur|given|family|full)name"
)
_ALSO = {
    "alder": ("age",),
    "aar": ("år", "year", "tid"),
    "kjonn": ("kjønn", "sex"),
    "personer": ("persons", "folkemengde"),
}


@dataclass(frozen=True)
class MappedTable:
    """The rows below the header, by contract column, and the whole rows as they came.

    `not_taken` are those of its other headers that the contract knows and has no use for.
    `names` are the names of persons in columns that the contract does not know: they are known by
    them, and not written. `told` says by the code of a notice which rows it is about; `hidden`
    counts the cells that held signs which nobody sees.
    """

    columns: dict[str, list[Cell]] = field(default_factory=dict)
    whole: list[list[Cell]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    too_wide: list[bool] = field(default_factory=list)
    too_short: list[bool] = field(default_factory=list)
    extra_headers: list[str] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)
    names: frozenset[str] = frozenset()
    header_number: int = 1
    hidden: int = 0
    remarks: Mapping[str, Sequence[int]] = field(default_factory=dict)


class HeaderMatcher:
    """Matches headers with the columns of one record type.

    `chosen` are the headers that `sources.yml` maps by hand; they go before the aliases.
    """

    def __init__(self, record: RecordType, chosen: Mapping[str, str]) -> None:
        self._record = record
        not_taken = {header for header, name in chosen.items() if name in record.not_taken}
        self._not_taken = {
            fold_header(header)
            for name, headers in record.not_taken.items()
            for header in (name, *headers, *not_taken)
        }
        self._chosen_names = {
            header: name for header, name in chosen.items() if header not in not_taken
        }
        self._chosen: dict[str, list[str]] = {}
        for header, name in self._chosen_names.items():
            names = self._chosen.setdefault(fold_header(header), [])
            if name not in names:
                names.append(name)
        self._known: dict[str, list[str]] = {}
        for column in record.columns:
            for header in _headers_of(column):
                names = self._known.setdefault(fold_header(header), [])
                if column.name not in names:
                    names.append(column.name)
        self._wide = {"aar", "personer"} <= {column.name for column in record.columns}

    def score(self, records: list[list[Cell]]) -> Score:
        """Return how well the best header among the first records fits."""
        return max(map(self._score, records[:_LOOK_AT_RECORDS]), default=(False, 0))

    def _score(self, record: list[Cell]) -> Score:
        folded = {_folded(cell) for cell in record if cell}
        columns = {self._chosen[header][0] for header in folded & self._chosen.keys()}
        columns.update(
            self._known[header][0] for header in folded & self._known.keys() - self._chosen.keys()
        )
        years = sum(bool(_YEAR_HEADER.match(header)) for header in folded) if self._wide else 0
        found = columns | {"aar", "personer"} if years else columns
        return bool(columns) and not self._missing(found), len(columns) + years

    def map(self, sheet: Sheet) -> MappedTable:
        """Find the header and return the rows below it by column.

        Raises ReadError if a required column is missing or a header is not plain.
        """
        if not sheet.records:
            raise ReadError("empty_file")
        first = range(min(len(sheet.records), _LOOK_AT_RECORDS))
        headers = [self._named(sheet, at) for at in first]
        scores = [self._score(header) for header in headers]
        at = scores.index(max(scores))
        # Cells merged downwards make a header of several rows: the last is the one above the rows.
        while at + 1 < len(scores) and scores[at + 1] == scores[at]:
            at += 1
        header = headers[at]
        whole, matches = scores[at]
        # A row of a file without headers may hold a word that is one; it is not to be quoted.
        if not matches or (not whole and any(cell and _DATUM.match(cell) for cell in header)):
            # Where nothing parts a line of text into cells, no name of a header can help.
            cells = max(len(sheet.records[row]) for row in first)
            code = "one_column" if cells == 1 and sheet.delimiter else "no_header"
            raise ReadError(code, record=self._record.name, columns=self._required_names())
        places = self._places(header)
        years = self._years(header, places)
        self._require(set(places) | ({"aar", "personer"} if years else set()), header)
        rows, numbers, remarks = self._rows(sheet, at, header, places)
        if not rows:
            raise ReadError("no_rows")
        # The rows of a sheet are all as wide as its widest; the header's own width is what counts.
        width = max(place for place, cell in enumerate(header) if cell) + 1
        cut = len(rows[-1]) < min([width, *map(len, rows[-2:-1])])
        if cut and not sheet.ended and numbers[-1] == sheet.numbers[-1]:
            raise ReadError("truncated_file", where="in the middle of the last line")
        too_wide = [any(row[width:]) for row in rows]
        if sheet.cells_have_places and not any(row[width] for row in rows if len(row) > width):
            # Behind an empty column stand notes, which shift nothing.
            if any(too_wide):
                remarks["notes_beside"] = list(compress(numbers, too_wide))
            # Where nothing stands in the table itself, there is no row beside the note.
            kept = [any(row[:width]) for row in rows]
            rows, numbers = list(compress(rows, kept)), list(compress(numbers, kept))
            too_wide = [False] * len(rows)
        extra = {
            at: cell
            for at, cell in enumerate(header)
            if cell and at not in places.values() and at not in years
        }
        of_names = [at for at, cell in extra.items() if _OF_NAMES.search(_folded(cell))]
        table = MappedTable(
            columns={name: self._cells(name, place, rows, sheet) for name, place in places.items()},
            whole=rows,
            numbers=numbers,
            too_wide=too_wide,
            too_short=_too_short(sheet, rows, numbers, width),
            extra_headers=list(extra.values()),
            not_taken=[cell for cell in extra.values() if _folded(cell) in self._not_taken],
            names=frozenset(
                cell for row in rows for at in of_names if at < len(row) and (cell := row[at])
            ),
            header_number=sheet.numbers[at],
            hidden=sheet.hidden,
            remarks=remarks,
        )
        return _melt(table, years) if years else table

    def _cells(self, name: str, place: int, rows: list[list[Cell]], sheet: Sheet) -> list[Cell]:
        cells = [row[place] if place < len(row) else None for row in rows]
        if sheet.from_1904 and self._record.column(name).kind in (
            ColumnKind.DATE,
            ColumnKind.BIRTH_DATE,
        ):
            return [cell and _counted_from_1900(cell) for cell in cells]
        return cells

    def _rows(
        self, sheet: Sheet, at: int, header: list[Cell], places: Mapping[str, int]
    ) -> tuple[list[list[Cell]], list[int], dict[str, Sequence[int]]]:
        """Return the rows below a header, the row number of each, and what is told of the file.

        Total lines and the header itself, where it comes again, are no rows.
        """
        rows, numbers = sheet.records[at + 1 :], sheet.numbers[at + 1 :]
        notes = _notes_below(rows, numbers)
        again = self._headers_again(header, places, rows)
        for index, same in again.items():
            if not same:
                raise ReadError("other_header", line=str(numbers[index]))
        totals = total_lines(self._record, places, rows)
        remarks = {code: list(of) for code, of in sheet.remarks.items()}
        remarks["header_again"] = [numbers[index] for index in again]
        remarks["total_lines"] = [numbers[index] for index in sorted(totals)]
        remarks["notes_below"] = [numbers[index] for index in sorted(notes - totals)]
        left_out = notes | totals | again.keys()
        kept = [index not in left_out for index in range(len(rows))]
        return (
            list(compress(rows, kept)),
            list(compress(numbers, kept)),
            {code: of for code, of in remarks.items() if of},
        )

    def _headers_again(
        self, header: list[Cell], places: Mapping[str, int], rows: list[list[Cell]]
    ) -> dict[int, bool]:
        """Return which of the rows are headers, and whether each is the same as that above all."""
        known: dict[Cell, bool] = {}
        found: dict[int, bool] = {}
        first, last = min(places.values(), default=0), max(places.values(), default=0)
        for at, row in enumerate(rows):
            # Three cells are enough to see that a row is none; most are ids, dates and numbers.
            some = {row[place] for place in (first, (first + last) // 2, last) if place < len(row)}
            for cell in some:
                if cell in known:
                    continue
                folded = "" if cell is None or cell[0].isdigit() else _folded(cell)
                known[cell] = folded in self._known or folded in self._chosen
            if any(known[cell] for cell in some) and self._score(row)[0]:
                found[at] = [_folded(cell) for cell in row if cell] == [
                    _folded(cell) for cell in header if cell
                ]
        return found

    def _named(self, sheet: Sheet, at: int) -> list[Cell]:
        """Return a record as a header: with the title merged across a cell, where that is a name.

        `Koordinator` above `Navn` and `Ansattnr` makes `Koordinator Navn` of the one.
        """
        record = sheet.records[at]
        titles = sheet.titles.get(sheet.numbers[at] - 1, {})
        return [
            next(
                (
                    both
                    for both in (f"{titles[place]} {cell}", f"{cell} {titles[place]}")
                    if _folded(both) in self._known.keys() | self._chosen.keys()
                ),
                cell,
            )
            if cell and place in titles
            else cell
            for place, cell in enumerate(record)
        ]

    def _places(self, header: list[Cell]) -> dict[str, int]:
        places: dict[str, int] = {}
        folded = [_folded(cell) for cell in header]
        by_hand = {
            column for name in folded if name in self._chosen for column in self._chosen[name]
        }
        for wanted, column in self._chosen_names.items():
            if column not in by_hand and self._record.column(column).required:
                raise ReadError("mapped_header_missing", header=wanted, headers=_listed(header))
        for place, name in enumerate(folded):
            columns = self._chosen.get(name) or [
                column for column in self._known.get(name, []) if column not in by_hand
            ]
            if len(columns) > 1:
                raise ReadError(
                    "header_ambiguous",
                    header=header[place] or "",
                    first=columns[0],
                    second=columns[1],
                )
            if columns:
                self._claim(places, header, columns[0], place)
        return places

    @staticmethod
    def _claim(places: dict[str, int], header: list[Cell], column: str, place: int) -> None:
        if column in places:
            raise ReadError(
                "column_twice",
                first=header[places[column]] or "",
                second=header[place] or "",
                column=column,
            )
        places[column] = place

    def _years(self, header: list[Cell], places: Mapping[str, int]) -> dict[int, str]:
        if not self._wide or {"aar", "personer"} <= places.keys():
            return {}
        return {
            place: match[1]
            for place, cell in enumerate(header)
            if cell and (match := _YEAR_HEADER.match(_folded(cell)))
        }

    def _require(self, found: set[str], header: list[Cell]) -> None:
        if missing := self._missing(found):
            raise ReadError("column_missing", column=", ".join(missing), headers=_listed(header))

    def _missing(self, found: set[str]) -> list[str]:
        missing = [
            column.name
            for column in self._record.columns
            if column.required and column.name not in found
        ]
        names = {column.name for column in self._record.columns}
        if {"fnr", "navn", "fodselsdato"} <= names and "fnr" not in found | set(missing):
            missing += sorted({"navn", "fodselsdato"} - found) and ["fnr (or navn and fodselsdato)"]
        if (one_of := self._record.one_of) and not found & set(one_of):
            missing.append(f"{one_of[0]} (or {' or '.join(one_of[1:])})")
        return missing

    def _required_names(self) -> str:
        return ", ".join(column.name for column in self._record.columns if column.required)


def _counted_from_1900(cell: str) -> str:
    """Return the number of a day, counted from 1904, as most workbooks count it."""
    match = _DAY_NUMBER.fullmatch(cell)
    return f"{int(match[1]) + _DAYS_TO_1904}{match[2]}" if match else cell


def _folded(cell: Cell) -> str:
    """Return a cell as headers are compared; nothing of one that is too long to be a header."""
    return fold_header(cell) if cell and len(cell) <= _LONGEST_HEADER else ""


def _headers_of(column: Column) -> tuple[str, ...]:
    return (column.name, *column.aliases, *_ALSO.get(column.name, ()))


def _listed(header: list[Cell]) -> str:
    return ", ".join(cell.replace("\n", " ") for cell in header if cell)


def _melt(table: MappedTable, years: Mapping[int, str]) -> MappedTable:
    """Turn one column a year into one row a year."""
    columns: dict[str, list[Cell]] = {name: [] for name in [*table.columns, "aar", "personer"]}
    whole: list[list[Cell]] = []
    numbers: list[int] = []
    too_wide: list[bool] = []
    too_short: list[bool] = []
    for index, row in enumerate(table.whole):
        for place, year in years.items():
            cells = {name: values[index] for name, values in table.columns.items()}
            cells |= {"aar": year, "personer": row[place] if place < len(row) else None}
            for name, cell in cells.items():
                columns[name].append(cell)
            whole.append(list(cells.values()))
            numbers.append(table.numbers[index])
            too_wide.append(table.too_wide[index])
            too_short.append(table.too_short[index])
    return replace(
        table,
        columns=columns,
        whole=whole,
        numbers=numbers,
        too_wide=too_wide,
        too_short=too_short,
    )


def _notes_below(rows: list[list[Cell]], numbers: list[int]) -> frozenset[int]:
    """Return which rows are no rows but notes: words alone, below a blank row or another note."""
    notes: set[int] = set()
    for index, row in enumerate(rows[1:], start=1):
        below = numbers[index] > numbers[index - 1] + 1 or index - 1 in notes
        if below and sum(cell is not None for cell in row) == 1 and any(map(_has_words, row)):
            notes.add(index)
    return frozenset(notes)


def _has_words(cell: Cell) -> bool:
    if not cell or not any(map(str.isalpha, cell)):
        return False
    return " " in cell or ":" in cell or cell.isalpha()


def _too_short(sheet: Sheet, rows: list[list[Cell]], numbers: list[int], width: int) -> list[bool]:
    """Return which rows of a delimited text have fewer cells than the header.

    Not those of a file that leaves off what is empty at the end of its lines. That is a habit, and
    shows: in several rows, while no row writes an empty last cell, or in whole blocks of lines.
    """
    short = [len(row) < width for row in rows]
    if sheet.delimiter is None or not any(short):
        return [False] * len(rows)
    left_off = _leaves_off(rows, short, width) or _leaves_off_in_blocks(rows, numbers, short)
    return [False] * len(rows) if left_off else short


def _leaves_off(rows: list[list[Cell]], short: list[bool], width: int) -> bool:
    """Whether a file leaves off every empty last cell, and not just the rest of a row or two."""
    of_short = list(compress(rows, short))
    written = all(row[width - 1] for row in rows if len(row) >= width)
    one_width = len(set(map(len, rows))) == 1
    # Two neighbours that make one row together are one row that was cut.
    cut = any(
        len(row) + len(following) - 1 == width
        for (row, following), both in zip(pairwise(rows), map(all, pairwise(short)), strict=True)
        if both
    )
    ends = all(row[-1] for row in of_short)
    return len(of_short) > 1 and written and (one_width or (ends and not cut))


def _leaves_off_in_blocks(rows: list[list[Cell]], numbers: list[int], short: list[bool]) -> bool:
    """Whether the short rows are whole blocks of lines, each with as many cells in every row."""
    widths: dict[int, list[int]] = {}
    for row, number in zip(rows, numbers, strict=True):
        widths.setdefault((number - 1) // _LINES_OF_A_BLOCK, []).append(len(row))
    blocks = {(number - 1) // _LINES_OF_A_BLOCK for number in compress(numbers, short)}
    alike = all(len(set(widths[block])) == 1 for block in blocks)
    return alike and any(len(widths[block]) == _LINES_OF_A_BLOCK for block in blocks)
