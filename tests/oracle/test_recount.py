"""The warehouse and an independent recount agree on every figure of many wild registers.

`python -m tests.oracle <seed>` shows the smallest rows behind a difference.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests.oracle.compare import Difference, differences
from tests.oracle.registers import make, municipalities

REGISTERS = 200
NIGHTLY_SEEDS = range(1, 7)  # each of all municipalities: more than two thousand registers


def told(seed: int, found: list[Difference]) -> str:
    shown = "\n".join(map(str, found[:20]))
    return f"seed {seed}, {len(found)} differences; the first:\n{shown}"


def recounted_alike(root: Path, seed: int, registers: int) -> None:
    world = make(seed, municipalities()[-registers:])
    with contextlib.closing(world.deliver(root / "home").build(tests=False)) as warehouse:
        found = differences(world, warehouse)
    assert not found, told(seed, found)


@pytest.mark.slow
def test_the_warehouse_counts_as_the_recount_does(tmp_path: Path) -> None:
    recounted_alike(tmp_path, 0, REGISTERS)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", NIGHTLY_SEEDS)
def test_so_it_does_on_thousands(tmp_path: Path, seed: int) -> None:
    recounted_alike(tmp_path, seed, len(municipalities()))
