"""The source contract as data: record types, their columns, and the headers that name them.

A record type is a file of `seeds/records/`; columns that several have are in `_columns.yml` beside
them. This is the public interface towards the operational systems; `docs/contract.md` is made from
it. What a value may say is data too: words in `seeds/code_map.csv`, numbers in
`seeds/code_list_values.csv`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from dagster_project.problems import SamordnaError, did_you_mean
from dagster_project.reference import SEEDS
from dagster_project.values import bare_number, fold

RECORDS = SEEDS / "records"
_SHARED = "_columns"
# Every record may say which municipality a row belongs to; the default is its source's.
_EVERYWHERE = "kommune"


class ColumnKind(StrEnum):
    """What a column holds, which decides what may be written of it (see `identity.protect`)."""

    PERSON_ID = "person_id"  # becomes a pseudonym
    PERSON_NAME = "person_name"  # becomes, with the birth date, match keys
    BIRTH_DATE = "birth_date"
    EMPLOYEE_ID = "employee_id"  # becomes a keyed hash
    EMPLOYEE_NAME = "employee_name"  # becomes a keyed hash, or stays where it is no name at all
    EMPLOYEE_EMAIL = "employee_email"  # becomes a keyed hash
    FAMILY_ID = "family_id"  # becomes a keyed hash
    REGISTRATION_ID = "registration_id"  # stays, unless it may be an id or a name
    MUNICIPALITY = "municipality"  # becomes today's code
    DATE = "date"
    NUMBER = "number"
    YEAR = "year"  # a year, or the year of a date
    AGE = "age"  # a year of age, or the open one at the top
    CODE = "code"  # a value of a code list
    LABEL = "label"  # free words that name a thing: a unit, a topic
    CODE_LIST = "code_list"  # several values of a code list in one cell
    PHRASE = "phrase"  # what the first phrase of a code list in a text means; of the text, nothing
    FREE_TEXT = "free_text"  # only whether there is any is kept


@dataclass(frozen=True)
class Column:
    """One canonical column: its kind, whether a row counts without it, its other headers.

    `codes` is the code list that its values are of. It is called `english` in English, and stands
    in the warehouse `where` (table.column) says; `meaning` is what is not plain from both.
    """

    name: str
    kind: ColumnKind
    required: bool = False
    aliases: tuple[str, ...] = ()
    codes: str | None = None
    english: str = ""
    where: str | None = None
    meaning: str = ""


class Check(BaseModel):
    """One expectation of a suite.

    What fails `holds` its delivery back always, never, or when less than `holds_below` is observed:
    the share of rows that pass, or the rows against those of the delivery before. `frame` is which
    of the marts' frames it is asked of.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    expectation: str
    arguments: Mapping[str, Any]
    holds: bool = True
    holds_below: float | None = None
    frame: str = "rows"

    @property
    def column(self) -> str | None:
        """The column that the check is about."""
        return self.columns[0] if self.columns else None

    @property
    def columns(self) -> list[str]:
        """Every column that the check reads; none where it counts rows."""
        names = ("column", "column_A", "column_B")
        return [str(self.arguments[name]) for name in names if name in self.arguments]


@dataclass(frozen=True)
class RecordType:
    """One record type: what a row is, its columns, and what tells two registrations apart.

    Its models are called after `model` (`stg_<model>`, `int_<model>__row`). The `days` of a row are
    columns of the staged rows, and so are the `day` of what is no interval and the first and the
    last day on which a row is in play, which may be expressions. `compared` are the columns whose
    values are held against those of the delivery before. `example` is a row as it should be, but
    for ids; where a cell has several values, rows take them in turn. Of the columns `one_of` one at
    least must be there, and one cell of them in each row. `not_taken` are columns that exports have
    and no figure needs, with their other headers: they are never kept.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    whole_country: bool = False
    model: str = ""
    days: tuple[str, ...] = ()
    day: str | None = None
    in_play: tuple[str, str] = ("", "")
    compared: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    not_taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """Return the column of that canonical name, or raise KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def has(self, kind: ColumnKind) -> bool:
        """Return whether any column is of that kind."""
        return any(column.kind is kind for column in self.columns)

    @property
    def names_persons(self) -> bool:
        """Whether rows are about persons, and so carry keys that identity makes."""
        return self.has(ColumnKind.PERSON_ID)


_Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_Text = Annotated[str, Field(min_length=1)]


class _ColumnEntry(BaseModel):
    """A column as the files say it; what a record type leaves out, `_columns.yml` says."""

    model_config = ConfigDict(extra="forbid")

    kind: ColumnKind | None = None
    required: bool = False
    headers: tuple[_Text, ...] = ()
    codes: _Word | None = None
    english: _Text | None = None
    where: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")] | None = None
    meaning: str = ""


