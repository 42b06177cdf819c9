"""Names of persons, as they are compared (counting rules, section 2.4)."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"å": "aa", "æ": "ae", "ø": "o", "đ": "d"})
_SPLIT = re.compile(r"[^a-z]+")


def fold_name(text: str) -> str:
    """Return the name folded: `aa` is `å`, `ae` is `æ`, `oe` and `o` are `ø`, accents go.

    >>> fold_name("Bjørg Aasen"), fold_name("Bjoerg Åsen")
    ('bjorg aasen', 'bjorg aasen')
    """
    folded = text.lower()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded).translate(_LETTERS)
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFD", folded)
        folded = "".join(char for char in decomposed if not unicodedata.combining(char))
    return folded.replace("oe", "o")


def name_parts(text: str) -> list[str]:
    """Return the folded words of a name, without initials; a hyphen parts two words.

    >>> name_parts("Nordmann-Berg, Kari A.")
    ['nordmann', 'berg', 'kari']
    """
    return [part for part in _SPLIT.split(fold_name(text)) if len(part) > 1]


def name_pairs(text: str | None) -> list[tuple[str, str]]:
    """Return the pairs (first given name, last surname) that the name may be read as, each sorted.

    "Last, First Middle" and "First Middle Last" give one pair. Three words or more in capitals may
    be "LAST FIRST MIDDLE" too and give two. A name of fewer than two words gives none.

    >>> name_pairs("Nordmann, Kari Anne"), name_pairs("Kari Anne Nordmann")
    ([('kari', 'nordmann')], [('kari', 'nordmann')])
    """
    if not text:
        return []
    surname, comma, given = text.partition(",")
    if comma and name_parts(surname) and name_parts(given):
        return [_pair(name_parts(given)[0], name_parts(surname)[-1])]
    parts = name_parts(text)
    if len(parts) < 2:
        return []
    pairs = [_pair(parts[0], parts[-1])]
    if len(parts) > 2 and text == text.upper():
        pairs.append(_pair(parts[0], parts[1]))
    return pairs


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)
