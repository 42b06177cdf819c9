"""The connector `sql` on a real PostgreSQL: what is read, how it is written, what may go wrong."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.landing.deliveries import CheckResult, Status
from tests.support.persons import fnr
from tests.support.postgres import PASSWORD, Postgres, running
from tests.support.small_home import SmallHome, found_at_once

PERSON = fnr("1980-05-15", 1)
COLUMNS = "registrering_id, fnr, rolle, fra_dato, endret"
ADDRESS = "EPJ_URL"


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with running() as postgres:
        yield postgres


@pytest.fixture
def postgres(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    """A database with a register of two coordinators."""
    server.owner(
        "drop schema if exists epj cascade",
        "create schema epj",
        "grant usage on schema epj to leser",
        "create table epj.koordinator (registrering_id text primary key, fnr text, rolle text, "
        "fra_dato date, endret timestamp)",
        "insert into epj.koordinator values "
        f"('A-1', '{PERSON}', 'koordinator', '2021-03-05', '2024-01-10 08:00'), "
        f"('A-2', '{fnr('1980-05-15', 2)}', 'barnekoordinator', '2022-01-01', '2024-01-11 09:30')",
    )
    monkeypatch.setenv(ADDRESS, server.url())
    return server


def home_with(tmp_path: Path, **said: object) -> SmallHome:
    said = {"table": "epj.koordinator"} | said if "query" not in said else said
    return SmallHome(tmp_path / "home").source(
        "epj", "koordinator", connector="sql", url_env=ADDRESS, **said
    )


def test_a_table_becomes_a_dated_delivery_that_lands(postgres: Postgres, tmp_path: Path) -> None:
    home = home_with(tmp_path)
    assert home.fetch() == []
    (file,) = (home.home.inbox / "epj").iterdir()
    assert file.name == "epj_20240131.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (outcome,) = home.land().values()
    assert outcome.problems == []
    assert [entry.rows_read for entry in outcome.landed] == [2]


def test_a_query_says_which_columns_and_rows(postgres: Postgres, tmp_path: Path) -> None:
    query = "select registrering_id as \"ID: 100%\" from epj.koordinator\nwhere fra_dato < '2022-01-01'::date -- eldre"
    home = home_with(tmp_path, query=f"{query}")
    assert home.fetch() == []
    assert home.fetched("epj") == ["ID: 100%\nA-1\n"]


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        ("'00123'", "00123"),
        ("null::text", ""),
        ("true", "ja"),
        ("12345678901234567890123::numeric", "12345678901234567890123"),
        ("1.10::numeric(5,2)", "1.10"),
        ("0.0000001::numeric", "0.0000001"),
        ("0.1::real", "0.1"),
        ("0.1::float8 + 0.2::float8", "0.30000000000000004"),
        ("1e21::float8", "1000000000000000000000"),
        ("3.0::float8", "3"),
        ("date '2021-03-05'", "2021-03-05"),
        ("date 'infinity'", "9999-12-31"),
        ("date '-infinity'", ""),
        ("timestamp 'infinity'", "9999-12-31"),
        ("timestamp '2021-03-05 10:00:00.5'", "2021-03-05T10:00:00.500000"),
        # At half past eleven in London it is already tomorrow here.
        ("timestamptz '2023-06-30 22:30:00+00'", "2023-07-01T00:30:00+02:00"),
        ("array['fastlege', 'skole']", '"fastlege;skole"'),
        ("'a;b' || chr(10) || 'c \"d\"'", '"a;b\nc ""d"""'),
        ("'{\"a\": 1}'::jsonb", '"{""a"": 1}"'),
        ("'6f1c2b9e-3b52-4a53-9d1e-0f0f0f0f0f0f'::uuid", "6f1c2b9e-3b52-4a53-9d1e-0f0f0f0f0f0f"),
        ("'Sørøya på ä ß €'", "Sørøya på ä ß €"),
    ],
)
def test_cells_are_written_as_text_without_loss(
    postgres: Postgres, tmp_path: Path, expression: str, written: str
) -> None:
    home = home_with(tmp_path, query=f"select {expression} as celle, 'x' as annet")
    assert home.fetch() == []
    assert home.fetched("epj") == [f"celle;annet\n{written};x\n"]


def test_binary_data_are_refused_by_the_name_of_their_column(
    postgres: Postgres, tmp_path: Path
) -> None:
    home = home_with(tmp_path, query="select 'A' as id, 'abc'::bytea as bilde")
    (problem,) = home.fetch()
    assert "the column bilde holds binary data" in problem
    assert list((home.home.inbox / "epj").iterdir()) == []


def test_the_same_rows_are_not_delivered_twice_in_whatever_order(
    postgres: Postgres, tmp_path: Path
) -> None:
    home = home_with(tmp_path, query="select * from epj.koordinator order by endret")
    home.fetch()
    home = _said_otherwise(home, query="select * from epj.koordinator order by endret desc")
    assert home.fetch() == []
    assert len(home.fetched("epj")) == 1


