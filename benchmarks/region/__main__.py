"""What a region costs: the dbt build, each model, and three other ways to the same figures.

A region is generated as it has landed (`generate.py`). The models are built by dbt with their tests
and without them, and as they are compiled on one connection, which says what each of them costs. Then
the six indicators of coordinators, plans and meetings are made by SQL written by hand, by polars and by
pandas, each in a process of its own; their figures must be those of the models, cell by cell. Times
of one machine: trust the ratios.

    python -m benchmarks.region [--scale 0.1]

At scale 1, a million persons, it takes an hour or so of a machine that does nothing else, and 20 GB of
disk. What has been measured: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.region.compare import differing_cells, keep_figures
from benchmarks.region.generate import NEWEST, begin_warehouse, generate
from benchmarks.region.straight import Cost
from dagster_project.settings import DBT_PROJECT, Home
from dagster_project.warehouse import Building, build_environment

_DBT = Path(sys.executable).with_name("samordna-dbt")
_WAYS = ("hand", "with_polars", "with_pandas")
_RUN = """
import datetime as dt, sys
from importlib import import_module
from pathlib import Path
from dagster_project.settings import Home
way, root, result, as_of = sys.argv[1:]
run = import_module(f"benchmarks.region.{way}").run
run(Home(Path(root)), Path(result), dt.date.fromisoformat(as_of))
"""
_STRAIGHT = """
import dataclasses, json, sys
from pathlib import Path
from benchmarks.region.straight import run_straight
from dagster_project.settings import Home
print(json.dumps([dataclasses.asdict(cost) for cost in run_straight(Home(Path(sys.argv[1])))]))
"""
_MODELS_SHOWN = 25


@dataclass(frozen=True)
class Used:
    """What a process used: seconds by the clock and of the processor, and its memory at the peak."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    def __add__(self, other: Used) -> Used:
        return Used(
            self.seconds + other.seconds,
            self.cpu_seconds + other.cpu_seconds,
            max(self.peak_bytes, other.peak_bytes),
        )


def measured(command: Sequence[str], home: Home, output: Path) -> Used:
    """Run a command to its end, and return what it used. Raises if it fails."""
    environment = {
        **os.environ,
        **build_environment(Building.whole(home)),
        "DBT_LOG_PATH": str(home.dbt_target),
    }
    began = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=file)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed:\n{output.read_text(encoding='utf-8')[-4000:]}")
    return Used(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def dbt(home: Home, *arguments: str) -> Used:
    """Run dbt on a home whose warehouse has begun."""
    target = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
    command = [str(_DBT), "--quiet", *arguments, *target, "--target-path", str(home.dbt_target)]
    return measured(command, home, home.work / "dbt.txt")


def seconds_in_dbt(home: Home) -> dict[str, float]:
    """Return what dbt says of the time of each model that it ran last."""
    results = json.loads((home.dbt_target / "run_results.json").read_text(encoding="utf-8"))
    return {
        result["unique_id"].rsplit(".", 1)[1]: float(result["execution_time"])
        for result in results["results"]
    }


def tell(name: str, used: Used) -> None:
    """Print at once what a step used: the whole takes an hour, and a later step may fail."""
    print(
        f"{name}: {used.seconds:.1f} s, {used.cpu_seconds:.1f} s of processor, "
        f"{used.peak_bytes / 1e9:.2f} GB",
        flush=True,
    )


def print_used(rows: dict[str, Used], measure: str) -> None:
    """Print what several processes used, and how many times one of them that is."""
    print(f"\n{'':34}{'seconds':>10}{'CPU s':>10}{'peak GB':>10}{'times ' + measure:>22}")
    for name, used in rows.items():
        times = f"{used.seconds / rows[measure].seconds:.2f} ({used.cpu_seconds / rows[measure].cpu_seconds:.2f} CPU)"
        print(
            f"{name:34}{used.seconds:>10.1f}{used.cpu_seconds:>10.1f}{used.peak_bytes / 1e9:>10.2f}{times:>22}"
        )


def print_models(costs: list[Cost], in_dbt: dict[str, float]) -> None:
    """Print the models that cost most, and what all of them cost together."""
    print(f"\n{'model':38}{'in dbt, s':>10}{'alone, s':>10}{'CPU s':>10}{'buffers, GB':>13}")
    for cost in sorted(costs, key=lambda cost: -cost.cpu_seconds)[:_MODELS_SHOWN]:
        print(
            f"{cost.model:38}{in_dbt.get(cost.model, 0):>10.1f}{cost.seconds:>10.1f}{cost.cpu_seconds:>10.1f}{cost.peak_bytes / 1e9:>13.2f}"
        )
    seconds, cpu = (
        sum(values) for values in zip(*((c.seconds, c.cpu_seconds) for c in costs), strict=True)
    )
    peak = max(cost.peak_bytes for cost in costs)
    print(
        f"{f'all {len(costs)} models':38}{sum(in_dbt.values()):>10.1f}{seconds:>10.1f}{cpu:>10.1f}{peak / 1e9:>13.2f}"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = str(Path(folder) / "settings")
        home = Home(Path(folder) / "home")
        began = time.monotonic()
        rows = generate(home, options.scale)
        took = time.monotonic() - began
        print(f"{sum(rows.values()):,} rows in {took:.0f} s: {rows}", flush=True)
        used: dict[str, Used] = {}

        def keep(name: str, each: Used) -> None:
            used[name] = each
            tell(name, each)

        begin_warehouse(home)
        keep("dbt build without tests", dbt(home, "seed") + dbt(home, "run"))
        in_dbt = seconds_in_dbt(home)
        expected = Path(folder) / "models.parquet"
        cells = keep_figures(home.building, expected)

        begin_warehouse(home)
        output = Path(folder) / "costs.json"
        command = [sys.executable, "-c", _STRAIGHT, str(home.root)]
        keep("the models on one connection", measured(command, home, output))
        told = output.read_text(encoding="utf-8").splitlines()[-1]
        costs = [Cost(**cost) for cost in json.loads(told)]

        wrong = {}
        for way in _WAYS:
            begin_warehouse(home)
            result = Path(folder) / f"{way}.parquet"
            command = [sys.executable, "-c", _RUN, way, str(home.root), str(result), str(NEWEST)]
            keep(way, measured(command, home, Path(folder) / "output.txt"))
            wrong[way] = differing_cells(expected, result)
        print_models(costs, in_dbt)

        begin_warehouse(home)
        build = ("build", "--exclude-resource-type", "unit_test")
        keep("dbt build with its tests", dbt(home, *build))
        print_used(used, "hand")
        print(f"\n{cells:,} cells of six indicators; differing from the models': {wrong}")
        if any(wrong.values()):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
