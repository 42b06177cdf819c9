"""The made-up tables of coordination: the columns of real ones, and sums that are the coverage's."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
import yaml

from dagster_project.config.paths import DBT_PROJECT
from dagster_project.publication.change import SCHEMA
from dagster_project.publication.layout import relation
from tests.support import publication as made

MARTS = ("coordinator_load", "departed_coordinator", "plan_age", "transition", "target")


@pytest.fixture(scope="module")
def tables() -> duckdb.DuckDBPyConnection:
    folder = made.standing_home() / "published" / "20251231-0a1b2c3d4e"
    connection = duckdb.connect()
    for name in (*MARTS, "change", "coverage"):
        connection.execute(f"create view {name} as from {relation(folder, name)}")
    connection.execute(
        "create view of_all as from coverage "
        "where age_scheme = 'standard' and age_group = 'all' and service_area = 'all'"
    )
    return connection


def columns(name: str) -> list[tuple[str, str]]:
    file = DBT_PROJECT / "models" / "marts" / f"{name}.yml"
    (model,) = yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    kinds = {"text": "VARCHAR"}
    return [
        (each["name"], kinds.get(each["data_type"], each["data_type"].upper()))
        for each in model["columns"]
    ]


@pytest.mark.parametrize("name", MARTS)
def test_the_columns_are_those_of_the_marts(tables: duckdb.DuckDBPyConnection, name: str) -> None:
    table = tables.table(name)
    kinds = [str(kind) for kind in table.types]
    assert list(zip(table.columns, kinds, strict=True)) == columns(name)
    assert table.fetchone()


def test_the_columns_of_what_changed(tables: duckdb.DuckDBPyConnection) -> None:
    assert tables.table("change").to_arrow_table().schema == SCHEMA
    ((rows,),) = tables.sql("select count(*) from change").fetchall()
    assert rows == 7


def _differences(tables: duckdb.DuckDBPyConnection, summed: str, figure: str) -> list[Any]:
    return tables.sql(
        f"({summed}) except ({figure}) union all (({figure}) except ({summed}))"
    ).fetchall()


def test_the_sums_are_those_of_the_coverage(tables: duckdb.DuckDBPyConnection) -> None:
    assert not _differences(
        tables,
        "select municipality_code, reference_date, sum(persons), sum(coordinators) from coordinator_load "
        "where service_area = 'all' and sector = 'all' group by all",
        "select municipality_code, reference_date, numerator, denominator from of_all "
        "where indicator = 'persons_per_coordinator' and numerator > 0",
    )
    assert not _differences(
        tables,
        "select municipality_code, reference_date, sum(plans), sum(living) from plan_age group by all",
        "select municipality_code, reference_date, denominator, numerator from of_all "
        "where indicator = 'living_plan_share'",
    )
    assert not tables.sql(
        "from plan_age where living not between 0 and plans "
        "or with_coordinator not between 0 and plans or (age_of_plan = '0' and living <> plans)"
    ).fetchall()
    assert not _differences(
        tables,
        "select municipality_code, reference_date, sum(persons) from transition "
        "where turns = 18 group by all",
        "select municipality_code, reference_date, denominator from coverage "
        "where indicator = 'coordinator_coverage' and age_scheme = 'childhood' "
        "and age_group = '16-17' and service_area = 'all'",
    )
