"""The `sql` connector: a query of a database, read only, a few thousand rows at a time.

PostgreSQL by psycopg; whatever else SQLAlchemy knows by a driver that is installed beside it.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, CursorResult, Engine
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from dagster_project.connectors.errors import FetchError, UnreachableError, from_environment
from dagster_project.connectors.inbox import Draft
from dagster_project.settings import Delivery, SqlSource

_ROWS_AT_A_TIME = 5_000
_POSTGRESQL_ARGUMENTS = {"connect_timeout": 10, "client_encoding": "utf8"}
# A moment with a time zone is written as the clock here showed it: else it may be another day.
_OSLO = ZoneInfo("Europe/Oslo")
_READ_ONLY = {
    "postgresql": ("set transaction read only", "set local statement_timeout = {milliseconds}"),
    "oracle": ("set transaction read only",),
    "mysql": ("set transaction read only",),
}
# What the codes of the SQL standard say. The driver's own words may quote a cell.
_REASONS = {
    "28P01": "the user name or the password is wrong",
    "28000": "the user may not log in",
    "3D000": "there is no such database",
    "42P01": "there is no such table",
    "42703": "there is no such column",
    "42501": "the user may not read this",
    "42601": "the query is not valid SQL",
    "25006": "the query wants to write, and may only read",
}
_TOO_SLOW = "57014"


def fetch(source: SqlSource, draft: Draft, since: str | None) -> None:
    """Write the rows of a source, and of one with a watermark those not older than `since`.

    Rows of exactly that value come again, and so do rows without one: a change later on the same
    day has the same date. Landing knows them for what they are.
    """
    url = _url(source)
    host = url.host or "this machine"
    engine = _engine(source, url, host)
    try:
        with _in_words(source, host), _connected(source, engine) as connection:
            _write(source, host, draft, _query(source, connection, since), since)
    finally:
        engine.dispose()
    if not draft.rows and source.delivery is Delivery.SNAPSHOT:
        raise FetchError("fetch_empty", source=source.name, host=host)


def _url(source: SqlSource) -> URL:
    written = from_environment(source, "url_env", source.url_env)
    try:
        return sa.make_url(written)
    except (ArgumentError, ValueError):
        reason = "not of that form"
    raise FetchError("fetch_url", source=source.name, variable=source.url_env, reason=reason)


def _engine(source: SqlSource, url: URL, host: str) -> Engine:
    postgresql = url.get_backend_name() == "postgresql"
    arguments = _POSTGRESQL_ARGUMENTS if postgresql else {}
    try:
        engine = sa.create_engine(
            url, poolclass=sa.NullPool, hide_parameters=True, connect_args={**arguments}
        )
        if engine.dialect.driver == "psycopg":
            sa.event.listen(engine, "connect", _read_infinity)
        return engine
    except NoSuchModuleError:
        said = f"SQLAlchemy knows no kind of database '{url.drivername}'"
        error = FetchError("fetch_url", source=source.name, variable=source.url_env, reason=said)
    except ModuleNotFoundError as missing:
        package = str(missing.name).partition(".")[0]
        error = FetchError("fetch_driver", source=source.name, host=host, package=package)
    raise error


def _read_infinity(connection: Any, _record: object) -> None:
    """Have psycopg read PostgreSQL's `infinity`, the end of what has none, as the last date."""
    from psycopg.types import datetime as loaders  # noqa: PLC0415 - only where it is the driver

    for kind, ordinary in (
        ("date", loaders.DateLoader),
        ("timestamp", loaders.TimestampLoader),
        ("timestamptz", loaders.TimestamptzLoader),
    ):

        class Loader(ordinary):  # type: ignore[misc, valid-type]
            def load(self, data: Any) -> Any:
                endless = {b"infinity": dt.date.max, b"-infinity": None}
                text = bytes(data)
                return endless[text] if text in endless else super().load(data)

        connection.adapters.register_loader(kind, Loader)


@contextmanager
def _connected(source: SqlSource, engine: Engine) -> Iterator[Connection]:
    """Hold a connection that may only read, as far as the kind of database knows how."""
    with engine.connect() as connection:
        for statement in _READ_ONLY.get(engine.dialect.name, ()):
            connection.exec_driver_sql(statement.format(milliseconds=source.timeout * 1000))
        yield connection
        connection.rollback()


def _query(source: SqlSource, connection: Connection, since: str | None) -> CursorResult[Any]:
    quote = connection.dialect.identifier_preparer.quote
    if source.table:
        what = ".".join(quote(part) for part in source.table.split("."))
    else:
        # On lines of its own: the query may end in a comment.
        what = f"(\n{source.query}\n) delivered"
    # To SQLAlchemy a colon begins a parameter; in the query of a source it is a cast or a time.
    statement = f"select * from {what}".replace(":", r"\:")  # noqa: S608 - that is the connector
    values: dict[str, Any] = {}
    if source.watermark and since is not None:
        column = quote(source.watermark)
        statement += f" where {column} >= :since or {column} is null"
        values["since"] = _read_watermark(since)
    options = {"stream_results": True, "max_row_buffer": _ROWS_AT_A_TIME}
    return connection.execution_options(**options).execute(sa.text(statement), values)


