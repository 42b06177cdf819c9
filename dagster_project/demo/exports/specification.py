"""How a source of the demo looks: its columns, its words, its file, what it tells of and when.

The sources stand in `systems/`, one file for each municipality.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib import resources
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dagster_project.config.sources import Delivery
from dagster_project.contract import RECORD_TYPES
from dagster_project.demo.exports.vocabulary import BOKMAL, NYNORSK, Words
from dagster_project.demo.places import PLACES, day
from dagster_project.demo.world import OPEN
from dagster_project.landing.columns import HeaderMatcher

# Columns that share another column's words.
_VOCABULARY_OF = {"koordinator_tjeneste": "tjenesteomrade"}


class FileKind(StrEnum):
    """What kind of file an export is."""

    TEXT = "csv"
    WORKBOOK = "xlsx"
    JSON = "json"
    JSON_LINES = "jsonl"
    XML = "xml"


class DateForm(StrEnum):
    """How a date is written: 5 March 2021 as an example."""

    DOTTED = "05.03.2021"
    SHORT = "5.3.2021"
    TWO_DIGITS = "05.03.21"
    SLASHED = "05/03/2021"
    ISO = "2021-03-05"
    WITH_TIME = "2021-03-05T00:00:00"
    COMPACT = "20210305"
    SERIAL = "serial"  # the number that Excel makes of a date: days since 30 December 1899
    CELL = "cell"  # a cell of a workbook that is formatted as a date


class NameForm(StrEnum):
    """How a person's name is written."""

    PLAIN = "Kari Anne Nordmann"
    LAST_FIRST = "Nordmann, Kari Anne"
    CAPITALS = "NORDMANN KARI ANNE"
    INITIAL = "Kari A. Nordmann"
    WITHOUT_LETTERS = "Kaare Soerli"  # for Kåre Sørli: aa, ae and oe for å, æ and ø


class HomeForm(StrEnum):
    """How a municipality is written."""

    CODE = "3025"
    BOTH = "3025 Asker"
    PREFIXED = "K-3025 Asker"


def _as_ordinal(value: Any) -> Any:
    return value.toordinal() if isinstance(value, dt.date) else value


# A day as its ordinal number, written as a date.
_Day = Annotated[int, BeforeValidator(_as_ordinal)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Layout(_Model):
    """How a file is laid out around its table.

    `above` are lines before the header, `total` the first cell of a sum below the table. `merged`
    is the header of a column whose equal neighbours are merged.
    """

    kind: FileKind
    encoding: str = "utf-8"
    delimiter: str = ";"
    above: tuple[str, ...] = ()
    total: str | None = None
    merged: str | None = None


class Style(_Model):
    """How cells are written. Of several forms, the first is used for most registrations."""

    dates: tuple[DateForm, ...] = (DateForm.DOTTED,)
    births: DateForm = DateForm.DOTTED
    names: tuple[NameForm, ...] = (NameForm.LAST_FIRST,)
    homes: HomeForm = HomeForm.CODE
    open_ended: tuple[str, ...] = ("",)
    spaced_ids: bool = False


class MovedIn(_Model):
    """One part of the municipality, and the day on which all about it was entered."""

    part: str
    on: _Day


class Scope(_Model):
    """What of the world a source tells.

    `share` is the share of the facts, drawn by chance; `since` and `until` bound their first days;
    `children_only` are those who are under 18 then.
    `closes` is the day the system was put out of use and everything in it closed; `opens` the day
    it was taken into use and all that went on was entered. A source that is not `main` is the
    second or third to tell a fact: its days differ a little, and it leaves out what it does not
    know.
    """

    share: float = 1.0
    since: _Day = 0
    until: _Day = OPEN
    main: bool = True
    children_only: bool = False
    part: str | None = None
    closes: _Day = OPEN
    opens: _Day = 0
    moved_in: MovedIn | None = None


class Specification(_Model):
    """One source.

    `headers` gives the contract column of each header, or `~` and a filler for a column that the
    contract does not know. `file` is the file's name with `{day}` for the delivery date; the days
    are the last ones of the `years`. `codes` are the system's own words for canonical values.
    """

    municipality: str
    language: str
    system: str
    folder: str
    source: str
    record: str
    file: str
    years: tuple[int, ...]
    layout: Layout
    headers: dict[str, str]
    style: Style = Style()
    codes: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    delivery: Delivery = Delivery.SNAPSHOT
    sheet: str | None = None
    scope: Scope = Scope()
    declares_encoding: bool = False

    @functools.cached_property
    def name(self) -> str:
        """Return the source's name in `sources.yml`."""
        place = PLACES[self.municipality].name.lower().replace("ø", "o")
        return f"{place}_{self.source}"

    @functools.cached_property
    def days(self) -> tuple[int, ...]:
        """Return the days of the deliveries."""
        return tuple(day(year, 12, 31) for year in self.years)

    @functools.cached_property
    def last_day(self) -> int:
        """Return the day of the last delivery."""
        return day(self.years[-1], 12, 31)

    @functools.cached_property
    def words(self) -> Words:
        """Return the words of the municipality's language."""
        return NYNORSK if self.language == "nn" else BOKMAL

    @functools.cached_property
    def columns(self) -> frozenset[str]:
        """Return the contract columns of the source."""
        return frozenset(name for name in self.headers.values() if not name.startswith("~"))

    def path(self, on: str) -> str:
        """Return the path of the delivery of a day, or with `*` of all, from the home folder."""
        return f"inbox/{self.municipality}/{self.folder}/{self.file.format(day=on)}"

    def word(self, column: str, canonical: str, variant: int) -> str:
        """Return the source's word for a canonical value: its own code, or one of the language."""
        values: Mapping[str, tuple[str, ...]] | None = self.codes.get(column)
        words = (values or self.words[_VOCABULARY_OF.get(column, column)])[canonical]
        return words[variant % len(words)]

    def entry(self, accept: list[str]) -> dict[str, Any]:
        """Return the source's entry in `sources.yml`; `accept` are its files without rows."""
        entry: dict[str, Any] = {
            "name": self.name,
            "system": self.system,
            "record": self.record,
            "connector": "file",
            "path": self.path("*"),
            "delivery": str(self.delivery),
            "kommune": self.municipality,
        }
        record = RECORD_TYPES[self.record]
        known = HeaderMatcher(record, {})
        unknown = {
            header: column
            for header, column in self.headers.items()
            if not column.startswith("~")
            and column not in record.not_taken
            and known.score([[header]])[1] == 0
        }
        values = {
            column: {word: canonical for canonical, words in values.items() for word in words}
            for column, values in self.codes.items()
        }
        entry |= {"columns": unknown} if unknown else {}
        entry |= {"values": values} if values else {}
        entry |= {"sheet": self.sheet} if self.sheet else {}
        entry |= {"encoding": self.layout.encoding} if self.declares_encoding else {}
        entry |= {"accept": accept} if accept else {}
        return entry


def specifications(codes: Iterable[str]) -> list[Specification]:
    """Return the sources of the municipalities of these codes, as `systems/` has them."""
    wanted = set(codes)
    found = []
    folder = resources.files(__package__).joinpath("systems")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        systems = content.pop("systems")
        for system in systems if content["municipality"] in wanted else ():
            exports = system.pop("exports")
            found += [Specification(**(content | system | export)) for export in exports]
    return found
