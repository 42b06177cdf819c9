"""When things run: the nightly job, its schedule, and the sensor that watches the inbox."""

import hashlib
import os
from collections.abc import Sequence

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from dagster_project.landing.files import find_files
from dagster_project.settings import FetchedSource, Home, load_installation

JOB = "nightly"
_AT_NIGHT = "15 2 * * *"
_LOOK_EVERY_SECONDS = 60


def run_tags(municipalities: Sequence[str]) -> dict[str, str]:
    """Return the tags that make one run of all municipalities' partitions."""
    return {
        "dagster/asset_partition_range_start": municipalities[0],
        "dagster/asset_partition_range_end": municipalities[-1],
    }


def nightly_job() -> UnresolvedAssetJobDefinition:
    """Return the job that lands, builds, checks and publishes, in one process."""
    return dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Fetch and land deliveries, build the warehouse, check it, publish it.",
    )


def nightly_schedule(municipalities: Sequence[str]) -> dg.ScheduleDefinition:
    """Return the schedule that runs the job every night."""

    @dg.schedule(job_name=JOB, cron_schedule=_AT_NIGHT, execution_timezone="Europe/Oslo")
    def every_night(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(tags=run_tags(municipalities))

    return every_night


def inbox_sensor(home: Home, municipalities: Sequence[str]) -> dg.SensorDefinition:
    """Return the sensor that runs the job when something new lies in a home's inbox."""

    @dg.sensor(job_name=JOB, minimum_interval_seconds=_LOOK_EVERY_SECONDS)
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
        return dg.RunRequest(run_key=seen.hexdigest(), tags=run_tags(municipalities))

    return new_in_inbox
