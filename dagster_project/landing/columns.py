"""Which header names which column of the contract, and where the header is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dagster_project.contract import Column, RecordType
from dagster_project.landing.table import Cell, ReadError, Sheet, is_total
from dagster_project.values import fold_header

_LOOK_AT_RECORDS = 60
# What stands in rows, and in no header: a date, an id.
_DATUM = re.compile(r"\d{4}-\d\d?-\d|\d\d?[./]\d\d?[./]\d\d|\d{6}\D?\d{4,5}$|\d{8}$")
# Statistics Norway names the columns of a wide table after the content and the year.
_YEAR_HEADER = re.compile(r"(?:persons|personer|folkemengde)?((?:19|20)\d\d)$")
_ALSO = {
    "alder": ("age",),
    "aar": ("år", "year", "tid"),
    "kjonn": ("kjønn", "sex"),
    "personer": ("persons", "folkemengde"),
}


# Whether a row names every column that is needed, and how many it names.
Score = tuple[bool, int]


@dataclass(frozen=True)
class MappedTable:
    """The rows below the header, by contract column, and the whole rows as they came."""

    columns: dict[str, list[Cell]]
    whole: list[list[Cell]]
    numbers: list[int]
    too_wide: list[bool]
    extra_headers: list[str]
    header_number: int
    total_line: bool


class HeaderMatcher:
    """Matches headers with the columns of one record type.

    `chosen` are the headers that `sources.yml` maps by hand; they go before the aliases.
    """

    def __init__(self, record: RecordType, chosen: Mapping[str, str]) -> None:
        self._record = record
        self._chosen_names = dict(chosen)
        self._chosen: dict[str, list[str]] = {}
        for header, name in chosen.items():
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
        folded = {fold_header(cell) for cell in record if cell}
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
            raise ReadError("no_header", record=self._record.name, columns=self._required_names())
        places = self._places(header)
        rows, numbers = sheet.records[at + 1 :], sheet.numbers[at + 1 :]
        total_line = bool(rows) and is_total(rows[-1])
        if total_line:
            rows, numbers = rows[:-1], numbers[:-1]
        if not rows:
            raise ReadError("no_rows")
        # The rows of a sheet are all as wide as its widest; the header's own width is what counts.
        width = max(place for place, cell in enumerate(header) if cell) + 1
        if not (sheet.ended or total_line) and len(rows[-1]) < min([width, *map(len, rows[-2:-1])]):
            raise ReadError("truncated_file", where="in the middle of the last line")
        years = self._years(header, places)
        self._require(set(places) | ({"aar", "personer"} if years else set()), header)
        table = MappedTable(
            columns={
                name: [row[place] if place < len(row) else None for row in rows]
                for name, place in places.items()
            },
            whole=rows,
            numbers=numbers,
            too_wide=[any(row[width:]) for row in rows],
            extra_headers=[
                cell
                for place, cell in enumerate(header)
                if cell and place not in places.values() and place not in years
            ],
            header_number=sheet.numbers[at],
            total_line=total_line,
        )
        return _melt(table, years) if years else table

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
                    if fold_header(both) in self._known.keys() | self._chosen.keys()
                ),
                cell,
            )
            if cell and place in titles
            else cell
            for place, cell in enumerate(record)
        ]

    def _places(self, header: list[Cell]) -> dict[str, int]:
        places: dict[str, int] = {}
        folded = [fold_header(cell) if cell else "" for cell in header]
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
            if cell and (match := _YEAR_HEADER.match(fold_header(cell)))
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
        return missing

    def _required_names(self) -> str:
        return ", ".join(column.name for column in self._record.columns if column.required)


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
    for index, row in enumerate(table.whole):
        for place, year in years.items():
            cells = {name: values[index] for name, values in table.columns.items()}
            cells |= {"aar": year, "personer": row[place] if place < len(row) else None}
            for name, cell in cells.items():
                columns[name].append(cell)
            whole.append(list(cells.values()))
            numbers.append(table.numbers[index])
            too_wide.append(table.too_wide[index])
    return MappedTable(
        columns,
        whole,
        numbers,
        too_wide,
        table.extra_headers,
        table.header_number,
        table.total_line,
    )
