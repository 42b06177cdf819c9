"""Text that may name a person, and what is written of it instead.

An id or a name can be typed into any field: a role, a date, a registration's own id, the name of a
file. What is known to name nobody is kept as it is. Of everything else the shape is kept, with a
short key by which the same text can be known again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from dagster_project.identity.detection import (
    holds_person_id,
    longest_number,
    looks_like_person_id,
)
from dagster_project.identity.digits import plain_text
from dagster_project.identity.letters import guesses, loses_letters, readings, written
from dagster_project.identity.lexicon import (
    COMMON_WORDS,
    ENDINGS_OF_NAMES,
    GIVEN_NAMES,
    PLAIN_WORDS,
    SHORTEST_PART,
    SURNAME_ENDINGS,
    SURNAMES,
    is_joined_of,
)
from dagster_project.identity.names import fold_name, name_parts
from dagster_project.identity.pseudonyms import Pseudonymiser
from dagster_project.values import fold, visible

# Given names that are common words too: alone they name nobody.
_WORDS_TOO = frozenset(
    """
    are ask aud bo brit dag even finn gro helge hilde jo kai kim liv live may odd per rose runa siv
    stein storm tor tone una tine
    """.split()
)
_STREET = re.compile(
    r"(?:vei(?:en)?|veg(?:en)?|gat[ae]n?|gt\.?|all[eé]en?|plassen|stien|svingen|kroken|ringen|bakken"
    r"|lia|tunet|postboks) ?[0-9]",
    re.IGNORECASE,
)
_LONGEST_OF_A_CODE = 4  # digits: more may be a birth date, a telephone, the end of an id
_CODE_OF_PLACE = re.compile(r"(?<![^\W_])[KkFf]?-?[0-9]{3,4}(?![^\W_])")
# Names that are looked for within longer words.
_JOINED_NAMES = GIVEN_NAMES - _WORDS_TOO | SURNAMES
# What may stand beside the name of a municipality.
_BESIDE_PLACES = frozenset(
    """
    kommune kommunen kommunenr herred herad suohkan tjielte gielda agder akershus buskerud
    finnmark fjordane hedmark hordaland innlandet more nordland oppland oslo ostfold rogaland
    romsdal sogn svalbard telemark troms trondelag nord sor vestfold vestland viken
    """.split()
)
_LONGEST_LABEL = 255  # as long as the name of a file may be; what is longer names no thing
_LONGEST_PLAIN = 8  # a date has eight digits, an id has ten or eleven
_WORD = re.compile(r"[^\W_]+")
_PLAIN_TEXT = re.compile(r"[^\W_ºª]*(?:[ .,()/-]+[^\W_]*)*")
_LETTERS = re.compile(r"[^\W\d_]+")
# Where a word of capitals and small letters may have been joined of several.
_JOINTS = re.compile(r"(?<=[^\W\d_A-ZÆØÅ])(?=[A-ZÆØÅ])|(?<=[A-ZÆØÅ])(?=[A-ZÆØÅ][^\W\d_A-ZÆØÅ])")
# Letters of phonetics, which may stand for those that they look like: `ᴋᴀʀɪ`.
_OF_PHONETICS = re.compile("[\u0250-\u02ff\u1d00-\u1dbf\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f]")
# What stands before the @ of an address.
_ADDRESS = re.compile(r"([^\s@<>;,:]{1,64})@")
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]\.[ -]?(?=[^\W\d_])")
_LETTER_BY_LETTER = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]{1,3}[^\W\d_](?![^\W_])){2,}")
_LONGEST_CODE_WORD = 6  # of a registration's own id
_LONGEST_CODE = 16  # with digits in it, as a moment has
_LONGEST_ABBREVIATION = 3
_ROWS_OF_A_CODE = 5
# A known name is looked for within longer words: as it stands, or beside other words.
_SHORTEST_WITHIN, _SHORTEST_WITHIN_ANY = 4, 6
_LONGEST_WITHIN = 40  # no word is longer; one that is has been joined of many


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
        for name in set(names) - {None, ""}:
            words = {word for reading in readings(name or "") for word in name_parts(reading)}
            self._hashes.update(self._hash(form) for word in words for form in _forms(word))

    def __contains__(self, word: str) -> bool:
        return any(
            self._hash(form) in self._hashes
            or (
                # Somebody's: `Nordmanns plan`.
                form.endswith("s")
                and len(form) > SHORTEST_PART
                and self._hash(form[:-1]) in self._hashes
            )
            for form in _forms(word)
        )

    @property
    def hashes(self) -> frozenset[str]:
        """What may be stored of them."""
        return frozenset(self._hashes)


class Masker:
    """Decides what of a text may be written, and masks the rest.

    `vocabulary` are the words of the trade, which name nobody. `listed` are the texts that the
    settings say stand for something: a municipality's own units and codes. `places` are the words
    of the names of municipalities, `own_places` those of this one.
    """

    def __init__(
        self,
        pseudonymiser: Pseudonymiser,
        vocabulary: frozenset[str],
        names: KnownNames,
        *,
        listed: frozenset[str] = frozenset(),
        places: frozenset[str] = frozenset(),
        own_places: frozenset[str] = frozenset(),
    ) -> None:
        self._pseudonymiser = pseudonymiser
        self._vocabulary = vocabulary | COMMON_WORDS
        self._words_of_codes = self._vocabulary | PLAIN_WORDS
        self._names = names
        self._listed = listed
        self._places = places
        self._own_places = own_places
        self._common: dict[str, bool] = {}
        self._ordinary: dict[str, bool] = {}

    def value(self, text: str, rows: int = 1) -> str:
        """Return what is written of a cell where a code belongs, masked if need be.

        Nobody's name belongs there, so that ordinary words are shown too: a steward can map only
        what he sees. Masked is what `label` takes for somebody's; besides, a surname that is much
        used, a number long enough to reach or to tell a person, an address of mail or a street.
        """
        if len(text) > _LONGEST_LABEL:
            return self.masked(text)
        if fold(text) in self._listed and not self._holds_number(text):
            return text
        if (
            self._holds_number(text)
            or self._may_reach_a_person(text)
            or self._names_a_person(self._extraordinary(text))
        ):
            return self.masked(text)
        known = rows >= _ROWS_OF_A_CODE or self._is_plain(text, self._is_ordinary)
        return text if known else self.masked(text)

    def label(self, text: str, rows: int = 1) -> str:
        """Return what is written where a thing is named or a value told, masked if need be.

        Kept is what the settings list, what is made of common words and short codes, and what so
        many rows say that it is a word of the house. A word of a name that is known, an id and what
        looks like a name is masked in all of them but what is listed.
        """
        if len(text) > _LONGEST_LABEL:
            return self.masked(text)
        if fold(text) in self._listed and not self._holds_number(text):
            return text
        if self.may_name_a_person(text):
            return self.masked(text)
        known = rows >= _ROWS_OF_A_CODE or self._is_plain(text, self._is_common)
        return text if known else self.masked(text)

    def remark(self, text: str) -> str:
        """Return what a person who runs the platform says, masked only if it may name a person."""
        return self.masked(text) if self.may_name_a_person(text) else text

    def place(self, text: str) -> str:
        """Return a cell that was understood as a municipality: the name of one, or masked."""
        without_codes = _CODE_OF_PLACE.sub(" ", visible(text))
        words = [fold_name(word) for word in _WORD.findall(without_codes)]
        names_a_place = all(word in self._places | _BESIDE_PLACES for word in words)
        return text if names_a_place and not self._holds_number(text) else self.label(text)

    def registration_id(self, text: str) -> str | None:
        """Return a registration's own id, or None where it may name a person.

        Its digits may be many, as long as no eleven of them can be a personal id; its words must be
        short, or words of the trade.
        """
        if len(text) > _LONGEST_LABEL:
            return None
        words = _LETTERS.findall(text)
        plain = all(len(word) <= _LONGEST_CODE_WORD or self._is_common(word) for word in words)
        if not plain or not any(char.isdigit() for char in text):
            return None
        return None if looks_like_person_id(text) or self._names_a_person(text) else text

    def may_name_a_person(self, text: str) -> bool:
        """Whether the text holds an id, a word of a known name, or what looks like a name."""
        return self._holds_number(text) or self._names_a_person(text)

    @staticmethod
    def _holds_number(text: str) -> bool:
        return longest_number(text) > _LONGEST_PLAIN or holds_person_id(text)

    def masked(self, text: str) -> str:
        """Return the shape of a text, with a short key by which the same can be known again."""
        shown = text if len(text) <= _LONGEST_LABEL else f"{text[:_LONGEST_LABEL]}…"
        return f"{shape(shown)} ~{self._pseudonymiser.word(text)}"

    def _may_reach_a_person(self, text: str) -> bool:
        """Whether a text in the place of a code holds a surname, a long number or an address."""
        plain = written(text)
        return (
            "@" in plain
            or longest_number(plain) > _LONGEST_OF_A_CODE
            or _STREET.search(plain) is not None
            or any(map(self._is_called, (*_LETTERS.findall(plain), *_put_together(plain))))
        )

    def _extraordinary(self, text: str) -> str:
        """Return a text without its ordinary words, which hold the letters of many a name.

        One that is itself a known name stays, and so do all where two together are one.
        """
        words = _LETTERS.findall(text)
        if not _PLAIN_TEXT.fullmatch(text) or any(
            self._is_known(one + other) for one, other in pairwise(words)
        ):
            return text
        return _LETTERS.sub(lambda word: " " if self._is_only_a_word(word[0]) else word[0], text)

    def _is_only_a_word(self, word: str) -> bool:
        # Short ones may be pieces of a name.
        return (
            len(word) > _LONGEST_ABBREVIATION
            and self._is_ordinary(word)
            and not self._is_known(word)
            and fold_name(word) not in GIVEN_NAMES
        )

    def _is_called(self, word: str) -> bool:
        """Whether a word is a name that many have, one joined of such a name, or a farm's."""
        folded = fold_name(word)
        if not {folded, folded.removesuffix("s")}.isdisjoint(SURNAMES):
            return True
        if folded in self._words_of_codes or len(folded) <= SHORTEST_PART:
            return False
        if folded.endswith(ENDINGS_OF_NAMES):
            return folded not in self._own_places
        return any(
            len(part) > SHORTEST_PART and part in _JOINED_NAMES
            for at in range(1, len(folded))
            for part in (folded[:at], folded[at:])
        )

    def _is_plain(self, text: str, is_common: Callable[[str], bool]) -> bool:
        """Whether a text is made of common words and short codes only."""
        if loses_letters(text):
            return False
        text = written(text)
        if _INITIAL.search(text) or _LETTER_BY_LETTER.search(text):
            return False
        short = 0
        for word in _WORD.findall(text):
            if word.isdecimal() or is_common(word):
                short = 0
                continue
            letters = _LETTERS.findall(word)
            if len(word) > _LONGEST_CODE or not all(
                self._is_short(each) or is_common(each) for each in letters
            ):
                return False
            # A name may be cut in short pieces.
            short += len(word) > 1 and word.isalpha()
            if short > 2:
                return False
        return True

    def _is_short(self, word: str) -> bool:
        return len(word) <= _LONGEST_ABBREVIATION and fold_name(word) not in GIVEN_NAMES

    def _is_common(self, word: str) -> bool:
        """Whether a word is one of the trade or of the language, or is joined of such words."""
        folded = fold_name(word)
        found = self._common.get(folded)
        if found is None:
            found = folded in self._own_places or is_joined_of(folded, self._vocabulary)
            self._common[folded] = found
        return found

    def _is_ordinary(self, word: str) -> bool:
        """Whether a word is common, or an ordinary one that no farm and no family is called by."""
        folded = fold_name(word)
        found = self._ordinary.get(folded)
        if found is None:
            found = folded in self._words_of_codes or (
                not folded.endswith(ENDINGS_OF_NAMES)
                and (self._is_common(word) or is_joined_of(folded, self._words_of_codes))
            )
            self._ordinary[folded] = found
        return found

    def _names_a_person(self, text: str) -> bool:
        return (
            self._is_somebodys_address(text)
            or any(map(self._holds_name, readings(text)))
            or any(self._holds_known_name(guess) for guess in guesses(text))
        )

    def _is_somebodys_address(self, text: str) -> bool:
        """Whether the text holds an address of mail that is not a unit's: `post@`."""
        return any(
            not self._is_common(word)
            for address in _ADDRESS.findall(text)
            for word in _LETTERS.findall(address)
        )

    def _holds_name(self, plain: str) -> bool:
        """Whether a text in plain signs holds a word of a known name, or what looks like one."""
        if not plain.isascii() and any(map(_is_foreign, plain)):
            return True
        parts = self._parts(_LETTERS.findall(plain))
        return self._holds_known_name(plain, parts) or self._looks_like_name(parts)

    def _holds_known_name(self, plain: str, parts: Sequence[str] = ()) -> bool:
        words = _LETTERS.findall(plain)
        parts = parts or self._parts(words)
        together = list(_put_together(plain))
        return (
            any(map(self._is_known, {*parts, *words, *together}))
            or any(map(self._holds_known, (*words, *together)))
            or any(self._is_known(one + other) for one, other in pairwise(parts))
        )

    def _parts(self, words: Iterable[str]) -> list[str]:
        """Return words, those that are none of the trade cut where they may have been joined."""
        return [
            part
            for word in words
            for part in ([word] if self._is_common(word) else _JOINTS.split(word))
        ]

    def _is_known(self, word: str) -> bool:
        """Whether a word, that is none of the trade or the language, is one of a known name."""
        folded = fold_name(word)
        if folded in self._vocabulary:
            return False
        return any(len(part) > 1 and part in self._names for part in {folded, *name_parts(word)})

    def _holds_known(self, word: str) -> bool:
        """Whether a word was joined of a known name and other words or letters."""
        folded = _coarse(fold_name(word))
        if folded in self._vocabulary or len(folded) <= _SHORTEST_WITHIN:
            return False
        # A word of the trade may hold a name by chance; not where nothing but words is left of it.
        shortest = _LONGEST_WITHIN if self._is_common(word) else _SHORTEST_WITHIN_ANY
        if len(folded) > _LONGEST_WITHIN:
            return True
        for first in range(len(folded) - SHORTEST_PART + 1):
            for after in range(first + SHORTEST_PART, len(folded) + 1):
                part, rest = folded[first:after], (folded[:first], folded[after:])
                if (
                    part in self._names
                    and part not in self._vocabulary
                    and (len(part) >= shortest or all(self._goes_beside(part, one) for one in rest))
                ):
                    return True
        return False

    def _goes_beside(self, part: str, rest: str) -> bool:
        """Whether what is left beside a known name leaves no doubt that it is one."""
        if not rest or rest in GIVEN_NAMES or rest in self._names:
            return True
        return len(part) >= _SHORTEST_WITHIN and (len(rest) == 1 or self._is_common(rest))

    def _looks_like_name(self, words: list[str]) -> bool:
        """Whether words that nobody knows look like a name, as they are written."""
        folded = [fold_name(word) for word in words]
        unknown = [
            len(word) > 1 and not self._is_common(written)
            for written, word in zip(words, folded, strict=True)
        ]
        given = {word for word in folded if word in GIVEN_NAMES}
        if given - _WORDS_TOO - self._vocabulary:
            return True
        # Two words with capitals, one after the other, that are no common ones; a given name that
        # is a common word too needs only one beside it.
        for pair in pairwise(range(len(words))):
            if all(unknown[at] and words[at][0].isupper() for at in pair):
                return True
            if any(folded[at] in given for at in pair) and any(
                unknown[at]
                and folded[at] not in given
                and (words[at][0].isupper() or folded[at].endswith(SURNAME_ENDINGS))
                for at in pair
            ):
                return True
        return False


