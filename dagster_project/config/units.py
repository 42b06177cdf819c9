"""The units of a municipality (`units:` in sources.yml): a CSV file that people write and mend.

A row is a unit in a period: what it is called, what sources write for it, its service area, and the
function that answers for its registrations.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dagster_project.identity.detection import holds_person_id
from dagster_project.problems import SamordnaError, SettingError, did_you_mean
from dagster_project.reference import rows
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.values import fold, visible

COLUMNS = ("enhet", "skrives", "tjenesteomrade", "ansvarlig", "fra", "til", "kommune")
_REQUIRED = ("enhet", "tjenesteomrade")
_NYNORSK = {"eining": "enhet", "tenesteomrade": "tjenesteomrade", "ansvarleg": "ansvarlig"}
_LARGEST = 1_000_000
_LONGEST = 100
# What stands for all units, and for those that nobody knows, in the figures.
_RESERVED = ("all", "unknown")
_NORWEGIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True)
class Unit:
    """A unit from a first to a last day, both included; None is open.

    `names` are what sources write for it, its own name first. `service_area` is a code of
    `seeds/service_areas.csv`, `owner` the function that answers for its registrations, and
    `row` the row of the file.
    """

    municipality_code: str
    name: str
    names: tuple[str, ...]
    service_area: str
    owner: str | None
    first_day: dt.date | None
    last_day: dt.date | None
    row: int

    def meets(self, other: Unit) -> bool:
        """Whether some day is of both."""
        begins = max(self.first_day or dt.date.min, other.first_day or dt.date.min)
        return begins <= min(self.last_day or dt.date.max, other.last_day or dt.date.max)


def read_units(file: Path, home_code: str | None) -> tuple[Unit, ...]:
    """Read a file of units; rows without a municipality are of `home_code`.

    Raises SamordnaError with the file, the row and what to do.
    """
    found: list[Unit] = []
    by_name: dict[tuple[str, str], list[Unit]] = {}
    row = 1
    try:
        for at, cells in _cells_by_row(_text(file)):
            row = at
            unit = _unit(cells, home_code, row)
            _require_alone(unit, by_name)
            found.append(unit)
    except SettingError as error:
        params: dict[str, str | int] = {"file": file.name, "row": row, "reason": error.reason}
        raise SamordnaError("units_invalid", **params) from None
    return tuple(found)


def _text(file: Path) -> str:
    """Return what the file says: UTF-8, or as spreadsheets in Norway write it."""
    try:
        if file.stat().st_size > _LARGEST:
            raise SettingError(f"the file is larger than {_LARGEST // 1000} kB")
        content = file.read_bytes()
    except OSError:
        raise SamordnaError("units_missing", file=file.name) from None
    if b"\x00" in content or content[:2] == b"PK":
        raise SettingError("the file is no CSV file; save it as CSV UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _cells_by_row(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows that are not empty, with their number, by column."""
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = _header(next(lines, []))
        for cells in lines:
            row, plain = lines.line_num, [" ".join(visible(cell).split()) for cell in cells]
            if not any(plain):
                continue
            # What a row has too much has no column.
            yield row, {**dict(zip(header, plain, strict=False)), "": "".join(plain[len(header) :])}
    except csv.Error:
        raise SettingError("a quotation mark is not closed, or closed too early") from None


def _header(cells: Sequence[str]) -> list[str]:
    header = [_NYNORSK.get(fold(cell), fold(cell)) for cell in cells]
    for name in header:
        if name not in COLUMNS:
            hint = did_you_mean(name, COLUMNS)
            raise SettingError(f"unknown column{hint}; the columns are {', '.join(COLUMNS)}")
        if header.count(name) > 1:
            raise SettingError(f"the column {name} stands there twice")
    for name in _REQUIRED:
        if name not in header:
            raise SettingError(f"the column {name} is missing")
    return header


def _unit(cells: Mapping[str, str], home_code: str | None, row: int) -> Unit:
    if cells[""]:
        raise SettingError(
            "it has more cells than there are columns; put a text that holds a ; or , between "
            "quotation marks"
        )
    for column, text in cells.items():
        if holds_person_id(text):
            raise SettingError(f"{column}: holds a number that may be a person's id")
        if "\ufffd" in text:
            raise SettingError(f"{column}: a letter cannot be read; save the file as CSV UTF-8")
    name = _name("enhet", cells.get("enhet", ""))
    others = [each for each in cells.get("skrives", "").split("|") if each.strip()]
    written = [_name("skrives", each) for each in others]
    first, last = _day("fra", cells.get("fra", "")), _day("til", cells.get("til", ""))
    if first and last and last < first:
        raise SettingError("til: the last day is before the first")
    return Unit(
        municipality_code=_municipality(cells.get("kommune", ""), home_code),
        name=name,
        names=(name, *(each for each in dict.fromkeys(written) if each != name)),
        service_area=_service_area(cells.get("tjenesteomrade", "")),
        owner=_owner(cells.get("ansvarlig", "")),
        first_day=first,
        last_day=last,
        row=row,
    )


def _name(column: str, text: str) -> str:
    name = text.strip()
    if not name:
        raise SettingError(f"{column}: is empty")
    if len(name) > _LONGEST:
        raise SettingError(f"{column}: has more than {_LONGEST} signs")
    if fold(name) in _RESERVED:
        raise SettingError(f"{column}: 'all' and 'unknown' stand for something else in the figures")
    return name


def _service_area(text: str) -> str:
    if not text:
        raise SettingError("tjenesteomrade: is empty")
    known = _service_areas()
    if fold(text) not in known:
        hint = did_you_mean(fold(text), known)
        raise SettingError(f"tjenesteomrade: is no service area{hint}")
    return known[fold(text)]


@cache
def _service_areas() -> dict[str, str]:
    """Return the service areas by every word that they are written with."""
    names = {
        fold(area[column]): area["service_area"]
        for area in rows("service_areas")
        for column in ("service_area", "name_nb", "name_nn", "name_en")
    }
    return names | dict(vocabulary().words["tjenesteomrade"])


def _owner(text: str) -> str | None:
    if "@" in text:
        raise SettingError(
            "ansvarlig: is an address; write the function, as 'leder hjemmetjenesten', for who has "
            "it changes"
        )
    if len(text) > _LONGEST:
        raise SettingError(f"ansvarlig: has more than {_LONGEST} signs")
    return text or None


def _day(column: str, text: str) -> dt.date | None:
    try:
        if norwegian := _NORWEGIAN_DATE.fullmatch(text):
            day, month, year = map(int, norwegian.groups())
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingError(f"{column}: must be a date as 31.12.2022 or 2022-12-31") from None


def _municipality(text: str, home_code: str | None) -> str:
    code = municipalities().today(text) if text else home_code
    if code is None:
        raise SettingError("kommune: is no municipality of today")
    return code


def _require_alone(unit: Unit, earlier: dict[tuple[str, str], list[Unit]]) -> None:
    """Raise SettingError where a name of a unit is another row's too, on some day."""
    for name in {fold(each) for each in unit.names}:
        others = earlier.setdefault((unit.municipality_code, name), [])
        for other in others:
            if unit.meets(other):
                raise SettingError(
                    f"a name of it is a name of row {other.row} too, and some day is of both; end "
                    "the earlier one by `til`, or take the name out of one of them"
                )
        others.append(unit)
