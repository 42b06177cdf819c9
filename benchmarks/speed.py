"""Where the time of a run goes, and what its models cost beside what dbt itself takes for them.

A fresh demo home is made, run, and run again; then the models are built with their tests, straight
and by dbt, from the same file. Times of one machine: trust the ratios.

    python -m benchmarks.speed
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.demo import make_demo
from dagster_project.identity.maskers import Maskers
from dagster_project.models import build_with_dbt
from dagster_project.straight import build
from dagster_project.warehouse import begin

# Runs one home in a process of its own and prints when each stage was first told of.
_TIMED = """
import sys, time
began = time.monotonic()
from pathlib import Path
from dagster_project.progress import Stage, listening
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.run import run_once
told = {"imports": time.monotonic() - began}
def listen(stage, what, done, total):
    name = f"{stage} {what}" if stage is Stage.WAREHOUSE else str(stage)
    told.setdefault(name, time.monotonic() - began)
with listening(listen):
    report = run_once(load_installation(Home(Path(sys.argv[1]))))
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
    began = json.loads(done.stdout.strip().splitlines()[-1])
    return {str(name): float(seconds) for name, seconds in began.items()}


def print_run(title: str, began: dict[str, float]) -> None:
    """Print the stages of a run, and how much of it is the start of tools."""
    first = began.get("warehouse", began["publication"] if "publication" in began else began["end"])
    stages = {
        "start of the orchestrator": began["landing"],
        "landing": first - began["landing"],
        "models and their tests": began["checks"] - first,
        "checks before publication": began["publication"] - began["checks"],
        "publication": began["end"] - began["publication"],
    }
    print(f"\n{title}: {began['end']:.1f} s")
    for name, seconds in stages.items():
        print(f"  {name:28}{seconds:8.1f} s{100 * seconds / began['end']:6.0f} %")


def seconds_of(building: Callable[[Home], None], home: Home) -> float:
    """Build the models of a home in a fresh file, and return the seconds that took."""
    installation = load_installation(home)
    begin(installation, Maskers(installation), None).close()
    began = time.monotonic()
    building(home)
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
        straight, dbt = seconds_of(build, home), seconds_of(build_with_dbt, home)
        print(f"\nThe models and their tests: straight {straight:.1f} s, by dbt {dbt:.1f} s")
        print(f"Straight against dbt: {straight / dbt:.2f}")


if __name__ == "__main__":
    main()
