"""The orchestrator's memory of a home: one store, that does not grow without bound."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg

from dagster_project.config.paths import Home, home_from
from dagster_project.lock import writing
from dagster_project.problems import SamordnaError

_INSTANCE = """\
# Written by Samordna; the orchestrator's memory of its runs lies beside this file.
telemetry: {enabled: false}
# One run at a time. A run holds the home folder's lock besides, which a killed one lets go.
concurrency:
  runs: {max_concurrent_runs: 1}
freshness: {enabled: true}
# The steps print nothing that is not told elsewhere.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
# One file for the events of all runs, not one for each run.
_ONE_STORE = """\
event_log_storage:
  module: dagster._core.storage.event_log
  class: ConsolidatedSqliteEventLogStorage
  config: {base_dir: {env: DAGSTER_HOME}}
"""
# Workers on other machines tell of their steps, too.
EVENTS = "SAMORDNA_EVENTS"
_SHARED_STORE = f"""\
storage:
  postgres: {{postgres_url: {{env: {EVENTS}}}}}
"""
_RUNS_KEPT = 200


def prepare(home: Home) -> Path:
    """Make the orchestrator's folder fit to be opened, and return it.

    Events are kept in it, or in the PostgreSQL that the environment names. What was damaged is set
    aside: no figure is made of it, and no run may wait for it.
    """
    folder = home.orchestration
    if not all(map(_is_whole_database, folder.rglob("*.db"))):
        set_aside = folder.with_name(f"{folder.name}.damaged")
        shutil.rmtree(set_aside, ignore_errors=True)
        folder.rename(set_aside)
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "dagster.yaml"
    written = settings.read_text("utf-8") if settings.exists() else ""
    wanted = _SHARED_STORE if EVENTS in os.environ else _ONE_STORE
    # One that was cut off is a beginning of what it was; what a person has changed is not.
    if any((_INSTANCE + each).startswith(written) for each in (_ONE_STORE, _SHARED_STORE)):
        is_settled, written = written == _INSTANCE + wanted, _INSTANCE
    else:
        is_settled = "storage:" in written
    if not is_settled:
        # A file for each run, of before.
        shutil.rmtree(folder / "history" / "runs", ignore_errors=True)
        settings.write_text(written + wanted, encoding="utf-8")
    return folder


def tidy(home: Home, instance: dg.DagsterInstance) -> None:
    """Say of runs that were killed that they ended, and forget the oldest runs."""
    unfinished = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
    runs = instance.get_runs(unfinished)
    if runs:
        try:
            # Whoever still runs holds the lock.
            with writing(home):
                for run in runs:
                    instance.report_run_failed(run, message="The process was killed.")
        except SamordnaError:
            return
    for record in instance.get_run_records(limit=_RUNS_KEPT, ascending=True):
        if instance.get_runs_count() <= _RUNS_KEPT:
            break
        instance.delete_run(record.dagster_run.run_id)


def _is_whole_database(file: Path) -> bool:
    """Whether a database can be read; an empty file would pass for one without tables."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            (found,) = connection.execute("pragma quick_check(1)").fetchone()
            (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
        return bool(found == "ok" and tables > 0)
    except sqlite3.DatabaseError:
        return False


if __name__ == "__main__":
    prepare(home_from(None))
