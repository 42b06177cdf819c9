"""Packages for tests, and the rule of rounding by its words: slow, and without the room's arithmetic."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dagster_project.auditor import ALL_AREAS, ShownBlock

Counts = npt.NDArray[np.int64]


def may_be_shown(base: int, whole: int | None = None, most: int = 60) -> list[int]:
    """Return the values that may be shown; of an area where `whole` is shown of all areas."""
    values = [0, *range(base, most)]
    return values if whole is None else [v for v in values if v <= whole and whole - v in values]


def roundings(true: int, values: Sequence[int]) -> set[int]:
    """Return what a true count may be shown as: itself, or the nearest below and above."""
    if true in values:
        return {true}
    below, above = [v for v in values if v < true], [v for v in values if v > true]
    return {*below[-1:], *above[:1]}


def margins_of(inner: Counts) -> Counts:
    table = inner
    for axis in range(inner.ndim):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    return table


def blocks(month: str, counts: npt.ArrayLike, *, margins: bool = False) -> list[ShownBlock]:
    """Return counts (areas, ages, coordinator, plan), all areas first, as the blocks of a month."""
    return [
        ShownBlock(
            month,
            f"area_{number}" if number else ALL_AREAS,
            block,
            margins_of(block) if margins else None,
        )
        for number, block in enumerate(np.asarray(counts))
    ]


def changed(
    package: list[ShownBlock], area: int, cell: tuple[int, ...], by: int
) -> list[ShownBlock]:
    """Return a package with one inner cell changed; its margins are left as they were published."""
    shown = package[area].shown.copy()
    shown[cell] += by
    return [replace(b, shown=shown) if n == area else b for n, b in enumerate(package)]


def truths(
    shown: Counts, base: int, least_areas: int, without_both: bool
) -> Iterator[tuple[int, ...]]:
    """Yield what can be true of one inner cell: of all areas together, then of each area."""
    whole, *areas = (int(value) for value in shown)
    for true in range(whole + base):
        if whole not in roundings(true, may_be_shown(base)):
            continue
        values = may_be_shown(base, whole)
        ranges = [[t for t in range(true + 1) if value in roundings(t, values)] for value in areas]
        for of_areas in itertools.product(*ranges):
            if not (areas and without_both) or sum(of_areas) >= least_areas * true:
                yield true, *of_areas
