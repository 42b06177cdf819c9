"""Processes that begin anew, and never run the program that starts them a second time."""

from __future__ import annotations

import sys
import types
from multiprocessing.context import SpawnContext, SpawnProcess


class _FreshProcess(SpawnProcess):
    def start(self) -> None:
        """Start the process.

        A new process imports the main module of the one that starts it, and so runs again whatever
        a script does that does not ask `if __name__ == "__main__"`. Nothing that is run here stands
        in a main module: the process is shown an empty one.
        """
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class FreshContext(SpawnContext):
    """How processes are started here. Not forked: a fork of a process with threads may hang."""

    Process = _FreshProcess
