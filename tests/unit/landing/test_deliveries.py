"""Deliveries: once each, replaced by the same name, failing alone, healed without hands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future
from io import BufferedReader
from pathlib import Path
from typing import Never

import pytest

from dagster_project.config.installation import load_installation
from dagster_project.config.sources import Source
from dagster_project.landing.catalogue import labelled
from dagster_project.landing.deliveries import (
    CheckResult,
    Manifest,
    Status,
    Unchecked,
)
from dagster_project.landing.files import open_file
from dagster_project.landing.land import Lander
from tests.support.small_home import SmallHome, as_csv, coordinator, found_at_once, no_checks

ONE = [coordinator("A-1", 1, "2021-03-05")]
TWO = [*ONE, coordinator("A-2", 2, "2021-04-01")]


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    return SmallHome(tmp_path / "home").source("reg", "koordinator").source("ke", "koordinator")


def statuses(home: SmallHome, source: str = "reg") -> list[tuple[str, Status]]:
    entries = Manifest(home.home, home.source_named(source)).entries()
    return [(entry.file, entry.status) for entry in entries]


def test_the_same_delivery_twice_changes_nothing(home: SmallHome) -> None:
    home.deliver("reg", "20240131", ONE)
    assert len(home.land()["reg"].landed) == 1
    before = statuses(home)
    again = home.land()["reg"]
    assert (again.landed, again.unchanged, again.problems) == ([], 1, [])
    assert statuses(home) == before


def test_a_file_written_again_as_it_was_changes_nothing(home: SmallHome) -> None:
    path = home.deliver("reg", "20240131", ONE)
    home.land()
    later = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(later, later))
    again = home.land()["reg"]
    assert (again.landed, again.unchanged, again.problems) == ([], 1, [])
    assert statuses(home) == [("reg_20240131.csv", Status.LANDED)]


def test_a_copy_of_the_same_day_is_told_and_not_used(home: SmallHome) -> None:
    path = home.deliver("reg", "20240131", ONE)
    (path.parent / "reg_20240131 (kopi).csv").write_bytes(path.read_bytes())
    outcome = home.land()["reg"]
    assert len(outcome.landed) == 1
    (problem,) = outcome.problems
    assert "the same delivery as" in str(problem)
    assert sorted(status for _, status in statuses(home)) == [Status.LANDED, Status.REPEATED]


def test_the_same_file_under_another_name_without_a_date_is_told(home: SmallHome) -> None:
    folder = home.home.inbox / "reg"
    for name in ("register.csv", "register kopi.csv"):
        (folder / name).write_text(as_csv(ONE), encoding="utf-8")
    outcome = home.land()["reg"]
    assert len(outcome.landed) == 1
    assert [problem.code for problem in outcome.problems] == ["repeated"]


@pytest.mark.parametrize("name", ["~$reg_20240131.xlsx", ".~lock.reg_20240131.xlsx#", ".DS_Store"])
def test_what_an_open_workbook_leaves_beside_it_is_no_delivery(home: SmallHome, name: str) -> None:
    home.deliver("reg", "20240131", ONE)
    (home.home.inbox / "reg" / name).write_bytes(b"\x05Ola")
    outcome = home.land()["reg"]
    assert (len(outcome.landed), outcome.problems) == (1, [])


def test_the_same_register_of_a_later_day_is_a_delivery(home: SmallHome) -> None:
    home.deliver("reg", "20240131", ONE)
    home.deliver("reg", "20240229", ONE)
    assert len(home.land()["reg"].landed) == 2


def test_a_file_put_in_the_place_of_another_replaces_it(home: SmallHome) -> None:
    path = home.deliver("reg", "20240131", ONE)
    home.land()
    path.write_text(as_csv(TWO), encoding="utf-8")
    home.land()
    manifest = Manifest(home.home, home.source_named("reg"))
    assert [entry.rows_read for entry in manifest.entries()] == [1, 2]
    assert [entry.rows_read for entry in manifest.in_force()] == [2]


def test_a_failed_delivery_fails_alone_and_is_healed_by_a_good_one(home: SmallHome) -> None:
    path = home.deliver("reg", "20240131", "registrering_id;rolle\nA-1;koordinator\n")
    home.deliver("ke", "20240131", ONE)
    outcomes = home.land()
    assert len(outcomes["reg"].problems) == 1
    assert len(outcomes["ke"].landed) == 1
    assert statuses(home) == [("reg_20240131.csv", Status.FAILED)]
    # Nothing new: it is told again, from memory.
    assert len(home.land()["reg"].problems) == 1
    path.write_text(as_csv(ONE), encoding="utf-8")
    healed = home.land()["reg"]
    assert (len(healed.landed), healed.problems) == (1, [])
    assert statuses(home) == [("reg_20240131.csv", Status.LANDED)]


def test_settings_that_read_a_file_otherwise_read_it_anew(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("reg", "koordinator")
    home.deliver("reg", "20240131", as_csv([{**row, "Begynt": "2020-01-01"} for row in ONE]))
    home.land()
    home._settings["sources"][0]["columns"] = {"Begynt": "fra_dato"}
    home.write_settings()
    assert len(home.land()["reg"].landed) == 1
    assert statuses(home) == [("reg_20240131.csv", Status.LANDED)]


def held(
    _source: Source, _standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> Future[list[list[CheckResult]]]:
    few = CheckResult(check="persons_identified", column="person", holds=True, success=False)
    return found_at_once([[few] for _ in arrived])


def test_a_delivery_that_its_checks_hold_back_is_not_used(home: SmallHome) -> None:
    home.deliver("reg", "20240131", TWO)
    home.land()
    home.deliver("reg", "20240229", ONE)
    outcome = home.land(held)["reg"]
    assert [str(problem) for problem in outcome.problems] == [
        "Source reg, reg_20240229.csv: held back, the delivery before it stays in force: "
        "persons_identified (person). Deliver again, or, if it is right, name the file under "
        "`accept:` of the source."
    ]
    assert [e.file for e in Manifest(home.home, home.source_named("reg")).in_force()] == [
        "reg_20240131.csv"
    ]
    # It is still told when nothing is new.
    assert len(home.land(held)["reg"].problems) == 1


def test_a_delivery_held_back_is_used_once_a_person_accepts_it(home: SmallHome) -> None:
    home.deliver("reg", "20240131", ONE)
    home.land(held)
    assert statuses(home) == [("reg_20240131.csv", Status.HELD)]
    home._settings["sources"][0]["accept"] = ["reg_20240131.csv"]
    home.write_settings()
    assert home.land(held)["reg"].problems == []
    assert statuses(home) == [("reg_20240131.csv", Status.LANDED)]


def test_an_empty_register_is_used_once_a_person_accepts_it(home: SmallHome) -> None:
    home.deliver("reg", "20240131", as_csv(ONE).splitlines()[0])
    home._settings["sources"][0]["accept"] = ["reg_20240131.csv"]
    home.write_settings()
    (entry,) = home.land()["reg"].landed
    assert entry.rows_read == 0


def test_what_a_killed_run_left_is_swept(home: SmallHome) -> None:
    home.deliver("reg", "20240131", ONE)
    home.land()
    folder = Manifest(home.home, home.source_named("reg")).folder
    (folder / "20240229-orphan.parquet").write_bytes(b"PAR1")
    (folder / ".half.parquet").write_bytes(b"PAR1")
    home.land()
    assert sorted(file.suffix for file in folder.iterdir()) == [".json", ".parquet"]


def test_a_file_that_cannot_be_opened_is_told_and_tried_again(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.deliver("reg", "20240131", ONE)

    def refuse(path: Path, *_: int) -> Never:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("dagster_project.landing.land.open_file", refuse)
        (problem,) = home.land()["reg"].problems
        assert "cannot be opened (Permission denied)" in str(problem)
    assert home.land()["reg"].problems == []


def test_a_file_that_is_written_while_it_is_read_waits_for_the_next_run(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.deliver("reg", "20240131", ONE)
    home.land()
    path = home.deliver("reg", "20240229", ONE)

    def open_and_grow(opened: Path, *found: int) -> BufferedReader:
        file = open_file(opened, *found)
        if opened == path:
            path.write_text(as_csv(TWO), encoding="utf-8")
        return file

    with monkeypatch.context() as patch:
        patch.setattr("dagster_project.landing.land.open_file", open_and_grow)
        (problem,) = home.land()["reg"].problems
    assert "reg_20240229.csv: the file is being written" in str(problem)
    manifest = Manifest(home.home, home.source_named("reg"))
    assert [entry.file for entry in manifest.in_force()] == ["reg_20240131.csv"]
    assert home.land()["reg"].problems == []
    assert [entry.rows_read for entry in manifest.in_force()] == [1, 2]


def test_a_file_taken_away_before_it_is_read_was_never_delivered(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.deliver("reg", "20240131", ONE)
    gone = home.home.inbox / "reg" / "reg_20240229.csv"
    files = list((home.home.inbox / "reg").iterdir())
    monkeypatch.setattr("dagster_project.landing.land.find_files", lambda *_: [*files, gone])
    outcome = home.land()["reg"]
    assert (len(outcome.landed), outcome.problems) == (1, [])


@pytest.mark.parametrize("step", ["landing.land.read_apart", "identity.protect.Protector.protect"])
def test_an_unexpected_error_is_told_without_its_text(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    home.deliver("reg", "20240131", ONE)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("could not convert 01819012345")

    monkeypatch.setattr(f"dagster_project.{step}", fail)
    (problem,) = home.land()["reg"].problems
    assert "RuntimeError" in str(problem)
    assert "018190" not in str(problem)


def test_a_municipality_that_is_none_leaves_its_source_out(tmp_path: Path) -> None:
    home = (
        SmallHome(tmp_path / "home")
        .source("reg", "koordinator", kommune="1507")
        .source("ke", "koordinator")
    )
    home.deliver("ke", "20240131", ONE)
    outcomes = home.land()
    assert "is no municipality of today" in str(outcomes["reg"].problems[0])
    assert len(outcomes["ke"].landed) == 1


def test_names_and_ids_of_files_do_not_reach_the_manifest(home: SmallHome) -> None:
    from tests.support.persons import fnr

    planted = fnr("1990-01-31")
    path = home.home.inbox / "reg" / f"IP Kari Nordmann {planted} 20240131.csv"
    path.write_text(as_csv(ONE), encoding="utf-8")
    home.land()
    for file in home.home.landing.rglob("*"):
        assert planted not in file.name
        if file.is_file():
            assert planted.encode() not in file.read_bytes()
            assert b"Nordmann" not in file.read_bytes()
    assert path.exists()


def test_a_source_whose_municipality_is_corrected_is_of_that_one_only(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home", "5530").source("reg", "koordinator")
    home.deliver("reg", "20240131", ONE)
    home.land()
    home._settings["home_municipality"] = "4602"
    home.write_settings()
    assert len(home.land()["reg"].landed) == 1
    manifest = Manifest(home.home, home.source_named("reg"))
    assert [entry.municipality for entry in manifest.entries()] == ["5530", "4602"]
    assert [entry.municipality for entry in manifest.in_force()] == ["4602"]
    labels = [(label, status) for _, label, status in labelled(manifest)]
    assert labels == [("reg_20240131.csv", "replaced"), ("reg_20240131.csv (2)", "in_force")]


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("reg", "koordinator", path="inbox/reg/*/*.csv")
    for folder, rows in (("nord", ONE), ("sør", TWO[1:])):
        (home.home.inbox / "reg" / folder).mkdir()
        file = home.home.inbox / "reg" / folder / "liste_20240131.csv"
        file.write_text(as_csv(rows), encoding="utf-8")
    assert len(home.land()["reg"].landed) == 2
    found = labelled(Manifest(home.home, home.source_named("reg")))
    assert [(label, status) for _, label, status in found] == [
        ("liste_20240131.csv", "in_force"),
        ("liste_20240131.csv (2)", "in_force"),
    ]


@pytest.mark.parametrize("whole", [True, False])
def test_a_file_that_goes_on_being_written_waits_for_the_next_run(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    """A writer adds a line now and then, and is seen at it between reading and taking into use."""
    home.deliver("reg", "20240131", ONE)
    home.land()
    path = home.deliver("reg", "20240229", as_csv(TWO) if whole else "registrering_id")
    os.utime(path)
    writing = iter([True, False])

    def write_on(_seconds: float) -> None:
        if next(writing, False):
            path.write_text(as_csv([*TWO, coordinator("A-3", 3, "2021-04-01")]), encoding="utf-8")
        else:
            os.utime(path, (1_760_000_000, 1_760_000_000))

    monkeypatch.setattr("dagster_project.landing.land.time.sleep", write_on)
    source = home.source_named("reg")
    installation = load_installation(home.home)
    lander = Lander(installation, no_checks, quiet_seconds=60)
    (problem,) = lander.commit(lander.read(source)).problems
    assert "reg_20240229.csv: the file is being written" in str(problem)
    manifest = Manifest(home.home, source)
    assert [entry.file for entry in manifest.in_force()] == ["reg_20240131.csv"]
    # Left alone, it is read whole.
    os.utime(path, (1_760_000_000, 1_760_000_000))
    assert lander.commit(lander.read(source)).problems == []
    assert [entry.rows_read for entry in manifest.in_force()] == [1, 3]


def test_a_file_just_copied_is_read_when_it_has_been_left_alone(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home.deliver("reg", "20240131", ONE)
    os.utime(path)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) > 2:
            old = path.stat()
            monkeypatch.setattr("dagster_project.landing.land.time.time", lambda: old.st_mtime + 9)

    monkeypatch.setattr("dagster_project.landing.land.time.sleep", wait)
    lander = Lander(load_installation(home.home), no_checks, quiet_seconds=8)
    outcome = lander.commit(lander.read(home.source_named("reg")))
    assert (len(outcome.landed), outcome.problems, len(waited)) == (1, [], 3)
