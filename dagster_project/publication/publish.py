"""Publishing: Parquet under `published/<id>/` with a manifest, and a pointer to the current one.

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
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from dagster_project.pointer import current_folder, point_at
from dagster_project.publication.change import changes
from dagster_project.publication.tables import INTERNAL, NAMED_BY
from dagster_project.settings import Home
from dagster_project.storage import read_json, sync_file, sync_folder, write_atomically

_UNFINISHED = ".unfinished-"
# Figures seldom repeat beyond their own series: in a dictionary of a whole row group they take more
# room than as they are, sorted by series and compressed well.
_WRITTEN_AS = "format parquet, compression zstd, compression_level 9, dictionary_size_limit 500"


@dataclass(frozen=True)
class Publication:
    """What was published: its id, how many rows each table has, and whether it is a new one.

    `as_of` is the newest of its municipalities' days.
    """

    id: str
    as_of: dt.date
    rows: dict[str, int]
    is_new: bool


def said_of(home: Home) -> dict[str, Any]:
    """Return the manifest of the current publication, or an empty one before the first."""
    folder = current_folder(home)
    return read_json(folder / "manifest.json") if folder else {}


def publish(home: Home, warehouse: Path) -> Publication:
    """Publish the tables of a warehouse and make them the current ones."""
    sweep(home)
    before = current_folder(home)
    unfinished = home.published / f"{_UNFINISHED}{os.getpid()}"
    unfinished.mkdir(parents=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = {
            name: _write_table(connection, query, unfinished / f"{name}.parquet")
            for name, query in INTERNAL.items()
        }
        content = _content_key(connection, tables)
        said: dict[str, Any] = {"code_version": version("samordna"), **_describe(connection)}
        as_of = dt.date.fromisoformat(said["as_of"])
        publication = f"{as_of:%Y%m%d}-{content[:10]}"
        final = home.published / publication
        is_new = not is_whole(final)
        if is_new:
            target = unfinished / "change.parquet"
            change = changes(connection, said, before)
            pq.write_table(change.figures, target, compression="zstd")
            tables["change"] = _written(target)
            said["previous"] = change.previous
    manifest: dict[str, Any] = {
        "publication": publication,
        "profile": "internal",
        "made_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        **said,
        "tables": tables,
    }
    if not is_new and not _same_tables(final, tables):
        # The same figures, and the way back to their rows is another: it takes the other's place,
        # with what was told of the change when it was new.
        old = read_json(final / "manifest.json")
        manifest |= {key: old[key] for key in ("made_at", "previous") if key in old}
        tables["change"] = old["tables"]["change"]
        shutil.copy2(final / "change.parquet", unfinished / "change.parquet")
        sync_file(unfinished / "change.parquet")
    write_atomically(
        unfinished / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False)
    )
    if is_new or "change" in tables:
        # The same publication, damaged since or led back to other rows, gives way to itself.
        aside = home.published / f"{_UNFINISHED}{os.getpid()}-old"
        if final.exists():
            final.rename(aside)
        unfinished.rename(final)
        sync_folder(home.published)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        shutil.rmtree(unfinished)
    point_at(home, publication)
    rows = {name: table["rows"] for name, table in tables.items()}
    return Publication(publication, as_of, rows, is_new)


def _content_key(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, dict[str, Any]]
) -> str:
    """Return what names the content: every table, without what only leads back to a row."""
    content = hashlib.sha256()
    for name, table in tables.items():
        said = table["sha256"]
        if name in NAMED_BY:
            rows = connection.sql(
                "select sha256(string_agg(line, chr(10) order by line)) "  # noqa: S608
                f"from (select cast(told as text) as line from ({NAMED_BY[name]}) as told)"
            ).fetchone()
            said = rows[0] if rows else None
        content.update(f"{name}:{said}\n".encode())
    return content.hexdigest()


def _same_tables(folder: Path, tables: Mapping[str, dict[str, Any]]) -> bool:
    published = read_json(folder / "manifest.json")["tables"]
    return all(published[name]["sha256"] == table["sha256"] for name, table in tables.items())


def is_whole(folder: Path) -> bool:
    """Whether a publication is there, and each of its tables is as its manifest says."""
    tables = read_json(folder / "manifest.json").get("tables", {})
    return bool(tables) and all(
        (file := folder / f"{name}.parquet").is_file() and _digest(file) == said["sha256"]
        for name, said in tables.items()
    )


def sweep(home: Home) -> None:
    """Remove what a killed run left half-made."""
    if home.published.is_dir():
        for folder in home.published.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(folder)
        for file in home.published.glob(f".{home.current_pointer.name}.*"):
            file.unlink()


def _write_table(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> dict[str, Any]:
    # The order is part of the query: the same rows make the same file.
    connection.execute("set threads = 1")
    connection.execute("set preserve_insertion_order = true")
    connection.execute(
        f"copy ({query}) to '{str(target).replace(chr(39), chr(39) * 2)}' ({_WRITTEN_AS})"
    )
    return _written(target)


def _written(target: Path) -> dict[str, Any]:
    """Return what the manifest says of a table that lies safely on the disk."""
    sync_file(target)
    return {
        "rows": pq.read_metadata(target).num_rows,
        "bytes": target.stat().st_size,
        "sha256": _digest(target),
    }


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _describe(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return what the figures were made with and from."""
    # Before any municipality has delivered, statistics may have: their day names what they make.
    (newest,) = connection.sql(
        "select coalesce((select max(as_of) from intermediate.int_as_of), max(delivered)) "
        "from intermediate.int_delivery where status = 'in_force'"
    ).fetchone() or (None,)
    as_of: dict[str, dt.date] = dict(
        connection.sql(
            "select municipality_code, as_of from intermediate.int_as_of order by all"
        ).fetchall()
    )
    definitions = connection.sql(
        "select municipality_code, definition_set from intermediate.int_definition order by all"
    ).fetchall()
    changed = connection.sql(
        "select municipality_code, parameter, value from intermediate.int_parameter "
        "where is_changed order by all"
    ).fetchall()
    sources = connection.sql(
        "select source, record, system, municipality_code, delivery, delivered, status, rows_read "
        "from intermediate.int_delivery order by source, delivered, delivery"
    )
    return {
        "as_of": str(newest),
        "as_of_by_municipality": {code: day.isoformat() for code, day in as_of.items()},
        "definition_sets": dict(definitions),
        "changed_parameters": [
            {"municipality_code": code, "parameter": name, "value": value}
            for code, name, value in changed
        ],
        "sources": [
            dict(zip(sources.columns, (_plain(value) for value in row), strict=True))
            for row in sources.fetchall()
        ],
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
