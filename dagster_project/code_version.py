"""What the figures are made by: the code, the rules and the seeds, and the versions of the tools.

Whatever changes in them may change a figure, so that everything is built anew.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from dagster_project.settings import DBT_PROJECT, PROJECT, SEEDS

_FOLDERS = (
    PROJECT / "dagster_project",
    PROJECT / "expectations",
    DBT_PROJECT / "macros",
    DBT_PROJECT / "models",
    DBT_PROJECT / "tests",
    SEEDS,
)
_ENDINGS = frozenset({".py", ".sql", ".yml", ".csv"})


@cache
def code_version() -> str:
    """Return a hash over all of it, by content."""
    content = hashlib.sha256()
    for file in sorted([DBT_PROJECT / "dbt_project.yml", *_files()]):
        content.update(f"{file.relative_to(PROJECT).as_posix()}\n".encode())
        content.update(hashlib.sha256(file.read_bytes()).digest())
    tools = {f"{found.name}=={found.version}" for found in distributions()}
    content.update("\n".join(sorted(tools)).encode())
    return content.hexdigest()


def _files() -> list[Path]:
    return [
        file
        for folder in _FOLDERS
        for file in folder.rglob("*")
        if file.suffix in _ENDINGS and file.is_file()
    ]
