"""Delimited text: the encoding and the delimiter are found by looking."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable

from charset_normalizer import from_bytes

from dagster_project.landing.table import ReadError, Sheet, clean

DELIMITERS = (";", ",", "\t", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Only what the exports are known to be written in; a wider net would catch Greek in short files.
_SINGLE_BYTE = ["cp1252", "latin_1"]
_LOOK_AT_RECORDS = 60
_LONGEST_CELL = 10_000_000


def decode(content: bytes, declared: str | None) -> tuple[str, str]:
    """Return the text and the name of its encoding, looked for where none is declared."""
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _decode(content, name), name.removesuffix("-sig")
    if declared:
        return _decode(content, declared), declared
    if content[:4000].count(0) > len(content[:4000]) // 4:
        # Latin letters in UTF-16 are every other byte zero; which one tells the order.
        name = (
            "utf-16-le" if content[1:4000:2].count(0) > content[0:4000:2].count(0) else "utf-16-be"
        )
        return _decode(content, name), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 3 and error.reason == "unexpected end of data":
            raise ReadError("truncated_file", where="in the middle of a letter") from None
    best = from_bytes(content, cp_isolation=_SINGLE_BYTE).best()
    name = best.encoding if best else "cp1252"
    return _decode(content, name), name.replace("_", "-")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, UnicodeError):
        raise ReadError("unreadable_text", encoding=encoding) from None


def read_delimited(
    content: bytes,
    *,
    encoding: str | None,
    delimiter: str | None,
    score: Callable[[list[list[str | None]]], int],
) -> Sheet:
    """Read delimited text.

    `score` says how much of a record type's header the first records of a reading hold; the
    delimiter with which they hold most is the right one.
    """
    text, found_encoding = decode(content, encoding)
    if delimiter is None:
        delimiter = max(
            DELIMITERS,
            key=lambda candidate: (
                score(_records(text, candidate, _LOOK_AT_RECORDS)[0]),
                text[:4000].count(candidate),
            ),
        )
    records, numbers = _records(text, delimiter)
    return Sheet(records, numbers, found_encoding, delimiter)


def _records(
    text: str, delimiter: str, most: int | None = None
) -> tuple[list[list[str | None]], list[int]]:
    """Return the records that are not blank, and the line each begins on."""
    csv.field_size_limit(_LONGEST_CELL)
    records: list[list[str | None]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=most is None)
    while most is None or len(records) < most:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if most is not None:
                break
            if "unexpected end of data" in str(error):
                raise ReadError(
                    "truncated_file", where=f"a quotation opened in line {line}"
                ) from None
            # A stray quotation mark within a cell: read on without minding it.
            return _read_leniently(text, delimiter)
        if any(cell.strip() for cell in record):
            records.append([clean(cell) for cell in record])
            numbers.append(line)
    if most is None:
        _refuse_broken_end(text, records, delimiter)
    return records, numbers


def _read_leniently(text: str, delimiter: str) -> tuple[list[list[str | None]], list[int]]:
    records: list[list[str | None]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for record in reader:
        if any(cell.strip() for cell in record):
            records.append([clean(cell) for cell in record])
            numbers.append(line)
        line = reader.line_num + 1
    _refuse_broken_end(text, records, delimiter)
    return records, numbers


def _refuse_broken_end(text: str, records: list[list[str | None]], delimiter: str) -> None:
    """A last line without its end and with fewer cells than the one before was cut off."""
    if len(records) < 3 or text.endswith(("\n", "\r")):
        return
    last = text.rstrip("\x00").rsplit("\n", 1)[-1]
    if (
        last.strip()
        and len(records[-1]) < len(records[-2])
        and last.count(delimiter) < len(records[-2]) - 1
    ):
        raise ReadError("truncated_file", where="in the middle of the last line")
