"""What protection of small counts costs: precision of a table of cubes, and seconds.

The table is a CSV file with a header: of each row municipality, age group and service area as text,
and a count. Each municipality rounds for itself, as it does before it shares; errors are of its own
margins, and of what a reader adds up over all of them. Then a made-up municipality of 100,000
inhabitants is protected: 24 months of 16 service areas, 12 age groups and 9 parts.

    python -m benchmarks.disclosure TABLE.csv [--home HOME]

With a home, of each of its municipalities the newest month of its share plan: all areas together.
"""

from __future__ import annotations

import argparse
import csv
import resource
import time
from collections import Counter
from pathlib import Path

import numpy as np

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.disclosure.admissible import nearest
from dagster_project.disclosure.lots import draw_lots
from dagster_project.disclosure.margins import Counts, block_margins
from dagster_project.disclosure.precision import Precision, coarser_ages, suppression_precision
from dagster_project.disclosure.protect import WHOLE, Block, Protected, protect
from dagster_project.disclosure.rounding import Status, round_cells
from dagster_project.disclosure.tables import Cross
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.gather import gather

SECRET = bytes(range(32))
AGES, PARTS, AREAS, MONTHS, PERSONS = 12, 3, 16, 24, 4000


def read_cube(file: Path) -> Counts:
    """Return counts by municipality, age group and service area."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))[1:]
    axes = [sorted({row[axis] for row in rows}) for axis in range(3)]
    counts = np.zeros([len(axis) for axis in axes], dtype=np.int64)
    for row in rows:
        counts[tuple(axis.index(value) for axis, value in zip(axes, row[:3], strict=True))] += int(
            row[3]
        )
    return counts


def print_rounding(cube: Counts, base: int) -> None:
    """Round each municipality by itself, and print the errors of its margins and of the sums."""
    cross = Cross.of(cube.shape[1:])
    shown, optimal, errors = np.zeros_like(cube), 0, []
    for place, counts in enumerate(cube):
        near = nearest(counts, base, None, np.zeros((0, *counts.shape), dtype=np.int64))
        assert near is not None
        lots = draw_lots(SECRET, str(place), counts.size)
        rounding = round_cells(counts, near, cross.margins, lots, base)
        assert rounding is not None
        shown[place] = rounding.shown
        optimal += rounding.status is Status.OPTIMAL
        errors.append(np.abs(cross.margins.of(rounding.shown - counts)))
    own = np.concatenate(errors)
    region = np.abs((shown - cube).sum(axis=0))
    print(
        f"rounding, base {base:<15}{100:>9.1f} %{own.max():>10}{own.mean():>8.1f}{region.max():>10}"
        f"{np.quantile(region, 0.95):>8.0f}   {optimal} of {len(cube)} proven within 5 %"
    )


def print_suppression(cube: Counts, threshold: int, *, insiders: bool) -> None:
    """Print how much of the whole cube suppression leaves, and what it cannot protect."""
    cross = Cross.of(cube.shape)
    own = [np.array([cell[0] == place for cell in cross.coordinates]) for place in range(len(cube))]
    began = time.process_time()
    precision = suppression_precision(cross, cube, threshold, own if insiders else ())
    name = f"suppression below {threshold}" + (", insiders" if insiders else "")
    print(
        f"{name:<31}{100 * precision.shown_share:>8.1f} %{0:>10}{0:>8.1f}{0:>10}{0:>8}   "
        f"{precision.secondary} secondary, {precision.unprotected} unprotected, "
        f"{time.process_time() - began:.0f} s"
    )


def print_home(home: Home) -> None:
    """Print what either method leaves of each municipality's newest month, all areas together."""
    plan = share_plan().plan
    columns = ("method", "shown", "exact", "worst", "mean", "95 %", "secondary", "unprotected")
    print(f"\n{'':<8}" + "".join(f"{each:>13}" for each in columns))
    for code in load_installation(home).codes:
        content = gather(home, code, plan)
        newest = content.blocks[-1].month
        (whole,) = (
            each for each in content.blocks if (each.month, each.service_area) == (newest, WHOLE)
        )
        costs = [suppression_precision(Cross.of(plan.shape), whole.counts, 5)]
        for base in (5, 3):
            (made,) = protect([whole], base, SECRET)
            margins = block_margins(plan.shape)
            costs.append(Precision.of_rounding(whole.counts, made.shown, margins, base))
        for cost in reversed(costs):
            print(
                f"{code:<8}{f'{cost.method} {cost.base}':>13}{100 * cost.shown_share:>11.0f} %"
                f"{100 * cost.exact_share:>11.0f} %{cost.worst_error:>13}{cost.mean_error:>13.1f}"
                f"{cost.p95_error:>13.0f}{cost.secondary:>13}{cost.unprotected:>13}"
            )


