"""Every rule, shown by the smallest data: the row it touches and what comes of it."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from dagster_project.reference import SEEDS
from tests.integration.cases import CASES, Case, deliver
from tests.support.small_home import SmallHome, days

# Shown by tests of their own: they need other homes than the one the cases share.
ELSEWHERE = {
    "age_group": "tests/integration/test_population_tables.py",
    "date_month_first": "tests/integration/test_nothing.py",
    "date_order_assumed": "tests/integration/test_nothing.py",
    "key_on_many": "test_a_key_on_many_is_nobody",
    "employee_by_email": "tests/integration/test_course_lists.py",
    "employee_by_name": "tests/integration/test_course_lists.py",
    "employee_unresolved": "tests/integration/test_course_lists.py",
    "delivery_held": "tests/integration/test_deliveries.py",
    "municipality_divided": "tests/integration/test_population_tables.py",
    "municipality_combined": "tests/integration/test_population_tables.py",
    "municipality_none": "tests/integration/test_population_tables.py",
    "municipality_split": "test_municipality_split",
    "population_sum_differs": "tests/integration/test_population_tables.py",
    "population_one_sex": "tests/integration/test_population_tables.py",
    "population_twice": "tests/integration/test_population_tables.py",
    "synthetic_id_refused": "test_synthetic_id_refused",
    "unreadable_number": "test_unreadable_number",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = SmallHome(tmp_path_factory.mktemp("rules") / "home")
    return deliver(home).build()


@pytest.fixture(scope="module")
def persons(warehouse: duckdb.DuckDBPyConnection) -> dict[int, set[str]]:
    """The keys of the persons whom each case's registrations (`K10-1`, `P10-1`) came to."""
    told = warehouse.sql(
        "select registration_id, person_key from intermediate.int_coordinator__row union "
        "select registration_id, person_key from intermediate.int_plan__row"
    ).fetchall()
    found: dict[int, set[str]] = defaultdict(set)
    for registration, person in told:
        if person:
            found[int(registration[1:].split("-")[0])].add(person)
    return found


def test_every_rule_is_shown() -> None:
    with (SEEDS / "rules.csv").open(encoding="utf-8", newline="") as lines:
        rules = {row["rule"] for row in csv.DictReader(lines)}
    assert rules == {rule for rule in CASES if rule in rules} | ELSEWHERE.keys()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_rule(
    warehouse: duckdb.DuckDBPyConnection, persons: dict[int, set[str]], case: Case
) -> None:
    for source, registration in case.touched:
        found = warehouse.execute(
            "select count(*) from marts.findings where rule = ? and source = ? "
            "and (registration_id = ? or ? = '')",
            [case.rule, source, registration, registration],
        ).fetchone()
        assert found and found[0] >= 1, f"{case.rule} did not touch {registration} of {source}"
    mine = [sorted(persons[case.number])]
    rules = warehouse.execute(
        "select rule from marts.findings where list_contains(?, person_key)", mine
    ).fetchall()
    assert {rule for (rule,) in rules}.isdisjoint(case.untouched)
    if case.assignments is not None:
        rows = warehouse.execute(
            "select first_day, last_day, role from marts.coordinator_assignment "
            "where counts and list_contains(?, person_key) order by all",
            mine,
        ).fetchall()
        assert days(rows) == case.assignments
    if case.changes is not None:
        changes = warehouse.execute(
            "select count(*) filter (where is_change) from intermediate.int_coordinator__start "
            "inner join intermediate.int_person using (person_number) "
            "where list_contains(?, person_key)",
            mine,
        ).fetchone()
        assert changes == (case.changes,)
    if case.plans is not None:
        rows = warehouse.execute(
            "select first_day, last_day from marts.individual_plan "
            "where list_contains(?, person_key) order by all",
            mine,
        ).fetchall()
        assert days(rows) == case.plans


def test_every_row_has_one_place(warehouse: duckdb.DuckDBPyConnection) -> None:
    wrong = warehouse.sql(
        "select * from marts.reconciliation "
        "where rows_read <> rows_counted + rows_superseded + rows_duplicate + rows_quarantined"
    ).fetchall()
    assert wrong == []
    total = warehouse.sql("select sum(rows_read) from marts.reconciliation").fetchone()
    assert total is not None
    assert total[0] == sum(len(rows) for case in CASES.values() for rows in case.rows.values())


def test_municipality_split(tmp_path: Path) -> None:
    """A code that was split goes to the source's own municipality where that is one of the parts."""
    home = SmallHome(tmp_path / "home", municipality="1508").source("epj", "koordinator")
    case = Case("municipality_split", 1)
    case.coordinator("2021-01-01", kommune="1507 Ålesund")
    home.deliver("epj", "20240131", case.rows["epj", "20240131"])
    warehouse = home.build()
    rows = warehouse.sql("select municipality_code from marts.coordinator_assignment").fetchall()
    assert rows == [("1508",)]
    assert ("municipality_split",) in warehouse.sql("select rule from marts.findings").fetchall()


def test_synthetic_id_refused(tmp_path: Path) -> None:
    """Where real persons are, a test number is no id."""
    home = SmallHome(tmp_path / "home", allow_synthetic_ids=False).source("epj", "koordinator")
    case = Case("synthetic_id_refused", 1)
    case.coordinator("2021-01-01")
    home.deliver("epj", "20240131", case.rows["epj", "20240131"])
    warehouse = home.build()
    rules = {rule for (rule,) in warehouse.sql("select rule from marts.findings").fetchall()}
    assert {"synthetic_id_refused", "person_unresolved"} <= rules


def test_unreadable_number(tmp_path: Path) -> None:
    """A population row without a readable number is left out."""
    home = SmallHome(tmp_path / "home").source("bef", "befolkning")
    home.deliver("bef", "20240131", "region;alder;aar;personer\n4602;0;2023;mange\n4602;1;2023;7\n")
    home.source("epj", "koordinator")
    case = Case("unreadable_number", 1)
    case.coordinator("2021-01-01")
    home.deliver("epj", "20240131", case.rows["epj", "20240131"])
    warehouse = home.build()
    found = warehouse.sql(
        "select rule, row_number from marts.findings where source = 'bef'"
    ).fetchall()
    assert found == [("unreadable_number", 2)]
    inhabitants = warehouse.sql("select age, persons from intermediate.int_inhabitants").fetchall()
    assert inhabitants == [(1, 7)]
