"""The annual report to the chief executive, made in the middle of November."""

import dagster as dg

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.defs.failures import as_failure

JOB = "annual_report"
# In the morning of 15 November, when the night's publication is there.
_MID_NOVEMBER = "0 6 15 11 *"


def annual_report(home: Home) -> dg.JobDefinition:
    """Return the job that makes the report of the home municipality, in the house's language."""

    @dg.op(description="Word, PDF and slides of the current publication.")
    def make_annual_report(context: dg.OpExecutionContext) -> None:
        # What makes reports is needed on one day a year.
        from dashboards.report.command import make_at_terminal  # noqa: PLC0415

        with as_failure():
            code = load_installation(home).home_code or ""
            for line in make_at_terminal(
                home, code, None, "", None, "internal", None, context.log.info
            ):
                context.log.info(line)

    @dg.job(name=JOB, description="The KE's report to the chief executive, due in mid-November.")
    def job() -> None:
        make_annual_report()

    return job


def november_schedule(job: str) -> dg.ScheduleDefinition:
    """Return the schedule that makes the report once a year."""
    return dg.ScheduleDefinition(
        name="every_november",
        job_name=job,
        cron_schedule=_MID_NOVEMBER,
        execution_timezone="Europe/Oslo",
    )
