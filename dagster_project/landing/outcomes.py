"""What the last run did with each source, for `samordna status`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from dagster_project.config.paths import Home
from dagster_project.landing.reading import SourceOutcome
from dagster_project.problems import Problem
from dagster_project.storage import read_json, write_atomically


def write_outcome(home: Home, outcome: SourceOutcome) -> None:
    """Note what was done with a source."""
    noted = {
        "at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "landed": len(outcome.landed),
        "rows": sum(entry.rows_read for entry in outcome.landed),
        "unchanged": outcome.unchanged,
        "problems": [problem.as_dict() for problem in outcome.problems],
    }
    write_atomically(_file(home, outcome.source.name), json.dumps(noted, indent=1))


def read_outcome(home: Home, source: str) -> dict[str, Any]:
    """Return what was last done with a source; empty where nothing was."""
    noted = read_json(_file(home, source))
    if noted:
        noted["problems"] = [Problem.from_dict(stored) for stored in noted["problems"]]
    return noted


def _file(home: Home, source: str) -> Path:
    return home.state / "sources" / f"{source}.json"
