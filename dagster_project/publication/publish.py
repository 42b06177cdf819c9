"""Publishing: Parquet under `published/<id>/` with a manifest, and a pointer to the current one.

What a municipality publishes was written when its part was built; a publication shares those files
with the part, and with the publications before that it stands in unchanged.
A publication is named by the newest of its municipalities' as-of dates and its content: the same
figures, made again, are the same publication. The pointer is replaced last and at once: a reader
sees the old or the new whole.
What changed since the publication before (`change`) is told beside the content, and does not name
it: what has been published once keeps what was told then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dagster_project.built import Built
from dagster_project.config.paths import Home
from dagster_project.pointer import current_folder, point_at
from dagster_project.publication.change import Changes, changes
from dagster_project.publication.describe import together
from dagster_project.publication.export import Written, digest, write_table
from dagster_project.publication.layout import own_file, reading, relation, whole_file
from dagster_project.publication.tables import COMMON, GATHERED, OWN
from dagster_project.storage import read_json, sync_folder, write_atomically

_UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class PublicationResult:
    """What was published: its id, how many rows each table has, and whether it is a new one.

    `as_of` is the newest of its municipalities' days. `figures` are those of all ages and service
    areas, of which `differing` are told in `change`.
    """

    id: str
    as_of: dt.date
    rows: dict[str, int]
    is_new: bool

    @property
    def figures(self) -> int:
        """How many figures of all ages and service areas there are."""
        return self.rows["overview"]

    @property
    def differing(self) -> int:
        """How many of them are told to be other than in the publication before."""
        return self.rows["change"]


def manifest_of(home: Home) -> dict[str, Any]:
    """Return the manifest of the current publication, or an empty one before the first."""
    folder = current_folder(home)
    return read_json(folder / "manifest.json") if folder else {}


def publish(home: Home, parts: Sequence[Built]) -> PublicationResult:
    """Publish what these parts hold together, and make it the current publication."""
    sweep(home)
    before = current_folder(home)
    unfinished = home.published / f"{_UNFINISHED}{os.getpid()}"
    unfinished.mkdir(parents=True)
    tables = _lay_out(parts, unfinished)
    content: dict[str, Any] = {
        "code_version": version("samordna"),
        **together(part.description for part in parts),
    }
    as_of = dt.date.fromisoformat(content["as_of"])
    publication = f"{as_of:%Y%m%d}-{_content_key(parts, tables)[:10]}"
    final = home.published / publication
    is_new = not is_whole(final)
    if is_new:
        change = _changes(unfinished, content, before)
        codes = sorted(code for part in parts for code in part.own)
        tables["change"] = write_changes(change.figures, unfinished, codes)
        content["previous"] = change.previous
    else:
        # The same figures; the way back to their rows may be another. What was told of the change
        # when they were new is told still.
        old = read_json(final / "manifest.json")
        content |= {key: old[key] for key in ("made_at", "previous") if key in old}
        tables["change"] = old["tables"]["change"]
    manifest: dict[str, Any] = {
        "publication": publication,
        "profile": "internal",
        "made_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        **content,
        "parts": [part.name for part in parts],
        "tables": tables,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    if is_new:
        write_atomically(unfinished / "manifest.json", text)
        # The same publication, damaged since, gives way to itself.
        aside = home.published / f"{_UNFINISHED}{os.getpid()}-old"
        if final.exists():
            final.rename(aside)
        unfinished.rename(final)
        sync_folder(home.published)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        _replace_what_differs(unfinished, final)
        write_atomically(final / "manifest.json", text)
        shutil.rmtree(unfinished)
    point_at(home, publication)
    rows = {name: int(table["rows"]) for name, table in tables.items()}
    return PublicationResult(publication, as_of, rows, is_new)


def _lay_out(parts: Sequence[Built], folder: Path) -> dict[str, dict[str, Any]]:
    """Lay the tables out in a folder, and return what the manifest tells of each."""
    owners = {code: part for part in parts for code in part.own}
    tables: dict[str, dict[str, Any]] = {}
    for table in OWN:
        own = {code: part.own[code].tables[table] for code, part in sorted(owners.items())}
        for code in own:
            _share(own_file(owners[code].folder, table, code), own_file(folder, table, code))
        tables[table] = _entry_of_each(own)
    with duckdb.connect(str(parts[0].file), read_only=True) as connection:
        connection.execute("set threads = 1; set preserve_insertion_order = true")
        queries = dict(COMMON)
        for table, query in GATHERED.items():
            files = [own_file(part.folder, table, code) for code, part in sorted(owners.items())]
            _, order = query.rsplit("order by", 1)
            queries[table] = f"from {reading(files)} order by {order}"
        for table, query in queries.items():
            tables[table] = write_table(connection, query, whole_file(folder, table)).as_dict()
    return tables


def write_changes(figures: pa.Table, folder: Path, codes: Sequence[str]) -> dict[str, Any]:
    """Write what changed, of each municipality apart, and return what the manifest tells of it."""
    written = {}
    for code in codes:
        file = own_file(folder, "change", code)
        file.parent.mkdir(parents=True, exist_ok=True)
        theirs = figures.filter(pc.equal(figures["municipality_code"], code))
        pq.write_table(theirs, file, compression="zstd")
        written[code] = Written.of(file)
    return _entry_of_each(written)


def _entry_of_each(own: Mapping[str, Written]) -> dict[str, Any]:
    """Return what the manifest tells of a table that each municipality has a file of."""
    return {
        "rows": sum(written.rows for written in own.values()),
        "bytes": sum(written.bytes for written in own.values()),
        "municipalities": {code: written.as_dict() for code, written in own.items()},
    }


def _changes(folder: Path, manifest: Mapping[str, Any], before: Path | None) -> Changes:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema reference")
        for name, table in (("marts.coverage", "coverage"), ("reference.indicators", "indicator")):
            connection.execute(f"create view {name} as from {relation(folder, table)}")
        return changes(connection, manifest, before)


def _share(file: Path, target: Path) -> None:
    """Have a file, which never changes, in another place too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(file)
    except OSError:
        # Not every file system can have a file in two places.
        shutil.copy2(file, target)


