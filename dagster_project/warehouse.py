"""The file the warehouse is built in: made afresh for each run, and put in place at its end."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from pathlib import Path

import duckdb

from dagster_project.landing.catalogue import write_catalogue
from dagster_project.landing.land import Lander
from dagster_project.problems import SamordnaError
from dagster_project.settings import Home, Installation
from dagster_project.storage import sync_file

# dbt as a process that ends with the one that started it (`dbt_process.py`).
DBT = Path(sys.executable).with_name("samordna-dbt")
# A build needs room for itself beside the warehouse that it replaces.
_LEAST_FREE_BYTES = 200_000_000


def begin(
    installation: Installation, lander: Lander, as_of: dt.date | None
) -> duckdb.DuckDBPyConnection:
    """Make a fresh file that knows what has landed, and return it open. The caller closes it."""
    home = installation.home
    clear_work(home)
    home.work.mkdir(parents=True, exist_ok=True)
    _require_room(home)
    connection = duckdb.connect(str(home.building))
    write_catalogue(connection, installation, lander, as_of)
    delivered = connection.sql("select count(*) from landing.delivery where status = 'in_force'")
    if not (delivered.fetchone() or (0,))[0]:
        connection.close()
        raise SamordnaError("nothing_delivered", inbox=str(home.inbox))
    return connection


def build_settings(home: Home) -> dict[str, str | bool | int | float | list[str]]:
    """Return how the file is opened that the models are built in.

    What a large register needs beyond the memory goes to disk, and away when the run ends. It is as
    readable as the warehouse beside it: DuckDB encrypts what it spills only with the network
    extension `httpfs`, or with a cipher that it calls unsafe itself.
    """
    return {
        "temp_directory": str(home.work / "spill"),
        "memory_limit": os.environ.get("SAMORDNA_MEMORY", "10GB"),
        "preserve_insertion_order": "false",
    }


def build_environment(home: Home) -> dict[str, str]:
    """Return what the models' profile asks of the environment (`dbt/profiles.yml`)."""
    settings = build_settings(home)
    return {
        "SAMORDNA_BUILDING": str(home.building),
        "SAMORDNA_SPILL": str(settings["temp_directory"]),
        "SAMORDNA_MEMORY": str(settings["memory_limit"]),
        # At its most talkative dbt writes ten megabytes a run.
        "DBT_LOG_LEVEL_FILE": "info",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def finish(home: Home) -> None:
    """Put the built file in the place of the warehouse, at once."""
    with duckdb.connect(str(home.building)) as connection:
        connection.execute("checkpoint")
    sync_file(home.building)
    home.building.replace(home.warehouse)
    clear_work(home)


def clear_work(home: Home) -> None:
    """Remove what a run was making, its own or that of one that was killed."""
    shutil.rmtree(home.work, ignore_errors=True)


def _require_room(home: Home) -> None:
    free = shutil.disk_usage(home.root).free
    existing = home.warehouse.stat().st_size if home.warehouse.exists() else 0
    landed = sum(file.stat().st_size for file in home.landing.rglob("*.parquet"))
    need = _LEAST_FREE_BYTES + 2 * existing + 3 * landed
    if free < need:
        raise SamordnaError(
            "disk_low",
            path=str(home.root),
            free_mb=free // 1_000_000,
            need_mb=need // 1_000_000,
        )
