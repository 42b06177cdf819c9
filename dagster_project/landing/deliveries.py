"""The manifest: what has been delivered, and what became of it.

One JSON file for each delivery, beside its Parquet file, written when everything else is in place:
a delivery without it never happened.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dagster_project.config.paths import Home
from dagster_project.config.sources import Source
from dagster_project.problems import Problem
from dagster_project.storage import write_atomically

# Raised when the same file would land otherwise than before; deliveries still in the inbox are then
# landed anew.
LANDING_VERSION = 5
_PARQUET_END = b"PAR1"


class Status(StrEnum):
    """What became of a delivery."""

    LANDED = "landed"
    HELD = "held"  # landed, but its checks say that it is not to be used
    FAILED = "failed"  # could not be read
    REPEATED = "repeated"  # the same delivery as another one
    WITHDRAWN = "withdrawn"  # taken back by a person


class CheckResult(BaseModel):
    """One check of a delivery: rules and counts, never a value."""

    model_config = ConfigDict(frozen=True)

    check: str
    column: str | None = None
    holds: bool
    success: bool
    rows: int | None = None
    unexpected: int | None = None
    limit: float | None = None
    observed: float | None = None


def broken(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """Return the checks whose failure keeps a delivery out of the warehouse."""
    return [check for check in checks if check.holds and not check.success]


class Trace(BaseModel):
    """What a person did with a delivery: when, who (the account), why, and what it was before."""

    model_config = ConfigDict(frozen=True)

    at: dt.datetime
    by: str
    why: str = ""
    was: Status | None = None


class ManifestEntry(BaseModel):
    """One delivery, as the manifest knows it."""

    model_config = ConfigDict(frozen=True)

    source: str
    record: str
    file: str
    file_key: str
    delivered: dt.date
    landed_at: dt.datetime
    status: Status
    content_key: str = ""
    config_key: str = ""
    size: int = 0
    modified_ns: int = 0
    # What orders the deliveries of one day: the time and the number that the name says, and when
    # the file was written.
    time: str = ""
    download: int = 0
    written_ns: int = 0
    part: int = 0
    parts: int = 0
    municipality: str | None = None
    rows_read: int = 0
    columns: list[str] = Field(default_factory=list)
    extra_headers: list[str] = Field(default_factory=list)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    notices: list[dict[str, Any]] = Field(default_factory=list)
    problem: dict[str, Any] | None = None
    checks: list[CheckResult] = Field(default_factory=list)
    parquet: str | None = None
    # The key of a later delivery of the same day that counts instead.
    replaced_by: str | None = None
    trace: list[Trace] = Field(default_factory=list)

    @property
    def key(self) -> str:
        """What names the delivery in its rows and on the disk."""
        content = self.content_key[3:11] or "unread"
        return f"{self.delivered:%Y%m%d}-{self.file_key[3:9]}-{content}-{self.config_key[:6]}"

    @property
    def order(self) -> tuple[dt.date, str, int, int, str, dt.datetime]:
        """What sorts deliveries in the order in which they were delivered."""
        written = self.written_ns or self.modified_ns
        return (self.delivered, self.time, self.download, written, self.file, self.landed_at)

    @property
    def unread(self) -> bool:
        """Whether nothing of the file has been read: the next run looks at it again."""
        return not self.content_key

    @property
    def problem_text(self) -> str | None:
        """What went wrong, in words."""
        return str(Problem.from_dict(self.problem)) if self.problem else None

    def read_notices(self) -> list[Problem]:
        """Return what is told of a delivery that was read: what was left out, joined or mended."""
        place = {"source": self.source, "file": self.file}
        notices = map(Problem.from_dict, self.notices)
        return [Problem(notice.code, {**notice.params, **place}) for notice in notices]


@dataclass(frozen=True)
class Unchecked:
    """A delivery whose rows have been read; `accepted` when a person has said that it is right."""

    entry: ManifestEntry
    parquet: Path
    accepted: bool = False
    # The rows of the other parts of the same snapshot.
    beside: tuple[Path, ...] = ()


class Manifest:
    """The manifest of one source."""

    def __init__(self, home: Home, source: Source) -> None:
        self.folder = home.landing / source.record / source.name

    @classmethod
    def of_folder(cls, folder: Path) -> Manifest:
        """Return the manifest of a source by where it lies, whatever sources.yml names."""
        manifest = cls.__new__(cls)
        manifest.folder = folder
        return manifest

    def entries(self) -> list[ManifestEntry]:
        """Return every delivery in the order of delivery; a damaged one is none."""
        return self.read()[0]

    def damaged(self) -> list[Path]:
        """Return the entries that cannot be read, or whose rows cannot: power failed, or a disk."""
        return self.read()[1]

    def read(self) -> tuple[list[ManifestEntry], list[Path]]:
        """Return the deliveries in their order, and the entries that are damaged."""
        entries, damaged = [], []
        for file in sorted(self.folder.glob("*.json")):
            entry = _entry_in(file)
            if entry is None or (entry.parquet and not _is_whole(self.parquet_path(entry))):
                damaged.append(file)
            else:
                entries.append(entry)
        return sorted(entries, key=lambda entry: entry.order), damaged

    def drop(self, damaged: Path) -> None:
        """Drop a damaged entry."""
        damaged.unlink(missing_ok=True)
        damaged.with_suffix(".parquet").unlink(missing_ok=True)

    def in_force(self) -> list[ManifestEntry]:
        """Return the deliveries that count, in the order of delivery."""
        return [entry for entry in newest_of_files(self.entries()) if not entry.replaced_by]

    def path(self, entry: ManifestEntry) -> Path:
        """Return where the entry itself lies."""
        return self.folder / f"{entry.key}.json"

    def parquet_path(self, entry: ManifestEntry) -> Path:
        """Return where the rows of the entry lie."""
        return self.folder / f"{entry.key}.parquet"

    def write(self, entry: ManifestEntry) -> None:
        """Write the entry: from now on the delivery exists."""
        write_atomically(self.path(entry), entry.model_dump_json(indent=1))

    def forget(self, entry: ManifestEntry) -> None:
        """Drop an entry that a newer reading of the same file replaces."""
        self.path(entry).unlink(missing_ok=True)
        self.parquet_path(entry).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what a killed run, or power that failed, left behind and nobody can use.

        That is rows without an entry, an entry that cannot be read and has no rows, and files that
        are half written.
        """
        if not self.folder.is_dir():
            return
        for file in list(self.folder.iterdir()):
            orphan = file.suffix == ".parquet" and not file.with_suffix(".json").exists()
            hollow = file.suffix == ".json" and not file.with_suffix(".parquet").exists()
            if orphan or file.name.startswith(".") or (hollow and _entry_in(file) is None):
                file.unlink()


