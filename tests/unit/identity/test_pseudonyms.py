"""Keyed hashes and the key file."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.identity.keys import KeyRing
from dagster_project.identity.numbers import control_digits
from dagster_project.identity.pseudonyms import Pseudonymiser
from dagster_project.problems import SamordnaError
from tests.support.persons import fnr

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
PERSON = fnr("1990-01-31")


def test_a_pseudonym_is_what_it_was() -> None:
    """A known answer: with another one, every history would fall apart."""
    assert Pseudonymiser("4602", KEY).person(PERSON) == "p1_epfhndikkiohaocfjlmkbfhjpiicllki"


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_a_pseudonym_depends_on_key_and_municipality(digits: str) -> None:
    made = {
        Pseudonymiser("4602", KEY).person(digits),
        Pseudonymiser("4602", OTHER_KEY).person(digits),
        Pseudonymiser("5530", KEY).person(digits),
    }
    assert len(made) == 3
    assert all(digits not in pseudonym for pseudonym in made)


def test_trying_every_number_finds_nobody_without_the_key() -> None:
    """What a plain hash would give away: all numbers of one day are tried in a moment."""
    nines = [f"318190{individual:03}" for individual in range(500)]
    numbers = [nine + digits for nine in nines if (digits := control_digits(nine))]
    assert PERSON in numbers
    guesses = {Pseudonymiser("4602", b"\0" * 32).person(number) for number in numbers}
    guesses |= {hashlib.sha256(number.encode()).hexdigest() for number in numbers}
    assert Pseudonymiser("4602", KEY).person(PERSON) not in guesses
    # The attack bites where there is no key.
    assert hashlib.sha256(PERSON.encode()).hexdigest() in guesses


def test_employee_numbers_are_the_same_with_and_without_zeros() -> None:
    hashes = Pseudonymiser("4602", KEY)
    assert hashes.employee("00123") == hashes.employee("123") == hashes.employee(" 123.0 ")
    assert hashes.employee("123") != hashes.employee("1230")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_the_key_file_is_made_for_its_owner_alone(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "keys" / "samordna.keys"
    ring = KeyRing(file, home, {})
    ring.pseudonymiser("4602")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ring.created == ["4602"]
    # Another run finds the same key, and makes none.
    again = KeyRing(file, home, {})
    assert again.pseudonymiser("4602").person(PERSON) == ring.pseudonymiser("4602").person(PERSON)
    assert again.created == []


def test_a_missing_key_is_an_error_where_data_have_landed(tmp_path: Path, home: Path) -> None:
    ring = KeyRing(tmp_path / "gone.keys", home, {"4602": "its fingerprint"})
    with pytest.raises(SamordnaError, match="every person would become somebody else"):
        ring.pseudonymiser("4602")
    assert not (tmp_path / "gone.keys").exists()


def test_another_key_is_an_error_where_data_have_landed(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "samordna.keys"
    right = KeyRing(file, home, {}).pseudonymiser("4602").fingerprint()
    file.unlink()
    KeyRing(file, home, {}).pseudonymiser("4602")
    with pytest.raises(SamordnaError, match="not the one"):
        KeyRing(file, home, {"4602": right}).pseudonymiser("4602")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "samordna.keys"
    file.write_text(json.dumps({"keys": {}}), encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(SamordnaError, match="chmod 600"):
        KeyRing(file, home, {})


def test_a_key_file_among_the_data_is_refused(home: Path) -> None:
    with pytest.raises(SamordnaError, match="apart"):
        KeyRing(home / "state" / "samordna.keys", home, {})


def test_a_spoilt_key_file_is_told(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "samordna.keys"
    file.write_text("not json", encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(SamordnaError, match="cannot be read"):
        KeyRing(file, home, {})
