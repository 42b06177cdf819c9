"""Numbers in coded columns that no declared code list has, and the lists that they may be of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dagster_project.config.sources import Source
from dagster_project.contract import RECORD_TYPES
from dagster_project.problems import Problem
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.values import bare_number, fold

_MOST_NUMBERS_NAMED = 10


def undeclared_numbers(
    source: Source, written: Mapping[str, Sequence[str | None]]
) -> Iterator[Problem]:
    """Return, for each coded column of a delivery, what to declare so that its numbers are read.

    `written` are the rows as they are kept. Where no code list has a number it is a value like any
    other that nobody knows, and the finding of its row says so.
    """
    declared = source.code_lists
    for column in RECORD_TYPES[source.record].columns:
        if column.codes is None or column.name not in written:
            continue
        local = {fold(value) for value in source.values.get(column.name, {})}
        values = {fold(cell) for cell in set(written[column.name]) if cell} - local
        numbers = {number for value in values if (number := bare_number(value))}
        known = vocabulary()
        unread = {
            number
            for number in numbers
            if known.canonical(column.codes, number, declared.get(column.name)) is None
        }
        lists = known.fitting(column.codes, numbers)
        if unread and any(known.canonical(column.codes, n, each) for n in unread for each in lists):
            shown = sorted(unread, key=lambda number: (len(number), number))[:_MOST_NUMBERS_NAMED]
            params = {"column": column.name, "numbers": ", ".join(shown), "lists": ", ".join(lists)}
            yield Problem("numbers_undeclared", {**params, "first": lists[0]})
