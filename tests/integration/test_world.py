"""Files that were misread elsewhere, each with the value that is right: read so, or said.

What is expected was written by hand before anything was run (`cases/*/expected.md`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import shared_data
from tests.support import world
from tests.support.world import World

SHARED = shared_data()
# What cannot be used, and by which sentence that is said.
REFUSED = {
    "r17_xls_is_html": "not_an_export",
    "r20_zip_named_csv": "packed_file",
    "r22_xlsx_password": "password",
}
# The cases whose page says three assignments in words, or names other rows beside them.
PLAIN = {
    "r60_twice": {("60-1", "2024-01-15", "2024-06-30"), ("60-2", "2024-03-01", None)}
    | {("60-3", "2022-12-31", "2023-12-31")},
    "r51_other": {("51b-1", "2024-01-15", "2024-06-30"), ("51b-2", "2024-03-01", None)}
    | {("51b-3", "2022-12-31", "2023-12-31")},
    "r31_csv_us_dates": {("31-1", "2023-03-04", "2023-11-05"), ("31-2", "2023-03-14", "2023-11-25")}
    | {("31-3", "2022-01-02", None), ("31-4", "2022-05-31", "2022-12-24")}
    | {("31-5", "2021-02-10", "2021-08-30"), ("31-6", "2021-09-15", None)},
    "r33_filename_dashed_dates": {
        ("33-1", "2024-01-15", None),
        ("33-2", "2024-03-01", None),
        ("33-3", "2022-12-31", "2023-12-31"),
        ("33-9", "2022-05-01", "2025-12-30"),
    },
    "r44_csv_null_employee": {
        ("44-1", "2024-01-15", "2024-06-30"),
        ("44-2", "2024-03-01", None),
        ("44-3", "2022-12-31", None),
        ("44-4", "2024-05-05", None),
    },
    "r54_xlsx_no_cell_references": {
        ("54-1", "2024-01-15", "2024-06-30"),
        ("54-2", "2024-03-01", "2025-12-31"),
        ("54-3", "2022-12-31", "2023-12-31"),
    },
    "r56_koord": {
        ("56-1", "2024-03-01", "2025-12-31"),
        ("56-2", "2024-03-01", "2025-12-30"),
        ("56-3", "2025-12-31", "2025-12-31"),
    },
    # Five rows stand beside the three, and none is swallowed by the quotation.
    "r16_csv_two_stray_quotes": {
        ("p-1", "2024-01-15", "2024-06-30"),
        ("p-2", "2024-03-01", None),
        ("p-3", "2022-12-31", "2023-12-31"),
        *((f"p-{number}", f"2024-02-{number:02}", None) for number in range(4, 9)),
    },
    # The two last days are formulas without a result: no open assignment is made of them.
    "r04_xlsx_formula_no_cache": {("d-2", "2024-03-01", None)},
}
PLAIN["r60_two_lists"] = PLAIN["r60_dict"] = PLAIN["r60_twice"]


def tabled() -> list[tuple[str, Path]]:
    """Return the sources whose right reading is a table of their case's page."""
    return [
        (source["name"], case)
        for case in world.cases(SHARED)
        for source in world.sources_of(case)
        if source["record"] == "koordinator" and world.expected(case)
        and source["name"] not in PLAIN.keys() | REFUSED.keys() | {"r51_stray"}
    ]  # fmt: skip


