"""A publication written from enlarged tables, in the layout of every other."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from dagster_project.config.paths import Home
from dagster_project.pointer import point_at
from dagster_project.publication.change import SCHEMA
from dagster_project.publication.layout import own_file, whole_file
from dagster_project.publication.publish import write_changes
from dagster_project.publication.tables import COMMON, GATHERED, OWN

_WRITTEN_AS = "format parquet, compression zstd, compression_level 9, dictionary_size_limit 500"


def write_publication(
    connection: duckdb.DuckDBPyConnection, demo: Path, home: Home
) -> dict[str, int]:
    """Write the enlarged tables of `marts`, make them current, and return the rows of each.

    What is common to all municipalities, and what the manifest says of the run, are the demo's.
    """
    manifest = _manifest(connection, demo)
    folder = home.published / manifest["publication"]
    tables = {table: _write_apart(connection, folder, table) for table in OWN}
    for table in GATHERED:
        tables[table] = _write(connection, f"from marts.{table}", whole_file(folder, table))
    for table in COMMON:
        shutil.copyfile(whole_file(demo, table), whole_file(folder, table))
        tables[table] = _described(whole_file(folder, table))
    # Nothing was published before.
    tables["change"] = write_changes(SCHEMA.empty_table(), folder, _codes(connection))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "tables": tables}), "utf-8")
    point_at(home, manifest["publication"])
    return {table: described["rows"] for table, described in tables.items()}


def _write_apart(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> dict[str, Any]:
    own = {
        code: _write(
            connection,
            f"from marts.{table} where municipality_code = '{code}'",
            own_file(folder, table, code),
        )
        for code in _codes(connection)
    }
    return {
        "rows": sum(each["rows"] for each in own.values()),
        "bytes": sum(each["bytes"] for each in own.values()),
        "municipalities": own,
    }


def _codes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [code for (code,) in connection.sql("select as_code from chosen order by 1").fetchall()]


def _write(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> dict[str, Any]:
    file.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy ({query}) to '{file}' ({_WRITTEN_AS})")
    return _described(file)


def _described(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {
        "rows": pq.read_metadata(file).num_rows,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _manifest(connection: duckdb.DuckDBPyConnection, demo: Path) -> dict[str, Any]:
    """Return what a manifest says beside its tables: the demo's, of the chosen municipalities."""
    of_demo = json.loads((demo / "manifest.json").read_text("utf-8"))
    like: dict[str, list[str]] = {}
    for code, as_code in connection.sql(
        "select municipality_code, as_code from chosen order by as_code"
    ).fetchall():
        like.setdefault(code, []).append(as_code)

    def of_each(by_code: dict[str, Any]) -> dict[str, Any]:
        return {each: what for code, what in by_code.items() for each in like.get(code, ())}

    return of_demo | {
        "publication": f"{of_demo['as_of'].replace('-', '')}-0123456789",
        "as_of_by_municipality": of_each(of_demo["as_of_by_municipality"]),
        "definition_sets": of_each(of_demo["definition_sets"]),
        "previous": {},
        "parts": [],
        "sources": [
            source
            | {
                "source": f"{each}_{source['source']}",
                "municipality_code": each,
                "municipalities": [each],
            }
            for source in of_demo["sources"]
            for each in like.get(source["municipality_code"], ())
        ],
    }
