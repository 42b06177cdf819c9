"""From raw cells to what may be written: the door between the inbox and everything else."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dagster_project.contract import Column, ColumnKind, RecordType, Vocabulary, code_list
from dagster_project.dates import DateReader, DateRemark, orders_of, parse_year, read_birth_date
from dagster_project.identity.digits import plain_text, unescaped
from dagster_project.identity.masking import Masker
from dagster_project.identity.nothing import WITH_REMARK, empty_cells, key_text
from dagster_project.identity.numbers import IdRules, PersonId, read_person_id
from dagster_project.identity.pseudonyms import Pseudonymiser
from dagster_project.values import (
    AN_OBJECT,
    WITHOUT_VALUE,
    AgeForm,
    UnreadableError,
    fold,
    holds_object,
    is_without_value,
    parse_age,
    parse_count,
    parse_number,
    stands_for_nothing,
)

Cells = list[str | None]

# Marks a date or number that could not be read; what follows is the cell, masked if need be.
UNREADABLE = "?"
# What is told of a cell that says that there is nothing: a rule, like `DateRemark`.
_STANDS_FOR_NOTHING = "stands_for_nothing"
# What is told of the error of a spreadsheet in the place of a value, and what is written of it in
# a date or a number.
_CELL_WITHOUT_VALUE = "cell_without_value"
# So of an object, as JSON writes one.
_CELL_HOLDS_OBJECT = "cell_holds_object"
_WRITTEN = {WITHOUT_VALUE: "#", AN_OBJECT: "…"}
_PARTICIPANTS = re.compile(r"[;,\n]")
_SPACES = re.compile(r"\s+")
_FIVE_DIGITS = re.compile(r"(?<![0-9])[0-9]{5}(?![0-9])")
# The last digits of an id, that the birth date makes it whole with.
_LAST = 5
_KEYS = frozenset(
    {ColumnKind.PERSON_ID, ColumnKind.EMPLOYEE_ID, ColumnKind.FAMILY_ID, ColumnKind.REGISTRATION_ID}
)
_OF_EMPLOYEES = frozenset(
    {ColumnKind.EMPLOYEE_ID, ColumnKind.EMPLOYEE_NAME, ColumnKind.EMPLOYEE_EMAIL}
)
_DATES = frozenset({ColumnKind.DATE, ColumnKind.BIRTH_DATE, ColumnKind.YEAR})
# Of which the text is kept, where it names nobody.
_KEPT = frozenset(
    {ColumnKind.REGISTRATION_ID, ColumnKind.CODE, ColumnKind.LABEL, ColumnKind.NUMBER}
)
# How the columns are called that say how many there are.
_COUNTS = ("antall_", "personer")
# What is told of how the cells of a row were read: `rule column`.
Remarks = list[list[str]]


@dataclass(frozen=True)
class RawRows:
    """What a reader found: the cells of each contract column, and the whole rows as they came."""

    columns: Mapping[str, Cells]
    whole: Sequence[Cells]

    def __len__(self) -> int:
        return len(self.whole)


class Protector:
    """Turns the raw rows of one delivery into columns that may be written.

    `municipality_of_row` says under whose key each row falls; it is today's code, resolved.
    `delivered` is the day of the delivery: nobody in it was born later. `local_values` are the
    source's own codes that `sources.yml` maps: they are known words too. `places` are the cells
    that name a municipality.
    """

    def __init__(
        self,
        record: RecordType,
        delivered: dt.date,
        rules: IdRules,
        vocabulary: Vocabulary,
        local_values: Mapping[str, Mapping[str, str]],
        places: frozenset[str],
        pseudonymiser: Callable[[str], Pseudonymiser],
        masker: Callable[[str], Masker],
    ) -> None:
        self._record = record
        self._delivered = delivered
        self._rules = rules
        self._vocabulary = vocabulary
        self._local = {
            field: {fold(value) for value in values} for field, values in local_values.items()
        }
        self._places = places
        self._pseudonymiser = pseudonymiser
        self._masker = masker

    def protect(self, rows: RawRows, municipality_of_row: Sequence[str]) -> dict[str, Cells]:
        """Return the columns to write; every list is as long as `rows`."""
        remarks: Remarks = [[] for _ in rows.whole]
        rows = self._emptied(rows, remarks)
        readers = self._date_readers(rows)
        written: dict[str, Cells] = {}
        for column in self._record.columns:
            name, cells = column.name, rows.columns[column.name]
            if column.kind in _DATES:
                reader = readers[name]
                written[name] = self._dates(column, rows, reader, municipality_of_row, remarks)
            else:
                written |= self._column(name, column.kind, cells, municipality_of_row)
        self._hide_last_digits(rows, written, municipality_of_row)
        if self._record.one_of:
            keys = [written[_key_name(name)] for name in self._record.one_of]
            written["is_named"] = [
                "ja" if any(of_row) else None for of_row in zip(*keys, strict=True)
            ]
        if self._record.names_persons:
            written["name_keys"] = self._name_keys(rows, written, municipality_of_row)
        written["registration_key"] = self._registration_keys(rows, written, municipality_of_row)
        written["content_key"] = [
            self._pseudonymiser(municipality).content(cells)
            for municipality, cells in zip(municipality_of_row, rows.whole, strict=True)
        ]
        written["remarks"] = [";".join(of_row) or None for of_row in remarks]
        return written

    def _hide_last_digits(
        self, rows: RawRows, written: dict[str, Cells], municipality_of_row: Sequence[str]
    ) -> None:
        """Mask what says the five last digits of an id of its own row.

        The birth date stands beside it, and with that they are the id.
        """
        last: list[set[str]] = [set() for _ in rows.whole]
        for column in self._record.columns:
            if column.kind is ColumnKind.PERSON_ID:
                ids = self._ids(rows.columns[column.name])
                for known, found in zip(last, ids, strict=True):
                    known.update({found.digits[-_LAST:]} - {""})
        for column in self._record.columns:
            if column.kind not in _KEPT:
                continue
            is_own = column.kind is ColumnKind.REGISTRATION_ID
            kept = written["registration_id" if is_own else column.name]
            fives = {text: _fives(text) for text in set(kept) if text is not None}
            for at, text in enumerate(kept):
                if text is not None and not fives[text].isdisjoint(last[at]):
                    masked = self._masker(municipality_of_row[at]).masked(text)
                    shown = UNREADABLE + masked if column.kind is ColumnKind.NUMBER else masked
                    kept[at] = None if is_own else shown

    def _emptied(self, rows: RawRows, remarks: Remarks) -> RawRows:
        """Return every column of the record type, without what stands for nothing in it."""
        emptied: dict[str, Cells] = {}
        for column in self._record.columns:
            cells = rows.columns.get(column.name) or [None] * len(rows)
            cells = _with_errors_remarked(column, cells, remarks)
            if column.kind in _KEYS:
                cells = [None if cell is None else key_text(cell) for cell in cells]
            if nothing := empty_cells(column.kind, cells, self._listed_in(column)):
                if column.kind in WITH_REMARK:
                    for of_row, cell in zip(remarks, cells, strict=True):
                        if cell in nothing:
                            of_row.append(f"{_STANDS_FOR_NOTHING} {column.name}")
                cells = [None if cell in nothing else cell for cell in cells]
            emptied[column.name] = cells
        return RawRows(emptied, rows.whole)

    def _listed_in(self, column: Column) -> Callable[[str], bool]:
        listed, local = code_list(column.name), self._local.get(column.name, set())
        return lambda cell: (
            self._vocabulary.canonical(listed, cell) is not None or fold(cell) in local
        )

    def _date_readers(self, rows: RawRows) -> dict[str, DateReader]:
        columns = [column for column in self._record.columns if column.kind in _DATES]
        orders = orders_of({column.name: rows.columns[column.name] for column in columns})
        return {
            column.name: DateReader(
                orders[column.name],
                latest=self._delivered if column.kind is ColumnKind.BIRTH_DATE else None,
            )
            for column in columns
        }

    def _dates(
        self,
        column: Column,
        rows: RawRows,
        reader: DateReader,
        municipality_of_row: Sequence[str],
        remarks: Remarks,
    ) -> Cells:
        """Read a column of dates; what is to be told of a cell goes among the row's remarks."""
        cells = rows.columns[column.name]
        births: Sequence[dt.date | None] = [None] * len(cells)
        if column.kind is ColumnKind.BIRTH_DATE and "fnr" in rows.columns:
            births = [found.birth_date for found in self._ids(rows.columns["fnr"])]
        made: dict[tuple[str | None, dt.date | None], tuple[str | None, Sequence[str]]] = {}
        masked: dict[tuple[str, str], str] = {}
        result: Cells = []
        for cell, born, municipality, of_row in zip(
            cells, births, municipality_of_row, remarks, strict=True
        ):
            if (cell, born) not in made:
                made[cell, born] = _read_date(column.kind, cell, reader, born)
            value, of_cell = made[cell, born]
            if value == UNREADABLE and cell is not None:
                if (municipality, cell) not in masked:
                    masked[municipality, cell] = _unread(
                        _squeezed(cell), self._masker(municipality)
                    )
                value = masked[municipality, cell]
            result.append(value)
            of_row += [f"{remark} {column.name}" for remark in of_cell]
        return result

    def _column(
        self, name: str, kind: ColumnKind, cells: Cells, municipality_of_row: Sequence[str]
    ) -> dict[str, Cells]:
        def each(make: Callable[[str, Masker, Pseudonymiser], str | None]) -> Cells:
            return self._each(cells, municipality_of_row, make)

        match kind:
            case ColumnKind.PERSON_ID if name == "fnr":
                return self._person_id(cells, municipality_of_row)
            case ColumnKind.PERSON_ID:
                ids = self._ids(cells)
                return {
                    "earlier_person_key": self._person_keys(ids, municipality_of_row),
                    "earlier_id_problem": [_problem(found) for found in ids],
                }
            case ColumnKind.PERSON_NAME:
                return {}
            case ColumnKind.BIRTH_DATE | ColumnKind.DATE | ColumnKind.YEAR:
                raise AssertionError("dates are read with their row")
            case ColumnKind.NUMBER:
                return {name: each(lambda cell, masker, _: _read_number(name, cell, masker))}
            case ColumnKind.AGE:
                return {
                    name: each(lambda cell, masker, _: _read_age(cell, masker)),
                    f"{name}_form": each(lambda cell, _masker, _hashes: _age_form(cell)),
                }
            case ColumnKind.EMPLOYEE_ID:
                return {_key_name(name): each(lambda cell, _, hashes: hashes.employee(cell))}
            case ColumnKind.EMPLOYEE_NAME:
                return self._employee_name(name, cells, municipality_of_row)
            case ColumnKind.EMPLOYEE_EMAIL:
                return {_key_name(name): each(lambda cell, _, hashes: hashes.employee_email(cell))}
            case ColumnKind.FAMILY_ID:
                return {_key_name(name): each(lambda cell, _, hashes: hashes.family(cell))}
            case ColumnKind.REGISTRATION_ID:
                return {
                    "registration_id": each(lambda cell, masker, _: masker.registration_id(cell)),
                    "registration_id_given": [None if cell is None else "ja" for cell in cells],
                }
            case ColumnKind.CODE:
                times = Counter(_squeezed(cell) for cell in cells if cell)
                return {
                    name: each(lambda cell, masker, _: self._code(name, cell, masker, times[cell]))
                }
            case ColumnKind.CODE_LIST:
                return {name: each(lambda cell, _masker, _hashes: self._code_list(name, cell))}
            case ColumnKind.PHRASE:
                return {name: each(lambda cell, _masker, _hashes: self._phrase(name, cell))}
            case ColumnKind.FREE_TEXT:
                return {name: ["ja" if cell else None for cell in cells]}
            case ColumnKind.LABEL:
                times = Counter(_squeezed(cell) for cell in cells if cell)
                return {name: each(lambda cell, masker, _: masker.label(cell, times[cell]))}
            case ColumnKind.MUNICIPALITY:
                return {name: each(lambda cell, masker, _: self._place(cell, masker))}

    def _each(
        self,
        cells: Cells,
        municipality_of_row: Sequence[str],
        make: Callable[[str, Masker, Pseudonymiser], str | None],
    ) -> Cells:
        """Make every cell anew; equal cells of one municipality are made once."""
        made: dict[tuple[str, str], str | None] = {}
        result: Cells = []
        for cell, municipality in zip(cells, municipality_of_row, strict=True):
            if cell is None:
                result.append(None)
                continue
            key = (municipality, cell)
            if key not in made:
                made[key] = make(
                    _squeezed(cell), self._masker(municipality), self._pseudonymiser(municipality)
                )
            result.append(made[key])
        return result

    def _ids(self, cells: Cells) -> list[PersonId]:
        read: dict[str | None, PersonId] = {}
        for cell in cells:
            if cell not in read:
                read[cell] = read_person_id(cell, self._rules)
        return [read[cell] for cell in cells]

    def _person_keys(self, ids: list[PersonId], municipality_of_row: Sequence[str]) -> Cells:
        return [
            self._pseudonymiser(municipality).person(found.digits) if found.valid else None
            for found, municipality in zip(ids, municipality_of_row, strict=True)
        ]

    def _person_id(self, cells: Cells, municipality_of_row: Sequence[str]) -> dict[str, Cells]:
        ids = self._ids(cells)
        return {
            "person_key": self._person_keys(ids, municipality_of_row),
            "person_id_kind": [str(found.kind) if found.kind else None for found in ids],
            "person_id_problem": [_problem(found) for found in ids],
            "person_id_zero_added": ["ja" if found.zero_added else None for found in ids],
            "person_id_birth_date": [
                found.birth_date.isoformat() if found.birth_date else None for found in ids
            ],
        }

    def _employee_name(
        self, name: str, cells: Cells, municipality_of_row: Sequence[str]
    ) -> dict[str, Cells]:
        # A word that stands for "nobody yet" is no name, and decides how the row counts.
        vacant = [
            self._vocabulary.canonical(name, cell) if cell is not None else None for cell in cells
        ]
        keys = self._each(
            [None if word else cell for word, cell in zip(vacant, cells, strict=True)],
            municipality_of_row,
            lambda cell, _, hashes: hashes.employee_name(cell),
        )
        return {_key_name(name): keys, f"{name}_vacant": vacant}

    def _code(self, name: str, cell: str, masker: Masker, rows: int) -> str:
        known = self._vocabulary.canonical(code_list(name), cell) is not None
        return (
            cell if known or fold(cell) in self._local.get(name, ()) else masker.value(cell, rows)
        )

    def _place(self, cell: str, masker: Masker) -> str:
        return masker.place(cell) if cell in self._places else masker.label(cell)

    def _phrase(self, name: str, cell: str) -> str:
        return self._vocabulary.first_phrase(code_list(name), cell) or "other"

    def _code_list(self, name: str, cell: str) -> str | None:
        """Return the canonical values, sorted; a name among them becomes `other`."""
        words = [word for word in _PARTICIPANTS.split(cell) if not stands_for_nothing(word)]
        known = {
            self._vocabulary.canonical(name, word)
            or self._vocabulary.canonical("tjenesteomrade", word)
            or "other"
            for word in words
        }
        return ";".join(sorted(known)) or None

    def _name_keys(
        self, rows: RawRows, written: Mapping[str, Cells], municipality_of_row: Sequence[str]
    ) -> Cells:
        """Make the match keys, with the birth date of the id, else with that of the row."""
        nobody: Cells = [None] * len(rows)
        names = rows.columns.get("navn", nobody)
        births = written.get("fodselsdato", nobody)
        ids = self._ids(rows.columns.get("fnr", nobody))
        return [
            " ".join(
                self._pseudonymiser(municipality).names(
                    name, found.birth_date or _date_or_none(birth)
                )
            )
            or None
            for name, birth, found, municipality in zip(
                names, births, ids, municipality_of_row, strict=True
            )
        ]

    def _registration_keys(
        self,
        rows: RawRows,
        written: Mapping[str, Cells],
        municipality_of_row: Sequence[str],
    ) -> Cells:
        """Make the key that tells a registration from all others of its source.

        Its parts are the record type's key columns, read where they can be: a person by the valid
        id, else as written. None where a required part is empty.
        """
        parts: list[Sequence[str | None]] = []
        required: list[bool] = []
        for name in self._record.key:
            column = self._record.column(name)
            cells = rows.columns[name]
            if column.kind is ColumnKind.PERSON_ID:
                keys = written["person_key"]
                parts.append([key or cell for key, cell in zip(keys, cells, strict=True)])
            elif column.kind is ColumnKind.AGE:
                forms = written[f"{name}_form"]
                ages = zip(written[name], forms, strict=True)
                parts.append([f"{age or ''}{form or ''}" or None for age, form in ages])
            elif column.kind in (
                ColumnKind.DATE,
                ColumnKind.NUMBER,
                ColumnKind.YEAR,
                ColumnKind.MUNICIPALITY,
            ):
                parts.append(written[name])
            elif column.kind in _OF_EMPLOYEES:
                parts.append(written[_key_name(name)])
            else:
                parts.append([fold(cell) if cell else None for cell in cells])
            required.append(column.required)
        if self._record.one_of:
            # Of whom nobody tells whom it is of, the content alone tells it from others.
            parts.append(written["is_named"])
            required.append(True)
        keys_made: Cells = []
        for municipality, *values in zip(municipality_of_row, *parts, strict=True):
            missing = any(need and not part for need, part in zip(required, values, strict=True))
            keys_made.append(
                None
                if missing
                else self._pseudonymiser(municipality).registration(
                    *(value or "" for value in values)
                )
            )
        return keys_made


