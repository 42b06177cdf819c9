"""Scenario files: written, read back, mended by hand, and refused with a line and a remedy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.planning.scenario import (
    AREA_COST,
    Estimate,
    Scenario,
    ScenarioError,
    age_groups,
    proposals,
    read_scenario,
    service_areas,
    write_scenario,
)
from tests.support.persons import fnr

FILE = """\
scenario: 1
name: Vedteken plan
municipality: "4602"
first_year: 2027
last_year: 2030
target:
  by_age: {0-17: 0.8, 18-49: 0.5}
assumptions:
  hours_per_person_month: {low: 2, middle: 4, high: 6, source: "Målt av KE hausten 2026"}
  turnover: 0.2
hourly_cost:
  home_care: 520
"""
shares = st.floats(0, 1, allow_nan=False)
words = st.text(st.characters(categories=["L", "Zs", "P"]), max_size=40).map(
    lambda text: " ".join(text.split())
)


@st.composite
def estimates(draw: st.DrawFn, name: str) -> Estimate:
    least, most = proposals()[name].least, proposals()[name].most
    low, middle, high = sorted(draw(st.floats(least, most)) for _ in range(3))
    return Estimate(low=low, middle=middle, high=high, source=draw(words))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    first = draw(st.integers(2025, 2040))
    named = [name for name in proposals() if name != AREA_COST]
    return Scenario.model_validate(
        {
            "name": f"Plan {draw(words)}",
            "municipality": "4602",
            "first_year": first,
            "last_year": first + draw(st.integers(0, 14)),
            "target": {
                "by_age": draw(st.dictionaries(st.sampled_from(age_groups()), shares)),
                "by_service_area": draw(st.dictionaries(st.sampled_from(service_areas()), shares)),
            },
            "assumptions": {
                name: draw(estimates(name)) for name in draw(st.sets(st.sampled_from(named)))
            },
            "hourly_cost": {
                area: draw(estimates(AREA_COST))
                for area in draw(st.sets(st.sampled_from(service_areas()), max_size=3))
            },
            "note": draw(words),
        }
    )


@given(scenarios())
def test_what_is_written_is_read_back(scenario: Scenario) -> None:
    assert read_scenario(write_scenario(scenario)) == scenario


def test_a_file_by_hand() -> None:
    scenario = read_scenario(FILE)
    assert scenario.target.by_age == {"0-17": 0.8, "18-49": 0.5}
    assert scenario.estimate("turnover") == Estimate(low=0.2, middle=0.2, high=0.2)
    assert scenario.estimate(AREA_COST, "home_care").middle == 520
    assert scenario.is_own(AREA_COST, "home_care")
    assert not scenario.is_own(AREA_COST, "school")
    assert scenario.estimate(AREA_COST, "school") == proposals()[AREA_COST].estimate
    assert scenario.estimate("wage_growth") == proposals()["wage_growth"].estimate


@pytest.mark.parametrize(
    ("there", "instead", "code", "line", "key"),
    [
        ("scenario: 1", "scenario: 2", "scenario_version", None, None),
        ("scenario: 1\n", "", "scenario_version", None, None),
        ("name: Vedteken plan\n", "", "scenario_missing", 1, "name"),
        ("name: Vedteken plan\n", "name: ' '\n", "scenario_missing", 2, "name"),
        ("0-17: 0.8", "0-17: 80", "scenario_range", 7, "target.by_age.0-17"),
        ("0-17: 0.8", "0-18: 0.8", "scenario_unknown", 7, "target.by_age.0-18"),
        ("0-17: 0.8", "0-17: åtti", "scenario_number", 7, "target.by_age.0-17"),
        ("assumptions:", "assumption:", "scenario_unknown", 8, "assumption"),
        ("turnover: 0.2", "turnovr: 0.2", "scenario_unknown", 10, "assumptions.turnovr"),
        ("turnover: 0.2", "turnover: 20", "scenario_range", 10, "assumptions.turnover"),
        ("turnover: 0.2", "turnover: [1]", "scenario_number", 10, "assumptions.turnover"),
        ("low: 2, middle: 4", "low: 5, middle: 4", "scenario_order", 9, "assumptions.hours_per"),
        ("low: 2, ", "", "scenario_missing", 9, "assumptions.hours_per_person_month.low"),
        ("home_care: 520", "home_car: 520", "scenario_unknown", 12, "hourly_cost.home_car"),
        ("home_care: 520", "home_care: 52000", "scenario_range", 12, "hourly_cost.home_care"),
        ("last_year: 2030", "last_year: 2026", "scenario_years", 1, "scenario"),
        ("last_year: 2030", "last_year: 2099", "scenario_years", 1, "scenario"),
        ("last_year: 2030", "last_year: snart", "scenario_number", 5, "last_year"),
        ('"4602"', "../..", "scenario_municipality", 3, "municipality"),
        ('"4602"', "4602", "scenario_number", 3, "municipality"),
        ("Vedteken plan", "x" * 81, "scenario_long", 2, "name"),
        ("Vedteken plan", f"For {fnr('1980-05-15', 1)}", "scenario_id", 2, None),
        ("target:", "target: {", "scenario_yaml", None, None),
        (
            "hourly_cost:",
            "functions: {home_care: {'258': 0.5}}\nhourly_cost:",
            "scenario_functions",
            11,
            "functions.home_care",
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_line(
    there: str, instead: str, code: str, line: int | None, key: str | None
) -> None:
    assert there in FILE
    with pytest.raises(ScenarioError) as raised:
        read_scenario(FILE.replace(there, instead))
    (problem,) = raised.value.problems
    assert problem.code == code
    assert line is None or problem.params["line"] == line
    assert key is None or str(problem.params["key"]).startswith(key)
    assert str(problem)


@pytest.mark.parametrize("text", ["", "a", "- a", "\0", "&a [*a, *a]", "[" * 5000, "a: &b {c: *b}"])
def test_what_is_no_scenario_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        read_scenario(text)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_scenario(text)
    except ScenarioError as error:
        assert error.problems


def test_every_fault_is_told_at_once() -> None:
    broken = FILE.replace("0-17: 0.8", "0-17: 80").replace("turnover: 0.2", "turnover: 20")
    with pytest.raises(ScenarioError) as raised:
        read_scenario(broken)
    assert [problem.params["line"] for problem in raised.value.problems] == [7, 10]
