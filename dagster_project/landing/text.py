"""Delimited text: the encoding and the delimiter are found by looking."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator

from charset_normalizer import from_bytes

from dagster_project.landing.table import Cell, ReadError, Sheet, clean

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
_LINE_END = re.compile(r"\r\n|\n|\r")
# Put behind a line to see whether a quotation is still open at its end.
_AFTER = ["\0after"]


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
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if len(text) - len(text.encode("ascii", errors="ignore")) > 2 * broken:
        # Most letters are whole: a field was cut in the midst of one.
        return text, "utf-8"
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
    score: Callable[[list[list[Cell]]], tuple[bool, int]],
) -> Sheet:
    """Read delimited text.

    `score` says how much of a record type's header the first records of a reading hold; the
    delimiter with which they hold most is the right one.
    """
    text, found_encoding = decode(content, encoding)
    if (zero := text.find("\0")) >= 0:
        line = len(_LINE_END.findall(text, 0, zero)) + 1
        raise ReadError("truncated_file", where=f"zero bytes in line {line}")
    if delimiter is None:
        delimiter = max(
            DELIMITERS,
            key=lambda candidate: (
                score(_records(text, candidate, _LOOK_AT_RECORDS)[0]),
                text[:4000].count(candidate),
            ),
        )
    records, numbers = _records(text, delimiter)
    ended = text.endswith(("\n", "\r"))
    return Sheet(records, numbers, found_encoding, delimiter, ended=ended)


def _records(
    text: str, delimiter: str, most: int | None = None
) -> tuple[list[list[Cell]], list[int]]:
    """Return the records that are not blank, and the line each begins on.

    With `most`, no more than that many are looked at, and what is not quoted as it should be is
    passed over.
    """
    csv.field_size_limit(_LONGEST_CELL)
    records: list[list[Cell]] = []
    numbers: list[int] = []
    lines = io.StringIO(text, newline="")
    current = ""

    def each_line() -> Iterator[str]:
        nonlocal current
        for line_of_file in lines:
            current = line_of_file
            yield current

    reader = csv.reader(each_line(), delimiter=delimiter, strict=most is None)
    while most is None or len(records) < most:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error:
            if most is not None:
                break
            # A stray quotation mark within a line is read on; one that leads beyond it is not
            # followed, as it would take the rows below it along.
            stray = _read_alone(current, delimiter) if reader.line_num == line else None
            if stray is None:
                raise ReadError(
                    "truncated_file", where=f"a quotation opened in line {line}"
                ) from None
            record = stray
        cells = [clean(cell) for cell in record]
        if any(cells):
            records.append(cells)
            numbers.append(line)
    return records, numbers


def _read_alone(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line that is not quoted as it should be, or None if it does not end."""
    reader = csv.reader([line, *_AFTER], delimiter=delimiter)
    try:
        cells = next(reader)
    except csv.Error:
        return None
    return cells if next(reader, None) == _AFTER else None
