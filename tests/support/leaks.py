"""A search for ids and names of known persons in everything a run has written.

Compressed and columnar files hide what they hold from a search of their bytes, so databases and
Parquet files are read through SQL as well. `Search.found` says which person was found where, and in
which form. Nothing here is the product's: what the product takes for an id or a name is not asked.
"""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import html
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import duckdb

_DIGITS = re.compile(rb"\d{10,}")
# Digits with so little between them that they may be one number.
_CLOSE_DIGITS = re.compile(r"[0-9](?:[^0-9]{0,40}[0-9]){9,}")
_GROUP = re.compile(r"[0-9]+")
_LONGEST_SPELLING = 110
_ESCAPED = re.compile(
    r"\\U([0-9a-fA-F]{8})|\\u([0-9a-fA-F]{4})|\\u\{([0-9a-fA-F]+)\}|\\x([0-9a-fA-F]{2})"
    r"|_x([0-9a-fA-F]{4})_|=([0-9A-F]{2})|0x([0-9a-fA-F]{2})[ ,]?|\\(3[0-9]) "
)
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
_ELEMENT = re.compile(r"<[^<>]{1,200}>")
_SAID = {
    word: str(number % 10)
    for number, word in enumerate("null en to tre fire fem seks sju åtte ni".split())
}
_SAID_WORD = re.compile(rf"\b(?:{'|'.join(_SAID)})\b")
_ALIKE = str.maketrans("OoIlZSB", "0011258")
_WITH_ALIKE = re.compile(r"(?<![^\W\d_])[0-9OoIlZSB]{5,}(?![^\W\d_])")
_NO_LETTERS = re.compile(r"[\W\d_]+")
_FOR_LETTERS = str.maketrans("34?", "eaa")
_FOR_LETTER = re.compile(r"(?:(?<=[^\W\d_])|(?<!\S))[34?](?=[^\W\d_])")
_FIVE = re.compile(r"(?<![0-9])[0-9]{5}(?![0-9])")
# Signs between a birth date and the five digits that make an id of it, in a text or in a row.
_FAR = 600
_OTHER_DIGITS = dict(zip("〇一二三四五六七八九", "0123456789", strict=True))
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# What lies empty in a database: more than ever stands between two digits of one number.
_EMPTY = re.compile(rb"\x00{64,}")
_HEX = re.compile(rb"[0-9a-fA-F]{22,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{12,}")


@dataclass(frozen=True)
class Planted:
    """A test person, by id and name; the words of the name are found nowhere else."""

    fnr: str
    given: str
    surname: str


