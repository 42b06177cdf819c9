"""The words of the methods page in one language: the interface's, the seeds', and its own."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date
from babel.numbers import format_decimal

from dagster_project import reference
from dashboards.i18n.texts import Language, Texts
from docs.generated.examples import COORDINATOR_KEYS, Example, Row, as_date

_YES = {"True": "yes", "False": "no"}
_FLAGS = ("too_wide", "koordinator_navn_vacant", "person_id_zero_added")
_LOCALES = {Language.NB: "nb_NO", Language.EN: "en_GB"}
NOTHING = "–"
_AS_WRITTEN = ("kommune", "region", "registration_id", "first_year", "year")


seed = functools.cache(reference.rows)


@functools.cache
def _own() -> Mapping[str, Any]:
    text = (Path(__file__).parent / "words.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@functools.cache
def _municipalities() -> Mapping[str, str]:
    return {row["code_2024"]: row["name_2024"] for row in seed("municipalities")}


@dataclass(frozen=True)
class Words:
    """What things are called in one language."""

    language: Language

    @property
    def interface(self) -> Texts:
        """The texts of the dashboards."""
        return Texts(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the page's own text of a dotted key with its placeholders filled."""
        found: Any = functools.reduce(lambda level, part: level[part], key.split("."), _own())
        return self.either(found).format(**values)

    def known(self, group: str, key: str) -> bool:
        """Return whether the page has a word of its own."""
        return key in _own()[group]

    def either(self, texts: Mapping[str, str]) -> str:
        """Return the text of a pair in this language, on one line."""
        return " ".join(str(texts[self.language]).split())

    def sections(self) -> list[str]:
        """Return the sections of the page, in order."""
        return list(_own()["sections"])

    def terms(self) -> list[Mapping[str, Any]]:
        """Return the entries of the glossary."""
        return list(_own()["glossary"]["terms"])

    def name(self, row: Mapping[str, str], what: str = "name") -> str:
        """Return a name of a seed's row."""
        return row[f"{what}_{self.language}"]

    def named(self, seed_name: str, code: str, key: str) -> str:
        """Return the name of a code of a seed."""
        return self.name(next(row for row in seed(seed_name) if row[key] == code))

    def rule(self, code: str) -> str:
        """Return the name of a rule."""
        return self.named("rules", code, "rule")

    def measure(self, code: str) -> str:
        """Return what a numerator or a denominator counts."""
        return self.named("measures", code, "measure")

    def record(self, code: str) -> str:
        """Return the name of a record type."""
        if self.known("records", code):
            return self(f"records.{code}")
        return self.interface(f"record.{code}")

    def text(self, example: Example, what: str) -> str:
        """Return the title or the text of an example."""
        parameters = {row["parameter"]: self.parameter(row) for row in seed("parameters")}
        return str(example.meta[f"{what}_{self.language}"]).format(**parameters)

    def heading(self, example: Example) -> str:
        """Return the heading of an example: its section and its title."""
        number = f"{example.section} " if "." in example.section else ""
        return f"{number}{self.text(example, 'title')}"

    def parameter(self, row: Mapping[str, str]) -> str:
        """Return the usual value of a parameter."""
        value = row["default_value"]
        if row["unit"] == "share":
            return self.per_cent(float(value))
        return self.answer(value == "true") if row["unit"] == "boolean" else value

    def answer(self, yes: bool) -> str:
        """Return yes or no."""
        return self.interface(f"answer.{'yes' if yes else 'no'}")

    def date(self, day: dt.date) -> str:
        """Return a date: `1. jan. 2021`."""
        return format_date(day, "medium", locale=_LOCALES[self.language])

    def month(self, day: dt.date) -> str:
        """Return the month of a date, for an axis: `jan. 2021`."""
        return format_date(day, "LLL y", locale=_LOCALES[self.language])

    def number(self, value: float, decimals: int = 3) -> str:
        """Return a number with at most so many decimals: `3 000`, `21,5`."""
        pattern = "#,##0." + "#" * decimals
        return str(format_decimal(value, pattern, locale=_LOCALES[self.language]))

    def decimal(self, value: float) -> str:
        """Return a number with one decimal."""
        return self.interface.decimal(value)

    def per_cent(self, share: float) -> str:
        """Return a share as a percentage, without a decimal that is nought: `20 %`."""
        return f"{self.number(100 * share, 1)}\u00a0%"

    def per_cent_of(self, share: float) -> str:
        """Return a share as a percentage with one decimal: `22,5 %`."""
        return self.interface.per_cent(share)

    def day(self, text: str) -> str:
        """Return a date written as ISO."""
        return self.date(dt.date.fromisoformat(text))

    def column(self, column: str, *, before: bool = False) -> str:
        """Return what a column is called; a few are called otherwise before than after."""
        earlier = f"{column}_before"
        named = earlier if before and self.known("columns", earlier) else column
        return self(f"columns.{named}")

    def cell(self, example: Example, column: str, row: Row) -> str:
        """Return what a cell of a unit test says, in words."""
        value = row.get(column)
        if column in ("notes", "problem_rule", "quarantine_rule", "rule"):
            return ", ".join(self.rule(code) for code in _rules_in(value)) or NOTHING
        if value is None:
            return NOTHING
        text = str(value)
        if column in ("person_number", "person_key", "earlier_person_key"):
            return example.persons.get(text, text)
        if column in COORDINATOR_KEYS:
            return example.coordinators.get(text, text)
        if day := as_date(text):
            return self.date(day)
        if text in _YES or column in _FLAGS:
            return self.answer(text != "False")
        if column in _AS_WRITTEN:
            return text
        if column == "municipality_code":
            return f"{text} {_municipalities()[text]}"
        if column in ("name_key", "name_keys"):
            return f"{self('labels.name')} {text.removeprefix('n')}"
        if column == "service_area" and text in ("all", "unknown"):
            return self.interface(f"service_area.{text}")
        if column == "unit" and text == "unknown":
            return self.interface("units.unknown")
        if column == "year":
            return text
        if column in ("record", "missing_records"):
            return self.record(text)
        if column in ("service_area", "coordinator_area"):
            return self.named("service_areas", text, "service_area")
        if column == "participants":
            return ", ".join(self.code(code) for code in text.split(";"))
        if isinstance(value, int | float):
            return self.number(value)
        return self.code(text.removeprefix("?"))

    def code(self, code: str) -> str:
        """Return what a code means; what is no code is what somebody wrote."""
        if self.known("values", code):
            return self(f"values.{code}")
        answers = {"yes": True, "no": False}
        return self.answer(answers[code]) if code in answers else code


def _rules_in(value: object) -> list[str]:
    """Return the rules that a cell names: one, or a list of remarks as dbt compares it."""
    if not value:
        return []
    text = str(value)
    if text.startswith("["):
        return [str(note["rule"]) for note in yaml.safe_load(text)]
    return [text]
