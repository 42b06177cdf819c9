"""Files in the inbox, of every kind the contract names."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from dagster_project.config.paths import Home
from dagster_project.config.sources import Source
from dagster_project.landing.columns import HeaderMatcher, MappedTable
from dagster_project.landing.encoding import is_ebcdic
from dagster_project.landing.fixed_width import read_fixed_width
from dagster_project.landing.markup import read_json, read_xml
from dagster_project.landing.nested_xml import read_nested_xml
from dagster_project.landing.table import ReadError, Score, Sheet
from dagster_project.landing.text import read_delimited
from dagster_project.landing.workbook import NamedSheet, read_workbook
from dagster_project.reference.layouts import FixedWidth, Layout

_TEXT, _BOOK, _JSON, _XML = "delimited text", "a workbook", "JSON", "XML"
_PACKED = "a compressed file"
_XML_BOOK = "a workbook in the XML of Excel 2003"
_KIND_OF_ENDING = {
    ".csv": _TEXT,
    ".txt": _TEXT,
    ".tsv": _TEXT,
    ".xlsx": _BOOK,
    ".xlsm": _BOOK,
    ".xlsb": _BOOK,
    ".xls": _BOOK,
    ".ods": _BOOK,
    ".json": _JSON,
    ".jsonl": _JSON,
    ".ndjson": _JSON,
    ".xml": _XML,
}
_MAGIC = (
    (b"\xd0\xcf\x11\xe0", _BOOK),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!\x1a\x07", _PACKED),
    (b"BZh", _PACKED),
    (b"\xfd7zXZ\x00", _PACKED),
    (b"\x28\xb5\x2f\xfd", _PACKED),
    (b"{\\rtf", "a text document"),
    (b"SQLite format", "a database"),
    (b"\x00\x01\x00\x00Standard Jet DB", "a database"),
    (b"\x00\x01\x00\x00Standard ACE DB", "a database"),
    (b"PAR1", "a Parquet file"),
)
# A workbook is a compressed folder in which one of these lies.
_PARTS_OF_BOOKS = (b"xl/", b"[Content_Types].xml", b"opendocument.spreadsheet")
_PARTS_OF_DOCUMENTS = (
    (b"word/", "a text document"),
    (b"opendocument.text", "a text document"),
    (b"ppt/", "a presentation"),
    (b"Index/Document.iwa", "a workbook of another program"),
)
_XML_BOOK_MARK = b"urn:schemas-microsoft-com:office:spreadsheet"
_WEB_PAGE = re.compile(rb"<(!doctype html|html|head|body|table|meta|script)\b", re.IGNORECASE)
# What programs and systems leave beside a file that is open, or in every folder.
_NO_EXPORTS = ("~$", ".")
_LOOK_AT_BYTES = 4000
_LOOK_AT_ROWS = 60
# Marks of an encoding, white space and zeros: a file of these alone is empty.
_NOTHING = b"\xef\xbb\xbf\xff\xfe \t\r\n\0"


@dataclass(frozen=True)
class UnreadSheet:
    """A sheet that holds rows of the record type, and is not the one that was read."""

    name: str
    shown: bool
    rows: int


@dataclass(frozen=True)
class ReadFile:
    """A file as read: the sheet that holds the record type best, and its name if it has one."""

    sheet: Sheet
    sheet_name: str | None = None
    unread: tuple[UnreadSheet, ...] = ()


def find_files(home: Home, source: Source) -> list[Path]:
    """Return the files of a source, sorted by name: that is the order of delivery.

    Among them is what stands in the place of a file and is none; `what_it_is` tells.
    """
    return sorted(
        (
            path
            for path in home.root.glob(source.files.pattern)
            if not path.name.startswith(_NO_EXPORTS) and not _is_folder_of_files(path)
        ),
        key=lambda path: (path.name, path.as_posix()),
    )


def _is_folder_of_files(path: Path) -> bool:
    """Whether a path is a folder, and not one that is called as a file is."""
    return path.suffix.lower() not in _KIND_OF_ENDING and path.is_dir() and not path.is_symlink()


def what_it_is(home: Home, path: Path, found: os.stat_result) -> str | None:
    """Return what is found in the place of a file, or None where it is a file.

    A link leads out of what the home's owner has laid there: it is not followed. The inbox itself
    may be one, to where the exports arrive.
    """
    folders = [home.root / folder for folder in path.relative_to(home.root).parents]
    if any(folder.is_symlink() for folder in folders[:-2]):
        return "in a folder that is a link to another one"
    for is_it, what in (
        (stat.S_ISLNK, "a link to something else"),
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if is_it(found.st_mode):
            return what
    return None


def open_file(path: Path, size: int, modified_ns: int) -> BufferedReader:
    """Open a file that is as it was found. Raises ReadError if it no longer is, OSError if shut."""
    # A pipe put in its place would never answer, and a link might lead anywhere.
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(number, "rb")
    now = os.fstat(number)
    if (now.st_size, now.st_mtime_ns) != (size, modified_ns) or not stat.S_ISREG(now.st_mode):
        file.close()
        raise ReadError("still_written")
    return file


def read_bytes(path: Path, size: int, modified_ns: int) -> bytes:
    """Return what a file holds. Raises ReadError if it is not as it was found, OSError if shut."""
    with open_file(path, size, modified_ns) as file:
        content = file.read(size + 1)
        after = os.fstat(file.fileno())
    if (len(content), after.st_mtime_ns) != (size, modified_ns):
        raise ReadError("still_written")
    return content


def read_file(path: Path, content: bytes, source: Source, matcher: HeaderMatcher) -> ReadFile:
    """Read a file of any kind. Raises ReadError, which names no cell."""
    if not content.strip(_NOTHING):
        raise ReadError("empty_file")
    expected = _KIND_OF_ENDING.get(path.suffix.lower())
    found = _kind_of(content)
    if expected is None:
        expected = found if found in _KIND_OF_ENDING.values() else _TEXT
    if found != expected and not (found == _TEXT and expected in (_JSON, _XML)):
        if not (expected == _TEXT and found in (_JSON, _XML)):
            raise _wrong_kind(found, expected)
        # Text may begin with any sign; only what is whole JSON or XML is the wrong kind of file.
        if _reads_as(content, found, source):
            raise _wrong_kind(found, expected)
    elif found == _TEXT != expected and _is_table(content, source, matcher):
        raise _wrong_kind(found, expected)
    if expected == _BOOK:
        sheets = read_workbook(content, sheet=source.files.sheet)
        if not sheets:
            raise ReadError("empty_file")
        # A hidden sheet may hold the register, or last year's copy of one that is shown.
        best = max(sheets, key=lambda named: _fit(named, matcher))
        unread = tuple(_unread(sheets, best, matcher))
        return ReadFile(best.sheet, best.name, unread)
    if expected == _JSON:
        return ReadFile(read_json(content, encoding=source.files.encoding, score=matcher.score))
    if expected == _XML:
        return ReadFile(read_xml(content, encoding=source.files.encoding, score=matcher.score))
    return ReadFile(_read_text(content, source, matcher))


def read_official(content: bytes, source: Source, layout: Layout) -> tuple[MappedTable, str | None]:
    """Read a file that is laid out as an authority says; return its rows and its encoding.

    Raises ReadError, which names no cell.
    """
    if not content.strip(_NOTHING):
        raise ReadError("empty_file")
    files, expected = source.files, _TEXT if isinstance(layout, FixedWidth) else _XML
    found = _kind_of(content)
    # What is cut off, or lacks its first line, is told by those who read it.
    if found not in (expected, _TEXT):
        raise _wrong_kind(found, expected)
    if isinstance(layout, FixedWidth):
        return read_fixed_width(
            content,
            layout,
            source.record,
            encoding=files.encoding,
            layout_year=files.layout_year,
        )
    return read_nested_xml(content, layout, source.record, encoding=files.encoding)


def _read_text(content: bytes, source: Source, matcher: HeaderMatcher) -> Sheet:
    return read_delimited(
        content,
        encoding=source.files.encoding,
        delimiter=source.files.delimiter,
        score=matcher.score,
    )


def _is_table(content: bytes, source: Source, matcher: HeaderMatcher) -> bool:
    """Whether a text that its name calls something else has the columns of the record type."""
    try:
        matcher.map(_read_text(content, source, matcher))
    except ReadError:
        return False
    return True


def _wrong_kind(found: str, expected: str) -> ReadError:
    """Return the error of a file that is not what its name says, with what helps."""
    if found == _PACKED:
        return ReadError("packed_file")
    if found == _XML_BOOK:
        return ReadError("not_an_export", found=found, expected="XLSX or CSV")
    if found in _KIND_OF_ENDING.values():
        return ReadError("wrong_kind", found=found, expected=expected)
    return ReadError("not_an_export", found=found, expected=expected)


def _fit(named: NamedSheet, matcher: HeaderMatcher) -> tuple[bool, Score]:
    score = matcher.score(named.sheet.records)
    return named.shown and score[1] > 0, score


def _unread(
    sheets: list[NamedSheet], best: NamedSheet, matcher: HeaderMatcher
) -> Iterator[UnreadSheet]:
    """Return the other sheets that name all that the record type needs, and hold rows below it."""
    for named in sheets:
        scores = [matcher.score([record]) for record in named.sheet.records[:_LOOK_AT_ROWS]]
        best_score = max(scores, default=(False, 0))
        rows = len(named.sheet.records) - 1 - (scores.index(best_score) if scores else 0)
        if named is not best and best_score[0] and rows > 0:
            yield UnreadSheet(named.name, named.shown, rows)


def _reads_as(content: bytes, kind: str, source: Source) -> bool:
    try:
        if kind == _JSON:
            return bool(read_json(content, encoding=source.files.encoding).records)
        return bool(read_xml(content, encoding=source.files.encoding).records)
    except ReadError:
        return False


def _kind_of(content: bytes) -> str:
    if content.startswith(b"PK\x03\x04"):
        for part, kind in _PARTS_OF_DOCUMENTS:
            if part in content:
                return kind
        return _BOOK if any(part in content for part in _PARTS_OF_BOOKS) else _PACKED
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    head = content[:_LOOK_AT_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide(head) or is_ebcdic(head):
        return _TEXT
    if sum(byte < 9 or 13 < byte < 32 for byte in head) > len(head) // 100:
        return "no text at all"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<") and _WEB_PAGE.search(text[:400]):
        return "a web page"
    if text.startswith((b"[", b"{")):
        return _JSON
    if text.startswith(b"<"):
        return _XML_BOOK if _XML_BOOK_MARK in text else _XML
    return _TEXT


def _is_wide(head: bytes) -> bool:
    """Whether a text is in UTF-16 or UTF-32: Latin letters in them are mostly zeros."""
    zeros = max(head[0::2].count(0), head[1::2].count(0))
    return len(head) > 1 and zeros > len(head) // 4
