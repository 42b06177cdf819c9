"""What is packed in a file: unpacked within limits, and packed anew where a part was mended."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from dagster_project.landing.limits import (
    MEGABYTE,
    PARTS,
    RATIO,
    RATIO_FROM_MEGABYTES,
    UNPACKED_MEGABYTES,
)
from dagster_project.landing.table import ReadError

_ENCRYPTED = 0x1
_AT_ONCE = 1 << 20


class Package:
    """A packed file. Raises ReadError where it is larger than any export, locked or damaged."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise ReadError("truncated_file", where="the workbook cannot be opened") from None
        self._members = [each for each in self._archive.infolist() if not each.is_dir()]
        self._left = UNPACKED_MEGABYTES * MEGABYTE
        self._refuse_large(len(content))
        if any(member.flag_bits & _ENCRYPTED for member in self._members):
            raise ReadError("password")

    def names(self) -> list[str]:
        """Return the names of the parts."""
        return [member.filename for member in self._members]

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Return every part with its name. What they say of their size is not relied upon."""
        for member in self._members:
            yield member.filename, self._unpacked(member)

    def with_parts(self, mended: Mapping[str, bytes]) -> bytes:
        """Return the file with some of its parts exchanged."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for member in self._members:
                new = mended.get(member.filename)
                archive.writestr(member.filename, self._unpacked(member) if new is None else new)
        return packed.getvalue()

    def _refuse_large(self, packed: int) -> None:
        if len(self._members) > PARTS:
            reason = f"{len(self._members):,} parts are packed in it, and {PARTS:,} are the most"
            raise ReadError("unpacks_too_large", reason=reason)
        unpacked = sum(member.file_size for member in self._members)
        if unpacked > self._left:
            self._refuse(unpacked)
        if unpacked > max(RATIO * packed, RATIO_FROM_MEGABYTES * MEGABYTE):
            reason = (
                f"it unpacks to {unpacked // packed} times its size, and {RATIO} times are the most"
            )
            raise ReadError("unpacks_too_large", reason=reason)

    def _refuse(self, unpacked: int) -> None:
        size = f"{unpacked // MEGABYTE:,}"
        reason = f"it unpacks to {size} MB, and {UNPACKED_MEGABYTES} MB are the most"
        raise ReadError("unpacks_too_large", reason=reason)

    def _unpacked(self, member: zipfile.ZipInfo) -> bytes:
        content = io.BytesIO()
        try:
            with self._archive.open(member) as part:
                while block := part.read(_AT_ONCE):
                    content.write(block)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise ReadError("truncated_file", where="a part of it cannot be unpacked") from None
        return content.getvalue()
