"""Municipalities of any year, as today's (counting rules, section 2.6)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from dagster_project.reference import rows
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.values import fold, visible

# The number of a municipality stands first, perhaps behind the letter of its kind.
_FIRST_CODE = re.compile(r"\s*(?:[a-z]\s*[-_]?\s*)?(\d{3,4})(?!\d)", re.IGNORECASE)
_ANY_CODE = re.compile(r"(?<!\d)\d{4}(?!\d)")
# The years in which a municipality was one, as Statistics Norway writes them behind its name.
_YEARS = re.compile(
    r"\(?\s*(?:(?P<since>fra|frå|from|f\.?o\.?m\.?)|(?P<until>til|to|t\.?o\.?m\.?))?\s*"
    r"(?P<first>(?:18|19|20)\d\d)?\s*(?P<dash>[-\u2013\u2014])?\s*(?P<last>(?:18|19|20)\d\d)?\s*\)?$",
    re.IGNORECASE,
)
_PART_OF_NAME = re.compile(
    r"\s+[-\u2013]\s+|/|,|\(.*?\)|\b(?:kommune|herad|gielda|suohkan|tjielte|komuuni)\b"
)
_PREFIX = re.compile(r"\b[kf]-?(?=\d|rest\b)|\bkommune(?:nr|nummer)?\b\.?:?", re.IGNORECASE)
# A county: its number has two digits.
_COUNTY_CODE = re.compile(r"\s*(?:[a-z]\s*-\s*)?\d{2}\s+[^\W\d]", re.IGNORECASE)
_COUNTY = re.compile(r"\b(?:fylke|fylkeskommune|county)\b")
_SHORTEST_NAME = 3
_FIRST_YEAR, _LAST_YEAR = 0, 9999


class Outcome(StrEnum):
    """How a row's municipality was found. The values are those that the warehouse reads."""

    DEFAULT = "default"
    TODAY = "today"
    RECODED = "recoded"
    SPLIT_TO_SOURCE = "split_to_source"
    DIVIDED = "divided"
    NO_MUNICIPALITY = "no_municipality"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    NOT_HELD = "not_held"


@dataclass(frozen=True)
class Resolved:
    """Today's code, or None, and how it was found.

    `was` is the code that was meant, of whatever year, where it is one.
    """

    code: str | None
    outcome: Outcome
    was: str | None = None


@dataclass(frozen=True)
class Divided:
    """A municipality that was divided after its last year."""

    code: str
    name: str
    last_year: int


@dataclass(frozen=True)
class _Entry:
    """A municipality of some years, and those of today that it became."""

    code: str
    name: str
    first_year: int
    last_year: int
    parts: frozenset[str]

    def lived(self, years: tuple[int, int]) -> bool:
        """Whether it was a municipality in some of the years."""
        return self.first_year <= years[1] and years[0] <= self.last_year


