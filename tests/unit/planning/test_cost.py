"""What a scenario costs, reckoned by hand and by its identities."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from dagster_project.planning import PlanningError
from dagster_project.planning.cost import UNKNOWN_AREA, Basis, gap, reckon, waiting
from dagster_project.planning.need import Counted, expect
from dagster_project.planning.scenario import Estimate, Scenario, Target

EXACT: dict[str, Estimate] = {
    name: Estimate(low=value, middle=value, high=value)
    for name, value in {
        "persons_per_coordinator": 2.0,
        "hours_per_person_month": 3.0,
        "meetings_per_year": 2.0,
        "hours_per_meeting": 4.0,
        "share_outside_health": 0.25,
        "turnover": 0.1,
        "hours_per_training": 10.0,
        "hours_per_post": 1500.0,
        "wage_growth": 0.0,
    }.items()
}
COST = Estimate(low=500, middle=500, high=500)


def basis(**said: Any) -> Basis:
    """100 of 1,000 inhabitants in the target group, 40 of them with a coordinator, for ever."""
    inhabitants = {year: {"0-17": 1000.0} for year in range(2025, 2036)}
    return dataclasses.replace(
        Basis(
            year=2025,
            counted={"0-17": (40, 100)},
            need=expect({"0-17": Counted(100)}, inhabitants),
            coordinators={"home_care": 30, "disability": 10, "school": 10},
            sectors={
                "home_care": "health_care",
                "disability": "health_care",
                "school": "childhood",
            },
        ),
        **said,
    )


def scenario(**said: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "name": "Plan",
            "municipality": "4602",
            "first_year": 2026,
            "last_year": 2029,
            "target": Target(by_age={"0-17": 0.8}),
            "assumptions": EXACT,
            "hourly_cost": dict.fromkeys(("home_care", "disability", "school"), COST),
            **said,
        }
    )


def test_by_hand() -> None:
    """40 become 80 in four years, 10 more each year.

    2026: 45 on average, 12 x 3 + 2 x 4 = 44 hours each: 1,980 hours. 20 coordinators become 25, and
    2 of the 20 leave: 7 new, 70 hours of training. 2,050 hours are 1.367 posts, 1,025,000 kroner.
    """
    first = reckon(basis(), scenario()).years[2026]
    assert first.target_group.middle == pytest.approx(100)
    assert first.persons.middle == pytest.approx(50)
    assert first.coordinators.middle == pytest.approx(25)
    assert first.training_places.middle == pytest.approx(7)
    assert first.hours.middle == pytest.approx(2050)
    assert first.posts.middle == pytest.approx(2050 / 1500)
    assert first.kroner.middle == pytest.approx(1_025_000)


def test_by_area_and_function() -> None:
    """A quarter outside health and care: all of it in school; the rest as 30 to 10."""
    first = reckon(basis(), scenario()).years[2026]
    assert first.by_area["school"] == pytest.approx(256_250)
    assert first.by_area["home_care"] == pytest.approx(1_025_000 * 0.75 * 0.75)
    assert first.by_function == pytest.approx(
        {
            "202": first.by_area["school"],
            "257": first.by_area["disability"],
            "258": first.by_area["home_care"],
        }
    )


def test_before_2024_the_function_is_another() -> None:
    known = scenario()
    assert known.functions_of("home_care", 2023) == {"254": 1.0}
    assert known.functions_of("home_care", 2024) == {"258": 1.0}
    assert known.functions_of("disability", 2024) == {"257": 1.0}
    assert known.functions_of("specialist", 2024) == {}


def test_the_municipality_divides_an_area_itself() -> None:
    first = reckon(basis(), scenario(functions={"home_care": {"258": 0.5, "257": 0.5}})).years[2026]
    assert first.by_function["258"] == pytest.approx(first.by_area["home_care"] / 2)
    assert sum(first.by_function.values()) == pytest.approx(first.kroner.middle)


def test_without_a_target_nothing_costs_more_than_today() -> None:
    plan = reckon(basis(), scenario(target=Target()))
    assert [plan.beyond_today(year) for year in plan.years] == pytest.approx([0, 0, 0, 0])


def test_wages_grow() -> None:
    grown = {**EXACT, "wage_growth": Estimate(low=0.1, middle=0.1, high=0.1)}
    plan = reckon(basis(), scenario(assumptions=grown))
    level = reckon(basis(), scenario())
    assert plan.years[2027].kroner.middle == pytest.approx(level.years[2027].kroner.middle * 1.21)


def test_what_is_known_for_sure_has_no_interval_but_that_of_the_need() -> None:
    """The target group of 100 has one: its limits are those of the kroner."""
    first = reckon(basis(untrained=0), scenario()).years[2026]
    assert first.persons.low / first.persons.middle == pytest.approx(0.87, abs=0.02)
    assert first.kroner.low < first.kroner.middle < first.kroner.high


def test_the_sways_are_of_what_is_unsure_the_widest_first() -> None:
    unsure = {
        **EXACT,
        "hours_per_person_month": Estimate(low=1, middle=3, high=9),
        "turnover": Estimate(low=0.05, middle=0.1, high=0.15),
    }
    plan = reckon(basis(), scenario(assumptions=unsure))
    assert [sway.assumption for sway in plan.sways[:2]] == ["hours_per_person_month", "turnover"]
    assert plan.sways[0].at_low < plan.years[2029].kroner.middle < plan.sways[0].at_high
    assert plan.sways[2].width == pytest.approx(0)


def test_those_who_wait_for_training_are_trained_in_the_first_year() -> None:
    plan, before = reckon(basis(untrained=5), scenario()), reckon(basis(), scenario())
    more = {
        year: plan.years[year].training_places.middle - before.years[year].training_places.middle
        for year in plan.years
    }
    assert more == pytest.approx({2026: 5, 2027: 0, 2028: 0, 2029: 0})


def test_nobody_has_a_coordinator_yet() -> None:
    nobody = basis(counted={"0-17": (0, 100)}, coordinators={})
    plan = reckon(nobody, scenario())
    assert plan.years[2029].persons.middle == pytest.approx(80)
    assert list(plan.years[2029].by_area) == [UNKNOWN_AREA]
    assert plan.years[2029].by_function == {}
    assert plan.as_today[2029].kroner.middle == 0


def test_a_target_below_today_is_told() -> None:
    plan = reckon(basis(), scenario(target=Target(by_age={"0-17": 0.3})))
    assert plan.below_today == ("0-17",)
    assert plan.beyond_today(2029) < 0


def test_waiting_leaves_persons_without() -> None:
    """10, 20, 30 and 40 more, against none, 10, 20 and 30: 40 person-years."""
    found = waiting(basis(), reckon(basis(), scenario()))
    assert found.person_years == pytest.approx(40)
    assert found.kroner == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("years", "code"), [((2025, 2028), "years_behind"), ((2026, 2035), "years_ahead")]
)
def test_years_that_cannot_be_reckoned(years: tuple[int, int], code: str) -> None:
    with pytest.raises(PlanningError, match=code):
        reckon(basis(), scenario(first_year=years[0], last_year=years[1]))


@pytest.mark.parametrize(
    ("cases", "persons", "target", "more"),
    [(40, 100, 0.8, 40), (1, 3, 0.5, 1), (3, 4, 0.5, 0), (0, 0, 0.5, 0), (7, 10, 0.7, 0)],
)
def test_gap(cases: int, persons: int, target: float, more: int) -> None:
    assert gap(cases, persons, target) == more
