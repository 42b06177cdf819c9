"""Files that would take a run down: each beside a good one, which lands whatever it is.

Each is refused by one sentence, or read, within the limits of `landing/limits.py`.
"""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
import time
from pathlib import Path

import pytest

from dagster_project.landing import reader
from dagster_project.landing.deliveries import Manifest, Status
from dagster_project.landing.land import Lander
from dagster_project.landing.limits import (
    FILE_MEGABYTES,
    MEGABYTE,
    MEMORY_MEGABYTES,
    SECONDS,
    seconds_for,
)
from dagster_project.landing.outcomes import read_outcome, write_outcome
from dagster_project.landing.reading import Arrival, Reading, SourceOutcome
from tests.support.hostile import HOSTILE
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, as_csv, coordinator

ROWS = [coordinator("A-1", 1, "2021-03-05"), coordinator("A-2", 2, "2021-04-01", "2022-01-31")]
GOOD = as_csv(ROWS)


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    made = SmallHome(tmp_path / "home").source("bad", "koordinator").source("good", "koordinator")
    made.deliver("good", "20240131", GOOD)
    return made


def landed_beside(home: SmallHome) -> list[str]:
    """Land everything; the good source lands. Return what is told of the bad one."""
    return [str(problem) for problem in bad_outcome(home).problems]


def bad_outcome(home: SmallHome) -> SourceOutcome:
    """Land everything; the good source lands. Return what came of the bad one."""
    outcomes = home.land()
    assert outcomes["good"].problems == []
    assert [entry.rows_read for entry in outcomes["good"].landed] == [2]
    # What is told can be kept, and told again.
    write_outcome(home.home, outcomes["bad"])
    told = [str(problem) for problem in read_outcome(home.home, "bad")["problems"]]
    assert [str(problem) for problem in outcomes["bad"].problems] == told
    return outcomes["bad"]


def refused(home: SmallHome) -> str:
    """Return the one sentence that the bad file is refused by; nothing of it has landed."""
    (told,) = landed_beside(home)
    entries = Manifest(home.home, home.source_named("bad")).entries()
    assert [entry.status for entry in entries] == [Status.FAILED]
    return told


