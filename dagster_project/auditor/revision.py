"""The attack on two versions of the same month: what was changed between them is of few persons."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dagster_project.auditor.attacker import UndecidedError
from dagster_project.auditor.audit import Break, BreakKind
from dagster_project.auditor.knowledge import ContradictionError
from dagster_project.auditor.month import Mask, Month
from dagster_project.auditor.shown import Counts, cell_of, with_margins


def revision_breaks(earlier: Month, later: Month) -> Iterator[Break]:
    """Yield where shown numbers, or the true ones behind them, differ by 1 to the base less 1.

    A number is a cell or margin of an area, or of all areas less an area, that both versions have.
    """
    base = later.rules.base
    areas = [area for area in later.areas if area in earlier.areas]
    before, after = (_numbers(month.shown, month, areas) for month in (earlier, later))
    change = np.abs(after - before)
    small = (change >= 1) & (change < base)
    kinds = (BreakKind.SMALL_REVISION, BreakKind.SMALL_COMPLEMENT_REVISION)
    for is_complement, kind in enumerate(kinds):
        for place in np.argwhere(small[is_complement]):
            area, value = areas[place[0]], int(change[is_complement][tuple(place)])
            cell = cell_of(place[1:], change.shape[2:])
            yield Break(kind, later.name, area, cell, value, value)
    yield from _proven(earlier, later, areas, (change >= base) & ~_is_safe(earlier, later, areas))


def _numbers(counts: Counts, month: Month, areas: list[str]) -> Counts:
    """Return cells and margins of areas and of what is outside them (2, areas, a, c, p)."""
    of_areas = counts[[month.areas.index(area) for area in areas]]
    return with_margins(np.stack([of_areas, counts[:1] - of_areas]))


def _is_safe(earlier: Month, later: Month, areas: list[str]) -> Mask:
    """Return where true counts are possible that differ by 0, or by the base or more."""
    base = later.rules.base
    safe: Mask = np.zeros(_numbers(later.shown, later, areas).shape, dtype=bool)
    for first in earlier.witnesses[:20]:
        for second in later.witnesses[:20]:
            change = np.abs(_numbers(second, later, areas) - _numbers(first, earlier, areas))
            safe |= (change == 0) | (change >= base)
    return safe


def _proven(earlier: Month, later: Month, areas: list[str], asked: Mask) -> Iterator[Break]:
    """Yield the changes that are proven to be of 1 to the base less 1 persons."""
    # A month that is broken already was not attacked.
    if not asked.any() or not earlier.witnesses or not later.witnesses:
        return
    try:
        attackers = [
            month.attacker(np.ones_like(month.shown, dtype=bool)) for month in (earlier, later)
        ]
        for is_complement, *place in np.argwhere(asked):
            area, cell = areas[place[0]], cell_of(np.array(place[1:]), asked.shape[2:])
            first, second = (
                attacker.interval(
                    month.sums.target(
                        month.sums.named(month.areas.index(area), bool(is_complement), place[1:])
                    )
                )
                for month, attacker in zip((earlier, later), attackers, strict=True)
            )
            low, high = int(second.low - first.high), int(second.high - first.low)
            for least, most in ((low, high), (-high, -low)):
                if least >= 1 and most < later.rules.base:
                    yield Break(
                        BreakKind.PROVEN_SMALL_REVISION, later.name, area, cell, least, most
                    )
        later.programmes += sum(attacker.programmes for attacker in attackers)
    except ContradictionError:
        yield Break(BreakKind.CONTRADICTION, later.name)
    except UndecidedError:
        yield Break(BreakKind.UNDECIDED, later.name)