def newest_of_files(entries: Iterable[ManifestEntry]) -> list[ManifestEntry]:
    """Return for each file the newest delivery that landed, in the order of delivery.

    A source whose `kommune:` was corrected is of the municipality that it was last read under:
    what landed under another one has other keys, and would stand beside it as other persons.
    """
    landed = [entry for entry in entries if entry.status is Status.LANDED]
    landed.sort(key=lambda entry: entry.landed_at)
    newest = {
        entry.file_key: entry for entry in landed if entry.municipality == landed[-1].municipality
    }
    return sorted(newest.values(), key=lambda entry: entry.order)


def replaces(entry: ManifestEntry, damaged: Path) -> bool:
    """Whether an entry is of the same file as a damaged one, or says the same of the same day."""
    day, file, content, *_ = entry.key.split("-")
    damaged_day, damaged_file, damaged_content, *_ = damaged.stem.split("-")
    return file == damaged_file or (day, content) == (damaged_day, damaged_content)


def _entry_in(file: Path) -> ManifestEntry | None:
    try:
        return ManifestEntry.model_validate_json(file.read_bytes())
    except ValidationError:
        return None


def _is_whole(parquet: Path) -> bool:
    """Whether a Parquet file is there to its end, which is written last."""
    try:
        with parquet.open("rb") as file:
            file.seek(-min(len(_PARQUET_END), parquet.stat().st_size), os.SEEK_END)
            return file.read() == _PARQUET_END
    except FileNotFoundError:
        return False
