"""The warehouse as assets: what has landed as dbt sees it, and every dbt model."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from dagster_project.defs.failures import told
from dagster_project.defs.home import HomeFolder
from dagster_project.defs.landing import GROUP as LANDING
from dagster_project.defs.landing import landing_key
from dagster_project.landing.continuity import require_all_there
from dagster_project.models import BuildError, build_with_dbt, manifest, tables_in_order
from dagster_project.progress import Stage, tell
from dagster_project.publication.publish import said_of
from dagster_project.settings import Home
from dagster_project.straight import build
from dagster_project.warehouse import begin

CATALOGUE = dg.AssetKey([LANDING, "catalogue"])


class Translator(DagsterDbtTranslator):
    """Names and groups the models by their layer, and the sources by what lands them."""

    def __init__(self, records: Sequence[str]) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._records = frozenset(records)

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return `<layer>/<model>`, or what a source lands as."""
        name = str(dbt_resource_props["name"])
        if dbt_resource_props["resource_type"] == "source":
            return landing_key(name) if name in self._records else CATALOGUE
        return dg.AssetKey([str(dbt_resource_props["schema"]), name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the layer."""
        return str(dbt_resource_props["schema"])


def warehouse_assets(records: Sequence[str]) -> list[dg.AssetsDefinition]:
    """Return the catalogue of what has landed, and the dbt models."""

    @dg.asset(
        key=CATALOGUE,
        group_name=LANDING,
        kinds={"duckdb"},
        description="The fresh file of this run's warehouse, with what has landed as views.",
        deps=[landing_key(record) for record in records],
    )
    def catalogue(home_folder: HomeFolder) -> dg.MaterializeResult:
        tell(Stage.WAREHOUSE, "catalogue")
        installation = home_folder.installation()
        as_of = dt.date.fromisoformat(home_folder.as_of) if home_folder.as_of else None
        with told(), begin(installation, home_folder.lander(installation), as_of) as connection:
            if not home_folder.accept_loss:
                require_all_there(connection, home_folder.home, said_of(home_folder.home))
            counted = connection.sql(
                "select status, count(*) from landing.delivery group by all order by all"
            )
            metadata = {str(status): int(number) for status, number in counted.fetchall()}
        return dg.MaterializeResult(metadata=metadata)

    @dbt_assets(
        manifest=manifest(),
        dagster_dbt_translator=Translator(records),
        name="warehouse",
    )
    def warehouse(
        context: dg.AssetExecutionContext, home_folder: HomeFolder
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        home = home_folder.home
        failure: BuildError | None = None
        with told():
            try:
                if home_folder.with_dbt:
                    tell(Stage.WAREHOUSE, "models")
                    build_with_dbt(home)
                else:
                    build(home, tell=lambda done, of: tell(Stage.WAREHOUSE, "models", done, of))
            except BuildError as error:
                failure = error
        if failure is None:
            rows = _row_counts(home)
            # The orchestrator takes nothing before what it is made of.
            for name in tables_in_order():
                key = dg.AssetKey(name.split("."))
                count = rows.get(name)
                metadata = {} if count is None else {"dagster/row_count": count}
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)
        for check in context.selected_asset_check_keys:
            if failure is None or check.name in failure.failed:
                yield dg.AssetCheckResult(
                    asset_key=check.asset_key, check_name=check.name, passed=failure is None
                )
        with told():
            if failure is not None:
                raise failure

    return [catalogue, warehouse]


def _row_counts(home: Home) -> dict[str, int]:
    with duckdb.connect(str(home.building), read_only=True) as connection:
        tables = connection.sql(
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"
        )
        return {str(name): int(size) for name, size in tables.fetchall()}
