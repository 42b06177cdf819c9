"""A RabbitMQ of one's own: made in a temporary folder, gone when the tests are."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from dagster_project.end_with_parent import end_with_parent

# Debian's own command starts it as another user, on the machine's own data.
_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_PATIENCE_SECONDS = 120


@contextmanager
def running() -> Iterator[str]:
    """Start a broker, and stop it however the block ends; yields its address."""
    epmd = shutil.which("epmd")
    if epmd is None or not _SERVER.exists():
        pytest.skip("no RabbitMQ: install it with apt-get install rabbitmq-server")
    folder = Path(tempfile.mkdtemp(prefix="samordna-rabbitmq-"))
    port, between, names = _free_ports(3)
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names),
        # Its start script would otherwise stay in between.
        "RUNNING_UNDER_SYSTEMD": "1",
        "RABBITMQ_NODENAME": "samordna@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(between),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "settings"),
    }
    try:
        with ExitStack() as servers:
            # It would start one itself, and leave it behind.
            name_server = servers.enter_context(_started([epmd], environment))
            server = servers.enter_context(_started([str(_SERVER)], environment))
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while not _answers(port):
                gone = server.poll() is not None or name_server.poll() is not None
                assert not gone, (folder / "out").read_text("utf-8")
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    folder = Path(environment["HOME"])
    with (folder / "out").open("ab") as out:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - it calls the system, and nothing else
        )
    try:
        yield process
    finally:
        # Nothing that it holds is needed any more.
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
