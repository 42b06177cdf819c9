"""The register behind real runs, on a real PostgreSQL, and killed while it is written."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.register.database import REGISTER, Register, open_register
from dagster_project.register.events import READER
from dagster_project.register.issues import (
    Issue,
    State,
    accept,
    act,
    assign,
    history_of,
    issues_of,
    replayed,
    send,
)
from dagster_project.register.ledger import settle, settle_all
from dagster_project.register.schema import event, issue
from dagster_project.register.views import SavedView, save, saved_views
from dagster_project.run import RunReport, run_once
from tests.support.findings import count, open_issues
from tests.support.postgres import PASSWORD, Postgres, running
from tests.support.small_home import SmallHome, coordinator, person
from tests.support.terminal import samordna

KILLS = int(os.environ.get("SAMORDNA_KILLS", "8"))
NUMBER = "4602"
# With fewer rows that are right a delivery is held back as a whole.
MANY = 60


@pytest.fixture(scope="module", name="server")
def _server() -> Iterator[Postgres]:
    with running() as server:
        yield server


@pytest.fixture(name="small")
def _small(tmp_path: Path) -> SmallHome:
    small = SmallHome(tmp_path / "home")
    small.source("folk", "person").source("epj", "koordinator")
    small.deliver("folk", "20240101", [person(n) for n in range(MANY)])
    return small


def run(small: SmallHome) -> RunReport:
    report = run_once(load_installation(small.home))
    assert report.failures == []
    report.remarks += settle_all(small.home)
    return report


def the_issues(small: SmallHome) -> dict[str, Issue]:
    found = issues_of(open_register(small.home), NUMBER)
    return {str(each.finding.registration_id): each for each in found}


def deliver(small: SmallHome, day: str, first: str, second: str) -> None:
    """Deliver two coordinators with these first days, and many that are right."""
    small.deliver(
        "epj",
        day,
        [
            coordinator("K-1", 1, first),
            coordinator("K-2", 2, second),
            *(
                coordinator(f"K-{n}", n, "2023-01-01", koordinator_id=str(n))
                for n in range(3, MANY)
            ),
        ],
    )


def test_the_circle_from_a_bad_row_to_its_proof(small: SmallHome) -> None:
    deliver(small, "20240131", "31.02.2023", "32.01.2023")
    assert any("2 new findings" in told for told in run(small).remarks)
    found = the_issues(small)
    assert {each.state for each in found.values()} == {State.NEW}
    register = open_register(small.home)
    seen = {each.finding.id: each.version for each in found.values()}
    act(register, seen, assign("Heimetenesta"), "KE Kinn")
    act(register, {key: version + 1 for key, version in seen.items()}, send("Heimetenesta"), "KE")
    # A run without news says and changes nothing.
    assert run(small).remarks == []
    # One is mended; the other comes back, and is wrong in another way.
    deliver(small, "20240229", "2023-02-28", "30.02.2023")
    run(small)
    found = the_issues(small)
    assert found["K-1"].state is State.CORRECTED
    assert found["K-1"].proof == (("epj", "epj_20240229.csv"),)
    assert (found["K-2"].state, found["K-2"].reopened) == (State.REOPENED, 1)
    assert found["K-2"].owner == "Heimetenesta"
    # What was mended goes wrong again: its history is there.
    deliver(small, "20240331", "31.02.2023", "2023-02-01")
    run(small)
    found = the_issues(small)
    assert (found["K-1"].state, found["K-1"].reopened) == (State.REOPENED, 1)
    assert found["K-2"].state is State.CORRECTED
    kinds = [each.kind.value for each in history_of(register, found["K-1"].finding.id)]
    assert kinds == [
        "issue_opened", "issue_assigned", "issue_sent", "issue_corrected", "issue_reopened",
    ]  # fmt: skip
    with register.reading() as connection:
        again = replayed(connection)
    assert {each.finding.id: each.state for each in found.values()} == {
        key: each.state for key, each in again.items()
    }


def test_what_is_accepted_stands_until_its_day(small: SmallHome) -> None:
    import datetime as dt

    from dagster_project.publication.reader.publication import current_publication

    deliver(small, "20240131", "31.02.2023", "2023-01-01")
    run(small)
    today = dt.date(2026, 11, 30)
    register, (found,) = open_register(small.home), the_issues(small).values()
    act(register, {found.finding.id: 1}, accept("Rettes ved systembytte.", today, today), "KE")
    publication = current_publication(small.home)
    assert not settle(register, publication, NUMBER, today).any
    assert the_issues(small)["K-1"].state is State.ACCEPTED
    assert settle(register, publication, NUMBER, today + dt.timedelta(days=1)).expired == 1
    assert the_issues(small)["K-1"].state is State.REOPENED


def test_a_rule_that_is_changed_proves_nothing(small: SmallHome) -> None:
    right = [coordinator(f"K-{n}", n, "2023-01-01", koordinator_id=str(n)) for n in range(2, MANY)]
    odd = coordinator("K-1", 1, "2023-01-01", rolle="Underlig rolle")
    small.deliver("epj", "20240131", [odd, *right])
    run(small)
    (found,) = the_issues(small).values()
    assert found.finding.rule == "unknown_value"
    entry = next(each for each in small.sources if each["name"] == "epj")
    entry["values"] = {"rolle": {"Underlig rolle": "koordinator"}}
    small.write_settings()
    run(small)
    (found,) = the_issues(small).values()
    assert (found.state, found.proof) == (State.CORRECTED, ())


def test_a_register_that_cannot_be_written_hinders_no_publication(small: SmallHome) -> None:
    deliver(small, "20240131", "31.02.2023", "2023-01-01")
    run(small)
    small.home.register.write_bytes(b"not a database at all, " * 100)
    deliver(small, "20240229", "30.02.2023", "2023-01-01")
    report = run(small)
    assert report.is_new
    assert any("samordna restore" in told for told in report.remarks)
    # Nothing begins anew by itself what people have written.
    small.home.register.unlink()
    assert any("is gone" in told for told in run(small).remarks)
    small.home.register.unlink()
    small.home.register_mark.unlink()
    run(small)
    assert the_issues(small)["K-1"].state is State.NEW


def test_what_people_wrote_is_taken_along_and_put_back_at_the_terminal(
    small: SmallHome, tmp_path: Path
) -> None:
    deliver(small, "20240131", "31.02.2023", "2023-01-01")
    assert samordna("run", small.home).returncode == 0
    act(open_register(small.home), {the_issues(small)["K-1"].finding.id: 1}, assign("Skole"), "KE")
    file = tmp_path / "register.zip"
    done = samordna("backup", small.home, str(file))
    assert (done.returncode, "event 2" in done.stdout) == (0, True)
    refused = samordna("restore", small.home, str(file))
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)
    # Moved away, as the refusal says.
    small.home.register.rename(tmp_path / "register.sqlite")
    assert samordna("restore", small.home, str(file)).returncode == 0
    assert the_issues(small)["K-1"].owner == "Skole"
    unwritable = samordna("backup", small.home, str(tmp_path / "nowhere" / "b.zip"))
    assert (unwritable.returncode, "cannot be written to" in unwritable.stderr) == (1, True)


def test_postgresql_keeps_it_all_alike(
    small: SmallHome, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.owner("drop schema public cascade", "create schema public")
    url = f"postgresql://eier:{PASSWORD}@/postgres?host={server.socket}"
    monkeypatch.setenv(REGISTER, url)
    deliver(small, "20240131", "31.02.2023", "2023-01-01")
    run(small)
    register = open_register(small.home)
    assert not small.home.register.exists()
    (found,) = the_issues(small).values()
    act(register, {found.finding.id: 1}, assign("Skole"), "KE")
    save(register, SavedView("a1", "Budsjett", "budget", {"municipality": [NUMBER]}), READER)
    assert [each.query for each in saved_views(register)] == [{"municipality": [NUMBER]}]
    with register.reading() as connection:
        assert {each.finding.id: each for each in issues_of(register, NUMBER)} == replayed(
            connection
        )
    for change in ("update event set actor = 'x'", "delete from event", "truncate event"):
        with pytest.raises(Exception, match="never altered"):
            server.owner(change)


def test_a_database_that_goes_away_in_the_middle_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as server:
        monkeypatch.setenv(REGISTER, f"postgresql://eier:{PASSWORD}@/postgres?host={server.socket}")
        register = open_register(Home(tmp_path))
        open_issues(register, 1)
    with pytest.raises(SamordnaError) as raised:
        act(register, {"f1": 1}, assign("Skole"), "KE")
    assert raised.value.problem.code == "register_unreachable"


WRITER = """
import sys
from pathlib import Path
from dagster_project.config.paths import Home
from dagster_project.register.database import open_register
from dagster_project.register.issues import assign, act, comment, issues_of
from tests.support.findings import open_issues

