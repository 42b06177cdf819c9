"""The key file: one key for each municipality, outside the data, for its owner's eyes only."""

from __future__ import annotations

import json
import os
import secrets
import uuid
from pathlib import Path
from typing import Any

from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.identity.key_file import read_keys, write_keys
from dagster_project.identity.pseudonyms import Pseudonymiser
from dagster_project.problems import SamordnaError
from dagster_project.storage import DamagedError, read_kept, write_kept

_KEY_BYTES = 32


class KeyRing:
    """The keys of an installation.

    `fingerprints` are those that the home folder remembers from the first time something landed:
    with them a missing or wrong key is found out before a single row is read.
    """

    def __init__(self, file: Path, home: Path, fingerprints: dict[str, str]) -> None:
        self.file = file
        self._home = home
        self._fingerprints = fingerprints
        if file.resolve().is_relative_to(home.resolve()):
            raise SamordnaError("key_file_inside", file=str(file))
        self._keys = read_keys(file)
        self.created: list[str] = []

    def pseudonymiser(self, municipality: str) -> Pseudonymiser:
        """Return the pseudonymiser of a municipality, making its key if it never had one.

        Raises SamordnaError if data have landed under a key that is gone or another one now.
        """
        expected = self._fingerprints.get(municipality)
        if municipality not in self._keys:
            if expected is not None:
                raise SamordnaError(
                    "key_missing",
                    municipality=municipality,
                    file=str(self.file),
                    home=str(self._home),
                )
            self._keys[municipality] = secrets.token_bytes(_KEY_BYTES)
            write_keys(self.file, self._keys)
            self.created.append(municipality)
        made = Pseudonymiser(municipality, self._keys[municipality])
        if expected is not None and expected != made.fingerprint():
            raise SamordnaError(
                "key_wrong", municipality=municipality, file=str(self.file), home=str(self._home)
            )
        return made


def open_keys(installation: Installation) -> KeyRing:
    """Return the installation's keys.

    The key file is the one that `sources.yml` names, else `<home id>.keys` among the settings of
    the user who runs Samordna: never inside the home folder.
    """
    home = installation.home
    metadata = _metadata(home)
    if "home_id" not in metadata:
        if any(home.landing.glob("*/*/*.json")):
            raise SamordnaError("card_missing", file=str(home.home_metadata))
        metadata = {"home_id": f"{home.root.name}-{uuid.uuid4().hex[:8]}", "keys": {}}
        write_kept(home.home_metadata, json.dumps(metadata, indent=1))
    file = installation.key_file or settings_folder() / f"{metadata['home_id']}.keys"
    return KeyRing(file, home.root, dict(metadata["keys"]))


def settings_folder() -> Path:
    """Return the folder of the user's settings (`XDG_CONFIG_HOME`, else `~/.config`)."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "samordna"


def remember_fingerprint(home: Home, municipality: str, fingerprint: str) -> None:
    """Note the fingerprint of a key under which data land for the first time."""
    metadata = _metadata(home)
    if metadata["keys"].get(municipality) != fingerprint:
        metadata["keys"][municipality] = fingerprint
        write_kept(home.home_metadata, json.dumps(metadata, indent=1))


def _metadata(home: Home) -> dict[str, Any]:
    """Return the installation's id and fingerprints; without them no key could be known again."""
    try:
        return read_kept(home.home_metadata)
    except DamagedError:
        raise SamordnaError("card_damaged", file=str(home.home_metadata)) from None
