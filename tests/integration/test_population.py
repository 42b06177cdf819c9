"""Statistics Norway's four files load as they were downloaded."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.support.small_home import SmallHome, coordinator

# Summed by hand from the files of each year: by today's code, inhabitants on 1 January.
BY_HAND = {
    ("3203", 2019): 93_679,  # Asker, Røyken and Hurum together
    ("3203", 2020): 94_441,
    ("3203", 2021): 94_915,
    ("1134", 2019): 3_794,  # Suldal
    ("1134", 2020): 3_804,
    ("1134", 2021): 3_809,
    ("4602", 2019): 17_822,  # Kinn: Flora and Vågsøy
    ("4602", 2020): 17_207,
    ("4602", 2021): 17_160,
    ("5006", 2019): 24_539,  # Steinkjer and Verran
    ("5006", 2020): 24_357,
    ("5006", 2021): 24_152,
    ("1867", 2019): 2_616,  # Bø in Vesterålen
    ("1867", 2020): 2_569,
    ("1867", 2021): 2_576,
    ("5530", 2019): 15_011,  # Senja: Lenvik, Berg, Torsken and Tranøy
    ("5530", 2020): 14_851,
    ("5530", 2021): 14_725,
    ("1103", 2018): 141_186,  # Stavanger, whose code is older than its borders, Finnøy and Rennesøy
    ("1103", 2019): 142_034,
    ("1103", 2020): 143_574,
    ("5001", 2018): 199_595,  # Trondheim the same, and Klæbu
    ("5001", 2019): 202_235,
    ("5001", 2020): 205_163,
}


@pytest.fixture(scope="module")
def warehouse(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = SmallHome(tmp_path_factory.mktemp("population") / "home", "3203")
    home.source("epj", "koordinator").deliver(
        "epj", "20230101", [coordinator("A", 1, "2020-02-03")]
    )
    home.source("ssb", "befolkning", delivery="incremental")
    for file in sorted((shared / "ssb").glob("Personer*.csv")):
        (home.home.inbox / "ssb" / file.name).write_bytes(file.read_bytes())
    outcome = home.land()["ssb"]
    assert outcome.problems == []
    assert len(outcome.landed) == 4
    return home.build()


def test_inhabitants_are_counted_by_the_municipality_of_today(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    counted = warehouse.sql(
        "select municipality_code, year, sum(persons)::bigint "
        "from intermediate.int_inhabitants group by all"
    ).fetchall()
    found = {(code, year): persons for code, year, persons in counted}
    assert {at: found.get(at) for at in BY_HAND} == BY_HAND


def test_those_of_a_divided_municipality_are_of_the_whole_that_it_was(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    counted = warehouse.sql(
        "select municipality_code, year, sum(persons)::bigint "
        "from intermediate.int_combined_inhabitants group by all order by all"
    ).fetchall()
    # Ålesund with Haram, by hand of the rows "K-1507 Ålesund".
    assert counted == [("1508", 2020, 66_258), ("1508", 2021, 66_670)]


def test_every_row_of_the_four_files_is_accounted_for(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    read, placed = warehouse.sql(
        "select sum(rows_read), sum(rows_counted + rows_superseded + rows_duplicate "
        "+ rows_quarantined) from marts.reconciliation where source = 'ssb'"
    ).fetchone() or (0, 0)
    assert read == placed > 150_000


def test_the_files_hold_nothing_twice_and_no_place_that_is_not_known(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.sql(
        "select distinct rule from marts.findings where source = 'ssb' and rule like 'population%' "
        "or rule = 'municipality_unknown'"
    ).fetchall()
    assert found == []
