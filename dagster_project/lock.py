"""One writer at a time: a run holds the home folder's lock, and the system lets go of it for it."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError


@contextmanager
def writing(home: Home, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock, or raise SamordnaError that says who has held it for `patience` seconds.

    The lock is on the open file, so a killed process holds none. What this process holds already
    it may ask for again.
    """
    home.lock.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(
        home.lock,
        # One for the whole process, whatever thread asks.
        is_singleton=True,
        thread_local=False,
        poll_interval=1,
        # A file that only stands there would outlive whoever is killed.
        fallback_to_soft=False,
        on_acquired=_note_holder,
    )
    try:
        held = lock.acquire(timeout=patience)
    except Timeout:
        raise SamordnaError("busy", home=str(home.root), **_holder(home)) from None
    with held:
        yield


def _note_holder(lock: int) -> None:
    """Write into the open file of the lock who holds it, and since when."""
    since = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps({"pid": os.getpid(), "since": since}).encode(), 0)


def _holder(home: Home) -> dict[str, str | int]:
    try:
        holder = json.loads(home.lock.read_text(encoding="utf-8"))
        return {"pid": int(holder["pid"]), "since": str(holder["since"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"pid": 0, "since": "?"}
