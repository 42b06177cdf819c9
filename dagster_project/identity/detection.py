"""Whether a text holds a person's national id, in whatever spelling.

The one detector: what landing writes, what `sources.yml` says, what a problem quotes and what
readers type are all asked here. It looks at digits and at how they are grouped, never at the signs
between them, so that a new separator is no new spelling.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from dagster_project.identity.digits import plain_text, unescaped, without_elements
from dagster_project.identity.numbers import century_of, is_organisation_number, may_be_person_id

_ID: Final = 11
_BIRTH, _REST = 6, 5  # digits of its two parts
_CENTURIES = ("18", "19", "20")
# Signs that may stand between two neighbouring digits of an id: `010182, personnummer er 12345`.
_WIDEST_GAP = 30
# Signs that may stand between its first and its last digit in all.
_WIDEST_ID = 80
# Signs, other numbers among them, that may stand between a birth date and the five digits of an id.
_WIDEST_PAIR = 120
# No text that is worth keeping is longer, or holds more digits: such a one is not looked through.
_LONGEST = 50_000
_MOST_DIGITS = 300
# `1. jan 82 12345` has the fewest that an id can be written with.
_FEWEST_DIGITS = 8

_DIGIT = re.compile(r"[0-9]")
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("OoОоΟο", "0"),
        **dict.fromkeys("Il|Іι", "1"),
        "Z": "2",
        "z": "2",
        "S": "5",
        "s": "5",
        "B": "8",
    }
)
_DIGIT_OR_ALIKE = "[0-9OoОоΟοIl|ІιZzSsB]"
_MAY_BE_DIGIT = re.compile(_DIGIT_OR_ALIKE)
# A word of digits and of letters that look like them.
_WORD_OF_ALIKE = re.compile(rf"(?<![^\W\d_]){_DIGIT_OR_ALIKE}+(?![^\W\d_])")
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
# `January 5th, 1982` and `5.I.82`: the month as a number, behind the day.
_MONTH_FIRST = re.compile(
    r"(?<![a-z])(?:" + "|".join(f"({month})" for month in _MONTHS) + r")[a-z]*\.? "
    r"([0-9]{1,2})(?:st|nd|rd|th)?,? (?=(?:[0-9]{2}){1,2}(?![0-9]))",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)(?: of)?(?= [a-z])", re.IGNORECASE)


def _numbered(words: str, first: int) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), start=first)}


_ROMANS = _numbered("I II III IV V VI VII VIII IX X XI XII", 1)
_ROMAN_MONTH = re.compile(r"(?<=[0-9])[ ./-]{1,2}([IVX]{1,4})[ ./-]{1,2}(?=[0-9])")
# Numbers in words, as they are said: digit by digit, or in pairs.
_WORDS_OF_DIGITS = "null en to tre fire fem seks sju åtte ni"
_OTHER_WORDS_OF_DIGITS = {"zero": 0, "ein": 1, "ett": 1, "eitt": 1, "én": 1, "éin": 1, "syv": 7}
_IN_ENGLISH = "one two three four five six seven eight nine"
_UNITS = {
    **_numbered(_WORDS_OF_DIGITS, 0),
    **_numbered(_IN_ENGLISH, 1),
    **_OTHER_WORDS_OF_DIGITS,
}
_TEENS = _numbered("ti elleve tolv tretten fjorten femten seksten sytten atten nitten", 10)
_TENS = _numbered("tjue tretti førti femti seksti sytti åtti nitti", 2)


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_NUMBER = rf"(?:({_any_of(_TENS)})({_any_of(_UNITS)})?|({_any_of(_TEENS)})|({_any_of(_UNITS)}))"
_NUMBER_IN_WORDS = re.compile(_NUMBER)
_WORD_OF_NUMBERS = re.compile(rf"(?<![^\W\d_])(?:{_NUMBER}){{1,11}}(?![^\W\d_])", re.IGNORECASE)
# Where digits may be that do not look so: other scripts, escapes, words, base 64.
_MAY_HIDE = re.compile(
    rf"[^\x00-\x7f]|[%&=\\<]|_x|[A-Za-z0-9+/]{{14}}|(?:(?:{_NUMBER})[\W\d_]*){{4}}", re.IGNORECASE
)
_BEFORE_DIGIT = re.compile(r"\\(?=[0-9])")
_WORD = re.compile(r"[^\W\d_]{2}|[IVX]")
_HEX_OF_DIGITS = re.compile(r"(?:(?:0x|\\)?3[0-9][ :,;-]{0,2}){10,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{14,200}={0,2}")
# A birth date as it stands by itself, wherever one may begin, and the five digits that make an id
# of it.
_BETWEEN = r"[\W_]{0,2}"
_BIRTH_DATE = re.compile(
    rf"(?<![0-9])(?=(?P<d>[0-9]{{2}}){_BETWEEN}(?P<m>[0-9]{{2}}){_BETWEEN}"
    r"(?P<c>19|20)?(?P<y>[0-9]{2})(?![0-9]))"
)
_YEAR_FIRST = re.compile(
    rf"(?<![0-9])(?=(?P<c>19|20)(?P<y>[0-9]{{2}}){_BETWEEN}(?P<m>[0-9]{{2}}){_BETWEEN}"
    r"(?P<d>[0-9]{2})(?![0-9]))"
)
_FIVE = re.compile(r"(?<![0-9])[0-9]{5}(?![0-9])")
# Digits with at most one sign between two of them, as a number that is meant as one is written.
_ONE_NUMBER = re.compile(r"[0-9](?:[ .\-/]?[0-9])*")
# A case or a registration: its year or its municipality, and its own number. No id is cut so.
_NUMBER_OF_TWO = re.compile(
    r"(?<![0-9])(?<![0-9][ .\-/])[0-9]{4}[-/](?=[0-9]{3,6}(?![ .\-/]?[0-9]))"
)
_ORGANISATION = re.compile(
    r"(?<![0-9])(?<![0-9][ .\-/])[89][0-9]{2}( ?)[0-9]{3}\1[0-9]{3}(?![ .\-/]?[0-9])"
)
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
    words, line ends, escapes. Digits of any script are digits, and so are numbers in words; letters
    that look like digits may be. The birth date may have its century, or its year first, may come
    after the five digits, and may have other numbers between it and them.

    >>> holds_person_id("f 018180 pnr 00010"), holds_person_id("tjenester_20230630_20231231")
    (True, False)
    """
    if len(text) < _FEWEST_DIGITS:
        return False
    if len(_MAY_BE_DIGIT.findall(text)) < _FEWEST_DIGITS and not _MAY_HIDE.search(text):
        return False
    return len(text) > _LONGEST or any(map(_holds, _readings(text)))


