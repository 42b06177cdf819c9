"""The register's database: how it is made, what it refuses, what is told of it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from dagster_project.config.paths import PROJECT, Home
from dagster_project.problems import SamordnaError
from dagster_project.register.database import REGISTER, RegisterError, open_register
from dagster_project.register.events import Event, EventKind, append
from dagster_project.register.schema import NEWEST, event, metadata
from tests.support.findings import count, open_issues


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv(REGISTER, raising=False)
    return Home(tmp_path)


def test_the_migrations_make_what_the_schema_says(home: Home) -> None:
    with open_register(home).reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    config = Config()
    folder = PROJECT / "dagster_project/register/migrations"
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


@pytest.mark.parametrize("change", ["update event set actor = 'another'", "delete from event"])
def test_the_database_itself_refuses_to_alter_an_event(home: Home, change: str) -> None:
    register = open_register(home)
    open_issues(register, 1)
    with pytest.raises(RegisterError), register.writing() as connection:
        connection.execute(sa.text(change))
    with sqlite3.connect(home.register) as outside, pytest.raises(sqlite3.IntegrityError):
        outside.execute(change)
    assert count(register, event) == 1


@pytest.mark.parametrize("lose", [Path.unlink, lambda file: file.write_bytes(b"")])
def test_a_register_that_is_lost_is_told_and_not_begun_anew(
    home: Home, lose: Callable[[Path], object]
) -> None:
    open_issues(open_register(home), 1)
    lose(home.register)
    with pytest.raises(RegisterError) as raised:
        open_register(home)
    assert _code(raised) == "register_gone"
    # The remedies that it names.
    home.register_mark.unlink()
    assert count(open_register(home), event) == 0


def test_what_goes_wrong_on_the_way_leaves_nothing(home: Home) -> None:
    register = open_register(home)
    with pytest.raises(ZeroDivisionError), register.writing() as connection:
        append(connection, [Event(EventKind.ISSUE_COMMENTED, "f1", "KE", {"text": "Hei"})])
        raise ZeroDivisionError
    assert count(register, event) == 0


def _code(raised: pytest.ExceptionInfo[SamordnaError]) -> str:
    return raised.value.problem.code


def test_a_register_of_a_newer_version_is_left_alone(home: Home) -> None:
    open_register(home)
    with sqlite3.connect(home.register) as outside:
        outside.execute("update alembic_version set version_num = '9999'")
    before = home.register.read_bytes()
    with pytest.raises(RegisterError) as raised:
        open_register(home)
    assert _code(raised) == "register_newer"
    assert home.register.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database at all, " * 100, b"SQLite format 3\x00" * 64])
def test_a_damaged_register_is_told_and_left_alone(home: Home, content: bytes) -> None:
    home.state.mkdir()
    home.register.write_bytes(content)
    with pytest.raises(RegisterError) as raised:
        open_register(home)
    assert _code(raised) == "register_damaged"
    assert home.register.read_bytes() == content


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("nonsense", "register_url"),
        ("oracle://user:secret@host/x", "register_url"),
        ("postgresql://user:secret@127.0.0.1:1/x", "register_unreachable"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    home: Home, monkeypatch: pytest.MonkeyPatch, url: str, code: str
) -> None:
    monkeypatch.setenv(REGISTER, url)
    with pytest.raises(RegisterError) as raised:
        open_register(home)
    assert _code(raised) == code
    assert "secret" not in str(raised.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_the_right_to_write_is_told(home: Home) -> None:
    home.state.mkdir(mode=0o500)
    with pytest.raises(RegisterError):
        open_register(home)


def test_many_open_it_for_the_first_time_at_once(home: Home) -> None:
    wrong: list[Exception] = []

    def use(number: int) -> None:
        try:
            open_issues(open_register(home), number)
        except Exception as error:  # noqa: BLE001 - told by the test
            wrong.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert count(open_register(home), event) == 12
