"""What is known of a file before it is read: read already, a repetition, or in doubt."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from dagster_project.clock import today_here
from dagster_project.config.sources import Source
from dagster_project.landing.deliveries import ManifestEntry, Status
from dagster_project.landing.file_names import FileName
from dagster_project.problems import Problem
from dagster_project.values import visible


def accepts(source: Source, path: Path) -> bool:
    """Whether a person has said in `sources.yml` that a file is right."""
    return _seen_name(path.name) in map(_seen_name, source.accept)


def _seen_name(name: str) -> str:
    return unicodedata.normalize("NFC", visible(name)).strip()


def is_taken_back(entry: ManifestEntry, other: ManifestEntry) -> bool:
    """Whether a file lies in the inbox as it did when its delivery was taken back."""
    unchanged = (other.size, other.modified_ns) == (entry.size, entry.modified_ns)
    return other.status is Status.WITHDRAWN and unchanged


def already_read(entry: ManifestEntry, same_file: Sequence[ManifestEntry]) -> ManifestEntry | None:
    """Return what was landed of a file that has not changed since, nor the settings for it."""
    for other in sorted(same_file, key=lambda other: other.landed_at, reverse=True):
        unchanged = (other.size, other.modified_ns) == (entry.size, entry.modified_ns)
        read = other.content_key and unchanged and other.config_key == entry.config_key
        return other if read else None
    return None


def repeated(
    entry: ManifestEntry, before: list[ManifestEntry], *, dated: bool
) -> ManifestEntry | None:
    """Return the delivery that this one repeats: the same content, of the same day."""
    for other in before:
        if other.content_key != entry.content_key:
            continue
        # What was taken back stays so, however it is read.
        if other.config_key != entry.config_key and other.status is not Status.WITHDRAWN:
            continue
        if other.status not in (Status.LANDED, Status.HELD, Status.WITHDRAWN):
            continue
        if other.file_key == entry.file_key or other.delivered == entry.delivered or not dated:
            return other
    return None


def dated_ahead(entry: ManifestEntry, source: Source) -> Problem | None:
    """Return what is wrong with a delivery whose day has not come."""
    if entry.delivered <= today_here() + dt.timedelta(days=source.days_ahead):
        return None
    params = {"source": entry.source, "file": entry.file, "day": entry.delivered.isoformat()}
    return Problem("dated_ahead", {**params, "days": source.days_ahead})


def doubted(
    entry: ManifestEntry, file_name: FileName, source: Source, path: Path
) -> Problem | None:
    """Return why it is not known of which day a file is, if it is not."""
    if file_name.unread and not accepts(source, path):
        return Problem("day_unread", {"day": entry.delivered.isoformat()})
    return dated_ahead(entry, source)
