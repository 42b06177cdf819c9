"""The encoding of a text, found by looking."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
_WIDE = ("utf-16", "utf-32")
_FAMILY = len(_WIDE[0])
# What a file that was not copied to its end is filled with.
_ZEROS = re.compile(r"\0\0|\0\s*$")
_LINE_END = re.compile(r"\r\n|\n|\r")
# The letters æ, ø, å, Æ, Ø and Å as UTF-7 writes them.
_UTF7_LETTER = re.compile(rb"\+A(?:OY|Pg|OU|MY|Ng|MU)-")
# What a text may end with behind its last whole sign: a line end, the mark of an end, a zero.
_LONE_END = b"\n\r\x1a\0"
# The first bytes of the Latin letters in UTF-8; one alone is a letter that was cut.
_CUT_LETTER = b"\xc2\xc3\xc4\xc5"
# Encodings of older systems, and the bytes by which å, ø and Å show in a word that it is one. In
# cp1252, where the same letters stand elsewhere, these bytes are in no word.
_OLDER = (("cp850", rb"\x86\x9b\x8f"), ("mac_roman", rb"\x8c\xbf\x81"))
_LATIN = "æøåÆØÅ".encode("cp1252")
# A letter of UTF-8 whose bytes were taken for letters of another encoding, and written anew.
_BYTE_OF = {chr(byte): byte for byte in range(0x80, 0xC0)} | {
    sign: byte for byte in range(0x80, 0xC0) if (sign := bytes([byte]).decode("cp1252", "ignore"))
}
_SECOND = f"[{re.escape(''.join(_BYTE_OF))}]"
_WRITTEN_TWICE = re.compile(f"[\u00c2\u00c3]{_SECOND}|\u00e2{_SECOND}{{2}}")
_EBCDIC_TEXT = frozenset(
    b"\x05\x0d\x15\x25\x40\x4b\x5e\x60\x61\x6b\x7a\x7f\x4f"
    + bytes([*range(0x81, 0x8A), *range(0x91, 0x9A), *range(0xA2, 0xAA), *range(0xC1, 0xCA)])
    + bytes([*range(0xD1, 0xDA), *range(0xE2, 0xEA), *range(0xF0, 0xFA)])
)
_EBCDIC_MOSTLY = 0.9


@dataclass(frozen=True)
class Decoded:
    """A text, the name of its encoding, and the lines in which letters of another one stand.

    `twice` are the lines with letters that had been encoded twice, and were read as meant.
    """

    text: str
    encoding: str
    mixed: tuple[int, ...] = ()
    twice: tuple[int, ...] = ()

    @property
    def remarks(self) -> dict[str, Sequence[int]]:
        """What is to be told of the lines, by the code of a notice."""
        notices = {"mixed_encoding": self.mixed, "encoded_twice": self.twice}
        return {code: lines for code, lines in notices.items() if lines}


def decode(content: bytes, declared: str | None) -> Decoded:
    """Return a text in the encoding that its mark or `sources.yml` says, or that looking finds.

    Raises ReadError where it is in none that is read, or not in the one declared, or is no text
    from some line on.
    """
    decoded = _decoded(content, declared)
    if zeros := _ZEROS.search(decoded.text):
        line = len(_LINE_END.findall(decoded.text, 0, zeros.start())) + 1
        raise ReadError("truncated_file", where=f"zero bytes in line {line}")
    return _read_once(decoded)


def _read_once(decoded: Decoded) -> Decoded:
    """Return a text with the letters that were encoded twice as they were meant."""
    if not _WRITTEN_TWICE.search(decoded.text):
        return decoded
    lines = decoded.text.split("\n")
    once = [_WRITTEN_TWICE.sub(_as_meant, line) for line in lines]
    twice = [
        number for number, pair in enumerate(zip(lines, once, strict=True), 1) if len(set(pair)) > 1
    ]
    return replace(decoded, text="\n".join(once), twice=tuple(twice))


def _as_meant(letter: re.Match[str]) -> str:
    written = letter[0]
    try:
        return bytes([ord(written[0]), *map(_BYTE_OF.__getitem__, written[1:])]).decode("utf-8")
    except UnicodeDecodeError:
        return written


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
    wide = _wide_name(content[:_LOOK_AT_BYTES].rstrip(b"\0"))
    if wide and name.startswith(wide[:_FAMILY]):
        return Decoded(_wide(content, wide), declared)
    if not wide and not name.startswith(_WIDE):
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
    if older := _older(content):
        return Decoded(content.decode(older, errors="replace"), older)
    best = from_bytes(content, cp_isolation=_SINGLE_BYTE).best()
    name = best.encoding if best else "cp1252"
    return Decoded(content.decode(name, errors="replace"), name.replace("_", "-"))


def _older(content: bytes) -> str | None:
    """Return the encoding of an older system in whose letters the words are, if they are in one."""

    def in_words(letters: bytes) -> int:
        return len(re.findall(rb"(?<=[A-Za-z])[%b]|[%b](?=[A-Za-z])" % (letters, letters), content))

    found = {name: in_words(letters) for name, letters in _OLDER}
    best = max(found, key=lambda name: found[name])
    return best if found[best] and not in_words(_LATIN) else None


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
