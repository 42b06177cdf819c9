"""Which header names which column of the contract, and where the header is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dagster_project.contract import Column, RecordType
from dagster_project.landing.table import Cell, ReadError, Sheet
from dagster_project.values import fold, fold_header

# A total line is a last row that begins with one of these.
_TOTAL = re.compile(r"(sum|total|totalt|i alt)\b")
_LOOK_AT_RECORDS = 60
# Statistics Norway names the columns of a wide table after the content and the year.
_YEAR_HEADER = re.compile(r"(?:persons|personer|folkemengde)?((?:19|20)\d\d)$")
_ALSO = {
    "alder": ("age",),
    "aar": ("år", "year", "tid"),
    "kjonn": ("kjønn", "sex"),
    "personer": ("persons", "folkemengde"),
}


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
        self._chosen = {fold_header(header): column for header, column in chosen.items()}
        self._chosen_names = dict(chosen)
        self._known: dict[str, list[str]] = {}
        for column in record.columns:
            for header in _headers_of(column):
                names = self._known.setdefault(fold_header(header), [])
                if column.name not in names:
                    names.append(column.name)
        self._wide = {"aar", "personer"} <= {column.name for column in record.columns}

    def score(self, records: list[list[Cell]]) -> int:
        """Return how many columns the best header among the first records names."""
        return max((self._matches(record) for record in records[:_LOOK_AT_RECORDS]), default=0)

    def _matches(self, record: list[Cell]) -> int:
        folded = {fold_header(cell) for cell in record if cell}
        columns = {self._chosen[header] for header in folded & self._chosen.keys()}
        columns.update(
            self._known[header][0] for header in folded & self._known.keys() - self._chosen.keys()
        )
        years = sum(bool(_YEAR_HEADER.match(header)) for header in folded) if self._wide else 0
        return len(columns) + years

    def map(self, sheet: Sheet) -> MappedTable:
        """Find the header and return the rows below it by column.

        Raises ReadError if a required column is missing or a header is not plain.
        """
        if not sheet.records:
            raise ReadError("empty_file")
        scores = [self._matches(record) for record in sheet.records[:_LOOK_AT_RECORDS]]
        at = scores.index(max(scores))
        if scores[at] == 0:
            raise ReadError("no_header", record=self._record.name, columns=self._required_names())
        header = sheet.records[at]
        places = self._places(header)
        rows, numbers = sheet.records[at + 1 :], sheet.numbers[at + 1 :]
        total_line = bool(rows) and _is_total(rows[-1])
        if total_line:
            rows, numbers = rows[:-1], numbers[:-1]
        if not rows:
            raise ReadError("no_rows")
        years = self._years(header, places)
        self._require(set(places) | ({"aar", "personer"} if years else set()), header)
        table = MappedTable(
            columns={
                name: [row[place] if place < len(row) else None for row in rows]
                for name, place in places.items()
            },
            whole=rows,
            numbers=numbers,
            too_wide=[any(row[len(header) :]) for row in rows],
            extra_headers=[
                cell
                for place, cell in enumerate(header)
                if cell and place not in places.values() and place not in years
            ],
            header_number=sheet.numbers[at],
            total_line=total_line,
        )
        return _melt(table, years) if years else table

    def _places(self, header: list[Cell]) -> dict[str, int]:
        places: dict[str, int] = {}
        by_hand = set(self._chosen.values())
        folded = [fold_header(cell) if cell else "" for cell in header]
        for wanted, column in self._chosen_names.items():
            if fold_header(wanted) in folded:
                self._claim(places, header, column, folded.index(fold_header(wanted)))
            elif self._record.column(column).required:
                raise ReadError("mapped_header_missing", header=wanted, headers=_listed(header))
        for place, name in enumerate(folded):
            if not name or name in self._chosen:
                continue
            columns = [column for column in self._known.get(name, []) if column not in by_hand]
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
        missing = [
            column.name
            for column in self._record.columns
            if column.required and column.name not in found
        ]
        names = {column.name for column in self._record.columns}
        if {"fnr", "navn", "fodselsdato"} <= names and "fnr" not in found | set(missing):
            missing += sorted({"navn", "fodselsdato"} - found) and ["fnr (or navn and fodselsdato)"]
        if missing:
            raise ReadError("column_missing", column=", ".join(missing), headers=_listed(header))

    def _required_names(self) -> str:
        return ", ".join(column.name for column in self._record.columns if column.required)


def _headers_of(column: Column) -> tuple[str, ...]:
    return (column.name, *column.aliases, *_ALSO.get(column.name, ()))


def _listed(header: list[Cell]) -> str:
    return ", ".join(cell.replace("\n", " ") for cell in header if cell)


def _is_total(row: list[Cell]) -> bool:
    first = next((cell for cell in row if cell), "")
    return _TOTAL.match(fold(first)) is not None


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
