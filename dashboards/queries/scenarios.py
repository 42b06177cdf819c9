"""The scenarios that an installation keeps."""

from __future__ import annotations

from dagster_project.config.paths import home_from
from dagster_project.planning.store import KeptScenario, kept_scenarios


def scenarios_of(municipality: str) -> tuple[KeptScenario, ...]:
    """Return the scenarios of a municipality by their files, read anew."""
    return kept_scenarios(home_from(None), municipality)


def scenario_of(municipality: str, file: str) -> KeptScenario | None:
    """Return a scenario by its file; None where there is none of that name."""
    return next((kept for kept in scenarios_of(municipality) if kept.file == file), None)