class Municipalities:
    """The municipality history: every code and name, and what became of it.

    Read from `seeds/municipalities.csv`; the words for what is no municipality are those of the
    field `region` of the code map. `code_today` holds today's code of every code of any year that
    was not split, `goes_on_as` that of the part that goes on as one that was.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._names: dict[str, list[_Entry]] = {}
        self.name_today: dict[str, str] = {}
        self.code_today: dict[str, str] = {}
        self.goes_on_as: dict[str, str] = {}
        self._written: dict[str, set[str]] = {}
        for row in rows("municipalities"):
            today, split = row["code_2024"], row["split_into"].split()
            entry = _Entry(
                row["municipality_code"],
                row["municipality_name"],
                int(row["valid_from_year"] or _FIRST_YEAR),
                int(row["valid_to_year"] or _LAST_YEAR),
                frozenset(split or [today]),
            )
            self._entries[entry.code] = entry
            if today:
                self.name_today[today] = row["name_2024"]
            if today:
                (self.goes_on_as if split else self.code_today)[entry.code] = today
            for part in [today] if today else split:
                self._written.setdefault(part, set()).add(row["municipality_name"])
            full = fold(row["municipality_name"])
            for name in {full, *_names(full)}:
                self._names.setdefault(name, []).append(entry)

    def years_of(self, code: str) -> tuple[int, int] | None:
        """Return the first and the last year in which a code was a municipality's, or None."""
        entry = self._entries.get(code)
        return (entry.first_year, entry.last_year) if entry else None

    def is_in(self, code: str, month: str) -> bool:
        """Return whether a code was a municipality's in the year of a month `YYYY-MM`."""
        years = self.years_of(code)
        return years is not None and years[0] <= int(month[:4]) <= years[1]

    def divided_with(self, today: str, year: int) -> Divided | None:
        """Return the municipality, divided since, that today's or a part of it was in, in a year.

        None where all of it was in municipalities that became it whole.
        """
        found = (
            Divided(entry.code, entry.name, entry.last_year)
            for entry in self._entries.values()
            if len(entry.parts) > 1 and today in entry.parts and entry.lived((year, year))
        )
        return next(found, None)

    def names_of(self, today: str) -> frozenset[str]:
        """Return the names, of any year, of what is a municipality today."""
        return frozenset(self._written.get(today, ()))

    def today(self, text: str) -> str | None:
        """Return today's code of a municipality that stands alone, or None."""
        return self.resolve(text, own=None).code

    def resolve(
        self,
        text: str | None,
        own: str | None,
        *,
        year: int | None = None,
        of_counts: bool = False,
    ) -> Resolved:
        """Return today's code for a code, a name, or both, of any year.

        `own` is today's code of the source's own municipality: what is empty, split or of an
        ambiguous name goes there, where that is one of the parts. Years behind a name say which
        municipality of that name it is, and else `year`, the row's own. `of_counts`: the row counts
        many, so that what was split since cannot be given to one of the parts.
        """
        text = visible(text or "").strip()
        if not text:
            return Resolved(own, Outcome.DEFAULT)
        name, years = _without_years(text)
        meant = self._meant(name, years or ((year, year) if year else None))
        if not meant:
            known = self._is_known_region(name)
            return Resolved(None, Outcome.NO_MUNICIPALITY if known else Outcome.UNKNOWN)
        # A name that a part kept is that part's, where nothing says of which years it is.
        codes = {entry.code for entry in meant}
        kept = [code for code in codes if all(code in entry.parts for entry in meant)]
        parts = frozenset(kept) or frozenset().union(*(entry.parts for entry in meant))
        was = next(iter(codes)) if len(codes) == 1 else None
        if len(parts) == 1:
            (today,) = parts
            return Resolved(today, Outcome.TODAY if today in codes else Outcome.RECODED, was)
        if of_counts and was:
            return Resolved(None, Outcome.DIVIDED, was)
        if own is not None and own in parts:
            return Resolved(own, Outcome.SPLIT_TO_SOURCE, was)
        return Resolved(None, Outcome.AMBIGUOUS, was)

    def _meant(self, text: str, years: tuple[int, int] | None) -> Collection[_Entry]:
        """Return the municipalities that a text may mean; several, where it does not say which."""
        if _COUNTY_CODE.match(text):
            return []
        first = _FIRST_CODE.match(text)
        if first and (entry := self._entries.get(first[1].zfill(4))):
            return [entry]
        name = _plain(text)
        if vocabulary().canonical("region", name):
            return []
        named = self._names.get(name) or [
            entry for part in _names(name) for entry in self._names.get(part, [])
        ]
        # Elsewhere in a text a number is that of a municipality if it is one of the name, or alone.
        for match in _ANY_CODE.finditer(text):
            entry = self._entries.get(match[0])
            if entry and (entry in named or len(name) < _SHORTEST_NAME):
                return [entry]
        return _of_years(named, years)

    def _is_known_region(self, text: str) -> bool:
        """Whether a text names the country, a county, or nowhere that is stated."""
        name = _plain(text)
        words = [name, _COUNTY.sub("", name).strip(), *_names(name), *name.split()[:1]]
        return bool(_COUNTY_CODE.match(text)) or any(
            vocabulary().canonical("region", word) for word in words
        )


@cache
def municipalities() -> Municipalities:
    """Return the history, read once."""
    return Municipalities()


def _of_years(named: Iterable[_Entry], years: tuple[int, int] | None) -> list[_Entry]:
    """Return those of some municipalities that were any in the years, or all where none was."""
    every = list(named)
    return [entry for entry in every if years and entry.lived(years)] or every


def _without_years(text: str) -> tuple[str, tuple[int, int] | None]:
    """Return a text without the years that end it, and the years.

    A number alone, or with no name before it, is that of a municipality.
    """
    match = _YEARS.search(text)
    name = text[: match.start()].strip() if match else ""
    if match is None or not (match["first"] or match["last"]) or not re.search(r"[^\W\d]{2}", name):
        return text, None
    first, last = match["first"], match["last"]
    if match["since"]:
        return name, (int(first or last), _LAST_YEAR)
    if match["until"]:
        return name, (_FIRST_YEAR, int(last or first))
    if not match["dash"]:
        # It may be the number of the municipality as well.
        year = int(first or last)
        return text, (year, year)
    return name, (int(first or _FIRST_YEAR), int(last or _LAST_YEAR))


def _plain(text: str) -> str:
    """Return the folded text without numbers and what goes with them."""
    without = re.sub(r"\(\s*\)", " ", re.sub(r"\d+", " ", _PREFIX.sub(" ", text)))
    return fold(without).strip(" .,:-")


def _names(text: str) -> list[str]:
    """Return the folded names in a text: each language's, without what stands in brackets."""
    return [name for part in _PART_OF_NAME.split(fold(text)) if (name := part.strip())]
