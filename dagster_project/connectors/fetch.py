"""Fetching for all sources of an installation: each that fails, fails alone."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable

from dagster_project.config.installation import Installation
from dagster_project.config.sources import FetchedSource, RestSource, SqlSource, SsbSource
from dagster_project.connectors.errors import FetchError, UnreachableError
from dagster_project.connectors.inbox import drafting, last_landed_watermark
from dagster_project.problems import Problem, SamordnaError, no_room_left, where_it_happened
from dagster_project.progress import Stage, report_progress
from dagster_project.storage import read_json, write_atomically


def fetched_sources(installation: Installation) -> list[FetchedSource]:
    """Return the sources whose deliveries are fetched."""
    return [source for source in installation.sources if isinstance(source, FetchedSource)]


def fetch_all(
    installation: Installation,
    today: dt.date,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Problem]:
    """Fetch the deliveries of today into the inbox, and return and note what went wrong.

    Hosts that cannot be reached are one problem together: mostly it is the network that is away.
    `sleep` is how it waits before it asks a busy server again (seconds).
    """
    problems: list[Problem] = []
    unreached: list[UnreachableError] = []
    for source in fetched_sources(installation):
        report_progress(Stage.FETCHING, source.name)
        try:
            _fetch(installation, source, today, sleep)
        except UnreachableError as error:
            unreached.append(error)
        except FetchError as error:
            problems.append(error.problem)
        except Exception as error:  # noqa: BLE001 - its text may quote a cell or a secret
            if no_room_left(error):
                raise SamordnaError("disk_full", path=str(installation.home.root)) from None
            params = {"source": source.name, **where_it_happened(error)}
            problems.append(Problem("fetch_unexpected", params))
    if unreached:
        hosts = ", ".join(dict.fromkeys(error.host for error in unreached))
        names = ", ".join(str(error.problem.params["sources"]) for error in unreached)
        problems.append(Problem("fetch_unreachable", {"hosts": hosts, "sources": names}))
    content = json.dumps([problem.as_dict() for problem in problems], indent=1)
    write_atomically(installation.home.last_fetch, f'{{"problems": {content}}}')
    return problems


def read_problems(installation: Installation) -> list[Problem]:
    """Return what went wrong when deliveries were last fetched; nothing where none are now."""
    if not fetched_sources(installation):
        return []
    stored = read_json(installation.home.last_fetch).get("problems", [])
    return [Problem.from_dict(problem) for problem in stored]


def _fetch(
    installation: Installation,
    source: FetchedSource,
    today: dt.date,
    sleep: Callable[[float], None],
) -> None:
    """Fetch one source. Raises FetchError where nothing could be fetched."""
    home = installation.home
    # Drivers and clients take long to load: only those that are used.
    with drafting(home, source, today) as draft:
        match source:
            case SqlSource():
                from dagster_project.connectors import sql  # noqa: PLC0415

                sql.fetch(source, draft, last_landed_watermark(home, source))
            case RestSource():
                from dagster_project.connectors import rest  # noqa: PLC0415

                rest.fetch(source, draft, sleep)
            case SsbSource():
                from dagster_project.connectors import ssb  # noqa: PLC0415

                ssb.fetch(source, draft, installation, sleep)
