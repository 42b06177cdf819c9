"""Which publication is the current one: a small file that is replaced last and at once."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from dagster_project.config.paths import Home
from dagster_project.storage import DamagedError, read_json, read_kept, write_kept


def current_folder(home: Home) -> Path | None:
    """Return the folder of the current publication, or None before the first.

    Where the pointer was damaged the one before it stands in, and where that was too, the
    publication that was made last.
    """
    try:
        pointer = read_kept(home.current_pointer)
        return home.published / str(pointer["publication"]) if pointer else None
    except (DamagedError, KeyError):
        return _made_last(home)


def point_at(home: Home, publication: str) -> None:
    """Make a publication, which lies whole on the disk, the current one."""
    now = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    write_kept(home.current_pointer, json.dumps({"publication": publication, "confirmed_at": now}))


def confirmed_at(home: Home) -> dt.datetime | None:
    """Return when a run last confirmed what is current, by the clock it had, or None."""
    try:
        return dt.datetime.fromisoformat(str(read_kept(home.current_pointer)["confirmed_at"]))
    except (DamagedError, KeyError, ValueError):
        return None


def _made_last(home: Home) -> Path | None:
    made = {
        folder: str(read_json(folder / "manifest.json").get("made_at", ""))
        for folder in home.published.iterdir()
        if folder.is_dir()
    }
    return max((folder for folder, at in made.items() if at), key=made.__getitem__, default=None)
