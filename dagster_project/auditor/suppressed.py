"""The attack on a table with hidden cells."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dagster_project.auditor.attacker import Attacker, UndecidedError
from dagster_project.auditor.audit import Audit, Break, BreakKind, Interval
from dagster_project.auditor.knowledge import ContradictionError, Knowledge, as_target


@dataclass(frozen=True)
class Rate:
    """A published rate of two cells, rounded to a multiple of `ulp` (0.01: to whole per cent)."""

    numerator: str
    denominator: str
    value: float
    ulp: float


def audit_suppressed(
    cells: Mapping[str, int | None],
    equations: Sequence[Mapping[str, int]],
    *,
    threshold: int,
    zeros_hidden: bool,
    eligible: Mapping[str, int] | None = None,
    rates: Sequence[Rate] = (),
    own: Mapping[str, int] | None = None,
    unpublished: Collection[str] = (),
    primary: Collection[str] = (),
    truth: Mapping[str, int] | None = None,
) -> Audit:
    """Attack a table: the interval of each hidden cell, and the cells that are not protected.

    `cells` are the published counts, None where one is hidden. `equations` are weights by cell, the
    sum of each 0. `zeros_hidden`: zeros are hidden too; where they never are, a hidden cell is 1 or
    more. `eligible` is the most that a cell can be. `own` are the cells that an insider knows,
    hidden or not. `unpublished` are parts that equations are made of and no cell of the table: 0 or
    more, and not asked for. `primary` (the small cells) and `truth` are the sender's own knowledge.
    """
    began = time.perf_counter()
    hidden = [name for name, count in cells.items() if count is None]
    own = own or {}
    attacked = [name for name in hidden if name not in own]
    index = {name: number for number, name in enumerate([*cells, *unpublished])}
    try:
        attacker = Attacker(_knowledge(cells, index, equations, zeros_hidden, eligible, rates, own))
        intervals = {name: attacker.interval(as_target([index[name]])) for name in attacked}
    except ContradictionError:
        return Audit((Break(BreakKind.CONTRADICTION),), len(attacked), 1, _since(began))
    except UndecidedError:
        return Audit((Break(BreakKind.UNDECIDED),), len(attacked), 1, _since(began))
    breaks = [
        _break(kind, name, interval)
        for name, interval in intervals.items()
        if (kind := _kind(interval, threshold, name in primary))
    ]
    breaks += [
        _break(BreakKind.TRUTH_OUTSIDE, name, interval)
        for name, interval in intervals.items()
        if truth is not None and not interval.low <= truth[name] <= interval.high
    ]
    return Audit(tuple(breaks), len(attacked), attacker.programmes, _since(began), intervals)


def _knowledge(
    cells: Mapping[str, int | None],
    index: Mapping[str, int],
    equations: Sequence[Mapping[str, int]],
    zeros_hidden: bool,
    eligible: Mapping[str, int] | None,
    rates: Sequence[Rate],
    own: Mapping[str, int],
) -> Knowledge:
    """Return what the published numbers say of the true ones."""
    lower = np.zeros(len(index))
    lower[: len(cells)] = 0 if zeros_hidden else 1
    upper = np.full(len(index), np.inf)
    for name, count in (*cells.items(), *own.items()):
        if count is not None:
            lower[index[name]] = upper[index[name]] = count
    for name, most in (eligible or {}).items():
        upper[index[name]] = min(upper[index[name]], most)
    knowledge = Knowledge(lower, upper)
    for equation in equations:
        knowledge.bound([index[name] for name in equation], list(equation.values()), low=0, high=0)
    for rate in rates:
        pair = [index[rate.numerator], index[rate.denominator]]
        knowledge.bound(pair, [1, -(rate.value - rate.ulp / 2)], low=0)
        knowledge.bound(pair, [1, -(rate.value + rate.ulp / 2)], high=0)
    return knowledge


def _kind(interval: Interval, threshold: int, is_primary: bool) -> BreakKind | None:
    """Return how a hidden cell is broken."""
    if interval.is_exact:
        return BreakKind.EXACTLY_DETERMINED
    if interval.is_small(threshold):
        return BreakKind.PROVEN_SMALL
    if is_primary and not (interval.low <= 1 and interval.high >= threshold):
        return BreakKind.PRIMARY_UNPROTECTED
    return None


def _break(kind: BreakKind, name: str, interval: Interval) -> Break:
    high = None if np.isinf(interval.high) else int(interval.high)
    return Break(kind, cell=(name,), low=int(interval.low), high=high)


def _since(began: float) -> float:
    return time.perf_counter() - began
