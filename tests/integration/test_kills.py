"""A run killed at any moment changes nothing that is published, and the next one needs no hands."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from tests.support.publication_files import files_and_told
from tests.support.small_home import SmallHome, coordinator, person, plan, service
from tests.support.terminal import SAMORDNA

KILLS = int(os.environ.get("SAMORDNA_KILLS", "8"))
COMPLETE_EVERY = 4


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    home = SmallHome(tmp_path_factory.mktemp("kills") / "home")
    home.source("folk", "person").source("epj", "koordinator", delivery="incremental")
    home.source("ip", "ip").source("tiltak", "tjeneste")
    home.deliver("folk", "20230101", [person(n) for n in range(40)])
    home.deliver("ip", "20230101", [plan(f"P-{n}", n, "2022-01-01") for n in range(0, 40, 3)])
    home.deliver(
        "tiltak",
        "20230101",
        [service(f"T-{n}-{a}", n, a, "2021-01-01") for n in range(40) for a in ("skole", "ppt")],
    )
    return home


def deliver_more(small: SmallHome, number: int) -> None:
    """One more coordinator a time: every run that ends has something new to publish."""
    rows = [coordinator(f"K-{number}", number % 40, "2022-02-02", koordinator_id=str(number))]
    small.deliver("epj", f"2023{1 + number // 28:02}{1 + number % 28:02}", rows)


def start(home: Home) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(SAMORDNA), "run", "--home", str(home.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def still_running(session: int) -> list[int]:
    """Return what a run started that has outlived it by more than moments."""
    left: list[int] = []
    for _ in range(50):
        left = [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _is_of(entry, session)]
        if not left:
            break
        time.sleep(0.1)
    return left


def _is_of(process: Path, session: int) -> bool:
    try:
        # "pid (name) state parent group session ..."; a zombie has ended, and waits to be buried.
        state, _, _, of_session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z" and int(of_session) == session


def read(home: Home) -> str:
    """Read what is published as a reader does, whole; return its id."""
    name = json.loads(home.current_pointer.read_text(encoding="utf-8"))["publication"]
    folder = home.published / name
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["publication"] == name
    for file, said in files_and_told(folder):
        assert hashlib.sha256(file.read_bytes()).hexdigest() == said["sha256"]
    return str(name)


def complete(small: SmallHome) -> str:
    process = start(small.home)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    return read(small.home)


def orphans(home: Home) -> list[str]:
    """Return what a killed run left that no run that ended would have."""
    left = [str(path) for path in home.published.iterdir() if path.name.startswith(".")]
    left += [str(path) for path in home.work.rglob("*")] if home.work.exists() else []
    for file in home.landing.rglob("*"):
        if file.is_file() and (file.name.startswith(".") or not file.with_suffix(".json").exists()):
            left.append(str(file))
    return left + [str(path) for path in home.root.glob("*.wal")]


@pytest.mark.timeout(120 * (KILLS + KILLS // COMPLETE_EVERY))
def test_killed_at_random_moments(small: SmallHome) -> None:
    deliver_more(small, 0)
    began = time.monotonic()
    published = {complete(small)}
    length = time.monotonic() - began
    moments = random.Random(20260)
    for number in range(1, KILLS + 1):
        deliver_more(small, number)
        process = start(small.home)
        deadline = time.monotonic() + moments.uniform(0.02, 1.0) * length
        while time.monotonic() < deadline and process.poll() is None:
            seen = read(small.home)
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if sys.platform == "linux":
            assert still_running(process.pid) == []
        seen = read(small.home)
        # The old version, or one that the run had finished publishing before it was killed.
        newest = max(small.home.published.glob("2*"), key=lambda path: path.stat().st_mtime)
        assert seen in published | {newest.name}
        had_published = seen not in published
        published.add(seen)
        if number % COMPLETE_EVERY == 0:
            before = seen
            after = complete(small)
            assert after != before or had_published
            assert orphans(small.home) == []
            published.add(after)
    assert complete(small) in published
    assert orphans(small.home) == []
