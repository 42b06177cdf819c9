"""Names: the same when first given name and last surname are, in any order (rule 2.4)."""

from __future__ import annotations

import datetime as dt

import pytest

from dagster_project.identity.names import name_pairs
from dagster_project.identity.pseudonyms import Pseudonymiser

KARI = [("kari", "nordmann")]
HASHES = Pseudonymiser("4602", b"k" * 32)
BORN = dt.date(1990, 1, 31)


@pytest.mark.parametrize(
    "name",
    [
        "Kari Nordmann",
        "Nordmann, Kari",
        "NORDMANN KARI",
        "Kari Anne Nordmann",
        "Nordmann, Kari Anne",
        "Kari A. Nordmann",
        "kari  nordmann",
        "Kari-Anne Nordmann",
        "Kari Berg-Nordmann",
        "Kári Nordmann",
    ],
)
def test_a_name_is_the_same_however_it_is_written(name: str) -> None:
    assert name_pairs(name) == KARI


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bjørg Åsen", "Bjorg Aasen"),
        ("Bjoerg Aasen", "Bjørg Åsen"),
        ("Kjær Læ Bø", "Kjaer Lae Boe"),
    ],
)
def test_letters_are_the_same_however_they_are_spelt(one: str, other: str) -> None:
    assert name_pairs(one) == name_pairs(other)


def test_capitals_may_be_read_last_name_first() -> None:
    assert ("kari", "nordmann") in name_pairs("NORDMANN KARI ANNE")
    assert ("kari", "nordmann") in name_pairs("KARI ANNE NORDMANN")


@pytest.mark.parametrize("name", [None, "", "Kari", "K. N.", ", Kari"])
def test_too_little_of_a_name_fits_nobody(name: str | None) -> None:
    assert name_pairs(name) == []


def test_the_match_key_needs_a_birth_date_and_differs_by_it() -> None:
    assert HASHES.names("Kari Nordmann", None) == []
    one, other = (
        HASHES.names("Kari Nordmann", BORN),
        HASHES.names("Kari Nordmann", dt.date(1991, 1, 31)),
    )
    assert one != other
    assert one == HASHES.names("NORDMANN, KARI B.", BORN)
