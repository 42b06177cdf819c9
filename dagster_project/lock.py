"""One writer at a time: a run holds the home folder's lock, and the system lets go of it for it."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError

_held_by_this_process: set[Path] = set()


@contextmanager
def writing(home: Home, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock, or raise SamordnaError that says who has held it for `patience` seconds.

    The lock is on the open file, so a killed process holds none. What this process holds already
    it may ask for again.
    """
    if home.lock in _held_by_this_process:
        yield
        return
    home.lock.parent.mkdir(parents=True, exist_ok=True)
    with home.lock.open("a+", encoding="utf-8") as file:
        deadline = time.monotonic() + patience
        while not _locked(file):
            if time.monotonic() >= deadline:
                file.seek(0)
                raise SamordnaError("busy", home=str(home.root), **_holder(file.read()))
            time.sleep(1)
        file.seek(0)
        file.truncate()
        since = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
        json.dump({"pid": os.getpid(), "since": since}, file)
        file.flush()
        _held_by_this_process.add(home.lock)
        try:
            yield
        finally:
            _held_by_this_process.discard(home.lock)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(text: str) -> dict[str, str | int]:
    try:
        said = json.loads(text)
        return {"pid": int(said["pid"]), "since": str(said["since"])}
    except (ValueError, KeyError, TypeError):
        return {"pid": 0, "since": "?"}
