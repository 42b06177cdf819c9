"""An id is found in whatever spelling, and what is none stays readable."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dagster_project.identity.detection import (
    holds_person_id,
    longest_number,
    looks_like_person_id,
)
from dagster_project.identity.numbers import IdRules, control_digits, read_person_id
from tests.support.spellings import spellings_of

RULES = IdRules(synthetic=True)


def _valid(six: str) -> str:
    """Return the first id with this birth date, as it is written in ids."""
    tried = (f"{six}{individual:03}" for individual in range(400))
    return next(nine + control for nine in tried if (control := control_digits(nine)))


KINDS = {
    "a fødselsnummer": _valid("010182"),
    "a test number, month + 80": _valid("018182"),
    "a test number, month + 40": _valid("014182"),
    "a D-number": _valid("410182"),
    "a test D-number": _valid("418182"),
    "an FH number": _valid("812345"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_id_is_found(kind: str) -> None:
    one = KINDS[kind]
    assert len(one) == 11
    assert holds_person_id(one)
    assert holds_person_id(f"f {one[:6]} pnr {one[6:]}")


@example("01%2001%2082 pnr\\00097")
@given(spellings_of(st.sampled_from(list(KINDS.values()))))
def test_an_id_is_found_in_whatever_spelling(spelling: str) -> None:
    assert holds_person_id(spelling), ascii(spelling)


# Written on purpose by a person, so that the generator is not the only judge.
@pytest.mark.parametrize(
    "form",
    [
        "{b}_{p}", "{b} - {p}", "{b}–{p}", "{b} ({p})", "{b}:{p}", "{b}\u00ad{p}", "{b}\u200b{p}",
        "{b}..{p}", "{b};{p}", "{b}+{p}", "{b}={p}", "{b}'{p}", "{b}*{p}", "f {b} pnr {p}",
        "{b}\r\n{p}", "{b}&nbsp;{p}", "{b}&#160;{p}", "{b}%20{p}", "{b}%2520{p}", "{b}\\u00a0{p}",
        "{b}_x0020_{p}", "{b}=20{p}", "{b} født, personnummer er {p}", "{p} {b}", "{p}/{b}",
        "{d}.{m}.{y} {p}", "{d}.{m}.19{y} {p}", "19{y}-{m}-{d} {p}", "19{y}{m}{d}-{p}",
        "{d}/{m}-{y} {p}", "2024-{d}-{m}-{y}-{p}", "sak 7: {b}_{p} (2)", "99{b}_{p}", "{b}_{p}99",
        "tjenester_20240131_{b}_{p}.csv", "{b}\u2063{p}", "«{b}» «{p}»", "{b}\u3000{p}",
    ],
)  # fmt: skip
def test_forms_that_are_known_are_found(form: str) -> None:
    one = KINDS["a fødselsnummer"]
    text = form.format(b=one[:6], p=one[6:], d=one[:2], m=one[2:4], y=one[4:6])
    assert holds_person_id(text)


def test_a_date_in_words_or_without_zeros_is_a_date() -> None:
    one = KINDS["a fødselsnummer"]
    for birth in ("1.1.82", "1/1 82", "1.1.1982", "1. januar 1982", "1 jan 82"):
        assert holds_person_id(f"{birth} {one[6:]}"), birth


@pytest.mark.parametrize(
    "birth",
    [
        "January 1, 1982", "Jan 1st 1982", "1st of January 1982", "1.I.82", "01/01/82",
        "fredag 1. januar 1982 kl. 10:30", "f. 01.01.82 i Bodø, bosatt siden 2004", "(1982-01-01)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["{birth}, nr {rest}", "{rest}: {birth}"])
@pytest.mark.parametrize("kind", ["a fødselsnummer", "a D-number", "a test number, month + 80"])
def test_a_birth_date_and_five_digits_are_an_id_with_whatever_between(
    birth: str, form: str, kind: str
) -> None:
    """The date is the one of the calendar, also where the id has another day or month."""
    assert holds_person_id(form.format(birth=birth, rest=KINDS[kind][6:]))


def test_five_digits_of_another_century_make_no_id_of_a_date() -> None:
    """The number of a registration of that day: of the persons born in 1982 none has 9 first."""
    one = _valid("010123")
    assert one[6] in "0123", "born in 1923"
    assert holds_person_id(f"født 01.01.1923 kl. 10, nr {one[6:]}")
    assert not holds_person_id(f"skrevet 01.01.2023 kl. 10, nr {one[6:]}")


@pytest.mark.parametrize(
    "said",
    [
        "null en null en åtte to", "null én, null én, åttito", "nullennullenåtteto",
        "zero one zero one eight two", "0 en 0 en 8 to",
    ],
)  # fmt: skip
def test_a_number_in_words_is_a_number(said: str) -> None:
    assert holds_person_id(f"{said} {KINDS['a fødselsnummer'][6:]}")


def test_letters_that_look_like_digits_may_be_digits() -> None:
    one = KINDS["a fødselsnummer"]
    assert holds_person_id(one.replace("2", "Z").replace("8", "B").replace("5", "S"))
    assert holds_person_id(one.replace("0", "O").replace("1", "l"))
    assert holds_person_id(f"{one[:6].replace('1', 'I')} {one[6:].replace('0', 'o')}")


@pytest.mark.parametrize(
    "text",
    [
        "koordinator_20251231.csv", "tjenester_20230630_20231231", "a-1", "KOORD-2021-17", "",
        "2023-06-30T12:30:45.123+01:00", "uttrekk 01.01.2022-31.12.2022 (2)", "918 27 364",
        "+47 918 27 364", "987654321", "20210305123456", "Hjemmetjenesten Nord", "Å" * 60_0,
        "2023-03-31T08:15:00.123Z", "en til en, to ganger i uka", "tre av fem, seks av ti",
        "Barneverntjenesten for ungdom", "Ⅲ. etasje", "1/3 stilling", "S1234567B",
    ],
)  # fmt: skip
def test_what_is_no_id_stays_readable(text: str) -> None:
    assert not holds_person_id(text)


DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2045, 12, 31))


@given(DAYS, DAYS, st.times())
def test_dates_and_times_are_no_ids(one: dt.date, other: dt.date, time: dt.time) -> None:
    for text in (
        f"uttrekk_{one:%Y%m%d}_{other:%Y%m%d}.csv",
        f"{one}–{other}",
        f"{one:%d.%m.%Y} - {other:%d.%m.%Y}",
        f"{one}T{time:%H:%M:%S}",
    ):
        assert not holds_person_id(text), text


@given(st.lists(st.sampled_from("abcdef"), min_size=8, max_size=8), st.randoms())
def test_a_uuid_with_letters_enough_is_no_id(letters: list[str], chance: object) -> None:
    # Digits parted by the letters of a uuid are never read together.
    hexes = "".join(f"{number % 10}{letter}00" for number, letter in enumerate(letters))
    assert not holds_person_id(str(uuid.UUID(hexes)))


@pytest.mark.parametrize(
    "text",
    ["0" * 32_000, "12 " * 330_000, "æ1" * 500_000, "&#48;" * 200_000, "1.1.82 " * 150_000],
)
def test_a_text_beyond_reason_is_not_looked_through(text: str) -> None:
    assert holds_person_id(text)


@pytest.mark.parametrize(
    "text", ["2023-004512", "2023/123456", "4602-000123", "974 652 277", "31.12.2023 08:15:30.123"]
)
def test_a_case_a_date_and_an_organisation_are_not_meant_as_an_id(text: str) -> None:
    assert not looks_like_person_id(text)
    assert longest_number(text) <= 6


def test_a_number_that_was_meant_as_one_looks_like_one() -> None:
    wrong = f"{KINDS['a fødselsnummer'][:-1]}{(int(KINDS['a fødselsnummer'][-1]) + 1) % 10}"
    assert not holds_person_id(wrong)
    assert looks_like_person_id(wrong)
    assert looks_like_person_id(f"{wrong[:6]} {wrong[6:]}")
    assert not looks_like_person_id("31.12.2025-31.12.2024")


@pytest.mark.parametrize(
    "form",
    ["{b}–{p}", "{b}\u200b{p}", "{b} ({p})", "{b}%20{p}", "{b}&#160;{p}", "'{b}{p}", "{b}{p}.0"],
)
def test_an_id_column_is_read_in_whatever_spelling(form: str) -> None:
    one = KINDS["a test number, month + 80"]
    found = read_person_id(form.format(b=one[:6], p=one[6:]), RULES)
    assert (found.digits, found.valid) == (one, True)


def test_digits_of_other_scripts_are_the_same_id() -> None:
    one = KINDS["a test number, month + 80"]
    for zero in ("０", "٠", "०", "𝟎"):
        script = "".join(chr(ord(zero) + int(digit)) for digit in one)
        found = read_person_id(script, RULES)
        assert (found.digits, found.valid) == (one, True)
        assert found.digits.isascii()
