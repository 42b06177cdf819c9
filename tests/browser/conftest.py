"""A server with the made-up publication, and a browser that is watched for what it must not do."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.support.publication import LARGE, standing_home
from tests.support.terminal import SAMORDNA

DESKTOP = {"width": 1280, "height": 900}
_TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    # All tabs in one process, which reads what the server always sends once: a third less to open one.
    "--process-per-site",
    "--renderer-process-limit=1",
    "--in-process-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_STARTS_WITHIN = 60  # seconds
LOOKS_EVERY = 50  # milliseconds
_PATIENCE = 60_000  # milliseconds: the machine may be busy with other things
# On the address of a page the framework first looks for itself beside the page.
_LOOKS_FOR_ITSELF = "/_stcore/"


Scheme = Literal["light", "dark"]


class Open(Protocol):
    """Opens a page of the dashboards and waits until it is drawn."""

    def __call__(self, path: str, width: int = ..., scheme: Scheme = ...) -> Page: ...


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Serve the dashboards, and return their address."""
    home = standing_home()
    (home / "sources.yml").write_text(f'home_municipality: "{LARGE}"\n', encoding="utf-8")
    with serving(home) as address:
        yield address


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    """Serve the dashboards of a home, and return their address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [SAMORDNA, "serve", "--home", home, "--port", str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    pause = threading.Event()
    for _ in range(_STARTS_WITHIN * 10):
        assert process.poll() is None, "the server ended at its start"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.1)
    raise AssertionError(f"the server did not answer within {_STARTS_WITHIN} s")


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """Start the machine's own chromium, with one window for all tests.

    It keeps what it has compiled: what the server always sends is fetched and read once.
    """
    if _CHROMIUM is None:
        pytest.skip("chromium is not installed; the browser tests need it")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"),
            executable_path=_CHROMIUM,
            args=_FLAGS,
            accept_downloads=True,
        )
        made.set_default_timeout(_PATIENCE)
        expect.set_options(timeout=_PATIENCE)
        yield made
        made.close()


@pytest.fixture
def open_page(context: BrowserContext, server: str) -> Iterator[Open]:
    """Open pages; at the end, none has reached beyond this machine or complained."""
    strayed: list[str] = []
    complaints: list[str] = []
    opened: list[Page] = []

    def watch_request(request: Request) -> None:
        if not request.url.startswith((server, "data:", "blob:")):
            strayed.append(request.url)

    def watch_console(message: ConsoleMessage) -> None:
        if message.type == "error" and _LOOKS_FOR_ITSELF not in message.location["url"]:
            complaints.append(message.text)

    def open_it(path: str, width: int = DESKTOP["width"], scheme: Scheme = "light") -> Page:
        page = context.new_page()
        # What moves for its own sake is drawn anew at each frame.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        opened.append(page)
        page.set_viewport_size({**DESKTOP, "width": width})
        page.on("request", watch_request)
        page.on("console", watch_console)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server}{path}")
        settled(page)
        return page

    yield open_it
    for page in opened:
        page.close()
    assert strayed == []
    assert complaints == []


def settled(page: Page) -> None:
    """Wait until the page is drawn and nothing runs any more."""
    page.locator(".lead, .told").first.wait_for()
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            // The place of a picture is there before what draws it has come.
            const drawn = [...document.querySelectorAll('[class*="st-key-figure_"]')]
                .every((place) => place.querySelector('.main-svg'));
            return app?.dataset.testScriptState === 'notRunning' && drawn
                && !document.querySelector('[data-stale="true"]');
        }""",
        # Not at every frame: to look costs more than to draw.
        polling=LOOKS_EVERY,
    )
    # What follows the sizes of pictures and frames is told of them when they are drawn.
    page.evaluate(_TWO_FRAMES)
