"""What the latest runs did: a small file each in `state/runs/`, which the orchestrator shows.

A run that found nothing new takes the place of one before it that found nothing either.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dagster_project.built import Built
from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.landing.deliveries import Manifest, Status
from dagster_project.landing.reading import SourceOutcome
from dagster_project.landing.same_day import HELD_FOR_THE_DAY, REPLACED
from dagster_project.storage import read_json, write_atomically

_KEPT = 400
# What is held back is told of by itself; what is there twice is not missing.
_NO_FAILURES = frozenset(
    {"held", "repeated", "day_unread", "dated_ahead", REPLACED, *HELD_FOR_THE_DAY}
)


@dataclass
class Run:
    """What a run has done so far."""

    at: dt.datetime
    _started: float = field(default_factory=time.monotonic)
    _landed: list[dict[str, Any]] = field(default_factory=list)
    _built: list[dict[str, Any]] = field(default_factory=list)
    _checked: list[dict[str, Any]] = field(default_factory=list)
    _failures: list[str] = field(default_factory=list)

    @classmethod
    def begun(cls) -> Run:
        """Return a run that begins now."""
        return cls(dt.datetime.now(tz=dt.UTC))

    def landed(self, installation: Installation, outcomes: Iterable[SourceOutcome]) -> None:
        """Note what has landed, for each source that something was new of, or wrong with."""
        for outcome in outcomes:
            if not outcome.landed and not outcome.problems:
                continue
            manifest = Manifest(installation.home, outcome.source)
            entries = manifest.entries()
            rules: dict[str, int] = {}
            for entry in entries:
                for check in entry.checks:
                    if not check.success:
                        rules[check.check] = rules.get(check.check, 0) + 1
            self._landed.append(
                {
                    "source": outcome.source.name,
                    "record": outcome.source.record,
                    # As the partitions are named: by the code of today.
                    "municipality": installation.code_of(outcome.source) or "",
                    "deliveries_landed": len(outcome.landed),
                    "deliveries_failed": sum(
                        problem.code not in _NO_FAILURES for problem in outcome.problems
                    ),
                    "deliveries_held_back": sum(e.status is Status.HELD for e in entries),
                    "rules": dict(sorted(rules.items())),
                    "rows": sum(entry.rows_read for entry in manifest.in_force()),
                }
            )

    def built(self, part: Built) -> None:
        """Note a part that was built."""
        entry = part.entry
        self._built.append(
            {
                "part": part.name,
                "municipalities": part.municipalities,
                "seconds": entry["seconds"],
                "made_with": entry["made_with"],
                "deliveries": len(part.description["sources"]),
                "rows": entry["rows"],
            }
        )

    def checked(self, municipalities: Sequence[str], checks: int, failed: dict[str, int]) -> None:
        """Note what the checks of a part came to."""
        self._checked.append(
            {"municipalities": list(municipalities), "checks": checks, "failed": failed}
        )

    def failed(self, *why: str) -> None:
        """Note what went wrong, in the words that a person is told."""
        self._failures += why

    def content(self, publication: str | None) -> dict[str, Any]:
        """Return what was done, and which publication it came to."""
        return {
            "at": self.at.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self._started, 2),
            "publication": publication,
            "landed": self._landed,
            "built": self._built,
            "checked": self._checked,
            "failures": self._failures,
        }

    def write(self, home: Home, publication: str | None, shown_by: str | None = None) -> None:
        """Write it down. `shown_by` is the orchestrator's own run, if it was one of those."""
        content = {**self.content(publication), "shown_by": shown_by}
        before = _files(home)
        file = home.runs / f"{self.at:%Y%m%dT%H%M%S%f}-{os.getpid()}.json"
        write_atomically(file, json.dumps(content, indent=1, ensure_ascii=False))
        if before and not is_news(content) and not is_news(read_json(before[-1])):
            before.pop().unlink()
        for old in before[: max(0, len(before) + 1 - _KEPT)]:
            old.unlink()


def is_news(run: dict[str, Any]) -> bool:
    """Whether a run did more than find that nothing was new."""
    is_landed = any(source["deliveries_landed"] for source in run.get("landed", ()))
    return is_landed or any(run.get(what) for what in ("built", "checked", "failures"))


def since(home: Home, name: str | None) -> list[tuple[str, dict[str, Any]]]:
    """Return the runs after the one of a name, oldest first, with their names; or all."""
    return [
        (file.stem, run)
        for file in _files(home)
        if (name is None or file.stem > name) and (run := read_json(file))
    ]


def _files(home: Home) -> list[Path]:
    return sorted(home.runs.glob("*.json"))
