"""Whether another way came to what the product publishes, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.config.paths import Home
from dagster_project.publication.layout import own_file

INDICATORS = (
    "coordinator_coverage",
    "plan_coverage",
    "both_coverage",
    "plan_without_coordinator",
    "meeting_coverage",
    "gp_participation",
)
# The product tells meetings by age, too; the data frames, those of everybody.
_ASKED = (
    f"indicator in {INDICATORS} and (indicator <> 'gp_participation' "
    "or age_scheme = 'standard' and age_group = 'all')"
)
_CELL = (
    "indicator, municipality_code, reference_date, age_scheme, age_group, service_area, "
    "numerator, denominator"
)


@dataclass(frozen=True)
class Compared:
    """How many cells a published table has, and how many of its rows the other lacks or has otherwise."""

    table: str
    cells: int
    differing_rows: int


def compare(built: Path, other: Path, table: str, code: str) -> Compared:
    """Hold a published table of a municipality against another way's: names, types, rows."""
    with duckdb.connect() as connection:

        def columns(file: Path) -> dict[str, str]:
            found = connection.execute(f"describe from {_read(file)}").fetchall()
            return {str(row[0]): str(row[1]) for row in found}

        expected, got = own_file(built, table, code), own_file(other, table, code)
        names = columns(expected)
        if names != columns(got):
            raise AssertionError(f"{table}: {names.items() ^ columns(got).items()}")
        listed = ", ".join(f'"{name}"' for name in names)
        rows = _number(connection, f"select count(*) from {_read(expected)}")
        differing = _number(
            connection,
            f"""
            with expected as (select {listed} from {_read(expected)}),
            got as (select {listed} from {_read(got)})
            select count(*) from (
                (from expected except all from got) union all (from got except all from expected)
            )
            """,
        )
        return Compared(table, rows * len(names), differing)


def keep_figures(home: Home, result: Path) -> int:
    """Write six indicators of all built parts of a home as Parquet, and return how many cells there are."""
    published = home.warehouse / "*" / "coverage" / "*" / "data.parquet"
    with duckdb.connect() as connection:
        return _number(
            connection,
            f"copy (select {_CELL} from {_read(published)} where {_ASKED}) "
            f"to '{result}' (format parquet)",
        )


def differing_cells(expected: Path, result: Path) -> int:
    """Return how many cells of the expected municipalities are otherwise in the other result."""
    with duckdb.connect() as connection:
        return _number(
            connection,
            f"""
            with expected as (select {_CELL} from {_read(expected)}),
            got as (
                select {_CELL} from {_read(result)}
                where municipality_code in (select municipality_code from expected)
            ),
            differing as (
                (from expected except all from got) union all (from got except all from expected)
            )
            select count(*) from differing
            """,
        )


def _read(files: Path) -> str:
    return f"read_parquet('{files}', hive_partitioning = false)"


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    rows = connection.execute(query).fetchall()
    return int(rows[0][0])
