"""What changed since the publication before, and why: two manifests and two coverages."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.publication.change import SCHEMA, changes
from dagster_project.publication.layout import own_file, relation, whole_file
from dagster_project.reference import SEEDS
from tests.support import publication_files

KINN, SENJA = "4602", "5530"
NOVEMBER, DECEMBER = dt.date(2023, 11, 30), dt.date(2023, 12, 31)
Figure = tuple[str, dt.date, str, int | None, int | None, float]
BEFORE: list[Figure] = [
    (KINN, NOVEMBER, "coordinator_coverage", 3, 8, 0.375),
    (KINN, NOVEMBER, "answer_days", None, 12, 14.0),
    (KINN, NOVEMBER, "coordinator_rate", 3, 1000, 3.0),
    (SENJA, NOVEMBER, "coordinator_coverage", 5, 10, 0.5),
    (SENJA, NOVEMBER, "living_plan_share", 2, 4, 0.5),
]
AFTER: list[Figure] = [
    (KINN, NOVEMBER, "coordinator_coverage", 4, 8, 0.5),
    (KINN, DECEMBER, "coordinator_coverage", 5, 9, 5 / 9),
    (KINN, NOVEMBER, "answer_days", None, 12, 14.0 + 1e-13),
    (KINN, NOVEMBER, "plan_coverage", 1, 8, 0.125),
    (SENJA, NOVEMBER, "coordinator_coverage", 5, 10, 0.5),
    (SENJA, NOVEMBER, "living_plan_share", 3, 4, 0.75),
]


def delivery(source: str, record: str, name: str, code: str | None, status: str) -> dict[str, Any]:
    return {
        "source": source,
        "record": record,
        "delivery": name,
        "municipality_code": code,
        "status": status,
    }


def said(*sources: dict[str, Any], version: str = "1.0", **sets: str) -> dict[str, Any]:
    return {
        "as_of": "2023-12-31",
        "code_version": version,
        "definition_sets": {KINN: "2026.2", SENJA: "2026.2", **sets},
        "sources": list(sources),
    }


def write_coverage(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Figure]) -> None:
    connection.execute(
        f"create table {name} (municipality_code text, reference_date date, indicator text, "
        "numerator bigint, denominator bigint, value double, age_scheme text, age_group text, "
        "service_area text)"
    )
    for row in rows:
        # Only all ages and all areas are compared, in one scheme.
        for scheme, group, area in (
            ("standard", "all", "all"),
            ("childhood", "all", "all"),
            ("standard", "0-17", "all"),
            ("standard", "all", "school"),
        ):
            figure = (
                *row[:3],
                *(row[3:] if (scheme, group, area)[1:] == ("all", "all") else (0, 1, 0.0)),
            )
            connection.execute(
                f"insert into {name} values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [*figure, scheme, group, area],
            )


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema reference")
        write_coverage(connection, "marts.coverage", AFTER)
        connection.execute(
            f"create table reference.indicators as from read_csv('{SEEDS / 'indicators.csv'}')"
        )
        yield connection


def publish(folder: Path, manifest: dict[str, Any], rows: list[Figure] | None = None) -> Path:
    folder.mkdir()
    with duckdb.connect() as connection:
        write_coverage(connection, "coverage", BEFORE if rows is None else rows)
        tables = {
            "coverage": publication_files.write(connection, folder, "coverage", (KINN, SENJA))
        }
    told = {"publication": "20231130-aaaaaaaaaa", **manifest, "as_of": "2023-11-30"}
    (folder / "manifest.json").write_text(json.dumps({**told, "tables": tables}), encoding="utf-8")
    return folder


def flatten(folder: Path) -> Path:
    """Lay a publication out as they were once: each table one file."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect() as connection:
        file = whole_file(folder, "coverage")
        connection.execute(f"copy (from {relation(folder, 'coverage')}) to '{file}'")
    shutil.rmtree(folder / "coverage")
    del manifest["tables"]["coverage"]["municipalities"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def reasons(found: Any) -> dict[tuple[str, str], str | None]:
    return {
        (row["municipality_code"], row["indicator"]): row["reasons"] for row in found.to_pylist()
    }


def test_the_figures_that_differ_on_the_newest_day_that_both_have(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    found = changes(warehouse, said(), publish(tmp_path / "before", said())).figures
    assert found.schema == SCHEMA
    before = ("20231130-aaaaaaaaaa", dt.date(2023, 11, 30))
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        (KINN, "coordinator_coverage", NOVEMBER, 3, 8, 0.375, 4, 8, 0.5, None, *before),
        (KINN, "coordinator_rate", NOVEMBER, 3, 1000, 3.0, None, None, None, None, *before),
        (KINN, "plan_coverage", NOVEMBER, None, None, None, 1, 8, 0.125, None, *before),
        (SENJA, "living_plan_share", NOVEMBER, 2, 4, 0.5, 3, 4, 0.75, None, *before),
    ]


def test_a_delivery_explains_what_needs_its_record_type(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    old = [
        delivery("ke", "koordinator", "a.csv", KINN, "in_force"),
        delivery("folk", "person", "a.csv", KINN, "in_force"),
        delivery("plan", "ip", "a.csv", SENJA, "in_force"),
        delivery("moter", "mote", "a.csv", KINN, "in_force"),
    ]
    new = [
        # Another file was put in its place: that one is new, and nothing was withdrawn.
        delivery("ke", "koordinator", "a.csv", KINN, "replaced"),
        delivery("ke", "koordinator", "a.csv (2)", KINN, "in_force"),
        # Held back: not in force any more, and not yet.
        delivery("folk", "person", "a.csv", KINN, "held"),
        delivery("folk", "person", "b.csv", KINN, "held"),
        delivery("plan", "ip", "a.csv", SENJA, "in_force"),
        delivery("plan", "ip", "b.csv", SENJA, "in_force"),
        delivery("moter", "mote", "a.csv", KINN, "in_force"),
        delivery("moter", "mote", "b.csv", KINN, "in_force"),
    ]
    found = changes(
        warehouse, said(*new, version="1.1"), publish(tmp_path / "before", said(*old))
    ).figures
    assert reasons(found) == {
        (KINN, "coordinator_coverage"): "new_delivery:koordinator;withdrawn_delivery:person",
        (KINN, "coordinator_rate"): "new_delivery:koordinator;withdrawn_delivery:person",
        (KINN, "plan_coverage"): "new_delivery:koordinator;withdrawn_delivery:person",
        (SENJA, "living_plan_share"): "new_delivery:ip",
    }


def test_a_shared_source_explains_all_that_it_tells_of(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    # One source is shared by the two.
    shared = delivery("felles", "ip", "b.csv", KINN, "in_force")
    new = [{**shared, "municipalities": [KINN, SENJA]}]
    found = changes(warehouse, said(*new), publish(tmp_path / "before", said())).figures
    assert reasons(found) == {
        # A plan makes one of the target group.
        (KINN, "coordinator_coverage"): "new_delivery:ip",
        (KINN, "coordinator_rate"): None,
        (KINN, "plan_coverage"): "new_delivery:ip",
        (SENJA, "living_plan_share"): "new_delivery:ip",
    }


def test_the_definition_explains_and_the_code_only_where_nothing_else_does(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    now = said(version="1.1", **{KINN: "2026.2 bridge_days=14"})
    found = changes(warehouse, now, publish(tmp_path / "before", said())).figures
    assert reasons(found) == {
        (KINN, "coordinator_coverage"): "definition",
        (KINN, "coordinator_rate"): "definition",
        (KINN, "plan_coverage"): "definition",
        (SENJA, "living_plan_share"): "rules",
    }


def test_without_a_day_that_both_have_nothing_is_compared(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    rows: list[Figure] = [(KINN, dt.date(2023, 11, 15), "coordinator_coverage", 3, 8, 0.375)]
    assert (
        changes(warehouse, said(), publish(tmp_path / "before", said(), rows)).figures.num_rows == 0
    )


def test_a_publication_of_one_file_for_each_table_is_read_as_others_are(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    before = publish(tmp_path / "before", said())
    found = changes(warehouse, said(), before).figures
    assert found.num_rows
    assert changes(warehouse, said(), flatten(before)).figures.equals(found)


@pytest.mark.parametrize(
    "damage", ["none", "folder", "manifest", "said", "lost", "coverage", "columns"]
)
def test_what_cannot_be_compared_has_not_changed(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, damage: str
) -> None:
    folder: Path | None = publish(tmp_path / "before", said())
    assert folder is not None
    if damage == "none":
        folder = None
    elif damage == "folder":
        folder = tmp_path / "gone"
    elif damage == "manifest":
        (folder / "manifest.json").write_text("{", encoding="utf-8")
    elif damage == "said":
        (folder / "manifest.json").write_text('{"publication": "x"}', encoding="utf-8")
    elif damage == "lost":
        own_file(folder, "coverage", KINN).unlink()
    elif damage == "coverage":
        own_file(folder, "coverage", KINN).write_bytes(b"PAR1")
    else:
        publication_files.rewrite(folder, "coverage", "select 1 as other")
    found = changes(warehouse, said(), folder).figures
    assert (found.num_rows, found.schema) == (0, SCHEMA)
