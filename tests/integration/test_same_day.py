"""A register delivered in parts, or downloaded twice, gives the figures of the register whole."""

from __future__ import annotations

import os
from collections.abc import Sequence

import duckdb
import pytest

from tests.support.persons import fnr
from tests.support.small_home import Row, SmallHome, as_csv, coordinator, person, service

WHOLE, PARTS, TWICE = "4602", "5530", "3203"
BEFORE, NOW = "20230630", "20231231"
PERSONS = range(1, 13)


def services(numbers: Sequence[int]) -> list[Row]:
    return [
        service(f"T{number}-{area}", number, area, "2021-03-05")
        for number in numbers
        for area in ("Hjemmesykepleie", "Avlastning")
    ]


def coordinators(numbers: Sequence[int]) -> list[Row]:
    return [coordinator(f"K{number}", number, "2021-03-05") for number in numbers]


def meetings(numbers: Sequence[int], first: int) -> list[Row]:
    return [
        {
            "mote_id": f"M{number}-{month}",
            "fnr": fnr("1980-05-15", number),
            "motedato": f"2023-{month:02}-10",
            "motetype": "Koordineringsmøte",
        }
        for number in numbers
        for month in range(first, 13)
    ]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = SmallHome(tmp_path_factory.mktemp("same") / "home", WHOLE)
    for code in (WHOLE, PARTS, TWICE):
        for record in ("person", "tjeneste", "koordinator", "mote"):
            home.source(f"{record}{code}", record, kommune=code)
        deliver(home, f"person{code}", BEFORE, [person(number) for number in PERSONS])
        deliver(home, f"tjeneste{code}", BEFORE, services(PERSONS))
        deliver(home, f"koordinator{code}", BEFORE, coordinators(PERSONS))
        deliver(home, f"mote{code}", BEFORE, meetings([1, 2], 1))
    # Persons 11 and 12 are gone from the second delivery, and so are meetings after June.
    left = [*range(1, 11)]
    made = {
        "person": lambda numbers: [person(number) for number in numbers],
        "tjeneste": services,
        "koordinator": coordinators,
        "mote": lambda numbers: meetings(numbers, 7),
    }
    for record, make in made.items():
        deliver(home, f"{record}{WHOLE}", NOW, make(left))
        deliver(home, f"{record}{PARTS}", f"{NOW}_1av2", make(left[:5]))
        deliver(home, f"{record}{PARTS}", f"{NOW}_2av2", make(left[5:]))
        # The first download still had person 11.
        deliver(home, f"{record}{TWICE}", f"{NOW} (1)", make(left))
        deliver(home, f"{record}{TWICE}", NOW, make([*left, 11]))
    return home.build()


def deliver(home: SmallHome, name: str, day: str, rows: Sequence[Row]) -> None:
    path = home.deliver(name, day, as_csv(rows))
    os.utime(path, (1_760_000_000, 1_760_000_000))


@pytest.mark.parametrize("code", [PARTS, TWICE])
def test_the_figures_are_those_of_the_register_whole(
    warehouse: duckdb.DuckDBPyConnection, code: str
) -> None:
    def figures(of: str) -> list[tuple[object, ...]]:
        return warehouse.execute(
            "select indicator, reference_date, age_scheme, age_group, service_area, numerator, "
            "denominator, value from marts.coverage where municipality_code = ? order by all",
            [of],
        ).fetchall()

    assert len(figures(WHOLE)) > 100
    assert figures(code) == figures(WHOLE)


@pytest.mark.parametrize("code", [WHOLE, PARTS, TWICE])
def test_what_is_gone_from_all_parts_ended_before_that_day(
    warehouse: duckdb.DuckDBPyConnection, code: str
) -> None:
    ended = warehouse.execute(
        "select last_day::text, count(*) from marts.coordinator_assignment "
        "where municipality_code = ? and last_day is not null group by all",
        [code],
    ).fetchall()
    assert ended == [("2023-12-30", 2)]


def test_it_is_said_which_delivery_counts(warehouse: duckdb.DuckDBPyConnection) -> None:
    said = warehouse.execute(
        "select delivery, status, problem_code from marts.reconciliation "
        "where record = 'tjeneste' and delivered = '2023-12-31' and municipality_code <> ? "
        "order by municipality_code, delivery",
        [WHOLE],
    ).fetchall()
    assert said == [
        (f"tjeneste{TWICE}_{NOW} (1).csv", "in_force", None),
        (f"tjeneste{TWICE}_{NOW}.csv", "replaced", "same_day_replaced"),
        (f"tjeneste{PARTS}_{NOW}_1av2.csv", "in_force", None),
        (f"tjeneste{PARTS}_{NOW}_2av2.csv", "in_force", None),
    ]
