"""Digits as they are read: of any script, with whatever escapes and invisible signs among them."""

from __future__ import annotations

import functools
import html
import re
import unicodedata

_MOST_LAYERS = 3  # an address may be escaped again, when it stands in another one
_MAY_BE_ESCAPED = re.compile(r"[%&=\\]|_x")
# What stands for one sign in addresses, mail, programs and the names of XML elements.
_ESCAPE = re.compile(
    r"%([0-9A-Fa-f]{2})|=([0-9A-F]{2})|\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})"
    r"|_x([0-9A-Fa-f]{4})_"
)
_NOT_DIGITS = re.compile(r"[^0-9]+")


def digits_of(text: str) -> str:
    """Return the digits of a text, those of every script as 0-9.

    >>> digits_of("０１８１８０–00010")
    '01818000010'
    """
    return _NOT_DIGITS.sub("", plain_text(text))


def plain_text(text: str) -> str:
    """Return the text in its plainest signs: digits of any script as 0-9, no marks above or around.

    Signs that are not seen stay: they part groups of digits as those that are seen do.
    """
    if text.isascii():
        return text
    return "".join(map(_plain_sign, unicodedata.normalize("NFKC", text)))


def unescaped(text: str) -> str:
    """Return the text with its escapes (`%20`, `&nbsp;`) as the signs that they stand for."""
    for _ in range(_MOST_LAYERS):
        if not _MAY_BE_ESCAPED.search(text):
            break
        once = _ESCAPE.sub(_sign_of, html.unescape(text))
        if once == text:
            break
        text = once
    return text


@functools.lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if unicodedata.category(sign) in ("Mn", "Me"):
        return ""
    number = unicodedata.numeric(sign, -1)
    return str(int(number)) if number in range(10) else sign


def _sign_of(escape: re.Match[str]) -> str:
    code = int(next(group for group in escape.groups() if group), 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else " "
