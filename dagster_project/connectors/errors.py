"""What may go wrong while fetching, as problems: never what a server or a driver said."""

from __future__ import annotations

import os

from dagster_project.config.sources import FetchedSource
from dagster_project.problems import Problem


class FetchError(Exception):
    """Nothing was fetched. Holds the problem; the error it came of may quote a cell or a secret."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.problem = Problem(code, params)
        super().__init__(code)


class UnreachableError(FetchError):
    """The host did not answer at all: the network is away, or the host is."""

    def __init__(self, source: FetchedSource, host: str) -> None:
        self.host = host
        super().__init__("fetch_unreachable", sources=source.name, hosts=host)


def from_environment(source: FetchedSource, key: str, variable: str) -> str:
    """Return what an environment variable holds. Raises FetchError where it is not set."""
    value = os.environ.get(variable, "").strip()
    if not value:
        raise FetchError("fetch_variable", source=source.name, variable=variable, key=key)
    return value
