"""Deliveries of one day: the later download counts, parts count together, the unclear wait."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from dagster_project.landing.deliveries import Manifest, Status
from tests.support.small_home import Row, SmallHome, as_csv, coordinator, person, service

DAY = "20231231"


def registers(home: SmallHome, source: str = "reg") -> dict[str, str]:
    """Return what became of each file: `in force`, or why not."""
    manifest = Manifest(home.home, home.source_named(source))
    in_force = {entry.key for entry in manifest.in_force()}
    return {
        entry.file: "in force"
        if entry.key in in_force
        else str(entry.problem["code"] if entry.problem else entry.status)
        for entry in manifest.entries()
    }


def put(home: SmallHome, name: str, rows: list[Row], age: int = 0, source: str = "reg") -> Path:
    """Put a file in the inbox, last modified so many seconds before the first."""
    path = home.home.inbox / source / name
    path.write_text(as_csv(rows), encoding="utf-8")
    os.utime(path, (1_760_000_000 - age, 1_760_000_000 - age))
    return path


def rows(record: str, first: int, last: int) -> list[Row]:
    """Return rows of a record type; they are told apart by what its registrations are named by."""
    make: dict[str, Any] = {
        "koordinator": lambda n: coordinator(f"K-{n}", n, "2021-03-05"),
        "tjeneste": lambda n: service(f"T-{n}", n, "Hjemmesykepleie", "2021-03-05"),
        "person": person,
    }
    return [make[record](number) for number in range(first, last + 1)]


@pytest.fixture(params=["koordinator", "tjeneste", "person"])
def record(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def home(tmp_path: Path, record: str) -> SmallHome:
    return SmallHome(tmp_path / "home").source("reg", record)


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (f"r_{DAY}.csv", f"r_{DAY} (1).csv"),
        (f"r_{DAY}.csv", f"r_{DAY} - Kopi.csv"),
        (f"r_{DAY}.csv", f"Kopi av r_{DAY}.csv"),
        (f"r_{DAY}.csv", "r_31.12.2023 (2).csv"),
        (f"r_{DAY}T0830.csv", f"r_{DAY}T1200.csv"),
        (f"r_{DAY}.csv", f"r_{DAY}_rettet.csv"),
    ],
)
def test_the_later_download_of_a_day_counts(
    home: SmallHome, record: str, first: str, later: str
) -> None:
    # The copy is older by its clock, and sorts before: what the name says goes before both.
    put(home, later, rows(record, 2, 7), age=60)
    put(home, first, rows(record, 1, 6))
    (problem,) = home.land()["reg"].problems
    assert registers(home) == {first: "same_day_replaced", later: "in force"}
    assert f"{later} of the same day" in str(problem)
    # It is said again at the next run, and which one counts stays.
    assert [p.code for p in home.land()["reg"].problems] == ["same_day_replaced"]
    assert registers(home)[later] == "in force"


def test_without_a_number_the_file_written_last_counts(home: SmallHome, record: str) -> None:
    put(home, f"a_{DAY}.csv", rows(record, 1, 6))
    put(home, f"b_{DAY}.csv", rows(record, 1, 7), age=60)
    home.land()
    assert registers(home)[f"a_{DAY}.csv"] == "in force"


@pytest.mark.parametrize(
    "names",
    [
        (f"r_1av2_{DAY}.csv", f"r_2av2_{DAY}.csv"),
        (f"r_{DAY}_del1.csv", f"r_{DAY}_del2.csv"),
        (f"r_{DAY}_nord.csv", f"r_{DAY}_sor.csv"),
        (f"r_{DAY}.csv", f"r_{DAY} (1).csv"),
    ],
)
@pytest.mark.parametrize("one_run", [True, False])
def test_parts_of_one_day_count_together(
    home: SmallHome, record: str, names: tuple[str, str], one_run: bool
) -> None:
    put(home, names[0], rows(record, 1, 6))
    if not one_run:
        home.land()
    put(home, names[1], rows(record, 7, 10))
    outcome = home.land()["reg"]
    assert registers(home) == dict.fromkeys(names, "in force")
    assert outcome.problems == []


@pytest.mark.parametrize("name", [f"r_1av2_{DAY}.csv", f"r_{DAY} del 2.csv"])
def test_a_part_alone_is_held_until_the_other_comes(
    home: SmallHome, record: str, name: str
) -> None:
    put(home, "r_20230630.csv", rows(record, 1, 10))
    put(home, name, rows(record, 1, 6))
    (problem,) = home.land()["reg"].problems
    assert registers(home) == {"r_20230630.csv": "in force", name: "parts_missing"}
    assert "has not come" in str(problem)
    home._settings["sources"][0]["accept"] = [name]
    home.write_settings()
    assert home.land()["reg"].problems == []
    assert registers(home)[name] == "in force"


def test_what_is_neither_the_whole_nor_a_part_is_held(home: SmallHome, record: str) -> None:
    one, other = f"r_{DAY}.csv", f"r_{DAY} (1).csv"
    put(home, one, rows(record, 1, 10))
    put(home, other, rows(record, 6, 15))
    (problem,) = home.land()["reg"].problems
    assert registers(home) == {one: "in force", other: "same_day_unclear"}
    assert "lacks 5 of the 10 registrations" in str(problem)
    assert [p.code for p in home.land()["reg"].problems] == ["same_day_unclear"]


@pytest.mark.parametrize(
    ("said", "becomes"), [("accept", "same_day_replaced"), ("parts", "in force")]
)
def test_a_person_says_what_an_unclear_file_is(
    home: SmallHome, record: str, said: str, becomes: str
) -> None:
    one, other = f"r_{DAY}.csv", f"r_{DAY} (1).csv"
    put(home, one, rows(record, 1, 10))
    put(home, other, rows(record, 6, 15))
    home.land()
    home._settings["sources"][0][said] = [other]
    home.write_settings()
    home.land()
    assert registers(home) == {one: becomes, other: "in force"}


def test_registrations_numbered_anew_are_no_part(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("reg", "koordinator")
    first = [coordinator(f"A-{n}", n, "2021-03-05") for n in range(1, 7)]
    put(home, f"r_{DAY}.csv", first)
    put(
        home,
        f"r_{DAY} (1).csv",
        [{**row, "registrering_id": f"X{n}"} for n, row in enumerate(first)],
    )
    home.land()
    assert registers(home)[f"r_{DAY} (1).csv"] == "same_day_unclear"


def test_a_correction_of_one_part_replaces_that_part_only(home: SmallHome, record: str) -> None:
    put(home, f"r_{DAY}_nord.csv", rows(record, 1, 6))
    put(home, f"r_{DAY}_sor.csv", rows(record, 7, 10))
    home.land()
    put(home, f"r_{DAY}_sor (1).csv", rows(record, 8, 11))
    home.land()
    assert registers(home) == {
        f"r_{DAY}_nord.csv": "in force",
        f"r_{DAY}_sor.csv": "same_day_replaced",
        f"r_{DAY}_sor (1).csv": "in force",
    }


def test_files_of_an_incremental_source_all_count(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("reg", "koordinator", delivery="incremental")
    put(home, f"r_{DAY}.csv", rows("koordinator", 1, 10))
    put(home, f"r_{DAY} (1).csv", rows("koordinator", 6, 15))
    assert home.land()["reg"].problems == []
    assert set(registers(home).values()) == {"in force"}


def test_a_day_ahead_is_held_and_taken_away_again(home: SmallHome, record: str) -> None:
    put(home, "r_20230630.csv", rows(record, 1, 6))
    ahead = put(home, "r_20991231.csv", rows(record, 1, 5))
    for _ in range(2):
        (problem,) = home.land()["reg"].problems
        assert "it is dated 2099-12-31, more than 7 days from now" in str(problem)
    assert registers(home) == {"r_20230630.csv": "in force", "r_20991231.csv": "dated_ahead"}
    ahead.unlink()
    assert home.land()["reg"].problems == []
    assert registers(home) == {"r_20230630.csv": "in force"}


def test_what_landed_with_a_day_ahead_before_is_held(home: SmallHome, record: str) -> None:
    path = put(home, "r_20230630.csv", rows(record, 1, 6))
    put(home, "r_20231231.csv", rows(record, 1, 5))
    home.land()
    manifest = Manifest(home.home, home.source_named("reg"))
    first = manifest.entries()[0]
    ahead = first.model_copy(update={"delivered": first.delivered.replace(year=2099)})
    manifest.parquet_path(first).rename(manifest.parquet_path(ahead))
    manifest.forget(first)
    path.unlink()
    manifest.write(ahead)
    home.land()
    assert [entry.status for entry in manifest.entries()] == [Status.LANDED, Status.HELD]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_day_that_is_not_understood_is_said_and_held(tmp_path: Path, ending: str) -> None:
    home = SmallHome(tmp_path / "home").source("reg", "koordinator")
    name = f"r_2023-13-31.{ending}"
    put(home, name, rows("koordinator", 1, 6))
    (problem,) = home.land()["reg"].problems
    assert "its name holds a day that is not understood" in str(problem)
    if ending == "csv":
        home._settings["sources"][0]["accept"] = [name]
        home.write_settings()
        (landed,) = home.land()["reg"].landed
        assert str(landed.delivered) == "2025-10-09"
