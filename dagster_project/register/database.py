"""Opening the register: its database, its migrations, and what can go wrong with either."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from filelock import FileLock

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.register.schema import NEWEST

if TYPE_CHECKING:
    from alembic.config import Config

# The environment's name for the URL of a database in place of the file in the home.
REGISTER = "SAMORDNA_REGISTER"
# So long a writer waits for another: nobody holds the register for more than some milliseconds.
_PATIENCE_SECONDS = 15
_REACHED_WITHIN_SECONDS = 10
_MIGRATIONS = Path(__file__).parent / "migrations"
# What writers of one PostgreSQL hold, each for as long as it writes: any number that is theirs.
_WRITERS_LOCK = 4_602_001


class RegisterError(SamordnaError):
    """The register cannot be read or written; what was in it stays."""


@dataclass(frozen=True)
class Register:
    """An open register. Each `reading` and `writing` is one transaction of its own."""

    engine: sa.Engine
    place: str

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection to ask with. Raises RegisterError where nobody answers."""
        with _in_words(self.place), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Yield a connection that sees one state of everything, however long it asks."""
        with _in_words(self.place), self.engine.connect() as connection:
            # SQLite shows one state within a transaction as it is.
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield a connection whose changes are all kept, or none of them.

        There is one writer at a time, so what is read here is still so when it is changed. Raises
        RegisterError where the database does not answer.
        """
        with _in_words(self.place), self.engine.connect() as connection:
            writer = connection.execution_options(samordna_writes=True)
            with writer.begin():
                if connection.dialect.name == "postgresql":
                    writer.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS_LOCK)))
                yield writer


def open_register(home: Home) -> Register:
    """Return the register of a home, made or migrated where it has to be.

    Raises RegisterError where it cannot be reached, is damaged or gone, or was written by a newer
    version.
    """
    register = unopened_register(home)
    mark = None if os.environ.get(REGISTER) else home.register_mark
    with register.reading() as connection:
        version = version_of(connection)
    if version is None and mark is not None and mark.exists():
        raise RegisterError("register_gone", place=register.place, mark=str(mark))
    if version != NEWEST:
        _migrate(register)
    if mark is not None and not mark.exists():
        mark.touch()
    return register


def unopened_register(home: Home) -> Register:
    """Return the register of a home as it is, to be filled from a backup; it may be none yet."""
    url, place = _where(home)
    return Register(_engine(url, os.getpid()), place)


def _where(home: Home) -> tuple[str, str]:
    """Return the address of the register of a home, and what it is called in a message."""
    url = os.environ.get(REGISTER)
    if url:
        return url, _without_password(url)
    home.state.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{home.register}", str(home.register)


def moment() -> dt.datetime:
    """Return the moment that is now, as events tell it."""
    return dt.datetime.now(dt.UTC)


# A process opens few registers; their connections are used again.
@functools.lru_cache(maxsize=8)
def _engine(url: str, process: int) -> sa.Engine:  # noqa: ARG001 - connections are not inherited
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise RegisterError("register_url", variable=REGISTER) from None
    if parsed.get_backend_name() == "sqlite":
        # A connection that is kept would go on with a file that was moved away or put back.
        engine = sa.create_engine(
            parsed,
            hide_parameters=True,
            poolclass=sa.NullPool,
            connect_args={"timeout": _PATIENCE_SECONDS},
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() != "postgresql":
        raise RegisterError("register_url", variable=REGISTER)
    return sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _REACHED_WITHIN_SECONDS},
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions by its own rules; we begin them below.
    connection.isolation_level = None
    cursor = connection.cursor()
    # One file, whole by itself between writes: it may be copied, moved away and put back, and lie
    # on a disk of the network.
    cursor.execute("pragma journal_mode = delete")
    # Whatever was told to be written is on the disk, power failures included.
    cursor.execute("pragma synchronous = extra")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("samordna_writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def version_of(connection: sa.Connection) -> str | None:
    """Return the newest migration that a database has had; None where it has had none."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("select version_num from alembic_version"))
    return found


def known_version(version: str) -> bool:
    """Return whether a migration is one of this version of Samordna."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to load, and seldom asked for

    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return version in {step.revision for step in steps}


def migrate(connection: sa.Connection, version: str) -> None:
    """Bring a database to a migration, in the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - slow to load, and seldom asked for

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - slow to load, and seldom asked for

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _migrate(register: Register) -> None:
    with _one_migrates(register), register.writing() as connection:
        version = version_of(connection)
        if version is not None and not known_version(version):
            raise RegisterError("register_newer", place=register.place)
        migrate(connection, "head")


@contextmanager
def _one_migrates(register: Register) -> Iterator[None]:
    if register.engine.dialect.name != "sqlite":
        # The writer's lock of the database does it.
        yield
        return
    with FileLock(f"{register.engine.url.database}.lock", timeout=_PATIENCE_SECONDS):
        yield


@contextmanager
def _in_words(place: str) -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        # The driver's own text may quote what was being written.
        reason = str(error.orig).lower() if error.orig else ""
        if "locked" in reason or "busy" in reason:
            raise RegisterError("register_busy", place=place) from None
        if "malformed" in reason or "not a database" in reason:
            raise RegisterError("register_damaged", place=place) from None
        raise RegisterError("register_unreachable", place=place) from None


def _without_password(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except sa.exc.ArgumentError:
        return REGISTER
