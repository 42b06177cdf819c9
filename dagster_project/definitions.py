"""The definitions of an installation, for the orchestrator's server and for `samordna run`."""

from __future__ import annotations

import dagster as dg

from dagster_project.connectors.fetch import fetched_sources
from dagster_project.contract import RECORD_TYPES
from dagster_project.defs.fetching import fetching_asset
from dagster_project.defs.home import HomeFolder
from dagster_project.defs.jobs import inbox_sensor, nightly_job, nightly_schedule
from dagster_project.defs.landing import landing_assets
from dagster_project.defs.publication import fit_to_publish, mart_keys, publication_asset
from dagster_project.defs.warehouse import warehouse_assets
from dagster_project.landing.land import Lander
from dagster_project.settings import Home, home_from, load_installation


def build_defs(
    home: Home, as_of: str = "", *, accept_loss: bool = False, with_dbt: bool = False
) -> dg.Definitions:
    """Return the definitions for one home folder; its sources say which assets there are."""
    installation = load_installation(home)
    municipalities = Lander.municipalities_of(installation)
    delivered = {source.record for source in installation.sources}
    records = [record for record in RECORD_TYPES if record in delivered]
    fetching = [fetching_asset()] if fetched_sources(installation) else []
    landing = landing_assets(
        records,
        dg.StaticPartitionsDefinition(municipalities),
        after=[asset.key for asset in fetching],
    )
    warehouse = warehouse_assets(records)
    return dg.Definitions(
        assets=[*fetching, *landing, *warehouse, publication_asset(mart_keys(warehouse))],
        asset_checks=[fit_to_publish],
        jobs=[nightly_job()],
        schedules=[nightly_schedule(municipalities)],
        sensors=[inbox_sensor(home, municipalities)],
        resources={
            "home_folder": HomeFolder(
                root=str(home.root), as_of=as_of, accept_loss=accept_loss, with_dbt=with_dbt
            ),
        },
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the home folder that the environment names."""
    return build_defs(home_from(None))
