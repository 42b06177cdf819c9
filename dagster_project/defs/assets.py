"""What a person sees in the graph: what lands, every model, the publication, and their checks.

The job makes them (`job.py`), or a run at the terminal does; here they are named, grouped and led
back to what they are made of. Partitions are municipalities.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, build_dbt_asset_specs

from dagster_project.config.paths import Home
from dagster_project.contract import RECORD_TYPES
from dagster_project.defs.events import events_of
from dagster_project.defs.keys import (
    COVERAGE,
    FETCHED,
    FIT,
    HELD,
    HOLD,
    LANDING,
    PUBLICATION,
    READ,
    SEEDS,
    landing_key,
)
from dagster_project.history import since
from dagster_project.models import manifest


class Translator(DagsterDbtTranslator):
    """Names and groups the models by their layer, and the sources by what lands them."""

    def __init__(self, records: Sequence[str]) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._records = frozenset(records)

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return `<layer>/<model>`, or what a source lands as."""
        name = str(dbt_resource_props["name"])
        if dbt_resource_props["resource_type"] == "source":
            return landing_key(name if name in self._records else "catalogue")
        return dg.AssetKey([str(dbt_resource_props["schema"]), name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the layer."""
        return str(dbt_resource_props["schema"])


def assets(
    records: Sequence[str], municipalities: dg.PartitionsDefinition[str], *, is_fetched: bool
) -> list[dg.AssetSpec]:
    """Return everything that is made of these record types."""
    fetched = dg.AssetSpec(
        FETCHED,
        group_name="inbox",
        kinds={"csv"},
        description="The deliveries that connectors fetch, as dated files in the inbox.",
    )
    landing = [
        dg.AssetSpec(
            landing_key(record),
            group_name=LANDING,
            kinds={"parquet"},
            description=f"Deliveries of {record}, landed. One row is {RECORD_TYPES[record].grain}.",
            deps=[FETCHED] if is_fetched else [],
            partitions_def=municipalities,
        )
        for record in records
    ]
    models = [
        spec if spec.group_name == SEEDS else spec.replace_attributes(partitions_def=municipalities)
        for spec in build_dbt_asset_specs(
            manifest=manifest(), dagster_dbt_translator=Translator(records)
        )
    ]
    publication = dg.AssetSpec(
        PUBLICATION,
        group_name="publication",
        kinds={"parquet"},
        description="The published tables of the profile `internal`, and the pointer to them.",
        deps=[spec.key for spec in models if spec.key.path[0] == "marts"],
        freshness_policy=dg.FreshnessPolicy.time_window(
            fail_window=dt.timedelta(hours=36), warn_window=dt.timedelta(hours=28)
        ),
    )
    return [*([fetched] if is_fetched else []), *landing, *models, publication]


def checks(home: Home, records: Sequence[str]) -> dg.AssetChecksDefinition:
    """Return the checks; they are made in a run, and here it is said again what came of them."""

    @dg.multi_asset_check(specs=_check_specs(records), name="told_of_checks")
    def report_checks() -> Iterator[dg.AssetCheckResult]:
        latest = {
            event.asset_check_key: event
            for _, run in since(home, None)
            for event in events_of(run)
            if isinstance(event, dg.AssetCheckEvaluation)
        }
        for key, event in latest.items():
            yield dg.AssetCheckResult(
                passed=event.passed,
                asset_key=key.asset_key,
                check_name=key.name,
                severity=event.severity,
                metadata=event.metadata,
            )

    return report_checks


def _check_specs(records: Sequence[str]) -> list[dg.AssetCheckSpec]:
    of_landing = [
        dg.AssetCheckSpec(name, asset=landing_key(record), description=description)
        for record in records
        for name, description in (
            (READ, "Every delivery could be read."),
            (HELD, "No delivery is held back by its suite."),
        )
    ]
    return [
        *of_landing,
        dg.AssetCheckSpec(
            HOLD,
            asset=COVERAGE,
            description="Every data test of the models holds (dbt).",
            blocking=True,
        ),
        dg.AssetCheckSpec(
            FIT,
            asset=COVERAGE,
            description="Great Expectations on the figures that are about to be published.",
            blocking=True,
        ),
    ]
