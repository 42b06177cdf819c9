"""The warehouse as assets: what has landed as dbt sees it, and every dbt model."""

import datetime as dt
import io
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)

from dagster_project.defs.failures import told
from dagster_project.defs.home import HomeFolder
from dagster_project.defs.landing import GROUP as LANDING
from dagster_project.defs.landing import landing_key
from dagster_project.landing.continuity import require_all_there
from dagster_project.problems import SamordnaError
from dagster_project.progress import Stage, tell
from dagster_project.publication.publish import said_of
from dagster_project.settings import DBT_PROJECT, SEEDS, Home
from dagster_project.storage import read_json
from dagster_project.warehouse import DBT, begin, build_environment

CATALOGUE = dg.AssetKey([LANDING, "catalogue"])
# Beside the models, so that every home can use what was parsed once.
_PARSED = DBT_PROJECT / "target"


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


class Dbt(DbtCliResource):
    """dbt as a process of its own: in this one it would keep its lock on the file."""

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        """Load no adapter here: it takes seconds, only to count rows, which `_row_counts` does."""


@cache
def manifest() -> Mapping[str, Any]:
    """Return dbt's manifest, parsing the models first if any has changed since."""
    file = _PARSED / "manifest.json"
    parsed = file.exists() and file.stat().st_mtime >= _last_change()
    # One that was cut off when power failed is made again.
    content = read_json(file) if parsed else {}
    if not content:
        _parse()
        content = read_json(file)
    return content


def _parse() -> None:
    # Each in a folder of its own: two at a time would write into one another's files.
    _PARSED.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=_PARSED) as own:
        folder = Path(own)
        environment = {
            **os.environ,
            **build_environment(Home(folder)),
            "SAMORDNA_BUILDING": ":memory:",
            "DBT_LOG_PATH": str(_PARSED),
        }
        done = subprocess.run(
            [str(DBT), "--quiet", "parse", "--target-path", str(folder)],
            cwd=DBT_PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SamordnaError("build_failed", step="dbt parse", log=str(_PARSED / "dbt.log"))
        (folder / "manifest.json").replace(_PARSED / "manifest.json")


def _last_change() -> float:
    files = [DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml", *SEEDS.glob("*.csv")]
    for folder in ("models", "macros", "tests"):
        files += (DBT_PROJECT / folder).rglob("*.*")
    return max(file.stat().st_mtime for file in files)


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
        context: dg.AssetExecutionContext, dbt: Dbt, home_folder: HomeFolder
    ) -> Iterator[Any]:
        home = home_folder.home
        os.environ.update(build_environment(home))
        # Unit tests of the models are for those who change them (`make test`).
        command = ["build", "--exclude-resource-type", "unit_test"]
        invocation = dbt.cli(
            command, context=context, raise_on_error=False, target_path=home.dbt_target
        )
        events: list[Any] = []
        expected = len(context.op_execution_context.selected_output_names)
        # What dbt says of each model is repeated on standard output; its log has it too.
        with redirect_stdout(io.StringIO()):
            for event in invocation.stream():
                events.append(event)
                tell(Stage.WAREHOUSE, "models", len(events), expected)
        if not invocation.is_successful():
            yield from events
            with told():
                raise SamordnaError(
                    "build_failed", step=_failed_steps(home), log=str(home.dbt_target / "dbt.log")
                )
        rows = _row_counts(home)
        for event in events:
            if isinstance(event, dg.Output):
                key = context.asset_key_for_output(event.output_name)
                count = rows.get(".".join(key.path))
                more = {"dagster/row_count": count} if count is not None else {}
                yield event.with_metadata({**event.metadata, **more})
            else:
                yield event

    return [catalogue, warehouse]


def dbt_resource() -> Dbt:
    """Return dbt with the project's models."""
    return Dbt(project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT), dbt_executable=str(DBT))


def _failed_steps(home: Home) -> str:
    """Return the names of what failed; dbt's own messages may quote a value."""
    file = home.dbt_target / "run_results.json"
    if not file.exists():
        return "dbt"
    results = json.loads(file.read_text(encoding="utf-8"))["results"]
    failed = [
        result["unique_id"].split(".")[2]
        for result in results
        if result["status"] in ("error", "fail")
    ]
    return ", ".join(failed) or "dbt"


def _row_counts(home: Home) -> dict[str, int]:
    with duckdb.connect(str(home.building), read_only=True) as connection:
        tables = connection.sql(
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"
        )
        return {str(name): int(size) for name, size in tables.fetchall()}
