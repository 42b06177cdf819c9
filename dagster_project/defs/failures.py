"""Failures as the orchestrator may store them: a problem in words, never what an error quotes."""

import errno
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from dagster_project.problems import Problem, SamordnaError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_ROOM_TEXTS = ("No space left", "Could not write", "File too large", "could not allocate")


@contextmanager
def told(source: str = "-") -> Iterator[None]:
    """Turn whatever goes wrong inside into a failure with a problem's text.

    A known problem is not tried again; what is not known may be of the moment, and is.
    """
    try:
        yield
    except SamordnaError as error:
        raise _failure(error.problem, again=False) from None
    except Exception as error:  # noqa: BLE001 - its text may quote a cell or a file's name
        raise _failure(_unknown(error, source), again=True) from None


def _unknown(error: Exception, source: str) -> Problem:
    full = isinstance(error, OSError) and error.errno in _NO_ROOM
    if full or any(text in str(error) for text in _NO_ROOM_TEXTS):
        return Problem("disk_full", {"path": "the home folder"})
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return Problem(
        "unexpected",
        {"source": source, "file": "-", "reason": type(error).__name__, "where": where},
    )


def _failure(problem: Problem, *, again: bool) -> dg.Failure:
    return dg.Failure(
        description=str(problem), metadata={"problem": problem.code}, allow_retries=again
    )
