"""Where the private signing keys lie: beside the key file of the ids, outside the home."""

from __future__ import annotations

from pathlib import Path

from dagster_project.config.installation import Installation
from dagster_project.identity.key_file import read_keys, write_keys
from dagster_project.identity.keys import open_keys
from dagster_project.problems import SamordnaError
from dagster_project.sharing.signing import SigningKey


class SigningKeys:
    """The signing keys of an installation, by today's code of the municipality, in one file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._keys = _signing_keys(file)

    def get(self, municipality: str) -> SigningKey | None:
        """Return a municipality's key, or None where it has none yet."""
        return self._keys.get(municipality)

    def make(self, municipality: str) -> SigningKey:
        """Make a municipality's key and write it, in the place of one that it had."""
        key = SigningKey.generate()
        self.keep(municipality, key)
        return key

    def keep(self, municipality: str, key: SigningKey) -> None:
        """Write a municipality's key, in the place of one that it had."""
        self._keys[municipality] = key
        write_keys(self.file, {code: each.private for code, each in self._keys.items()})


def _signing_keys(file: Path) -> dict[str, SigningKey]:
    try:
        return {code: SigningKey(key) for code, key in read_keys(file).items()}
    except ValueError:
        reason = "a key in it is no signing key"
    raise SamordnaError("key_file_unreadable", file=str(file), reason=reason)


def open_signing_keys(installation: Installation) -> SigningKeys:
    """Return the signing keys of an installation. Raises SamordnaError where they are unfit."""
    # Its name is that of the key file, which lies outside the home.
    return SigningKeys(open_keys(installation).file.with_suffix(".signing"))