def _said_otherwise(home: SmallHome, **said: object) -> SmallHome:
    home._settings["sources"][0].update(said)
    home.write_settings()
    return home


def test_other_rows_of_the_same_day_follow(postgres: Postgres, tmp_path: Path) -> None:
    home = home_with(tmp_path)
    home.fetch()
    for number in range(3, 6):
        postgres.owner(
            f"insert into epj.koordinator values ('A-{number}', '{PERSON}', 'koordinator', "
            "'2023-01-01', '2024-02-01')"
        )
        assert home.fetch() == []
    names = sorted(file.name for file in (home.home.inbox / "epj").iterdir())
    numbers = ["", "_002", "_003", "_004"]
    assert names == [f"epj_20240131{number}.csv" for number in numbers]
    assert [len(text.splitlines()) for text in home.fetched("epj")] == [3, 4, 5, 6]
    with home.build() as warehouse:
        counted = warehouse.sql(
            "select count(distinct registration_id) from staging.stg_coordinator"
        ).fetchone()
        in_force = warehouse.sql(
            "select delivery from landing.delivery where status = 'in_force' "
            "order by delivery_number desc limit 1"
        ).fetchone()
    assert in_force and str(in_force[0]).endswith("_004.csv")
    assert counted == (5,)


def test_only_what_is_new_is_fetched_after_what_landed(postgres: Postgres, tmp_path: Path) -> None:
    home = home_with(tmp_path, delivery="incremental", watermark="endret")
    assert home.fetch() == []
    home.land()
    postgres.owner(
        f"insert into epj.koordinator values ('A-3', '{PERSON}', 'koordinator', '2023-01-01', '2024-02-01'), "
        f"('A-4', '{PERSON}', 'koordinator', '2023-01-01', null)"
    )
    assert home.fetch() == []
    _, second = home.fetched("epj")
    # The last one landed comes again, for another may have the same value; so does one without any.
    assert [line[:3] for line in second.splitlines()[1:]] == ["A-2", "A-3", "A-4"]
    home.land()
    assert home.fetch() == []
    third = home.fetched("epj")[2:]
    assert [[line[:3] for line in text.splitlines()[1:]] for text in third] == [["A-3", "A-4"]]
    home.land()
    assert home.fetch() == []
    assert len(home.fetched("epj")) == 3


def test_what_was_held_back_is_fetched_again(postgres: Postgres, tmp_path: Path) -> None:
    home = home_with(tmp_path, delivery="incremental", watermark="endret")
    home.fetch()
    home.land()
    postgres.owner(
        f"insert into epj.koordinator values ('A-3', '{PERSON}', 'koordinator', '2023-01-01', '2024-02-01')"
    )
    home.fetch()
    failing = [[CheckResult(check="rows_as_before", holds=True, success=False)]]
    (outcome,) = home.land(lambda *_: found_at_once(failing)).values()
    assert [entry.status for entry in outcome.landed] == [Status.HELD]
    postgres.owner(
        f"insert into epj.koordinator values ('A-5', '{PERSON}', 'koordinator', '2023-01-01', '2024-03-01')"
    )
    home.fetch()
    assert [line[:3] for line in home.fetched("epj")[-1].splitlines()[1:]] == ["A-2", "A-3", "A-5"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "date '2024-01-01' + n"),
        ("timestamptz", "timestamptz '2024-01-01' + n * interval '1 us'"),
        ("bigint", "100 + n"),
        ("numeric", "100 + n / 10.0"),
        ("text", "'2024-01-0' || n"),
    ],
)
def test_a_watermark_may_be_of_any_kind_that_has_an_order(
    postgres: Postgres, tmp_path: Path, kind: str, value: str
) -> None:
    postgres.owner(
        f"create table epj.merket as select 'A-' || n as registrering_id, '{PERSON}' as fnr, "
        f"'koordinator' as rolle, date '2021-03-05' as fra_dato, ({value})::{kind} as merke "
        "from generate_series(1, 5) n"
    )
    home = home_with(tmp_path, table="epj.merket", delivery="incremental", watermark="merke")
    assert home.fetch() == []
    assert len(home.land()["epj"].landed) == 1
    assert home.fetch() == []
    assert [line[:3] for line in home.fetched("epj")[1].splitlines()[1:]] == ["A-5"]


def test_a_watermark_that_is_no_column_is_named(postgres: Postgres, tmp_path: Path) -> None:
    home = home_with(tmp_path, delivery="incremental", watermark="endra")
    (problem,) = home.fetch()
    assert "no column endra" in problem


def test_a_watermark_without_an_order_is_named(postgres: Postgres, tmp_path: Path) -> None:
    query = "select registrering_id, '{}'::jsonb as endret from epj.koordinator"
    home = home_with(tmp_path, query=query, delivery="incremental", watermark="endret")
    (problem,) = home.fetch()
    assert "the column endret has no order" in problem


