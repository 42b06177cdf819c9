"""Where the tables of a publication lie.

What is a municipality's own lies apart, so that it is opened, shared and replaced without the
others': `<table>/municipality_code=<code>/data.parquet`, the code in the rows too. What is the same
for all, or is made to be read across them, is one file: `<table>.parquet`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

_PARTITION = "municipality_code="
# Without it DuckDB takes the code from the folder's name, and a number for it unless it begins with
# a zero.
AS_WRITTEN = "hive_partitioning = false"


def whole_file(folder: Path, table: str) -> Path:
    """Return where a table lies that is one file."""
    return folder / f"{table}.parquet"


def own_file(folder: Path, table: str, municipality: str) -> Path:
    """Return where a municipality's rows of a table lie."""
    return folder / table / f"{_PARTITION}{municipality}" / "data.parquet"


def files_of(folder: Path, table: str, municipalities: Collection[str] = ()) -> list[Path]:
    """Return the files of a table, or of these municipalities only where each has its own.

    Empty where the table is not there. Where none of the municipalities is, one file stands for its
    columns: the rows that are asked for are not in it.
    """
    own = [file for code in municipalities if (file := own_file(folder, table, code)).is_file()]
    if own:
        return own
    every = sorted(folder.glob(f"{table}/{_PARTITION}*/data.parquet"))
    if every:
        return every[:1] if municipalities else every
    whole = whole_file(folder, table)
    return [whole] if whole.is_file() else []


def named_files(
    folder: Path,
    table: str,
    entry: Mapping[str, Any],
    municipalities: Collection[str] | None = None,
) -> list[Path]:
    """Return the files of a table that a manifest tells of, whether they are there or not.

    `entry` is what the manifest says of the table. Of some municipalities it is only theirs; one
    that the manifest does not name has no rows. Where none is named one file stands for the
    columns.
    """
    named = entry.get("municipalities")
    if named is None:
        return [whole_file(folder, table)]
    asked = named if municipalities is None else [code for code in municipalities if code in named]
    return [own_file(folder, table, code) for code in asked or list(named)[:1]]


def relation(folder: Path, table: str, municipalities: Collection[str] = ()) -> str:
    """Return what a query of DuckDB reads a table from."""
    return reading(files_of(folder, table, municipalities) or [whole_file(folder, table)])


def reading(files: Collection[Path]) -> str:
    """Return what a query of DuckDB reads these files together from."""
    # A folder's name may hold a quotation mark.
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{listed}], {AS_WRITTEN})"
