"""Personal ids: what is one, what it tells, and how far python-stdnum agrees."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.no import fodselsnummer

from dagster_project.identity.numbers import (
    IdKind,
    IdProblem,
    IdRules,
    control_digits,
    may_be_person_id,
    read_person_id,
)
from tests.support.persons import fnr

TEST_INSTALLATION = IdRules(synthetic=True)
STRICT = IdRules()


def _plain(day: int, month: int, year: int, individual: int) -> str | None:
    nine = f"{day:02}{month:02}{year % 100:02}{individual:03}"
    digits = control_digits(nine)
    return nine + digits if digits else None


def test_a_test_number_is_read_with_its_birth_date_where_it_is_allowed() -> None:
    found = read_person_id(fnr("1990-01-31"), TEST_INSTALLATION)
    assert (found.kind, found.birth_date, found.synthetic) == (
        IdKind.FNR,
        dt.date(1990, 1, 31),
        True,
    )


def test_a_test_number_is_refused_where_real_persons_are() -> None:
    assert read_person_id(fnr("1990-01-31"), STRICT).problem is IdProblem.SYNTHETIC


def test_a_d_number_is_valid_and_tells_no_birth_date() -> None:
    found = read_person_id(fnr("1990-01-31", kind="d_number"), TEST_INSTALLATION)
    assert (found.kind, found.birth_date, found.valid) == (IdKind.D_NUMBER, None, True)


@pytest.mark.parametrize("first", ["8", "9"])
def test_an_fh_number_is_valid_and_tells_no_birth_date(first: str) -> None:
    digits = next(
        nine + control
        for individual in range(1000)
        if (control := control_digits(nine := f"{first}12345{individual:03}"))
    )
    found = read_person_id(digits, STRICT)
    assert (found.kind, found.birth_date) == (IdKind.FH_NUMBER, None)


def test_a_help_number_is_valid_and_tells_no_birth_date() -> None:
    digits = next(d for i in range(500) if (d := _plain(15, 46, 1980, i)))
    found = read_person_id(digits, STRICT)
    assert (found.kind, found.birth_date) == (IdKind.HELP_NUMBER, None)


# Two of them are valid before 2032 too, and may be somebody's: not written as one.
@pytest.mark.parametrize(
    ("born", "rest"), [("020132", "99997"), ("301082", "99920"), ("301082", "99939")]
)
def test_the_published_test_numbers_of_2032_are_valid_from_2032_on(born: str, rest: str) -> None:
    assert read_person_id(born + rest, IdRules.on(dt.date(2032, 1, 1), synthetic=False)).valid


def test_a_number_of_2032_is_a_typing_error_before_2032_but_can_be_tested() -> None:
    before = dt.date(2031, 12, 31)
    assert not read_person_id("30108299939", IdRules.on(before, synthetic=False)).valid
    assert read_person_id("30108299939", IdRules.on(before, synthetic=True)).valid


def test_ten_digits_become_eleven_where_that_makes_them_valid() -> None:
    whole = next(number for n in range(50) if (number := fnr("1990-05-03", n)).startswith("0"))
    found = read_person_id(whole[1:], TEST_INSTALLATION)
    assert (found.digits, found.zero_added) == (whole, True)
    assert read_person_id("1234567890", TEST_INSTALLATION).problem is IdProblem.INVALID


@pytest.mark.parametrize("written", ["{0}-{1}", "{0} {1}", " {0}{1} ", "{0}.{1}"])
def test_only_digits_matter(written: str) -> None:
    whole = fnr("1985-12-24")
    assert read_person_id(written.format(whole[:6], whole[6:]), TEST_INSTALLATION).digits == whole


@pytest.mark.parametrize("text", [None, "", "  "])
def test_an_empty_cell_is_missing(text: str | None) -> None:
    assert read_person_id(text, STRICT).problem is IdProblem.MISSING


@pytest.mark.parametrize(
    ("individual", "year", "born"),
    [(123, 45, 1945), (555, 60, 1860), (950, 55, 1955), (700, 12, 2012), (950, 12, 2012)],
)
def test_the_individual_number_tells_the_century(individual: int, year: int, born: int) -> None:
    digits = next(d for day in range(1, 28) if (d := _plain(day, 3, year, individual)))
    birth = read_person_id(digits, STRICT).birth_date
    assert birth is not None
    assert birth.year == born


@given(st.text(max_size=20))
def test_whatever_is_written_is_read_without_an_error(text: str) -> None:
    read_person_id(text, TEST_INSTALLATION)


@given(st.integers(0, 10**9 - 1).map(lambda nine: f"{nine:09}"))
@settings(max_examples=1000)
def test_where_we_differ_from_python_stdnum(nine: str) -> None:
    """The validator of python-stdnum is older and narrower.

    It knows no FH number (no date inside), no test number (month + 80) and not the control digits
    of 2032, and it refuses a birth date in the future, which the register is asked about instead.
    And it takes a number that would be a D-number and a help number at once, which nobody gives
    out. Everything else it takes, we take; everything else we take is one of those kinds.
    """
    digits = nine + (control_digits(nine) or "00")
    ours = read_person_id(digits, IdRules(synthetic=True))
    theirs = fodselsnummer.is_valid(digits)
    if theirs:
        both_at_once = int(digits[:2]) > 40 and 40 < int(digits[2:4]) <= 52
        assert ours.valid or both_at_once
    elif ours.valid:
        future = ours.birth_date is not None and ours.birth_date > dt.date.today()  # noqa: DTZ011
        assert ours.kind is IdKind.FH_NUMBER or ours.synthetic or future or _no_century(digits)


def _no_century(digits: str) -> bool:
    """D and help numbers of a century that has not come: stdnum reads a date in them too."""
    day, month = int(digits[:2]), int(digits[2:4])
    return day > 40 or month > 40


@given(st.dates(dt.date(1940, 1, 1), dt.date(2039, 12, 31)), st.integers(0, 9))
def test_one_wrong_digit_is_found_out(birth: dt.date, place: int) -> None:
    whole = fnr(birth)
    wrong = whole[:place] + str((int(whole[place]) + 1) % 10) + whole[place + 1 :]
    assert not read_person_id(wrong, TEST_INSTALLATION).valid


def test_what_may_be_an_id_is_taken_for_one() -> None:
    assert may_be_person_id(fnr("1990-01-31"))
    assert not may_be_person_id("00000000001")