def _content_key(parts: Sequence[Built], tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what names the content: every table, without what only leads back to a row."""
    content = hashlib.sha256()
    for code, own in sorted(pair for part in parts for pair in part.own.items()):
        content.update(f"{code}:{own.content}\n".encode())
    for table in COMMON:
        content.update(f"{table}:{tables[table]['sha256']}\n".encode())
    return content.hexdigest()


def _replace_what_differs(made: Path, final: Path) -> None:
    """Put the files of a publication made again in the place of those that say otherwise."""
    for file in sorted(made.rglob("*.parquet")):
        target = final / file.relative_to(made)
        if digest(file) != digest(target):
            file.replace(target)


def is_whole(folder: Path) -> bool:
    """Whether a publication is there, and each of its files is as its manifest says."""
    tables = read_json(folder / "manifest.json").get("tables", {})
    return bool(tables) and all(
        file.is_file() and digest(file) == expected["sha256"]
        for table, entry in tables.items()
        for file, expected in _files(folder, table, entry)
    )


def _files(
    folder: Path, table: str, entry: Mapping[str, Any]
) -> list[tuple[Path, Mapping[str, Any]]]:
    if "municipalities" not in entry:
        return [(whole_file(folder, table), entry)]
    own: Mapping[str, Mapping[str, Any]] = entry["municipalities"]
    return [(own_file(folder, table, code), expected) for code, expected in own.items()]


def sweep(home: Home) -> None:
    """Remove what a killed run left half-made."""
    if home.published.is_dir():
        for folder in home.published.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(folder)
        for file in home.published.glob(f".{home.current_pointer.name}.*"):
            file.unlink()
