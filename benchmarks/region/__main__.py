"""What a region costs the product, beside the same publication in SQL written by hand.

A region of fifteen municipalities is generated as it has landed (`generate.py`). The product's own
engine builds every part with its tests and writes what it publishes; SQL written by hand writes the
same files from the same landed rows. The two take turns, each in a process of its own, and every
table of every municipality is held together, cell by cell. Then a day: one delivery more of one
municipality, after which only its part is built. polars and pandas make six of the indicators.
What is compared is processor time (user and system): it depends least on what else the machine does.

    python -m benchmarks.region [--scale 0.1] [--times 3]

At scale 1, a million persons, it takes hours, and 40 GB of disk. What has been measured:
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.region.compare import compare, differing_cells, keep_figures
from benchmarks.region.cost import Cost
from benchmarks.region.generate import LARGEST, NEWEST, begin_warehouse, deliver_a_day, generate
from benchmarks.region.hand import NOT_MADE, TABLES
from benchmarks.region.product import parts_of
from dagster_project.built import find
from dagster_project.config.paths import Home

_FRAMES = ("with_polars", "with_pandas")
# The eighth of the fifteen by size.
_OF_THE_DAY = "3205"
_SHOWN = 25
_STEP = """
import dataclasses, json, sys
from importlib import import_module
from pathlib import Path
from dagster_project.config.paths import Home
module, function, root, *arguments = sys.argv[1:]
step = getattr(import_module(f"benchmarks.region.{module}"), function)
given = [Path(each) if "/" in each else each for each in arguments]
print(json.dumps([dataclasses.asdict(cost) for cost in step(Home(Path(root)), *given)]))
"""
_FRAME = """
import datetime as dt, sys
from importlib import import_module
from pathlib import Path
from dagster_project.config.paths import Home
way, root, result, as_of = sys.argv[1:]
run = import_module(f"benchmarks.region.{way}").run
run(Home(Path(root)), Path(result), dt.date.fromisoformat(as_of))
"""


def step(home: Home, function: str, *arguments: str) -> list[Cost]:
    """Run a function `module.name` of the benchmark in a process of its own, and return its costs."""
    command = [sys.executable, "-c", _STEP, *function.split("."), str(home.root), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [Cost(**cost) for cost in json.loads(done.stdout.splitlines()[-1])]


def frame(home: Home, way: str, result: Path) -> Cost:
    """Let data frames make the six indicators in a process of its own, and return what it cost."""
    began = time.monotonic()
    command = [sys.executable, "-c", _FRAME, way, str(home.root), str(result), str(NEWEST)]
    with subprocess.Popen(command) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{way} failed")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(way, time.monotonic() - began, cpu, usage.ru_maxrss * 1024)


def in_turns(home: Home, folder: Path, times: int) -> tuple[list[list[Cost]], list[list[Cost]]]:
    """Let the product and the SQL by hand make the region in turns; return the costs of each time."""
    built, by_hand = [], []
    for _ in range(times):
        shutil.rmtree(home.warehouse, ignore_errors=True)
        built.append(step(home, "product.run"))
        print_cost(Cost.of_all("the product", built[-1]))
        shutil.rmtree(folder, ignore_errors=True)
        by_hand.append(step(home, "hand.run", str(folder)))
        print_cost(Cost.of_all("by hand", by_hand[-1]))
    return built, by_hand


def differing_rows(home: Home, folder: Path) -> dict[str, int]:
    """Hold all tables of both together; print the cells of each, and return where rows differ."""
    cells = dict.fromkeys(TABLES, 0)
    differing: dict[str, int] = {}
    for part in parts_of(home):
        built = find(home, part)
        assert built is not None
        for table in TABLES:
            found = compare(built.folder, folder, table, part.place)
            cells[table] += found.cells
            if found.differing_rows:
                differing[f"{table} of {part.place}"] = found.differing_rows
    listed = ", ".join(f"{table} {count:,}" for table, count in cells.items())
    print(f"\n{sum(cells.values()):,} cells held together: {listed}")
    print(f"not made by hand, for a region has no row of them: {', '.join(NOT_MADE)}")
    print(f"rows that differ: {differing or 'none'}", flush=True)
    return differing


def print_cost(cost: Cost) -> None:
    """Print at once what a step cost: the whole takes long, and a later step may fail."""
    print(
        f"{cost.what}: {cost.cpu_seconds:.1f} s of processor, {cost.seconds:.1f} s, "
        f"{cost.peak_bytes / 1e9:.2f} GB",
        flush=True,
    )


def print_parts(built: Sequence[Sequence[Cost]], by_hand: Sequence[Sequence[Cost]]) -> float:
    """Print the median of each part both ways, and return the processor time of the product's whole."""
    print(f"\n{'':12}{'CPU s':>10}{'by hand':>10}{'times':>8}{'peak GB':>10}{'by hand':>10}")
    whole, whole_by_hand = median_of(built), median_of(by_hand)
    for what, ours in whole.items():
        print_pair(what, ours, whole_by_hand[what])
    ours, theirs = (Cost.of_all("all", list(each.values())) for each in (whole, whole_by_hand))
    print_pair("all", ours, theirs)
    ratios = [
        Cost.of_all("", one).cpu_seconds / Cost.of_all("", other).cpu_seconds
        for one, other in zip(built, by_hand, strict=True)
    ]
    print(f"times the SQL by hand, each time: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    return ours.cpu_seconds


def print_pair(what: str, ours: Cost, theirs: Cost) -> None:
    """Print what something cost both ways."""
    print(
        f"{what:12}{ours.cpu_seconds:>10.2f}{theirs.cpu_seconds:>10.2f}"
        f"{ours.cpu_seconds / theirs.cpu_seconds:>8.2f}"
        f"{ours.peak_bytes / 1e9:>10.2f}{theirs.peak_bytes / 1e9:>10.2f}"
    )


def median_of(times: Sequence[Sequence[Cost]]) -> Mapping[str, Cost]:
    """Return of each thing the median of what it cost, and its highest peak."""
    return {
        first.what: Cost(
            first.what,
            median(cost.seconds for cost in costs),
            median(cost.cpu_seconds for cost in costs),
            max(cost.peak_bytes for cost in costs),
        )
        for first, *others in zip(*times, strict=True)
        for costs in [[first, *others]]
    }


def print_costs(title: str, costs: Sequence[Cost]) -> None:
    """Print what cost most, and all of it."""
    print(f"\n{title}: {sum(cost.cpu_seconds for cost in costs):.1f} s of processor")
    for cost in sorted(costs, key=lambda cost: -cost.cpu_seconds)[:_SHOWN]:
        print(f"{cost.what:64}{cost.cpu_seconds:>8.2f}{cost.peak_bytes / 1e9:>8.2f} GB")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["XDG_CONFIG_HOME"] = str(folder / "settings")
        home, by_hand = Home(folder / "home"), folder / "by_hand"
        began = time.monotonic()
        rows = generate(home, options.scale)
        took = time.monotonic() - began
        print(f"{sum(rows.values()):,} rows in {took:.0f} s: {rows}", flush=True)

        whole = print_parts(*in_turns(home, by_hand, options.times))
        wrong: dict[str, int] = differing_rows(home, by_hand)

        expected = folder / "product.parquet"
        cells = keep_figures(home, expected)
        for way in _FRAMES:
            begin_warehouse(home)
            result = folder / f"{way}.parquet"
            print_cost(frame(home, way, result))
            shutil.rmtree(home.work)
            if differing := differing_cells(expected, result):
                wrong[way] = differing
        print(f"{cells:,} cells of six indicators held together", flush=True)

        print_costs(
            f"the stages by hand of {LARGEST}",
            step(home, "hand.run_by_stage", str(by_hand), LARGEST),
        )
        print_costs(f"the models of {LARGEST}", step(home, "product.run_by_model", LARGEST))

        deliver_a_day(home, _OF_THE_DAY)
        day = Cost.of_all(f"a day of {_OF_THE_DAY}", step(home, "product.run"))
        print_cost(day)
        print(f"{day.cpu_seconds / whole:.3f} of the whole")
        if wrong:
            raise SystemExit(f"differing: {wrong}")


if __name__ == "__main__":
    main()
