"""Who masks what an installation writes: the keys and the known names of each municipality."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dagster_project.config.installation import Installation
from dagster_project.config.sources import Source
from dagster_project.config.units import Unit
from dagster_project.contract import RECORD_TYPES, Vocabulary
from dagster_project.identity.keys import KeyRing, open_keys, remember_fingerprint
from dagster_project.identity.masking import KnownNames, Masker
from dagster_project.identity.names import name_parts
from dagster_project.identity.pseudonyms import Pseudonymiser
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.storage import DamagedError, read_kept, write_kept
from dagster_project.values import fold


class Maskers:
    """The maskers of an installation, and the pseudonymisers; each is made when it is asked for."""

    def __init__(self, installation: Installation) -> None:
        self.keys: KeyRing = open_keys(installation)
        self._installation = installation
        self._home = installation.home
        self._words = _words_of(vocabulary())
        self._places = _words(
            name for code in municipalities().name_today for name in municipalities().names_of(code)
        )
        self._pseudonymisers: dict[str, Pseudonymiser] = {}
        self._names: dict[str, KnownNames] = {}
        self._stored: dict[str, dict[str, Any]] = {}
        self._maskers: dict[str, Masker] = {}

    def open_keys(self) -> None:
        """Open the key of every municipality, before a row is read.

        Raises SamordnaError if one is missing or wrong where data have landed.
        """
        for municipality in self._installation.codes:
            self.pseudonymiser(municipality)

    def label(self, municipality: str, text: str) -> str:
        """Return a text as landing would write it for a municipality."""
        known = municipality or self._installation.home_code
        return self.masker(known).label(text) if known and text else text

    def remark(self, municipality: str, text: str) -> str:
        """Return what a person says, masked where it may name another one."""
        known = municipality or self._installation.home_code
        return self.masker(known).remark(text) if known and text else text

    def label_of(self, source: Source, text: str) -> str:
        """Return a text of a source as landing would write it."""
        own = self._installation.code_of(source)
        return self.masker(own).label(text) if own else text

    def forms_of(self, source: Source, code: str) -> list[str]:
        """Return how a code of a source's own may have landed: before it was listed, masked.

        In an order that is the same in every process: parts are named by what they are told.
        """
        own = self._installation.code_of(source)
        return sorted({code, self.masker(own).masked(code)}) if own else [code]

    def pseudonymiser(self, municipality: str) -> Pseudonymiser:
        """Return the pseudonymiser of a municipality, and remember the fingerprint of its key."""
        if municipality not in self._pseudonymisers:
            made = self.keys.pseudonymiser(municipality)
            remember_fingerprint(self._home, municipality, made.fingerprint())
            self._pseudonymisers[municipality] = made
        return self._pseudonymisers[municipality]

    def masker(self, municipality: str) -> Masker:
        """Return what masks the texts of a municipality."""
        if municipality not in self._maskers:
            self._maskers[municipality] = Masker(
                self.pseudonymiser(municipality),
                self._words,
                self.known_names(municipality),
                listed=_listed(self._installation.sources)
                | _unit_names(self._installation.units, municipality),
                places=self._places,
                own_places=_words(municipalities().names_of(municipality)),
            )
        return self._maskers[municipality]

    def known_names(self, municipality: str) -> KnownNames:
        """Return the names that a municipality's deliveries have told of."""
        if municipality not in self._names:
            words = self._stored_names(municipality).get("words", [])
            self._names[municipality] = KnownNames(self.pseudonymiser(municipality), words)
        return self._names[municipality]

    def names_lost_at(self, municipality: str) -> str | None:
        """Return when the names of a municipality were lost, if ever.

        Everything is landed anew then: only so are they known again.
        """
        lost_at: str | None = self._stored_names(municipality).get("lost_at")
        return lost_at

    def remember_names(self) -> None:
        """Keep what has been learnt of names for the runs to come."""
        for municipality, names in sorted(self._names.items()):
            stored = self._stored_names(municipality)
            words = sorted(names.hashes)
            if words != stored.get("words", []):
                self._store_names(municipality, {**stored, "words": words})

    def _stored_names(self, municipality: str) -> dict[str, Any]:
        if municipality not in self._stored:
            try:
                self._stored[municipality] = read_kept(self._names_file(municipality))
            except DamagedError:
                lost_at = dt.datetime.now(tz=dt.UTC).isoformat()
                self._store_names(municipality, {"words": [], "lost_at": lost_at})
        return self._stored[municipality]

    def _store_names(self, municipality: str, names: dict[str, Any]) -> None:
        write_kept(self._names_file(municipality), json.dumps(names))
        self._stored[municipality] = names

    def _names_file(self, municipality: str) -> Path:
        return self._home.state / "names" / f"{municipality}.json"


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in name_parts(text))


def _words_of(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the words of the trade: of the code lists, and of the contract's own headers."""
    columns = [column for record in RECORD_TYPES.values() for column in record.columns]
    return _words(
        [
            *(value for values in vocabulary.words.values() for value in values),
            *RECORD_TYPES,
            *(header for column in columns for header in (column.name, *column.aliases)),
            *(name for record in RECORD_TYPES.values() for name in record.not_taken),
        ]
    )


def _unit_names(units: Iterable[Unit], municipality: str) -> frozenset[str]:
    return frozenset(
        fold(name)
        for unit in units
        if unit.municipality_code == municipality
        for name in unit.names
    )


def _listed(sources: Iterable[Source]) -> frozenset[str]:
    """Return what the settings say of values: the units and codes that are known to name nobody."""
    return frozenset(
        fold(value) for source in sources for values in source.values.values() for value in values
    )
