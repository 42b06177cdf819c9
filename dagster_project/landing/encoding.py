"""The encoding of a text, found by looking."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from dagster_project.landing.table import ReadError

# The longer marks first: that of UTF-32 begins as that of UTF-16 does.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"+/v8", "utf-7"),
    (b"+/v9", "utf-7"),
    (b"+/v+", "utf-7"),
    (b"+/v/", "utf-7"),
)
# Only what the exports are known to be written in; a wider net would catch Greek in short files.
_SINGLE_BYTE = ["cp1252", "latin_1"]
_LOOK_AT_BYTES = 4000
# What a file that was not copied to its end is filled with.
_ZEROS = re.compile(r"\0\0|\0\s*$")
_LINE_END = re.compile(r"\r\n|\n|\r")
# The letters æ, ø, å, Æ, Ø and Å as UTF-7 writes them.
_UTF7_LETTER = re.compile(rb"\+A(?:OY|Pg|OU|MY|Ng|MU)-")
# What a text may end with behind its last whole sign: a line end, the mark of an end, a zero.
_LONE_END = b"\n\r\x1a\0"
# The first bytes of the Latin letters in UTF-8; one alone is a letter that was cut.
_CUT_LETTER = b"\xc2\xc3\xc4\xc5"
_EBCDIC_TEXT = frozenset(
    b"\x05\x0d\x15\x25\x40\x4b\x5e\x60\x61\x6b\x7a\x7f\x4f"
    + bytes([*range(0x81, 0x8A), *range(0x91, 0x9A), *range(0xA2, 0xAA), *range(0xC1, 0xCA)])
    + bytes([*range(0xD1, 0xDA), *range(0xE2, 0xEA), *range(0xF0, 0xFA)])
)
_EBCDIC_MOSTLY = 0.9


@dataclass(frozen=True)
class Decoded:
    """A text, the name of its encoding, and the lines in which letters of another one stand."""

    text: str
    encoding: str
    mixed: tuple[int, ...] = ()


def decode(content: bytes, declared: str | None) -> Decoded:
    """Return a text in the encoding that its mark or `sources.yml` says, or that looking finds.

    Raises ReadError where it is in none that is read, or not in the one declared, or is no text
    from some line on.
    """
    decoded = _decoded(content, declared)
    if zeros := _ZEROS.search(decoded.text):
        line = len(_LINE_END.findall(decoded.text, 0, zeros.start())) + 1
        raise ReadError("truncated_file", where=f"zero bytes in line {line}")
    return decoded


def _decoded(content: bytes, declared: str | None) -> Decoded:
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _marked(content, content[len(bom) :], name)
    return _declared(content, declared) if declared else _found(content)


def is_ebcdic(content: bytes) -> bool:
    """Whether the bytes are the letters and digits of a mainframe's encoding."""
    head = content[:_LOOK_AT_BYTES]
    letters = sum(byte in _EBCDIC_TEXT for byte in head)
    return letters > _EBCDIC_MOSTLY * len(head) and head.count(b"\x40") + head.count(b"\xf0") > 0


def _marked(content: bytes, behind: bytes, name: str) -> Decoded:
    if name == "utf-8":
        return _utf8(behind) or _mixed(behind)
    return Decoded(_wide(content, name).lstrip("\ufeff"), name)


def _declared(content: bytes, declared: str) -> Decoded:
    name = codecs.lookup(declared).name
    try:
        text = content.decode(name)
    except UnicodeError:
        pass
    else:
        # A text of one byte a letter is never whole UTF-8 by chance.
        if name == "utf-8" or content.isascii() or not _utf8(content):
            return Decoded(text, declared)
    found = _found(content)
    if codecs.lookup(found.encoding).name == name:
        return found
    raise ReadError("encoding_declared", encoding=declared, found=found.encoding)


def _found(content: bytes) -> Decoded:
    if name := _wide_name(content[:_LOOK_AT_BYTES].rstrip(b"\0")):
        return Decoded(_wide(content, name), name)
    if content.isascii() and _UTF7_LETTER.search(content):
        return Decoded(_wide(content, "utf-7"), "utf-7")
    if is_ebcdic(content):
        raise ReadError("encoding_unknown", found="EBCDIC")
    if read := _utf8(content):
        return read
    if _whole_letters(content):
        return _mixed(content)
    best = from_bytes(content, cp_isolation=_SINGLE_BYTE).best()
    name = best.encoding if best else "cp1252"
    return Decoded(content.decode(name, errors="replace"), name.replace("_", "-"))


def _wide_name(head: bytes) -> str | None:
    """Return the encoding of a text in wide signs.

    Latin letters in them are zeros but for one byte; which one it is tells the order. Where every
    byte is a zero alike, they fill a text of another encoding.
    """
    for size, of_zeros in ((4, 0.6), (2, 0.25)):
        zeros = [head[at::size].count(0) for at in range(size)]
        if sum(zeros) > of_zeros * len(head) and min(zeros) < max(zeros) / 2:
            little = zeros[0] < zeros[-1]
            return f"utf-{8 * size}-{'le' if little else 'be'}"
    return None


def _utf8(content: bytes) -> Decoded | None:
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        cut = error.start >= len(content) - 3 and error.reason == "unexpected end of data"
        if cut and not content[: error.start].isascii():
            raise ReadError("truncated_file", where="in the middle of a letter") from None
    return None


def _wide(content: bytes, name: str) -> str:
    for whole in (content, content[:-1] if content[-1:] in _LONE_END else content):
        try:
            return whole.decode(name)
        except UnicodeDecodeError as error:
            at, reason = error.start, error.reason
    if at >= len(content) - 4 and "truncated" in reason:
        raise ReadError("truncated_file", where="in the middle of a letter")
    raise ReadError("text_damaged", encoding=name)


def _whole_letters(content: bytes) -> int:
    """Return how many letters beyond ASCII are whole in UTF-8."""
    text = content.decode("utf-8", errors="ignore")
    return len(text) - len(text.encode("ascii", errors="ignore"))


def _mixed(content: bytes) -> Decoded:
    """Read UTF-8 in which letters of another encoding stand, as when two exports were joined."""
    lines = content.split(b"\n")
    mixed = []
    for number, line in enumerate(lines, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            mixed.append(number)
    return Decoded(content.decode("utf-8", errors=_OTHER_LETTERS), "utf-8", tuple(mixed))


def _as_single_byte(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for bytes that are no UTF-8, and where to read on."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    found = error.object[error.start : error.end]
    cut = found[:1] in _CUT_LETTER
    return "\ufffd" if cut else found.decode("cp1252", errors="replace"), error.end


_OTHER_LETTERS = "samordna.single_byte"
codecs.register_error(_OTHER_LETTERS, _as_single_byte)
