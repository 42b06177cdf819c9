"""Small files that are there whole or not at all, and what stands in where one was damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class DamagedError(Exception):
    """A file cannot be read, and there is none before it that could stand in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(path.name)


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or the one before it, power failures included.

    What a file names must be on the disk before it: the caller syncs that first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Have what a file holds on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; empty where there is no file, or none that can be read.

    For what is made again by the next run. What cannot be is written by `write_kept`.
    """
    return _object_in(path) or {}


def write_kept(path: Path, text: str) -> None:
    """Write a file atomically, and keep the one before it beside it, to stand in for it."""
    before = path.read_text(encoding="utf-8") if _object_in(path) is not None else text
    write_atomically(_before(path), before)
    write_atomically(path, text)


def read_kept(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, or in the one before it where it is damaged or gone.

    Empty where neither was ever written. Raises DamagedError where neither can be read.
    """
    for file in (path, _before(path)):
        if (found := _object_in(file)) is not None:
            return found
    if path.exists() or _before(path).exists():
        raise DamagedError(path)
    return {}


def remove_kept(path: Path) -> None:
    """Remove a file that `write_kept` wrote, and the one before it, power failures included."""
    # The one that stands in goes last: as long as either is there, nothing is lost.
    path.unlink(missing_ok=True)
    _before(path).unlink(missing_ok=True)
    sync_folder(path.parent)


def _before(path: Path) -> Path:
    return path.with_name(f"{path.stem}.before{path.suffix}")


def _object_in(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    # An empty object is not what anybody wrote.
    return content if isinstance(content, dict) and content else None
