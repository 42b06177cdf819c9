"""Tables that others have published, with their answers, and an attack on what is left open."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from dagster_project.disclosure.tables import Cross, Table

# Of each axis its column, and the groups of its values: a group's name, and which values are in it.
Axes = Mapping[str, Mapping[str, Sequence[str]]]


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def cross_of(
    rows: Sequence[Mapping[str, str]], axes: Axes, count: str
) -> tuple[Cross, np.ndarray, list[tuple[str, ...]]]:
    """Return a table's cells, its inner counts, and what each cell is called (`Total` of all)."""
    values = {axis: sorted({row[axis] for row in rows}) for axis in axes}
    counts = np.zeros([len(each) for each in values.values()], dtype=np.int64)
    for row in rows:
        counts[tuple(values[axis].index(row[axis]) for axis in axes)] += int(row[count])
    groups = [
        [[values[axis].index(value) for value in members] for members in named.values()]
        for axis, named in axes.items()
    ]
    cross = Cross.of(counts.shape, groups)
    names = [[*values[axis], *named, "Total"] for axis, named in axes.items()]
    called = [
        tuple(axis[place] for axis, place in zip(names, cell, strict=True))
        for cell in cross.coordinates
    ]
    return cross, counts, called


def groups_of(rows: Sequence[Mapping[str, str]], value: str, group: str) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row[group], set()).add(row[value])
    return {name: sorted(members) for name, members in sorted(found.items())}


def attacked(
    table: Table, hidden: np.ndarray, least: int, known: np.ndarray | None = None
) -> dict[int, tuple[float, float]]:
    """Return for each hidden cell between what it lies, for who knows the open ones and `known`."""
    unknown = hidden if known is None else hidden & ~known
    places = np.flatnonzero(unknown)
    given = np.where(unknown, 0, table.counts)
    equations, right = table.equations[:, places], -(table.equations @ given)
    intervals = {}
    for column, cell in enumerate(places):
        ends = []
        for sign in (1, -1):
            cost = np.zeros(len(places))
            cost[column] = sign
            solved = linprog(cost, A_eq=equations, b_eq=right, bounds=[(least, None)] * len(places))
            ends.append(np.inf * -sign if solved.status == 3 else sign * solved.fun)
        intervals[int(cell)] = (ends[0], ends[1])
    return intervals