def _coarse(word: str) -> str:
    """Return a folded word without what is left of how its letters may be spelt."""
    return word.replace("aa", "a").replace("ae", "a")


def _forms(word: str) -> frozenset[str]:
    """Return a folded word as it is compared: `ü` may be `ue` too."""
    coarse = _coarse(word)
    return frozenset({coarse, coarse.replace("ue", "u")})


def _is_foreign(sign: str) -> bool:
    """Whether a sign is a letter of another script than ours, or one in disguise."""
    if sign.isascii():
        return False
    name = unicodedata.name(sign, "")
    ours = name.startswith("LATIN") and not _OF_PHONETICS.match(sign)
    return (sign.isalpha() and not ours) or (not sign.isalpha() and "LETTER" in name)


def _put_together(text: str) -> Iterator[str]:
    """Return the words that a text spells letter by letter, or in pieces of a few letters."""
    for spelt in _LETTER_BY_LETTER.findall(text):
        yield "".join(_LETTERS.findall(spelt))
    pieces: list[str] = []
    for word in [*_LETTERS.findall(text), ""]:
        if word and len(word) <= _LONGEST_ABBREVIATION:
            pieces.append(word)
        else:
            if len(pieces) > 1:
                yield "".join(pieces)
            pieces = []


def shape(text: str) -> str:
    """Return the shape of a text: letters as x or X, digits as #, the rest as it is.

    >>> shape("Kari 17.")
    'Xxxx ##.'
    """
    return "".join(map(_shape_of, plain_text(visible(text))))


def _shape_of(sign: str) -> str:
    match unicodedata.category(sign)[0]:
        case "N":
            return "#"
        case "L" if sign.isupper():
            return "X"
        case "P" | "Z" | "C":
            return sign
        case "S" if "LETTER" not in unicodedata.name(sign, ""):
            return sign
        case _:
            return "x"
