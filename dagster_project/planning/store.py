"""The scenarios of an installation: files that people read and mend, a folder a municipality.

What a file says is asked when it is opened, so one that was mended by hand is used as it is now.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dagster_project.config.paths import Home
from dagster_project.planning.scenario import Scenario, ScenarioError, read_scenario, write_scenario
from dagster_project.problems import Problem
from dagster_project.storage import write_atomically

MOST_SCENARIOS = 50
_LARGEST = 200_000
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_NORWEGIAN = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


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


def kept_scenarios(home: Home, municipality: str) -> tuple[KeptScenario, ...]:
    """Return the scenarios of a municipality by the name of their file."""
    return tuple(_read(file) for file in _files(home, municipality))


def keep_scenario(home: Home, scenario: Scenario) -> str:
    """Write a scenario, in place of one of the same name, and return the name of its file.

    Raises ScenarioError where it cannot be kept.
    """
    # What is written can be read back: nobody's number is in its name or its notes.
    text = write_scenario(scenario)
    read_scenario(text)
    others = _files(home, scenario.municipality)
    file = _folder(home, scenario.municipality) / f"{_slug(scenario.name)}.yml"
    if len(others) >= MOST_SCENARIOS and file not in others:
        raise ScenarioError(Problem("scenario_many", {"most": MOST_SCENARIOS}))
    try:
        write_atomically(file, text)
    except OSError as error:
        reason = error.strerror or "unknown"
        raise ScenarioError(Problem("scenario_unwritten", {"reason": reason})) from None
    return file.name


def drop_scenario(home: Home, municipality: str, file: str) -> None:
    """Drop a scenario; one that somebody else has dropped already is no matter."""
    for known in _files(home, municipality):
        if known.name == file:
            known.unlink(missing_ok=True)


def _read(file: Path) -> KeptScenario:
    try:
        if file.stat().st_size > _LARGEST:
            raise ScenarioError(Problem("scenario_yaml", {"line": 1}))
        return KeptScenario(file.name, read_scenario(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return KeptScenario(file.name, None, (Problem("scenario_yaml", {"line": 1}),))
    except ScenarioError as error:
        return KeptScenario(file.name, None, error.problems)


def _files(home: Home, municipality: str) -> list[Path]:
    return sorted(
        file for file in _folder(home, municipality).glob("*.yml") if not file.name.startswith(".")
    )


def _folder(home: Home, municipality: str) -> Path:
    return home.scenarios / municipality


def _slug(name: str) -> str:
    """Return a name as a file may be called: small letters and digits."""
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_NORWEGIAN))
    return _NO_LETTER.sub("-", folded.encode("ascii", "ignore").decode()).strip("-") or "scenario"
