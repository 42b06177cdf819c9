"""What protection costs in precision, before anything is shared: of each cut, by either base."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table

from dagster_project.config.paths import Home
from dagster_project.disclosure.margins import block_margins
from dagster_project.disclosure.precision import Precision, coarser_ages, group_errors
from dagster_project.disclosure.protect import Protected, protect
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.attack import most_persons
from dagster_project.sharing.gather import gather
from dagster_project.sharing.package import POPULATION, inhabitants_by_year

BASES = (5, 3)
_SECONDS = 15.0
# A coverage that may be wrong by more than this share of a group's persons says little of it.
_MOST = 0.10


@dataclass(frozen=True)
class Preview:
    """What the newest month would cost, as if it were shared for the first time.

    `by_area` has the precision of each service area by base, `by_age` by what share of its persons
    the coverage of each age group would be wrong at worst, infinite where it has none. `coarser`
    proposes which age groups to read together, by base.
    """

    month: str
    persons: Mapping[str, int]
    by_area: Mapping[str, Mapping[int, Precision]]
    by_age: Mapping[str, Mapping[int, float]]
    coarser: Mapping[int, Sequence[str]]


def preview(home: Home, municipality: str) -> Preview:
    """Return what protection would cost a municipality. Nothing is written, and no key is made.

    Raises SamordnaError where there is nothing to share.
    """
    plan = share_plan().plan
    content = gather(home, municipality, plan)
    month = max(block.month for block in content.blocks)
    blocks = [block for block in content.blocks if block.month == month]
    # Any secret does: what it decides costs the same on the average.
    secret = secrets.token_bytes(32)
    inhabitants = inhabitants_by_year(content.tables[POPULATION], plan.age_groups)
    most = most_persons(inhabitants, [month])
    made = {
        base: protect(blocks, base, secret, seconds=_SECONDS, inhabitants=most) for base in BASES
    }
    margins = block_margins(plan.shape)
    by_area: dict[str, dict[int, Precision]] = {}
    for base, protected in made.items():
        for one in protected:
            cost = Precision.of_rounding(one.block.counts, one.shown, margins, base)
            by_area.setdefault(one.block.service_area, {})[base] = cost
    errors = {base: _everybody(protected) for base, protected in made.items()}
    return Preview(
        month,
        {block.service_area: int(block.counts.sum()) for block in blocks},
        by_area,
        {
            age: {base: float(group_errors(*errors[base])[at]) for base in BASES}
            for at, age in enumerate(plan.age_groups)
        },
        {base: _proposed([errors[base]], plan.age_groups) for base in BASES},
    )


def tables(found: Preview) -> Iterator[Table]:
    """Return the preview as tables for the terminal."""
    areas = _table(f"Month {found.month}, by service area: errors in persons", "Service area")
    for area, costs in found.by_area.items():
        cells = [area, f"{found.persons[area]:,}"]
        for base in BASES:
            cost = costs[base]
            exact = f"{100 * cost.exact_share:.0f} %"
            cells += [f"{cost.worst_error}", f"{cost.mean_error:.1f}", exact]
        areas.add_row(*cells)
    yield areas
    ages = Table(box=None, pad_edge=False, title_justify="left")
    ages.title = "All areas, by age group: how wrong a coverage may be, in percentage points"
    for header in ("Age group", *(f"base {base}" for base in BASES)):
        ages.add_column(header, justify="left" if header == "Age group" else "right")
    for age, wrong in found.by_age.items():
        ages.add_row(age, *(_points(wrong[base]) for base in BASES))
    yield ages


def _table(title: str, first: str) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.title = title
    table.add_column(first)
    table.add_column("Persons", justify="right")
    for base in BASES:
        for header in ("worst", "mean", "exact"):
            table.add_column(f"base {base}: {header}", justify="right")
    return table


def _points(wrong: float) -> str:
    return "nobody" if not np.isfinite(wrong) else f"{100 * wrong:.1f}"


def _everybody(protected: Sequence[Protected]) -> tuple[np.ndarray, np.ndarray]:
    one = next(one for one in protected if one.block.service_area == "all")
    return one.block.counts, one.shown


def _proposed(
    blocks: Sequence[tuple[np.ndarray, np.ndarray]], ages: Sequence[str]
) -> tuple[str, ...]:
    """Return which age groups say enough together, as `0-5 + 6-10`.

    Those whose age is not known stay by themselves.
    """
    groups = coarser_ages(blocks, _MOST, borders=[len(ages) - 1])
    return tuple(" + ".join(ages[at] for at in group) for group in groups)
