"""The models run straight make what dbt makes, table by table, and stop where dbt stops."""

from __future__ import annotations

import copy
import datetime as dt
import os
import shutil
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project import models, straight
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.demo.make import write_demo
from dagster_project.demo.simulation import make_world
from dagster_project.landing.land import Lander
from dagster_project.warehouse import Building, begin
from tests.support.small_home import SmallHome, coordinator, land_all, no_checks, person, service

pytestmark = pytest.mark.slow

ADDS_UP = "every_row_ends_in_one_place"


@pytest.fixture
def small(tmp_path: Path) -> Home:
    home = SmallHome(tmp_path / "home").source("folk", "person").source("epj", "koordinator")
    home.deliver("folk", "20240131", [person(n) for n in range(3)])
    home.deliver("epj", "20240131", [coordinator(f"K-{n}", n, "2022-01-01") for n in range(2)])
    home.source("tiltak", "tjeneste")
    home.deliver("tiltak", "20240131", [service("T-1", 1, "skole", "2021-01-01")])
    return begun(home.home)


def begun(home: Home) -> Home:
    installation = load_installation(home)
    lander = Lander(installation, no_checks)
    land_all(lander)
    begin(installation, lander.maskers, None).close()
    return home


def changed(change: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the manifest with one node changed."""
    manifest = copy.deepcopy(dict(models.manifest()))
    (node,) = (node for node in manifest["nodes"].values() if node["name"] == name)
    for key, value in change.items():
        if isinstance(value, Mapping):
            node[key] = {**node[key], **value}
        else:
            node[key] = value
    return manifest


def test_every_table_is_the_one_that_dbt_makes(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    write_demo(make_world(1, ("1134", "1867")), home, 1)
    begun(home)
    apart = tmp_path / "straight.duckdb"
    kept = shutil.copy(home.building, tmp_path / "begun.duckdb")
    straight.build(Building.whole(home))
    shutil.move(home.building, apart)
    shutil.move(kept, home.building)
    models.build_with_dbt(Building.whole(home))
    with duckdb.connect() as both:
        both.execute(f"attach '{apart}' as straight (read_only)")
        both.execute(f"attach '{home.building}' as dbts (read_only)")
        made, expected = (
            both.execute(
                "select schema_name, table_name, column_name, data_type, is_nullable "
                "from duckdb_columns() where database_name = ? order by all",
                [database],
            ).fetchall()
            for database in ("straight", "dbts")
        )
        assert made == expected
        for of, name in (("tables", "table"), ("views", "view"), ("columns", "column")):
            said, expected = (
                both.execute(
                    f"select schema_name, {name}_name, comment from duckdb_{of}() "
                    "where database_name = ? and not internal and comment <> '' order by all",
                    [database],
                ).fetchall()
                for database in ("straight", "dbts")
            )
            assert said == expected != []
        # The views of staging name the file that they lie in; a mart is asked wherever it is attached.
        found = both.sql(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = 'dbts' and schema_name <> 'landing' union "
            "select schema_name || '.' || view_name from duckdb_views() "
            "where database_name = 'dbts' and schema_name = 'marts' order by all"
        ).fetchall()
        tables = [table for (table,) in found]
        assert len(tables) > 100
        assert "marts.meeting" in tables
        for table in tables:
            differing = both.sql(
                f"(from straight.{table} except all from dbts.{table}) union all "
                f"(from dbts.{table} except all from straight.{table})"
            )
            assert differing.fetchall() == [], table
        (figures,) = both.sql("select count(*) from straight.marts.coverage").fetchone() or (0,)
        assert figures > 1000


def test_only_what_a_model_is_made_of_is_built(small: Home) -> None:
    straight.build(Building.whole(small), tests=False, up_to="int_as_of")
    with duckdb.connect(str(small.building), read_only=True) as warehouse:
        assert warehouse.sql("from intermediate.int_as_of").fetchall() == [
            ("4602", dt.date(2024, 1, 31))
        ]
        marts = "select count(*) from duckdb_tables() where schema_name = 'marts'"
        assert warehouse.sql(marts).fetchall() == [(0,)]


def test_a_test_that_does_not_hold_fails_the_build(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = changed({"compiled_code": "select 1 union all select 2"}, ADDS_UP)
    monkeypatch.setattr(straight, "manifest", lambda: manifest)
    with pytest.raises(models.BuildError) as error:
        straight.build(Building.whole(small))
    assert error.value.failed == {ADDS_UP}
    log = (small.dbt_target / "build.log").read_text(encoding="utf-8")
    assert log == f"{ADDS_UP}: does not hold in 2 rows\n"


def test_the_log_says_where_failing_rows_stand_and_never_whose_they_are(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = changed(
        {"compiled_code": "select * from intermediate.int_coordinator__row"}, ADDS_UP
    )
    monkeypatch.setattr(straight, "manifest", lambda: manifest)
    with pytest.raises(models.BuildError):
        straight.build(Building.whole(small))
    log = (small.dbt_target / "build.log").read_text(encoding="utf-8")
    assert log.splitlines() == [
        f"{ADDS_UP}: does not hold in 2 rows",
        *(
            f"  source epj, delivery epj_20240131.csv, row_number {n + 2}, registration_id K-{n}, "
            "municipality_code 4602"
            for n in range(2)
        ),
    ]
    with duckdb.connect(str(small.building), read_only=True) as warehouse:
        keys = warehouse.sql("select person_key from intermediate.int_coordinator__row").fetchall()
    assert len(keys) == 2
    assert not any(key in log for (key,) in keys)


def test_what_hangs_on_a_model_that_failed_is_not_run(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = changed({"compiled_code": "select no_such_column"}, "int_as_of")
    monkeypatch.setattr(straight, "manifest", lambda: manifest)
    with pytest.raises(models.BuildError, match="int_as_of failed"):
        straight.build(Building.whole(small))
    with duckdb.connect(str(small.building), read_only=True) as warehouse:
        made = {
            row[0] for row in warehouse.sql("select table_name from duckdb_tables()").fetchall()
        }
    assert "int_person" in made
    assert "coverage" not in made


def test_asked_to_end_it_breaks_off_what_runs(small: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "select sum(a.range * b.range) from range(9000000000) as a, range(9000000000) as b"
    manifest = changed({"compiled_code": endless}, "int_definition")
    monkeypatch.setattr(straight, "manifest", lambda: manifest)
    # As Ctrl-C does. What is started in the background of a script is born deaf to it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(4, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            straight.build(Building.whole(small), up_to="int_definition")
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)


def test_what_was_wrong_is_forgotten_when_it_is_right_again(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = changed({"compiled_code": "select no_such_column"}, "int_as_of")
    with monkeypatch.context() as broken, pytest.raises(models.BuildError):
        broken.setattr(straight, "manifest", lambda: manifest)
        straight.build(Building.whole(small))
    begun(small)
    straight.build(Building.whole(small))
    assert not (small.dbt_target / "build.log").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"config": {"materialized": "incremental"}}, "materialized as incremental"),
        ({"config": {"post-hook": [{"sql": "select 1"}]}}, "hooks"),
    ],
)
def test_what_the_runner_does_not_know_it_says(
    small: Home, monkeypatch: pytest.MonkeyPatch, change: Mapping[str, Any], said: str
) -> None:
    monkeypatch.setattr(straight, "manifest", lambda: changed(change, "int_as_of"))
    with pytest.raises(models.BuildError):
        straight.build(Building.whole(small))
    assert said in (small.dbt_target / "build.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("model", "code", "broken"),
    [
        ("reconciliation", "select *, 1 as more from ({})", "more"),
        (
            "reconciliation",
            "select * replace (cast(1 as tinyint) as delivered) from ({})",
            "delivered",
        ),
        # A view's, too.
        ("meeting", "select *, 1 as more from ({})", "more"),
        ("meeting", "select * replace (cast(1 as tinyint) as met_on) from ({})", "met_on"),
    ],
)
def test_a_contract_is_held(
    small: Home, monkeypatch: pytest.MonkeyPatch, model: str, code: str, broken: str
) -> None:
    (node,) = (n for n in models.manifest()["nodes"].values() if n["name"] == model)
    manifest = changed({"compiled_code": code.format(node["compiled_code"])}, model)
    monkeypatch.setattr(straight, "manifest", lambda: manifest)
    with pytest.raises(models.BuildError):
        straight.build(Building.whole(small))
    assert broken in (small.dbt_target / "build.log").read_text(encoding="utf-8")


def test_a_test_with_a_threshold_of_its_own_is_not_passed_over(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = changed({"config": {"severity": "WARN"}}, ADDS_UP)
    monkeypatch.setattr(straight, "manifest", lambda: manifest)
    with pytest.raises(models.BuildError):
        straight.build(Building.whole(small))
    assert "severity" in (small.dbt_target / "build.log").read_text(encoding="utf-8")
