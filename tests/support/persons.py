"""Test persons: fødselsnummer with month + 80, which no real person has."""

from __future__ import annotations

import datetime as dt

from dagster_project.identity.numbers import control_digits


def fnr(birth: dt.date | str, number: int = 0, *, kind: str = "fnr") -> str:
    """Return the number-th test number of that birth date; `kind` may be d_number too."""
    day = dt.date.fromisoformat(birth) if isinstance(birth, str) else birth
    first = 500 if day.year >= 2000 else 0
    found = -1
    for individual in range(first, first + 500):
        shown = day.day + (40 if kind == "d_number" else 0)
        nine = f"{shown:02}{day.month + 80:02}{day.year % 100:02}{individual:03}"
        if (digits := control_digits(nine)) is not None:
            found += 1
            if found == number:
                return nine + digits
    raise ValueError("no such test number")
