"""Delimited text: the delimiter is found by looking, and no line is lost to a quotation mark."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from dagster_project.landing.encoding import decode
from dagster_project.landing.limits import CELLS, LINE_CHARACTERS, ROWS
from dagster_project.landing.table import (
    Cell,
    ReadError,
    Score,
    Sheet,
    clean,
    hidden_in,
    refuse_many,
)

DELIMITERS = (";", ",", "\t", "|")
_LOOK_AT_RECORDS = 60
_LONGEST_CELL = 10_000_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
# Put behind a line to see whether a quotation is still open at its end.
_AFTER = ["\0after"]
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")


def read_delimited(
    content: bytes,
    *,
    encoding: str | None,
    delimiter: str | None,
    score: Callable[[list[list[Cell]]], Score],
) -> Sheet:
    """Read delimited text.

    `score` says how much of a record type's header the first records of a reading hold; the
    delimiter with which they hold most is the right one.
    """
    _refuse_long_lines(content)
    decoded = decode(content, encoding)
    text = decoded.text
    lines = _LINE.findall(text)
    if delimiter is None:
        delimiter = max(
            DELIMITERS,
            key=lambda candidate: (
                score([_cleaned(record) for record in _first_records(lines, candidate)]),
                text[:4000].count(candidate),
            ),
        )
    reader = _Reader(lines, delimiter, _width(_first_records(lines, delimiter), score))
    reader.read()
    return Sheet(
        reader.records,
        reader.numbers,
        decoded.encoding,
        delimiter,
        ended=text.endswith(("\n", "\r")),
        hidden=reader.hidden,
        remarks={**reader.remarks, **decoded.remarks},
    )


def _refuse_long_lines(content: bytes) -> None:
    """Raise ReadError where a line is longer than any record, before it is looked at closely."""
    at = 0
    while at + LINE_CHARACTERS < len(content):
        # Steps of many lines each: to the last line end that is not too far away.
        end = max(content.rfind(mark, at, at + LINE_CHARACTERS) for mark in (b"\n", b"\r"))
        if end < at:
            line = 1 + len(content[:at].splitlines())
            raise ReadError("line_too_long", line=str(line), most=f"{LINE_CHARACTERS:,}")
        at = end + 1


def _cleaned(record: list[str]) -> list[Cell]:
    return [clean(cell) for cell in record]


def _first_records(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the first records that are not blank, whether quoted as they should be or not."""
    csv.field_size_limit(_LONGEST_CELL)
    records: list[list[str]] = []
    reader = csv.reader(iter(lines), delimiter=delimiter)
    while len(records) < _LOOK_AT_RECORDS:
        try:
            record = next(reader)
        except (StopIteration, csv.Error):
            break
        if any(map(clean, record)):
            records.append(record)
    return records


def _width(
    records: list[list[str]], score: Callable[[list[list[Cell]]], Score]
) -> tuple[int, int] | None:
    """Return how many cells the header has, without and with its blank last ones."""
    cleaned = [_cleaned(record) for record in records]
    scores = [score([record]) for record in cleaned]
    best = max(scores, default=(False, 0))
    if not best[1]:
        return None
    header = cleaned[scores.index(best)]
    return max(place for place, cell in enumerate(header, start=1) if cell), len(header)


