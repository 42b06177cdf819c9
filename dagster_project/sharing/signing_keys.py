"""Where the private signing keys lie: beside the key file of the ids, outside the home."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from dagster_project.config.installation import Installation
from dagster_project.identity.keys import open_keys
from dagster_project.problems import SamordnaError
from dagster_project.sharing.signing import SigningKey
from dagster_project.storage import sync_folder

_OWNER_ONLY = 0o600


class SigningKeys:
    """The signing keys of an installation, by today's code of the municipality, in one file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._keys = self._read()

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
        self._write()

    def _read(self) -> dict[str, SigningKey]:
        if not self.file.exists():
            return {}
        if stat.S_IMODE(self.file.stat().st_mode) & 0o077:
            raise SamordnaError("key_file_open", file=str(self.file))
        try:
            stored = json.loads(self.file.read_text(encoding="utf-8"))["keys"]
            return {code: SigningKey(bytes.fromhex(key)) for code, key in stored.items()}
        except OSError as error:
            reason = error.strerror or "no access"
        except (ValueError, KeyError, TypeError, AttributeError):
            reason = "it is not the JSON that Samordna writes"
        raise SamordnaError("key_file_unreadable", file=str(self.file), reason=reason) from None

    def _write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        stored = {"keys": {code: key.private_hex() for code, key in sorted(self._keys.items())}}
        fresh = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(stored, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.file)
        sync_folder(self.file.parent)


def open_signing_keys(installation: Installation) -> SigningKeys:
    """Return the signing keys of an installation. Raises SamordnaError where they are unfit."""
    # Its name is that of the key file, which lies outside the home.
    return SigningKeys(open_keys(installation).file.with_suffix(".signing"))
