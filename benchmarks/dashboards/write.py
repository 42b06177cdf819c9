"""A publication written from an enlarged warehouse, in the layout of every other."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from dagster_project.config.paths import Home
from dagster_project.pointer import point_at
from dagster_project.publication.change import SCHEMA
from dagster_project.publication.layout import own_file, whole_file
from dagster_project.publication.tables import COMMON, GATHERED, OWN

_WRITTEN_AS = "format parquet, compression zstd, compression_level 9, dictionary_size_limit 500"


def write_publication(connection: duckdb.DuckDBPyConnection, home: Home) -> dict[str, int]:
    """Write what a warehouse publishes, make it current, and return the rows of each table."""
    manifest = _manifest(connection)
    folder = home.published / manifest["publication"]
    tables = {
        **{table: _write_apart(connection, folder, table) for table in OWN},
        **{
            table: _write(connection, query, whole_file(folder, table))
            for table, query in {**GATHERED, **COMMON}.items()
        },
    }
    # Nothing was published before.
    pq.write_table(SCHEMA.empty_table(), whole_file(folder, "change"))
    tables["change"] = _described(whole_file(folder, "change"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "tables": tables}), "utf-8")
    point_at(home, manifest["publication"])
    return {table: described["rows"] for table, described in tables.items()}


def _write_apart(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> dict[str, Any]:
    connection.execute(f"create or replace temp table rows as {OWN[table]}")
    codes = connection.sql("select municipality_code from intermediate.int_municipality order by 1")
    own = {
        code: _write(
            connection,
            f"from rows where municipality_code = '{code}'",
            own_file(folder, table, code),
        )
        for (code,) in codes.fetchall()
    }
    return {
        "rows": sum(each["rows"] for each in own.values()),
        "bytes": sum(each["bytes"] for each in own.values()),
        "municipalities": own,
    }


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


def _manifest(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return what a manifest says beside its tables."""
    days: dict[str, dt.date] = dict(
        connection.sql("select municipality_code, as_of from intermediate.int_as_of").fetchall()
    )
    deliveries = connection.sql(
        "select source, record, system, municipality_code, delivery, delivered::text as delivered, "
        "status, rows_read from intermediate.int_delivery"
    )
    as_of = max(days.values())
    return {
        "publication": f"{as_of:%Y%m%d}-0123456789",
        "made_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "as_of": as_of.isoformat(),
        "as_of_by_municipality": {code: day.isoformat() for code, day in days.items()},
        "previous": {},
        "sources": [
            dict(zip(deliveries.columns, row, strict=True)) for row in deliveries.fetchall()
        ],
    }
