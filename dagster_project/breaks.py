"""Breaks in the series that an installation knows of: `breaks:` in `sources.yml`.

Those that are the same everywhere are a seed (`seeds/breaks.csv`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dagster_project.identity.detection import looks_like_person_id
from dagster_project.problems import MisfitError, did_you_mean
from dagster_project.seeds import BREAK_KINDS

_KEYS = ("kommune", "source", "date", "kind", "indicator", "note")
_REQUIRED = ("date", "kind", "note")
_LONGEST_NOTE = 300


@dataclass(frozen=True)
class Break:
    """One break: the first day that is counted the new way, and of what; None means of all."""

    municipality_code: str | None
    source: str | None
    first_day_after: dt.date
    kind: str
    indicator: str | None
    note: str


def read_breaks(
    content: object,
    *,
    today: Mapping[str, str],
    sources: Collection[str],
    indicators: Collection[str],
) -> tuple[Break, ...]:
    """Return the breaks of a list as `sources.yml` has it, or raise MisfitError.

    `today` leads from the codes of any year to today's.
    """
    if not isinstance(content, list):
        raise MisfitError("`breaks:` must be a list, each with date, kind and note")
    return tuple(
        _read(number, entry, today, sources, indicators) for number, entry in enumerate(content)
    )


def _read(
    number: int,
    entry: object,
    today: Mapping[str, str],
    sources: Collection[str],
    indicators: Collection[str],
) -> Break:
    if not isinstance(entry, dict):
        raise MisfitError("a break is told by date, kind and note", number)
    for key, value in entry.items():
        if key not in _KEYS:
            raise MisfitError(f"unknown key '{key}'{did_you_mean(key, _KEYS)}", number, key)
        if not isinstance(value, str):
            raise MisfitError(f"`{key}` must be one value", number, key)
    for key in _REQUIRED:
        if key not in entry:
            raise MisfitError(f"the key `{key}:` is missing", number)
    for key, what, known in (
        ("kommune", "no municipality's number", today),
        ("source", "no source of this file", sources),
        ("kind", "no kind of break", BREAK_KINDS),
        ("indicator", "no indicator", indicators),
    ):
        if key in entry and entry[key] not in known:
            hint = did_you_mean(entry[key], known)
            raise MisfitError(f"`{key}`: '{entry[key]}' is {what}{hint}", number, key)
    try:
        first_day = dt.date.fromisoformat(entry["date"])
    except ValueError:
        raise MisfitError("`date` must be a date as 2022-08-01", number, "date") from None
    if len(entry["note"]) > _LONGEST_NOTE:
        raise MisfitError(f"`note` has more than {_LONGEST_NOTE} signs", number, "note")
    if looks_like_person_id(entry["note"]):
        raise MisfitError("`note` holds a number that may be a person's id", number, "note")
    return Break(
        municipality_code=today[entry["kommune"]] if "kommune" in entry else None,
        source=entry.get("source"),
        first_day_after=first_day,
        kind=entry["kind"],
        indicator=entry.get("indicator"),
        note=entry["note"],
    )
