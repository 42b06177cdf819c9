"""Who the server answers: those who asked for it by its name, and nobody else's pages."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

_UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def answer(server: str, path: str, **headers: str) -> http.client.HTTPResponse:
    host = urlsplit(server).netloc
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", path, headers={"Host": host, **headers})
    return connection.getresponse()


@pytest.mark.parametrize("path", ["/", "/coverage", "/_stcore/health", "/media/x"])
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80"])
def test_who_asks_under_another_name_gets_nothing(server: str, path: str, host: str) -> None:
    assert answer(server, path, Host=host).status == 400


def test_no_page_under_another_name_hears_what_is_shown(server: str) -> None:
    foreign = answer(
        server,
        "/_stcore/stream",
        Host="evil.example",
        Origin="http://evil.example",
        **_UPGRADE,
    )
    assert foreign.status == 400
    assert answer(server, "/_stcore/stream", Origin=server, **_UPGRADE).status == 101
    assert answer(server, "/_stcore/stream", Origin="http://evil.example", **_UPGRADE).status == 403


def test_no_other_page_shows_these_within_it(server: str) -> None:
    found = answer(server, "/")
    assert found.status == 200
    assert found.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
