"""The models as dbt compiles them, once for every home, and dbt itself where it is asked for."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dagster_project.config.paths import DBT_PROJECT
from dagster_project.problems import SamordnaError
from dagster_project.reference import SEEDS
from dagster_project.storage import read_json
from dagster_project.warehouse import DBT, Building, build_environment

Node = Mapping[str, Any]
# Beside the models, so that every home can use what was compiled once.
_COMPILED = DBT_PROJECT / "target"


@cache
def manifest() -> Mapping[str, Any]:
    """Return dbt's manifest with the SQL of every node, compiled anew if a model has changed."""
    file = _COMPILED / "manifest.json"
    is_new = file.exists() and file.stat().st_mtime >= _last_change()
    # One that was cut off when power failed is made again, and one that was only parsed.
    content = read_json(file) if is_new else {}
    if not any("compiled_code" in node for node in content.get("nodes", {}).values()):
        _compile()
        content = read_json(file)
    return content


def parents(node: Node, among: Mapping[str, Node]) -> list[str]:
    """Return what a node is made of, as far as it is among some nodes; by their ids."""
    return [name for name in node["depends_on"].get("nodes", ()) if name in among]


def _compile() -> None:
    # Each in a folder of its own: two at a time would write into one another's files.
    _COMPILED.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=_COMPILED) as own:
        # Nothing is built in it: the SQL names the database, which is its file's.
        building = Building(Path(own) / "work", Path(own))
        building.folder.mkdir()
        if _dbt(building, "compile", logs=_COMPILED).returncode:
            log = _COMPILED / "dbt.log"
            raise SamordnaError("build_failed", step="dbt compile", log=str(log))
        (Path(own) / "manifest.json").replace(_COMPILED / "manifest.json")


def _last_change() -> float:
    files = [DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml", *SEEDS.glob("*.csv")]
    for folder in ("models", "macros", "tests"):
        files += (DBT_PROJECT / folder).rglob("*.*")
    return max(file.stat().st_mtime for file in files)


class BuildError(SamordnaError):
    """The warehouse could not be built; `failed` are the models and tests that did not hold."""

    def __init__(self, failed: Mapping[str, str], log: Path) -> None:
        super().__init__("build_failed", step=", ".join(sorted(failed)), log=str(log))
        self.failed = frozenset(failed)


def build_with_dbt(building: Building) -> None:
    """Let dbt itself build and test the models in the file that has begun. Raises BuildError."""
    target = building.logs
    done = _dbt(building, "build", "--exclude-resource-type", "unit_test", logs=target)
    if done.returncode:
        results = read_json(target / "run_results.json").get("results", ())
        # dbt's own messages may quote a value; its log has them.
        failed = {
            str(result["unique_id"]).split(".")[2]: ""
            for result in results
            if result["status"] in ("error", "fail")
        }
        raise BuildError(failed or {"dbt": ""}, target / "dbt.log")


def _dbt(building: Building, *command: str, logs: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(DBT), "--quiet", *command, "--target-path", str(building.logs)],
        cwd=DBT_PROJECT,
        env={**os.environ, **build_environment(building), "DBT_LOG_PATH": str(logs)},
        capture_output=True,
        check=False,
    )
