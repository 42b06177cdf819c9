"""Printing a document to PDF with the Chromium of this machine, where there is one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_PATIENCE = 60  # seconds
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    # The document needs nobody: whatever the browser itself would like to reach is not found.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--virtual-time-budget=20000",
)
# One at a time: a browser takes hundreds of megabytes.
_one_at_a_time = threading.Lock()
# After a failure nobody is promised a PDF for so long; the cause may be a passing one.
_REST = 600  # seconds
_failures: list[float] = []


class PrintingError(Exception):
    """Chromium did not print the document."""


def printer() -> str | None:
    """Return the Chromium of this machine; None where there is none, or it has just failed."""
    if _failures and time.monotonic() - _failures[-1] < _REST:
        return None
    return next(filter(None, map(shutil.which, _NAMES)), None)


def as_pdf(document: str) -> bytes:
    """Return an HTML document as PDF; raise PrintingError where that does not come about."""
    chromium = printer()
    if chromium is None:
        raise PrintingError("there is no Chromium on this machine")
    with _one_at_a_time, tempfile.TemporaryDirectory(prefix="samordna-print-") as folder:
        page, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(document, encoding="utf-8")
        # Its sandbox needs another user than root.
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        _run(
            [
                chromium,
                *_FLAGS,
                *as_root,
                f"--user-data-dir={folder}/profile",
                f"--print-to-pdf={printed}",
                page.as_uri(),
            ]
        )
        try:
            return printed.read_bytes()
        except OSError:
            raise _failed("Chromium left no file") from None


def _failed(reason: str) -> PrintingError:
    _failures.append(time.monotonic())
    return PrintingError(reason)


def _run(command: list[str]) -> None:
    """Run a command to its end; past our patience it ends, and all that it started."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise _failed(str(error)) from None
    try:
        code = process.wait(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise _failed(f"Chromium did not end within {_PATIENCE} s") from None
    if code:
        raise _failed(f"Chromium ended with {code}")
