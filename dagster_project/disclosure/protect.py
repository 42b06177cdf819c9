"""Many blocks protected together: the whole before its parts, and what was shown before all.

A month that has been shared is revised so that every number of it that changes does so by at least
the base; where that cannot be, the block keeps what was shown, and where a part cannot keep it
beside the new whole, the month does. So a reader who has every package subtracts nothing but
nobody, or at least as many as the base.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dagster_project.disclosure.admissible import Nearest, is_admissible, nearest
from dagster_project.disclosure.inhabitants import ceilings, within
from dagster_project.disclosure.lots import draw_lots
from dagster_project.disclosure.margins import Counts, block_margins
from dagster_project.disclosure.programme import Floats
from dagster_project.disclosure.rounding import (
    Ceiling,
    Limits,
    Separation,
    round_cells,
    worst_margin,
)
from dagster_project.disclosure.versions import Earlier, close_sums

# The service area of everybody, whichever areas they are in.
WHOLE = "all"
_LEAST_SECRET = 16
# How often sums that came too near to what was shown are forbidden before the block keeps that.
_ROUNDS = 8
# What a search has however late it is: many times what nearly all of them take.
_LEAST_SECONDS = 1.0


@dataclass(frozen=True)
class Block:
    """One month and one service area: true persons, (ages, coordinator, plan), first value none."""

    month: str
    service_area: str
    counts: Counts


@dataclass(frozen=True)
class Protected:
    """A block and what it is shown as. It holds the truth: it stays where the block came from.

    Attributes:
        block: what is true.
        shown: what is shown, of the same shape; margins are its sums.
        worst_margin: by how many persons the main margin deviates that deviates most. It says
            something of the truth: what leaves is `stated_deviation`.
        margin_bound: what is proven of it where it is beyond the limit: these choices have no
            rounding whose worst main margin is below.
        held_back: whether a correction waits: the block keeps all that was shown of it, though a
            cell would be shown otherwise had the month not been shared before. A part that is cut
            by a whole that waits does not itself.
    """

    block: Block
    shown: Counts
    worst_margin: int
    margin_bound: float
    held_back: bool


def stated_deviation(protected: Sequence[Protected], base: int) -> int:
    """Return by how many persons main margins deviate at most, as may be published.

    It is never below the limit of the base: that a margin deviates by no more than 1 would say that
    a lone 0 is nobody or one.
    """
    return max([Limits.of_base(base).main, *(each.worst_margin for each in protected)])


def protect(
    blocks: Sequence[Block],
    base: int,
    secret: bytes,
    before: Sequence[Protected] = (),
    seconds: float = 60.0,
    inhabitants: Mapping[str, Floats] | None = None,
) -> list[Protected]:
    """Return every block with what it is shown as, by month, the whole first.

    Args:
        blocks: of each month the whole (`all`) and its areas, in any order. A person of an area is
            one of the whole.
        base: the least number of persons that is shown.
        secret: at least 16 bytes, the same from package to package.
        before: what this returned for earlier packages, the oldest first. An area that was shown in
            one of the months and is in it no more is returned too, as nobody.
        seconds: after so many a block is searched for a second at most: what that comes to hangs on
            the machine, where else the same blocks are always shown as the same. Whatever is found,
            every block is protected.
        inhabitants: of a month, how many can be in each age group, (ages,); infinite where nobody
            knows. No more are shown: 5 where 4 live would be proven to be few. Of a month that was
            shared when more were known to live there, what was shown may be kept.

    Raises:
        ValueError: blocks that do not fit together, too short a secret, or a base above that of an
            earlier package.
    """
    _check(blocks, base, secret, before)
    months = sorted({block.month for block in blocks})
    history: dict[tuple[str, str], list[tuple[Counts, Counts]]] = defaultdict(list)
    for old in before:
        history[old.block.month, old.block.service_area].append((old.block.counts, old.shown))
    of_month: dict[str, dict[str, Counts]] = {month: {} for month in months}
    for block in blocks:
        of_month[block.month][block.service_area] = block.counts
    shape = blocks[0].counts.shape if blocks else (0, 0, 0)
    for month, area in history:
        if month in of_month:
            of_month[month].setdefault(area, np.zeros(shape, dtype=np.int64))
    work = _Work(
        base,
        secret,
        time.monotonic() + seconds,
        sum(map(len, of_month.values())),
        dict(inhabitants or {}),
    )
    done: dict[tuple[str, str], Protected] = {}
    latest = {key: versions[-1] for key, versions in history.items()}
    for month in months:
        previous = _month_before(month)
        tasks = [
            _Task(
                Block(month, area, counts),
                Earlier.of(
                    shape,
                    history[month, area],
                    None if area == WHOLE else history[month, WHOLE],
                ),
                (done[previous, area].block.counts, done[previous, area].shown)
                if (previous, area) in done
                else latest.get((previous, area)),
            )
            for area, counts in sorted(
                of_month[month].items(), key=lambda item: (item[0] != WHOLE, item[0])
            )
        ]
        for each in work.month(tasks):
            work.left -= 1
            done[month, each.block.service_area] = each
    return list(done.values())


@dataclass(frozen=True)
class _Task:
    """A block with what it was shown as, and what was (true, shown) of the month before."""

    block: Block
    earlier: Earlier
    month_before: tuple[Counts, Counts] | None


@dataclass
class _Work:
    """The rounding of block after block, until the time is used up."""

    base: int
    secret: bytes = field(repr=False)
    deadline: float
    left: int
    inhabitants: dict[str, Floats]
    lots: dict[str, Floats] = field(default_factory=dict)

    def month(self, tasks: Sequence[_Task]) -> list[Protected]:
        """Return a month protected: the first task is the whole."""
        whole, *parts = tasks
        first = self._revised(whole, None) or self._kept(whole, None)
        made = self._parts(parts, first)
        if made is None:
            # A part fits neither way beside the new whole; beside the old one it can be kept.
            first = self._kept(whole, None)
            made = self._parts(parts, first)
        if made is None or first is None:
            raise ValueError(f"{whole.block.month}: what was shown before does not fit together")
        return [first, *made]

    def _parts(self, parts: Sequence[_Task], whole: Protected | None) -> list[Protected] | None:
        """Return the parts of a month beside its whole, or None where one of them does not fit."""
        if whole is None:
            return None
        made = []
        for part in parts:
            each = self._revised(part, whole.shown) or self._kept(part, whole.shown)
            if each is None:
                return None
            made.append(each)
        return made

    def _revised(self, task: _Task, whole: Counts | None) -> Protected | None:
        """Return a block rounded anew, or None where it cannot be apart from what was shown."""
        forbidden = task.earlier.forbids(whole)
        counts, true = self._within(task, whole), task.block.counts
        near = nearest(counts, self.base, whole, forbidden)
        if near is None:
            return None
        tops = [] if whole is not None else self._ceilings(task.block)
        if len(task.earlier):
            last = task.earlier.shown[-1]
            same = (true == task.earlier.counts) & ((last == near.below) | (last == near.above))
            for top in tops:
                # It was shown when more were known to live there.
                if top.members @ last.reshape(-1) > top.number:
                    same &= top.members.reshape(same.shape) == 0
            near = Nearest(np.where(same, last, near.below), np.where(same, last, near.above))
        decided = None
        if task.month_before is not None:
            counts_then, shown_then = task.month_before
            decided = np.where(true == counts_then, shown_then, -1)
        share = (self.deadline - time.monotonic()) * 4 / max(self.left, 4)
        seconds = max(share, _LEAST_SECONDS)
        margins = block_margins(counts.shape)
        apart: list[Separation] = []
        for _ in range(_ROUNDS):
            rounding = round_cells(
                counts,
                near,
                margins,
                self._lots(task.block),
                self.base,
                apart=apart,
                ceilings=tops,
                decided=decided,
                seconds=seconds,
            )
            if rounding is None:
                return None
            close = close_sums(rounding.shown, forbidden, margins, self.base)
            if not close:
                worst = worst_margin(true, rounding.shown, margins)
                bound = min(rounding.margin_bound, worst)
                return self._protected(task, whole, rounding.shown, worst, bound)
            apart += close
        return None

    def _kept(self, task: _Task, whole: Counts | None) -> Protected | None:
        """Return a block as it was shown last, or None where that does not fit the whole."""
        if not len(task.earlier):
            return None
        shown = task.earlier.shown[-1]
        forbidden = task.earlier.forbids(whole)
        margins = block_margins(task.block.counts.shape)
        if not is_admissible(shown, self.base, whole, forbidden).all():
            return None
        if close_sums(shown, forbidden, margins, self.base):
            return None
        worst = worst_margin(task.block.counts, shown, margins)
        return self._protected(task, whole, shown, worst, float(worst))

    def _protected(
        self, task: _Task, whole: Counts | None, shown: Counts, worst: int, bound: float
    ) -> Protected:
        none = np.zeros((0, *shown.shape), dtype=np.int64)
        fresh = nearest(self._within(task, whole), self.base, whole, none)
        held_back = (
            len(task.earlier) > 0
            and fresh is not None
            and bool((shown == task.earlier.shown[-1]).all())
            and bool(((shown != fresh.below) & (shown != fresh.above)).any())
        )
        return Protected(task.block, shown, worst, bound, held_back)

    def _within(self, task: _Task, whole: Counts | None) -> Counts:
        """Return a block's counts, no more than live there; an area's are cut by its whole."""
        most = self.inhabitants.get(task.block.month) if whole is None else None
        return task.block.counts if most is None else within(task.block.counts, most)

    def _ceilings(self, block: Block) -> list[Ceiling]:
        most = self.inhabitants.get(block.month)
        return [] if most is None else ceilings(block.counts.shape, most)

    def _lots(self, block: Block) -> Floats:
        """Return the lots of an area's cells, the same each month: a cell leans one way."""
        area = block.service_area
        if area not in self.lots:
            self.lots[area] = draw_lots(self.secret, f"rounding|{area}", block.counts.size)
        return self.lots[area]


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02}"


