"""Counts of few persons in what becomes public.

A count of 1 to 4 persons is written `1-4`. What it could be reckoned from is hidden too: its share
and limits, and one more of the counts that add up to a sum with it. This is a rule for one table at
a time: what several tables together give away it does not see.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from dashboards.export.table import Holds, Table, Value
from dashboards.i18n.texts import Sign

# A line and a column.
Place = tuple[int, int]
FEW = range(1, 5)
_FEW_IN_WORDS = "1-4"
_COUNTS = (Holds.WHOLE, Holds.SIGNED)
_REST = (Holds.PER_CENT, Holds.DECIMAL)
_SHARE_IN_BRACKETS = re.compile(r" \([^()]*\d[^()]*(?:%|prosentpoeng|points)[^()]*\)")
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-ZÆØÅ0-9«])")
# A small whole number that counts something: no decimal, no part of a date, an age or a range, no
# per cent, no time. What follows it in those cases:
_NO_COUNT_AFTER = (
    r"(?:[.,]\d|\.\s+(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|"
    r"desember|kvartal)|[\s\u00a0]?%|[\s\u00a0]\d{3}\b|[-–]\d|[\s\u00a0]+(?:år|måned|månad|dag|kvartal|timer|"
    r"timar|uke|veke|prosent|mill|kr\b|year|month|day|hour|January|February|March|April|May|June|July|"
    r"August|September|October|November|December))"
)
_SMALL = re.compile(
    rf"(?<![\d.,:/\-–+\u2212])(?<!\d[\s\u00a0])[1-4](?![\d:/])(?!{_NO_COUNT_AFTER})"
)
_OF = re.compile(r"(?<![\d.,])(\d[\d\u00a0]*) (?:av|of) (?:de |dei |the )?(\d[\d\u00a0]*)")


def protected(
    table: Table,
    persons: Sequence[int] | None = None,
    *,
    sums: Sequence[tuple[int, Sequence[int]]] = (),
    shares: Sequence[tuple[int, int]] = (),
    also: Collection[Place] = (),
) -> Table:
    """Return the table as it may be public.

    `persons` are the columns that count persons, by default all that count. `sums` says which
    columns add up to another in a row, `shares` which column counts a part of another. Columns add
    up to the total, where there is one. `also` are cells that another table hides.
    """
    rows = [list(row) for row in table.all_rows]
    columns = [
        place
        for place, column in enumerate(table.columns)
        if (column.kind in _COUNTS if persons is None else place in persons)
    ]
    hidden = {
        (line, column)
        for line, row in enumerate(rows)
        for column in columns
        if _is_few(row[column]) or _leaves_few(row, column, shares) or (line, column) in also
    }
    _hide_more(rows, hidden, _groups(rows, columns, sums, has_total=table.total is not None))
    written: list[tuple[Value, ...]] = []
    for line, row in enumerate(rows):
        of_row = {column for place, column in hidden if place == line}
        written.append(
            tuple(
                _instead(value, is_few=_is_few(value))
                if column in of_row
                else Sign.SUPPRESSED
                if of_row and table.columns[column].kind in _REST and value is not None
                else value
                for column, value in enumerate(row)
            )
        )
    total = written.pop() if table.total is not None else None
    return replace(table, rows=tuple(written), total=total)


def without_few(text: str) -> str:
    """Return a text without the sentences that count few persons, or all but few.

    Where the first has to go, those after it would stand alone: nothing is left.
    """
    first, *others = _SENTENCE.split(text)
    if _tells(first):
        return ""
    return " ".join([first, *(each for each in others if not _tells(each))])


def without_shares(text: str) -> str:
    """Return a text without the shares of groups that stand in brackets: a group may be of few."""
    return _SHARE_IN_BRACKETS.sub("", text)


def is_few(count: float, of: float | None = None) -> bool:
    """Return whether a count, or what it leaves of the whole, is of few persons."""
    return count in FEW or (of is not None and of - count in FEW)


def _tells(sentence: str) -> bool:
    if _SMALL.search(sentence):
        return True
    pairs = [[int(re.sub(r"\D", "", each)) for each in found] for found in _OF.findall(sentence)]
    return any(is_few(*pair) for pair in pairs)


def _is_few(value: Value) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(round(value)) in FEW
    )


def _leaves_few(row: Sequence[Value], column: int, shares: Iterable[tuple[int, int]]) -> bool:
    for part, whole in shares:
        count, of = row[part], row[whole]
        if part == column and isinstance(count, int) and isinstance(of, int):
            return of - count in FEW
    return False


def _groups(
    rows: Sequence[Sequence[Value]],
    columns: Sequence[int],
    sums: Iterable[tuple[int, Sequence[int]]],
    *,
    has_total: bool,
) -> list[list[Place]]:
    """Return the cells that add up, the sum last in each group."""
    lines = range(len(rows))
    found = [[(line, column) for line in lines] for column in columns if has_total]
    for whole, parts in sums:
        found += [[*((line, part) for part in parts), (line, whole)] for line in lines]
    return found


def _hide_more(
    rows: Sequence[Sequence[Value]], hidden: set[Place], groups: Sequence[Sequence[Place]]
) -> None:
    """Hide so many more that no hidden count follows from those that are shown."""
    while True:
        before = len(hidden)
        for group in groups:
            counted = [place for place in group if _count(rows, place)]
            away = [place for place in counted if place in hidden]
            if away and (len(away) == 1 or _is_forced(rows, away, group[-1])):
                shown = [place for place in counted if place not in hidden]
                # The smallest part goes; the sum itself only where there is no other.
                whole = group[-1]
                shown.sort(key=lambda place, whole=whole: (place == whole, _count(rows, place)))  # type: ignore[misc]
                hidden.update(shown[:1])
        if len(hidden) == before:
            return


def _is_forced(rows: Sequence[Sequence[Value]], away: Sequence[Place], whole: Place) -> bool:
    """Return whether counts that are hidden can be nothing else: all ones, or all fours."""
    if whole in away or any(not _is_few(rows[line][column]) for line, column in away):
        return False
    rest = sum(_count(rows, place) for place in away)
    return rest in (len(away) * FEW[0], len(away) * FEW[-1])


def _count(rows: Sequence[Sequence[Value]], place: Place) -> float:
    value = rows[place[0]][place[1]]
    return abs(value) if isinstance(value, int | float) else 0


def _instead(value: Value, *, is_few: bool) -> Value:
    return _FEW_IN_WORDS if is_few else (value if value is None else Sign.SUPPRESSED)
