"""The command as it is typed: in this process, where what takes seconds to load is loaded once, or
in one of its own, where that is what a test is about (killed, out of room, two at a time)."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from dagster_project import cli
from dagster_project.config.paths import Home

SAMORDNA = Path(sys.executable).with_name("samordna")
_WIDTH = 400


def samordna(command: str, home: Home, *more: str) -> CompletedProcess[str]:
    """Type a command, and return its exit status and what it said."""
    words = ["samordna", command, "--home", str(home.root), *more]
    said, wrong = io.StringIO(), io.StringIO()
    status = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(wrong),
    ):
        patch.setattr(sys, "argv", words)
        for console in (cli.out, cli.err):
            patch.setattr(console, "width", _WIDTH)
        try:
            cli.main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    return CompletedProcess(words, status, said.getvalue(), wrong.getvalue())


def started(
    command: str, home: Home, *more: str, preexec: Callable[[], None] | None = None
) -> CompletedProcess[str]:
    """Type a command in a process of its own; `preexec` is done in it before it begins."""
    return subprocess.run(
        [str(SAMORDNA), command, "--home", str(home.root), *more],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": str(_WIDTH)},
        preexec_fn=preexec,
    )