def _check(blocks: Sequence[Block], base: int, secret: bytes, before: Sequence[Protected]) -> None:
    """Raise ValueError where blocks do not fit together; no count is quoted."""
    if len(secret) < _LEAST_SECRET:
        raise ValueError(f"the secret has fewer than {_LEAST_SECRET} bytes")
    if base < 2:
        raise ValueError("a base below 2 protects nobody")
    shape = blocks[0].counts.shape if blocks else None
    wholes = {block.month: block.counts for block in blocks if block.service_area == WHOLE}
    seen = set()
    for block in blocks:
        where = f"{block.month}, {block.service_area}"
        if (block.month, block.service_area) in seen:
            raise ValueError(f"{where}: the block is there twice")
        seen.add((block.month, block.service_area))
        if block.counts.ndim != 3 or block.counts.shape != shape:
            raise ValueError(f"{where}: its counts are of another shape than the first block's")
        if not np.issubdtype(block.counts.dtype, np.integer) or (block.counts < 0).any():
            raise ValueError(f"{where}: counts are whole numbers from 0")
        if block.month not in wholes:
            raise ValueError(f"{where}: the month has no block of all areas together")
        if (block.counts > wholes[block.month]).any():
            raise ValueError(f"{where}: a cell has more persons than in all areas together")
    for old in before:
        where = f"{old.block.month}, {old.block.service_area}"
        if shape is not None and old.shown.shape != shape:
            raise ValueError(f"{where}: was shared in other groups; give what was shared in these")
        if ((old.shown > 0) & (old.shown < base)).any():
            raise ValueError(f"{where}: was shared by a smaller base; go on with that base")
