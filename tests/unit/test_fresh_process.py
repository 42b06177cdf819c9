"""Processes that are begun anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import faulthandler
from pathlib import Path

# Where it would hang, it says where.
faulthandler.dump_traceback_later(120, exit=True)
from dagster_project.landing.reader import read_apart, Wanted
from expectations.process import _process
from tests.support.small_home import SmallHome, as_csv, coordinator

here = Path(__file__).parent
with (here / "runs.txt").open("a") as runs:
    runs.write("run\\n")
home = SmallHome(here / "home").source("reg", "koordinator")
path = home.deliver("reg", "20240131", as_csv([coordinator("A-1", 1, "2021-03-05")]))
found = path.stat()
wanted = Wanted(path, home.source_named("reg"), found.st_size, found.st_mtime_ns)
print(len(read_apart(wanted).table.whole), _process().submit(len, "ab").result())
"""


def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "lands.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    said = subprocess.run(
        [sys.executable, script],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout == "1 2\n"
    assert (tmp_path / "runs.txt").read_text(encoding="utf-8") == "run\n"
