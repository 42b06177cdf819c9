"""The questions of the national evaluation: all answered by the marts, and some counted anew."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from benchmarks.evaluation import AGE_GROUPS, QUESTIONS, Answer, Question, Unit, answer, page
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.demo.make import write_demo
from dagster_project.demo.simulation import make_world
from dagster_project.demo.world import World
from dagster_project.landing.land import Lander
from dagster_project.straight import build
from dagster_project.warehouse import Building, begin
from tests.support.small_home import land_all, no_checks

# Small ones, with Senja, whose number of teams was published.
MUNICIPALITIES = ("1134", "1867", "5530")
SEED = 11
PAGE = Path(__file__).parents[2] / "docs" / "evaluation.md"


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(SEED, MUNICIPALITIES)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: World) -> Home:
    made = Home(tmp_path_factory.mktemp("evaluation") / "home")
    write_demo(world, made, SEED)
    installation = load_installation(made)
    lander = Lander(installation, no_checks)
    land_all(lander)
    begin(installation, lander.maskers, None).close()
    build(Building.whole(made))
    return made


@pytest.fixture(scope="module")
def marts(home: Home) -> duckdb.DuckDBPyConnection:
    """A database of the marts, and of birth dates, which the marts keep to the year only."""
    connection = duckdb.connect()
    connection.execute(f"attach '{home.building}' as whole (read_only)")
    connection.execute("create schema marts")
    tables = connection.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = 'whole' and table_schema = 'marts'"
    ).fetchall()
    for (table,) in tables:
        connection.execute(f"create table marts.{table} as from whole.marts.{table}")
    connection.execute("create schema intermediate")
    connection.execute(
        "create table intermediate.int_person as "
        "select municipality_code, person_key, birth_date from whole.intermediate.int_person"
    )
    connection.execute("detach whole")
    return connection


@pytest.fixture(scope="module")
def answered(marts: duckdb.DuckDBPyConnection) -> dict[str, Answer]:
    return {question.asks: answer(marts, question) for question in QUESTIONS}


@pytest.fixture(scope="module")
def truth(home: Home) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in ("coverage", "registrations"):
        connection.execute(f"create table {name} as from '{home.truth / name}.parquet'")
    return connection


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asks)
def test_every_question_is_answered(question: Question, answered: dict[str, Answer]) -> None:
    found = answered[question.asks]
    told = [v for v in (found.together, *found.by_place.values()) if v is not None]
    assert set(found.by_place) <= set(question.places) & set(MUNICIPALITIES)
    assert told
    assert min(told) >= 0
    if question.unit is Unit.SHARE and "units report" not in question.asks:
        assert max(told) <= 1


def test_what_is_asked_is_asked_once() -> None:
    assert len({question.asks for question in QUESTIONS}) == len(QUESTIONS)


def test_the_page_has_the_questions_as_they_are() -> None:
    """Its figures are of a whole demo; the questions and remarks must be those of the code."""

    def without_figures(text: str) -> list[str]:
        lines = [line.split(" | ") for line in text.splitlines()]
        return [
            " | ".join(cells[:4] + cells[-1:]) if len(cells) > 10 else cells[0] for cells in lines
        ]

    empty = page(Answer(question, None, {}) for question in QUESTIONS)
    assert without_figures(PAGE.read_text(encoding="utf-8")) == without_figures(empty)


def counted(truth: duckdb.DuckDBPyConnection, sql: str, on: dt.date) -> dict[str, float]:
    """Count something in the demo's truth on a day, by municipality."""
    rows = truth.execute(f"select municipality_code, {sql}", {"on": on}).fetchall()
    return {code: float(value) for code, value in rows}


SURVEY = dt.date(2023, 6, 30)


@pytest.mark.parametrize(
    ("asks", "on"),
    [
        ("Teams (oppfølgingsteam), first quarter of 2021", dt.date(2021, 3, 31)),
        ("Teams (oppfølgingsteam), autumn 2023", dt.date(2023, 10, 31)),
    ],
)
def test_teams_are_the_assignments_that_go_on(
    asks: str, on: dt.date, answered: dict[str, Answer], truth: duckdb.DuckDBPyConnection
) -> None:
    true = counted(
        truth,
        """count(*) from registrations
        where fact in ('coordinator', 'child_coordinator')
            and first_day <= $on and (last_day is null or last_day >= $on)
        group by municipality_code""",
        on,
    )
    found = answered[f"{asks}: persons with a coordinator"]
    assert found.by_place == true
    assert found.together == sum(true.values())


