"""The nightly job: the stages of a run (`run.py`), a step each, and one for each municipality.

All steps but `built` need the home; where that one is made, a builder says (`builders.py`).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from dagster_project import history
from dagster_project.built import find
from dagster_project.clock import today_here
from dagster_project.connectors.fetch import fetch_all, fetched_sources
from dagster_project.defs.builders import AtHome, Builder
from dagster_project.defs.events import events_of
from dagster_project.defs.failures import as_failure
from dagster_project.defs.home import HomeFolder
from dagster_project.problems import Problem, SamordnaError
from dagster_project.register.ledger import settle_all
from dagster_project.run import RunReport, finish, land

JOB = "nightly"
# As Dagster's executor for Celery reads it: the queue that workers take the step from.
QUEUE, WORKERS = "dagster-celery/queue", "parts"
_AGAIN = dg.RetryPolicy(max_retries=2, delay=2, backoff=dg.Backoff.EXPONENTIAL)


@dg.op(retry_policy=_AGAIN, out=dg.Out(dg.Nothing))
def landed(context: dg.OpExecutionContext, home_folder: HomeFolder) -> None:
    """Fetch what is fetched, and land what is new."""
    installation = home_folder.installation()
    with as_failure():
        problems = fetch_all(installation, today_here()) if fetched_sources(installation) else []
        noted = history.Run.begun()
        lander = home_folder.open(installation)
        outcomes = land(lander, installation.sources)
        noted.landed(lander.installation, outcomes)
    for problem in (*problems, *(each for outcome in outcomes for each in outcome.problems)):
        context.log.warning(str(problem))
    _show(context, noted)


@dg.op(ins={"after": dg.In(dg.Nothing)}, out=dg.DynamicOut(str))
def parts(home_folder: HomeFolder, builder: Builder) -> Iterator[dg.DynamicOutput[str]]:
    """Say which parts are to be built: those that are there already are not built again."""
    with as_failure():
        planned = home_folder.parts()
        missing = [part for part in planned if find(home_folder.home, part) is None]
        # Where several are built at a time, nobody waits at the end for the largest.
        missing.sort(key=lambda part: part.catalogue.bytes, reverse=True)
        builder.hand_out(home_folder.home, missing)
    for part in missing:
        yield dg.DynamicOutput(part.name, mapping_key=part.place.replace("+", "_and_"))


@dg.op(retry_policy=_AGAIN, out=dg.Out(dict), tags={QUEUE: WORKERS})
def built(context: dg.OpExecutionContext, builder: Builder, name: str) -> dict[str, Any]:
    """Build a part. What fails is said to the last step: the others go on."""
    noted = history.Run.begun()
    with as_failure():
        try:
            builder.build(name, noted)
        except SamordnaError as error:
            context.log.error(str(error))
            return {"part": name, "problem": error.problem.as_dict()}
    _show(context, noted)
    return {"part": name, "problem": None}


@dg.op(out=dg.Out(dg.Nothing))
def published(
    context: dg.OpExecutionContext,
    home_folder: HomeFolder,
    builder: Builder,
    made: list[dict[str, Any]],
) -> None:
    """Check what is new, and publish it."""
    home = home_folder.home
    noted, report = history.Run.begun(), RunReport()
    failed: dict[str, SamordnaError] = {
        each["part"]: SamordnaError.of(Problem.from_dict(each["problem"]))
        for each in made
        if each["problem"]
    }
    try:
        with as_failure():
            planned = home_folder.parts()
            builder.bring_home(home, planned)
            there = {part.name: part_there for part in planned if (part_there := find(home, part))}
            finish(home, planned, there, failed, report, noted)
    finally:
        noted.write(home, report.publication, shown_by=context.run_id)
        _show(context, noted, report.publication)
    for remark in settle_all(home):
        context.log.info(remark)
    if report.failures:
        raise dg.Failure(" ".join(report.failures), allow_retries=False)


@dg.graph
def stages() -> None:
    """Run the stages in their order."""
    published(parts(after=landed()).map(built).collect())


def nightly(home_folder: HomeFolder) -> dg.JobDefinition:
    """Return the job that does everything in one process."""
    return stages.to_job(
        name=JOB,
        executor_def=dg.in_process_executor,
        description="Fetch and land deliveries, build what has changed, check it, publish it.",
        resource_defs={
            "home_folder": home_folder,
            "builder": AtHome(home_folder=home_folder),
            # The steps hand on names only, within one process.
            "io_manager": dg.mem_io_manager,
        },
    )


def _show(
    context: dg.OpExecutionContext, noted: history.Run, publication: str | None = None
) -> None:
    for event in events_of(noted.content(publication)):
        if isinstance(event, dg.AssetMaterialization):
            context.log_event(event)
        else:
            # A step that is no check may not log what checks came to.
            context.instance.report_runless_asset_event(event)
