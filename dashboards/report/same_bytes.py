"""Files of Office that are the same bytes whenever they are made of the same."""

from __future__ import annotations

import io
import zipfile

_BEGINNING = (1980, 1, 1, 0, 0, 0)


def repacked(package: bytes) -> bytes:
    """Return a package whose parts carry no time of their own."""
    fresh = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as made,
        zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in made.namelist():
            part = zipfile.ZipInfo(name, _BEGINNING)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 0
            packed.writestr(part, made.read(name), compresslevel=6)
    return fresh.getvalue()
