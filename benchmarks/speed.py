"""Where the time of a run goes, against the same SQL run straight in DuckDB.

A fresh demo home is made, run, and run again; then the models as dbt compiled them are run one after
the other on one connection. Times of one machine: trust the ratios.

    python -m benchmarks.speed
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from dagster_project.demo import make_demo
from dagster_project.landing.land import Lander
from dagster_project.settings import SEEDS, Home, load_installation
from dagster_project.warehouse import begin
from expectations.process import check_source

# Runs one home in a process of its own and prints when each stage was first told of.
_TIMED = """
import sys, time
began = time.monotonic()
from pathlib import Path
from dagster_project.progress import Stage, listening
from dagster_project.settings import Home
from dagster_project.defs.run import run_once
told = {"imports": time.monotonic() - began}
def listen(stage, what, done, total):
    name = f"{stage} {what}" if stage is Stage.WAREHOUSE else str(stage)
    told.setdefault(name, time.monotonic() - began)
with listening(listen):
    report = run_once(Home(Path(sys.argv[1])))
told["end"] = time.monotonic() - began
assert report.published, report.failures
import json
print(json.dumps(told))
"""


def timed_run(home: Home) -> dict[str, float]:
    """Run a home in a fresh process and return when each stage began, in seconds."""
    done = subprocess.run(
        [sys.executable, "-c", _TIMED, str(home.root)], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return {str(name): float(seconds) for name, seconds in told.items()}


def print_run(title: str, told: dict[str, float]) -> None:
    """Print the stages of a run, and how much of it is the start of tools."""
    first = told["warehouse catalogue"]
    models = told["warehouse models"]
    stages = {
        "start of the orchestrator": told["landing"],
        "landing": first - told["landing"],
        "start of dbt": models - first,
        "models and their tests": told["checks"] - models,
        "checks before publication": told["publication"] - told["checks"],
        "publication": told["end"] - told["publication"],
    }
    starting = stages["start of the orchestrator"] + stages["start of dbt"]
    print(f"\n{title}: {told['end']:.1f} s, of which {100 * starting / told['end']:.0f} % start-up")
    for name, seconds in stages.items():
        print(f"  {name:28}{seconds:8.1f} s{100 * seconds / told['end']:6.0f} %")


def straight(home: Home) -> float:
    """Run the compiled models on one connection and return the seconds that took."""
    manifest: dict[str, Any] = json.loads((home.dbt_target / "manifest.json").read_text("utf-8"))
    models = {
        name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    parents = {
        name: set(node["depends_on"]["nodes"]) & models.keys() for name, node in models.items()
    }
    installation = load_installation(home)
    with begin(installation, Lander(installation, check_source), None) as connection:
        for schema in ("reference", "staging", "intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        for node in manifest["nodes"].values():
            if node["resource_type"] == "seed":
                types = node["config"]["column_types"]
                connection.execute(
                    f"create table reference.{node['name']} as "
                    f"select * from read_csv('{SEEDS / (node['name'] + '.csv')}', types = {types})"
                )
        began = time.monotonic()
        for name in TopologicalSorter(parents).static_order():
            node = models[name]
            compiled = (
                home.dbt_target / "compiled" / "samordna" / node["original_file_path"]
            ).read_text("utf-8")
            kind = node["config"]["materialized"]
            connection.execute(f"create {kind} {node['schema']}.{node['name']} as {compiled}")
        return time.monotonic() - began


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = str(Path(folder) / "settings")
        home = Home(Path(folder) / "home")
        summary = make_demo(home)
        print(f"{summary.files} files, {sum(summary.rows.values()):,} rows")
        first = timed_run(home)
        print_run("First run, everything new", first)
        again = timed_run(home)
        print_run("Run again, nothing new", again)
        seconds = straight(home)
        models = again["checks"] - again["warehouse models"]
        print(f"\nThe models' SQL straight in DuckDB: {seconds:.1f} s")
        print(f"dbt's models and tests against it: {models / seconds:.1f} times")
        print(f"The whole first run against it: {first['end'] / seconds:.1f} times")


if __name__ == "__main__":
    main()
