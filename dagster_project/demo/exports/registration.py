"""A registration: one fact as one system tells it, and how that changes as time goes by."""

from __future__ import annotations

from dataclasses import dataclass, field

from dagster_project.demo.exports.specification import Specification
from dagster_project.demo.world import OPEN, Person, Plan, Spell


@dataclass(frozen=True)
class Raw:
    """A cell exactly as somebody typed it."""

    text: str


@dataclass(frozen=True)
class Versions:
    """A value that changes: from each day on, the value beside it; empty before the first."""

    versions: tuple[tuple[int, Plain], ...]

    def on(self, day: int) -> Plain:
        """Return what it is on a day."""
        latest: Plain = None
        for since, value in self.versions:
            if since <= day:
                latest = value
        return latest


@dataclass(frozen=True)
class HomeOf:
    """The municipality of a person; a delivery writes it as it was called that year."""

    part: str


# A day (ordinal), a canonical code, a text, a number, codes of participants; None is an empty cell.
Plain = int | str | tuple[str, ...] | Raw | HomeOf | None
Value = Plain | Versions


@dataclass(frozen=True)
class Mark:
    """A rule that the registration breaks, in the deliveries before `until`."""

    rule: str
    until: int = OPEN


@dataclass(slots=True)
class Registration:
    """One registration of one source.

    `known` is the first day it stands in the system, `gone` the first day it no longer does.
    `before` are other contents of the same row that stand above it in the file; `alike` is how
    often the row is repeated as it is. `overflow` is a cell too many at its end. `variant` is any
    number, always the same for the registration: it decides how its cells are written.
    """

    specification: Specification
    number: str
    known: int
    values: dict[str, Value]
    person: Person | None = None
    fact: Spell | Plan | None = None
    gone: int = OPEN
    marks: list[Mark] = field(default_factory=list)
    before: list[dict[str, Value]] = field(default_factory=list)
    alike: int = 0
    overflow: str | None = None
    variant: int = 0

    def stands_on(self, day: int) -> bool:
        """Whether the registration is in the system on a day."""
        return self.known <= day < self.gone

    def changed_between(self, after: int, until: int) -> bool:
        """Whether it is new or changed since an earlier delivery."""
        days = [self.known]
        for value in self.values.values():
            if isinstance(value, Versions):
                days += [since for since, _ in value.versions]
        return any(after < day <= until for day in days) and self.known <= until

    def rows(self) -> list[dict[str, Value]]:
        """Return the contents of its rows in a delivery, the one that counts last."""
        others = [{**self.values, **other} for other in self.before]
        return [*others, *[self.values] * (1 + self.alike)]
