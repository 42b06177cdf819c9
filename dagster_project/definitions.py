"""The definitions of an installation, for the orchestrator's server."""

from __future__ import annotations

import os

import dagster as dg

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import HOME, STORE, Home, home_from
from dagster_project.connectors.fetch import fetched_sources
from dagster_project.contract import RECORD_TYPES
from dagster_project.defs.annual_report import annual_report, november_schedule
from dagster_project.defs.assets import assets, checks
from dagster_project.defs.exchange import after_publication, exchange_job, exchanges
from dagster_project.defs.home import HomeFolder
from dagster_project.defs.job import nightly
from dagster_project.defs.jobs import inbox_sensor, nightly_schedule, terminal_sensor


def build_defs(home: Home) -> dg.Definitions:
    """Return the definitions for one home folder; its sources say which assets there are.

    Where the environment names a store there is a job on workers besides, which then is the one
    that runs by itself.
    """
    installation = load_installation(home)
    jobs = [nightly(HomeFolder(root=str(home.root))), *_on_workers(home)]
    by_itself = jobs[-1].name
    reporting = annual_report(home)
    exchanging = [exchange_job(home)] if exchanges(installation) else []
    municipalities = dg.StaticPartitionsDefinition(installation.codes)
    delivered = {source.record for source in installation.sources}
    records = [record for record in RECORD_TYPES if record in delivered]
    is_fetched = bool(fetched_sources(installation))
    return dg.Definitions(
        assets=assets(records, municipalities, is_fetched=is_fetched),
        asset_checks=[checks(home, records)],
        jobs=[*jobs, reporting, *exchanging],
        schedules=[nightly_schedule(by_itself), november_schedule(reporting.name)],
        sensors=[
            inbox_sensor(home, by_itself),
            terminal_sensor(home),
            *(after_publication(home, job, jobs[-1]) for job in exchanging),
        ],
    )


def _on_workers(home: Home) -> list[dg.JobDefinition]:
    if STORE not in os.environ:
        return []
    # What it needs is not in the lean install.
    from dagster_project.defs.on_workers import on_workers  # noqa: PLC0415

    return [on_workers(HomeFolder(root=str(home.root)))]


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the home folder that the environment names.

    Where it names a store and no home this is a worker, which knows no home and builds parts.
    """
    home = home_from(None)
    if STORE in os.environ and HOME not in os.environ:
        return dg.Definitions(jobs=_on_workers(home))
    return build_defs(home)
