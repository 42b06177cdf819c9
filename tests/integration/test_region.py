"""The benchmark of a region: its other ways to the figures go on finding what the product publishes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import duckdb
import pytest

from benchmarks.region import hand, product
from benchmarks.region.compare import INDICATORS, compare, differing_cells, keep_figures
from benchmarks.region.generate import LARGEST, NEWEST, begin_warehouse, deliver_a_day, generate
from dagster_project.built import Built, find
from dagster_project.config.paths import Home
from dagster_project.publication.tables import GATHERED, OWN
from tests.support.small_home import fetch

pytestmark = pytest.mark.slow

SMALLEST = "1505"
BUILT = (LARGEST, SMALLEST)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A region of two thousand persons, of which the largest and the smallest part are built."""
    home = Home(tmp_path_factory.mktemp("region") / "home")
    generate(home, 0.002)
    product.run(home, *BUILT)
    return home


def built(home: Home, place: str) -> Built | None:
    (part,) = (part for part in product.parts_of(home) if part.place == place)
    return find(home, part)


def rows_that_differ(home: Home, folder: Path, place: str) -> dict[str, int]:
    part = built(home, place)
    assert part is not None
    compared = [compare(part.folder, folder, table, place) for table in hand.TABLES]
    return {found.table: found.differing_rows for found in compared if found.differing_rows}


def test_there_is_mess_of_every_kind(home: Home) -> None:
    findings = home.warehouse / "*" / "findings" / "*" / "data.parquet"
    with duckdb.connect() as connection:
        rules = {rule for (rule,) in fetch(connection, f"select distinct rule from '{findings}'")}
    part = built(home, LARGEST)
    assert part is not None
    with duckdb.connect(str(part.file), read_only=True) as warehouse:
        joined = fetch(warehouse, "select count(*) from marts.meeting where sources = 2")
    assert {
        "bridged",
        "closed_by_death",
        "closed_by_employment",
        "closed_by_move",
        "coordinator_gap",
        "duplicate_row",
        "earlier_id_linked",
        "joined_without_id",
        "municipality_unknown",
        "one_at_a_time",
        "person_by_name",
        "person_not_in_register",
        "plans_merged",
        "same_id_in_file",
        "successors_differ",
        "unknown_value",
        "unreadable_date",
        "withdrawn",
    } <= rules
    assert joined[0][0] > 0


def test_what_the_other_ways_leave_out_does_not_occur(home: Home) -> None:
    for place in BUILT:
        part = built(home, place)
        assert part is not None
        with duckdb.connect(str(part.file), read_only=True) as warehouse:
            for model in ("history", "form", "second"):
                rows = f"select count(*) from intermediate.int_coordinator__{model}"
                assert fetch(warehouse, rows)[0][0] == 0


def test_every_published_table_is_made_by_hand_or_has_no_row(home: Home) -> None:
    assert {*hand.TABLES, *hand.NOT_MADE, *hand.NOT_YET} == {*OWN, *GATHERED}
    for place in BUILT:
        part = built(home, place)
        assert part is not None
        assert not any(part.own[place].tables[table].rows for table in hand.NOT_MADE)


def test_sql_by_hand_makes_the_same_publication(home: Home, tmp_path: Path) -> None:
    hand.run(home, tmp_path, *BUILT)
    assert {place: rows_that_differ(home, tmp_path, place) for place in BUILT} == {
        place: {} for place in BUILT
    }


@pytest.mark.parametrize("way", ["with_polars", "with_pandas"])
def test_data_frames_come_to_the_same_figures(home: Home, tmp_path: Path, way: str) -> None:
    expected, result = tmp_path / "product.parquet", tmp_path / "result.parquet"
    assert keep_figures(home, expected) > 100 * len(INDICATORS)
    begin_warehouse(home)
    import_module(f"benchmarks.region.{way}").run(home, result, NEWEST)
    assert differing_cells(expected, result) == 0


def test_after_a_day_one_part_is_built_again(home: Home, tmp_path: Path) -> None:
    deliver_a_day(home, SMALLEST)
    assert built(home, LARGEST)
    assert not built(home, SMALLEST)
    product.run(home, SMALLEST)
    hand.run(home, tmp_path, SMALLEST)
    assert rows_that_differ(home, tmp_path, SMALLEST) == {}