class _Lines:
    """The lines of a text, of which one may go back to an earlier one."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self.at = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines):
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1]


class _Reader:
    """Reads records off lines, so that physical lines and records agree.

    A quotation that takes along lines which by themselves are rows is none: its mark is a sign
    like any other, and the lines stay rows. A line end of another kind than the file's own is none
    where the row goes on behind it.
    """

    def __init__(self, lines: Sequence[str], delimiter: str, width: tuple[int, int] | None) -> None:
        csv.field_size_limit(_LONGEST_CELL)
        self.records: list[list[Cell]] = []
        self.numbers: list[int] = []
        self.hidden = 0
        self.remarks: defaultdict[str, list[int]] = defaultdict(list)
        self._lines = lines
        self._delimiter = delimiter
        self._widths = range(width[0], width[1] + 1) if width else range(0)
        self._own_end = _own_line_end(lines, delimiter)
        self._source = _Lines(lines)
        self._csv = self._reader()

    def read(self) -> None:
        """Read every record that is not blank.

        Raises ReadError where lines cannot be told, or there are more than in any register.
        """
        widest, most = 1, ROWS
        while (record := self._next()) is not None:
            cells, number = record
            while (whole := self._joined(cells)) is not None:
                cells = whole
                self.remarks["line_end_in_text"].append(number)
            cleaned = _cleaned(cells)
            if any(cleaned):
                self.hidden += hidden_in(cells)
                self.records.append(cleaned)
                self.numbers.append(number)
                if len(cells) > widest:
                    widest = len(cells)
                    most = min(ROWS, CELLS // widest)
                if len(self.records) > most:
                    refuse_many(len(self.records), widest)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._source, delimiter=self._delimiter, strict=True)

    def _next(self) -> tuple[list[str], int] | None:
        """Return the next record, and the line it begins on."""
        first = self._source.at
        try:
            record = next(self._csv)
        except StopIteration:
            return None
        except csv.Error as error:
            lines = self._lines[first : self._source.at]
            alone = self._alone(lines[0]) if len(lines) == 1 else None
            breaks_off = "unexpected end of data" in str(error)
            return (alone or self._stray(first, lines[:2], breaks_off=breaks_off)), first + 1
        lines = self._lines[first : self._source.at]
        if len(lines) > 1 and self._are_rows(lines) and not self._is_one_row(record, lines):
            return self._taken_literally(first), first + 1
        return record, first + 1

    def _stray(self, first: int, lines: Sequence[str], *, breaks_off: bool) -> list[str]:
        """Return the cells of a line whose quotation does not end as one should."""
        # In the last cell of the last line it may be that of a text that breaks off there.
        last = self._lines[first].split(self._delimiter)[-1].lstrip().startswith('"')
        if self._are_rows(lines) and (len(lines) > 1 or not last):
            return self._taken_literally(first)
        code = "ends_in_quotation" if breaks_off else "quotation_open"
        raise ReadError(code, line=str(first + 1)) from None

    def _taken_literally(self, first: int) -> list[str]:
        """Return the cells of a line in which the quotation mark is a sign like any other."""
        self._source.at = first + 1
        self._csv = self._reader()
        self.remarks["stray_quotation"].append(first + 1)
        return self._literal(self._lines[first])

    def _are_rows(self, lines: Sequence[str]) -> bool:
        """Whether each of some lines is a row by itself.

        It has as many cells as the header; or fewer, where its last ones may have been left off,
        and begins as the first of the lines does.
        """
        begins = _shape(self._literal(lines[0])[0])
        return all(self._is_row(line, begins) for line in reversed(lines))

    def _is_one_row(self, record: Sequence[str], lines: Sequence[str]) -> bool:
        """Whether lines that may be rows, their last cells left off, are one whole row together."""
        return len(record) in self._widths and any(
            len(self._literal(line)) < self._widths.start for line in lines
        )

    def _is_row(self, line: str, begins: str) -> bool:
        cells = self._alone(line) or self._literal(line)
        if len(cells) in self._widths:
            return True
        fewer = 2 <= len(cells) < self._widths.start
        return fewer and "#" in begins and _shape(cells[0]) == begins

    def _alone(self, line: str) -> list[str] | None:
        """Return the cells of a line alone, or None if it does not end its quotation."""
        reader = csv.reader([line, *_AFTER], delimiter=self._delimiter)
        try:
            cells = next(reader)
        except csv.Error:
            return None
        return cells if next(reader, None) == _AFTER else None

    def _literal(self, line: str) -> list[str]:
        return [cell.strip().strip('"') for cell in line.rstrip("\r\n").split(self._delimiter)]

    def _joined(self, cells: list[str]) -> list[str] | None:
        """Return a row together with the rest of it behind a line end that is none of the file's.

        None where the line ends as others do, or what comes next is a row.
        """
        at = self._source.at
        if not cells or not 0 < at < len(self._lines) or not self._widths:
            return None
        # There may be several such line ends, one behind the other.
        while not self._lines[at - 1].endswith(self._own_end) and not self._lines[at].strip():
            at += 1
            if at == len(self._lines):
                return None
        if self._lines[at - 1].endswith(self._own_end):
            return None
        following = self._looked_at(at)
        if following is None:
            return None
        rest, after = following
        is_whole = len(rest) in self._widths and not self._is_first_cell(cells, after)
        if not rest or is_whole or len(cells) + len(rest) - 1 not in self._widths:
            return None
        self._source.at = at
        self._csv = self._reader()
        record = self._next()
        begins, *others = record[0] if record else [""]
        return [*cells[:-1], f"{cells[-1]} {begins}", *others]

    def _looked_at(self, at: int) -> tuple[list[str], int] | None:
        """Return the record that begins at a line, and the line behind it, without reading on."""
        here, noted = self._source.at, {code: len(rows) for code, rows in self.remarks.items()}
        self._source.at = at
        self._csv = self._reader()
        try:
            record = self._next()
            return (record[0], self._source.at) if record else None
        except ReadError:
            # It is told when its turn comes.
            return None
        finally:
            self._source.at = here
            self._csv = self._reader()
            for code, rows in self.remarks.items():
                del rows[noted.get(code, 0) :]

    def _is_first_cell(self, cells: Sequence[str], after: int) -> bool:
        """Whether a line below the header is what a cut left of the first cell of the next row.

        Behind it stands all of the row, up to the line `after` it. In a file that is two, what ends
        otherwise than the file's own lines is followed by what does so, too.
        """
        own = self._lines[after - 1].endswith(self._own_end) or after == len(self._lines)
        return own and len(cells) == 1 and any(len(one) in self._widths for one in self.records)


def _own_line_end(lines: Sequence[str], delimiter: str) -> str:
    """Return the line end of a file: the one that most of its rows have.

    A row ends where the next line has cells, outside of quotations: line ends in a text are
    followed by more of the text.
    """
    of_all = [end[0] for line in lines if (end := _LINE_END.search(line))]
    of_rows, quoted = [], False
    if len(set(of_all)) > 1:
        # Behind the last line another row could begin.
        for line, following in zip(lines, [*lines[1:], delimiter], strict=True):
            quoted ^= line.count('"') % 2 == 1
            if not quoted and delimiter in following and (end := _LINE_END.search(line)):
                of_rows.append(end[0])
    return max(("\n", "\r\n", "\r"), key=(of_rows or of_all).count)


def _shape(cell: str) -> str:
    """Return what a cell is made of: each run of digits as #, each run of letters as x."""
    return _LETTERS.sub("x", _DIGITS.sub("#", cell.strip()))
