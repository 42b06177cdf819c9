"""The benchmark of a region: its other ways to the figures go on finding what the models find."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.region.compare import INDICATORS, differing_cells, keep_figures
from benchmarks.region.generate import NEWEST, begin_warehouse, generate
from dagster_project.settings import Home
from dagster_project.straight import build
from dagster_project.warehouse import Building
from tests.small_home import fetch

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A region of some hundred persons, built."""
    home = Home(tmp_path_factory.mktemp("region") / "home")
    generate(home, 0.0008)
    begin_warehouse(home)
    build(Building.whole(home))
    return home


def test_there_is_mess_of_every_kind(home: Home) -> None:
    import duckdb

    with duckdb.connect(str(home.building), read_only=True) as warehouse:
        rules = {rule for (rule,) in fetch(warehouse, "select distinct rule from marts.findings")}
        joined = fetch(warehouse, "select count(*) from marts.meeting where sources = 2")
    assert {
        "bridged",
        "closed_by_death",
        "closed_by_employment",
        "closed_by_move",
        "duplicate_row",
        "earlier_id_linked",
        "joined_without_id",
        "municipality_unknown",
        "one_at_a_time",
        "person_by_name",
        "person_not_in_register",
        "plans_merged",
        "same_id_in_file",
        "unknown_value",
        "unreadable_date",
        "withdrawn",
    } <= rules
    assert joined[0][0] > 0


@pytest.mark.parametrize("way", ["hand", "with_polars", "with_pandas"])
def test_every_way_comes_to_the_same_figures(home: Home, tmp_path: Path, way: str) -> None:
    expected, result = tmp_path / "models.parquet", tmp_path / "result.parquet"
    assert keep_figures(home.building, expected) > 1000 * len(INDICATORS)
    import_module(f"benchmarks.region.{way}").run(home, result, NEWEST)
    assert differing_cells(expected, result) == 0
