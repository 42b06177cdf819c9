"""The `sql` connector: a query of a database, read only, a few thousand rows at a time.

PostgreSQL by psycopg; whatever else SQLAlchemy knows by a driver that is installed beside it.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
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

from dagster_project.config.sources import LOCAL_HOSTS, Delivery, SqlSource
from dagster_project.connectors.errors import FetchError, UnreachableError, from_environment
from dagster_project.connectors.inbox import Draft

_ROWS_AT_A_TIME = 5_000
_VERIFIED = "verify-full"
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
    with _connected(source, host, engine) as connection:
        _write(source, host, draft, _query(source, connection, since), since)
    if not draft.rows and source.delivery is Delivery.SNAPSHOT:
        raise FetchError("fetch_empty", source=source.name, host=host)


def _url(source: SqlSource) -> URL:
    written = from_environment(source, "url_env", source.url_env)
    reason = "not of that form"
    try:
        url = sa.make_url(written)
        # A password that holds an @ is parted there, and its end would be taken for the host.
        if "@" not in (url.host or ""):
            return url
        reason = "an @ in the password is written as %40"
    except (ArgumentError, ValueError):
        pass
    raise FetchError("fetch_url", source=source.name, variable=source.url_env, reason=reason)


def _engine(source: SqlSource, url: URL, host: str) -> Engine:
    postgresql = url.get_backend_name() == "postgresql"
    arguments = _POSTGRESQL_ARGUMENTS | _trust(source, url) if postgresql else {}
    try:
        engine = sa.create_engine(
            url, poolclass=sa.NullPool, hide_parameters=True, connect_args={**arguments}
        )
        if engine.dialect.driver == "psycopg":
            sa.event.listen(engine, "connect", _read_infinity)
        return engine
    except NoSuchModuleError:
        reason = f"SQLAlchemy knows no kind of database '{url.drivername}'"
        error = FetchError("fetch_url", source=source.name, variable=source.url_env, reason=reason)
    except ModuleNotFoundError as missing:
        package = str(missing.name).partition(".")[0]
        error = FetchError("fetch_driver", source=source.name, host=host, package=package)
    raise error


def _trust(source: SqlSource, url: URL) -> dict[str, str]:
    """Return how PostgreSQL's driver makes sure who answers: by certificate and name.

    By itself it would take any certificate, and none. On this machine nobody else can answer.
    """
    hosts = [host for host in _listed(url.host) + _listed(url.query.get("host")) if host]
    if all(host in LOCAL_HOSTS or host.startswith("/") for host in hosts):
        return {}
    mode = url.query.get("sslmode", _VERIFIED)
    if mode != _VERIFIED:
        raise FetchError(
            "fetch_sslmode",
            source=source.name,
            variable=source.url_env,
            mode=str(mode),
            host=", ".join(hosts),
        )
    named = "sslrootcert" in url.query or "PGSSLROOTCERT" in os.environ
    return {"sslmode": _VERIFIED} | ({} if named else {"sslrootcert": "system"})


def _listed(hosts: str | tuple[str, ...] | None) -> list[str]:
    """Return the hosts of an address, which may name several, each with its port."""
    written = hosts if isinstance(hosts, tuple) else (hosts or "",)
    return [host.strip() for each in written for host in each.split(",")]


# The end of what has none is the last date; the beginning is not known.
_ENDLESS = {b"infinity": dt.date.max, b"-infinity": None}


def _read_infinity(connection: Any, _record: object) -> None:
    """Have psycopg read PostgreSQL's dates and moments without end; by itself it refuses them."""
    from psycopg.types import datetime as loaders  # noqa: PLC0415 - only where it is the driver

    for kind, ordinary in (
        ("date", loaders.DateLoader),
        ("timestamp", loaders.TimestampLoader),
        ("timestamptz", loaders.TimestamptzLoader),
    ):

        class Loader(ordinary):  # type: ignore[misc, valid-type]
            def load(self, data: Any) -> Any:
                text = bytes(data)
                return _ENDLESS[text] if text in _ENDLESS else super().load(data)

        connection.adapters.register_loader(kind, Loader)


