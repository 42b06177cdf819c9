"""What a publication says has changed since the one before: three builds of one small home."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb

from dagster_project.pointer import current_folder, point_at
from dagster_project.publication.layout import own_file
from dagster_project.publication.publish import PublicationResult
from tests.support.small_home import SmallHome, coordinator, person, plan


def built(home: SmallHome) -> PublicationResult:
    return home.publish("2024-01-31")


def changed(home: SmallHome, publication: str) -> dict[str, tuple[object, ...]]:
    """Return the rows of `change`, by indicator."""
    file = own_file(home.home.published / publication, "change", "4602")
    rows = duckdb.sql(
        "select indicator, municipality_code, reference_date::text, before_numerator, "
        "before_denominator, after_numerator, after_denominator, reasons, previous_publication, "
        f"previous_as_of::text from read_parquet('{file}', hive_partitioning = false)"
    ).fetchall()
    return {str(row[0]): row[1:] for row in rows}


def test_what_changed_is_told_once_and_names_no_publication(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home")
    for name, record in (("folk", "person"), ("ke", "koordinator"), ("plan", "ip")):
        home.source(name, record)
    home.deliver("folk", "20240131", [person(number) for number in range(4)])
    assignments = [coordinator(f"K{number}", number, "2023-01-01") for number in range(2)]
    home.deliver("ke", "20240131", assignments)
    home.deliver("plan", "20240131", [plan("P0", 0, "2023-03-05")])
    first = built(home)
    assert first.is_new
    assert first.rows["change"] == 0
    assert changed(home, first.id) == {}

    # The same again is the same publication, and nothing of it is written again.
    written = own_file(home.home.published / first.id, "change", "4602").stat().st_mtime_ns
    again = built(home)
    assert (again.id, again.is_new) == (first.id, False)
    assert own_file(home.home.published / first.id, "change", "4602").stat().st_mtime_ns == written

    # A plan more, of a person with a coordinator.
    home.deliver("plan", "20240201", [plan("P0", 0, "2023-03-05"), plan("P1", 1, "2023-03-05")])
    second = built(home)
    assert second.is_new
    told = changed(home, second.id)
    before = ("new_delivery:ip", first.id, "2024-01-31")
    assert told["plan_coverage"] == ("4602", "2024-01-31", 1, 2, 2, 2, *before)
    assert told["living_plan_share"] == ("4602", "2024-01-31", 1, 1, 2, 2, *before)
    # What stands as it stood is not told.
    assert "coordinator_coverage" not in told
    assert "persons_per_coordinator" not in told
    manifest = json.loads(
        (home.home.published / second.id / "manifest.json").read_text(encoding="utf-8")
    )
    table = manifest["tables"]["change"]["municipalities"]["4602"]
    content = own_file(home.home.published / second.id, "change", "4602").read_bytes()
    assert table["rows"] == len(told) == second.rows["change"]
    assert table["sha256"] == hashlib.sha256(content).hexdigest()

    # Published again after another one, it keeps what was told of it the first time.
    point_at(home.home, first.id)
    third = built(home)
    assert (third.id, third.is_new) == (second.id, False)
    assert current_folder(home.home) == home.home.published / second.id
    assert changed(home, second.id) == told
