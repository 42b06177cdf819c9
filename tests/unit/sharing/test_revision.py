"""A month that was shared is revised whole, or waits; what is broken in a new month stays broken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dagster_project.disclosure.protect import Block, Protected
from dagster_project.sharing.revision import settle

SHAPE = (2, 2, 2)


def _of(month: str, area: str, shown: int, *, held_back: bool = False) -> Protected:
    counts = np.full(SHAPE, shown)
    return Protected(Block(month, area, counts), counts, 1, 1.0, held_back)


def _numbers(shared: Sequence[Protected]) -> dict[tuple[str, str], int]:
    return {(one.block.month, one.block.service_area): int(one.shown[0, 0, 0]) for one in shared}


BEFORE = [_of("2025-11", "all", 20), _of("2025-11", "school", 10), _of("2025-12", "all", 20)]


def test_a_month_whose_area_waits_waits_whole() -> None:
    now = [
        _of("2025-11", "all", 30),
        _of("2025-11", "school", 10, held_back=True),
        _of("2025-12", "all", 30),
        _of("2026-01", "all", 40),
    ]
    settled = settle(now, BEFORE, lambda _: ())
    assert _numbers(settled) == {
        ("2025-11", "all"): 20,
        ("2025-11", "school"): 10,
        ("2025-12", "all"): 30,
        ("2026-01", "all"): 40,
    }
    waiting = {one.block.month for one in settled if one.held_back}
    assert waiting == {"2025-11"}


def test_a_revised_month_that_the_auditor_breaks_waits_until_nothing_is_broken() -> None:
    now = [_of("2025-11", "all", 30), _of("2025-12", "all", 30), _of("2026-01", "all", 40)]
    asked: list[dict[tuple[str, str], int]] = []

    def broken(shared: Sequence[Protected]) -> set[str]:
        numbers = _numbers(shared)
        asked.append(numbers)
        # The one is broken by itself, the other by the one that waits.
        first = {"2025-11"} if numbers["2025-11", "all"] == 30 else {"2025-12"}
        return first | {"2026-01"}

    settled = settle(now, BEFORE, broken)
    assert len(asked) == 3
    assert _numbers(settled)["2025-11", "all"] == 20
    assert _numbers(settled)["2025-12", "all"] == 20
    assert _numbers(settled)["2026-01", "all"] == 40


def test_a_month_that_is_shared_no_more_is_not_brought_back() -> None:
    settled = settle([_of("2025-12", "all", 20, held_back=True)], BEFORE, lambda _: ())
    assert _numbers(settled) == {("2025-12", "all"): 20}
