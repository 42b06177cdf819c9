"""The inbox as the connectors see it: a delivery is there whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from dagster_project.config.paths import Home
from dagster_project.config.sources import FetchedSource
from dagster_project.landing.deliveries import Manifest, Status
from dagster_project.landing.files import find_files
from dagster_project.storage import read_json, sync_folder, write_atomically

_DRAFT = ".draft"
_HASH_BYTES = 16


@dataclass
class Draft:
    """A delivery being fetched: where its text goes, and what is counted of it on the way."""

    file: TextIO
    rows: int = 0
    watermark: str | None = None


@contextmanager
def drafting(home: Home, source: FetchedSource, today: dt.date) -> Iterator[Draft]:
    """Put what the block writes in the inbox as the delivery of today; on an error, nothing.

    The same rows as in the newest delivery fetched, in whatever order, are not put there again.
    Other rows of the same day follow under the next number: no delivery is ever written over.
    """
    folder = home.inbox / source.name
    # Ids and names of persons: for the owner's eyes only.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / _DRAFT
    # What a killed run left is written over.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            draft = Draft(file)
            yield draft
            file.flush()
            os.fsync(file.fileno())
        before = [file for file in find_files(home, source) if _is_delivery(file)]
        if draft.rows and not (before and _lines(before[-1]) == _lines(path)):
            target = folder / _next_name(source, today, {file.name for file in before})
            if draft.watermark is not None:
                write_atomically(_beside(target), json.dumps({"watermark": draft.watermark}))
            path.replace(target)
            sync_folder(folder)
    finally:
        path.unlink(missing_ok=True)


def last_landed_watermark(home: Home, source: FetchedSource) -> str | None:
    """Return the watermark of the newest delivery that landed, or None where there is none.

    One that was held back, or could not be read, does not count: its rows are fetched again.
    """
    landed = {
        (entry.size, entry.modified_ns)
        for entry in Manifest(home, source).entries()
        if entry.status is Status.LANDED
    }
    for file in reversed(find_files(home, source)):
        stat = file.lstat()
        if (stat.st_size, stat.st_mtime_ns) in landed:
            watermark = read_json(_beside(file)).get("watermark")
            return str(watermark) if watermark is not None else None
    return None


def _is_delivery(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _beside(delivery: Path) -> Path:
    """Return where the watermark of a delivery lies: in the inbox too, for it is a cell's value."""
    return delivery.with_name(f".{delivery.name}.watermark")


def _next_name(source: FetchedSource, today: dt.date, taken: set[str]) -> str:
    first = f"{source.name}_{today:%Y%m%d}"
    number, name = 1, f"{first}.{source.ending}"
    while name in taken:
        number += 1
        # An underscore sorts after the full stop: the order of the names is that of delivery.
        name = f"{first}_{number:03}.{source.ending}"
    return name


def _lines(path: Path) -> int:
    """Return a fingerprint of the lines of a file, the same in whatever order they stand."""
    total = 0
    with path.open("rb") as file:
        for line in file:
            digest = hashlib.blake2b(line, digest_size=_HASH_BYTES).digest()
            total += int.from_bytes(digest, "little")
    return total
