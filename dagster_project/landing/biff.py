"""XLS: what the library that reads it does not tell, read off the records of the workbook's stream.

An XLS file is a small file system of chained sectors ([MS-CFB]); its stream `Workbook` is a row of
records, each with its kind and length ([MS-XLS]).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from dagster_project.landing.table import ReadError, column_letters, refuse_large_sheet

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA  # this number and those above it end a chain
# What else lies in such a file system, told by the name of a stream.
_NO_WORKBOOKS = {
    "WordDocument": "a text document",
    "PowerPoint Document": "a presentation",
    "__properties_version1.0": "a message",
}
_LOCKED = "EncryptedPackage"
_FORMULA, _DATEMODE, _FILEPASS, _BOOLERR = 0x0006, 0x0022, 0x002F, 0x0205
_CELLS = {_FORMULA, _BOOLERR, 0x00FD, 0x0204, 0x0203, 0x027E, 0x00BD, 0x00D6}
_ERROR_OF_FORMULA = 2


def counts_from_1904(content: bytes) -> bool:
    """Look through a workbook, and return whether its days are counted from 1904.

    Raises ReadError where it is none, is locked, or has cells that cannot be told from empty ones.
    """
    try:
        streams = dict(_streams(content))
    except (struct.error, IndexError):
        raise ReadError("truncated_file", where="the workbook cannot be opened") from None
    if _LOCKED in streams:
        raise ReadError("password")
    for name, found in _NO_WORKBOOKS.items():
        if name in streams:
            raise ReadError("not_an_export", found=found, expected="a workbook")
    book = streams.get("Workbook", streams.get("Book", b""))
    from_1904 = False
    for kind, at, length in _records(book):
        if kind == _FILEPASS:
            raise ReadError("password")
        if kind == _DATEMODE:
            from_1904 = book[at] == 1
        if kind in _CELLS and length >= 6:
            row, column = struct.unpack_from("<HH", book, at)
            refuse_large_sheet(row + 1, column + 1)
            if _is_error(kind, book[at : at + length]):
                raise ReadError("error_in_cell", cell=f"{column_letters(column + 1)}{row + 1}")
    return from_1904


def _is_error(kind: int, record: bytes) -> bool:
    if kind == _BOOLERR:
        return record[7:8] == b"\1"
    if kind == _FORMULA:
        return record[12:14] == b"\xff\xff" and record[6] == _ERROR_OF_FORMULA
    return False


def _records(book: bytes) -> Iterator[tuple[int, int, int]]:
    """Return the kind of each record, where its content begins, and how long it is."""
    at = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        at += 4
        yield kind, at, length
        at += length


def _streams(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Return the streams of a file with their names; small ones, which lie elsewhere, are empty."""
    (shift,) = struct.unpack_from("<H", content, 30)
    size = 1 << min(shift, 16)
    first_of_directory, _, smallest = struct.unpack_from("<IiI", content, 48)
    next_list, _ = struct.unpack_from("<II", content, 68)

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    lists = list(struct.unpack_from("<109I", content, 76))
    for _ in range(len(content) // size):
        if next_list >= _LAST_SECTOR:
            break
        *more, next_list = struct.unpack(f"<{size // 4}I", sector(next_list))
        lists += more
    table: list[int] = []
    for number in lists:
        if number < _LAST_SECTOR:
            table += struct.unpack(f"<{size // 4}I", sector(number).ljust(size, b"\xff"))

    def chain(number: int) -> bytes:
        found: list[bytes] = []
        while number < _LAST_SECTOR:
            if len(found) * size > len(content):
                # It leads back to itself.
                raise ReadError("workbook_invalid")
            found.append(sector(number))
            number = table[number]
        return b"".join(found)

    directory = chain(first_of_directory)
    for at in range(0, len(directory) - 127, 128):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        first, stream_size = struct.unpack_from("<II", directory, at + 116)
        if name and name != "Root Entry":
            yield name, chain(first)[:stream_size] if stream_size >= smallest else b""
