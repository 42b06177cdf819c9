"""What KPR and KOSTRA would count, followed from the figure to the rows, in one home made by hand.

Everybody has a plan, registered as P-1, P-2 ..., or a service alone. The day is 31 December 2023.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.support.persons import fnr
from tests.support.small_home import SmallHome, fetch, person, plan, service

DELIVERED = "20240131"
LONG_AGO = "2020-01-01"
PERSONS = 12


def _services() -> list[dict[str, object]]:
    coded = {
        1: ("hjemmetjeneste", "15"),
        2: ("sykehjem", "Langtidsopphold"),
        3: ("hjemmetjeneste", ""),
        4: ("hjemmetjeneste", "99"),
        6: ("hjemmetjeneste", "15"),
        7: ("hjemmetjeneste", "15"),
        8: ("hjemmetjeneste", "01"),
        9: ("hjemmetjeneste", "15"),
        11: ("skole", ""),
        12: ("habilitering", "12"),
    }
    rows = [
        {**service(f"T-{number}", number, area, LONG_AGO), "tjenestekode": code}
        for number, (area, code) in coded.items()
    ]
    over = service("T-10", 10, "hjemmetjeneste", LONG_AGO, "2023-12-30")
    return [*rows, {**over, "tjenestekode": "15"}]


@pytest.fixture(name="warehouse", scope="module")
def _warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = SmallHome(tmp_path_factory.mktemp("register") / "home")
    home.source("folk", "person", system="Profil")
    home.source("tiltak", "tjeneste", system="Profil")
    home.source("iplos", "ip", system="Profil")
    home.source("samspill", "ip", system="Samspill")
    home.source("epj", "koordinator", system="Profil")
    home.source("skjema", "endring").source("tall", "koordinatortall")
    moved = {7: {"utflyttet_dato": "2023-05-01"}}
    home.deliver("folk", DELIVERED, [person(n, **moved.get(n, {})) for n in range(1, PERSONS + 1)])
    home.deliver("tiltak", DELIVERED, _services())
    home.deliver(
        "iplos",
        DELIVERED,
        [
            *(plan(f"P-{number}", number, "2021-01-01") for number in (1, 6, 7, 12)),
            plan("P-9", 9, "våren 2021"),
        ],
    )
    home.deliver(
        "samspill",
        DELIVERED,
        [plan(f"P-{number}", number, "2021-01-01") for number in (2, 3, 4, 5, 10, 11)],
    )
    home.deliver(
        "epj",
        DELIVERED,
        [
            {
                "registrering_id": "K-1",
                "fnr": fnr("1980-05-15", 1),
                "rolle": "koordinator",
                "koordinator_id": "17",
                "fra_dato": "2021-01-01",
                "til_dato": "",
            }
        ],
    )
    home.deliver(
        "skjema",
        DELIVERED,
        [
            {
                "endring_id": "E-6",
                "fnr": fnr("1980-05-15", 6),
                "endringstype": "Takket nei til IP",
                "endringsdato": "2023-06-01",
            }
        ],
    )
    view = {"enhet": "KE", "tjenesteomrade": "tildelingskontor", "telledato": "2023-12-31"}
    numbers = {"kpr_mottakere": 7, "kpr_med_ip": 1, "kpr_med_koordinator": 1, "kostra_med_ip": 2}
    home.deliver("tall", DELIVERED, [{**view, **numbers}])
    with home.build() as warehouse:
        yield warehouse


def _figure(warehouse: duckdb.DuckDBPyConnection, figure: str, *columns: str) -> tuple[object, ...]:
    (row,) = fetch(
        warehouse,
        f"""
        select {", ".join(columns)} from marts.register_mirror
        where figure = '{figure}' and reference_date = date '2023-12-31'
        """,
    )
    return row


def test_each_figure_lies_between_none_and_all_of_the_services_without_a_code(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    bounds = ("numerator_low", "numerator_high", "denominator_low", "denominator_high")
    # KOSTRA: 1, 6, 7 and 12 (housing); 3 and 4 may be. KPR's recipients: 1, 6, 7, 8 and 9.
    assert _figure(warehouse, "kostra_plan_users", *bounds) == (4, 6, None, None)
    assert _figure(warehouse, "kpr_plan_share", *bounds) == (3, 5, 5, 7)
    assert _figure(warehouse, "kpr_coordinator_share", *bounds) == (1, 1, 5, 7)
    assert _figure(warehouse, "kpr_plan_share", "value_low", "value_high") == (3 / 5, 5 / 7)
    assert _figure(warehouse, "kpr_coordinator_share", "value_low", "value_high") == (1 / 7, 1 / 5)
    # Services that KPR has codes for: not the school's, nor the one that has ended.
    assert _figure(warehouse, "kpr_plan_share", "services", "services_without_code") == (9, 2)


def test_ours_and_what_was_read_in_the_register_stand_beside(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    own = ("own_numerator", "own_denominator", "reported_numerator", "reported_denominator")
    assert _figure(warehouse, "kostra_plan_users", *own) == (8, None, 2, None)
    assert _figure(warehouse, "kpr_plan_share", *own) == (8, 8, 1, 7)
    assert _figure(warehouse, "kpr_coordinator_share", *own) == (1, 8, 1, 7)
    # 3 and 4 have their plans in Samspill alone; the services are in Profil.
    assert _figure(warehouse, "kostra_plan_users", "persons_elsewhere") == (2,)
    # What is of the register alone is no count of a unit.
    assert fetch(warehouse, "select count(*) from marts.reported_vs_registered") == [(0,)]


def test_every_cause_leads_to_its_plan(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = fetch(
        warehouse,
        """
        select registration.registration_id, side.cause_low, side.cause_high
        from intermediate.int_register_side as side
        inner join intermediate.int_person as person using (person_number)
        inner join intermediate.int_plan__row as registration using (person_key)
        where side.figure = 'kostra_plan_users' and side.reference_date = date '2023-12-31'
        """,
    )
    assert {registration: causes for registration, *causes in rows} == {
        "P-1": [None, None],
        "P-2": ["services_left_out", "services_left_out"],
        "P-3": ["service_without_code", None],
        "P-4": ["service_without_code", None],
        "P-5": ["no_service", "no_service"],
        "P-6": ["ended_by_rule", "ended_by_rule"],
        "P-7": ["not_resident", "not_resident"],
        "P-10": ["no_service", "no_service"],
        "P-11": ["services_left_out", "services_left_out"],
        "P-12": [None, None],
    }


def test_causes_are_summed_with_their_sign(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = fetch(
        warehouse,
        """
        select side, cause, persons_if_none, persons_if_all from marts.register_mirror_cause
        where figure = 'kpr_plan_share' and reference_date = date '2023-12-31'
        """,
    )
    assert set(rows) == {
        ("numerator", "no_service", 2, 2),
        ("numerator", "services_left_out", 3, 3),
        ("numerator", "service_without_code", 2, 0),
        ("numerator", "ended_by_rule", -1, -1),
        ("numerator", "not_resident", -1, -1),
        ("denominator", "no_service", 2, 2),
        ("denominator", "services_left_out", 3, 3),
        ("denominator", "service_without_code", 2, 0),
        ("denominator", "not_target_group", -3, -3),
        ("denominator", "not_resident", -1, -1),
    }


def test_what_can_be_corrected_is_named_by_its_rule(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = fetch(
        warehouse,
        """
        select rule, record, findings, persons from marts.register_mirror_finding
        where figure = 'kostra_plan_users' and reference_date = date '2023-12-31'
        """,
    )
    # The code that is none, the plan without a day, and the plans that a form and a move have ended.
    assert ("unknown_value_noted", "tjeneste", 1, 1) in rows
    assert ("unreadable_date", "ip", 1, 1) in rows
    assert {rule for rule, *_ in rows} == {
        "unknown_value_noted",
        "unreadable_date",
        "closed_by_decline",
        "closed_by_move",
    }
    found = fetch(
        warehouse,
        """
        select registration_id, detail from marts.findings
        where rule = 'unknown_value_noted' and record = 'tjeneste'
        """,
    )
    assert found == [("T-4", "tjenestekode: 99")]


def test_without_a_code_anywhere_the_figure_is_a_range_and_no_zero(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("tiltak", "tjeneste").source("iplos", "ip")
    home.deliver("tiltak", DELIVERED, [service("T-1", 1, "hjemmetjeneste", LONG_AGO)])
    home.deliver("iplos", DELIVERED, [plan("P-1", 1, "2021-01-01")])
    with home.build() as warehouse:
        assert _figure(
            warehouse, "kpr_plan_share", "services", "services_without_code",
            "numerator_low", "numerator_high", "value_low", "value_high",
        ) == (1, 1, 0, 1, None, 1.0)  # fmt: skip
