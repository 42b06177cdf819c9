"""What the figures are made by: the code, the rules and the seeds, and the versions of the tools.

Whatever changes in them may change a figure, so that everything is built anew.
"""

from __future__ import annotations

import hashlib
import sysconfig
from functools import cache
from pathlib import Path

from dagster_project.config.paths import DBT_PROJECT, PROJECT
from dagster_project.reference import SEEDS

_FOLDERS = (
    PROJECT / "dagster_project",
    PROJECT / "expectations",
    DBT_PROJECT / "macros",
    DBT_PROJECT / "models",
    DBT_PROJECT / "tests",
    SEEDS,
)
_ENDINGS = frozenset({".py", ".sql", ".yml", ".csv"})
# What no run imports: it reads what was published, starts runs, or makes what they read. A test
# holds that it is just this.
_NO_PART_OF_A_RUN = (
    "dagster_project/asking.py",
    "dagster_project/auditor/",
    "dagster_project/cli.py",
    "dagster_project/closed.py",
    "dagster_project/compare.py",
    "dagster_project/compare_publication.py",
    "dagster_project/compare_report.py",
    "dagster_project/compare_terminal.py",
    "dagster_project/config/template.py",
    "dagster_project/definitions.py",
    "dagster_project/defs/",
    "dagster_project/demo/",
    "dagster_project/disclosure/",
    "dagster_project/landing/renaming.py",
    "dagster_project/landing/withdrawal.py",
    "dagster_project/parcels.py",
    "dagster_project/planning/",
    "dagster_project/publication/explain.py",
    "dagster_project/publication/print_explanation.py",
    "dagster_project/publication/reader/",
    "dagster_project/register/",
    "dagster_project/serving.py",
    "dagster_project/sharing/",
    "dagster_project/store.py",
)


@cache
def code_version() -> str:
    """Return a hash over all of it, by content."""
    content = hashlib.sha256()
    for file in sorted([DBT_PROJECT / "dbt_project.yml", *_files()]):
        content.update(f"{file.relative_to(PROJECT).as_posix()}\n".encode())
        content.update(hashlib.sha256(file.read_bytes()).digest())
    content.update("\n".join(_tools()).encode())
    return content.hexdigest()


def _tools() -> list[str]:
    """Return every installed package with its version, as the name of its folder says them.

    To read the metadata itself takes a third of a run with nothing new.
    """
    folders = {Path(sysconfig.get_path(where)) for where in ("purelib", "platlib")}
    return sorted(found.name for folder in folders for found in folder.glob("*.dist-info"))


def _files() -> list[Path]:
    return [
        file
        for folder in _FOLDERS
        for file in folder.rglob("*")
        if file.suffix in _ENDINGS
        and file.is_file()
        and not file.relative_to(PROJECT).as_posix().startswith(_NO_PART_OF_A_RUN)
    ]
