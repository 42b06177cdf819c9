"""What every test shares: no network but loopback, no settings of the user, the shared test data."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

_LOOPBACK = {"127.0.0.1", "::1", "localhost", ""}
_SHARED = Path(os.environ.get("SAMORDNA_SHARED", Path(__file__).parents[2] / "shared"))

# A busy machine is slow: no test is timed.
# `make test` tries the same each time: what fails there was broken by the change at hand. New cases
# are looked for by `make nightly`.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


class NetworkBlockedError(RuntimeError):
    """A test reached for the network."""


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """Block every socket that would leave this machine, in this process."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOOPBACK:
            raise NetworkBlockedError(f"a test tried to reach {address[0]}")
        connect(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in _LOOPBACK and host is not None:
            raise NetworkBlockedError(f"a test tried to look up {host}")
        return resolve(host, *args, **kwargs)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    # Programs that a test starts are given a proxy that nobody answers on.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        patch.setenv(name, "http://127.0.0.1:9")
    patch.setenv("no_proxy", "127.0.0.1,localhost")
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep key files and the like out of the user's own settings."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))
    patch.delenv("SAMORDNA_HOME", raising=False)
    # As every command of Samordna: what is made is closed to others.
    before = os.umask(0o077)
    yield
    os.umask(before)
    patch.undo()


def shared_data() -> Path:
    """Return where the shared test data would lie."""
    return _SHARED


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared test data; the test is skipped where it is absent."""
    if not _SHARED.is_dir():
        pytest.skip(f"the shared test data are not at {_SHARED} (set SAMORDNA_SHARED)")
    return _SHARED
