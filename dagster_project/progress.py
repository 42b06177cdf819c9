"""How far a run has come, told to whoever listens: the command line does, a server does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Stage(StrEnum):
    """The stages of a run, in their order."""

    FETCHING = "fetching"
    LANDING = "landing"
    WAREHOUSE = "warehouse"
    CHECKS = "checks"
    PUBLICATION = "publication"


Listener = Callable[[Stage, str, int, int], None]
_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have the listener told of everything until the block ends."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report_progress(stage: Stage, what: str, done: int = 0, total: int = 0) -> None:
    """Tell that a stage has come to `what`, with `done` of `total` things behind it."""
    for listener in _listeners:
        listener(stage, what, done, total)
