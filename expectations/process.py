"""The checks in a process of their own: deliveries are checked while the next ones are read."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from dagster_project.config.sources import Source
from dagster_project.end_with_parent import end_with_parent
from dagster_project.fresh_process import FreshContext
from dagster_project.landing.deliveries import CheckResult, Unchecked


@functools.cache
def get_ready() -> None:
    """Start the process, so that it has loaded its tools when the first check is asked of it."""
    _process().submit(_load_tools)


def check_source(
    source: Source, standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> Future[list[list[CheckResult]]]:
    """Return what `runner.check_source` will find."""
    return _process().submit(_check_source, source, standing, arrived)


def check_parts(parts: Sequence[Path], published: Path | None) -> list[CheckResult]:
    """Return what `runner.check_parts` finds."""
    return _process().submit(_check_parts, parts, published).result()


@functools.cache
def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=FreshContext(), initializer=end_with_parent)


# The runner takes seconds to import: only in the process that checks.


def _load_tools() -> None:
    from expectations import runner  # noqa: PLC0415

    runner.load_tools()


def _check_source(
    source: Source, standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> list[list[CheckResult]]:
    from expectations import runner  # noqa: PLC0415

    return runner.check_source(source, standing, arrived)


def _check_parts(parts: Sequence[Path], published: Path | None) -> list[CheckResult]:
    from expectations import runner  # noqa: PLC0415

    return runner.check_parts(parts, published)
