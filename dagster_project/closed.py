"""A home folder that nobody but its owner can look into."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError

_OTHERS = 0o077


def close_to_others(home: Home) -> int:
    """Take from all but the owner every right to a home, and to what this process writes from now.

    Returns how many files and folders stood open. Raises SamordnaError where the home itself is
    open and belongs to somebody else; what lies in a closed one is out of reach.
    """
    os.umask(_OTHERS)
    if not home.root.is_dir():
        return 0
    opened = 0
    for path in _everything(home.root):
        mode = stat.S_IMODE(path.stat(follow_symlinks=False).st_mode)
        if not mode & _OTHERS:
            continue
        try:
            path.chmod(mode & ~_OTHERS)
            opened += 1
        except OSError:
            if path == home.root:
                raise SamordnaError("home_open", home=str(home.root)) from None
    return opened


def _everything(root: Path) -> Iterator[Path]:
    """Return the folder and what lies in it; links lead elsewhere and are left alone."""
    yield root
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder, name)
            if not path.is_symlink():
                yield path
