"""The demo's truth of KPR and KOSTRA, counted by hand for a few persons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dagster_project.demo.places import PLACES, day
from dagster_project.demo.register import RegisterCount, register_count
from dagster_project.demo.services import kind_of, registered_kpr_service
from dagster_project.demo.world import OPEN, Ending, Person, Plan, Service, Town
from tests.unit.demo.test_truth import person

CODED = PLACES["5006"]
UNCODED = PLACES["1134"]
LONG_AGO = day(2015, 1, 1)


def _service(area: str, kind: str, last: int = OPEN) -> Service:
    """Return a service of a kind: which one it is follows from its first day."""
    services = (Service(area, LONG_AGO + days, last) for days in range(4))
    return next(each for each in services if kind_of(each) == kind)


def _with_plan(*services: Service) -> Person:
    return person(services=services, plans=(Plan(day(2020, 1, 1), OPEN, Ending.GOES_ON, []),))


HOME = _service("home_care", "Helsetjenester i hjemmet")
LONG_STAY = _service("residential_care", "Langtidsopphold")
SCHOOL = _service("school", "Spesialundervisning")


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("kostra_plan_users", RegisterCount(1, 1, 1, 1)),
        ("kpr_plan_share", RegisterCount(1, 1, 1, 1)),
        ("kpr_coordinator_share", RegisterCount(1, 1, 0, 0)),
    ],
)
def test_a_service_that_counts_makes_a_recipient(figure: str, expected: RegisterCount) -> None:
    town = Town(CODED, [_with_plan(HOME), _with_plan(LONG_STAY), _with_plan(SCHOOL)], [])
    assert register_count(town, figure, 2023) == expected


def test_without_codes_whoever_has_a_service_of_kpr_may_be_one() -> None:
    town = Town(UNCODED, [_with_plan(HOME), _with_plan(LONG_STAY), _with_plan(SCHOOL)], [])
    assert register_count(town, "kpr_plan_share", 2023) == RegisterCount(0, 2, 0, 2)


def test_who_has_died_or_no_longer_has_the_service_is_none() -> None:
    over = _with_plan(_service("home_care", "Helsetjenester i hjemmet", day(2023, 12, 30)))
    dead = replace(_with_plan(HOME), died=day(2023, 12, 31))
    moved = replace(_with_plan(HOME), moved_out=day(2023, 6, 1))
    town = Town(CODED, [over, dead, moved], [])
    # Who has moved and still has the service is a recipient, but none whom we count.
    assert register_count(town, "kpr_plan_share", 2023) == RegisterCount(1, 1, 0, 0)


@pytest.mark.parametrize(
    ("code", "low", "high"), [("5006", 1, 1), ("4602", 0.6, 0.8), ("1134", 0, 0)]
)
def test_one_codes_all_one_some_and_the_others_none(code: str, low: float, high: float) -> None:
    persons = [replace(_with_plan(HOME), id_number=str(number)) for number in range(500)]
    coded = sum(registered_kpr_service(PLACES[code], each, HOME) is not None for each in persons)
    assert low <= coded / 500 <= high
