"""The parameters of the counting rules, and what an installation sets them to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from dagster_project.problems import SettingError, did_you_mean
from dagster_project.reference import rows


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

        Raises SettingError for what is of another type or out of range.
        """
        if self.value_type == "boolean":
            if text not in ("true", "false"):
                raise SettingError(f"`{self.name}` must be true or false")
            return str(text)
        whole = self.value_type == "integer"
        pattern = r"\d{1,9}" if whole else r"\d{1,9}(\.\d{1,9})?"
        if not isinstance(text, str) or not re.fullmatch(pattern, text):
            what = "a whole number" if whole else "a number with a point for decimals"
            raise SettingError(f"`{self.name}` must be {what} ({self.unit})")
        value = Decimal(text)
        if not Decimal(self.least) <= value <= Decimal(self.most):
            raise SettingError(
                f"`{self.name}` must be from {self.least} to {self.most} ({self.unit})"
            )
        if value == Decimal(self.default):
            return self.default
        return f"{value.normalize():f}"


@cache
def parameters() -> dict[str, Parameter]:
    """Return the parameters of the seed by name."""
    return {
        row["parameter"]: Parameter(
            row["parameter"],
            row["value_type"],
            row["default_value"],
            row["min_value"],
            row["max_value"],
            row["unit"],
        )
        for row in rows("parameters")
    }


def read_setting(name: str, value: object) -> str:
    """Return the value that a parameter is set to, or raise SettingError."""
    if name not in parameters():
        raise SettingError(f"unknown parameter '{name}'{did_you_mean(name, parameters())}")
    return parameters()[name].read(value)
