"""The room of protection is by itself."""

from __future__ import annotations

import ast
import subprocess
import sys

from dagster_project.config.paths import PROJECT

ROOM = PROJECT / "dagster_project" / "disclosure"


def test_it_imports_nothing_of_the_house_and_no_more_than_numbers_and_the_solver() -> None:
    imported = {
        name
        for file in ROOM.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    others = {
        name
        for name in imported
        if name.split(".")[0] not in {*sys.stdlib_module_names, "numpy", "highspy"}
    }
    assert others
    assert all(name.startswith("dagster_project.disclosure.") for name in others)


def test_the_solver_writes_nothing() -> None:
    code = (
        "import numpy as np; from dagster_project.disclosure.protect import *; "
        "protect([Block('2024-01', 'all', np.full((2, 3, 3), 3))], 5, bytes(16))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
