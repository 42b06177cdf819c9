"""dbt as a process of its own that does not outlive the run that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run dbt with the arguments given, to be killed when the parent is."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == 1:  # the parent went before it could be watched
            sys.exit(1)
    from dbt.cli.main import cli  # noqa: PLC0415 - after the parent is watched, for it takes long

    cli()
