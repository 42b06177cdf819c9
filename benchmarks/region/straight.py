"""The models as dbt compiled them, one after the other on one connection: what each of them costs."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import duckdb

from dagster_project.settings import SEEDS, Home


@dataclass(frozen=True)
class Cost:
    """What one model took: seconds by the clock, seconds of the processor, and memory at its peak."""

    model: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run_straight(home: Home) -> list[Cost]:
    """Build every compiled model in a warehouse that has begun, and return what each took."""
    manifest: dict[str, Any] = json.loads((home.dbt_target / "manifest.json").read_text("utf-8"))
    models = {
        name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    parents = {
        name: set(node["depends_on"]["nodes"]) & models.keys() for name, node in models.items()
    }
    costs: list[Cost] = []
    with _open(home) as connection:
        for schema in ("reference", "staging", "intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        for node in manifest["nodes"].values():
            if node["resource_type"] == "seed":
                types = node["config"]["column_types"]
                connection.execute(
                    f"create table reference.{node['name']} as "
                    f"select * from read_csv('{SEEDS / (node['name'] + '.csv')}', types = {types})"
                )
    for name in TopologicalSorter(parents).static_order():
        node = models[name]
        compiled = (
            home.dbt_target / "compiled" / "samordna" / node["original_file_path"]
        ).read_text("utf-8")
        kind = node["config"]["materialized"]
        # Opened anew for each model: the peak of a connection is that of everything before, too.
        with _open(home) as connection:
            wall, cpu = time.monotonic(), time.process_time()
            connection.execute(f"create {kind} {node['schema']}.{node['name']} as {compiled}")
            measured = json.loads(connection.get_profiling_information(format="json"))
            costs.append(
                Cost(
                    node["name"],
                    time.monotonic() - wall,
                    time.process_time() - cpu,
                    measured["system_peak_buffer_memory"],
                )
            )
    return costs


def _open(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the warehouse as the models' profile does, and measure what is run."""
    connection = duckdb.connect(str(home.building))
    connection.execute("set threads = 2; set memory_limit = '10GB'")
    connection.execute("set preserve_insertion_order = false")
    connection.execute(f"set temp_directory = '{home.work / 'spill'}'")
    connection.execute("set enable_profiling = 'no_output'; set profiling_coverage = 'ALL'")
    return connection
