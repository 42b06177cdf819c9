"""Municipalities of any year, as today's (counting rules, section 2.6)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dagster_project.values import fold

_CODE = re.compile(r"(?:^|[^\d])(\d{3,4})(?:[^\d]|$)")
_PART_OF_NAME = re.compile(r"\s+-\s+|\(.*?\)|\bkommune\b")


class Outcome(StrEnum):
    """How a row's municipality was found. The values are those that the warehouse reads."""

    DEFAULT = "default"
    TODAY = "today"
    RECODED = "recoded"
    SPLIT_TO_SOURCE = "split_to_source"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    NOT_HELD = "not_held"

    @property
    def counts(self) -> bool:
        """Whether the row has a municipality."""
        return self not in (Outcome.AMBIGUOUS, Outcome.UNKNOWN, Outcome.NOT_HELD)


@dataclass(frozen=True)
class Resolved:
    """Today's code, or None, and how it was found."""

    code: str | None
    outcome: Outcome


class Municipalities:
    """The municipality history: every code and name, and what became of it.

    Read from `seeds/municipalities.csv`.
    """

    def __init__(self, file: Path) -> None:
        self._parts: dict[str, frozenset[str]] = {}
        self._names: dict[str, set[str]] = {}
        self.name_today: dict[str, str] = {}
        self._written: dict[str, set[str]] = {}
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                today, split = row["code_2024"], row["split_into"].split()
                self._parts[row["municipality_code"]] = frozenset(split or [today])
                if today:
                    self.name_today[today] = row["name_2024"]
                for part in [today] if today else split:
                    self._written.setdefault(part, set()).add(row["municipality_name"])
                full = fold(row["municipality_name"])
                for name in {full, *_names(full)}:
                    self._names.setdefault(name, set()).update([today] if today else split)

    def names_of(self, today: str) -> frozenset[str]:
        """Return the names, of any year, of what is a municipality today."""
        return frozenset(self._written.get(today, ()))

    def today(self, text: str) -> str | None:
        """Return today's code of a municipality that stands alone, or None."""
        resolved = self.resolve(text, own=None)
        return resolved.code

    def resolve(self, text: str | None, own: str | None) -> Resolved:
        """Return today's code for a code, a name, or both, of any year.

        `own` is today's code of the source's own municipality: what is empty, split or of an
        ambiguous name goes there, where that is one of the parts.
        """
        if text is None or not text.strip():
            return Resolved(own, Outcome.DEFAULT)
        code = self._code_in(text)
        parts: frozenset[str] | set[str]
        if code is not None:
            parts = self._parts[code]
        else:
            parts = self._names.get(fold(text)) or set().union(
                *(self._names.get(name, set()) for name in _names(text))
            )
        if len(parts) == 1:
            (today,) = parts
            same = today == code or (code is None and fold(self.name_today[today]) == fold(text))
            return Resolved(today, Outcome.TODAY if same else Outcome.RECODED)
        if own is not None and own in parts:
            return Resolved(own, Outcome.SPLIT_TO_SOURCE)
        return Resolved(None, Outcome.AMBIGUOUS if parts else Outcome.UNKNOWN)

    def _code_in(self, text: str) -> str | None:
        for match in _CODE.finditer(text):
            code = match[1].zfill(4)
            if code in self._parts:
                return code
        return None


def _names(text: str) -> list[str]:
    """Return the folded names in a text: each language's, without what stands in brackets."""
    without_code = re.sub(r"(?:\b[KkFf]-?)?\d+", " ", text)
    return [name for part in _PART_OF_NAME.split(fold(without_code)) if (name := part.strip())]
