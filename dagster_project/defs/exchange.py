"""Packages after publication: shared and received as `sources.yml` says, where it says so."""

import dagster as dg

from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.defs.failures import as_failure
from dagster_project.sharing.exchange import exchange

JOB = "exchange"


def exchanges(installation: Installation) -> bool:
    """Return whether an installation shares, or receives from a folder, by itself."""
    compare = installation.compare
    return installation.share is not None or bool(compare and compare.packages)


def exchange_job(home: Home) -> dg.JobDefinition:
    """Return the job that makes the next packages and receives those of others."""

    @dg.op(description="Packages of the current publication, and those of others.")
    def exchange_packages(context: dg.OpExecutionContext) -> None:
        with as_failure():
            done = exchange(load_installation(home))
        for line in done.lines:
            context.log.info(line)
        if done.failures:
            raise dg.Failure(" ".join(done.failures), allow_retries=False)

    @dg.job(
        name=JOB, description="Make share packages and receive others' (docs/share-package.md)."
    )
    def job() -> None:
        exchange_packages()

    return job


def after_publication(
    home: Home, job: dg.JobDefinition, publishing: dg.JobDefinition
) -> dg.SensorDefinition:
    """Return the sensor that runs the job when the job that publishes has succeeded."""

    @dg.run_status_sensor(
        name="after_publication",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[publishing],
        request_job=job,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def published(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        if not exchanges(load_installation(home)):
            return dg.SkipReason("sources.yml neither shares nor receives.")
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    return published
