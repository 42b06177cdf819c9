"""The definitions of an installation, for the orchestrator's server."""

from __future__ import annotations

import dagster as dg

from dagster_project.connectors.fetch import fetched_sources
from dagster_project.contract import RECORD_TYPES
from dagster_project.defs.assets import assets, checks
from dagster_project.defs.home import HomeFolder
from dagster_project.defs.job import nightly
from dagster_project.defs.jobs import inbox_sensor, nightly_schedule, terminal_sensor
from dagster_project.landing.land import Lander
from dagster_project.settings import Home, home_from, load_installation


def build_defs(home: Home) -> dg.Definitions:
    """Return the definitions for one home folder; its sources say which assets there are."""
    installation = load_installation(home)
    municipalities = dg.StaticPartitionsDefinition(Lander.municipalities_of(installation))
    delivered = {source.record for source in installation.sources}
    records = [record for record in RECORD_TYPES if record in delivered]
    is_fetched = bool(fetched_sources(installation))
    return dg.Definitions(
        assets=assets(records, municipalities, is_fetched=is_fetched),
        asset_checks=[checks(home, records)],
        jobs=[nightly],
        schedules=[nightly_schedule()],
        sensors=[inbox_sensor(home), terminal_sensor(home)],
        resources={
            "home_folder": HomeFolder(root=str(home.root)),
            # The steps hand on names only, within one process.
            "io_manager": dg.mem_io_manager,
        },
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the home folder that the environment names."""
    return build_defs(home_from(None))
