"""The register as one file, and back: of any database, into any database.

The file is a zip: `manifest.json` (the migration it was written at, and of each table its rows and
their digest), and of each table a file of JSON lines. It holds what people wrote and nothing else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dagster_project.register.database import (
    Register,
    RegisterError,
    known_version,
    migrate,
    version_of,
)
from dagster_project.storage import sync_file, sync_folder

_MANIFEST = "manifest.json"
_FORM = 1
# No register is larger; what claims to be is no backup.
_LARGEST = 2_000_000_000


@dataclass(frozen=True)
class Contents:
    """What a backup holds: the migration it was written at, and the rows of each table."""

    version: str
    rows: Mapping[str, int]


def backup(register: Register, file: Path) -> Contents:
    """Write all of a register into a file that is there whole or not at all.

    Raises RegisterError where the register cannot be read, OSError where the file cannot be
    written.
    """
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            contents = _write(register, archive)
        fresh.chmod(0o600)
        sync_file(fresh)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(file.parent)
    return contents


def restore(register: Register, file: Path) -> Contents:
    """Fill an empty register with what a backup holds, all of it or nothing.

    Raises RegisterError where the register is not empty, or the file is no whole backup of a
    version that is known here.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            tables = {name: _rows(archive, name, manifest, file) for name in manifest["tables"]}
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError):
        raise RegisterError("backup_unreadable", file=str(file)) from None
    version = str(manifest["version"])
    if not known_version(version):
        raise RegisterError("backup_newer", file=str(file))
    with register.writing() as connection:
        if version_of(connection) is not None:
            raise RegisterError("restore_not_empty", place=register.place)
        migrate(connection, version)
        _fill(connection, tables)
        migrate(connection, "head")
    return Contents(version, {name: len(rows) for name, rows in tables.items()})


def _write(register: Register, archive: zipfile.ZipFile) -> Contents:
    with register.snapshot() as connection:
        version = str(version_of(connection))
        tables: dict[str, dict[str, Any]] = {}
        for table in _tables(connection):
            digest, rows = hashlib.sha256(), 0
            with archive.open(f"{table.name}.jsonl", "w") as lines:
                for row in connection.execute(table.select().order_by(*table.primary_key.columns)):
                    line = json.dumps([_plain(value) for value in row], ensure_ascii=False) + "\n"
                    lines.write(line.encode())
                    digest.update(line.encode())
                    rows += 1
            columns = [column.name for column in table.columns]
            tables[table.name] = {"columns": columns, "rows": rows, "sha256": digest.hexdigest()}
    manifest = {"form": _FORM, "version": version, "tables": tables}
    archive.writestr(_MANIFEST, json.dumps(manifest, indent=1) + "\n")
    return Contents(version, {name: entry["rows"] for name, entry in tables.items()})


def _tables(connection: sa.Connection) -> Iterator[sa.Table]:
    """Return the tables as the database has them: a backup may be older than this version."""
    there = sa.MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            yield table


def _manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
        raise RegisterError("backup_unreadable", file=str(file))
    manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if manifest["form"] != _FORM:
        raise RegisterError("backup_newer", file=str(file))
    return manifest


def _rows(
    archive: zipfile.ZipFile, name: str, manifest: Mapping[str, Any], file: Path
) -> list[dict[str, Any]]:
    entry, content = manifest["tables"][name], archive.read(f"{name}.jsonl")
    # Other ends of lines stand within texts.
    lines = content.decode().split("\n")[:-1]
    if hashlib.sha256(content).hexdigest() != entry["sha256"] or len(lines) != entry["rows"]:
        raise RegisterError("backup_unreadable", file=str(file))
    return [dict(zip(entry["columns"], json.loads(line), strict=True)) for line in lines]


def _fill(connection: sa.Connection, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    for table in _tables(connection):
        rows = tables.get(table.name, [])
        if rows:
            connection.execute(
                table.insert(),
                [
                    {name: _as_kept(table.columns[name].type, value) for name, value in row.items()}
                    for row in rows
                ],
            )
        if connection.dialect.name == "postgresql" and rows and table.name == "event":
            # What is written from now on is numbered after what was.
            connection.execute(
                sa.text(
                    "select setval(pg_get_serial_sequence('event', 'number'), max(number)) "
                    "from event"
                )
            )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _as_kept(kind: sa.types.TypeEngine[Any], value: Any) -> object:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(kind, sa.DateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return dt.date.fromisoformat(value)
    return value
