"""Files of the authorities, by their descriptions (`seeds/layouts/`): fields by place, or XML.

A layout is data: where each field lies in which year, what must be there, which rows of which
record type it makes, and what the codes of the form are called in our code lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dagster_project.problems import SamordnaError
from dagster_project.reference import SEEDS

LAYOUTS = SEEDS / "layouts"
# What a template of a cell names: `{year}`, `{Barnevern/Individ/@Id}`.
NAMED = re.compile(r"\{([^{}]+)\}")
# Of `values`: what stands for nothing, and for anything that is not named.
NOTHING, ANYTHING = "", "*"

_Place = Annotated[
    tuple[int, int], Field(description="the first sign, counted from 1, and the length")
]
Values = Mapping[str, Mapping[str, str]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Layout(_Part):
    name: str
    holds: tuple[str, ...] = Field(min_length=1)
    values: Values = {}

    def word(self, column: str, code: str) -> str:
        """Return the word of our code list for a code of the form, else the code as it stands."""
        of_column = self.values.get(column)
        if of_column is None:
            return code
        return of_column.get(code) or (of_column.get(ANYTHING, code) if code else code)


class FieldPlaces(_Part):
    """Where the fields of a line lie in some years; `assumed` where no description was read."""

    years: tuple[int, ...] = Field(min_length=1)
    length: int = Field(ge=1)
    fields: Mapping[str, _Place]
    assumed: bool = False

    @property
    def last(self) -> int:
        """The last sign of a line that is read."""
        return max(first + length - 1 for first, length in self.fields.values())

    def cut(self, line: str, field: str) -> str:
        """Return a field of a line, trimmed; nothing where this year has none."""
        if field not in self.fields:
            return ""
        first, length = self.fields[field]
        return line[first - 1 : first - 1 + length].strip()


class FixedWidth(_Layout):
    """A file of lines whose fields lie at places, which move from year to year."""

    kind: Literal["fixed_width"]
    rows: Mapping[str, Mapping[str, str]]
    answer: str
    layouts: tuple[FieldPlaces, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_what_is_checked(self) -> FixedWidth:
        for places in self.layouts:
            if missing := {"municipality", "version", "sex", self.answer} - places.fields.keys():
                raise ValueError(f"{places.years}: no field {sorted(missing)}")
            if places.last > places.length:
                raise ValueError(f"{places.years}: a field lies beyond the line")
        return self

    def of_year(self, year: int) -> FieldPlaces | None:
        """Return the layout of a year, if it is known."""
        return next((places for places in self.layouts if year in places.years), None)

    @property
    def years(self) -> list[int]:
        """Every year that is known, in order."""
        return sorted(year for places in self.layouts for year in places.years)


class XmlRows(_Part):
    """The rows of one record type: of which elements they are, and what their cells say."""

    where: Mapping[str, tuple[str, ...]] = {}
    cells: Mapping[str, tuple[str, ...]]


class NestedXml(_Layout):
    """A file of elements within each other; `*` stands for the outermost, whatever it is called."""

    kind: Literal["xml"]
    roots: tuple[str, ...] = Field(min_length=1)
    namespaces: tuple[str, ...] = Field(min_length=1)
    assumed_namespaces: tuple[str, ...] = ()
    required: Mapping[str, tuple[str, ...]]
    of: str
    rows: Mapping[str, XmlRows]

    def named(self, record: str) -> frozenset[str]:
        """Return every path that the rows of a record type ask for."""
        rows = self.rows[record]
        templates = [template for of_cell in rows.cells.values() for template in of_cell]
        return frozenset(rows.where).union(*map(NAMED.findall, templates))


Layout = FixedWidth | NestedXml


class _File(BaseModel):
    layout: Annotated[Layout, Field(discriminator="kind")]


@cache
def layouts() -> Mapping[str, Layout]:
    """Return the layouts by their names in `sources.yml`. Raises SamordnaError."""
    return {file.stem: read_layout(file) for file in sorted(LAYOUTS.glob("*.yml"))}


def read_layout(file: Path) -> Layout:
    """Return the layout of a file. Raises SamordnaError, which names file and key."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        layout = _File.model_validate({"layout": content}).layout
    except (OSError, yaml.YAMLError) as error:
        raise _invalid(file, "-", type(error).__name__) from None
    except ValidationError as error:
        first = error.errors()[0]
        # Before the key stands which kind of layout it is of.
        key = ".".join(map(str, first["loc"][2:]))
        raise _invalid(file, key or "-", first["msg"]) from None
    if set(layout.rows) != set(layout.holds):
        raise _invalid(file, "rows", "not the record types that `holds` names")
    return layout


def matches(namespace: str, patterns: Sequence[str]) -> bool:
    """Whether a namespace is one of those that a layout names; `*` stands for any part of it."""
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), namespace)
        for pattern in patterns
    )


def _invalid(file: Path, key: str, reason: str) -> SamordnaError:
    return SamordnaError(
        "record_invalid", file=f"seeds/layouts/{file.name}", key=key, reason=reason
    )
