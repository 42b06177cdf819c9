"""Files of every make, thousands of them: read as their counter says, or refused in words.

A failing example is printed as its `Plan`; `make(Plan(...))` makes the same file again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import FileSource
from dagster_project.landing.deliveries import Manifest
from dagster_project.landing.land import Lander
from dagster_project.landing.reading import SourceOutcome
from tests.fuzz.exports import (
    ANYTHING,
    PERSONS,
    POPULATION,
    RECORDS,
    Export,
    Plan,
    columns_of,
    make,
)
from tests.support.leaks import Search
from tests.support.small_home import SmallHome, no_checks

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
FILES = 10_000 if NIGHTLY else 250

# What is above a header, none of it a header.
_ABOVE = [
    (),
    (),
    ("Oversikt fra koordinerende enhet",),
    ("sep=;",),
    ("Rapport", "", "Uttrekk 31.01.2024, kl. 10:00"),
    ("Skrevet ut; av | systemet, automatisk", "Kommune;Kinn"),
]
_TOTALS = ["Sum", "TOTALT", "Totalt:", "I alt", "Total (alle)", "sum 2024"]
_DAMAGES = [
    "missing", "twice", "truncated", "truncated", "flipped", "flipped", "zeros", "pdf", "zip", "html",
    "empty", "garbage", "ending", "half", "half", "surrogate",
]  # fmt: skip


def _plans() -> st.SearchStrategy[Plan]:
    yes = st.booleans()
    seldom = st.sampled_from([False, False, False, True])
    return st.builds(
        Plan,
        record=st.sampled_from(RECORDS),
        kind=st.sampled_from(["csv", "csv", "csv", "xlsx", "xlsx", "json", "jsonl", "xml"]),
        rows=st.integers(0, 9),
        seed=st.integers(0, 2**32 - 1),
        encoding=st.sampled_from(
            ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
        ),
        decomposed=seldom,
        declared=seldom,
        by_hand=seldom,
        headers=st.sampled_from(["canonical", "alias", "upper", "spaced", "broken"]),
        kept=st.sampled_from([1.0, 0.7, 0.3]),
        shuffled=yes,
        extra=st.integers(0, 2),
        blank=st.sampled_from([0, 0, 1, 3]),
        above=st.sampled_from(_ABOVE),
        total=st.none() | st.sampled_from(_TOTALS),
        delimiter=st.sampled_from([";", ",", "\t", "|"]),
        quoting=st.sampled_from(["needed", "all"]),
        line_end=st.sampled_from(["\n", "\r\n", "\r"]),
        ends=yes,
        uneven=seldom,
        gaps=seldom,
        padded=seldom,
        typed=yes,
        merged=seldom,
        two_rows=seldom,
        sheets=st.sampled_from(
            [(), ("before",), ("after",), ("before", "hidden"), ("hidden", "after", "chart")]
        ),
        formulas=seldom,
        nested=seldom,
        attributes=seldom,
        wide=yes,
        damage=st.one_of(st.just(""), st.just(""), st.sampled_from(_DAMAGES)),
        cut=st.floats(0, 1),
    )


@dataclass
class Landed:
    """What a file has become."""

    outcome: SourceOutcome
    rows: list[dict[str, Any]]
    written: list[bytes]


class Landing:
    """A home in which one file after the other is landed by the real code."""

    def __init__(self, root: Path) -> None:
        self.home: Home = SmallHome(root).source("file", "person").home
        self._lander = Lander(load_installation(self.home), no_checks)
        # The keys of all persons, employees and families, as one plain file has them.
        self.keys: dict[str, str] = {}
        for record in ("person", "koordinator", "ansatt"):
            for seed in range(20):
                plan = Plan(record=record, rows=40, seed=seed)
                self._learn(make(plan), plan)
        # No two of them have the same.
        assert len(set(self.keys.values())) == len(self.keys)

    def land(self, export: Export, record: str, *beside: Export) -> Landed:
        """Land a file, with others beside it; nothing is left of it afterwards."""
        source = FileSource(name="file", record=record, path="inbox/file/*", **export.settings)
        inbox = self.home.inbox / "file"
        for one in (export, *beside):
            (inbox / one.name).write_bytes(one.content)
        try:
            reading = self._lander.read(source)
            outcome = self._lander.commit(reading)
            folder = Manifest(self.home, source).folder
            tables = [
                pq.read_table(self.home.root / str(entry.parquet)).to_pylist()
                for entry in outcome.landed
                if entry.file == export.name
            ]
            written = [path.read_bytes() for path in folder.iterdir()] if folder.exists() else []
            return Landed(outcome, [row for rows in tables for row in rows], written)
        finally:
            shutil.rmtree(self.home.landing, ignore_errors=True)
            shutil.rmtree(inbox)
            inbox.mkdir()

    def _learn(self, export: Export, plan: Plan) -> None:
        for name, said, key in self._pairs(export, plan, self.land(export, plan.record).rows):
            assert self.keys.setdefault(said, key) == key, name

    def _pairs(
        self, export: Export, plan: Plan, rows: list[dict[str, Any]]
    ) -> Iterator[tuple[str, str, str]]:
        for expected, row in zip(export.rows, rows, strict=True):
            for name, _, kind in columns_of(plan.record):
                said = expected.get(name)
                if kind in _KEYS and isinstance(said, str) and said != "vacant":
                    yield name, said, row[_key_of(name, kind)]


_KEYS = {"id", "former", "employee", "employee_name", "employee_email", "family"}


def _key_of(name: str, kind: str) -> str:
    fixed = {"id": "person_key", "former": "earlier_person_key"}
    return fixed.get(kind) or f"{name.removesuffix('_id')}_key"


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return Landing(tmp_path_factory.mktemp("fuzz") / "home")


def compare(landing: Landing, plan: Plan, export: Export, rows: list[dict[str, Any]]) -> None:
    """Hold what was landed to what the counter says."""
    for expected, number, wider, row in zip(
        export.rows, export.numbers, export.wider, rows, strict=False
    ):
        assert row["row_number"] == str(number)
        assert row["too_wide"] == ("ja" if wider else None)
        for name, _, kind in columns_of(plan.record):
            said = expected.get(name, "default 4602" if kind == "municipality" else None)
            if said is ANYTHING or (name == "kommune" and plan.record in POPULATION):
                continue
            if kind in _KEYS:
                key = row[_key_of(name, kind)]
                assert key == (landing.keys[said] if said not in (None, "vacant") else None), name
                if kind == "employee_name":
                    assert (row[f"{name}_vacant"] is not None) == (said == "vacant")
            elif kind in ("municipality", "region"):
                how, code = str(said).split()
                found = (row["municipality_outcome"], str(row["municipality_code"]))
                assert found == (how, code), name
            elif kind != "name":
                assert row["registration_id" if kind == "own" else name] == said, name


def check(landing: Landing, plan: Plan) -> Landed:
    """Land the file of a plan, and hold it to its promises. Returns what became of it."""
    export = make(plan)
    damaged = bool(export.problems)
    beside = [make(Plan(record=plan.record))] if damaged and not export.settings else []
    landed = landing.land(export, plan.record, *(replace(b, name="a_20240130.csv") for b in beside))
    problems = landed.outcome.problems
    entries = [entry for entry in landed.outcome.landed if entry.file == export.name]

    # A bad file fails alone.
    assert len(landed.outcome.landed) - len(entries) == len(beside)
    if not damaged or (export.or_landed and not problems):
        assert [str(problem) for problem in problems] == []
        assert len(entries) == 1
        assert entries[0].rows_read == len(landed.rows)
    if not damaged:
        assert len(landed.rows) == len(export.rows)
        compare(landing, plan, export, landed.rows)
    elif problems:
        (problem,) = problems
        assert not entries
        assert problem.code in export.problems, str(problem)
        assert str(problem).startswith(f"Source file, {export.name}: ")
        assert all(word in str(problem) for word in export.told), str(problem)
    elif export.or_landed == "number":
        assert len(landed.rows) == len(export.rows)
    elif export.or_landed == "beginning":
        assert len(landed.rows) <= len(export.rows)
        compare(landing, plan, export, landed.rows[:-1])

    search = Search(PERSONS)
    for written in landed.written:
        search.content("a file", written, "bytes")
    search.content("rows", repr(landed.rows).encode(), "opened")
    search.content("messages", repr([(p, str(p)) for p in problems]).encode(), "said")
    assert search.found == []
    return landed


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(
    max_examples=FILES,
    deadline=None,
    derandomize=not NIGHTLY,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(plan=_plans())
def test_every_file_is_read_as_its_counter_says_or_refused_in_words(
    landing: Landing, plan: Plan
) -> None:
    check(landing, plan)
