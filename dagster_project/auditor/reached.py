"""The attack on a published worst deviation: some margin is exactly so far from the truth.

That the shown numbers are the true ones is then ruled out. Nothing small is proven where the margin
can be in one of two months, for whichever month is asked for, it can be in the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dagster_project.auditor.attacker import Attacker, UndecidedError
from dagster_project.auditor.audit import Break, BreakKind
from dagster_project.auditor.knowledge import ContradictionError
from dagster_project.auditor.month import Mask, Month, Proven


def reached_breaks(months: Sequence[Month], deviation: int) -> Iterator[Break]:
    """Yield what is proven to be small by a deviation that some margin of the months has."""
    try:
        found = [month for month in months if next(_attackers(month, deviation), None)]
        if not found:
            yield Break(BreakKind.CONTRADICTION)
        elif len(found) == 1:
            yield from _breaks(found[0], deviation)
    except UndecidedError:
        yield Break(BreakKind.UNDECIDED)


def _attackers(month: Month, deviation: int) -> Iterator[Attacker]:
    """Yield an attacker for each margin that can be so far from what is shown."""
    everything = np.ones(month.shown.shape, dtype=bool)
    for margin in month.margins_apart(deviation):
        try:
            attacker = month.attacker(everything, margin)
            attacker.possible()
        except ContradictionError:
            continue
        month.programmes += attacker.programmes
        yield attacker


def _breaks(month: Month, deviation: int) -> Iterator[Break]:
    """Yield the sums that are small whichever margin it is."""
    left: Mask | None = None
    ends: list[Proven] = []
    for attacker in _attackers(month, deviation):
        left, proven = month.search(attacker, left)
        ends.append(proven)
        if not left.any():
            return
    if left is not None:
        yield from month.named_breaks(
            [
                (
                    one,
                    min(low for each in ends for other, low, _ in each if other == one),
                    max(high for each in ends for other, _, high in each if other == one),
                )
                for one, *_ in ends[-1]
            ]
        )