def made_up_blocks(persons: int) -> list[Block]:
    """Return a municipality's months: some move from month to month, areas are large and small."""
    chance = np.random.default_rng(1)
    of_age = np.array([6, 8, 4, 6, 4, 8, 20, 14, 12, 10, 6, 2]) / 100
    of_area = np.minimum(1, chance.dirichlet(np.full(AREAS, 0.7)) * 2.2)
    kinds = [(AGES, of_age), (PARTS, [0.5, 0.2, 0.3]), (PARTS, [0.6, 0.15, 0.25])]
    cells = np.array([chance.choice(size, persons, p=share) for size, share in kinds])
    areas = chance.random((persons, AREAS)) < of_area
    blocks = []
    for month in range(MONTHS):
        moved = chance.random(persons) < 0.02
        number = int(moved.sum())
        cells[:, moved] = [chance.choice(size, number, p=share) for size, share in kinds]
        areas[moved] = chance.random((number, AREAS)) < of_area
        name = f"{2024 + month // 12}-{month % 12 + 1:02}"
        members = {WHOLE: np.ones(persons, dtype=bool)}
        members |= {f"area {area:02}": areas[:, area] for area in range(AREAS)}
        for area, picked in members.items():
            counts = np.zeros((AGES, PARTS, PARTS), dtype=np.int64)
            np.add.at(counts, tuple(cells[:, picked]), 1)
            blocks.append(Block(name, area, counts))
    return blocks


def print_protection(base: int) -> None:
    """Protect a large municipality, anew and as a later package, and print seconds and errors."""
    blocks = made_up_blocks(PERSONS)
    first = timed(f"base {base}, first package", blocks, base, [])
    # A month later: the newest month is new, and a late delivery has reached the latest three.
    earlier = [each for each in first if each.block.month != blocks[-1].month]
    late = [
        Block(each.month, each.service_area, each.counts + (each.counts > 9) * 7)
        if each.month >= "2025-09"
        else each
        for each in blocks
    ]
    timed(f"base {base}, a late delivery", late, base, earlier)
    for title, picked in [("all", {WHOLE}), ("a small area", {"area 03"})]:
        shown = [(p.block.counts, p.shown) for p in first if p.block.service_area in picked]
        print(f"  age groups proposed at 10 % error, {title}: {coarser_ages(shown, 0.1)}")


def timed(title: str, blocks: list[Block], base: int, before: list[Protected]) -> list[Protected]:
    """Return blocks protected, having printed what that cost."""
    began, wall = time.process_time(), time.monotonic()
    package = protect(blocks, base, SECRET, before)
    taken, elapsed = time.process_time() - began, time.monotonic() - wall
    worst = sorted(Counter(each.worst_margin for each in package).items())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{title}: {taken:.1f} s of one core ({elapsed:.1f} s by the clock), {memory} MB, "
        f"{sum(each.held_back for each in package)} of {len(package)} blocks wait with a correction"
    )
    print("  worst main margin: " + ", ".join(f"{size} in {count}" for size, count in worst))
    return package


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--home", type=Path, help="a home that has published, as the demo")
    given = parser.parse_args()
    cube = read_cube(given.table)
    print(f"{cube.sum()} persons, {cube.size} inner cells")
    print(f"{'':<31}{'shown':>10}{'own worst':>10}{'mean':>8}{'all worst':>10}{'95 %':>8}")
    print_rounding(cube, 5)
    print_rounding(cube, 3)
    print_suppression(cube, 5, insiders=False)
    print_suppression(cube, 5, insiders=True)
    if given.home:
        print_home(Home(given.home))
    print(f"\n{PERSONS} persons of the target group, {MONTHS} months, {AREAS} areas")
    print_protection(5)
    print_protection(3)


if __name__ == "__main__":
    main()
