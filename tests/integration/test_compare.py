"""`samordna compare`: the figures by another definition, beside what is published and apart from it.

The tests build on one home that has been run once.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from dagster_project.compare import Comparison, DifferingFigure
from dagster_project.compare_report import as_csv, write_report
from dagster_project.config.paths import Home
from dagster_project.lock import writing
from dagster_project.publication.layout import relation
from tests.integration.test_kills import still_running
from tests.support.small_home import SmallHome, coordinator, person, service
from tests.support.terminal import SAMORDNA, samordna, started

# Of ten in the target group, four have a coordinator and three a primary contact.
PERSONS, COORDINATORS, CONTACTS = 10, 4, 3


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    small = SmallHome(
        tmp_path_factory.mktemp("compare") / "min kommune",
        definition={"municipalities": {"4602": {"target_service_days": "30"}}},
    )
    small.source("folk", "person").source("tiltak", "tjeneste").source("epj", "koordinator")
    small.deliver("folk", "20240131", [person(n) for n in range(PERSONS)])
    areas = ("skole", "ppt")
    services = [service(f"T-{n}-{a}", n, a, "2021-01-01") for n in range(PERSONS) for a in areas]
    # One more has services of 60 days only: of the target group where 30 days are enough.
    services += [service(f"T-x-{a}", 30, a, "2023-12-02") for a in areas]
    small.deliver("tiltak", "20240131", services)
    rows = [coordinator(f"K-{n}", n, "2022-01-01") for n in range(COORDINATORS)]
    rows += [
        coordinator(f"P-{n}", COORDINATORS + n, "2022-01-01", rolle="primærkontakt")
        for n in range(CONTACTS)
    ]
    small.deliver("epj", "20240131", rows)
    done = samordna("run", small.home)
    assert done.returncode == 0, done.stderr
    return small.home


def _command(command: str, home: Home, *more: str) -> list[str]:
    return [str(SAMORDNA), command, "--home", str(home.root), *more]


def _kept(home: Home) -> dict[Path, str]:
    """Return what a comparison must leave as it is, by its content."""
    files = [*home.warehouse.rglob("*"), *home.published.rglob("*"), *home.landing.rglob("*")]
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()}


def _report(home: Home, name: str) -> list[dict[str, str]]:
    content = (home.reports / name).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_what_is_published_says_its_definition(home: Home) -> None:
    (folder,) = home.published.glob("2*")
    rows = duckdb.sql(
        "select parameter, value, default_value, is_changed, unit, name_nb, name_nn, name_en "
        f"from {relation(folder, 'definition')} "
        "where municipality_code = '4602' and (is_changed or parameter = 'bridge_days') order by 1"
    ).fetchall()
    assert rows == [
        (
            "bridge_days", "30", "30", False, "days",
            "Dager mellom oppnevninger eller planer som slås sammen",
            "Dagar mellom oppnemningar eller planar som blir slått saman",
            "Days between assignments or plans that are joined",
        ),
        (
            "target_service_days", "30", "90", True, "days",
            "Dager en tjeneste må ha vart",
            "Dagar ei teneste må ha vart",
            "Days a service must have lasted",
        ),
    ]  # fmt: skip


def test_the_difference_is_shown_and_what_is_published_stays(home: Home) -> None:
    before = _kept(home)
    done = samordna(
        "compare", home, "--set", "count_primary_contact=true", "--set", "bridge_days=60"
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    # Eleven in the target group; four have a coordinator, and seven where contacts count.
    assert [
        "Kinn",
        "2024-01-31",
        "coordinator_coverage",
        "36.4",
        "%",
        "63.6",
        "%",
        "+27.3",
        "pp",
    ] in lines
    assert ["Kinn", "2024-01-31", "persons_per_coordinator", "4.0", "7.0", "+3.0"] in lines
    assert "plan_coverage" not in done.stdout
    assert _kept(home) == before
    assert not home.work.exists()
    name = (
        "sammenligning_20240131_2026.2-target_service_days-30_"
        "2026.2-bridge_days-60-count_primary_contact-true-target_service_days-30.csv"
    )
    assert str(home.reports / name) in done.stdout
    rows = _report(home, name)
    assert f"({len(rows):,})" in done.stdout
    (row,) = (
        row
        for row in rows
        if row["Indikator"] == "Koordinatordekning"
        and row["Telledato"] == "31.01.2024"
        and (row["Aldersinndeling"], row["Aldersgruppe"]) == ("standard", "Alle aldre")
        and row["Tjenesteområde"] == "Alle områder"
    )
    assert row == {
        "Kommunenummer": "4602",
        "Kommune": "Kinn",
        "Indikator": "Koordinatordekning",
        "Telledato": "31.01.2024",
        "Aldersinndeling": "standard",
        "Aldersgruppe": "Alle aldre",
        "Tjenesteområde": "Alle områder",
        "Teller nå": "4",
        "Nevner nå": "11",
        "Verdi nå": "36,3636",
        "Teller endret": "7",
        "Nevner endret": "11",
        "Verdi endret": "63,6364",
        "Differanse": "27,2727",
        "Enhet": "%",
        "Definisjonssett nå": "2026.2 target_service_days=30",
        "Definisjonssett endret": "2026.2 bridge_days=60 count_primary_contact=true "
        "target_service_days=30",
    }
    # Only what differs.
    assert all(
        any(row[f"{what} nå"] != row[f"{what} endret"] for what in ("Teller", "Nevner", "Verdi"))
        for row in rows
    )


def test_one_municipality_on_another_day_with_its_own_parameter_changed(home: Home) -> None:
    done = samordna(
        "compare", home, "--set", "target_service_days=90", "--municipality", "4602",
        "--as-of", "2024-01-15",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "As defined now: 2026.2 target_service_days=30. Changed: 2026.2." in done.stdout
    assert "All ages and service areas, on the day that each municipality" in done.stdout
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [
        "Kinn",
        "2024-01-15",
        "coordinator_coverage",
        "36.4",
        "%",
        "40.0",
        "%",
        "+3.6",
        "pp",
    ] in lines
    assert (
        home.reports / "sammenligning_20240115_2026.2-target_service_days-30_2026.2.csv"
    ).exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "bridge_dayz=60"], "unknown parameter 'bridge_dayz' (did you mean 'bridge_days'?)"),
        (["--set", "bridge_days=sixty"], "--set bridge_days=sixty: `bridge_days` must be a whole number"),
        (["--set", "bridge_days=600"], "`bridge_days` must be from 0 to 365 (days)"),
        (["--set", "bridge_days"], "--set bridge_days: it is written as bridge_days=60"),
        (["--set", "bridge_days=1", "--set", "bridge_days=2"], "`bridge_days` is set twice"),
        (["--set", "bridge_days=30"], "bridge_days=30: that is how it is defined already"),
        (["--set", "target_service_days=030"], "target_service_days=30: that is how it is defined"),
        (["--set", "bridge_days=60", "--municipality", "0301"], "Here are: 4602."),
        (["--set", "bridge_days=60", "--as-of", "31.12.2023"], "--as-of 31.12.2023: not a date"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told(home: Home, arguments: list[str], said: str) -> None:
    done = samordna("compare", home, *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_and_a_comparison_wait_for_one_another(home: Home) -> None:
    with writing(home):
        done = started("compare", home, "--set", "bridge_days=60")
    assert done.returncode == 1
    assert f"process {os.getpid()}" in done.stderr


def _ended(home: Home, how: signal.Signals) -> None:
    """Start a comparison, and end it while it builds."""
    process = subprocess.Popen(
        _command("compare", home, "--set", "bridge_days=60"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not home.building.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(how)
    assert process.wait() != 0
    if sys.platform == "linux":
        assert still_running(process.pid) == []


def test_asked_to_end_it_leaves_nothing_behind(home: Home) -> None:
    before, reports = _kept(home), {*home.reports.iterdir()}
    _ended(home, signal.SIGTERM)
    assert not home.work.exists()
    assert _kept(home) == before
    assert {*home.reports.iterdir()} == reports


def test_killed_it_leaves_what_is_published_and_the_next_one_clears_up(home: Home) -> None:
    before, reports = _kept(home), {*home.reports.iterdir()}
    _ended(home, signal.SIGKILL)
    assert _kept(home) == before
    assert {*home.reports.iterdir()} == reports
    with writing(home):  # nobody holds the lock
        pass
    done = samordna("compare", home, "--set", "count_primary_contact=true")
    assert done.returncode == 0, done.stderr
    assert not home.work.exists()
    assert _kept(home) == before


# Reports in three languages, without building anything.
CELLS = (
    DifferingFigure("4602", "answer_days", "median", 1, dt.date(2024, 1, 31), "standard", "all", "all",
         None, 9, 14.5, None, 8, 12.25, "2026.2", "2026.2 bridge_days=60"),
    DifferingFigure("4602", "coordinator_rate", "rate", 1000, dt.date(2024, 1, 31), "sintef", "unknown",
         "educational_psychology", 4, 3000, 4 / 3, None, None, None, "2026.2", "2026.2 bridge_days=60"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        (
            "nb",
            "4602;Kinn;Dager til svar;31.01.2024;standard;Alle aldre;Alle områder;;9;14,5;;8;12,25;"
            "-2,25;dager;2026.2;2026.2 bridge_days=60",
            "4602;Kinn;Med koordinator per 1 000 innbyggere;31.01.2024;sintef;Ukjent;PPT;4;3000;"
            "1,3333;;;;;per 1000;2026.2;2026.2 bridge_days=60",
        ),
        (
            "nn",
            "4602;Kinn;Dagar til svar;31.01.2024;standard;Alle aldrar;Alle område;;9;14,5;;8;12,25;"
            "-2,25;dagar;2026.2;2026.2 bridge_days=60",
            "4602;Kinn;Med koordinator per 1 000 innbyggjarar;31.01.2024;sintef;Ukjend;PPT;4;3000;"
            "1,3333;;;;;per 1000;2026.2;2026.2 bridge_days=60",
        ),
        (
            "en",
            "4602;Kinn;Days to answer;31/01/2024;standard;All ages;All areas;;9;14.5;;8;12.25;"
            "-2.25;days;2026.2;2026.2 bridge_days=60",
            "4602;Kinn;With a coordinator per 1,000 inhabitants;31/01/2024;sintef;Unknown;"
            "Educational psychology (PPT);4;3000;"
            "1.3333;;;;;per 1000;2026.2;2026.2 bridge_days=60",
        ),
    ],
)
def test_a_report_is_in_the_language_of_the_installation(
    tmp_path: Path, language: str, first: str, second: str
) -> None:
    changed = "2026.2 " + " ".join(f"a_parameter_with_a_name_{n}=1" for n in range(9))
    comparison = Comparison(
        {"4602": dt.date(2024, 1, 31)}, CELLS, {"4602": "Kinn"}, "2026.2", changed
    )
    lines = as_csv(comparison, language).decode("utf-8-sig").split("\r\n")
    assert lines[1:] == [first, second, ""]
    assert len(lines[0].split(";")) == len(first.split(";"))
    # The names of the sets are in the name of the file, as far as a name may be long.
    name = write_report(Home(tmp_path), comparison, language)
    assert "_20240131_2026.2_2026.2-a_parameter_with_a_name_0-1" in name
    assert len(name.encode()) < 255
    assert (tmp_path / "reports" / name).read_bytes() == as_csv(comparison, language)
    assert [path.name for path in tmp_path.joinpath("reports").iterdir()] == [name]
