"""The file a warehouse is built in: made afresh, in a folder of its own, then put in place."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.identity.maskers import Maskers
from dagster_project.landing.catalogue import (
    Catalogue,
    LandedSource,
    read_catalogue,
    read_landed,
    write_catalogue,
)
from dagster_project.problems import SamordnaError

# dbt as a process that ends with the one that started it (`dbt_process.py`).
DBT = Path(sys.executable).with_name("samordna-dbt")
# A build needs room for itself beside the warehouse that it replaces.
_LEAST_FREE_BYTES = 200_000_000


@dataclass(frozen=True)
class Building:
    """A warehouse being built: the folder that it is made in, and where its faults are told.

    The models' SQL names the database by the name of its file.
    """

    folder: Path
    logs: Path

    @property
    def file(self) -> Path:
        """The file."""
        return self.folder / "warehouse.duckdb"

    @property
    def spill(self) -> Path:
        """Where what exceeds the memory goes."""
        return self.folder / "spill"

    @property
    def log(self) -> Path:
        """What was wrong with the models."""
        return self.logs / "build.log"

    @classmethod
    def whole(cls, home: Home) -> Building:
        """Return that of all municipalities in one file, as those who compare build it."""
        return cls(home.work, home.dbt_target)


def begin(
    installation: Installation, maskers: Maskers, as_of: dt.date | None
) -> duckdb.DuckDBPyConnection:
    """Make a fresh file that knows of all that has landed. The caller closes it."""
    home = installation.home
    clear_work(home)
    landed = read_landed(installation)
    require_something(home, landed)
    catalogue = read_catalogue(installation, maskers, landed, as_of)
    require_room(home, [file for files in catalogue.files.values() for file in files])
    return begin_with(catalogue, Building.whole(home))


def begin_with(catalogue: Catalogue, building: Building) -> duckdb.DuckDBPyConnection:
    """Make a fresh file that knows what a catalogue says. The caller closes it."""
    building.folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(building.file))
    write_catalogue(connection, catalogue)
    return connection


def build_settings(building: Building) -> dict[str, str | bool | int | float | list[str]]:
    """Return how the file is opened that the models are built in.

    What a large register needs beyond the memory goes to disk, and away when the run ends. It is as
    readable as the warehouse beside it: DuckDB encrypts what it spills only with the network
    extension `httpfs`, or with a cipher that it calls unsafe itself.
    """
    return {
        "temp_directory": str(building.spill),
        "memory_limit": os.environ.get("SAMORDNA_MEMORY", "10GB"),
        "preserve_insertion_order": "false",
    }


def build_environment(building: Building) -> dict[str, str]:
    """Return what the models' profile asks of the environment (`dbt/profiles.yml`)."""
    settings = build_settings(building)
    return {
        "SAMORDNA_BUILDING": str(building.file),
        "SAMORDNA_SPILL": str(settings["temp_directory"]),
        "SAMORDNA_MEMORY": str(settings["memory_limit"]),
        # At its most talkative dbt writes ten megabytes a run.
        "DBT_LOG_LEVEL_FILE": "info",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def clear_work(home: Home) -> None:
    """Remove what a run was making, its own or that of one that was killed."""
    shutil.rmtree(home.work, ignore_errors=True)


def require_something(home: Home, landed: Iterable[LandedSource]) -> None:
    """Raise SamordnaError where nothing has been delivered that counts."""
    if not any(delivery.counts for each in landed for delivery in each.deliveries):
        raise SamordnaError("nothing_delivered", inbox=str(home.inbox))


def require_room(home: Home, files: Iterable[Path]) -> None:
    """Raise SamordnaError where the disk has too little room to build of these landed files."""
    free = shutil.disk_usage(home.root).free
    need = _LEAST_FREE_BYTES + 5 * sum(file.stat().st_size for file in files)
    if free < need:
        raise SamordnaError(
            "disk_low",
            path=str(home.root),
            free_mb=free // 1_000_000,
            need_mb=need // 1_000_000,
        )
