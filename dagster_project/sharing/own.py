"""The packages that an installation has shared: `shared/<municipality>/`.

Beside the zips lie the members of the newest one, to be read as those of others are.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.sharing.held import write_members
from dagster_project.sharing.opening import unpack
from dagster_project.sharing.own_newest import own_files
from dagster_project.sharing.package import Package, pack
from dagster_project.sharing.refusal import RefusedError
from dagster_project.storage import sync_file, sync_folder


def packages(home: Home, municipality: str) -> list[Package]:
    """Return what a municipality has shared, oldest first. Raises SamordnaError where one is gone.

    The versions are those from 1 on, each naming the one before it.
    """
    found: list[Package] = []
    for file in own_files(home, municipality):
        try:
            package = unpack(file.read_bytes())
        except RefusedError:
            raise SamordnaError("shared_damaged", package=home.relative(file)) from None
        before = found[-1].manifest if found else None
        follows = package.manifest.version == len(found) + 1
        if not follows or package.manifest.previous != (before.sha256 if before else None):
            raise SamordnaError("shared_damaged", package=home.relative(file))
        found.append(package)
    return found


def write(home: Home, package: Package) -> Path:
    """Write a package: its members, and then the zip, which makes it exist."""
    manifest = package.manifest
    folder = home.shared / manifest.municipality_code
    folder.mkdir(parents=True, exist_ok=True)
    members = folder / manifest.folder_name
    unfinished = folder / f".unfinished-{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    write_members(unfinished, package.members)
    for old in folder.glob(f"{manifest.version}-*/"):
        # Of a version that was never finished.
        shutil.rmtree(old)
    unfinished.rename(members)
    file = folder / manifest.file_name
    put(pack(package.members), file)
    for old in folder.glob("*-*/"):
        if old != members:
            shutil.rmtree(old)
    return file


def put(content: bytes, file: Path) -> None:
    """Write a package's file so that it is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_bytes(content)
    sync_file(fresh)
    fresh.replace(file)
    sync_folder(file.parent)