def longest_number(text: str) -> int:
    """Return how many digits the longest number of the text has, as numbers are set in groups.

    A date with its time is none, and neither is a number that is known to be an organisation's.

    >>> longest_number("918 27 364 5, 12"), longest_number("2023_2024")
    (9, 4)
    >>> [longest_number(text) for text in ("31.12.2023 08:15", "974 652 277", "2023/004512")]
    [0, 0, 6]
    """
    return max(
        map(len, _numbers(_ORGANISATION.sub(_unless_organisation, plain_text(text)))), default=0
    )


def looks_like_person_id(text: str) -> bool:
    """Whether the text holds an id, or a number of ten or eleven digits that was meant as one."""
    runs = _numbers(plain_text(text))
    return any(len(run) in (_ID - 1, _ID) for run in runs) or holds_person_id(text)


def _numbers(plain: str) -> Iterator[str]:
    """Return the digits of each number of a text but of those that cannot be meant as an id."""
    others = _NUMBER_OF_TWO.sub(_APART, _FULL_DATE.sub(_APART, plain))
    return ("".join(_DIGIT.findall(run.group())) for run in _ONE_NUMBER.finditer(others))


def _unless_organisation(number: re.Match[str]) -> str:
    return _APART if is_organisation_number("".join(_DIGIT.findall(number[0]))) else number[0]


