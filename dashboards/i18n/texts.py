"""Words, numbers and dates in the reader's language: bokmål, nynorsk or English."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from dagster_project.contract import RECORD_TYPES
from dagster_project.publication.reader.names import Names

# Whatever is written is a text: `No` is nynorsk for now. The one that is written in C is ten times
# as fast; where it is missing, the other reads the same.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
LOCALES = Path(__file__).parent / "locale"
NO_BREAK_SPACE = "\u00a0"
_MINUS = "\u2212"


class Language(StrEnum):
    """The languages of the interface, by their ISO 639 codes."""

    NB = "nb"
    NN = "nn"
    EN = "en"


class Sign(StrEnum):
    """Why a number is absent: the standard signs of Statistics Norway."""

    SUPPRESSED = ":"
    NOT_AVAILABLE = ".."
    NOT_APPLICABLE = "."


@dataclass(frozen=True)
class _Formats:
    locale: str
    date_in_table: str


_FORMATS = {
    Language.NB: _Formats("nb_NO", "dd.MM.y"),
    Language.NN: _Formats("nn_NO", "dd.MM.y"),
    Language.EN: _Formats("en_GB", "dd/MM/y"),
}


@functools.cache
def load_locale(language: Language) -> Mapping[str, str]:
    """Return every text of the interface in a language, by its dotted key.

    Each page has a file of its own, beside those of what all pages say; the record types say their
    names themselves. In a quoted text `\\_` is a no-break space.
    """
    texts = {f"record.{name}": record.names[language] for name, record in RECORD_TYPES.items()}
    for file in sorted((LOCALES / language).glob("*.yml")):
        content = _flatten(yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506
        twice = texts.keys() & {key for key, _ in content}
        if twice:
            raise ValueError(f"{file.name} repeats the texts {sorted(twice)} of another file")
        texts.update(content)
    return texts


def _flatten(content: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in content.items():
        path = f"{above}{key}"
        flat += _flatten(value, f"{path}.") if isinstance(value, dict) else [(path, value)]
    return flat


@dataclass(frozen=True)
class Texts:
    """The texts of one language, and numbers and dates as that language writes them."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key with its placeholders filled; counts and days as written."""
        written = {name: self._in_text(value) for name, value in values.items()}
        return load_locale(self.language)[key].format(**written)

    def known(self, key: str) -> bool:
        """Return whether there is such a text: the data may hold newer codes than the texts."""
        return key in load_locale(self.language)

    def named(self, names: Names) -> str:
        """Return a name of the reference data."""
        return names.of(self.language)

    def whole(self, number: int) -> str:
        """Return a count: `1 234`."""
        return _written(number, 0, self._formats.locale)

    def plural(self, key: str, number: int, **values: object) -> str:
        """Return the text of a number: `<key>_one`, `_several`, or `_none` where there is one."""
        form = "one" if number == 1 else "several"
        if number == 0 and self.known(f"{key}_none"):
            form = "none"
        return self(f"{key}_{form}", number=number, **values)

    def counted(self, what: str, number: int) -> str:
        """Return a count with what is counted: `1 person`, `12 personer`."""
        return self.plural(f"count.{what}", number)

    def signed(self, number: int) -> str:
        """Return a change of a count with its sign: `+12`."""
        return f"{'+' if number > 0 else ''}{self.whole(number)}"

    def decimal(self, number: float) -> str:
        """Return a number with one decimal: `12,3`."""
        return _written(number, 1, self._formats.locale)

    def signed_decimal(self, number: float) -> str:
        """Return a difference as it is written: `+4,1`, `0,0`, and never a zero with a sign."""
        shown = round(number, 1) or 0.0
        return f"{'+' if shown > 0 else ''}{self.decimal(shown)}"

    def per_cent(self, share: float) -> str:
        """Return a share of one as `61,2 %`."""
        return f"{self.decimal(100 * share)}{NO_BREAK_SPACE}%"

    def date(self, day: dt.date) -> str:
        """Return a date as it stands in text: `31. desember 2025`."""
        return _date(day, "long", self._formats.locale)

    def date_in_table(self, day: dt.date) -> str:
        """Return a date as it stands in a table: `31.12.2025`."""
        return _date(day, self._formats.date_in_table, self._formats.locale)

    def month(self, day: dt.date) -> str:
        """Return the month of a day: `desember 2025`."""
        return _date(day, "LLLL y", self._formats.locale)

    def short_month(self, day: dt.date) -> str:
        """Return the month of a day for an axis: `des. 2025`."""
        return _date(day, "LLL y", self._formats.locale)

    def quarter(self, day: dt.date) -> str:
        """Return the quarter of a day: `1. kvartal 2025`."""
        written: str = _date(day, "QQQQ y", self._formats.locale)
        return written.replace(" ", NO_BREAK_SPACE)

    def _in_text(self, value: object) -> object:
        if isinstance(value, int):
            return self.whole(value)
        return self.date(value) if isinstance(value, dt.date) else value

    @property
    def decimal_mark(self) -> str:
        """What stands between a number and its decimals."""
        return "." if self.language is Language.EN else ","

    @property
    def _formats(self) -> _Formats:
        return _FORMATS[self.language]


@functools.lru_cache(maxsize=4096)
def _date(day: dt.date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


def _written(number: float, decimals: int, locale: str) -> str:
    """Return a number as `format_decimal` of Babel writes it, in a tenth of its time."""
    # Babel rounds the number as it is written, half to even; so does this.
    rounded = Decimal(str(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    return f"{rounded:,}".translate(_marks(locale))


@functools.cache
def _marks(locale: str) -> dict[int, str]:
    """Return what a locale writes for the marks of Python."""
    return str.maketrans(
        {",": get_group_symbol(locale), ".": get_decimal_symbol(locale), "-": _MINUS}
    )


def tense(is_newest: bool) -> str:
    """Return what the keys of sentences about a date end with: those of the newest are of now."""
    return "now" if is_newest else "then"


def capitalised(text: str) -> str:
    """Return a text as it begins a sentence."""
    return text[:1].upper() + text[1:]


_AFTER_Z = str.maketrans({"æ": "{", "ø": "|", "å": "}"})


def alphabetical(name: str) -> str:
    """Return what names are sorted by: Norwegian order, æ, ø and å last."""
    return name.casefold().translate(_AFTER_Z)
