"""`samordna sql`: the marts of all municipalities, read only, and nothing else."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.asking import ask, write_csv
from dagster_project.cli import app
from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from tests.support.small_home import SmallHome, coordinator, person


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    # A folder's name may hold a quotation mark.
    made = SmallHome(tmp_path_factory.mktemp("asked") / "the home's", "4602")
    for code, first in (("4602", 0), ("5530", 100)):
        made.source(f"folk{code}", "person", kommune=code)
        made.source(f"ke{code}", "koordinator", kommune=code)
        made.deliver(f"folk{code}", "20231231", [person(first + n) for n in range(5)])
        told = [coordinator(f"K{first + n}", first + n, "2022-01-01") for n in range(3)]
        made.deliver(f"ke{code}", "20231231", told)
        made.source(f"epj{code}", "mote", kommune=code)
        held = f"M{first};{person(first)['fnr']};2023-03-01;ansvarsgruppe"
        made.deliver(f"epj{code}", "20231231", f"mote_id;fnr;motedato;motetype\n{held}\n")
    made.source("ssb", "befolkning")
    made.deliver("ssb", "20240220", "region;alder;2023\n4602;5;10\n5530;5;20\n")
    made.publish()
    return made.home


def test_it_asks_every_municipality_once(home: Home) -> None:
    columns, rows, has_more = ask(
        home,
        "select municipality_code, count(*) as n from marts.coordinator_assignment "
        "group by all order by all",
    )
    assert (columns, rows, has_more) == (
        ["municipality_code", "n"],
        [("4602", 3), ("5530", 3)],
        False,
    )
    # A view reads the part that it lies in.
    met = "select municipality_code, met_on::text from marts.meeting order by all"
    assert ask(home, met)[1] == [("4602", "2023-03-01"), ("5530", "2023-03-01")]
    # Statistics of the country lie in every part, and are told of once.
    told = "select count(*) from marts.reconciliation where record = 'befolkning'"
    assert ask(home, told)[1] == [(1,)]


def test_every_row_comes_as_csv_and_at_the_terminal_the_first(home: Home) -> None:
    file = io.StringIO()
    every = "select a.municipality_code, a.reference_date from marts.coverage as a limit 1200"
    assert write_csv(home, every, file) == 1200
    file.seek(0)
    rows = list(csv.reader(file))
    assert (rows[0], len(rows)) == (["municipality_code", "reference_date"], 1201)
    _, shown, has_more = ask(home, every)
    assert (len(shown), has_more) == (1000, True)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("create table marts.mine as select 1", "not one single question"),
        ("drop view marts.coverage", "not one single question"),
        ("insert into part_0.marts.coverage from part_0.marts.coverage", "not one single"),
        ("copy (select 1) to 'out.csv'", "not one single question"),
        ("attach 'x.duckdb'", "not one single question"),
        ("set enable_external_access = true", "not one single question"),
        ("select 1; select 2", "not one single question"),
        ("", "not one single question"),
        ("select * from read_csv('/etc/passwd')", "Permission Error"),
        ("select * from read_text('/etc/passwd')", "Permission Error"),
        ("from '/etc/passwd'", ""),
        ("select nothing_such from marts.coverage", "The tables are: marts.active_team, "),
        ("selec 1", "Parser Error"),
    ],
)
def test_what_is_no_question_of_the_marts_is_refused(home: Home, question: str, said: str) -> None:
    with pytest.raises(SamordnaError) as refused:
        ask(home, question)
    assert said in str(refused.value)


def test_it_says_what_is_missing_and_how_to_get_it(home: Home, tmp_path: Path) -> None:
    copy = Home(tmp_path / "home")
    shutil.copytree(home.root, copy.root)
    part = next(copy.warehouse.iterdir())
    (part / "warehouse.duckdb").unlink()
    with pytest.raises(SamordnaError) as missing:
        ask(copy, "select 1")
    assert f"The warehouse {part.name} of" in str(missing.value)
    with pytest.raises(SamordnaError) as nothing:
        ask(Home(tmp_path / "other"), "select 1")
    assert "Nothing has been published" in str(nothing.value)


def test_the_command_prints_a_table(home: Home) -> None:
    query = "select municipality_code, '[red]x' as mark from marts.definition limit 1"
    done = CliRunner().invoke(app, ["sql", query, "--home", str(home.root)])
    assert done.exit_code == 0, done.output
    assert "municipality_code  mark" in done.output
    assert "4602" in done.output
    assert "[red]x" in done.output