class _RecordEntry(BaseModel):
    """A file of `seeds/records/`; one that is `like` another has what that one says, too."""

    model_config = ConfigDict(extra="forbid")

    sort_order: int
    name_nb: _Text
    name_nn: _Text
    name_en: _Text
    grain: _Text
    like: _Word | None = None
    whole_country: bool = False
    key: tuple[_Word, ...] = ()
    one_of: tuple[_Word, ...] = ()
    model: _Word
    day: _Word | None = None
    interval: tuple[_Text, _Text] | None = None
    days: tuple[_Word, ...] = ()
    columns: dict[_Word, _ColumnEntry | None] = {}
    not_taken: dict[_Word, tuple[_Text, ...]] = {}
    compared: tuple[_Word, ...] = ()
    checks: tuple[Check, ...] = ()
    example: dict[_Word, Any] = {}


_Entry = TypeVar("_Entry")
_COLUMNS = TypeAdapter(dict[_Word, _ColumnEntry])
_RECORD = TypeAdapter(_RecordEntry)


def read_records(folder: Path = RECORDS) -> dict[str, RecordType]:
    """Return the record types of a folder in their order. Raises SamordnaError."""
    shared = _read(folder / f"{_SHARED}.yml", _COLUMNS)
    files = sorted(file for file in folder.glob("*.yml") if file.stem != _SHARED)
    entries = {file.stem: _read(file, _RECORD) for file in files}
    whole = [name for name, record in entries.items() if record.like is None]
    for name, record in entries.items():
        if record.like is not None and record.like not in whole:
            reason = f"there is no record type '{record.like}' of columns of its own"
            raise _invalid(name, "like", f"{reason}{did_you_mean(record.like, whole)}")
    order = sorted(entries, key=lambda name: (entries[name].sort_order, name))
    # What another is like comes first.
    records: dict[str, RecordType] = {}
    for name in sorted(order, key=lambda name: entries[name].like is not None):
        records[name] = _record(name, entries[name], records, shared)
    _require_one_code_list(records)
    return {name: records[name] for name in order}


def _record(
    name: str,
    entry: _RecordEntry,
    records: Mapping[str, RecordType],
    shared: Mapping[str, _ColumnEntry],
) -> RecordType:
    of_files = {**entry.columns, _EVERYWHERE: None}
    record = RecordType(
        name=name,
        grain=entry.grain,
        columns=tuple(_column(name, each, of_files[each], shared) for each in of_files),
        key=entry.key,
        one_of=entry.one_of,
        names={"nb": entry.name_nb, "nn": entry.name_nn, "en": entry.name_en},
        whole_country=entry.whole_country,
        model=entry.model,
        days=entry.days or ((entry.day,) if entry.day else entry.interval or ()),
        day=entry.day,
        in_play=entry.interval or (entry.day or "", entry.day or ""),
        compared=entry.compared,
        checks=entry.checks,
        example=entry.example,
        not_taken=entry.not_taken,
    )
    if entry.like is not None:
        other = records[entry.like]
        record = replace(
            other,
            name=name,
            grain=record.grain,
            names=record.names,
            model=record.model,
            checks=(*other.checks, *record.checks),
            example={**other.example, **record.example},
        )
    _require_known_columns(record)
    if not all(record.in_play):
        raise _invalid(name, "day", "there is neither a day nor an interval")
    return record


def _column(
    record: str, name: str, entry: _ColumnEntry | None, shared: Mapping[str, _ColumnEntry]
) -> Column:
    own, common = entry or _ColumnEntry(), shared.get(name, _ColumnEntry())
    kind = own.kind or common.kind
    if kind is None:
        raise _invalid(record, f"columns.{name}.kind", f"neither here nor in {_SHARED}.yml")
    english = own.english or common.english
    if english is None:
        raise _invalid(record, f"columns.{name}.english", f"neither here nor in {_SHARED}.yml")
    codes = own.codes or common.codes
    if codes is None and kind in (ColumnKind.CODE, ColumnKind.CODE_LIST, ColumnKind.PHRASE):
        codes = name
    return Column(
        name=name,
        kind=kind,
        required=own.required,
        aliases=own.headers or common.headers,
        codes=codes,
        english=english,
        where=own.where or common.where,
        meaning=own.meaning or common.meaning,
    )


def _require_known_columns(record: RecordType) -> None:
    known = [column.name for column in record.columns]
    for key, names in (
        ("key", record.key),
        ("one_of", record.one_of),
        ("compared", record.compared),
        ("example", record.example),
    ):
        for name in names:
            if name not in known:
                reason = f"'{name}' is no column{did_you_mean(name, known)}"
                raise _invalid(record.name, key, reason)
    for name in record.not_taken:
        if name in known:
            raise _invalid(record.name, "not_taken", f"'{name}' is a column that is taken in")
    if not record.key:
        raise _invalid(record.name, "key", "no column tells two registrations apart")


