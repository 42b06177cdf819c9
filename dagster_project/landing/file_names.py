"""What a file's name says of the delivery: its day, its time, which download, which part.

People write the day of a file in many ways, and programs add to the names of what they copy. Whole
days go before periods (`2023-12`, `4. kvartal 2023`, `uke 14 2024`, `2023`), which end on their
last day; of two days the last in the name counts. Where a name holds what must be a day and no
reading of it fits, or two do, it is `unread`: nothing is guessed.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from dagster_project.values import fold

_ENDING = re.compile(r"(\.[a-z][a-z0-9]{0,6})+$", re.IGNORECASE)
_SEP = "[-._ ]"
_GAP = f"{_SEP}{{0,3}}"
_YYYY = r"(?:19|20)\d\d"
_YEAR = rf"(?<!\d)(?P<year>{_YYYY})(?!\d)"
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "januar january jan",
            "februar february feb",
            "mars march mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "desember december des dec",
        ),
        start=1,
    )
    for word in words.split()
}
_MONTH = rf"(?<![a-z])(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![a-z])"
# No clock where a year follows: that is another day.
_CLOCK = re.compile(
    rf"(?!{_SEP}?{_YYYY}(?!\d))(?:[ _t-]|kl\.?){{0,4}}(?P<hour>[01]\d|2[0-3])[.:h_-]?"
    rf"(?P<minute>[0-5]\d)(?:[.:_-]?(?P<second>[0-5]\d))?(?!\d|{_SEP}?\d{{4}})"
)
_DAYS = re.compile(
    "|".join(
        (
            # 2023-12-31, 20231231 and 20231231083000, also 2023-1-5; never 2023-12-2.
            r"(?<!\d)(?P<y1>YYYY)(?P<s1>SEP)(?P<m1>\d\d)(?P=s1)(?P<d1>\d\d)(?!\d)",
            r"(?<!\d)(?P<y2>YYYY)(?P<s2>SEP)(?P<m2>[1-9])(?P=s2)(?P<d2>\d{1,2})(?!\d)",
            r"(?<!\d)(?P<y3>YYYY)(?P<m3>0[1-9]|1[0-2])(?P<d3>0[1-9]|[12]\d|3[01])"
            r"(?=(?:\d{4}|\d{6})?(?!\d))",
            # 31.12.2023, 5-3-2023, 31122023
            r"(?<![\dv])(?P<d4>\d{1,2})(?P<s4>SEP)(?P<m4>\d{1,2})(?P=s4)(?P<y4>YYYY)(?!\d)",
            r"(?<!\d)(?P<d5>\d\d)(?P<m5>\d\d)(?P<y5>YYYY)(?!\d)",
        )
    )
    .replace("YYYY", _YYYY)
    .replace("SEP", _SEP)
)
_WORDED_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d)(?P<day>\d{{1,2}}){_GAP}{_MONTH}{_GAP}{_YEAR}",
        rf"{_MONTH}{_GAP}(?P<day>\d{{1,2}})(?!\d),?{_GAP}{_YEAR}",
        rf"{_YEAR}{_GAP}{_MONTH}{_GAP}(?P<day>\d\d)(?!\d)",
    )
)
# 311223 or 31.12.23, 231231 or 23-12-31; and 202312.
_SHORT = re.compile(rf"(?<![\dv])(?<!\d{_SEP})(\d\d)({_SEP}?)(\d\d)\2(\d\d)(?!\d|{_SEP}\d\d(?!\d))")
_WORDED_MONTHS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_MONTH}{_GAP}{_YEAR}",
        rf"{_YEAR}{_GAP}{_MONTH}",
        rf"{_MONTH}{_GAP}(?P<short>\d\d)(?!\d)",
    )
)
_NUMBERED_MONTHS = (
    re.compile(rf"{_YEAR}{_SEP}(?P<number>0[1-9]|1[0-2])(?!\d|{_SEP}\d\d(?!\d))"),
    re.compile(rf"(?<!\d)(?<!\d{_SEP})(?P<number>0[1-9]|1[0-2]){_SEP}{_YEAR}"),
)
# What a period is called, how many a year has at most, and the months of each; a week has none.
_PERIODS = (
    (r"(?:kvartal|quarter|kv|q)", 4, 3),
    (r"(?:tertial|tert|t)", 3, 4),
    (r"(?:halvar|halvaar|half|h)", 2, 6),
    (r"(?:uke|veke|week|w|u)", 53, 0),
)
_ALONE = re.compile(_YEAR)
# What must be a day, or a period, where nothing above fitted.
_MUST_BE_A_DAY = re.compile(
    "|".join(
        (
            rf"(?<!\d){_YYYY}{_SEP}\d{{1,2}}({_SEP}\d{{1,2}})?(?!\d)",
            rf"(?<!\d){_YYYY}\d{{4}}(?!\d)",
            rf"(?<![\dv])\d{{1,2}}({_SEP})\d{{1,2}}\2{_YYYY}(?!\d)",
            rf"(?<![a-z])(?:uke|veke|week|kvartal|tertial|halvar|quarter){_GAP}\d{{1,2}}(?!\d)",
            rf"(?<!\d)\d\.?{_GAP}(?:kvartal|tertial|halvar|quarter)(?![a-z])",
            rf"(?<![a-z])[qthwu]\d{{1,2}}{_GAP}{_YYYY}(?!\d)",
            rf"(?<!\d){_YYYY}{_GAP}[qthwu]\d{{1,2}}(?!\d)",
            r"(?<![a-z])(?:januar|februar|mars|april|juni|juli|september|oktober|november|desember)"
            r"(?![a-z])",
            rf"(?<![a-z])(?:per|pr)\.?{_GAP}\d{{1,2}}{_SEP}\d{{1,2}}(?!\d)",
        )
    )
)
# 2023-12-2: the second of December, or the second download of December.
_TWO_MEANINGS = re.compile(rf"(?<!\d){_YYYY}({_SEP})1[0-2]\1\d(?!\d)")
_PART_OF = re.compile(
    rf"(?<![\da-z])(?:del|part|pt|fil|file)?{_GAP}(?P<part>\d{{1,2}}){_GAP}(?:av|of){_GAP}"
    r"(?P<parts>\d{1,2})(?!\d)"
)
_PART = re.compile(rf"(?<![a-z])(?:del|part|pt){_GAP}(?P<part>\d{{1,2}})(?!\d)")
# What writes many parts at once counts them from 00000.
_PART_FROM_NONE = re.compile(r"(?<![a-z])part-(?P<part>\d{5})(?!\d)")
_COPY = re.compile(
    r"(?<![a-z])(?:kopi|copy)(?: ?\((\d{1,3})\)| (\d{1,3})(?!\d))?"
    # Browsers number copies in other brackets, too, and old names are made short with a ~.
    r"|\((\d{1,3})\)|\[(\d{1,3})\]|~(\d{1,3})(?!\d)"
    rf"|(?<![a-z])(?:versjon|version|ver|v|revisjon|revision|rev){_SEP}?(\d{{1,3}})(?!\d)"
    rf"|{_SEP}(\d{{1,3}})$"
)
_CORRECTED = re.compile(
    r"(?<![a-z])(?:ny|nyeste|rettet|retta|korrigert|korr|oppdatert|revidert|endret|endra|ferdig|new|"
    r"corrected|updated|revised)(?![a-z])"
)
_FINAL = re.compile(r"(?<![a-z])(?:endelig|siste|final|last)(?![a-z])")
_AFTER_ALL_COPIES = 1000
# A day so far ahead of the file's own cannot be what was meant by two digits of a year.
_DAYS_AHEAD = dt.timedelta(days=7)


@dataclass(frozen=True)
class FileName:
    """What a name says; what it does not say is None, 0 or empty.

    `day` is the day of the delivery, or the last day of the period in the name, which then began on
    `began`. `unread` is true where the name holds a day that is not understood. `time` is the time
    of the day (ISO). `copy` orders the downloads of one day: the number of a copy or a version; a
    final one comes after them. `part` of `parts` says that the file is one of several that make a
    delivery together.
    """

    day: dt.date | None = None
    began: dt.date | None = None
    unread: bool = False
    time: str = ""
    copy: int = 0
    part: int = 0
    parts: int = 0

    def delivered(self, modified: dt.date) -> dt.date:
        """Return the day of the delivery, given the day the file was last modified.

        A period that was not over then reaches to that day.
        """
        if self.day is None:
            return modified
        ongoing = self.began is not None and self.began <= modified < self.day
        return modified if ongoing else self.day


def read_name(path: PurePath, modified: dt.date) -> FileName:
    """Read the name of a file, given the day it was last modified.

    `path` is relative to the home: where the name itself says no day, the folders that the file
    lies in may, the nearest first.
    """
    file_name = _read(_ENDING.sub("", path.name), modified)
    for folder in reversed(path.parent.parts):
        if file_name.day or file_name.unread:
            break
        above = _read(folder, modified)
        file_name = replace(file_name, day=above.day, began=above.began, unread=above.unread)
    return file_name


@dataclass(frozen=True)
class _Found:
    """A day or a period in a text, and where in it."""

    day: dt.date
    start: int
    end: int
    began: dt.date | None = None
    time: str = ""


def _read(name: str, modified: dt.date) -> FileName:
    text = re.sub("[–—−]", "-", fold(unicodedata.normalize("NFKC", name)))
    part, parts, text = _part(text)
    file_name = FileName(part=part, parts=parts)
    found = max(_days(text), key=lambda each: each.end, default=None)
    if found is None:
        readings = set(_short_readings(text, modified))
        if len(readings) > 1 or _TWO_MEANINGS.search(text):
            return replace(file_name, unread=True, copy=_copy(text, ""))
        found = next(iter(readings), None) or _period(text, modified)
    if found is None:
        return replace(file_name, unread=bool(_MUST_BE_A_DAY.search(text)), copy=_copy(text, ""))
    copy = _copy(text[found.end :], text[: found.start])
    return replace(file_name, day=found.day, began=found.began, time=found.time, copy=copy)


def _part(text: str) -> tuple[int, int, str]:
    """Return which part of how many the text says, and the text without it."""
    for pattern in (_PART_OF, _PART, _PART_FROM_NONE):
        match = pattern.search(text)
        if match:
            part, parts = int(match["part"]), int(match.groupdict().get("parts") or 0)
            part += pattern is _PART_FROM_NONE
            if 0 < part <= (parts or part):
                return part, parts, f"{text[: match.start()]} {text[match.end() :]}"
    return 0, 0, text


def _copy(after: str, before: str) -> int:
    """Return which download the text after the day says, and the words before it."""
    number = 0
    for text, anywhere in ((after, True), (before, False)):
        for match in _COPY.finditer(text):
            written = next((group for group in match.groups() if group), None)
            # Before the day a number is of something else, unless it says of what.
            if anywhere or match[0][0] not in "-._ ":
                number += int(written or 1)
        number += len(_CORRECTED.findall(text)) + _AFTER_ALL_COPIES * bool(_FINAL.search(text))
    return number


def _days(text: str) -> Iterator[_Found]:
    """Find the whole days that are written in a text."""
    for match in _DAYS.finditer(text):
        parts = {
            name[0]: int(value)
            for name, value in match.groupdict().items()
            if value and not name.startswith("s")
        }
        day = _day(parts["y"], parts["m"], parts["d"])
        if day is None and match["y4"]:
            # 12-31-2023 can be nothing but month first.
            day = _day(parts["y"], parts["d"], parts["m"])
        if day:
            yield _with_clock(day, text, match)
    for pattern in _WORDED_DAYS:
        for match in pattern.finditer(text):
            worded = _day(int(match["year"]), _MONTHS[match["name"]], int(match["day"]))
            if worded:
                yield _with_clock(worded, text, match)


def _with_clock(day: dt.date, text: str, match: re.Match[str]) -> _Found:
    clock = _CLOCK.match(text, match.end())
    if not clock:
        return _Found(day, match.start(), match.end())
    time = dt.time(int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0))
    return _Found(day, match.start(), clock.end(), time=time.isoformat())


def _short_readings(text: str, modified: dt.date) -> Iterator[_Found]:
    """Find what the last six digits of a text that may be a day can mean, in the file's time."""
    match = max(_SHORT.finditer(text), key=lambda each: each.end(), default=None)
    if match is None:
        return
    one, two, three = int(match[1]), int(match[3]), int(match[4])
    for day in (_day(2000 + three, two, one), _day(2000 + one, two, three)):
        if day and day <= modified + _DAYS_AHEAD:
            yield _with_clock(day, text, match)
    if not match[2] and match[1] in ("19", "20"):
        month = _months(one * 100 + two, three, 1, match)
        if month and month.began and month.began <= modified + _DAYS_AHEAD:
            yield month


