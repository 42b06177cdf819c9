"""The marts of all municipalities, asked in SQL: read only, whatever lies where."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import duckdb

from dagster_project.built import Built
from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.publication.publish import manifest_of

_MOST_SHOWN = 1000
_QUESTIONS = [[duckdb.StatementType.SELECT], [duckdb.StatementType.EXPLAIN]]


def ask(home: Home, query: str) -> tuple[list[str], list[tuple[Any, ...]], bool]:
    """Return the columns and rows of a query, and whether there are more than are returned.

    `marts.<table>` is that of all municipalities together, as they stand behind the current
    publication. Raises SamordnaError where nothing is published, where a part is missing, and where
    the query is none.
    """
    with opened(home) as connection:
        asked = _execute(connection, query)
        columns = [column[0] for column in asked.description or ()]
        rows = asked.fetchmany(_MOST_SHOWN + 1)
        return columns, rows[:_MOST_SHOWN], len(rows) > _MOST_SHOWN


def write_csv(home: Home, query: str, file: TextIO) -> int:
    """Write the rows of a query as CSV with a header, and return how many there are."""
    written = 0
    with opened(home) as connection:
        asked = _execute(connection, query)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column[0] for column in asked.description or ())
        while rows := asked.fetchmany(10_000):
            writer.writerows(map(_plain, row) for row in rows)
            written += len(rows)
    return written


@contextmanager
def opened(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the parts behind the current publication as one, closed to every other file."""
    parts = [Built(home.warehouse / name) for name in manifest_of(home).get("parts", ())]
    if not parts:
        raise SamordnaError("nothing_published", home=str(home.root))
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for number, part in enumerate(parts):
            if not part.is_whole:
                raise SamordnaError("part_missing", part=part.name, home=str(home.root))
            file = str(part.file).replace("'", "''")
            connection.execute(f"attach '{file}' as part_{number} (read_only)")
        of_municipalities = _have_municipalities(connection)
        for table in _marts(connection):
            rows = " union all by name ".join(
                _own(number, part, table) if table in of_municipalities else _common(number, table)
                for number, part in enumerate(parts)
            )
            connection.execute(f"create view marts.{table} as {rows}")
        # A question reads the marts and nothing else of this machine.
        connection.execute("set enable_external_access = false; set lock_configuration = true")
        yield connection


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    tables = connection.sql(
        "select distinct table_name from information_schema.tables "
        "where table_schema = 'marts' and table_catalog = 'part_0' order by table_name"
    )
    return [str(name) for (name,) in tables.fetchall()]


def _have_municipalities(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    tables = connection.sql(
        "select table_name from information_schema.columns where table_schema = 'marts' "
        "and table_catalog = 'part_0' and column_name = 'municipality_code'"
    )
    return frozenset(str(name) for (name,) in tables.fetchall())


def _own(number: int, part: Built, table: str) -> str:
    """Return what reads a part's own rows: statistics of the country lie in every part."""
    codes = ", ".join(f"'{code}'" for code in part.municipalities)
    return f"{_common(number, table)} where municipality_code in ({codes})"


def _common(number: int, table: str) -> str:
    return f"from part_{number}.marts.{table}"


def _execute(connection: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyConnection:
    try:
        statements = connection.extract_statements(query)
        if [statement.type for statement in statements] not in _QUESTIONS:
            raise SamordnaError("question_refused", why="It is not one single question.")
        return connection.execute(query)
    except (duckdb.PermissionException, duckdb.InvalidInputException) as error:
        raise SamordnaError("question_refused", why=_first_line(error)) from None
    except duckdb.Error as error:
        tables = ", ".join(f"marts.{name}" for name in _marts(connection))
        raise SamordnaError("question_wrong", why=_first_line(error), tables=tables) from None


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].rstrip(".!") + "."


def _plain(value: object) -> object:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return ";".join(map(str, value)) if isinstance(value, list) else value
