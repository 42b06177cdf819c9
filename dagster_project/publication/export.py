"""The tables of a warehouse as files, a municipality at a time: written once, then shared."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from dagster_project.publication.layout import own_file
from dagster_project.publication.tables import GATHERED, NAMED_BY, OWN
from dagster_project.storage import sync_file

# Figures seldom repeat beyond their own series: in a dictionary of a whole row group they take more
# room than as they are, sorted by series and compressed well.
_WRITTEN_AS = "format parquet, compression zstd, compression_level 9, dictionary_size_limit 500"


@dataclass(frozen=True)
class Written:
    """A file that lies safely on the disk, as a manifest tells of it."""

    rows: int
    bytes: int
    sha256: str

    @classmethod
    def of(cls, file: Path) -> Written:
        """Return what is told of a file, and have it on the disk."""
        sync_file(file)
        return cls(pq.read_metadata(file).num_rows, file.stat().st_size, digest(file))

    def as_dict(self) -> dict[str, int | str]:
        """Return it as JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class OwnTables:
    """The tables of one municipality, and what names what is in them."""

    tables: dict[str, Written]
    content: str


def export(
    connection: duckdb.DuckDBPyConnection, municipalities: Sequence[str], folder: Path
) -> dict[str, OwnTables]:
    """Write what each municipality publishes of a warehouse below a folder.

    `connection` is open on the warehouse, and is set to write the same rows as the same file.
    """
    connection.execute("set threads = 1; set preserve_insertion_order = true")
    return {code: _export_one(connection, code, folder) for code in municipalities}


def write_table(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> Written:
    """Write the rows of a query. The order is part of it: the same rows make the same file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    quoted = str(target).replace("'", "''")
    connection.execute(f"copy ({query}) to '{quoted}' ({_WRITTEN_AS})")
    return Written.of(target)


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _export_one(connection: duckdb.DuckDBPyConnection, code: str, folder: Path) -> OwnTables:
    written = {}
    content = hashlib.sha256()
    for table, query in {**OWN, **GATHERED}.items():
        # The words are the project's own, and a municipality's code has four digits.
        theirs = f"from ({query}) where municipality_code = '{code}'"
        written[table] = write_table(connection, theirs, own_file(folder, table, code))
        named_by = _named_by(connection, table, code) or written[table].sha256
        content.update(f"{table}:{named_by}\n".encode())
    return OwnTables(written, content.hexdigest())


def _named_by(connection: duckdb.DuckDBPyConnection, table: str, code: str) -> str | None:
    """Return what names a table where some of it only leads back to a row, or None."""
    if table not in NAMED_BY:
        return None
    rows = connection.sql(
        "select coalesce(sha256(string_agg(line, chr(10) order by line)), 'none') "  # noqa: S608
        f"from (select cast(told as text) as line from ({NAMED_BY[table]}) as told "
        f"where municipality_code = '{code}')"
    ).fetchone()
    return str(rows[0]) if rows else None
