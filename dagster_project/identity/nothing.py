"""What stands for nothing in the cells of a column, so that nobody is made of it.

A register writes `NULL`, `0` or `Ukjent` where it knows no coordinator, and all who have none would
have the same one. The words are those of `values.py`; the numbers are told by their neighbours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from dagster_project.contract import ColumnKind
from dagster_project.values import stands_for_nobody, stands_for_nothing

# Where nothing is taken for something, somebody comes to be who is not: that is told of the row.
WITH_REMARK = frozenset(
    {
        ColumnKind.PERSON_ID,
        ColumnKind.PERSON_NAME,
        ColumnKind.EMPLOYEE_ID,
        ColumnKind.EMPLOYEE_NAME,
        ColumnKind.EMPLOYEE_EMAIL,
        ColumnKind.FAMILY_ID,
        ColumnKind.REGISTRATION_ID,
        ColumnKind.MUNICIPALITY,
    }
)
# A program took a number's digits for an amount: `101.0`.
_FLOAT = re.compile(r"(\d+)[.,]0+")
# Also a register's long keys: `00000000-0000-0000-0000-000000000000`.
_ZEROS = re.compile(r"0+(?:-0+)*")
_NINES = re.compile(r"9{4,}")
_BELOW_ZERO = re.compile("[-\u2212] ?[0-9]+")
# A word and a given name, which a person writes with a capital.
_ALSO_A_NAME = "Tom"


def key_text(cell: str) -> str:
    """Return a key as it was before a program took it for an amount.

    >>> key_text("101.0"), key_text("A1.0")
    ('101', 'A1.0')
    """
    match = _FLOAT.fullmatch(cell)
    return match[1] if match else cell


def empty_cells(
    kind: ColumnKind,
    cells: Iterable[str | None],
    is_listed: Callable[[str], bool] = lambda _: False,
) -> frozenset[str]:
    """Return the cells of a column that say that there is nothing.

    `is_listed` says whether a word is one of the column's own, whatever it means elsewhere.
    """
    match kind:
        case ColumnKind.DATE | ColumnKind.BIRTH_DATE | ColumnKind.NUMBER | ColumnKind.YEAR:
            # Whoever reads them knows.
            return frozenset()
        case (
            ColumnKind.CODE
            | ColumnKind.CODE_LIST
            | ColumnKind.LABEL
            | ColumnKind.PHRASE
            | ColumnKind.FREE_TEXT
        ):
            is_nothing = stands_for_nothing
        case _:
            is_nothing = stands_for_nobody
    times = Counter(cell for cell in cells if cell is not None)
    numbers = _numbers_for_nobody(kind, times) if kind in WITH_REMARK else frozenset()
    return frozenset(
        cell
        for cell in times
        if cell in numbers or (is_nothing(cell) and cell != _ALSO_A_NAME and not is_listed(cell))
    )


def _numbers_for_nobody(kind: ColumnKind, times: Counter[str]) -> frozenset[str]:
    """Return the cells with a number that nobody has.

    9999 is somebody's where 9998 is another's; and a list of registrations may begin at 0.
    """
    numbers = {cell: key_text(cell) for cell in times}
    given = frozenset(numbers.values())
    return frozenset(
        cell
        for cell, number in numbers.items()
        if (
            _ZEROS.fullmatch(number)
            and not (kind is ColumnKind.REGISTRATION_ID and times[cell] == 1 and "1" in given)
        )
        or (_NINES.fullmatch(number) and not _neighbours(number) & given)
        or (
            _BELOW_ZERO.fullmatch(number)
            and not (kind is ColumnKind.REGISTRATION_ID and times[cell] == 1)
        )
    )


def _neighbours(number: str) -> frozenset[str]:
    # Longer numbers are nobody's sequence, and slow to reckon with.
    return (
        frozenset({str(int(number) - 1), str(int(number) + 1)}) if len(number) < 10 else frozenset()
    )
