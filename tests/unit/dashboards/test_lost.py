"""An address that is none of a page is answered in the reader's language."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from streamlit import config

from dashboards.i18n.texts import Language, Texts
from dashboards.lost import LostAddresses

OF_THE_FRAMEWORK = "<html>the framework's own</html>"


async def framework(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the framework does: its page for whatever it does not know."""
    path = scope["path"]
    answer: Response = HTMLResponse(OF_THE_FRAMEWORK)
    if path.startswith("//"):
        answer = PlainTextResponse("Bad Request", status_code=400)
    elif path.startswith("/media/"):
        answer = PlainTextResponse("File not found", status_code=404)
    elif path.endswith(".js"):
        answer = Response("let x;", media_type="text/javascript")
    await answer(scope, receive, send)


def asked(path: str, query: str = "", accept: str = "*/*") -> tuple[int, str]:
    """Ask for a path; return the answer's status and what it says."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"accept", accept.encode())],
    }
    # In a thread of its own: the browser's tests, if they came before, left their loop running here.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, LostAddresses(framework)(scope, receive, send)).result()
    started = [message for message in sent if message["type"] == "http.response.start"]
    assert len(started) == 1
    return started[0]["status"], b"".join(message.get("body", b"") for message in sent).decode()


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    "path", ["/ukjent", "/a/b", "/nn/ukjent/", "/nn/coverage", "/coverage/x", "/a/b/c", "/" + "x" * 999]
)  # fmt: skip
@pytest.mark.parametrize("language", Language)
def test_every_address_that_is_no_page_gets_the_same_sentence(
    path: str, language: Language
) -> None:
    status, said = asked(path, f"x=1&lang={language}")
    texts = Texts(language)
    assert status == 404
    assert texts("lost.told") in said
    assert f'<html lang="{language}">' in said
    assert f'<a href="/?lang={language}">{texts("front.heading")}</a>' in said
    assert f'<a href="/coverage?lang={language}">{texts("coverage.heading")}</a>' in said


def test_whose_address_says_no_language_reads_that_of_the_installation(home: Path) -> None:
    (home / "sources.yml").write_text("language: nn\n", encoding="utf-8")
    assert Texts(Language.NN)("lost.told") in asked("/a/b")[1]
    assert Texts(Language.NN)("lost.told") in asked("/a/b", "lang=xx")[1]


@pytest.mark.parametrize("path", ["/", "/coverage", "/quality"])
def test_a_page_is_the_frameworks_to_answer(path: str) -> None:
    assert asked(path, "x=1") == (200, OF_THE_FRAMEWORK)


def test_files_and_what_scripts_ask_for_are_the_frameworks_to_answer() -> None:
    assert asked("/static/js/index.js") == (200, "let x;")
    assert asked("/media/x") == (404, "File not found")
    assert asked("//a/b") == (400, "Bad Request")


@pytest.mark.parametrize("path", ["/media/x", "//a/b"])
def test_a_reader_meets_no_refusal_of_the_frameworks(path: str) -> None:
    status, said = asked(path, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert status == 404
    assert Texts(Language.NB)("lost.told") in said


def test_behind_a_proxy_the_way_on_begins_with_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", {"server.baseUrlPath": "tal"}.__getitem__)
    assert asked("/tal/coverage") == (200, OF_THE_FRAMEWORK)
    assert asked("/tal/") == asked("/tal") == (200, OF_THE_FRAMEWORK)
    for path in ("/tal/ukjent", "/tal/a/b", "/coverage/tal"):
        assert '<a href="/tal/?lang=nb">' in asked(path)[1]
