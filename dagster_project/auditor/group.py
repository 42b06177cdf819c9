"""The attack on packages of several municipalities beside exact totals over all of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dagster_project.auditor.attacker import Attacker, UndecidedError
from dagster_project.auditor.audit import Audit, Break, BreakKind
from dagster_project.auditor.knowledge import ContradictionError, Indices, Knowledge, as_target
from dagster_project.auditor.shown import (
    ALL_AREAS,
    Counts,
    ShownBlock,
    cell_of,
    possible_in_all,
    with_margins,
)

NOT_PUBLISHED = -1


@dataclass(frozen=True)
class ExactSum:
    """A true count over all municipalities, of these cells (age groups, coordinator, plan)."""

    members: npt.NDArray[np.bool_]
    count: int


def audit_group(
    blocks: Mapping[str, ShownBlock],
    totals: Counts,
    base: int,
    margin_bound: float,
    *,
    viewer: str | None = None,
    own: Counts | None = None,
    sums: Sequence[ExactSum] = (),
) -> Audit:
    """Attack the blocks of all areas together of one month, by municipality, beside their totals.

    `totals` are true counts with their margins (age groups + 1, coordinator + 1, plan + 1),
    NOT_PUBLISHED where there is none. `viewer` is the municipality whose view it is: it knows its
    `own` inner cells (age groups, coordinator, plan). Without one it is anybody's view. `sums` are
    other exact sums of the same persons, as an official table has them.
    """
    began = time.perf_counter()
    names = list(blocks)
    month = blocks[names[0]].month
    shown = np.stack([blocks[name].shown for name in names])
    attacked = [number for number, name in enumerate(names) if name != viewer]
    size = len(attacked) * with_margins(shown[0]).size
    breaks = list(_plain(totals, base, month, viewer, own))
    programmes = 0
    try:
        knowledge = _knowledge(shown, totals, base, margin_bound, names, viewer, own)
        index = np.arange(shown.size).reshape(shown.shape)
        for each in sums:
            knowledge.bound(index[:, each.members].ravel(), low=each.count, high=each.count)
        attacker = Attacker(knowledge)
        breaks += _proven(attacker, shown, base, month, names, attacked)
        programmes = attacker.programmes
    except ContradictionError:
        breaks.append(Break(BreakKind.CONTRADICTION, month, ALL_AREAS))
    except UndecidedError:
        breaks.append(Break(BreakKind.UNDECIDED, month, ALL_AREAS))
    return Audit(tuple(breaks), size, programmes, time.perf_counter() - began)


def _plain(
    totals: Counts, base: int, month: str, viewer: str | None, own: Counts | None
) -> Iterator[Break]:
    """Yield totals that are small by themselves, or less what the viewer knows."""
    views = [(BreakKind.SMALL_SHOWN, "total", totals)]
    if viewer is not None and own is not None:
        views.append(
            (BreakKind.PROVEN_SMALL_COMPLEMENT, f"all but {viewer}", totals - with_margins(own))
        )
    for kind, whose, values in views:
        small = (totals != NOT_PUBLISHED) & (values >= 1) & (values < base)
        for place in np.argwhere(small):
            value = int(values[tuple(place)])
            cell = (whose, *cell_of(place, small.shape))
            yield Break(kind, month, ALL_AREAS, cell, value, value)


def _knowledge(
    shown: Counts,
    totals: Counts,
    base: int,
    margin_bound: float,
    names: list[str],
    viewer: str | None,
    own: Counts | None,
) -> Knowledge:
    low, high = possible_in_all(shown, base)
    if viewer is not None and own is not None:
        low[names.index(viewer)] = high[names.index(viewer)] = own
    knowledge = Knowledge(low.ravel().astype(float), high.ravel().astype(float))
    index = np.arange(shown.size).reshape(shown.shape)
    for place in np.ndindex(totals.shape):
        cells = _cells(index, place, totals.shape)
        if totals[place] != NOT_PUBLISHED:
            knowledge.bound(cells.ravel(), low=totals[place], high=totals[place])
        if cells.shape[1] > 1:
            margins = shown.ravel()[cells].sum(axis=1)
            knowledge.bound(cells, low=margins - margin_bound, high=margins + margin_bound)
    return knowledge


def _cells(index: Indices, place: tuple[int, ...], shape: tuple[int, ...]) -> Indices:
    """Return the cells of a place of a table with margins, (municipalities, cells)."""
    within = tuple(
        slice(None) if at == size - 1 else slice(at, at + 1)
        for at, size in zip(place, shape, strict=True)
    )
    return index[(slice(None), *within)].reshape(len(index), -1)


def _proven(
    attacker: Attacker,
    shown: Counts,
    base: int,
    month: str,
    names: list[str],
    attacked: list[int],
) -> Iterator[Break]:
    """Yield cells and margins of other municipalities that are proven to be small."""
    index = np.arange(shown.size).reshape(shown.shape)
    table_shape = with_margins(shown[0]).shape
    open_counts = _is_small(attacker, shown.shape, base)
    for number in attacked:
        for place in np.ndindex(table_shape):
            if not open_counts[number][place]:
                continue
            target = as_target(_cells(index, place, table_shape)[number])
            interval = attacker.interval(target)
            open_counts &= _is_small(attacker, shown.shape, base)
            if interval.is_small(base):
                cell = (names[number], *cell_of(np.array(place), table_shape))
                low, high = int(interval.low), int(interval.high)
                yield Break(BreakKind.PROVEN_SMALL, month, ALL_AREAS, cell, low, high)


def _is_small(attacker: Attacker, shape: tuple[int, ...], base: int) -> npt.NDArray[np.bool_]:
    """Return which cells and margins are small in true counts that are possible."""
    values = with_margins(attacker.possible().astype(np.int64).reshape(shape))
    return (values >= 1) & (values < base)
