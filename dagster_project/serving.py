"""Where the dashboards are served: on this machine alone, by a name of it, or behind a proxy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from dagster_project.problems import SamordnaError

_LOOPBACK = "127.0.0.1"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")


@dataclass(frozen=True)
class PublicAddress:
    """The URL that readers open, with a slash at its end, and the server's settings for it."""

    url: str
    settings: tuple[str, ...]


def public_address(written: str, port: int) -> PublicAddress:
    """Return what an address means: nothing, a host of this machine, or the URL of a proxy.

    A host is listened on. Behind a URL somebody else answers, and passes on to this machine: the
    server keeps to the loopback. Raises SamordnaError where it is neither.
    """
    if not written:
        return PublicAddress(f"http://localhost:{port}/", (f"--server.address={_LOOPBACK}",))
    is_url = "://" in written
    parts = urlsplit(written if is_url else f"http://{written}")
    try:
        host, public_port = parts.hostname or "", parts.port
    except ValueError:
        host, public_port = "", None
    beyond = parts.query or parts.fragment or parts.username or parts.password
    is_usable = (
        parts.scheme in ("http", "https")
        and _HOST.fullmatch(host)
        and _PATH.fullmatch(parts.path)
        and not beyond
        and (is_url or (not parts.path and public_port in (None, port)))
    )
    if not is_usable:
        raise SamordnaError("address_unusable", address=written)
    path = parts.path.strip("/")
    if public_port is None and not is_url:
        public_port = port
    place = host if public_port is None else f"{host}:{public_port}"
    settings = [
        f"--server.address={_LOOPBACK if is_url else host}",
        f"--browser.serverAddress={host}",
        *(f"--server.allowedHosts={name}" for name in ("localhost", _LOOPBACK, host)),
        f"--server.corsAllowedOrigins={parts.scheme}://{place}",
    ]
    if path:
        settings.append(f"--server.baseUrlPath={path}")
    return PublicAddress(f"{parts.scheme}://{place}/{path + '/' if path else ''}", tuple(settings))
