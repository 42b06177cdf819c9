"""Which months are shared otherwise than before: a month is revised whole, or waits.

What is shown of all areas and of each area is of one truth: were an area corrected and another not,
the two would be subtracted from one another. So a month waits where any number of it would be
another than the nearest ones, and where the auditor breaks it as revised. A month that waits is
shown as it was, and tells nobody anything new.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from dagster_project.disclosure.protect import Protected


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
