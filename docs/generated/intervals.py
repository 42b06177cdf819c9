"""Confidence intervals as the warehouse computes them: by its own macros, no second formula."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb
import jinja2

from dagster_project.config.paths import DBT_PROJECT
from docs.generated.words import seed


@cache
def macros() -> Any:
    """Return the macros of dbt that give the limits, as functions that return SQL."""
    text = (DBT_PROJECT / "macros" / "intervals.sql").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=False).from_string(text).module  # noqa: S701 (it is SQL)


def _computed(expression: str) -> float:
    answer = duckdb.execute(f"select {expression}").fetchone()
    return float(answer[0]) if answer else float("nan")


@cache
def wilson(events: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share."""
    low, high = (_computed(macros().wilson(events, total, sign)) for sign in "-+")
    return low, high


@cache
def byar(events: int) -> tuple[float, float]:
    """Return the 95 % interval of a count: exact below ten."""
    exact = {int(row["events"]): row for row in seed("poisson_limits")}.get(events)
    low = _computed(macros().byar_lower(events, exact["lower_95"] if exact else "null"))
    high = _computed(macros().byar_upper(events, exact["upper_95"] if exact else "null"))
    return low, high
