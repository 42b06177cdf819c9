"""Show the smallest rows behind a difference: `python -m tests.oracle <seed> [<registers>]`.

Builds the world of the seed, takes the first municipality that is counted otherwise than recounted,
and drops its rows for as long as a difference is left. Every row that might go is tried at once,
in a municipality of its own of one home, so that a round costs one build.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.oracle.compare import Difference, differences
from tests.oracle.registers import World, make, municipalities

Place = tuple[str, str, int]  # source, delivery and number of a row


def compared(world: World) -> list[Difference]:
    """Build a world, and return where it is counted otherwise than recounted."""
    with tempfile.TemporaryDirectory() as folder:
        home = world.deliver(Path(folder) / "home")
        with contextlib.closing(home.build(tests=False)) as warehouse:
            return differences(world, warehouse, every=1)


def places(world: World) -> list[Place]:
    """Return every row of a world's municipalities."""
    return [
        (source.name, date, number)
        for source in world.sources
        for date, rows in source.deliveries.items()
        for number, row in enumerate(rows)
        if row["_of"]
    ]


def without(world: World, dropped: Sequence[Place]) -> World:
    """Return a world without some of its rows."""
    kept = [
        replace(
            source,
            deliveries={
                date: [
                    row for n, row in enumerate(rows) if (source.name, date, n) not in set(dropped)
                ]
                for date, rows in source.deliveries.items()
            },
        )
        for source in world.sources
    ]
    return replace(world, sources=kept)


def smallest(world: World, kind: str) -> World:
    """Return the world of one municipality with as few rows as still tell of such a difference."""
    (code,) = world.definition
    size = len(places(world)) // 2
    while size:
        rows = places(world)
        parts = [rows[start : start + size] for start in range(0, len(rows), size)]
        tried: dict[str, World] = {}
        home = World([], {})
        for at, part in zip(municipalities(), parts, strict=False):
            tried[at] = without(world, part)
            home += tried[at].of(code, at)
        # Without registrations there is nothing to count.
        told = {source.record for source in home.sources} - {"befolkning"}
        found = compared(home) if told else []
        differing = {d.municipality for d in found if d.kind == kind} & tried.keys()
        if differing:
            world = tried[min(differing)].of(code)
        else:
            size //= 2
    return world


def main(seed: int, registers: int) -> int:
    """Print the first difference of a world and the rows behind it; 1 if there is one."""
    world = make(seed, municipalities()[-registers:])
    found = compared(world)
    print(f"seed {seed}: {len(found)} differences")
    if not found:
        return 0
    print(*found[:20], sep="\n")
    alone = world.of(found[0].municipality)
    if not (left := compared(alone)):
        print("The municipality alone is counted alike: the difference needs what it shares.")
        return 1
    alone = smallest(alone, left[0].kind)
    print("\nThe smallest rows that are counted otherwise:", *compared(alone)[:5], sep="\n")
    for source in alone.sources:
        for date, rows in source.deliveries.items():
            for row in rows:
                told = {column: cell for column, cell in row.items() if cell and column != "_of"}
                print(f"{source.record} {source.delivery} {source.name} {date}: {told}")
    return 1


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(given[0] if given else 0, given[1] if given[1:] else 200))
