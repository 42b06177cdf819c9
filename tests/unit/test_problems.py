"""Each true cause has its own sentence: a home that cannot be written to, whatever says so."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dagster_project.cli import main
from dagster_project.defs.failures import as_failure
from dagster_project.identity.detection import holds_person_id
from dagster_project.problems import SamordnaError, without_right
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, coordinator

READ_ONLY = OSError(errno.EROFS, "Read-only file system", "/data/home/state")


def _chained() -> Exception:
    error = RuntimeError("a step failed")
    error.__cause__ = READ_ONLY
    return error


@pytest.mark.parametrize(
    "error",
    [
        READ_ONLY,
        _chained(),
        PermissionError(errno.EACCES, "Permission denied", "/no/such/folder"),
        sqlite3.OperationalError("attempt to write a readonly database"),
        duckdb.IOException('IO Error: Cannot open file "x.duckdb": Read-only file system'),
    ],
)
def test_a_right_that_is_lacking_is_told_as_such(error: Exception) -> None:
    problem = without_right(error)
    assert problem is not None
    assert problem.code == "home_unwritable"
    assert "cannot be written to" in str(problem)
    with pytest.raises(dg.Failure) as failure, as_failure():
        raise error
    assert str(failure.value.description) == str(problem)
    assert failure.value.description == str(problem)


def test_a_file_that_cannot_be_read_is_not_said_to_be_unwritable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sources.yml"
    file.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    problem = without_right(PermissionError(errno.EACCES, "Permission denied", str(file)))
    assert str(problem).startswith(f"{file}: cannot be read (Permission denied).")


@pytest.mark.parametrize("error", [ValueError("x"), OSError(errno.ENOSPC, "No space left")])
def test_other_errors_are_of_other_causes(error: Exception) -> None:
    assert without_right(error) is None


@pytest.mark.parametrize(
    "said",
    [
        ("run",),
        ("init",),
        ("withdraw", "reg", "--all"),
        ("rename", "reg", "ny"),
        ("compare", "--set", "bridge_days=60"),
        ("demo",),
    ],
)
def test_every_command_that_writes_says_that_the_home_is_read_only(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: tuple[str, ...],
) -> None:
    home = SmallHome(tmp_path / "home").source("reg", "koordinator")
    home.deliver("reg", "20240131", [coordinator("A-1", 1, "2021-03-05")])
    make_folder = Path.mkdir

    def refuse(self: Path, *given: int, **more: bool) -> None:
        if home.home.root in self.parents and not self.is_dir():
            raise OSError(errno.EROFS, "Read-only file system", str(self))
        make_folder(self, *given, **more)

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr("sys.argv", ["samordna", *said, "--home", str(home.home.root)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    shown = capsys.readouterr().err
    assert "cannot be written to (Read-only file system)" in shown
    assert "unexpected" not in shown.lower()


def test_a_part_is_named_whatever_digits_its_hash_has() -> None:
    chance = "4602-12548f1cfc1da94d"
    assert holds_person_id(chance)
    assert chance in str(SamordnaError("part_missing", part=chance, home="/srv/samordna"))


def test_where_the_log_is_stays_readable_whatever_digits_its_folders_have() -> None:
    chance = f"/srv/{fnr('1980-05-15')}/state/dbt/4602/build.log"
    assert holds_person_id(chance)
    said = SamordnaError("build_failed", step="stg_person", log=chance)
    assert "state/dbt/4602/build.log" in str(said)
    named = SamordnaError("build_failed", step=fnr("1980-05-15"), log="build.log")
    assert fnr("1980-05-15") not in str(named)
