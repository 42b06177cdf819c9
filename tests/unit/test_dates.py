"""Dates in every form, and the order of day and month as a column tells it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.dates import (
    DateReader,
    DateRemark,
    orders_of,
    parse_year,
    read_birth_date,
)
from dagster_project.values import UnreadableError

THE_DAY = dt.date(2023, 3, 14)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


def column(*cells: str, among: tuple[str, ...] = ()) -> list[dt.date | str | None]:
    """Return the cells of a column as they are read, `?` for the unreadable."""
    reader = DateReader(orders_of({"fra_dato": cells, "til_dato": among})["fra_dato"])

    def read(cell: str) -> dt.date | str | None:
        try:
            return reader.read(cell)
        except UnreadableError:
            return "?"

    return [read(cell) for cell in cells]


@pytest.mark.parametrize(
    "cell",
    [
        "2023-03-13T23:00:00Z",
        "2023-03-13T23:00:00.000+0000",
        "2023-03-13T23:00:00+00:00",
        "2023-03-13 23:00:00 UTC",
        "2023-03-14T00:00:00+01:00",
        "2023-03-13T19:00:00-05:00",
        "Mon, 13 Mar 2023 23:00:00 GMT",
        "Tue Mar 14 2023 00:00:00 GMT+0100 (CET)",
        "1678748400000",
        "/Date(1678748400000)/",
        "2023-03-14+01:00",
        "2023-03-14Z",
        "2023-03-14-08:00",
        "2023.03.14",
        "2023/03/14",
        "202303141530",
        "20230314153000",
        "14. mars 2023",
        "14 mars 2023 kl. 10.30",
        "tirsdag 14. mars 2023",
        "14-Mar-2023",
        "14-MAR-23 12.00.00.000000 AM",
        "14.mar.23",
        "Mar 14, 2023",
        "March 14th, 2023",
        "14. 3. 2023",
        "14.03.2023 08.00",
        "3/14/2023 12:00:00 AM",
        "2023\u201103\u201114",
        "44999",
        "14/3-2023",
        "14/3 23",
        "2023-03-14T00:00+01:00[Europe/Oslo]",
        "Tue Mar 14 2023 00:00:00 GMT+0100 (sentraleuropeisk normaltid)",
    ],
)
def test_a_date_is_read_in_every_form(cell: str) -> None:
    assert column(cell) == [THE_DAY]


@pytest.mark.parametrize(
    "cell",
    [
        "00.01.1900",
        "30.12.1899",
        "1899-12-31",
        "31.12.2999",
        "9998-12-31",
        "NaT",
        "\\N",
        "00.00.0000",
    ],
)
def test_a_day_that_stands_for_none_is_none(cell: str) -> None:
    assert column(cell) == [None]


def test_a_moment_in_summer_is_the_norwegian_day_too() -> None:
    assert column("2024-06-29T22:00:00Z", "2024-06-29T21:59:59Z") == [
        dt.date(2024, 6, 30),
        dt.date(2024, 6, 29),
    ]


@given(DAYS, st.integers(0, 23))
def test_midnight_in_norway_written_in_utc_is_the_day_that_begins(day: dt.date, hour: int) -> None:
    moment = dt.datetime.combine(day, dt.time(hour), tzinfo=ZoneInfo("Europe/Oslo"))
    utc = moment.astimezone(dt.UTC)
    assert column(f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%dT%H:%M:%S+00:00}") == [day, day]


@pytest.mark.parametrize("part", ["/", "-", "."])
@pytest.mark.parametrize("time", ["", " 12:00:00 AM", " 00:00"])
def test_one_day_that_no_calendar_has_tells_the_order_of_the_column(part: str, time: str) -> None:
    cells = [f"03{part}04{part}2023{time}", f"03{part}14{part}2023{time}"]
    assert column(*cells) == [dt.date(2023, 3, 4), THE_DAY]
    cells = [f"03{part}04{part}2023{time}", f"14{part}03{part}2023{time}"]
    assert column(*cells) == [dt.date(2023, 4, 3), THE_DAY]


def test_two_digits_of_a_year_are_no_hindrance() -> None:
    assert column("03/04/23", "03/14/23") == [dt.date(2023, 3, 4), THE_DAY]
    assert column("03-04-23", "03-14-23") == [dt.date(2023, 3, 4), THE_DAY]
    # Between hyphens the year may stand first.
    assert column("23-03-14", "05-03-21") == ["?", "?"]
    assert column("05-03-21", "31-12-99") == [dt.date(2021, 3, 5), dt.date(1999, 12, 31)]


@given(st.lists(DAYS, min_size=1, max_size=30), st.sampled_from("/-."), st.booleans())
def test_a_column_is_never_read_in_silence_as_other_days(
    days: list[dt.date], part: str, month_first: bool
) -> None:
    form = f"%m{part}%d{part}%Y" if month_first else f"%d{part}%m{part}%Y"
    cells = [day.strftime(form) for day in days]
    reader = DateReader(orders_of({"fra_dato": cells})["fra_dato"])
    told = [reader.remark(cell) for cell in cells]
    read = column(*cells)
    if any(day.day > 12 for day in days):
        assert read == days
        assert DateRemark.ORDER_ASSUMED not in told
    elif part != ".":
        # Nothing proves it: every cell that could be another day is told of.
        assert all(remark or day.day == day.month for remark, day in zip(told, days, strict=True))
        assert set(told) <= {DateRemark.ORDER_ASSUMED, None}


def test_a_column_that_cannot_tell_is_read_as_the_others_of_its_delivery() -> None:
    assert column("03/04/2023", among=("03/14/2023",)) == [dt.date(2023, 3, 4)]
    assert column("03/04/2023", among=("14.03.2023",)) == [dt.date(2023, 4, 3)]
    reader = DateReader(orders_of({"a": ["03/04/2023"], "b": ["14/03/2023"]})["a"])
    assert reader.remark("03/04/2023") is None


def test_proofs_that_contradict_each_other_leave_the_rest_unread() -> None:
    cells = ("03/14/2023", "14/03/2023", "03/04/2023", "05/05/2023")
    assert column(*cells) == [THE_DAY, THE_DAY, "?", dt.date(2023, 5, 5)]
    # One slip of the pen among many does not.
    plain = tuple(f"{day:02}/03/2023" for day in range(1, 32))
    assert column("03/14/2023", *plain) == ["?", *(dt.date(2023, 3, d) for d in range(1, 32))]
    # Points are Norwegian.
    assert column("03.14.2023", "14.03.2023", "03.04.2023") == ["?", THE_DAY, dt.date(2023, 4, 3)]


@pytest.mark.parametrize(
    "cell",
    [
        "NULL", "NA", "N/A", "#N/A", "NaN", "None", "nil", "-", "--", "?", "0", "00000000", ".",
        "Ukjent", "ukjend", "ikke satt", "ikkje registrert", "ikke avsluttet", "00/00/0000",
        "99.99.9999", "9999-12-31T23:59:59Z", "9999-12-30T23:00:00Z", "0001-01-01T00:00:00",
        "1753-01-01", "31.12.2099", "12/31/9999",
    ],
)  # fmt: skip
def test_what_says_that_no_day_is_known(cell: str) -> None:
    assert column(cell, among=("03/14/2023",)) == [None]


@pytest.mark.parametrize(
    "cell",
    ["x", "snart", "til høsten", "løpende", "1954", "19999", "13846500159", "2023-02-30", "5 2023",
     "2023-03-14 25:00", "1.1." + "0" * 5000, "Иван"],
)  # fmt: skip
def test_what_is_no_date_is_unreadable(cell: str) -> None:
    assert column(cell) == ["?"]


def test_a_serial_with_its_time_is_the_day() -> None:
    assert column("45306.375", "45306,375", "45305.9999999884") == [dt.date(2024, 1, 15)] * 3


@pytest.mark.parametrize(
    ("cell", "told_by_id", "expected"),
    [
        ("14.03.31", None, "1931-03-14"),  # nobody is born after the delivery
        ("14.03.31", "1931-03-14", "1931-03-14"),
        ("14.03.12", "1912-03-14", "1912-03-14"),
        ("14.03.12", None, "2012-03-14"),
        ("2031-03-14", None, "1931-03-14"),
        ("2012-03-14", "1912-03-14", "1912-03-14"),
        ("11396", None, "1931-03-14"),  # serial numbers from before 1954
        ("4456", None, "1912-03-13"),
        ("1931-03-15", "1931-03-14", "1931-03-15"),  # another day: told elsewhere
    ],
)
def test_a_birth_date_is_read_in_its_century(
    cell: str, told_by_id: str | None, expected: str
) -> None:
    reader = DateReader(orders_of({"fodselsdato": [cell]})["fodselsdato"], dt.date(2025, 12, 31))
    born = dt.date.fromisoformat(told_by_id) if told_by_id else None
    assert read_birth_date(cell, reader, born)[0] == dt.date.fromisoformat(expected)


def test_only_a_written_year_that_is_not_believed_is_told_of() -> None:
    reader = DateReader({}, dt.date(2025, 12, 31))
    assert read_birth_date("14.03.31", reader, None)[1] is None
    assert read_birth_date("2031-03-14", reader, None)[1] is DateRemark.CENTURY
    assert read_birth_date("2012-03-14", reader, dt.date(1912, 3, 14))[1] is DateRemark.CENTURY


@pytest.mark.parametrize(
    ("cell", "year"),
    [("2027", "2027"), ("2027.0", "2027"), ("01.01.2027", "2027"), ("2027-06-01", "2027"),
     ("46388", "2027"), ("2026-12-31T23:00:00Z", "2027"), ("NULL", None), ("", None)],
)  # fmt: skip
def test_a_year_may_be_written_as_a_date(cell: str, year: str | None) -> None:
    assert parse_year(cell, DateReader({})) == year


@pytest.mark.parametrize("cell", ["27", "snarest", "20271", "2027-2028"])
def test_what_is_no_year_is_unreadable(cell: str) -> None:
    with pytest.raises(UnreadableError):
        parse_year(cell, DateReader({}))
