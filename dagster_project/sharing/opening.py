"""Opening a package: nothing of it is read before it is known whose it is and that it is whole.

Fail closed: the zip is made again of its members and must be the same bytes, the manifest of its
values; the tables are those that the signed manifest names by their hashes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

from pydantic import ValidationError

from dagster_project.reference.municipalities import municipalities
from dagster_project.sharing.package import (
    MANIFEST,
    MEMBERS,
    SCHEMA_VERSION,
    SIGNATURE,
    TABLES,
    Manifest,
    Package,
    digest,
    pack,
)
from dagster_project.sharing.refusal import Refusal, RefusedError, require
from dagster_project.sharing.signing import is_signed

LARGEST = 5_000_000
_LARGEST_MANIFEST = 100_000


def open_package(content: bytes, keys: Mapping[str, str], file_name: str = "") -> Package:
    """Return the package in some bytes, its signature and hashes checked.

    `keys` holds the public key of each sender. Raises RefusedError.
    """
    package = unpack(content)
    manifest, members = package.manifest, package.members
    _require_own_name(manifest, file_name)
    key = keys.get(manifest.municipality_code)
    require(key, Refusal.SENDER_UNKNOWN)
    is_theirs = is_signed(members[MANIFEST], members[SIGNATURE], key or "")
    require(is_theirs, Refusal.SIGNATURE_WRONG)
    require(tuple(sorted(manifest.tables)) == tuple(sorted(TABLES)), Refusal.MANIFEST_INVALID)
    for name, entry in manifest.tables.items():
        is_whole = entry.bytes == len(members[name]) and entry.sha256 == digest(members[name])
        require(is_whole, Refusal.TABLE_ALTERED)
    was_there = municipalities().is_in(manifest.municipality_code, manifest.month)
    require(was_there, Refusal.MUNICIPALITY_NOT_THEN)
    return package


def unpack(content: bytes) -> Package:
    """Return the package in some bytes, whoever has signed it. Raises RefusedError."""
    require(len(content) <= LARGEST, Refusal.TOO_LARGE)
    members = _members(content)
    return Package(_manifest(members[MANIFEST]), members)


def _members(content: bytes) -> dict[str, bytes]:
    """Return the members of a zip that is, byte for byte, the one that `pack` makes of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = tuple(entry.filename for entry in entries)
            require(names == MEMBERS, Refusal.NOT_A_PACKAGE)
            # Uncompressed, no member is larger than the file, and none unpacks to more.
            for entry in entries:
                is_plain = entry.compress_type == zipfile.ZIP_STORED
                require(is_plain and entry.file_size <= len(content), Refusal.NOT_A_PACKAGE)
            members = {entry.filename: archive.read(entry) for entry in entries}
    except RefusedError:
        raise
    except Exception:  # noqa: BLE001 - whatever a broken zip raises, it is no package
        raise RefusedError(Refusal.NOT_A_PACKAGE) from None
    require(pack(members) == content, Refusal.NOT_A_PACKAGE)
    return members


def _manifest(content: bytes) -> Manifest:
    require(len(content) <= _LARGEST_MANIFEST, Refusal.MANIFEST_INVALID)
    try:
        stored = json.loads(content)
        form = stored["schema"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RefusedError(Refusal.MANIFEST_INVALID) from None
    require(form == SCHEMA_VERSION or not isinstance(form, int), Refusal.OTHER_FORM)
    try:
        manifest = Manifest.model_validate(stored)
        is_canonical = manifest.canonical() == content
    except (ValidationError, ValueError):
        raise RefusedError(Refusal.MANIFEST_INVALID) from None
    # Another order, a space or a key twice: nobody who makes packages writes so.
    require(is_canonical, Refusal.MANIFEST_INVALID)
    return manifest


def _require_own_name(manifest: Manifest, file_name: str) -> None:
    """Refuse a file that is called as the package of another municipality is."""
    named = file_name.split("-", 1)[0]
    is_a_code = len(named) == 4 and named.isdecimal()
    require(not is_a_code or named == manifest.municipality_code, Refusal.NAMED_OTHERWISE)
