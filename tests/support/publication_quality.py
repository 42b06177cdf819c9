"""What units report, made up for tests: a table of the made-up publication."""

from __future__ import annotations

import datetime as dt
from typing import Any

COLUMNS = (
    "municipality_code text, unit text, service_area text, reference_date date, measure text, "
    "reported bigint, registered bigint, difference bigint, open_rows bigint, unexplained bigint"
)
REPORTED_ON = dt.date(2025, 11, 15)
# Unit, service area, reported and registered persons with a coordinator, open rows.
_UNITS = [
    ("Heimetenesta nord", "home_care", 70, None, 3),
    ("Heimetenesta <sør>", "home_care", 40, None, 3),
    ("all", "home_care", 110, 112, 3),
    ("Helsestasjonen", "child_health", 45, 45, 1),
    ("Psykisk helse", "mental_health", 60, 51, 2),
    ("all", "all", 215, 208, 6),
]


def rows(municipality: str) -> list[tuple[Any, ...]]:
    """Return what the units of a municipality reported of two days, beside the registrations."""
    return [
        (
            municipality, unit, area, day, measure,
            reported, registered, None if registered is None else reported - registered, still_open,
            None if registered is None else max(0, abs(reported - registered) - still_open),
        )
        for day in (dt.date(2024, 11, 15), REPORTED_ON)
        for measure in ("coordinators", "persons_with_coordinator", "plans", "meetings")
        for unit, area, reported, registered, still_open in _UNITS
    ]  # fmt: skip
