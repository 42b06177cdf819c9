"""One writer at a time: who holds the home is said, and nobody who is gone holds it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.lock import writing
from dagster_project.problems import SamordnaError

HOLD = """
import sys, time
from pathlib import Path
from dagster_project.config.paths import Home
from dagster_project.lock import writing
with writing(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the home."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()


def test_who_holds_the_home_is_said_until_it_is_gone(
    tmp_path: Path, other: subprocess.Popen[bytes]
) -> None:
    home = Home(tmp_path)
    for patience in (0.0, 1.5):
        with pytest.raises(SamordnaError) as refused, writing(home, patience):
            pass
        assert refused.value.problem.params["pid"] == other.pid
        assert str(refused.value.problem.params["since"]).startswith("20")
    other.kill()
    other.wait()
    with writing(home):
        assert home.lock.read_text("utf-8").startswith('{"pid": ')


def test_a_process_asks_again_for_what_it_holds_from_any_of_its_threads(tmp_path: Path) -> None:
    home = Home(tmp_path)
    entered = []

    def enter() -> None:
        with writing(home):
            entered.append(threading.get_ident())

    with writing(home):
        enter()
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
    assert len(set(entered)) == 2


def test_a_lock_that_says_nothing_of_its_holder_holds(
    tmp_path: Path, other: subprocess.Popen[bytes]
) -> None:
    home = Home(tmp_path)
    home.lock.write_text("{", "utf-8")
    with pytest.raises(SamordnaError) as refused, writing(home):
        pass
    assert refused.value.problem.params["pid"] == 0
