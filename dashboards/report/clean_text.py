"""Texts of people, as every format can hold them.

Word is made of XML, which has no place for control characters; a mark that turns the direction of
writing would turn all that stands after it. Markup means nothing here: nobody reads it as such.
"""

from __future__ import annotations

import re
import unicodedata

# Whatever has no form of its own: control characters, those of format (direction, joiners), halves
# of pairs, private and unassigned ones.
_NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT = frozenset("\n\t")
_VARIATIONS = range(0xFE00, 0xFE10)
_LINES = re.compile(r"[ \t]*\n[ \t]*")
# What the fonts that come with the typesetter can show: Latin, Greek, Cyrillic and Hebrew letters,
# marks, signs of money, arrows and of arithmetic.
_SHOWN = (
    range(0x20, 0x7F),
    range(0xA0, 0x250),
    range(0x370, 0x530),
    range(0x5D0, 0x5EB),
    range(0x1E00, 0x1F00),
    range(0x2010, 0x2028),
    range(0x2030, 0x203B),
    range(0x20A0, 0x20AD),
    range(0x2190, 0x2194),
    range(0x2212, 0x2213),
)
_NOT_SHOWN = "\u25a1"  # a box, as other programs show what they have no letter for


def clean(text: str) -> str:
    """Return a text without what has no form, its line ends alike."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    kept = (
        char
        for char in text
        if char in _KEPT
        or (unicodedata.category(char) not in _NO_TEXT and ord(char) not in _VARIATIONS)
    )
    return _LINES.sub("\n", "".join(kept)).strip()


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text: an empty line ends one, a single line end does not."""
    return [" ".join(each.split("\n")) for each in re.split(r"\n{2,}", clean(text)) if each]


def for_typesetter(text: str) -> str:
    """Return a text with a box for every character that the typesetter's fonts cannot show."""
    return "".join(
        char if char == "\n" or any(ord(char) in each for each in _SHOWN) else _NOT_SHOWN
        for char in text.replace("\t", " ")
    )
