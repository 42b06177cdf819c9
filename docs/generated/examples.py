"""The examples of the methods page: dbt's unit tests, and what each says of itself in `meta`.

A unit test that illustrates a rule has, under `config: meta:`

    section      the section of the counting rules, `D` for the reference dates
    rules        the rules of `seeds/rules.csv` that it shows, if any
    indicators   the indicators of `seeds/indicators.csv` that it explains, if any
    form         timeline, table or arithmetic
    lanes        timeline: the columns that name a bar
    together     timeline: what rows have in common that are counted as one
    before       table: the inputs to show with their columns, first the one that is answered
    after        table: the columns of the expected rows to show
    title_nb, title_en, text_nb, text_en      timeline and table
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

Row = Mapping[str, Any]

# What tells the rows of a unit test apart, in its input and in what it expects.
_KEYS = ("delivery_number", "row_number", "assignment_number")
_PERSON_KEYS = ("person_key", "earlier_person_key")
COORDINATOR_KEYS = (
    "coordinator_key",
    "known_coordinator",
    "koordinator_key",
    "old_coordinator_key",
    "new_coordinator_key",
)
_FAR_OFF = dt.date(9999, 12, 31)


@dataclass(frozen=True)
class Example:
    """A unit test that illustrates a rule."""

    name: str
    given: Mapping[str, Sequence[Row]]
    expect: Sequence[Row]
    meta: Mapping[str, Any]

    @property
    def section(self) -> str:
        """The section of the counting rules."""
        return str(self.meta["section"])

    @property
    def form(self) -> str:
        """How it is shown: timeline, table or arithmetic."""
        return str(self.meta["form"])

    @property
    def rules(self) -> Sequence[str]:
        """The rules that it shows."""
        return list(self.meta.get("rules", ()))

    @property
    def indicators(self) -> Sequence[str]:
        """The indicators that it explains."""
        return list(self.meta.get("indicators", ()))

    @cached_property
    def persons(self) -> Mapping[str, str]:
        """The number of each person by key: the person's own, or the key's place in the test."""
        numbered = {
            str(row["person_key"]): str(row["person_number"])
            for rows in self.given.values()
            for row in rows
            if row.get("person_key") and row.get("person_number")
        }
        for row in self._rows():
            for column in _PERSON_KEYS:
                if (key := row.get(column)) and key not in numbered:
                    digits = re.search(r"\d+", key)
                    numbered[key] = digits[0] if digits else str(len(numbered) + 1)
        return numbered

    @cached_property
    def coordinators(self) -> Mapping[str, str]:
        """A letter for each coordinator by key, in the order of the test."""
        letters: dict[str, str] = {}
        for rows in self.given.values():
            for row in rows:
                for column in COORDINATOR_KEYS:
                    if row.get(column):
                        letters.setdefault(str(row[column]), chr(ord("A") + len(letters)))
        return letters

    def person(self, row: Row) -> str | None:
        """Return the number of the person that a row is about."""
        if row.get("person_number") is not None:
            return str(row["person_number"])
        return self.persons.get(str(row.get("person_key")))

    def answers(self, rows: Sequence[Row]) -> list[tuple[Row, Row | None]]:
        """Return each expected row with the row of the input that it answers, if it names one."""
        return [(row, self._asked(row, rows)) for row in self.expect]

    def _asked(self, answer: Row, rows: Sequence[Row]) -> Row | None:
        shared = [key for key in _KEYS if key in answer and all(key in row for row in rows)]
        if shared:
            named = [str(answer[key]) for key in shared]
            return next((row for row in rows if [str(row[k]) for k in shared] == named), None)
        of_person = [row for row in rows if self.person(row) == self.person(answer)]
        one = rows if self.person(answer) is None else of_person
        return one[0] if len(one) == 1 and len(of_person) <= 1 else None

    def _rows(self) -> Iterable[Row]:
        for rows in self.given.values():
            yield from rows
        yield from self.expect


def read(folder: Path) -> list[Example]:
    """Return the examples among the unit tests below a folder of models, by section."""
    found = [
        example
        for file in sorted(folder.rglob("*.yml"))
        for example in parse(file.read_text(encoding="utf-8"))
    ]
    return sorted(found, key=lambda example: _place(example.section))


def parse(text: str) -> list[Example]:
    """Return the examples among the unit tests of a file, in its order."""
    return [
        Example(
            name=test["name"],
            given={_input_name(each["input"]): each.get("rows") or [] for each in test["given"]},
            expect=test["expect"]["rows"],
            meta={key: _stripped(meta) for key, meta in test["config"]["meta"].items()},
        )
        for test in yaml.safe_load(text).get("unit_tests", ())
        if test.get("config", {}).get("meta")
    ]


def _input_name(text: str) -> str:
    """Return `int_person` of `ref('int_person')`, `mote` of `source('landing', 'mote')`."""
    return str(re.findall(r"'(\w+)'", text)[-1])


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _place(section: str) -> tuple[int, ...]:
    return () if section == "D" else tuple(int(part) for part in section.split("."))


def as_date(value: Any) -> dt.date | None:
    """Return the date of a cell, or None; a day that stands for no end is none."""
    try:
        day = dt.date.fromisoformat(str(value))
    except ValueError:
        return None
    return None if day == _FAR_OFF else day