def _fives(text: str) -> frozenset[str]:
    return frozenset(_FIVE_DIGITS.findall(plain_text(unescaped(text))))


def _squeezed(cell: str) -> str:
    return _SPACES.sub(" ", cell).strip()


def _key_name(column: str) -> str:
    return f"{column.removesuffix('_id')}_key"


def _problem(found: PersonId) -> str | None:
    return str(found.problem) if found.problem else None


def _unread(cell: str, masker: Masker) -> str:
    return UNREADABLE + (_WRITTEN.get(cell) or masker.label(cell))


def _with_errors_remarked(column: Column, cells: Cells, remarks: Remarks) -> Cells:
    """Return the cells of a column without errors and objects, which go among the remarks.

    A date or a number that is one stays, as what cannot be read: it is not empty.
    """
    errors = {cell for cell in set(cells) if cell is not None and is_without_value(cell)}
    if not errors:
        return cells
    if column.kind in _DATES or column.kind in (ColumnKind.NUMBER, ColumnKind.AGE):
        marks = {cell: AN_OBJECT if holds_object(cell) else WITHOUT_VALUE for cell in errors}
        return [marks.get(cell, cell) if cell else cell for cell in cells]
    for of_row, cell in zip(remarks, cells, strict=True):
        if cell in errors:
            rule = _CELL_HOLDS_OBJECT if cell and holds_object(cell) else _CELL_WITHOUT_VALUE
            of_row.append(f"{rule} {column.name}")
    return [None if cell in errors else cell for cell in cells]


