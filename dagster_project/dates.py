"""How the dates of a delivery are read: in every form, in the order that the columns tell.

The forms are those of the source contract (`docs/contract.md`). `03/04/2023` is 3 April to a
Norwegian and 4 March to an American program: which one is told by the column as a whole, so the
columns of a delivery are looked through before a cell is read.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from dagster_project.values import (
    LONGEST_CELL,
    UnreadableError,
    fold,
    means_not_known,
    parse_number,
)

_OSLO = ZoneInfo("Europe/Oslo")
_FIRST_YEAR = 1800  # an earlier year is a slip of the pen, or other digits than a date's
_FIRST_PLANNED_YEAR = 1980  # nothing is wished for or counted before; `20271` is no serial number
_PIVOT = 68  # two digits: 00-68 are 2000-2068, 69-99 are 1969-1999

# What registers and their databases write where no date is known.
_NOT_KNOWN = frozenset(
    {
        dt.date(9999, 12, 31),
        dt.date(2099, 12, 31),
        dt.date(1900, 1, 1),
        dt.date(1899, 12, 31),
        dt.date(1899, 12, 30),
        dt.date(1753, 1, 1),
        dt.date(1, 1, 1),
    }
)
_NO_YEAR_COUNTED = 2900  # 31.12.2999, 31.12.9998
# Zeros, nines, and what a spreadsheet shows for the day 0.
_NO_DIGITS_OF_A_DATE = re.compile(r"[0 .:/TZ-]+|9[9 ./-]{5,}|0?0\.0?1\.1900")

# A day, and the time that may stand behind it: `T10:00:00Z`, ` kl. 10.00`, ` 12:00:00 AM`.
_ZONE = r"(?P<zone>Z|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|UTC|GMT)"
_TIME = re.compile(
    r"(?P<day>.*?\S)(?:[T\s,]|\s*kl\.?\s*)+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    rf"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*{_ZONE})?(?:\s*\([^)]*\)|\[[^\]]*\])?",
    re.IGNORECASE,
)
# The day that an `xs:date` names, wherever its clock stands.
_DAY_WITH_ZONE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-./])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
# `1/2-2023`: so nobody writes but with the day first.
_HANDWRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})\s?[- ]\s?(\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:([01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?")
_SERIAL = re.compile(r"(\d{4,5})(?:[.,](\d+))?")
_SERIAL_FIRST, _SERIAL_LAST = 20000, 60000
# Somebody born in 1905 is a serial number of four digits; before that it may as well be a year.
_BIRTH_SERIAL_FIRST = 2101
_SERIAL_ORIGIN = dt.date(1899, 12, 30)
_SECONDS_A_DAY = 86_400
# Milliseconds since 1970: `1705273200000`, `/Date(1705273200000)/`. Thirteen digits begin in 2001;
# eleven are an id.
_EPOCH = re.compile(r"(?:\\?/Date\()?(\d{13})(?:[+-]\d{4})?(?:\)\\?/)?")
_DAY_AND_NAME = re.compile(r"(\d{1,2})[. -]*([a-z]+)[. -]*,?\s*(\d{4}|\d{2})")
_NAME_AND_DAY = re.compile(r"([a-z]+)[. -]*(\d{1,2})(?:st|nd|rd|th)?[,. -]+(\d{4})")
_WEEKDAY = re.compile(
    r"(?:man|tirs?|ons|tors?|fre|lor|sun|son|tys|laur|mon|tue|wed|thu|fri|sat)[a-z]*[.,]*\s+"
)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))

_MONTHS = {
    name[:length]: number
    for number, names in enumerate(
        (
            "januar january",
            "februar february",
            "mars march",
            "april",
            "mai may",
            "juni june",
            "juli july",
            "august",
            "september",
            "oktober october",
            "november",
            "desember december",
        ),
        start=1,
    )
    for name in names.split()
    # Short forms: `jan`, `sept`, `juni`.
    for length in {3, 4, len(name)}
}


class DateRemark(StrEnum):
    """What is to be told of a date that was read. The values are rules of `seeds/rules.csv`."""

    MONTH_FIRST = "date_month_first"
    ORDER_ASSUMED = "date_order_assumed"
    CENTURY = "birth_date_century"


class Order(StrEnum):
    """Which of the numbers of `03/04/2023` is the day, as the column tells."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    UNTOLD = "untold"  # no cell tells: read day first, with a remark
    CONTRADICTORY = "contradictory"  # a cell that does not tell by itself is not read
    UNREADABLE = "unreadable"  # not even a cell tells: `23-03-14` may begin with the year


# One order is plainly the column's when so many times as many cells prove it as prove the other.
_PLAINLY = 10
# How a date is written that has its year last: which sign parts it, and whether the year is short.
Form = tuple[str, bool]


