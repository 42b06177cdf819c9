"""A file of keys, one for each municipality: read and written for its owner's eyes only."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from dagster_project.problems import SamordnaError
from dagster_project.storage import sync_folder

_OWNER_ONLY = 0o600


def read_keys(file: Path) -> dict[str, bytes]:
    """Return the keys of a file by today's code of the municipality; none where it is not there.

    Raises SamordnaError where others can read it, and where it cannot be read.
    """
    if not file.exists():
        return {}
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SamordnaError("key_file_open", file=str(file))
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return {code: bytes.fromhex(key) for code, key in stored["keys"].items()}
    except OSError as error:
        reason = error.strerror or "no access"
    except (ValueError, KeyError, TypeError, AttributeError):
        reason = "it is not the JSON that Samordna writes"
    raise SamordnaError("key_file_unreadable", file=str(file), reason=reason) from None


def write_keys(file: Path, keys: Mapping[str, bytes]) -> None:
    """Write the keys of a file, whole or not at all, and so that power failure leaves them."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored = {"keys": {code: key.hex() for code, key in sorted(keys.items())}}
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump(stored, opened, indent=2)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
    sync_folder(file.parent)