def _read_number(name: str, cell: str, masker: Masker) -> str | None:
    try:
        return parse_count(cell) if name.startswith(_COUNTS) else parse_number(cell)
    except UnreadableError:
        return _unread(cell, masker)


def _read_age(cell: str, masker: Masker) -> str | None:
    try:
        age, form = parse_age(cell)
    except UnreadableError:
        return _unread(cell, masker)
    if form is AgeForm.GROUP:
        return _unread(cell, masker)
    return None if age is None else str(age)


def _age_form(cell: str) -> str | None:
    try:
        return parse_age(cell)[1]
    except UnreadableError:
        return None


def _read_date(
    kind: ColumnKind, cell: str | None, reader: DateReader, born: dt.date | None
) -> tuple[str | None, Sequence[DateRemark]]:
    """Return what is written of a date or a year, `UNREADABLE` alone, and what is to be told."""
    if cell is None:
        return None, ()
    century = None
    try:
        if kind is ColumnKind.YEAR:
            return parse_year(cell, reader), ()
        if kind is ColumnKind.BIRTH_DATE:
            day, century = read_birth_date(cell, reader, born)
        else:
            day = reader.read(cell)
    except UnreadableError:
        return UNREADABLE, ()
    remarks = [remark for remark in (reader.remark(cell), century) if remark and day]
    return (day.isoformat() if day else None), remarks


def _date_or_none(written: str | None) -> dt.date | None:
    if written is None or written.startswith(UNREADABLE):
        return None
    return dt.date.fromisoformat(written)
