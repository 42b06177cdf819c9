"""The files of a publication, and what its manifest tells of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.publication.layout import files_of, own_file, reading, whole_file


def files_and_told(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Return every file that the manifest of a publication tells of, and what it tells."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = []
    for table, told in manifest["tables"].items():
        if "municipalities" in told:
            of_each = told["municipalities"].items()
            found += [(own_file(folder, table, code), each) for code, each in of_each]
        else:
            found.append((whole_file(folder, table), told))
    return found


def rewrite(folder: Path, table: str, query: str) -> None:
    """Replace the rows of each file of a table by those of a query of them: `from told where ..`"""
    for file in files_of(folder, table):
        kept = file.with_suffix(".new")
        with duckdb.connect() as connection:
            connection.execute(f"create view told as from {reading([file])}")
            _write(connection, query, kept)
        kept.replace(file)


def write(
    connection: duckdb.DuckDBPyConnection, folder: Path, name: str, municipalities: Collection[str]
) -> dict[str, Any]:
    """Write a table of a connection, a municipality at a time; return what a manifest tells of it."""
    told = {
        code: _write(
            connection,
            f"from {name} where municipality_code = '{code}'",
            own_file(folder, name, code),
        )
        for code in sorted(municipalities)
    }
    return {
        "rows": sum(each["rows"] for each in told.values()),
        "bytes": sum(each["bytes"] for each in told.values()),
        "municipalities": told,
    }


def _write(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> dict[str, Any]:
    file.parent.mkdir(parents=True, exist_ok=True)
    ((rows,),) = connection.execute(
        f"copy ({query}) to '{file}' (format parquet, compression zstd)"
    ).fetchall()
    content = file.read_bytes()
    return {"rows": rows, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
