"""An example as tables: what was registered, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from docs.generated.examples import Example, Row
from docs.generated.words import NOTHING, Words

# What names whom a row is about: told once where before and after stand side by side.
_NAMES = ("person_number", "person_key", "coordinator_key")
# Inputs that are one day, told in a line.
_DAYS = (["reference_date"],)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"


def anchor(heading: str) -> str:
    """Return what a heading is linked by, as GitHub makes it of the text."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def before_and_after(example: Example, words: Words) -> Iterator[str]:
    """Yield the tables of an example: side by side where each row has its answer, else in turn."""
    shown = dict(example.meta["before"])
    after = list(example.meta["after"])
    first = next(iter(shown))
    days = [name for name, columns in shown.items() if list(columns) in _DAYS]
    others = [name for name in shown if name not in (*days, first)]
    asked = [id(row) for _, row in example.answers(example.given[first]) if row is not None]
    side_by_side = len(set(asked)) == len(example.expect)
    for name in [*days, *([] if side_by_side else [first]), *others]:
        yield from _input(example, words, name, shown[name])
    if side_by_side:
        same = [column for column in after if column in _NAMES and column in shown[first]]
        differing = [column for column in after if column not in same]
        if others:
            yield f"**{words(f'tables.{_kind(first)}')}**"
            yield ""
        yield from _side_by_side(example, words, shown[first], differing)
        return
    yield f"**{words('labels.after')}**"
    yield ""
    yield from table(
        [words.column(column) for column in after],
        [[words.cell(example, column, row) for column in after] for row in example.expect],
    )
    yield ""


def _side_by_side(
    example: Example, words: Words, before: Sequence[str], after: Sequence[str]
) -> Iterator[str]:
    rows = example.given[next(iter(example.meta["before"]))]
    answers = example.answers(rows)
    numbered = ["row_number"] if "duplicate_of_row" in after else []
    yield from table(
        [
            *(words("labels.row") for _ in numbered),
            *(words.column(column, before=True) for column in before),
            *(f"→ {words.column(column)}" for column in after),
        ],
        [
            [words.cell(example, column, row) for column in [*numbered, *before]]
            + _answer(example, words, after, [answer for answer, asked in answers if asked is row])
            for row in rows
        ],
    )
    yield ""


def _answer(
    example: Example, words: Words, columns: Sequence[str], answers: Sequence[Row]
) -> list[str]:
    if not answers:
        return [NOTHING for _ in columns]
    return [f"**{words.cell(example, column, answers[0])}**" for column in columns]


def _input(example: Example, words: Words, name: str, columns: Sequence[str]) -> Iterator[str]:
    rows = example.given[name]
    title = words(f"tables.{_kind(name)}")
    if list(columns) in _DAYS:
        yield f"{words.column(columns[0])}: **{words.cell(example, columns[0], rows[0])}**"
        yield ""
        return
    yield f"**{title}**"
    yield ""
    yield from table(
        [words.column(column, before=True) for column in columns],
        [[words.cell(example, column, row) for column in columns] for row in rows],
    )
    yield ""


def _kind(name: str) -> str:
    """Return `coordinator` of `int_coordinator__row`."""
    if name.endswith(("__start", "__event", "__systems")):
        return name.rpartition("__")[2]
    return re.sub(r"^(stg|int)_|__\w+$", "", name)
