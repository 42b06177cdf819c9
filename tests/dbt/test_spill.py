"""What does not fit in the memory goes to disk, and away: the models' profile on models that spill."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from dagster_project.config.paths import DBT_PROJECT, Home
from dagster_project.warehouse import Building, build_environment
from tests.support.small_home import DBT

# 40 MB of text in an order that it does not come in.
_LARGE = """
select hash(i) as shuffled, repeat('x', 90) || i as said from range(400000) as t(i) order by said
"""


def _run(tmp_path: Path, spill: Path) -> subprocess.CompletedProcess[str]:
    """Run one model that spills, and one after it, under the profile of the warehouse."""
    project, home = tmp_path / "project", Home(tmp_path / "home")
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text("{name: spill, profile: samordna}", encoding="utf-8")
    table = "{{ config(materialized='table') }}"
    (project / "models" / "large.sql").write_text(table + _LARGE, encoding="utf-8")
    (project / "models" / "next.sql").write_text(
        table + "select count(distinct said) as n from {{ ref('large') }}", encoding="utf-8"
    )
    home.work.mkdir(parents=True)
    environment = {
        **os.environ,
        **build_environment(Building.whole(home)),
        "SAMORDNA_SPILL": str(spill),
        "SAMORDNA_MEMORY": "60MB",
        "DBT_LOG_PATH": str(tmp_path),
    }
    return subprocess.run(
        [str(DBT), "--quiet", "run", "--profiles-dir", str(DBT_PROJECT)],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_build_that_spills_goes_on_and_leaves_nothing(tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    done = _run(tmp_path, spill)
    assert done.returncode == 0, done.stdout
    assert not spill.exists() or not list(spill.iterdir())


@pytest.mark.slow
def test_it_would_not_fit_in_the_memory(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.touch()
    done = _run(tmp_path, nowhere / "spill")
    assert done.returncode != 0
    assert str(nowhere / "spill") in done.stdout