@pytest.fixture(scope="module")
def all_cases(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[World]:
    made = world.build(tmp_path_factory.mktemp("world") / "home", shared)
    yield made
    made.warehouse.close()


@pytest.mark.parametrize(("source", "case"), tabled() if SHARED.is_dir() else [])
def test_the_assignments_are_those_of_the_page(all_cases: World, source: str, case: Path) -> None:
    assert all_cases.problems(source) == []
    assert all_cases.intervals(source) == world.expected(case)


@pytest.mark.parametrize(("source", "rows"), PLAIN.items(), ids=PLAIN)
def test_the_assignments_are_those_that_are_right(
    all_cases: World, source: str, rows: set[tuple[str, str, str | None]]
) -> None:
    day = dt.date.fromisoformat
    assert all_cases.intervals(source) == {
        (name, day(first), day(last) if last else None) for name, first, last in rows
    }


@pytest.mark.parametrize(("source", "code"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_used_is_said_by_its_true_cause(
    all_cases: World, source: str, code: str
) -> None:
    assert all_cases.problems(source) == [code]
    assert all_cases.intervals(source) == set()


def test_a_forgotten_cell_far_away_takes_nobody_down(all_cases: World) -> None:
    said = all_cases.problems("r51_stray")
    assert len(all_cases.intervals("r51_stray")) == (0 if said else 3)
    assert len(said) <= 1


def test_a_formula_without_a_result_is_said(all_cases: World) -> None:
    said = all_cases.findings("r04_xlsx_formula_no_cache")
    assert {("d-1", "last_day_without_value"), ("d-3", "last_day_without_value")} <= said


def test_words_for_nothing_are_no_coordinator(all_cases: World) -> None:
    for source in ("r08_csv_null_text", "r09_csv_r_na", "r44_csv_null_employee"):
        named = all_cases.warehouse.execute(
            "select count(*), count(coordinator_key), count(distinct coordinator_key) "
            "from intermediate.int_coordinator__registration "
            "inner join landing.source using (source_number) where source = ?",
            [source],
        ).fetchone()
        assert named is not None
        assert named[1] == named[2] <= 1, source
        assert any(rule == "stands_for_nothing" for _, rule in all_cases.findings(source))


def test_a_person_called_sum_is_a_person(all_cases: World) -> None:
    assert (
        all_cases.scalar(
            "select count(*) from intermediate.int_person__row "
            "inner join landing.source as source using (source_number) "
            "where source = 'r34_person_named_sum' and disposition = 'counted'"
        )
        == 2
    )


def test_ids_that_lead_on_are_one_person_and_those_that_part_are_said(all_cases: World) -> None:
    persons = all_cases.warehouse.execute(
        "select list(distinct registration_id order by registration_id) "
        "from intermediate.int_coordinator__registration "
        "inner join landing.source using (source_number) where source = 'r42_koord' "
        "group by person_number order by 1"
    ).fetchall()
    groups = [group for (group,) in persons]
    assert ["42-1", "42-2", "42-3"] in groups
    assert ["42-4", "42-5"] in groups
    assert ["42-7"] in groups
    assert ["42-6"] in groups


def test_the_newest_stay_and_the_last_death_stand_in_whatever_order(all_cases: World) -> None:
    last_days = all_cases.warehouse.execute(
        "select registration_id, assignment.last_day from marts.coordinator_assignment assignment "
        "inner join (select distinct registration_id, person_key from "
        "intermediate.int_coordinator__row inner join landing.source using (source_number) "
        "where source = 'r55_koord') using (person_key) where counts order by all"
    ).fetchall()
    assert last_days == [("55-1", None), ("55-2", None), ("55-3", dt.date(2024, 6, 2))]


def test_an_employee_who_left_ends_what_is_his_by_either_spelling(all_cases: World) -> None:
    assert ("68-1", "closed_by_employment") in all_cases.findings("r68_koord")
    assert ("68-2", "closed_by_employment") not in all_cases.findings("r68_koord")


INHABITANTS = {
    ("5622", 2022): 120,  # Porsanger, and nothing of Ålesund's, Nordkapp's or Hamarøy's
    ("5620", 2022): 90,
    ("4602", 2022): 450,
    ("1505", 2022): 720,
    ("1860", 2022): 330,
    ("4640", 2023): 200,  # men and women, not both sexes beside them
    ("4644", 2023): 125,  # 80, 90+ and under one year; ages in groups are no age
}


@pytest.mark.parametrize(("place", "persons"), INHABITANTS.items(), ids=str)
def test_inhabitants_are_those_that_the_table_says(
    all_cases: World, place: tuple[str, int], persons: int
) -> None:
    counted = all_cases.warehouse.execute(
        "select sum(persons) from intermediate.int_inhabitants "
        "where municipality_code = ? and year = ?",
        place,
    ).fetchone()
    assert counted == (persons,)


def test_what_was_divided_since_is_left_out_and_said(all_cases: World) -> None:
    for code in ("1508", "1580"):
        assert not all_cases.scalar(
            f"select count(*) from intermediate.int_inhabitants where municipality_code = '{code}'"
        )
    rows = dict(all_cases.findings("r45_pop"))
    assert {f"row {number}" for number in (2, 3, 4)} <= set(rows)
