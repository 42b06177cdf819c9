"""A source that is being read: what has arrived, what is known of it, and what became of it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from dagster_project.config.sources import Source
from dagster_project.landing.deliveries import (
    CheckResult,
    Manifest,
    ManifestEntry,
    Status,
    Unchecked,
)
from dagster_project.landing.file_names import FileName
from dagster_project.problems import Problem


@dataclass(frozen=True)
class Arrival:
    """A file in the inbox before it is read: what its name says, and how it was found."""

    path: Path
    file_name: FileName
    delivered: dt.date
    size: int
    modified_ns: int

    @property
    def order(self) -> tuple[dt.date, str, int, int, str]:
        """What sorts the files of a source in the order of delivery, as their entries."""
        return (
            self.delivered,
            self.file_name.time,
            self.file_name.copy,
            self.modified_ns,
            self.path.as_posix(),
        )


@dataclass
class SourceOutcome:
    """What a run did with one source."""

    source: Source
    landed: list[ManifestEntry] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Reading:
    """A source that has been read, and whose new deliveries wait for what their checks find."""

    outcome: SourceOutcome
    municipality: str
    manifest: Manifest
    entries: list[ManifestEntry]
    damaged: list[Path]
    arrived: list[Unchecked] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    found: Future[list[list[CheckResult]]] | None = None

    @property
    def source(self) -> Source:
        """The source."""
        return self.outcome.source

    def write(self, entry: ManifestEntry) -> None:
        """Write an entry to the manifest, and keep it in mind."""
        self.manifest.write(entry)
        self.entries = [other for other in self.entries if other.key != entry.key]
        self.entries.append(entry)

    def forget(self, entry: ManifestEntry) -> None:
        """Drop an entry that a newer reading of the same file replaces."""
        self.manifest.forget(entry)
        self.entries = [other for other in self.entries if other.key != entry.key]

    def of_file(self, entry: ManifestEntry) -> list[ManifestEntry]:
        """Return what is known of the same file."""
        return [other for other in self.entries if other.file_key == entry.file_key]

    def fail(self, entry: ManifestEntry, problem: Problem) -> None:
        """Note why a file is not taken into use, in the place of what was noted of it before."""
        where: dict[str, str | int] = {"source": entry.source, "file": entry.file}
        problem = Problem(problem.code, {**problem.params, **where})
        self.outcome.problems.append(problem)
        for other in self.of_file(entry):
            if other.status is Status.FAILED or other.unread:
                self.forget(other)
        self.write(entry.model_copy(update={"problem": problem.as_dict()}))

    def hold(self, entry: ManifestEntry, problem: Problem) -> None:
        """Hold a file back before it is read."""
        self.fail(entry.model_copy(update={"status": Status.HELD}), problem)