register = open_register(Home(Path(sys.argv[1])))
first = int(sys.argv[2])
for round in range(1_000_000):
    numbers = range(first + round * 3, first + round * 3 + 3)
    open_issues(register, *numbers)
    print("opened", *numbers, flush=True)
    act(register, {f"f{number}": 1 for number in numbers}, assign("Skole"), "KE")
    print("assigned", *numbers, flush=True)
"""


def test_a_writer_killed_at_any_moment_loses_nothing_and_leaves_nothing_half(
    tmp_path: Path,
) -> None:
    chance = random.Random(20261130)
    home = Home(tmp_path)
    open_register(home)
    kept: dict[str, set[str]] = {"opened": set(), "assigned": set()}
    for turn in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(turn * 1_000_000)],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        time.sleep(chance.uniform(0, 0.25))
        writer.send_signal(signal.SIGKILL)
        # A line that was cut off tells of nothing.
        said += [line for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        for line in said:
            what, *numbers = line.split()
            kept[what] |= {f"f{number}" for number in numbers}
        register = open_register(home)
        assert_whole(register, kept)


def assert_whole(register: Register, kept: dict[str, set[str]]) -> None:
    there = {each.finding.id: each for each in issues_of(register, NUMBER)}
    assert kept["opened"] <= there.keys()
    assert all(there[key].state is State.ASSIGNED for key in kept["assigned"])
    with register.reading() as connection:
        assert replayed(connection) == there
    assert len(there) % 3 == 0
    assert count(register, issue) == len(there)
    assert count(register, event) == sum(each.version for each in there.values())
