"""One run of the nightly job in this process, as `samordna run` does it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg

from dagster_project.definitions import build_defs
from dagster_project.defs.jobs import JOB, run_tags
from dagster_project.defs.publication import CHECK, GROUP
from dagster_project.landing import reader
from dagster_project.landing.continuity import refuse_to_lose
from dagster_project.landing.land import Lander
from dagster_project.lock import writing
from dagster_project.problems import Problem, SamordnaError
from dagster_project.settings import Home, load_installation
from dagster_project.warehouse import clear_work
from expectations import process

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


_OF_ALL_RUNS = ("runs", "index", "schedules")
_LAST_RUNS = 5

# The checks that what is about to go out is held to what went out before by.
_LOST = {"register_kept", "no_municipality_lost"}


@dataclass
class RunReport:
    """What a run came to."""

    publication: str | None = None
    is_new: bool = False
    failures: list[str] = field(default_factory=list)
    new_keys: list[str] = field(default_factory=list)
    key_file: str = ""

    @property
    def published(self) -> bool:
        """Whether the run ended with its figures published."""
        return self.publication is not None


def run_once(
    home: Home, as_of: str = "", *, accept_loss: bool = False, with_dbt: bool = False
) -> RunReport:
    """Land, build, check and publish. Raises SamordnaError where the run cannot even begin.

    `accept_loss` publishes although deliveries of the publication before are gone; `with_dbt` lets
    dbt itself build the models.
    """
    with writing(home):
        installation = load_installation(home)
        if not installation.sources:
            raise SamordnaError("no_sources", file=str(home.sources_file))
        reader.get_ready()
        process.get_ready()
        municipalities = Lander.municipalities_of(installation)
        if not municipalities:
            raise SamordnaError(
                "home_municipality_invalid",
                file=str(home.sources_file),
                written=installation.home_municipality,
            )
        lander = Lander(installation, process.check_source)
        refuse_to_lose(installation)
        lander.open_keys()
        report = RunReport(new_keys=list(lander.keys.created), key_file=str(lander.keys.file))
        definitions = build_defs(home, as_of, accept_loss=accept_loss, with_dbt=with_dbt)
        try:
            with open_instance(home) as instance:
                _close_killed_runs(instance)
                result = definitions.resolve_job_def(JOB).execute_in_process(
                    instance=instance,
                    tags=run_tags(municipalities),
                    raise_on_error=False,
                    run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                )
                _read_result(report, result, home)
        finally:
            clear_work(home)
        return report


def open_instance(home: Home) -> dg.DagsterInstance:
    """Return the orchestrator's memory of this home, made where there is none.

    One that was damaged is set aside: no figure is made of it, and no run may wait for it.
    """
    if not all(map(_is_whole_database, _databases(home.orchestration))):
        set_aside = home.orchestration.with_name(f"{home.orchestration.name}.damaged")
        shutil.rmtree(set_aside, ignore_errors=True)
        home.orchestration.rename(set_aside)
    home.orchestration.mkdir(parents=True, exist_ok=True)
    settings = home.orchestration / "dagster.yaml"
    # One that was cut off is a beginning of what it was; what a person has changed is not.
    if not settings.exists() or _INSTANCE.encode().startswith(settings.read_bytes()):
        settings.write_text(_INSTANCE, encoding="utf-8")
    return dg.DagsterInstance.from_config(str(home.orchestration))


def _databases(orchestration: Path) -> list[Path]:
    """Return the databases that a run opens: those of the whole, and those of the last runs."""
    every = sorted(orchestration.rglob("*.db"), key=lambda file: file.stat().st_mtime)
    return [file for file in every if file.stem in _OF_ALL_RUNS] + every[-_LAST_RUNS:]


def _is_whole_database(file: Path) -> bool:
    """Whether a database can be read; an empty file would pass for one without tables."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            (found,) = connection.execute("pragma quick_check(1)").fetchone()
            (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
        return bool(found == "ok" and tables > 0)
    except sqlite3.DatabaseError:
        return False


def _close_killed_runs(instance: dg.DagsterInstance) -> None:
    """Say of runs that still stand as running that they ended: it is this one that has the lock."""
    unfinished = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(unfinished):
        instance.report_run_failed(run, message="The process was killed.")


def _read_result(report: RunReport, result: dg.ExecuteInProcessResult, home: Home) -> None:
    for event in result.get_asset_materialization_events():
        if event.asset_key and event.asset_key.path[0] == GROUP:
            metadata = event.materialization.metadata
            report.publication = str(metadata["publication"].value)
            report.is_new = bool(metadata["is_new"].value)
    for evaluation in result.get_asset_check_evaluations():
        if evaluation.check_name == CHECK and not evaluation.passed:
            failed = str(evaluation.metadata["failed"].value)
            log = str(home.orchestration)
            report.failures.append(str(Problem("check_failed", {"checks": failed, "log": log})))
            if _LOST & set(failed.split(", ")):
                report.failures.append(str(Problem("register_shrunk")))
    report.failures += list(_failures(result))


def _failures(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data.user_failure_data
            if data and data.description:
                yield data.description
            elif event.step_key and CHECK not in event.step_key:
                yield f"{event.step_key} failed."
