"""Text that may name a person, and what is written of it instead.

An id or a name can be typed into any field: a role, a date, a registration's own id, the name of a
file. A text is kept as it is unless it may name a person; then its shape is kept, with a short key
by which the same text can be known again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources

from dagster_project.identity.detection import (
    holds_person_id,
    longest_number,
    looks_like_person_id,
)
from dagster_project.identity.names import fold_name, name_parts
from dagster_project.identity.pseudonyms import Pseudonymiser


def _words_in(file: str) -> frozenset[str]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return frozenset(fold_name(word) for word in text.split())


_GIVEN_NAMES = _words_in("given_names.txt")
_COMMON_WORDS = _words_in("words.txt")
# Given names that are common words too: alone they name nobody.
_WORDS_TOO = frozenset(
    """
    are ask aud bo brit dag even finn gro helge hilde jo kai kim liv live may odd per rose runa siv
    stein storm tor tone una tine
    """.split()
)
_SURNAME_ENDINGS = ("sen", "sson", "datter", "stad", "vik", "haug", "berg", "lund", "moen", "nes")
_LONGEST_PLAIN = 8  # a date has eight digits, an id has ten or eleven
_NOT_WORD = re.compile(r"[\W\d_]+")
_WORDS = re.compile(r"[^\W_]+")
_LONGEST_CODE_WORD = 6  # of a registration's own id
_LONGEST_CODE = 8  # with digits in it
_LONGEST_ABBREVIATION = 3
_ROWS_OF_A_CODE = 5


class KnownNames:
    """The words that the name columns of a municipality are made of, as keyed hashes."""

    def __init__(self, pseudonymiser: Pseudonymiser, stored: Iterable[str] = ()) -> None:
        self._pseudonymiser = pseudonymiser
        self._hashes = set(stored)
        self._of_word: dict[str, str] = {}

    def _hash(self, word: str) -> str:
        hashed = self._of_word.get(word)
        if hashed is None:
            hashed = self._of_word[word] = self._pseudonymiser.name_word(word)
        return hashed

    def add(self, names: Iterable[str | None]) -> None:
        """Remember the words of these names."""
        words = {word for name in names if name for word in name_parts(name)}
        self._hashes.update(self._hash(word) for word in words)

    def __contains__(self, word: str) -> bool:
        return self._hash(word) in self._hashes

    @property
    def hashes(self) -> frozenset[str]:
        """What may be stored of them."""
        return frozenset(self._hashes)


class Masker:
    """Decides what of a text may be written, and masks the rest.

    `vocabulary` are the words of the trade that the code lists are made of.
    """

    def __init__(
        self, pseudonymiser: Pseudonymiser, vocabulary: frozenset[str], names: KnownNames
    ) -> None:
        self._pseudonymiser = pseudonymiser
        self._vocabulary = vocabulary | _COMMON_WORDS
        self._names = names

    def label(self, text: str) -> str:
        """Return the name of a thing (a unit, a file, a header), masked if it may name a person."""
        return self._masked(text) if self.may_name_a_person(text) else text

    def value(self, text: str, rows: int = 1) -> str:
        """Return what stands where a code, a date or a number should, masked if need be.

        No name belongs there, so only what is made of common words and short codes is shown; and
        what so many rows say that it is a code of the house.
        """
        if self.may_name_a_person(text):
            return self._masked(text)
        plain = all(self._is_plain(word) for word in _WORDS.findall(text))
        return text if plain or rows >= _ROWS_OF_A_CODE else self._masked(text)

    def _is_plain(self, word: str) -> bool:
        folded = fold_name(word)
        if folded in self._vocabulary:
            return True
        if word.isalpha():
            return len(word) <= _LONGEST_ABBREVIATION and folded not in _GIVEN_NAMES
        return len(word) <= _LONGEST_CODE

    def _masked(self, text: str) -> str:
        return f"{shape(text)} ~{self._pseudonymiser.word(text)}"

    def registration_id(self, text: str) -> str | None:
        """Return a registration's own id, or None where it may name a person.

        Its digits may be many, as long as no eleven of them can be a personal id; its words must be
        short, or words of the trade.
        """
        if looks_like_person_id(text):
            return None
        words = [word for word in _NOT_WORD.split(text) if word]
        plain = all(
            len(word) <= _LONGEST_CODE_WORD or fold_name(word) in self._vocabulary for word in words
        )
        if not plain or not any(char.isdigit() for char in text) or self._has_name(words):
            return None
        return text

    def may_name_a_person(self, text: str) -> bool:
        """Whether the text may hold an id, or the name of a person."""
        if longest_number(text) > _LONGEST_PLAIN or holds_person_id(text):
            return True
        return self._has_name([word for word in _NOT_WORD.split(text) if word])

    def _has_name(self, words: list[str]) -> bool:
        folded = [fold_name(word) for word in words]
        unknown = [len(word) > 1 and word not in self._vocabulary for word in folded]
        given = {word for word in folded if word in _GIVEN_NAMES}
        if given - _WORDS_TOO - self._vocabulary:
            return True
        if (
            sum(
                is_unknown and word in self._names
                for word, is_unknown in zip(folded, unknown, strict=True)
            )
            > 1
        ):
            return True
        # Two words with capitals, one after the other, that are no common ones; a given name that
        # is a common word too needs only one beside it.
        for place in range(len(words) - 1):
            pair = (place, place + 1)
            if all(unknown[at] and words[at][0].isupper() for at in pair):
                return True
            if any(folded[at] in given for at in pair) and any(
                unknown[at] and folded[at] not in given and self._is_surname(words[at], folded[at])
                for at in pair
            ):
                return True
        return False

    def _is_surname(self, word: str, folded: str) -> bool:
        return word[0].isupper() or folded in self._names or folded.endswith(_SURNAME_ENDINGS)


def shape(text: str) -> str:
    """Return the shape of a text: letters as x or X, digits as #, the rest as it is.

    >>> shape("Kari 17.")
    'Xxxx ##.'
    """
    return "".join(
        "#" if char.isdigit() else "X" if char.isupper() else "x" if char.isalpha() else char
        for char in text
    )
