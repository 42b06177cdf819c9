"""A text as somebody may read it: without escapes and elements, each letter as it was meant.

A name that is written so that a comparison of letters misses it is the same name to a reader:
`S&aelig;ther`, `S%C3%A6ther`, `SÃ¦ther`, `S?ther`, `S<b>æther</b>`, `Sæth3r`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import chain, product, zip_longest

from dagster_project.identity.digits import plain_text, unescaped, without_elements
from dagster_project.values import visible

# Letters of other Latin alphabets that have no accent to drop, as they are written without them.
_OTHER_LATIN = str.maketrans(
    dict(
        zip(
            "łŁßẞþÞðÐŋŊŧŦħĦıœ",
            "l L ss SS th Th d D n N t T h H i oe".split(),
            strict=True,
        )
    )
)
_IS_PLAIN = re.compile(r"(?:[ !-$'-;>-\[\]^`-~]|_(?!x))*")
_LOST = re.compile(r"(?:(?<=[^\W\d_])|(?<!\S))[?\ufffd](?=[^\W\d_])")
# Behind a word it may be that, or ask.
_MAY_BE_LOST = re.compile(rf"{_LOST.pattern}|(?<=[^\W\d_])[?\ufffd]")
_LOST_LETTERS = "åøæ?"
_MOST_LOST = 4  # of which each is tried as each
# Digits and signs in the place of letters, within a word.
_IN_PLACE = str.maketrans("013457@$", "oieastas")
_WITH_OTHERS = re.compile(r"[013457@$]?[^\W\d_]+(?:[013457@$][^\W\d_]+)*[013457@$]?")
_BYTES_FIRST = re.compile("[\u00c2-\u00df][\u0080-\u00bf\u0152-\u2122]")


@functools.lru_cache(maxsize=64)
def written(text: str) -> str:
    """Return the text as it is read where it is shown: no escape, element or unseen sign in it."""
    if _IS_PLAIN.fullmatch(text):
        return text
    opened = visible(without_elements(unescaped(text)))
    if not _BYTES_FIRST.search(opened):
        return opened
    for encoding in ("cp1252", "latin-1"):
        try:
            return opened.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return opened


def loses_letters(text: str) -> bool:
    """Whether a sign that stands for a lost letter is within a word: `S?ther`."""
    return bool(_LOST.search(text))


def readings(text: str) -> Iterator[str]:
    """Return the ways to read the letters of a text, the plainest first."""
    plain = plain_text(visible(text))
    yield plain
    opened = plain_text(written(text))
    if opened != plain:
        yield opened
    latin = opened.translate(_OTHER_LATIN)
    if latin != opened:
        yield latin


def guesses(text: str) -> Iterator[str]:
    """Return the text with letters in the place of what may stand for them, where some does."""
    opened = plain_text(written(text))
    lost = len(_MAY_BE_LOST.findall(opened))
    if 0 < lost <= _MOST_LOST:
        for letters in product(_LOST_LETTERS, repeat=lost):
            yield "".join(chain(*zip_longest(_MAY_BE_LOST.split(opened), letters, fillvalue="")))
    meant = _WITH_OTHERS.sub(lambda word: word[0].translate(_IN_PLACE), opened)
    if meant != opened:
        yield meant