@pytest.mark.parametrize(
    ("asks", "indicator", "ages", "factor"),
    [
        ("Coordinators from health and care (helse og omsorg)", "health_sector_share", "all", 1),
        ("Persons per coordinator", "persons_per_coordinator", "all", 1),
        ("Target group with an individual plan, 11-17", "plan_coverage", "11-17", 1),
        ("Target group with a coordinator, 50+", "coordinator_coverage", "50+", 1),
        ("Target group with both", "both_coverage", "all", 1),
        ("Persons with a plan and no coordinator", "plan_without_coordinator", "all", 1),
        ("Plans made or evaluated in the last 12 months (living plans)", "living_plan_share", "all", 1),
        ("Meetings in which the GP took part", "gp_participation", "all", 1),
        ("Training needs met with an offer within six months", "training_within_6_months", "all", 1),
        ("Changes of coordinator in the last 365 days per 100 with a coordinator", "coordinator_changes", "all", 100),
        ("Better at own goals (PSFS, two points or more)", "goal_improvement", "all", 1),
    ],
)  # fmt: skip
def test_shares_are_those_of_the_true_world(
    asks: str,
    indicator: str,
    ages: str,
    factor: int,
    answered: dict[str, Answer],
    truth: duckdb.DuckDBPyConnection,
) -> None:
    where = f"""from coverage where indicator = '{indicator}' and reference_date = $on
        and age_scheme = 'sintef' and age_group = '{ages}' and service_area = 'all'"""
    above, below = (
        counted(truth, f"{part} {where}", SURVEY) for part in ("numerator", "denominator")
    )
    found = answered[asks]
    assert found.by_place == pytest.approx(
        {code: factor * above[code] / below[code] for code in below}
    )
    assert found.together == pytest.approx(factor * sum(above.values()) / sum(below.values()))


@pytest.mark.parametrize("ages", AGE_GROUPS)
def test_ages_are_those_of_the_true_world(
    ages: str, answered: dict[str, Answer], truth: duckdb.DuckDBPyConnection
) -> None:
    """Counted from assignments and persons; the truth has it by the indicator's numerator."""
    row = truth.execute(
        """
        select sum(numerator) filter (age_group = $ages) / sum(numerator) from coverage
        where indicator = 'coordinator_coverage' and reference_date = $on and service_area = 'all'
            and age_scheme = 'sintef' and list_contains($groups, age_group)
        """,
        {"ages": ages, "on": SURVEY, "groups": list(AGE_GROUPS)},
    ).fetchone()
    assert row is not None
    assert answered[f"Age of those with a coordinator: {ages}"].together == pytest.approx(row[0])


def test_persons_of_each_coordinator_are_those_of_the_true_world(
    answered: dict[str, Answer], world: World
) -> None:
    on = SURVEY.toordinal()
    persons: Counter[str] = Counter()
    with_elder: set[str] = set()
    for town in world.towns.values():
        for person in town.persons:
            for spell in person.spells:
                if spell.first <= on <= spell.last:
                    coordinator = f"{town.place.code} {spell.coordinator.number}"
                    persons[coordinator] += 1
                    if person.birth_known and person.age(on) >= 67:
                        with_elder.add(coordinator)
    of_one, of_two, of_many = (
        sum(test(number) for number in persons.values())
        for test in (lambda n: n == 1, lambda n: n == 2, lambda n: n > 5)
    )
    true = {
        "Coordinators with one person": of_one,
        "Coordinators with two persons": of_two,
        "Coordinators with 3 to 5 persons": len(persons) - of_one - of_two - of_many,
        "Coordinators with more than five persons": of_many,
        "Coordinators for an elderly person (67 or older)": len(with_elder),
    }
    assert answered["Coordinators, spring 2023"].together == len(persons)
    for asks, number in true.items():
        assert answered[asks].together == pytest.approx(number / len(persons)), asks


def test_medians_and_housing_are_those_of_the_true_world(
    answered: dict[str, Answer], truth: duckdb.DuckDBPyConnection
) -> None:
    for asks, indicator in (
        ("Median days from notice of need to an answer", "answer_days"),
        ("Median days from notice of need to an appointed coordinator", "appointment_days"),
        ("Persons with a registered need for housing (boligbehov)", "housing_need"),
    ):
        where = f"indicator = '{indicator}' and age_scheme = 'standard' and age_group = 'all'"
        true = counted(
            truth,
            f"value from coverage where {where} and service_area = 'all' and reference_date = $on",
            SURVEY,
        )
        assert answered[asks].by_place == true, asks
