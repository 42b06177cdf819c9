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
    r"|\\U([0-9A-Fa-f]{8})|\\u\{([0-9A-Fa-f]{1,6})\}|_x([0-9A-Fa-f]{4})_|\\([0-3][0-7]{2})"
)
_OCTAL = _ESCAPE.groups
# What stands in angle brackets in pages and XML: `<b>`, `</td>`.
_ELEMENT = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
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
    # A sign that is a digit by itself is none any more when it is composed: `Ⅷ` would be `VIII`.
    digits = "".join(map(_plain_digit, text))
    return "".join(map(_plain_sign, unicodedata.normalize("NFKC", digits)))


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


def without_elements(text: str, instead: str = "") -> str:
    """Return the text without the marks of pages and XML in it.

    >>> without_elements("<b>Sone</b> 1")
    'Sone 1'
    """
    return _ELEMENT.sub(instead, text) if "<" in text else text


@functools.lru_cache(maxsize=4096)
def _plain_digit(sign: str) -> str:
    number = unicodedata.numeric(sign, -1)
    return str(int(number)) if number in range(10) else sign


@functools.lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    return "" if unicodedata.category(sign) in ("Mn", "Me") else sign


def _sign_of(escape: re.Match[str]) -> str:
    code = int(escape[escape.lastindex or 0], 8 if escape.lastindex == _OCTAL else 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else " "
