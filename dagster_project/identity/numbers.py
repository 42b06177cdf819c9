"""Norwegian personal ids: fødselsnummer, D-number, help number, FH number and test numbers.

Sources: Skatteetaten, «Nye fødselsnummer fra 2032»; KITH 1001:2010 on help numbers.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from operator import mul

from dagster_project.identity.digits import digits_of, unescaped

_WEIGHTS_1 = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_WEIGHTS_2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_WEIGHTS_ORGANISATION = (3, 2, 7, 6, 5, 4, 3, 2, 1)
_LENGTH = 11
_WITHOUT_DECIMALS = re.compile(r"^(\s*\d{10,11})[.,]0+\s*$")
# The first control digit of a number given out from 2032 on may leave any of these remainders.
_REMAINDERS_2032 = frozenset({0, 1, 2, 3})
RULE_OF_2032 = dt.date(2032, 1, 1)


class IdKind(StrEnum):
    """What kind of id a number is."""

    FNR = "fnr"
    D_NUMBER = "d_number"
    HELP_NUMBER = "help_number"
    FH_NUMBER = "fh_number"


class IdProblem(StrEnum):
    """Why a cell gives no id."""

    MISSING = "missing"
    INVALID = "invalid"
    SYNTHETIC = "synthetic_not_allowed"


@dataclass(frozen=True)
class IdRules:
    """Which numbers an installation takes.

    `synthetic`: test numbers (month + 80). `relaxed`: also the control digits of 2032, which catch
    fewer typing errors and so are taken only when such numbers can exist.
    """

    synthetic: bool = False
    relaxed: bool = False

    @classmethod
    def on(cls, delivered: dt.date, *, synthetic: bool) -> IdRules:
        """Return the rules for a delivery of that day; a test installation may test 2032 now."""
        return cls(synthetic=synthetic, relaxed=synthetic or delivered >= RULE_OF_2032)


@dataclass(frozen=True)
class PersonId:
    """What a cell says. `digits` is the id itself: it must never be written."""

    digits: str = ""
    kind: IdKind | None = None
    birth_date: dt.date | None = None
    synthetic: bool = False
    zero_added: bool = False
    problem: IdProblem | None = None

    @property
    def valid(self) -> bool:
        """Whether the id may stand for a person."""
        return self.problem is None


_MISSING = PersonId(problem=IdProblem.MISSING)
_INVALID = PersonId(problem=IdProblem.INVALID)


def read_person_id(text: str | None, rules: IdRules) -> PersonId:
    """Read a cell that should hold a personal id.

    Digits of any script are kept, the rest let go, and so is what makes a decimal number of them;
    ten digits become eleven by a leading 0 if that makes them valid (a spreadsheet took the id for
    a number). The birth date is given for a fødselsnummer
    only: a D-number may be built on another date, help and FH numbers hold none.
    """
    if text is None or not text.strip():
        return _MISSING
    digits = digits_of(_WITHOUT_DECIMALS.sub(r"\1", text))
    if len(digits) > _LENGTH:
        # Some may be those of an escape, as in `010182%2012345`.
        digits = digits_of(unescaped(text))
    if len(digits) == _LENGTH - 1:
        found = _classify("0" + digits, rules)
        if found.valid or found.problem is IdProblem.SYNTHETIC:
            return PersonId(
                found.digits, found.kind, found.birth_date, found.synthetic, True, found.problem
            )
        return _INVALID
    if len(digits) != _LENGTH:
        return _INVALID
    return _classify(digits, rules)


def may_be_person_id(digits: str, *, relaxed: bool = True) -> bool:
    """Whether eleven digits could be the id of a person or a test person.

    `relaxed`: under any rule, that of 2032 too, which one in thirty numbers fulfils by chance.
    """
    return _classify(digits, IdRules(synthetic=True, relaxed=relaxed)).valid


def is_organisation_number(digits: str) -> bool:
    """Whether nine digits are the number of an organisation: the name of a unit, and of nobody.

    >>> is_organisation_number("974652277"), is_organisation_number("918273645")
    (True, False)
    """
    if digits[0] not in "89":
        return False
    return sum(w * int(d) for w, d in zip(_WEIGHTS_ORGANISATION, digits, strict=True)) % 11 == 0


def control_digits(nine: str) -> str | None:
    """Return the two control digits for the first nine, or None where there are none.

    >>> control_digits("018180000")
    '10'
    """
    first = -sum(w * int(d) for w, d in zip(_WEIGHTS_1[:9], nine, strict=True)) % 11
    second = -sum(w * int(d) for w, d in zip(_WEIGHTS_2[:10], f"{nine}{first}", strict=False)) % 11
    return f"{first}{second}" if first < 10 and second < 10 else None


def century_of(year: int, individual: int) -> int | None:
    """Return the century that the rule of today gives to two digits of a year and an individual."""
    if individual < 500:
        return 1900
    if individual < 750 and year >= 54:
        return 1800
    if individual >= 900 and year >= 40:
        return 1900
    if year < 40:
        return 2000
    return None


def _classify(digits: str, rules: IdRules) -> PersonId:
    numbers = list(map(int, digits))
    first = sum(map(mul, _WEIGHTS_1, numbers)) % 11
    second = sum(map(mul, _WEIGHTS_2, numbers)) % 11
    strict = first == 0
    if second != 0 or not (strict or (rules.relaxed and first in _REMAINDERS_2032)):
        return _INVALID
    if digits[0] in "89":
        return PersonId(digits, IdKind.FH_NUMBER)
    day, month, year = int(digits[0:2]), int(digits[2:4]), int(digits[4:6])
    kind, synthetic = IdKind.FNR, False
    if month > 80:
        month, synthetic = month - 80, True
    if day > 40:
        day, kind = day - 40, IdKind.D_NUMBER
    elif month > 40:
        month, kind = month - 40, IdKind.HELP_NUMBER
    # From 2032 the individual number no longer tells the century: any that fits will do, and none
    # is to be trusted.
    century = century_of(year, int(digits[6:9]))
    if century is None and strict and not rules.relaxed:
        return _INVALID
    birth_date = _date((century or 2000) + year, month, day)
    if birth_date is None:
        return _INVALID
    if synthetic and not rules.synthetic:
        return PersonId(digits, kind, synthetic=True, problem=IdProblem.SYNTHETIC)
    known = kind is IdKind.FNR and strict and century is not None
    return PersonId(digits, kind, birth_date if known else None, synthetic)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