@contextmanager
def _connected(source: SqlSource, host: str, engine: Engine) -> Iterator[Connection]:
    """Hold a connection that may only read, as far as the kind of database knows how.

    Whatever the driver says in the block becomes a FetchError.
    """
    with _in_words(source, host, _not_connected):
        connection = engine.connect()
    with connection, _in_words(source, host, _failed):
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
            if any(type(value).__name__ not in _WATERMARKS for value in values):
                reason = "has no order that a watermark could follow"
                raise FetchError(
                    "fetch_column",
                    source=source.name,
                    host=host,
                    column=names[marked],
                    reason=reason,
                )
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


_Words = Callable[[SqlSource, str, SQLAlchemyError], FetchError]


@contextmanager
def _in_words(source: SqlSource, host: str, words: _Words) -> Iterator[None]:
    """Turn what a driver says into a problem that quotes none of it."""
    try:
        yield
        return
    except SQLAlchemyError as error:
        found = words(source, host, error)
    # Outside of the handler, so that the driver's error does not hang on this one.
    raise found


def _not_connected(source: SqlSource, host: str, error: SQLAlchemyError) -> FetchError:
    message = str(error.orig) if isinstance(error, DBAPIError) else ""
    # PostgreSQL's refusals have no code before a connection stands; this word marks them.
    if "FATAL" in message:
        secret = f"the user, password or database in {source.url_env}"
        return FetchError(
            "fetch_refused", source=source.name, host=host, status="by the database", secret=secret
        )
    if "certificate" in message or "SSL" in message:
        code = "fetch_unencrypted" if "does not support SSL" in message else "fetch_untrusted"
        return FetchError(code, source=source.name, host=host, variable=source.url_env)
    if isinstance(error, OperationalError):
        return UnreachableError(source, host)
    return _failed(source, host, error)


def _failed(source: SqlSource, host: str, error: SQLAlchemyError) -> FetchError:
    driver = error.orig if isinstance(error, DBAPIError) else None
    state = str(getattr(driver, "sqlstate", None) or "")
    if state == _TOO_SLOW:
        return FetchError("fetch_slow", source=source.name, host=host, seconds=source.timeout)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return UnreachableError(source, host)
    reason = _REASONS.get(state, f"the query failed ({state or type(driver or error).__name__})")
    return FetchError("fetch_database", source=source.name, host=host, reason=reason)


def _number(value: float | Decimal) -> str:
    """Return the shortest text that reads as the same number, never with an exponent."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"
    return f"{value:f}"


def _moment(value: dt.datetime) -> str:
    return (value.astimezone(_OSLO) if value.tzinfo else value).isoformat()


# By the exact type of a cell: a million rows are ten million of them.
_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: str,
    type(None): lambda _: "",
    bool: lambda value: "ja" if value else "nei",
    int: str,
    float: _number,
    Decimal: _number,
    dt.date: dt.date.isoformat,
    dt.datetime: _moment,
    dt.time: dt.time.isoformat,
    UUID: str,
    list: lambda value: ";".join(_text(item) for item in value),
    dict: lambda value: json.dumps(value, ensure_ascii=False),
}


def _text(value: object) -> str:
    """Return a cell as text, without loss. Raises KeyError for what has no text of its own.

    >>> _text(0.1), _text(Decimal("1.10")), _text(dt.date(2021, 3, 5)), _text(None)
    ('0.1', '1.10', '2021-03-05', '')
    """
    return _AS_TEXT[type(value)](value)


def _cells(source: SqlSource, host: str, names: list[str], row: Sequence[Any]) -> list[str]:
    cells = []
    try:
        for value in row:
            cells.append(_AS_TEXT[type(value)](value))
    except KeyError:
        binary = isinstance(row[len(cells)], bytes | bytearray | memoryview)
        reason = "holds binary data" if binary else "is of a type that has no text"
    else:
        return cells
    column = names[len(cells)]
    raise FetchError("fetch_column", source=source.name, host=host, column=column, reason=reason)


# The kinds of column that a watermark may be, with how its value is read back.
_WATERMARKS: dict[str, Callable[[str], Any]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "int": int,
    "Decimal": Decimal,
    "str": str,
}


def _written_watermark(value: Any) -> str:
    written = value.isoformat() if isinstance(value, dt.date) else value
    return f"{type(value).__name__} {written}"


def _read_watermark(written: str) -> Any:
    kind, _, text = written.partition(" ")
    return _WATERMARKS[kind](text)