@dataclass
class Search:
    """Looks for planted persons."""

    persons: list[Planted]
    found: list[tuple[str, str, str]] = field(default_factory=list)
    files: int = 0
    _searched: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        ids = {person.fnr for person in self.persons}
        self._ids = {one.encode() for one in ids}
        self._short = {one[1:].encode() for one in ids if one.startswith("0")}
        self._numbers = {
            int(one).to_bytes(8, order): one for one in ids for order in ("little", "big")
        }
        self._hex = {one.encode().hex().encode(): one for one in ids}
        for make in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            self._hex |= {make(one.encode()).hexdigest().encode(): one for one in ids}
        self._base64 = {core: one for one in ids for core in _cores(one)}
        self._hex_lengths = set(map(len, self._hex))
        self._base64_lengths = set(map(len, self._base64))
        self._spelt = {form: one for one in ids for form in _orders(one)}
        self._last: dict[str, list[str]] = {}
        for one in ids:
            self._last.setdefault(one[6:], []).append(one)
        words = {word: word.lower() for p in self.persons for word in (p.given, p.surname)}
        self._words = {lowered: word for word, lowered in words.items()}
        self._lengths = sorted(set(map(len, self._words)))
        # Every word of a planted name begins in one of these ways.
        self._begins = re.compile("|".join(sorted({word[:3] for word in self._words})))

    def tree(self, folder: Path, leave_out: Iterable[Path] = ()) -> None:
        """Search every file below a folder, its name and its content."""
        left_out = [path.resolve() for path in leave_out]
        for path in sorted(folder.rglob("*")):
            if any(path.resolve().is_relative_to(out) for out in left_out):
                continue
            self.content(str(path), str(path.relative_to(folder)).encode(), "its name")
            if path.is_file() and not self._is_searched(path):
                self.file(path)

    def file(self, path: Path) -> None:
        """Search one file: its bytes, and what it holds when opened for what it is."""
        self.files += 1
        content = path.read_bytes()
        self.content(str(path), content, "bytes")
        for text in _unpacked(path, content):
            self.content(str(path), text, "unpacked")
        for row in _rows_of(path, content):
            self.content(str(path), row, "row", numbers=False)

    def _is_searched(self, path: Path) -> bool:
        """Return whether the same file has been searched by another name: a hard link of it."""
        stat = path.stat()
        here = (stat.st_dev, stat.st_ino)
        searched = here in self._searched
        self._searched.add(here)
        return searched

    def content(self, where: str, content: bytes, how: str, *, numbers: bool = True) -> None:
        """Search some bytes, as they are and as UTF-16; `numbers`: whole numbers may be in them."""
        content = _EMPTY.sub(b"\0" * 64, content)
        self._look(where, content, how, numbers=numbers)
        if b"\x00" in content:
            for half, name in ((content[::2], "UTF-16 LE"), (content[1::2], "UTF-16 BE")):
                self._look(where, half, f"{how}, {name}", numbers=False)

    def _look(self, where: str, content: bytes, how: str, *, numbers: bool = True) -> None:
        for run in _DIGITS.finditer(content):
            digits = run.group()
            for length, known in ((11, self._ids), (10, self._short)):
                for start in range(len(digits) - length + 1):
                    if digits[start : start + length] in known:
                        self._note(digits[start : start + length], where, f"{how}, digits")
        for text in _read_as(content.decode("utf-8", errors="ignore")):
            self._look_at_text(where, text, how)
        for needle, one in self._numbers.items() if numbers else ():
            if needle in content:
                self._note(one.encode(), where, f"{how}, whole number")
        for pattern, known_forms, lengths, name in (
            (_HEX, self._hex, self._hex_lengths, "hex"),
            (_BASE64, self._base64, self._base64_lengths, "base 64"),
        ):
            for run in pattern.finditer(content):
                text = run.group().lower() if name == "hex" else run.group()
                for length in lengths:
                    for start in range(len(text) - length + 1):
                        if one := known_forms.get(text[start : start + length]):
                            self._note(one.encode(), where, f"{how}, {name}")

    def _look_at_text(self, where: str, text: str, how: str) -> None:
        for close in _CLOSE_DIGITS.finditer(text):
            groups = [run.span() for run in _GROUP.finditer(close.group())]
            at = [place for first, after in groups for place in range(first, after)]
            digits = "".join(close.group()[place] for place in at)
            edges = {first for first, _ in groups} | {after for _, after in groups}
            for length in (10, 11, 13):
                for start in range(len(digits) - length + 1):
                    found = self._spelt.get(digits[start : start + length])
                    if found is None or at[start + length - 1] - at[start] > _LONGEST_SPELLING:
                        continue
                    # Chance puts other digits beside those of an id; on both sides, it was chance.
                    if at[start] in edges or at[start + length - 1] + 1 in edges:
                        self._note(found.encode(), where, f"{how}, spelt")
        for five in _FIVE.finditer(text):
            for one in self._last.get(five.group(), ()):
                beside = text[max(five.start() - _FAR, 0) : five.end() + _FAR]
                if _born(one).search(beside):
                    self._note(one.encode(), where, f"{how}, in two")
        self._look_for_names(where, text, how)
        if _FOR_LETTER.search(text):
            self._look_for_names(where, text.translate(_FOR_LETTERS), how)

    def _look_for_names(self, where: str, text: str, how: str) -> None:
        letters = _NO_LETTERS.sub("", text).lower()
        for begin in self._begins.finditer(letters):
            for length in self._lengths:
                word = self._words.get(letters[begin.start() : begin.start() + length])
                if word is not None:
                    self._note(word.encode(), where, f"{how}, name")

    def _note(self, what: bytes, where: str, how: str) -> None:
        self.found.append((what.decode(), where, how))


