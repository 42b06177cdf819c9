"""Which months are shared otherwise than before: a month is revised whole, or waits.

What is shown of all areas and of each area is of one truth: were an area corrected and another not,
the two would be subtracted from one another. So a month waits where any number of it would be
another than the nearest ones, and where the auditor breaks it as revised. A month that waits is
shown as it was, and tells nobody anything new.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from dagster_project.disclosure.protect import WHOLE, Protected


def settle(
    protected: Sequence[Protected],
    before: Sequence[Protected],
    broken_months: Callable[[Sequence[Protected]], Collection[str]],
) -> list[Protected]:
    """Return what is shared: `protected`, with the months that wait as they were shared last.

    `before` are the blocks of the newest version, `broken_months` says of which months the auditor
    breaks something. What is broken in a month that was never shared stays so.
    """
    shared = {one.block.month for one in before}
    waiting = {one.block.month for one in protected if one.held_back} & shared
    while True:
        settled = _with_waiting(protected, before, waiting)
        broken = set(broken_months(settled)) & shared - waiting
        if not broken:
            return settled
        waiting |= broken


def without_areas(
    protected: Sequence[Protected],
    shared: Collection[str],
    broken_months: Callable[[Sequence[Protected]], Collection[str]],
) -> list[Protected]:
    """Return what is shared: new months that the auditor breaks have no areas, only everybody.

    `shared` are the months that were shared before, which stay as they are. In the smallest
    municipalities an area beside everybody may say too much; everybody alone never does.
    """
    settled = list(protected)
    bare: set[str] = set()
    while True:
        broken = set(broken_months(settled)) - set(shared) - bare
        if not broken:
            return settled
        bare |= broken
        settled = [
            _as_nobody(one)
            if one.block.month in broken and one.block.service_area != WHOLE
            else one
            for one in settled
        ]


def _as_nobody(one: Protected) -> Protected:
    """Return an area that is not shown: it deviates from nothing that a reader has."""
    nobody = np.zeros_like(one.shown)
    return replace(one, shown=nobody, worst_margin=0, margin_bound=0.0, held_back=False)


def _with_waiting(
    protected: Sequence[Protected], before: Sequence[Protected], waiting: Collection[str]
) -> list[Protected]:
    now = {one.block.month for one in protected}
    kept = [
        replace(one, held_back=True)
        for one in before
        if one.block.month in waiting and one.block.month in now
    ]
    fresh = [one for one in protected if one.block.month not in waiting]
    return [*kept, *(replace(one, held_back=False) for one in fresh)]
