"""Lists of courses with names and e-mail addresses only: of the employee whom they name alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_home import SmallHome, days, fetch

STAFF = [
    {"ansattnr": "17", "navn": "Kari Prøvesen", "e-post": "kari.provesen@kinn.example"},
    {"ansattnr": "18", "navn": "Ola Prøvesen", "e-post": "ola.provesen@kinn.example"},
    # Two of one name, and an address that two have.
    {"ansattnr": "19", "navn": "Tor Testmann", "e-post": "post@kinn.example"},
    {"ansattnr": "20", "navn": "Tor Testmann", "e-post": "post@kinn.example"},
    # An employment of before: one employee in two rows.
    {"ansattnr": "17", "navn": "Prøvesen, Kari", "e-post": "KARI.PROVESEN@kinn.example", "ansatt_til": "2020-12-31"},
]  # fmt: skip
COURSES = [
    {"Navn": "Kari P.", "E-post": "Kari.Provesen@Kinn.example ", "Kurs": "K1", "Fullført": "01.03.2024"},
    {"Navn": "Prøvesen, Ola", "E-post": "ola@private.example", "Kurs": "K2", "Fullført": "02.03.2024"},
    {"Navn": "Tor Testmann", "E-post": "", "Kurs": "K3", "Fullført": "03.03.2024"},
    {"Navn": "Ola Prøvesen", "E-post": "post@kinn.example", "Kurs": "K4", "Fullført": ""},
    {"Navn": "Ukjent", "E-post": "fremmed@kinn.example", "Kurs": "K5", "Fullført": "05.03.2024"},
    {"Navn": "", "E-post": "ingen", "Kurs": "K6", "Fullført": "05.03.2024"},
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    made = SmallHome(tmp_path / "home")
    made.source("lonn", "ansatt").source("kslaring", "kompetanse").source("skjema", "kompetanse")
    made.deliver("lonn", "20240131", STAFF)
    needs = [{"ansattnr": "17", "tema": "K1", "behov_meldt_dato": "2024-01-15"}]
    made.deliver("skjema", "20240131", needs)
    made.deliver("kslaring", "20240331", COURSES)
    return made


def test_a_course_is_of_whom_address_or_name_names_alone(home: SmallHome) -> None:
    warehouse = home.build()
    found = fetch(
        warehouse,
        "select topic, found_by, coordinator_key is not null from intermediate.int_training "
        "where found_by <> 'number' order by row_number",
    )
    assert found == [
        ("k1", "email", True),
        ("k2", "name", True),
        ("k3", "nobody", False),
        ("k4", "nobody", False),
        ("k5", "nobody", False),
    ]
    # The course answers the need that another system told of by number.
    needs = fetch(warehouse, "select topic, offered_on from intermediate.int_training_need")
    assert days(needs) == [("k1", "2024-03-01")]
    rules = fetch(
        warehouse,
        "select rule, count(*) from marts.findings where source = 'kslaring' "
        "and rule like 'employee%' group by rule order by rule",
    )
    assert rules == [("employee_by_email", 1), ("employee_by_name", 1), ("employee_unresolved", 3)]
    left_out = fetch(
        warehouse,
        "select problem_rule, problem_column from intermediate.int_training__row "
        "where disposition = 'quarantined'",
    )
    assert left_out == [("missing_required", "koordinator_id")]


def test_no_address_and_no_name_is_in_what_is_written(home: SmallHome) -> None:
    home.land()
    written = b"".join(
        path.read_bytes()
        for folder in (home.home.landing, home.home.state)
        for path in folder.rglob("*")
        if path.is_file()
    ).lower()
    for word in ("provesen", "prøvesen", "testmann", "fremmed", "kinn.example", "private.example"):
        assert word.encode() not in written


def test_a_list_that_names_nobody_is_refused_with_what_it_may_be_named_by(home: SmallHome) -> None:
    home.deliver("kslaring", "20240401", [{"Kurs": "Etikk", "Fullført": "01.03.2024"}])
    (problem,) = home.land()["kslaring"].problems
    assert "the required column koordinator_id (or epost or navn) is missing" in str(problem)
