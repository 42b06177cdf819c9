"""Words that give a language away where it should not be."""

from __future__ import annotations

import re
from collections.abc import Iterable


def _words(listed: str) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(listed.split())})\b", re.IGNORECASE)


BOKMAL_ONLY = _words(
    """ikke fra hva hvilken hver flere mer noen måneder kilden tallene tallet målgruppen tjenester
    uten bare sammen endringen leveransene hvis ble annet personer koordinatorer planer høyest
    lavest færrest linjen filen adressen siden gjør jeg vises telles"""
)
NYNORSK_ONLY = _words(
    """ikkje frå kva kven korleis kvar fleire meir noko nokon månader kjelda tala målgruppa tenester
    utan berre saman endringa leveransane viss personar koordinatorar planar høgast lågast
    linja gjer eg òg eit ein dei kommunar meldingar einingar"""
)
_NORWEGIAN = _words("og av på er som til har med år kommune møte måned vedtak melding")
_ENGLISH = _words(
    """the and with from persons people not are was were this that has have which share
    coordinator coordinators municipality download plans meetings days rows deliveries source"""
)
_FOREIGN = {
    "nb": (NYNORSK_ONLY, _ENGLISH),
    "nn": (BOKMAL_ONLY, _ENGLISH),
    "en": (BOKMAL_ONLY, NYNORSK_ONLY, _NORWEGIAN),
}


def in_another_language(language: str, texts: Iterable[str]) -> list[str]:
    """Return the texts that hold a word of another language than theirs."""
    return [text for text in texts if any(words.search(text) for words in _FOREIGN[language])]
