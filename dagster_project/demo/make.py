"""Makes the demo: the inbox, `sources.yml` and the truth beside them."""

from __future__ import annotations

import contextlib
import gc
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dagster_project.config.paths import Home
from dagster_project.demo.exports.deliver import Written, deliver, write_errors
from dagster_project.demo.simulation import make_world
from dagster_project.demo.truth import write_truth
from dagster_project.demo.world import World


@dataclass(frozen=True)
class DemoSummary:
    """What was made: persons of the world, sources, files, and rows of each record type."""

    municipalities: int
    persons: int
    sources: int
    files: int
    rows: dict[str, int]
    errors: dict[str, int]


def make_demo(home: Home, seed: int = 2025) -> DemoSummary:
    """Write a demo into a home folder: `sources.yml`, the inbox and `truth/`.

    An older inbox and truth are replaced; keys, landing and warehouse are left alone. The same seed
    gives the same bytes.
    """
    with _uncollected():
        return write_demo(make_world(seed), home, seed)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Make no rounds for garbage: a million objects are made that all live until the end."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def write_demo(world: World, home: Home, seed: int) -> DemoSummary:
    """Write the demo of a world, which may be of some of the municipalities only."""
    home.root.mkdir(parents=True, exist_ok=True)
    written = deliver(world, home, seed)
    shutil.rmtree(home.truth, ignore_errors=True)
    write_truth(world, home.truth)
    write_errors(written, home.truth / "errors.parquet")
    return _summary(world, written)


def _summary(world: World, written: Written) -> DemoSummary:
    rows: Counter[str] = Counter()
    for (source, _), many in written.rows.items():
        rows[written.records[source]] += many
    return DemoSummary(
        municipalities=len(world.towns),
        persons=sum(len(town.persons) for town in world.towns.values()),
        sources=len(written.records),
        files=len({path for _, path in written.rows}),
        rows=dict(sorted(rows.items())),
        errors=dict(sorted(Counter(rule for _, _, rule in written.errors).items())),
    )