def _require_one_code_list(records: Mapping[str, RecordType]) -> None:
    """Columns of one name have one code list: the settings name values by their column alone."""
    lists: dict[str, str] = {}
    for record in records.values():
        for column in record.columns:
            if column.codes and lists.setdefault(column.name, column.codes) != column.codes:
                reason = f"another record type takes it from '{lists[column.name]}'"
                raise _invalid(record.name, f"columns.{column.name}.codes", reason)


def _read(file: Path, what: TypeAdapter[_Entry]) -> _Entry:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return what.validate_python(content)
    except OSError as error:
        raise _invalid(file.stem, "-", error.strerror or "it cannot be read") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise _invalid(file.stem, "-", f"not valid YAML ({reason})") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "-"
        raise _invalid(file.stem, key, first["msg"]) from None


def _invalid(name: str, key: str, reason: str) -> SamordnaError:
    return SamordnaError("record_invalid", file=f"seeds/records/{name}.yml", key=key, reason=reason)


RECORD_TYPES: dict[str, RecordType] = read_records()

# Statistics of the population, of the whole country whoever the installation belongs to.
WHOLE_COUNTRY = frozenset(name for name, record in RECORD_TYPES.items() if record.whole_country)


@dataclass(frozen=True)
class Vocabulary:
    """What values of coded fields mean: words in one way, numbers by the code list they are of.

    `words` has for each field the folded accepted words; `numbers` has for each code list and field
    what its numbers mean; `unless_declared` is the list that a field's numbers are of where a
    source declares no other.
    """

    words: Mapping[str, Mapping[str, str]]
    numbers: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    unless_declared: Mapping[str, str] = field(default_factory=dict)

    def canonical(self, field: str, value: str, declared: str | None = None) -> str | None:
        """Return the canonical value of a cell, or None where it is not listed.

        `declared` is the code list that the source declares for the cell's column.
        """
        written = fold(value)
        word = self.words.get(field, {}).get(written)
        if word is not None or (number := bare_number(written)) is None:
            return word
        listed = declared or self.unless_declared.get(field, "")
        return self.numbers.get(listed, {}).get(field, {}).get(number)

    def accepted(self, field: str) -> Mapping[str, str]:
        """Return what a field accepts of every source: its words, and numbers of its own list."""
        listed = self.numbers.get(self.unless_declared.get(field, ""), {})
        return {**self.words.get(field, {}), **listed.get(field, {})}

    def fields_of(self, code_list: str) -> tuple[str, ...]:
        """Return the fields whose numbers a code list says the meaning of."""
        return tuple(self.numbers.get(code_list, {}))

    def fitting(self, field: str, numbers: Collection[str]) -> tuple[str, ...]:
        """Return the code lists of a field that have the most of the numbers, and any of them."""
        has = {
            name: sum(number in of_field.get(field, {}) for number in numbers)
            for name, of_field in self.numbers.items()
        }
        most = max(has.values(), default=0)
        return tuple(name for name, count in has.items() if most and count == most)

    def first_phrase(self, field: str, text: str) -> str | None:
        """Return what the first listed phrase in a text means; where several begin, the longest.

        >>> words = {"svar pa melding": "answer", "melding": "notice"}
        >>> Vocabulary({"title": words}).first_phrase("title", "Svar på melding om Kari")
        'answer'
        """
        folded = fold(text)
        found = [
            (match.start(), -len(phrase), canonical)
            for phrase, canonical in self.words.get(field, {}).items()
            if (match := re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", folded))
        ]
        return min(found)[2] if found else None


def read_vocabulary(seeds: Path) -> Vocabulary:
    """Return what the seeds of a folder say of values; a canonical value stands for itself."""
    words: dict[str, dict[str, str]] = {}
    for row in _rows(seeds / "code_map.csv"):
        values = words.setdefault(row["field"], {})
        values[fold(row["accepted"])] = row["canonical"]
        values.setdefault(fold(row["canonical"]), row["canonical"])
    numbers: dict[str, dict[str, dict[str, str]]] = {}
    for row in _rows(seeds / "code_list_values.csv"):
        of_field = numbers.setdefault(row["code_list"], {}).setdefault(row["field"], {})
        of_field[row["number"]] = row["canonical"]
    unless_declared = {
        row["field"]: row["code_list"]
        for row in _rows(seeds / "code_lists.csv")
        if row["unless_declared"] == "true"
    }
    return Vocabulary(words, numbers, unless_declared)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


_CODE_LISTS = {
    column.name: column.codes
    for record in RECORD_TYPES.values()
    for column in record.columns
    if column.codes
}
CODE_LISTS = frozenset(_CODE_LISTS.values())


def code_list(column: str) -> str:
    """Return the code list that a coded column uses; most have their own."""
    return _CODE_LISTS.get(column, column)
