"""Who the server answers: those who asked for it by its name, and nobody else's pages."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect

from dashboards.i18n.texts import Language, Texts

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


@pytest.mark.parametrize("path", ["/", "/coverage", "/_stcore/health", "/media/x", "/a/b"])
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


@pytest.mark.parametrize("path", ["/ukjent", "/a/b", "/a/b/c", "/nn/ukjent/", "/nn/coverage"])
@pytest.mark.parametrize("language", Language)
def test_an_address_that_is_no_page_is_answered_with_a_way_on(
    context: BrowserContext, server: str, path: str, language: Language
) -> None:
    texts = Texts(language)
    page = context.new_page()
    page.goto(f"{server}{path}?x=1&lang={language}")
    expect(page.get_by_text(texts("lost.told"))).to_be_visible()
    assert page.locator("html").get_attribute("lang") == language
    page.get_by_role("link", name=texts("front.heading"), exact=True).click()
    expect(page.get_by_role("heading", level=1, name=texts("front.heading"))).to_be_visible()
    expect(page.locator(".lead").first).to_be_visible()
    assert f"lang={language}" in page.url
    page.close()


def test_the_files_and_the_socket_of_the_pages_are_answered(server: str) -> None:
    page = answer(server, "/coverage").read().decode()
    (script,) = [part.split('"')[0] for part in page.split('src="./')[1:] if ".js" in part]
    found = answer(server, f"/{script}")
    assert found.status == 200
    assert "javascript" in found.headers["Content-Type"]
    assert answer(server, "/_stcore/health").read() == b"ok"
    lost = answer(server, "/coverage/static/js/none.js")
    assert lost.status == 404
    assert lost.headers["X-Content-Type-Options"] == "nosniff"
    assert answer(server, "/_stcore/stream", Origin=server, **_UPGRADE).status == 101
