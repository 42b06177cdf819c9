"""The parameters of the counting rules, and what an installation sets them to."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from dagster_project.problems import MisfitError, did_you_mean

_MUNICIPALITIES = "municipalities"


@dataclass(frozen=True)
class Parameter:
    """One parameter of `seeds/parameters.csv`: its type, its default, and from where to where."""

    name: str
    value_type: str
    default: str
    least: str
    most: str
    unit: str

    def read(self, text: object) -> str:
        """Return a value as the warehouse compares it: equal numbers are written alike.

        Raises MisfitError for what is of another type or out of range.
        """
        if self.value_type == "boolean":
            if text not in ("true", "false"):
                raise MisfitError(f"`{self.name}` must be true or false")
            return str(text)
        whole = self.value_type == "integer"
        pattern = r"\d{1,9}" if whole else r"\d{1,9}(\.\d{1,9})?"
        if not isinstance(text, str) or not re.fullmatch(pattern, text):
            what = "a whole number" if whole else "a number with a point for decimals"
            raise MisfitError(f"`{self.name}` must be {what} ({self.unit})")
        value = Decimal(text)
        if not Decimal(self.least) <= value <= Decimal(self.most):
            raise MisfitError(
                f"`{self.name}` must be from {self.least} to {self.most} ({self.unit})"
            )
        if value == Decimal(self.default):
            return self.default
        return f"{value.normalize():f}"


def read_parameters(file: Path) -> dict[str, Parameter]:
    """Return the parameters of the seed by name."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            row["parameter"]: Parameter(
                row["parameter"],
                row["value_type"],
                row["default_value"],
                row["min_value"],
                row["max_value"],
                row["unit"],
            )
            for row in csv.DictReader(lines)
        }


def read_setting(name: str, value: object, parameters: Mapping[str, Parameter]) -> str:
    """Return the value that a parameter is set to, or raise MisfitError."""
    if name not in parameters:
        raise MisfitError(f"unknown parameter '{name}'{did_you_mean(name, parameters)}")
    return parameters[name].read(value)


def read_definition(
    content: object, parameters: Mapping[str, Parameter], today: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return what `definition:` sets, by today's code of a municipality; "" is all of them.

    `{bridge_days: 14, municipalities: {"5530": {bridge_days: 30}}}` says 14 for all and 30 for
    one. `today` leads from the codes of any year to today's. Raises MisfitError.
    """
    of_all = dict(_mapping(content, "`definition:` must name parameters"))
    of_each = _mapping(
        of_all.pop(_MUNICIPALITIES, {}),
        "`municipalities:` must name municipalities, each with its parameters",
        _MUNICIPALITIES,
    )
    found = {"": _settings(of_all, parameters)}
    for code, settings in of_each.items():
        here = (_MUNICIPALITIES, code)
        if code not in today:
            raise MisfitError(
                f"'{code}' is no municipality's number{did_you_mean(code, today)}", *here
            )
        if today[code] in found:
            raise MisfitError(f"'{code}' is the same municipality as one above", *here)
        said = _mapping(settings, f"`{code}:` must name parameters", *here)
        found[today[code]] = _settings(said, parameters, *here)
    return found


def _settings(
    said: Mapping[str, object], parameters: Mapping[str, Parameter], *here: str
) -> dict[str, str]:
    found = {}
    for name, value in said.items():
        try:
            found[name] = read_setting(name, value, parameters)
        except MisfitError as misfit:
            raise MisfitError(misfit.reason, *here, name) from None
    return found


def _mapping(content: object, reason: str, *here: str) -> Mapping[str, object]:
    if not isinstance(content, dict):
        raise MisfitError(reason, *here)
    return content