class TestPlaces:
    """What stands in the place of a file and is none, or cannot be opened."""

    @staticmethod
    def _at(home: SmallHome) -> Path:
        return home.home.inbox / "bad" / "bad_20240131.csv"

    @pytest.mark.parametrize("to", ["/dev/zero", "/etc/passwd", "bad_20240131.csv", "nowhere"])
    def test_a_link_is_not_followed(self, home: SmallHome, to: str) -> None:
        self._at(home).symlink_to(to)
        assert "bad_20240131.csv: this is a link to something else" in refused(home)

    def test_a_link_within_the_inbox_is_not_followed_either(self, home: SmallHome) -> None:
        self._at(home).symlink_to(home.home.inbox / "good" / "good_20240131.csv")
        assert "a link to something else" in refused(home)

    def test_a_folder_that_is_a_link(self, home: SmallHome, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "bad_20240131.csv").write_text(GOOD, encoding="utf-8")
        (home.home.inbox / "bad").rmdir()
        (home.home.inbox / "bad").symlink_to(tmp_path / "elsewhere")
        assert "in a folder that is a link to another one" in refused(home)

    def test_a_linked_folder_in_the_place_of_a_file(self, home: SmallHome, tmp_path: Path) -> None:
        (home.home.inbox / "bad" / "archive").symlink_to(tmp_path)
        assert "this is a link to something else" in refused(home)

    def test_an_inbox_that_is_itself_a_link_is_read(self, home: SmallHome, tmp_path: Path) -> None:
        self._at(home).write_text(GOOD, encoding="utf-8")
        home.home.inbox.rename(tmp_path / "arrives here")
        home.home.inbox.symlink_to(tmp_path / "arrives here")
        assert landed_beside(home) == []

    def test_a_second_name_of_a_file_is_a_file(self, home: SmallHome) -> None:
        self._at(home).hardlink_to(home.home.inbox / "good" / "good_20240131.csv")
        assert landed_beside(home) == []

    def test_a_pipe(self, home: SmallHome) -> None:
        os.mkfifo(self._at(home))
        assert "this is a pipe" in refused(home)

    def test_a_socket(self, home: SmallHome, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(self._at(home).parent)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(self._at(home).name)
        assert "this is a socket" in refused(home)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
    def test_a_device(self, home: SmallHome) -> None:
        try:
            os.mknod(self._at(home), stat.S_IFCHR | 0o600, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("no devices can be made here")
        assert "this is a device" in refused(home)

    def test_a_folder_under_the_name_of_a_file(self, home: SmallHome) -> None:
        self._at(home).mkdir()
        assert "this is a folder" in refused(home)

    def test_a_folder_beside_the_files_is_let_be(self, home: SmallHome) -> None:
        (home.home.inbox / "bad" / "older").mkdir()
        self._at(home).write_text(GOOD, encoding="utf-8")
        assert landed_beside(home) == []

    def test_a_file_larger_than_any_export(self, home: SmallHome) -> None:
        with self._at(home).open("wb") as file:
            file.truncate(10_000 * MEGABYTE)
        assert f"10000 MB, and no file of more than {FILE_MEGABYTES} MB is read" in refused(home)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read(self, home: SmallHome) -> None:
        self._at(home).write_text(GOOD, encoding="utf-8")
        self._at(home).chmod(0)
        assert "cannot be opened (Permission denied)" in refused(home)


class TestNames:
    """Names that a file may have."""

    @pytest.mark.parametrize("name", [b"S\xf8r_20240131.csv", b"\xff\xfe_20240131.csv"])
    def test_a_name_that_is_no_utf_8(self, home: SmallHome, name: bytes) -> None:
        folder = os.fsencode(home.home.inbox / "bad")
        Path(os.fsdecode(folder + b"/" + name)).write_text(GOOD, encoding="utf-8")
        assert landed_beside(home) == []
        assert landed_beside_again(home) == []
        (entry,) = Manifest(home.home, home.source_named("bad")).in_force()
        assert "\N{REPLACEMENT CHARACTER}" in entry.file

    def test_a_name_that_is_no_utf_8_of_a_file_that_cannot_be_read(self, home: SmallHome) -> None:
        folder = os.fsencode(home.home.inbox / "bad")
        Path(os.fsdecode(folder + b"/S\xf8r_20240131.csv")).write_bytes(b"%PDF-1.7")
        # Nobody can tell whether a word that has lost a letter is a name.
        told = refused(home)
        assert "X\N{REPLACEMENT CHARACTER}x_########.xxx" in told
        assert "this is a PDF document" in told

    def test_a_name_of_255_bytes(self, home: SmallHome) -> None:
        name = "20240131_" + "a" * 242 + ".csv"
        (home.home.inbox / "bad" / name).write_text(GOOD, encoding="utf-8")
        assert landed_beside(home) == []

    @pytest.mark.parametrize("sign", ["\n", "\x1b[2J", "'", '"', "{file}", "$(id)", "[x]"])
    def test_a_name_with_any_sign(self, home: SmallHome, sign: str) -> None:
        (home.home.inbox / "bad" / f"a{sign}b_20240131.csv").write_text(GOOD, encoding="utf-8")
        assert landed_beside(home) == []


def landed_beside_again(home: SmallHome) -> list[str]:
    """Land everything once more: nothing is new."""
    outcomes = home.land()
    assert all(outcome.landed == [] for outcome in outcomes.values())
    return [str(problem) for outcome in outcomes.values() for problem in outcome.problems]


def test_whatever_goes_wrong_with_a_file_stops_no_other(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.deliver("bad", "20240131", GOOD)

    read = Lander._read_file

    def read_file(self: Lander, reading: Reading, arrival: Arrival) -> None:
        if reading.source.name == "bad":
            raise RuntimeError(fnr("1980-05-15", 1))
        read(self, reading, arrival)

    monkeypatch.setattr(Lander, "_read_file", read_file)
    (told,) = landed_beside(home)
    assert "bad_20240131.csv: could not be read (RuntimeError" in told
    assert fnr("1980-05-15", 1) not in told


def fresh_reader() -> int:
    """Start the reader's process anew, and return its id."""
    if old := reader.process_id():
        os.kill(old, signal.SIGKILL)
        os.waitid(os.P_PID, old, os.WEXITED | os.WNOWAIT)
    reader.get_ready()
    started = reader.process_id()
    assert started
    return started


def cost_of(process: int) -> tuple[float, float] | None:
    """Return the seconds and the peak of megabytes of a process; None where it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        times = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except FileNotFoundError:
        return None
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    ticks = sum(map(int, times.split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) * 1024 / MEGABYTE


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system for the cost of a process")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_read_within_its_limits(
    home: SmallHome, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What each took is noted in `hostile.txt` in pytest's folder of temporary files."""
    ending, make, expected = HOSTILE[name]
    path = home.deliver("bad", "20240131", make(), ending)
    process = fresh_reader()
    began = time.monotonic()
    outcome = bad_outcome(home)
    took = time.monotonic() - began
    cost = cost_of(process)
    came = [problem.code for problem in outcome.problems]
    came += [entry.rows_read for entry in outcome.landed]
    measured = f"{cost[0]:.1f} s, {cost[1]:.0f} MB" if cost else "its reader ended"
    with (tmp_path_factory.getbasetemp() / "hostile.txt").open("a", encoding="utf-8") as table:
        table.write(f"{name} | {took:.1f} s by the clock | {measured} | {came}\n")
    assert came == [expected]
    if cost:
        assert cost[0] < seconds_for(path.stat().st_size) + SECONDS
        assert cost[1] < MEMORY_MEGABYTES + MEMORY_MEGABYTES // 4