def _write(
    source: SqlSource, host: str, draft: Draft, result: CursorResult[Any], since: str | None
) -> None:
    names = list(result.keys())
    marked = _place_of_watermark(source, host, names)
    highest = None if since is None else _read_watermark(since)
    table = csv.writer(draft.file, delimiter=";", lineterminator="\n")
    table.writerow(names)
    deadline = time.monotonic() + source.timeout
    for rows in result.partitions(_ROWS_AT_A_TIME):
        table.writerows([_cells(source, host, names, row) for row in rows])
        draft.rows += len(rows)
        if marked is not None:
            values = [row[marked] for row in rows if row[marked] is not None]
            highest = max(values if highest is None else [highest, *values], default=highest)
        if time.monotonic() > deadline:
            raise FetchError("fetch_slow", source=source.name, host=host, seconds=source.timeout)
    if highest is not None:
        draft.watermark = _written_watermark(highest)


def _place_of_watermark(source: SqlSource, host: str, names: list[str]) -> int | None:
    if source.watermark is None:
        return None
    lowered = [name.lower() for name in names]
    if source.watermark.lower() not in lowered:
        raise FetchError("fetch_watermark", source=source.name, host=host, column=source.watermark)
    return lowered.index(source.watermark.lower())


@contextmanager
def _in_words(source: SqlSource, host: str) -> Iterator[None]:
    """Turn what a driver says into a problem that quotes none of it."""
    try:
        yield
        return
    except DBAPIError as error:
        found = _problem(source, host, error)
    except SQLAlchemyError as error:
        reason = f"the query failed ({type(error).__name__})"
        found = FetchError("fetch_database", source=source.name, host=host, reason=reason)
    # Outside of the handler, so that the driver's error does not hang on this one.
    raise found


def _problem(source: SqlSource, host: str, error: DBAPIError) -> FetchError:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state == _TOO_SLOW:
        return FetchError("fetch_slow", source=source.name, host=host, seconds=source.timeout)
    if isinstance(error, OperationalError) and (not state or state.startswith("08")):
        # Before a connection stands, PostgreSQL's refusal has no code, but it is marked as one.
        if "FATAL" not in str(error.orig):
            return UnreachableError(source, host)
        secret = f"the user, password or database in {source.url_env}"
        return FetchError(
            "fetch_refused", source=source.name, host=host, status="by the database", secret=secret
        )
    reason = _REASONS.get(state, f"the query failed ({state or type(error.orig).__name__})")
    return FetchError("fetch_database", source=source.name, host=host, reason=reason)


def _cells(source: SqlSource, host: str, names: list[str], row: Sequence[Any]) -> list[str]:
    try:
        return [value if type(value) is str else _text(value) for value in row]
    except TypeError:
        pass
    name, value = next(
        (name, value) for name, value in zip(names, row, strict=True) if not _has_text(value)
    )
    binary = isinstance(value, bytes | bytearray | memoryview)
    reason = "holds binary data" if binary else f"is of the type {type(value).__name__}"
    raise FetchError("fetch_column", source=source.name, host=host, column=name, reason=reason)


def _has_text(value: object) -> bool:
    try:
        _text(value)
    except TypeError:
        return False
    return True


def _text(value: object) -> str:
    """Return a cell as text, without loss. Raises TypeError for what has no text of its own.

    >>> _text(0.1 + 0.2), _text(Decimal("1.10")), _text(dt.date(2021, 3, 5)), _text(None)
    ('0.30000000000000004', '1.10', '2021-03-05', '')
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "ja" if value else "nei"
        case int():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case float() | Decimal():
            # The shortest text that reads as the same number, and never with an exponent.
            return f"{Decimal(repr(value) if isinstance(value, float) else value):f}"
        case dt.datetime():
            return (value.astimezone(_OSLO) if value.tzinfo else value).isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case UUID():
            return str(value)
        case list():
            return ";".join(_text(item) for item in value)
        case dict():
            return json.dumps(value, ensure_ascii=False)
    raise TypeError


# The kinds of column that a watermark may be, with how its value is read back.
_WATERMARKS: dict[str, Callable[[str], Any]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "int": int,
    "Decimal": Decimal,
    "str": str,
}


def _written_watermark(value: Any) -> str:
    kind = type(value).__name__
    if kind not in _WATERMARKS:
        raise TypeError(kind)
    return f"{kind} {value.isoformat() if isinstance(value, dt.date) else value}"


def _read_watermark(written: str) -> Any:
    kind, _, text = written.partition(" ")
    return _WATERMARKS[kind](text)
