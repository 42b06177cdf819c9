"""When things run, and what is shown of runs at the terminal: the schedule and the sensors."""

import hashlib
import os

import dagster as dg

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import FetchedSource
from dagster_project.defs.events import events_of
from dagster_project.defs.instance import tidy
from dagster_project.history import since
from dagster_project.landing.files import find_files

_AT_NIGHT = "15 2 * * *"
_LOOK_EVERY_SECONDS = 60
# So many runs of the terminal are shown at one look: a sensor has a minute.
_RUNS_AT_ONCE = 5


def nightly_schedule(job: str) -> dg.ScheduleDefinition:
    """Return the schedule that runs a job every night."""
    return dg.ScheduleDefinition(
        name="every_night",
        job_name=job,
        cron_schedule=_AT_NIGHT,
        execution_timezone="Europe/Oslo",
    )


def inbox_sensor(home: Home, job: str) -> dg.SensorDefinition:
    """Return the sensor that runs a job when something new lies in a home's inbox."""

    @dg.sensor(job_name=job, minimum_interval_seconds=_LOOK_EVERY_SECONDS)
    def new_in_inbox(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        # A file's name may name a person: the cursor keeps only what it comes to.
        seen = hashlib.sha256()
        for source in load_installation(home).sources:
            # What a run fetches is no reason for another run.
            if isinstance(source, FetchedSource):
                continue
            for path in find_files(home, source):
                stat = path.lstat()
                seen.update(os.fsencode(home.relative(path)))
                seen.update(f"|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
        if context.cursor == seen.hexdigest():
            return dg.SkipReason("Nothing new in the inbox.")
        context.update_cursor(seen.hexdigest())
        return dg.RunRequest(run_key=seen.hexdigest())

    return new_in_inbox


def terminal_sensor(home: Home) -> dg.SensorDefinition:
    """Return the sensor that shows what runs at the terminal did, and keeps the history short."""

    @dg.sensor(
        minimum_interval_seconds=_LOOK_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def runs_at_the_terminal(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        tidy(home, context.instance)
        runs = since(home, context.cursor)[:_RUNS_AT_ONCE]
        events = [event for _, run in runs if not run["shown_by"] for event in events_of(run)]
        cursor = runs[-1][0] if runs else context.cursor
        if not events:
            return dg.SensorResult(skip_reason="Nothing was run at the terminal.", cursor=cursor)
        return dg.SensorResult(asset_events=events, cursor=cursor)

    return runs_at_the_terminal