@functools.cache
def _born(one: str) -> re.Pattern[str]:
    """Return what finds the birth date of an id, as it stands in the id or in a calendar."""
    day, month, year = one[:2], one[2:4], one[4:6]
    months = f"(?:{month}|{int(month) % 80:02})"
    return re.compile(
        rf"(?<!\d){day}\W?{months}\W?(?:19|20)?{year}(?!\d)|(?:19|20){year}\W?{months}\W?{day}(?!\d)"
    )


def _cores(one: str) -> Iterator[bytes]:
    """Return the part of an id's base-64 form that does not depend on what stands beside it."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + one.encode())
        yield coded[4 if shift else 0 : -4]


def _orders(one: str) -> Iterator[str]:
    """Return the orders and lengths in which the digits of an id are written."""
    day, month, year, rest = one[:2], one[2:4], one[4:6], one[6:]
    yield from (one, rest + one[:6], year + month + day + rest)
    if one.startswith("0"):
        yield one[1:]
    for century in ("19", "20"):
        yield from (day + month + century + year + rest, century + year + month + day + rest)


def _read_as(text: str) -> Iterator[str]:
    """Return a text in plain signs, and with what is escaped in it, where that is another one."""
    plain = text if text.isascii() else _plain(text)
    yield plain
    opened = text
    for _ in range(2):
        opened = _ESCAPED.sub(_sign, opened)
        opened = _OCTAL.sub(lambda sign: chr(int(sign[1], 8)), opened)
        # What is no UTF-8 is one byte for each letter, and read so.
        opened = html.unescape(unquote(opened, errors="ignore"))
        # JSON escapes a sign of the further planes as two halves.
        opened = opened.encode("utf-16", "surrogatepass").decode("utf-16", errors="ignore")
    opened = _WITH_ALIKE.sub(lambda word: word[0].translate(_ALIKE), _ELEMENT.sub("", opened))
    if opened != text:
        yield _plain(opened)
    said = _SAID_WORD.sub(lambda word: _SAID[word[0]], opened)
    if said != opened:
        yield _plain(said)
    if "\u00c3" in opened:
        yield _plain(opened.encode("latin-1", "ignore").decode("utf-8", "ignore"))


def _sign(escape: re.Match[str]) -> str:
    code = int(escape[escape.lastindex or 0], 16)
    return chr(code) if code <= 0x10FFFF else " "


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    return _NOT_ASCII.sub(lambda signs: "".join(map(_plain_sign, signs[0])), decomposed)


def _plain_sign(sign: str) -> str:
    if sign in _OTHER_DIGITS:
        return _OTHER_DIGITS[sign]
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return "" if unicodedata.combining(sign) else sign


def _joined(row: Iterable[object]) -> bytes:
    """Return the cells of a row as they are: no sign of them escaped."""
    cells = (cell if isinstance(cell, bytes) else str(cell).encode(errors="ignore") for cell in row)
    return b"\x1f".join(cells)


def _unpacked(path: Path, content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name)


def _rows_of(path: Path, content: bytes) -> Iterator[bytes]:
    # One that a killed run has not written to its end cannot be opened, by anybody.
    if content.startswith(b"PAR1") and content.endswith(b"PAR1"):
        yield from _rows("select * from read_parquet(?)", [str(path)])
    elif content[8:12] == b"DUCK":
        yield from _duckdb(path)
    elif content.startswith(b"SQLite format 3"):
        yield from _sqlite(path)


def _rows(query: str, parameters: list[str]) -> Iterator[bytes]:
    with duckdb.connect() as connection:
        for row in connection.execute(query, parameters).fetchall():
            yield _joined(row)


def _duckdb(path: Path) -> Iterator[bytes]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.sql(
            "select schema_name, table_name from duckdb_tables() union "
            "select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
        for schema, table in tables:
            for row in connection.sql(f'select * from "{schema}"."{table}"').fetchall():
                yield _joined(row)


def _sqlite(path: Path) -> Iterator[bytes]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.text_factory = bytes
    try:
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in names:
            for row in connection.execute(f'select * from "{name.decode()}"'):
                yield _joined(row)
    finally:
        connection.close()
