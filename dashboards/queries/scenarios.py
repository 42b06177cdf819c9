"""The scenarios that an installation keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dagster_project.config.paths import home_from
from dagster_project.planning.scenario import Scenario
from dagster_project.planning.store import kept_scenarios
from dagster_project.problems import Problem


@dataclass(frozen=True)
class KeptScenario:
    """A scenario and the file that it lies in; one that is only proposed lies in none.

    `scenario` is None where the file cannot be read, and `problems` say why.
    """

    file: str
    scenario: Scenario | None
    problems: Sequence[Problem] = ()

    @property
    def name(self) -> str:
        """What it is called; its file where that cannot be read."""
        return self.scenario.name if self.scenario else self.file


def scenarios_of(municipality: str) -> tuple[KeptScenario, ...]:
    """Return the scenarios of a municipality by their files, read anew."""
    return tuple(
        KeptScenario(kept.file, kept.scenario, kept.problems)
        for kept in kept_scenarios(home_from(None), municipality)
    )


def scenario_of(municipality: str, file: str) -> KeptScenario | None:
    """Return a scenario by its file; None where there is none of that name."""
    return next((kept for kept in scenarios_of(municipality) if kept.file == file), None)
