"""Whether a text holds a person's national id, in whatever spelling.

The one detector: what landing writes, what `sources.yml` says, what a problem quotes and what
readers type are all asked here. It looks at digits and at how they are grouped, never at the signs
between them, so that a new separator is no new spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dagster_project.identity.digits import plain_text, unescaped
from dagster_project.identity.numbers import may_be_person_id

_ID: Final = 11
_BIRTH, _REST = 6, 5  # digits of its two parts
_CENTURIES = ("18", "19", "20")
# Signs that may stand between two neighbouring digits of an id: `010182, personnummer er 12345`.
_WIDEST_GAP = 30
# Signs that may stand between its first and its last digit in all.
_WIDEST_ID = 80
# No text that is worth keeping is longer, or holds more digits: such a one is not looked through.
_LONGEST = 50_000
_MOST_DIGITS = 300
# `1. jan 82 12345` has the fewest that an id can be written with.
_FEWEST_DIGITS = 8

_ANY_DIGIT = re.compile(r"[0-9]|[^\x00-\x7f]")
_DIGIT = re.compile(r"[0-9]")
_MAY_BE_DIGIT = re.compile(r"[0-9OoОоΟοIl|Іι]")
_ALIKE = str.maketrans({**dict.fromkeys("OoОоΟο", "0"), **dict.fromkeys("Il|Іι", "1")})
# A word of digits and of letters that look like them.
_WORD_OF_ALIKE = re.compile(r"(?<![^\W\d_])[0-9OoОоΟοIl|Іι]+(?![^\W\d_])")
_SHORT_DATE = re.compile(r"(?<![0-9])([0-9]{1,2})([./-] ?| )([0-9]{1,2})([./-] ?| )(?=[0-9]{2})")
_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "ma[iy]",
    "jun",
    "jul",
    "aug",
    "sep",
    "o[kc]t",
    "nov",
    "de[sc]",
)
_MONTH = re.compile(
    "|".join(f"[ .-]{{0,2}}(?<![a-z])({month})[a-z]*[ .-]{{0,2}}" for month in _MONTHS),
    re.IGNORECASE,
)
_HEX_OF_DIGITS = re.compile(r"(?:3[0-9][ :,-]?){10,}")
# Digits with at most one sign between two of them, as a number that is meant as one is written.
_ONE_NUMBER = re.compile(r"[0-9](?:[ .\-/]?[0-9])*")
_DIGIT_GROUP = re.compile(r"[0-9]+")
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_LETTERS = re.compile(r"[a-f]+", re.IGNORECASE)
_APART = "\n" * (_WIDEST_GAP + 1)
# A whole date, with its time where it has one: `2023-06-30`, `20230630`, `30.06.2023 12:30`.
_FULL_DATE = re.compile(
    r"(?<![0-9])(?:"
    r"(?:19|20)[0-9]{2}([-./]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[1-9]|[12][0-9]|3[01])([-./])(?:0[1-9]|1[0-2])\2(?:19|20)[0-9]{2}"
    r")(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
    r"(?![0-9]|:[0-9])"
)


def holds_person_id(text: str) -> bool:
    """Whether the text holds digits that validate as a Norwegian id, under any rule.

    Eleven digits count, and ten that lost a leading 0, with anything between them: signs, short
    words, line ends, escapes. Digits of any script are digits; letters that look like digits may
    be. The birth date may have its century, or its year first, and may come after the five digits.

    >>> holds_person_id("f 018180 pnr 00010"), holds_person_id("tjenester_20230630_20231231")
    (True, False)
    """
    if len(text) < _FEWEST_DIGITS or not _ANY_DIGIT.search(text):
        return False
    return len(text) > _LONGEST or any(map(_holds, _readings(text)))


def longest_number(text: str) -> int:
    """Return how many digits the longest number of the text has, as numbers are set in groups.

    >>> longest_number("918 27 364 5, 12"), longest_number("2023_2024")
    (9, 4)
    """
    runs = _ONE_NUMBER.finditer(plain_text(text))
    return max((len(_DIGIT.findall(run.group())) for run in runs), default=0)


def looks_like_person_id(text: str) -> bool:
    """Whether the text holds an id, or a number of ten or eleven digits that was meant as one."""
    runs = (_DIGIT.findall(run.group()) for run in _ONE_NUMBER.finditer(plain_text(text)))
    return any(len(run) in (_ID - 1, _ID) for run in runs) or holds_person_id(text)


def _readings(text: str) -> Iterator[str]:
    """Return the ways to read a text that may hold digits enough, the plainest first."""
    plain = plain_text(text)
    yield plain
    opened = plain_text(unescaped(plain))
    if opened != plain:
        yield opened
    digits = len(_DIGIT.findall(opened))
    if digits and _ID - 1 <= len(_MAY_BE_DIGIT.findall(opened)) > digits:
        yield _WORD_OF_ALIKE.sub(lambda word: word.group().translate(_ALIKE), opened)
    if digits >= _FEWEST_DIGITS:
        months = _MONTH.sub(lambda month: f"-{month.lastindex:02}-", opened)
        dated = _SHORT_DATE.sub(
            lambda date: f"{date[1]:0>2}{date[2]}{date[3]:0>2}{date[4]}", months
        )
        if dated != opened:
            yield dated
    for run in _HEX_OF_DIGITS.finditer(plain):
        yield "".join(re.findall("3([0-9])", run.group()))


def _holds(text: str) -> bool:
    # The letters of a uuid part its digits, as no word between the digits of an id would.
    text = _UUID.sub(lambda uuid: _LETTERS.sub(_APART, uuid.group()), text)
    groups = [match.span() for match in _DIGIT_GROUP.finditer(text)]
    count = sum(after - first for first, after in groups)
    if count < _ID - 1:
        return False
    return count > _MOST_DIGITS or _Digits(text, groups).hold_an_id()


class _Digits:
    """The digits of a text: where each stands, where their groups begin, and what are dates."""

    def __init__(self, text: str, groups: list[tuple[int, int]]) -> None:
        self._at = [place for first, after in groups for place in range(first, after)]
        self._text = "".join(text[first:after] for first, after in groups)
        # Between which digits a group ends, and which of those are too far apart for an id.
        self._edges = {0, len(self._at)}
        self._far = set()
        for number in range(1, len(self._at)):
            gap = self._at[number] - self._at[number - 1] - 1
            if gap:
                self._edges.add(number)
            if gap > _WIDEST_GAP:
                self._far.add(number)
        # Between which digits a whole date would be cut in two.
        dates = [match.span() for match in _FULL_DATE.finditer(text)]
        inside = {place for first, after in dates for place in range(first + 1, after)}
        self._in_date = {number for number, place in enumerate(self._at) if place in inside}

    def hold_an_id(self) -> bool:
        """Whether some of the digits, one after the other, are an id."""
        return any(
            map(may_be_person_id, (one for at in range(len(self._at)) for one in self._from(at)))
        )

    def _from(self, start: int) -> Iterator[str]:
        """Return what may be the eleven digits of an id that begins with this digit."""
        for length in (_ID - 1, _ID, _ID + 2):
            after = start + length
            if after > len(self._at) or self._at[after - 1] - self._at[start] - length > _WIDEST_ID:
                return
            if not self._far.isdisjoint(range(start + 1, after)):
                return
            digits = self._text[start:after]
            alone = start in self._edges and after in self._edges
            if length == _ID and (alone or self._in_date.isdisjoint(range(start, after + 1))):
                # Where others stand right beside them, those of a date are no part of an id.
                yield digits
            cuts_a_date = start in self._in_date or after in self._in_date
            if alone and not cuts_a_date:
                yield from _readings_of(digits)
                if length <= _ID and start + _REST in self._edges:
                    yield from _readings_of(digits[_REST:] + digits[:_REST])


def _readings_of(digits: str) -> Iterator[str]:
    """Return what ten, eleven or thirteen digits may be: lost zero, year first, full year."""
    rest = digits[-_REST:]
    birth = digits[:-_REST].zfill(_BIRTH)
    if len(birth) == _BIRTH:
        yield birth + rest
        yield birth[4:] + birth[2:4] + birth[:2] + rest
    else:
        if birth[4:6] in _CENTURIES:
            yield birth[:4] + birth[6:] + rest
        if birth[:2] in _CENTURIES:
            yield birth[6:] + birth[4:6] + birth[2:4] + rest
