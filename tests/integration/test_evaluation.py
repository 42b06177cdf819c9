"""The questions of the national evaluation: all answered by the marts, and some counted anew."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from benchmarks.evaluation import QUESTIONS, Answer, Question, Unit, answer, page
from dagster_project.demo.make import write_demo
from dagster_project.demo.simulation import make_world
from dagster_project.demo.world import World
from dagster_project.landing.land import Lander
from dagster_project.settings import Home, load_installation
from dagster_project.warehouse import begin
from tests.small_home import land_all, no_checks, run_dbt

# Small ones, with Senja, whose number of teams was published.
MUNICIPALITIES = ("1134", "1867", "5530")
SEED = 11
PAGE = Path("docs/evaluation.md")


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
    begin(installation, lander, None).close()
    run_dbt(made, "build")
    return made


@pytest.fixture(scope="module")
def warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.building), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def answered(warehouse: duckdb.DuckDBPyConnection) -> dict[str, Answer]:
    return {question.asks: answer(warehouse, question) for question in QUESTIONS}


def truth(home: Home, sql: str, **said: object) -> float | None:
    """Count something in the demo's truth, in the places of the small demo."""
    connection = duckdb.connect()
    for name in ("coverage", "registrations"):
        connection.execute(f"create view {name} as from '{home.truth / name}.parquet'")
    row = connection.execute(sql, said).fetchone()
    assert row is not None
    return None if row[0] is None else float(row[0])


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asks)
def test_every_question_is_answered(question: Question, answered: dict[str, Answer]) -> None:
    found = answered[question.asks]
    values = [found.together, *found.by_place.values()]
    assert set(found.by_place) <= set(question.places) & set(MUNICIPALITIES)
    told = [value for value in values if value is not None]
    assert told
    assert min(told) >= 0
    if question.unit is Unit.SHARE and "units report" not in question.asks:
        assert max(told) <= 1


def test_only_marts_are_asked(warehouse: duckdb.DuckDBPyConnection) -> None:
    import benchmarks.evaluation as asking

    for question in QUESTIONS:
        tables = warehouse.get_table_names(asking._ON_DAY + question.sql, qualified=True)
        assert tables
        assert {table.split(".")[0] for table in tables} == {"marts"}
