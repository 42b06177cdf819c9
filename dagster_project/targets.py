"""What municipalities aim at: `targets:` in `sources.yml`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dagster_project.problems import MisfitError, did_you_mean

_KEYS = ("kommune", "indicator", "value", "by")
_REQUIRED = ("indicator", "value")
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,4})?")
_YEAR = re.compile(r"20\d\d")


@dataclass(frozen=True)
class Target:
    """What an indicator is to come to, and by when; without a municipality, that of all."""

    municipality_code: str | None
    indicator: str
    value: float
    by_date: dt.date | None


def read_targets(
    content: object, *, today: Mapping[str, str], indicators: Mapping[str, str]
) -> tuple[Target, ...]:
    """Return the targets of a list as `sources.yml` has it, or raise MisfitError.

    `today` leads from the codes of any year to today's, `indicators` from an indicator to its kind.
    """
    if not isinstance(content, list):
        raise MisfitError("`targets:` must be a list, each with indicator and value")
    read: dict[tuple[str | None, str], Target] = {}
    for number, entry in enumerate(content):
        target = _read(number, entry, today, indicators)
        key = (target.municipality_code, target.indicator)
        if key in read:
            raise MisfitError(
                f"`{target.indicator}` has a target above already; leave one of them",
                number,
            )
        read[key] = target
    return tuple(read.values())


def _read(
    number: int, entry: object, today: Mapping[str, str], indicators: Mapping[str, str]
) -> Target:
    if not isinstance(entry, dict):
        raise MisfitError("a target is told by indicator and value", number)
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
        ("indicator", "no indicator", indicators),
    ):
        if key in entry and entry[key] not in known:
            hint = did_you_mean(entry[key], known)
            raise MisfitError(f"`{key}`: '{entry[key]}' is {what}{hint}", number, key)
    return Target(
        municipality_code=today[entry["kommune"]] if "kommune" in entry else None,
        indicator=entry["indicator"],
        value=_value(number, entry["value"], indicators[entry["indicator"]]),
        by_date=_by(number, entry["by"]) if "by" in entry else None,
    )


def _value(number: int, written: str, kind: str) -> float:
    if not _NUMBER.fullmatch(written):
        raise MisfitError("`value` must be a number with a point for decimals", number, "value")
    value = float(written)
    if kind == "share" and value > 1:
        raise MisfitError(
            "`value` must be from 0 to 1, for the indicator is a share: 0.75 is 75 %",
            number,
            "value",
        )
    return value


def _by(number: int, written: str) -> dt.date:
    """Return the day by which it is to be so; of a year, its last."""
    if _YEAR.fullmatch(written):
        return dt.date(int(written), 12, 31)
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        raise MisfitError("`by` must be a year or a date as 2027-06-30", number, "by") from None
