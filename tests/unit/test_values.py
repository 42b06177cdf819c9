"""Dates, numbers and folding, as the contract writes them."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.dates import DateReader
from dagster_project.values import UnreadableError, fold, fold_header, parse_count, parse_number

THE_DAY = dt.date(2021, 3, 5)
parse_date = DateReader({}).read


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-05",
        "2021-03-05T10:00:00",
        "2021-03-05 00:00:00",
        "05.03.2021",
        "5.3.2021",
        "05.03.21",
        "05/03/2021",
        "20210305",
        "44260",
        "44260.0",
        " 05.03.2021 ",
    ],
)
def test_every_form_of_a_date_is_read(text: str) -> None:
    assert parse_date(text) == THE_DAY


@pytest.mark.parametrize(
    "text", [None, "", "31.12.9999", "31.12.2099", "01.01.1900", "00.00.0000", "9999-12-31"]
)
def test_what_stands_for_no_date_is_not_known(text: str | None) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "year"), [("01.01.68", 2068), ("01.01.69", 1969), ("1.1.00", 2000)]
)
def test_two_digits_of_a_year_turn_at_68(text: str, year: int) -> None:
    date = parse_date(text)
    assert date is not None
    assert date.year == year


@pytest.mark.parametrize(
    "text",
    ["høst 2023", "32.01.2021", "2021-13-01", "19999", "60001", "29.02.2021", "0021-03-05", "x"],
)
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError) as error:
        parse_date(text)
    assert text not in str(error.value)


@given(st.dates(dt.date(1954, 10, 4), dt.date(2064, 4, 8)))
def test_a_date_reads_the_same_in_every_form(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    forms = [
        f"{day:%Y-%m-%d}",
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%Y%m%d}",
        str(serial),
    ]
    assert {parse_date(form) for form in forms} == {day}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234", "1234"),
        ("1 234", "1234"),
        ("1\u00a0234", "1234"),
        ("1\u202f234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("80,5", "80.5"),
        ("80.5", "80.5"),
        ("80 %", "80"),
        ("105 years or older", "105"),
        ("0 years", "0"),
        ("-3", "-3"),
        ("", None),
        ("..", None),
    ],
)
def test_numbers_are_read_as_norwegians_write_them(text: str, number: str | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["2 timer", "1,5 time", "1 t", "3 dager", "5 tusen", "1,2 mill", "6 mnd", "2 TIMER"]
)
def test_a_unit_that_makes_it_another_number_is_not_let_go(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_number(text)


def test_a_count_has_no_parts_and_no_comma_that_may_part_thousands() -> None:
    assert [parse_count(text) for text in ("5,0", "5.00", "1.234", "1 234", "-")] == [
        "5.0", "5.00", "1234", "1234", None,
    ]  # fmt: skip
    for text in ("1,234", "1,000", "12,345", "2,5"):
        with pytest.raises(UnreadableError):
            parse_count(text)


@pytest.mark.parametrize("text", ["tolv", "1,2,3", "1 23", "12a4", "13846500159"])
def test_what_is_no_number_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_number(text)


def test_folding_is_the_contracts() -> None:
    assert fold("  Fysio-  og\tErgoterapi ") == "fysio- og ergoterapi"
    assert fold("KOORDINERANDE EINING") == "koordinerande eining"
    assert fold("Skole\n(SFO) é") == "skole (sfo) e"
    assert fold("Ǿ Ǽ Ǻ") == "o ae a"
    assert fold_header("Fødselsnr.") == fold_header("FØDSELS nr") == "fodselsnr"
    assert fold_header("Tenesteområde\n(kode)") == "tenesteomradekode"


@given(st.text(alphabet="aåøæéüABÅØÆ -/.", max_size=20))
def test_composed_and_decomposed_letters_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