def _readings(text: str) -> Iterator[str]:
    """Return the ways to read a text that may hold digits enough, the plainest first."""
    plain = plain_text(text)
    yield plain
    opened = without_elements(plain_text(unescaped(plain)), " ")
    if opened != plain:
        yield opened
    if _BEFORE_DIGIT.search(plain):
        # A backslash before digits may begin an escape, and may be a sign between them.
        yield without_elements(plain_text(unescaped(_BEFORE_DIGIT.sub(" ", plain))), " ")
    words = _WORD.search(opened) is not None
    if words:
        in_digits = _WORD_OF_NUMBERS.sub(
            lambda word: _NUMBER_IN_WORDS.sub(_number_in_digits, word[0].lower()), opened
        )
        if in_digits != opened:
            yield in_digits
    digits = len(_DIGIT.findall(opened))
    if digits and _ID - 1 <= len(_MAY_BE_DIGIT.findall(opened)) > digits:
        yield _WORD_OF_ALIKE.sub(lambda word: word.group().translate(_ALIKE), opened)
    if digits >= _FEWEST_DIGITS:
        months = _with_months(opened) if words else opened
        dated = _SHORT_DATE.sub(
            lambda date: f"{date[1]:0>2}{date[2]}{date[3]:0>2}{date[4]}", months
        )
        if dated != opened:
            yield dated
    for run in _HEX_OF_DIGITS.finditer(plain):
        yield "".join(re.findall("3([0-9])", run.group()))
    for run in _BASE64.finditer(plain):
        coded = run.group().rstrip("=")
        coded = coded[: len(coded) - (len(coded) % 4 == 1)]
        yield base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("ascii", "replace")


def _number_in_digits(number: re.Match[str]) -> str:
    """Return a number in words as digits: two for what is said of a pair."""
    tens, unit, teen, alone = number.groups()
    if tens:
        return f"{_TENS[tens]}{_UNITS[unit] if unit else 0}"
    return str(_TEENS[teen] if teen else _UNITS[alone])


def _with_months(text: str) -> str:
    """Return the text with the months of its dates as numbers."""
    numbered = _ROMAN_MONTH.sub(_roman_month, _MONTH_FIRST.sub(_day_first, text))
    return _MONTH.sub(lambda month: f"-{month.lastindex:02}-", _ORDINAL.sub("", numbered))


def _day_first(date: re.Match[str]) -> str:
    month = next(number for number in range(1, 13) if date[number])
    return f"{date[13]:0>2}-{month:02}-"


def _roman_month(month: re.Match[str]) -> str:
    number = _ROMANS.get(month[1])
    return f"-{number:02}-" if number else month[0]


def _holds(text: str) -> bool:
    # The letters of a uuid part its digits, as no word between the digits of an id would.
    text = _UUID.sub(lambda uuid: _LETTERS.sub(_APART, uuid.group()), text)
    groups = [match.span() for match in _DIGIT_GROUP.finditer(text)]
    count = sum(after - first for first, after in groups)
    if count < _ID - 1:
        return False
    return count > _MOST_DIGITS or _Digits(text, groups).hold_an_id() or _holds_a_pair(text)


def _holds_a_pair(text: str) -> bool:
    """Whether a text holds a birth date and, apart from it, the five digits of its id.

    The date may be the one that the person has, where the id has another: with 40 more days in a
    D-number, 80 more months in a test number. Only numbers under the rule of today count, for two
    numbers that are none may stand in one text.
    """
    fives = list(_FIVE.finditer(text))
    if not fives:
        return False
    return any(
        may_be_person_id(f"{birth}{five.group()}", relaxed=False)
        for date in chain(_BIRTH_DATE.finditer(text), _YEAR_FIRST.finditer(text))
        for five in fives
        if abs(five.start() - date.start()) < _WIDEST_PAIR and _is_of_century(date, five)
        for birth in _births_of(date)
    )


def _is_of_century(date: re.Match[str], five: re.Match[str]) -> bool:
    """Whether the five digits are of the century that a date names, if it does."""
    return not date["c"] or century_of(int(date["y"]), int(five[0][:3])) == int(date["c"]) * 100


def _births_of(date: re.Match[str]) -> Iterator[str]:
    """Return the six digits with which an id may begin that belongs to a date."""
    orders = [(date["d"], date["m"])]
    if date.string[date.end("d") : date.start("m")] == "/":
        orders.append((date["m"], date["d"]))
    for day, month in orders:
        for more_days in (0, 40):
            for more_months in (0, 80):
                if int(day) + more_days < 100 and int(month) + more_months < 100:
                    yield f"{int(day) + more_days:02}{int(month) + more_months:02}{date['y']}"


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
            if self._in_date.issuperset(range(start, after)):
                continue
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
