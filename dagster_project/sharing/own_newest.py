"""Where the members of what an installation has shared last lie."""

from __future__ import annotations

import re
from pathlib import Path

from dagster_project.config.paths import Home

_FILE = re.compile(r"\d{4}-\d{4}-\d{2}-v(\d+)\.zip")


def own_files(home: Home, municipality: str) -> list[Path]:
    """Return the packages that a municipality has shared, oldest first."""
    by_version = {
        int(match[1]): file
        for file in (home.shared / municipality).glob("*.zip")
        if (match := _FILE.fullmatch(file.name))
    }
    return [file for _, file in sorted(by_version.items())]


def newest_folders(home: Home) -> dict[str, Path]:
    """Return the folder of the newest package's members, of each municipality that has shared."""
    found = {}
    for folder in sorted(home.shared.glob("[0-9][0-9][0-9][0-9]/")):
        newest = own_files(home, folder.name)[-1:]
        version = newest[0].stem.rpartition("-v")[2] if newest else ""
        members = sorted(folder.glob(f"{version}-*/")) if newest else []
        if members:
            found[folder.name] = members[0]
    return found
