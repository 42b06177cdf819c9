"""A PostgreSQL of one's own: made in a temporary folder, gone when the tests are."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dagster_project.end_with_parent import end_with_parent

USER, PASSWORD = "leser", "Hemmelig-Passord-17"


@dataclass(frozen=True)
class Postgres:
    """A server on a socket in a folder; the reader may read, the owner may do anything."""

    socket: Path
    port: int = 5432

    def url(self, password: str = PASSWORD, database: str = "postgres") -> str:
        """Return the address as a user of `sql` would write it, for the reader."""
        return f"postgresql://{USER}:{password}@/{database}?host={self.socket}"

    def owner(self, *statements: str) -> list[tuple[Any, ...]]:
        """Do something as the owner, and return the rows of the last statement if it has any."""
        with psycopg.connect(
            host=str(self.socket), port=self.port, user="eier", password=PASSWORD, dbname="postgres"
        ) as connection:
            rows: list[tuple[Any, ...]] = []
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
            return rows


def _program(name: str) -> str:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name) or next(
        (str(folder / name) for folder in folders if (folder / name).exists()), None
    )
    if found is None:
        pytest.skip("no PostgreSQL: install it with apt-get install postgresql")
    return found


@contextmanager
def running(*settings: str, port: int = 5432) -> Iterator[Postgres]:
    """Start a server, and stop it however the block ends; it does not outlive this process.

    `settings` are said to it besides: `ssl=on`.
    """
    initdb, postgres = _program("initdb"), _program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="samordna-postgres-"))
    # PostgreSQL will not be run by root.
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        other = pwd.getpwnam("nobody")
        as_user = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        os.chown(folder, other.pw_uid, other.pw_gid)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    password.chmod(0o644)
    try:
        make = [initdb, "-D", str(folder / "data"), "-U", "eier", "--pwfile", str(password)]
        make += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            make, env=environment, cwd=folder, check=True, capture_output=True, **as_user
        )
        serve = [postgres, "-D", str(folder / "data"), "-k", str(folder)]
        serve += ["-p", str(port), "-c", "listen_addresses=", "-c", "fsync=off"]
        serve += [word for setting in settings for word in ("-c", setting)]
        server = subprocess.Popen(
            serve,
            env=environment,
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - it calls the system, and nothing else
            **as_user,
        )
        try:
            said = server.stderr
            assert said is not None
            assert any("ready to accept connections" in line for line in said)
            threading.Thread(target=said.read, daemon=True).start()
            made = Postgres(folder, port)
            made.owner(
                f"create role {USER} login password '{PASSWORD}'",
                f"grant pg_read_all_data to {USER}",
            )
            yield made
        finally:
            # Whoever is connected still is cut off.
            server.send_signal(signal.SIGINT)
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