@dataclass(frozen=True)
class DateReader:
    """Reads the dates of one column, in the orders that `orders_of` found in it.

    `latest` is for birth dates: the day of the delivery, after which nobody in it was born. Then
    serial numbers from before 1954 are read too.
    """

    orders: Mapping[Form, Order]
    latest: dt.date | None = None

    def read(self, text: str | None) -> dt.date | None:
        """Return the date of a cell; None where it says that none is known.

        Raises UnreadableError for anything that is not one of the contract's forms.
        """
        if text and len(text) > LONGEST_CELL:
            raise UnreadableError
        plain = _plain(text)
        if not plain or means_not_known(plain) or _NO_DIGITS_OF_A_DATE.fullmatch(plain):
            return None
        try:
            day = self._day(plain)
        except (ValueError, OverflowError, KeyError):
            raise UnreadableError from None
        if day in _NOT_KNOWN or day.year >= _NO_YEAR_COUNTED:
            return None
        if day.year < _FIRST_YEAR:
            raise UnreadableError
        return day

    def remark(self, text: str | None) -> DateRemark | None:
        """Return what is to be told of a cell whose order of day and month decides the date."""
        match = _as_year_last(text)
        if not match or not _has_no_order(int(match[1]), int(match[3])):
            return None
        return {
            Order.MONTH_FIRST: DateRemark.MONTH_FIRST,
            Order.UNTOLD: DateRemark.ORDER_ASSUMED,
        }.get(self._order(_form(match)))

    def _day(self, text: str) -> dt.date:
        if match := _EPOCH.fullmatch(text):
            moment = dt.datetime.fromtimestamp(int(match[1]) / 1000, tz=dt.UTC)
            return moment.astimezone(_OSLO).date()
        if match := _DAY_WITH_ZONE.fullmatch(text):
            return dt.date.fromisoformat(match[1])
        if match := _TIME.fullmatch(text):
            return _in_norway(self._bare_day(match["day"]), match)
        return self._bare_day(text)

    def _bare_day(self, text: str) -> dt.date:
        if match := _YEAR_FIRST.fullmatch(text):
            return dt.date(int(match[1]), int(match[3]), int(match[4]))
        if match := _YEAR_LAST.fullmatch(text):
            return self._year_last(match)
        if match := _HANDWRITTEN.fullmatch(text):
            return self._date(match[3], int(match[2]), int(match[1]))
        if match := _COMPACT.fullmatch(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _SERIAL.fullmatch(text):
            return self._of_serial(int(match[1]), match[2])
        words = _WEEKDAY.sub("", fold(text), count=1)
        if match := _DAY_AND_NAME.fullmatch(words):
            return self._date(match[3], _MONTHS[match[2]], int(match[1]))
        if match := _NAME_AND_DAY.fullmatch(words):
            return self._date(match[3], _MONTHS[match[1]], int(match[2]))
        raise ValueError

    def _year_last(self, match: re.Match[str]) -> dt.date:
        first, second = int(match[1]), int(match[3])
        order = self._order(_form(match))
        if order is Order.UNREADABLE:
            raise ValueError
        if order is Order.CONTRADICTORY:
            if _has_no_order(first, second):
                raise ValueError
            order = Order.MONTH_FIRST if second > 12 else Order.DAY_FIRST
        day, month = (second, first) if order is Order.MONTH_FIRST else (first, second)
        return self._date(match[4], month, day)

    def _order(self, form: Form) -> Order:
        return self.orders.get(form) or _order_without_proof(form)

    def _date(self, year: str, month: int, day: int) -> dt.date:
        if len(year) == 4:
            return dt.date(int(year), month, day)
        full = 2000 + int(year) if int(year) <= _PIVOT else 1900 + int(year)
        if self.latest is not None and dt.date(full, month, day) > self.latest:
            full -= 100
        return dt.date(full, month, day)

    def _of_serial(self, serial: int, fraction: str | None) -> dt.date:
        first = _SERIAL_FIRST if self.latest is None else _BIRTH_SERIAL_FIRST
        if not first <= serial <= _SERIAL_LAST:
            raise ValueError
        # A programme's midnight may be a millionth of a second before it.
        seconds = round(float(f"0.{fraction}") * _SECONDS_A_DAY) if fraction else 0
        return _SERIAL_ORIGIN + dt.timedelta(days=serial + seconds // _SECONDS_A_DAY)


def orders_of(
    columns: Mapping[str, Iterable[str | None]],
) -> dict[str, Mapping[Form, Order]]:
    """Return the order in which each of a delivery's columns of dates is read.

    A column in which no cell tells is read as the other columns that are written like it: an export
    writes all its dates one way.
    """
    proofs = {name: _proofs(cells) for name, cells in columns.items()}
    pooled: _Proofs = {}
    for found in proofs.values():
        for form, counted in found.items():
            pooled.setdefault(form, Counter()).update(counted)
    return {
        name: {
            form: _decided(form, counted) or _decided_elsewhere(form, pooled[form])
            for form, counted in found.items()
        }
        for name, found in proofs.items()
    }


def parse_year(text: str | None, reader: DateReader) -> str | None:
    """Return the year of a cell that holds a year or a date, or None where it holds nothing.

    Raises UnreadableError otherwise.
    """
    try:
        number = parse_number(text)
    except UnreadableError:
        number = ""
    if number is None:
        return None
    year = number.removesuffix(".0")
    if len(year) == 4 and year.isdigit() and int(year) >= _FIRST_YEAR:
        return year
    day = reader.read(text)
    if day and day.year < _FIRST_PLANNED_YEAR:
        raise UnreadableError
    return str(day.year) if day else None


def read_birth_date(
    text: str | None, reader: DateReader, birth_of_id: dt.date | None
) -> tuple[dt.date | None, DateRemark | None]:
    """Return a birth date in its century, and what is to be told of that.

    The id tells the century; without one nobody was born after the delivery. Raises UnreadableError
    as `DateReader.read` does.
    """
    day = reader.read(text)
    if day is None or day == birth_of_id:
        return day, None
    if birth_of_id and _in_its_century(day) == _in_its_century(birth_of_id):
        return birth_of_id, DateRemark.CENTURY
    if reader.latest and day > reader.latest:
        try:
            return day.replace(year=day.year - 100), DateRemark.CENTURY
        except ValueError:
            raise UnreadableError from None
    return day, None


def _in_its_century(day: dt.date) -> tuple[int, int, int]:
    return day.year % 100, day.month, day.day


_Proofs = dict[Form, Counter[Order]]


def _proofs(cells: Iterable[str | None]) -> _Proofs:
    """Count the cells that tell which of their numbers is the day, by how they are written."""
    proofs: _Proofs = {}
    for cell in set(cells):
        match = _as_year_last(cell)
        if not match:
            continue
        first, second, form = int(match[1]), int(match[3]), _form(match)
        counted = proofs.setdefault(form, Counter())
        if first <= 12 < second <= 31:
            counted[Order.MONTH_FIRST] += 1
        elif second <= 12 < first <= 31 and not (form[1] and int(match[4]) <= 31):
            counted[Order.DAY_FIRST] += 1
    return proofs


def _form(match: re.Match[str]) -> Form:
    # Between hyphens a year of two digits may as well stand first.
    return match[2], match[2] == "-" and len(match[4]) == 2


def _has_no_order(first: int, second: int) -> bool:
    return first <= 12 and second <= 12 and first != second


def _decided(form: Form, counted: Counter[Order]) -> Order | None:
    day, month = counted[Order.DAY_FIRST], counted[Order.MONTH_FIRST]
    if not day and not month:
        return None
    # Points are Norwegian: what contradicts them there is a slip of the pen.
    if day >= _PLAINLY * month or (form[0] == "." and day >= month):
        return Order.DAY_FIRST
    if month >= _PLAINLY * day:
        return Order.MONTH_FIRST
    return Order.UNREADABLE if form[1] else Order.CONTRADICTORY


def _decided_elsewhere(form: Form, pooled: Counter[Order]) -> Order:
    elsewhere = _decided(form, pooled)
    plain = elsewhere in (Order.DAY_FIRST, Order.MONTH_FIRST)
    return elsewhere if elsewhere and plain else _order_without_proof(form)


def _order_without_proof(form: Form) -> Order:
    if form[1]:
        return Order.UNREADABLE
    return Order.DAY_FIRST if form[0] == "." else Order.UNTOLD


def _plain(text: str | None) -> str:
    text = " ".join(text.split()) if text else ""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_DASHES)


def _as_year_last(text: str | None) -> re.Match[str] | None:
    if not text or len(text) > LONGEST_CELL:
        return None
    plain = _plain(text)
    clock = _TIME.fullmatch(plain)
    return _YEAR_LAST.fullmatch(clock["day"] if clock else plain)


def _in_norway(day: dt.date, clock: re.Match[str]) -> dt.date:
    """Return the day that it was in Norway; a clock without a zone is one on a Norwegian wall."""
    hour, minute = int(clock["hour"]), int(clock["minute"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].lower() == "p" else 0)
    if hour > 24 or minute > 59:
        raise ValueError
    if not clock["zone"] or day in _NOT_KNOWN:
        return day
    digits = re.sub(r"\D", "", clock["zone"]).ljust(4, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if "-" in clock["zone"]:
        offset = -offset
    moment = dt.datetime.combine(day, dt.time(), tzinfo=dt.timezone(offset))
    moment += dt.timedelta(hours=hour, minutes=minute, seconds=int(clock["second"] or 0))
    return moment.astimezone(_OSLO).date()
