"""What is written of a text that may name a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.identity.masking import KnownNames, Masker
from dagster_project.identity.pseudonyms import Pseudonymiser
from tests.persons import fnr

HASHES = Pseudonymiser("4602", bytes(range(32)))
VOCABULARY = frozenset({"koordinator", "leder", "team", "registrering"})


@pytest.fixture
def names() -> KnownNames:
    known = KnownNames(HASHES)
    known.add(["Fjodor Kanarifugl", None, "Testesen, Zebulon"])
    return known


@pytest.fixture
def masker(names: KnownNames) -> Masker:
    return Masker(HASHES, VOCABULARY, names)


@pytest.mark.parametrize(
    "text",
    [
        "K1",
        "Sone Berg",
        "Stedfortreder",
        "per telefon",
        "høst 2023",
        "Liv og helse",
        "Avdeling 2, 3. etasje",
        "05.13.2021",
        "Koordinator (vikar)",
        "Haugen bofellesskap",
        "folkeregister 20231231.txt",
    ],
)
def test_what_names_nobody_stays(masker: Masker, text: str) -> None:
    assert masker.label(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Kari Nordmann",
        "nordmann kari",
        "NORDMANN, KARI",
        "Per Hansen",
        "per hansen",
        "Koordinator: Kari",
        fnr("1990-01-31"),
        f"{fnr('1990-01-31')[:6]} {fnr('1990-01-31')[6:]}",
        f"IP {fnr('1990-01-31')} avsluttet",
        "918 27 364 5",
        "Fjodor Kanarifugl",
        "kanarifugl, fjodor",
        "Ukjentfornavn Ukjentetternavn",
        "UKJENTETTERNAVN, UKJENTFORNAVN",
        "team Ukjentfornavn Ukjentetternavn",
    ],
)
def test_what_may_name_a_person_is_masked(masker: Masker, text: str) -> None:
    masked = masker.label(text)
    assert masked != text
    assert not any(
        word.lower() in masked.lower()
        for word in text.split()
        if len(word) > 3 and word != "avsluttet"
    )
    # The same text can be known again, another one cannot be taken for it.
    assert masked == masker.label(text)


@pytest.mark.parametrize(
    "text", ["K1", "høst 2023", "35.13.2021", "ca. mars", "AB2", "KO", "ukjent"]
)
def test_what_is_no_value_but_plain_is_shown(masker: Masker, text: str) -> None:
    assert masker.value(text) == text


@pytest.mark.parametrize(
    "text", ["Nordmann", "vikarius", "Koordinator Nordmann", "Kai", "Ukjentfornavn"]
)
def test_where_no_name_belongs_an_unknown_word_is_masked(masker: Masker, text: str) -> None:
    assert masker.value(text) != text


def test_what_many_rows_say_is_a_code_of_the_house(masker: Masker) -> None:
    assert masker.value("Hovedansvar", rows=5) == "Hovedansvar"
    assert masker.value("Kari Nordmann", rows=500) != "Kari Nordmann"


def test_known_words_are_kept_as_hashes_only(names: KnownNames) -> None:
    assert "kanarifugl" in names
    assert not any("kanarifugl" in stored for stored in names.hashes)
    again = KnownNames(HASHES, names.hashes)
    assert "kanarifugl" in again
    assert "ukjend" not in again


@pytest.mark.parametrize(
    "text", ["KOORD-2021-17", "IP_000123", "20210305123456", "a3f9c2e1-7b", "17"]
)
def test_a_registrations_own_id_stays(masker: Masker, text: str) -> None:
    assert masker.registration_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        fnr("1990-01-31"),
        fnr("1990-01-31")[1:],
        f"2021-{fnr('1990-01-31')}",
        f"{fnr('1990-01-31')}01",
        "OLAHANSEN1",
        "Kari-1",
        "KariNordmann",
        "Fjodor Kanarifugl 7",
    ],
)
def test_a_registrations_own_id_that_may_name_a_person_goes(masker: Masker, text: str) -> None:
    assert masker.registration_id(text) is None


@given(st.text(max_size=40))
def test_masking_never_fails_and_never_lets_an_id_through(text: str) -> None:
    masker = Masker(HASHES, VOCABULARY, KnownNames(HASHES))
    masker.label(text)
    planted = fnr("1975-06-15", 3)
    assert planted not in masker.label(f"{text}{planted}")
    assert planted not in (masker.registration_id(f"{text}{planted}") or "")
