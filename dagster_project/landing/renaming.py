"""A source under another name: what has landed moves along, rows and manifest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import FetchedSource, Source
from dagster_project.landing.deliveries import Manifest, ManifestEntry
from dagster_project.problems import SamordnaError, did_you_mean
from dagster_project.storage import sync_file, sync_folder, write_atomically


def rename_source(installation: Installation, old: str, new: str) -> int:
    """Move what has landed of a source to the name that sources.yml gives it now.

    Returns how many deliveries. The new folder is made whole before the old one goes, so that a
    killed command can be given again. The caller holds the home's lock. Raises SamordnaError where
    the one is not the other under another name.
    """
    home = installation.home
    named = {source.name: source for source in installation.sources}
    if new not in named:
        hint = did_you_mean(new, named)
        raise SamordnaError("rename_unknown", file=home.sources_file.name, new=new, hint=hint)
    if old in named:
        raise SamordnaError("rename_named", file=home.sources_file.name, old=old)
    source = named[new]
    before = Manifest.of_folder(home.landing / source.record / old)
    after = Manifest(home, source)
    entries = before.entries()
    if not entries:
        raise SamordnaError("rename_nothing", old=old, new=new, record=source.record)
    if {entry.key for entry in after.entries()} - {entry.key for entry in entries}:
        raise SamordnaError("rename_taken", old=old, new=new)
    _copy(home, before, after, entries, new)
    _move_what_was_fetched(home, old, source)
    shutil.rmtree(before.folder)
    (home.state / "sources" / f"{old}.json").unlink(missing_ok=True)
    return len(entries)


def _copy(
    home: Home, before: Manifest, after: Manifest, entries: list[ManifestEntry], name: str
) -> None:
    making = after.folder.with_name(f".{name}.renaming")
    shutil.rmtree(making, ignore_errors=True)
    shutil.rmtree(after.folder, ignore_errors=True)
    making.mkdir(parents=True)
    for entry in entries:
        update: dict[str, object] = {"source": name}
        if entry.problem:
            params = {**entry.problem.get("params", {}), "source": name}
            update["problem"] = {**entry.problem, "params": params}
        if entry.parquet:
            rows = pq.read_table(before.parquet_path(entry))
            column = rows.column_names.index("source")
            named = pa.array([name] * rows.num_rows, type=pa.string())
            target = making / after.parquet_path(entry).name
            pq.write_table(rows.set_column(column, "source", named), target, compression="zstd")
            # The entry that names it is written next, and must not be on the disk before it.
            sync_file(target)
            update["parquet"] = home.relative(after.parquet_path(entry))
        text = entry.model_copy(update=update).model_dump_json(indent=1)
        write_atomically(making / after.path(entry).name, text)
    making.rename(after.folder)
    sync_folder(after.folder.parent)


def _move_what_was_fetched(home: Home, old: str, source: Source) -> None:
    """Give the files that a connector fetched the names that it looks for now."""
    if not isinstance(source, FetchedSource):
        return
    for file in _fetched(home.inbox / old, old):
        target = home.inbox / source.name / file.name.replace(f"{old}_", f"{source.name}_", 1)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        if not target.exists():
            file.rename(target)


def _fetched(folder: Path, name: str) -> list[Path]:
    return [file for file in folder.glob("*") if file.name.lstrip(".").startswith(f"{name}_")]
