"""What words say of whom they name: given names, surnames, words of the trade and the language."""

from __future__ import annotations

from importlib import resources

from dagster_project.identity.names import fold_name


def _words_in(file: str) -> frozenset[str]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return frozenset(fold_name(word) for word in text.split())


GIVEN_NAMES = _words_in("given_names.txt")
COMMON_WORDS = _words_in("words.txt")
# Ordinary words of the language, and what people are called by: asked where a code belongs.
PLAIN_WORDS = _words_in("plain_words.txt")
SURNAMES = _words_in("surnames.txt")
SURNAME_ENDINGS = (
    *("sen", "sson", "datter", "stad", "vik", "haug", "berg", "lund", "moen", "nes", "mann"),
    "land",
)
# So where a code belongs, of names of farms too.
ENDINGS_OF_NAMES = (
    *SURNAME_ENDINGS,
    *("heim", "rud", "dal", "dahl", "bakk", "bakken", "gaard", "gard", "hagen", "set", "seth"),
    *("saeter", "seter", "tveit", "lien", "lid", "strand", "stein", "skog", "eide", "vold", "holm"),
    *("fjord", "fjell", "foss", "myr", "aas", "oy", "by", "bo", "strom", "quist", "kvist", "gren"),
    *(
        "rod",
        "vang",
        "stuen",
        "haugen",
        "braaten",
        "hus",
        "vei",
        "veg",
        "gata",
        "gaten",
        "engen",
        "mo",
    ),
)
_LONGEST_WORD = 40  # no word is longer; one that is has been joined of many
SHORTEST_PART = 3  # of a compound
_ENDINGS = (
    *("s", "e", "a", "n", "r", "t", "en", "et", "er", "ar", "ane", "ene", "te", "ne", "ens"),
    *("ets", "enes", "anes", "ande", "ende"),
)
_JOINED_BY = ("", "s", "e")


def is_joined_of(word: str, words: frozenset[str]) -> bool:
    """Whether a folded word is one of these, with an ending, or is joined of them."""
    if word in words:
        return True
    if len(word) > _LONGEST_WORD or word.endswith(SURNAME_ENDINGS):
        return False
    if any(
        word.endswith(ending)
        and len(word) - len(ending) >= SHORTEST_PART
        and word[: -len(ending)] in words
        for ending in _ENDINGS
    ):
        return True
    return any(
        word[:at].removesuffix(joint) in words
        and len(word[:at].removesuffix(joint)) >= SHORTEST_PART
        and is_joined_of(word[at:], words)
        for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
        for joint in _JOINED_BY
        if word[:at].endswith(joint)
    )
