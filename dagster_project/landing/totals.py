"""Total lines: rows that sum up those above them, and are about nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal

from dagster_project.contract import ColumnKind, RecordType
from dagster_project.dates import DateReader
from dagster_project.landing.table import Cell
from dagster_project.values import UnreadableError, fold, parse_number

# What the label of a total line begins with.
_TOTAL = re.compile(
    r"(sum|sub-?total|delsum|totalsum|grand total|total|totalt|totalen|i alt|samla|samlet|"
    r"sammenlagt|samanlagt|til ?sammen|til ?saman|antall?)\b"
)
_NAMES = frozenset({ColumnKind.PERSON_NAME, ColumnKind.EMPLOYEE_NAME})
_IDS = frozenset(
    {ColumnKind.PERSON_ID, ColumnKind.REGISTRATION_ID, ColumnKind.EMPLOYEE_ID, ColumnKind.FAMILY_ID}
)
_DATES = frozenset({ColumnKind.DATE, ColumnKind.BIRTH_DATE})
# Digits that a count has at most; an id of a person has more.
_MOST_DIGITS = 6

Sums = list[Decimal]


def total_lines(
    record: RecordType, places: Mapping[str, int], rows: list[list[Cell]]
) -> frozenset[int]:
    """Return which of the rows are total lines, by their place among the rows.

    A total line begins with a word such as Sum, and has either nothing else but numbers or, where
    a row of the record type has no id of its own, numbers that are the sums of those above it;
    then it may as well have no word. Whoever or whatever else is called Sum or Total is a row.
    """
    labels = {at: label for at, row in enumerate(rows) if (label := _label(row)) is not None}
    kinds = {place: record.column(name).kind for name, place in places.items()}
    bare = {at for at, label in labels.items() if _has_only_numbers(rows[at], label, kinds)}
    if any(kind in _IDS for kind in kinds.values()):
        return frozenset(bare)
    counts = sorted(place for place, kind in kinds.items() if kind is ColumnKind.NUMBER)
    may_be = labels.keys() | _of_numbers_alone(rows, counts)
    return frozenset(bare.union(_sums_of_those_above(rows, may_be, counts)) if may_be else bare)


def _label(row: list[Cell]) -> int | None:
    """Return the place of the label of what may be a total line."""
    place = next((place for place, cell in enumerate(row) if cell), None)
    return place if place is not None and _TOTAL.match(fold(row[place] or "")) else None


def _has_only_numbers(row: list[Cell], label: int, kinds: Mapping[int, ColumnKind]) -> bool:
    names_somebody = kinds.get(label) in _NAMES
    return all(
        _is_count(cell, kinds.get(place), names_somebody)
        for place, cell in enumerate(row)
        if cell and place != label
    )


def _is_count(cell: str, kind: ColumnKind | None, names_somebody: bool) -> bool:
    """Whether a cell is a number that sums something up, and neither an id nor a date."""
    if _number(cell) is None:
        return False
    if kind in _IDS:
        # Beside what may be a name, a short number is somebody's; else nobody has it for an id.
        return not names_somebody and len(re.sub(r"\D", "", cell)) <= _MOST_DIGITS
    return kind not in _DATES or not _is_date(cell)


def _of_numbers_alone(rows: list[list[Cell]], counts: list[int]) -> set[int]:
    """Return the rows that hold nothing but numbers of columns that count."""
    return {
        at
        for at, row in enumerate(rows)
        if all(cell is None or place in counts for place, cell in enumerate(row))
    }


def _sums_of_those_above(
    rows: list[list[Cell]], may_be: Set[int], counts: list[int]
) -> Iterator[int]:
    """Yield those of some rows whose numbers are the sums since the last of them, or of all."""
    all_rows, part = _Sums(counts), _Sums(counts)
    for at, row in enumerate(rows):
        if at in may_be and (part.are_in(row) or all_rows.are_in(row)):
            yield at
            part = _Sums(counts)
        else:
            all_rows.add(row)
            part.add(row)


class _Sums:
    """The sums of some columns over the rows so far."""

    def __init__(self, places: list[int]) -> None:
        self._places = places
        self._sums = {place: Decimal() for place in places}
        self._rows = 0

    def add(self, row: list[Cell]) -> None:
        self._rows += 1
        for place in self._places:
            self._sums[place] += _number_at(row, place) or 0

    def are_in(self, row: list[Cell]) -> bool:
        """Whether every number of the row is such a sum; one row is not the sum of another."""
        given = {place: _number_at(row, place) for place in self._places}
        found = {place: number for place, number in given.items() if number is not None}
        sums = all(number == self._sums[place] for place, number in found.items())
        return bool(found) and self._rows > 1 and sums


def _number_at(row: list[Cell], place: int) -> Decimal | None:
    cell = row[place] if place < len(row) else None
    return _number(cell) if cell else None


def _number(cell: str) -> Decimal | None:
    try:
        number = parse_number(cell)
    except UnreadableError:
        return None
    return Decimal(number) if number is not None else None


_ANY_DATE = DateReader({})


def _is_date(cell: str) -> bool:
    try:
        _ANY_DATE.read(cell)
    except UnreadableError:
        return False
    return True