def test_nothing_can_be_written(postgres: Postgres, tmp_path: Path) -> None:
    postgres.owner(
        "create function epj.skriv() returns int language sql as $$ delete from epj.koordinator; select 1 $$"
    )
    postgres.owner("grant delete on epj.koordinator to leser")
    home = home_with(tmp_path, query="select epj.skriv() as id")
    (problem,) = home.fetch()
    assert "wants to write" in problem
    assert postgres.owner("select count(*) from epj.koordinator") == [(2,)]


def test_a_query_that_takes_too_long_is_ended(postgres: Postgres, tmp_path: Path) -> None:
    home = home_with(tmp_path, query="select pg_sleep(60)::text as id", timeout=1)
    (problem,) = home.fetch()
    assert "not done within 1 s" in problem


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"table": "epj.finnes_ikke"}, "no such table"),
        ({"query": "select finnes_ikke from epj.koordinator"}, "no such column"),
        ({"query": "select from where"}, "not valid SQL"),
        ({"query": "select fnr::int as id from epj.koordinator"}, "the query failed (22003)"),
        ({"query": "select * from epj.koordinator where false"}, "not a single record came"),
    ],
)
def test_what_the_database_objects_to_is_told_without_its_words(
    postgres: Postgres, tmp_path: Path, said: dict[str, object], words: str
) -> None:
    home = home_with(tmp_path, **said)
    (problem,) = home.fetch()
    assert words in problem
    assert PERSON not in problem and "select" not in problem
    assert list((home.home.inbox / "epj").iterdir()) == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("{right}", "not set"),
        ("postgresql://leser:feil@/postgres?host={socket}", "access refused"),
        ("postgresql://leser:{password}@/borte?host={socket}", "access refused"),
        ("postgresql://leser:{password}@127.0.0.1:9/postgres", "Not reached: 127.0.0.1"),
        ("postgresql://leser:{password}@/x?host=/tmp/ingen", "Not reached: this machine"),
        ("oracle+oracledb://leser:{password}@db.example/x", "pip install oracledb"),
        ("postgres://leser:{password}@db.example/x", "no kind of database 'postgres'"),
        ("leser {password}", "holds no address of a database"),
        ("postgresql://leser:{password}@db.example:port/x", "holds no address of a database"),
        ("postgresql://leser:x@{password}@db.example/x", "an @ in the password is written as %40"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    home = home_with(tmp_path)
    if words == "not set":
        monkeypatch.delenv(ADDRESS)
    else:
        monkeypatch.setenv(ADDRESS, address.format(password=PASSWORD, socket=postgres.socket))
    (problem,) = home.fetch()
    assert words in problem
    assert PASSWORD not in problem and "feil@" not in problem


def test_another_kind_of_database_is_read_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "register.db") as database:
        database.execute("create table koordinator (registrering_id text, fra_dato text, n real)")
        database.execute("insert into koordinator values ('007', '2021-03-05', 2.5)")
    database.close()
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path}/register.db")
    home = home_with(tmp_path, table="koordinator")
    assert home.fetch() == []
    assert home.fetched("epj") == ["registrering_id;fra_dato;n\n007;2021-03-05;2.5\n"]


def test_what_another_kind_of_database_objects_to_is_told_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path}/tom.db")
    (problem,) = home_with(tmp_path, table="hemmelig").fetch()
    assert "the query failed (OperationalError)" in problem
    assert "hemmelig" not in problem


def test_one_source_that_fails_does_not_stop_the_others(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BORTE_URL", "postgresql://x:y@127.0.0.1:9/z")
    home = SmallHome(tmp_path / "home")
    for name, variable in (("en", "BORTE_URL"), ("to", ADDRESS), ("tre", "BORTE_URL")):
        home.source(name, "koordinator", connector="sql", url_env=variable, table="epj.koordinator")
    # One sentence for all that could not be reached, with both sources in it.
    (problem,) = home.fetch()
    assert "127.0.0.1 (sources en, tre)" in problem
    outcomes = home.land()
    assert {name: len(outcome.landed) for name, outcome in outcomes.items()} == {
        "en": 0,
        "to": 1,
        "tre": 0,
    }
    assert all(outcome.problems == [] for outcome in outcomes.values())


def test_a_draft_left_by_a_killed_run_is_no_delivery(postgres: Postgres, tmp_path: Path) -> None:
    home = home_with(tmp_path)
    (home.home.inbox / "epj" / ".draft").write_text("registrering_id;fnr\nA-9;1", encoding="utf-8")
    assert home.land()["epj"].landed == []
    assert home.fetch() == []
    (file,) = (home.home.inbox / "epj").iterdir()
    assert (file.name, "A-9" in file.read_text()) == ("epj_20240131.csv", False)