def _period(text: str, modified: dt.date) -> _Found | None:
    """Find the last period that is written in a text."""
    for pattern in _WORDED_MONTHS:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            year = int(parts.get("year") or 2000 + int(parts["short"]))
            return _months(year, _MONTHS[match["name"]], 1, match)
    for name, most, months in _PERIODS:
        for pattern in _numbered(name):
            for match in pattern.finditer(text):
                year, number = int(match["year"]), int(match["number"])
                if 1 <= number <= most:
                    found = _months(year, number, months, match) if months else None
                    return found or _week(year, number, match)
    numbered = [match for pattern in _NUMBERED_MONTHS for match in pattern.finditer(text)]
    if numbered:
        last = max(numbered, key=lambda match: match.end())
        return _months(int(last["year"]), int(last["number"]), 1, last)
    if _MUST_BE_A_DAY.search(text):
        return None
    years = [match for match in _ALONE.finditer(text) if int(match["year"]) <= modified.year]
    return _months(int(years[-1]["year"]), 1, 12, years[-1]) if years else None


def _numbered(name: str) -> Iterator[re.Pattern[str]]:
    """Return how people join the name, the number and the year of a period."""
    number = r"(?P<number>\d{1,2})"
    yield re.compile(rf"{_YEAR}{_GAP}{name}{_GAP}{number}(?!\d)")
    yield re.compile(rf"{_YEAR}{_GAP}{number}{_GAP}{name}(?![a-z])")
    yield re.compile(rf"(?<![a-z]){name}{_GAP}{number}(?:{_SEP}{{1,3}}){_YEAR}")
    yield re.compile(rf"(?<!\d){number}(?:st|nd|rd|th)?{_GAP}{name}(?![a-z]){_GAP}{_YEAR}")


def _months(year: int, number: int, months: int, match: re.Match[str]) -> _Found | None:
    """Return the number-th period of so many months of a year."""
    if not 1 <= number * months <= 12:
        return None
    last = number * months
    day = dt.date(year, last, calendar.monthrange(year, last)[1])
    return _Found(day, match.start(), match.end(), began=dt.date(year, last - months + 1, 1))


def _week(year: int, number: int, match: re.Match[str]) -> _Found | None:
    try:
        monday = dt.date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    return _Found(monday + dt.timedelta(days=6), match.start(), match.end(), began=monday)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
