"""The cases of the world in one home: files that were misread elsewhere, each with its right value.

They are test data that lie beside the project (`SAMORDNA_SHARED`); each case is a home with sources
of its own, so that one landing and one build hold them all.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from dagster_project.landing.reading import SourceOutcome
from tests.support.small_home import SmallHome

# What is done between runs cannot be shown in one home.
_STATES = ("70-", "71-", "73-", "74-")
_ROW = re.compile(r"^\| *([\w-]+) *\| *(\d{4}-\d\d-\d\d) *\| *(\d{4}-\d\d-\d\d|\(open\)) *\|", re.M)
Interval = tuple[str, dt.date, dt.date | None]


@dataclass
class World:
    """All cases, landed and built: what became of each source, and the warehouse."""

    outcomes: dict[str, SourceOutcome] = field(default_factory=dict)
    warehouse: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def intervals(self, source: str) -> set[Interval]:
        """Return the assignments of a source that count: registration, first day, last day."""
        rows = self.warehouse.execute(
            """
            select registration_id, first_day, coalesce(last_day, withdrawn_last_day)
            from intermediate.int_coordinator__registration
            inner join landing.source using (source_number)
            where source = $source
            """,
            {"source": source},
        )
        return set(rows.fetchall())

    def findings(self, source: str) -> set[tuple[str, str]]:
        """Return the findings of a source: the registration's id, or its row, and the rule."""
        rows = self.warehouse.execute(
            """
            select coalesce(registration_id, 'row ' || row_number), rule
            from marts.findings where source = $source
            """,
            {"source": source},
        )
        return set(rows.fetchall())

    def problems(self, source: str) -> list[str]:
        """Return what was said of the deliveries of a source."""
        return [problem.code for problem in self.outcomes[source].problems]

    def scalar(self, query: str) -> object:
        """Return the one value of a query."""
        (value,) = self.warehouse.execute(query).fetchone() or (None,)
        return value


def cases(shared: Path) -> list[Path]:
    """Return the folders of the cases that one home can hold."""
    found = sorted(path for path in (shared / "cases").iterdir() if path.is_dir())
    return [path for path in found if not path.name.startswith(_STATES)]


def sources_of(case: Path) -> list[dict[str, str]]:
    """Return the sources of a case as its sources.yml names them."""
    text = (case / "sources.yml").read_text(encoding="utf-8")
    return list(yaml.load(text, Loader=yaml.BaseLoader)["sources"])


def expected(case: Path) -> set[Interval]:
    """Return the assignments that a case's own page says are right."""
    text = (case / "expected.md").read_text(encoding="utf-8")
    return {
        (name, dt.date.fromisoformat(first), _day(last)) for name, first, last in _ROW.findall(text)
    }


def build(root: Path, shared: Path) -> World:
    """Land and build all cases in one home."""
    home = SmallHome(root)
    for case in cases(shared):
        shutil.copytree(case / "inbox", home.home.inbox, dirs_exist_ok=True)
        for source in sources_of(case):
            home.sources.append(source)
    home.write_settings()
    for path in (root, *root.rglob("*")):
        # The test data may be write-protected; a home is not.
        path.chmod(0o700 if path.is_dir() else 0o600)
    outcomes = home.land()
    return World(outcomes, home.build(tests=False))


def _day(text: str) -> dt.date | None:
    return None if text == "(open)" else dt.date.fromisoformat(text)
