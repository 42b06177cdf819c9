"""What is held of others, and what was refused: where it lies, and which package is current.

`current.json` is replaced last; a folder that it does not name is not there.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.sharing.package import MANIFEST, MEMBERS, Manifest
from dagster_project.sharing.refusal import Refusal
from dagster_project.storage import DamagedError, read_kept, sync_file, sync_folder, write_kept

_UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class HeldPackage:
    """A package that passed: its folder below `received/`, the hashes of its file and manifest."""

    version: int
    folder: str
    file_sha256: str
    manifest_sha256: str


@dataclass(frozen=True)
class Refused:
    """A file that did not pass, as `rejected.jsonl` has it."""

    at: dt.datetime
    file: str
    sha256: str
    reason: Refusal


Held = Mapping[str, tuple[HeldPackage, ...]]


def read_held(home: Home) -> dict[str, tuple[HeldPackage, ...]]:
    """Return the packages that are held, by municipality, each one's oldest first.

    Raises SamordnaError where `current.json` and the one before it are damaged.
    """
    try:
        stored = read_kept(_pointer(home))
        return {
            code: (*(_held(each) for each in entry["earlier"]), _held(entry))
            for code, entry in stored.get("packages", {}).items()
        }
    except (DamagedError, KeyError, TypeError):
        raise SamordnaError("received_damaged", path=home.relative(_pointer(home))) from None


def keep(
    home: Home, held: Held, made: HeldPackage, code: str, members: Mapping[str, bytes]
) -> Held:
    """Write a package's folder whole, and then name it as the current one of a municipality."""
    final = home.received / made.folder
    unfinished = home.received / f"{_UNFINISHED}{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    write_members(unfinished, members)
    # One that is there and not named was left by a run that was killed.
    shutil.rmtree(final, ignore_errors=True)
    final.parent.mkdir(parents=True, exist_ok=True)
    unfinished.rename(final)
    sync_folder(final.parent)
    now = {**held, code: (*held.get(code, ()), made)}
    packages = {
        each: {**_stored(newest), "earlier": [_stored(one) for one in earlier]}
        for each, (*earlier, newest) in sorted(now.items())
    }
    write_kept(_pointer(home), json.dumps({"packages": packages}, indent=1))
    return now


def write_members(folder: Path, members: Mapping[str, bytes]) -> None:
    """Write the members of a package into a new folder, and have them on the disk."""
    folder.mkdir(parents=True)
    for name in MEMBERS:
        (folder / name).write_bytes(members[name])
        sync_file(folder / name)
    sync_folder(folder)


def read_members(folder: Path) -> dict[str, bytes]:
    """Return the members of a package that lies in a folder. Raises SamordnaError."""
    try:
        return {name: (folder / name).read_bytes() for name in MEMBERS}
    except FileNotFoundError:
        raise SamordnaError("received_damaged", path=str(folder)) from None


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a package that lies in a folder. Raises SamordnaError."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):
        raise SamordnaError("received_damaged", path=str(folder)) from None


def note_refused(home: Home, refused: Refused) -> None:
    """Add a line to `rejected.jsonl`, but where the same file was refused for the same already."""
    known = {(each.sha256, each.reason) for each in read_refused(home)}
    if (refused.sha256, refused.reason) in known:
        return
    home.received.mkdir(parents=True, exist_ok=True)
    line = {
        "at": refused.at.isoformat(timespec="seconds"),
        "file": refused.file,
        "sha256": refused.sha256,
        "reason": refused.reason,
    }
    with _refused_file(home).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_refused(home: Home) -> tuple[Refused, ...]:
    """Return what was refused, oldest first; a line cut short by a power failure is passed over."""
    try:
        lines = _refused_file(home).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(refused for line in lines if (refused := _refused(line)))


def _refused(line: str) -> Refused | None:
    try:
        stored = json.loads(line)
        at = dt.datetime.fromisoformat(stored["at"])
        return Refused(at, stored["file"], stored["sha256"], Refusal(stored["reason"]))
    except (ValueError, KeyError, TypeError):
        return None


def _pointer(home: Home) -> Path:
    return home.received / "current.json"


def _refused_file(home: Home) -> Path:
    return home.received / "rejected.jsonl"


def _held(entry: Mapping[str, Any]) -> HeldPackage:
    return HeldPackage(
        int(entry["version"]), entry["folder"], entry["file_sha256"], entry["manifest_sha256"]
    )


def _stored(held: HeldPackage) -> dict[str, object]:
    return {
        "folder": held.folder,
        "version": held.version,
        "file_sha256": held.file_sha256,
        "manifest_sha256": held.manifest_sha256,
    }
