"""Failures as the orchestrator may store them: a problem in words, never what an error quotes."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from dagster_project.problems import (
    Problem,
    SamordnaError,
    no_room_left,
    where_it_happened,
    without_right,
)


@contextmanager
def as_failure(source: str = "-") -> Iterator[None]:
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
    if no_room_left(error):
        return Problem("disk_full", {"path": "the home folder"})
    if problem := without_right(error):
        return problem
    return Problem("unexpected", {"source": source, "file": "-", **where_it_happened(error)})


def _failure(problem: Problem, *, again: bool) -> dg.Failure:
    return dg.Failure(
        description=str(problem), metadata={"problem": problem.code}, allow_retries=again
    )
