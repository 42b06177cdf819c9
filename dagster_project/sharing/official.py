"""An official table of the newest month: exact counts, those of few persons hidden.

Small counts are hidden, and so many others that none of them can be worked out from what is left;
where that hides too much, or cannot be, the age groups are made coarser. The table leaves only when
the auditor breaks it neither by itself nor beside the share package of the same month. A month has
one official table: written again it is the same, for two tables of a month are subtracted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from dagster_project.auditor import (
    ALL_AREAS,
    NOT_PUBLISHED,
    BreakKind,
    ExactSum,
    ShownBlock,
    audit_group,
    audit_suppressed,
)
from dagster_project.config.paths import Home
from dagster_project.disclosure.margins import Counts
from dagster_project.disclosure.suppression import Mask, Reason, primary_cells, suppress
from dagster_project.disclosure.tables import Table
from dagster_project.problems import SamordnaError
from dagster_project.reference import rows
from dagster_project.reference.share_plan import ALL, UNKNOWN, SharePlan
from dagster_project.sharing import own
from dagster_project.sharing.attack import Version
from dagster_project.sharing.content import read_blocks
from dagster_project.sharing.gather import gather
from dagster_project.storage import DamagedError, read_kept, write_kept

THRESHOLD = 5
COLUMNS = (
    "persons", "with_coordinator", "without_coordinator", "with_plan", "without_plan",
)  # fmt: skip
# Ages that are tried where the standard groups cannot be protected, the finest first.
_COARSER = (("0-17", "18-66", "67+"), ())


class Hidden(StrEnum):
    """Why a cell is hidden."""

    FEW = "few"
    SECONDARY = "secondary"
    SHARED = "shared"


@dataclass(frozen=True)
class OfficialTable:
    """A table as it leaves: of each age group and column the persons, or why they are hidden.

    `cells` are (age groups, columns), in the order of `age_groups` and `COLUMNS`.
    """

    municipality: str
    month: str
    publication: str
    definition_set: str
    age_groups: tuple[str, ...]
    cells: tuple[tuple[int | Hidden, ...], ...]

    @property
    def hidden(self) -> dict[Hidden, int]:
        """How many cells are hidden for each reason."""
        every = [cell for row in self.cells for cell in row]
        return {reason: sum(cell is reason for cell in every) for reason in Hidden}

    def sums(self, plan: SharePlan) -> list[ExactSum]:
        """Return what the open cells say of the inner cells of the share plan."""
        groups = dict(zip(self.age_groups, _places(self.age_groups, plan), strict=True))
        return [
            ExactSum(_members(groups[age], column, plan), cell)
            for age, row in zip(self.age_groups, self.cells, strict=True)
            for column, cell in zip(COLUMNS, row, strict=True)
            if not isinstance(cell, Hidden)
        ]


def official_table(home: Home, municipality: str, plan: SharePlan) -> OfficialTable:
    """Return the official table of the newest month, which is kept from then on.

    Raises SamordnaError where there is nothing to publish, or no table can be protected.
    """
    content = gather(home, municipality, plan)
    month = max(block.month for block in content.blocks)
    kept = kept_tables(home, municipality).get(month)
    if kept is not None:
        return kept
    counts = next(
        block.counts
        for block in content.blocks
        if (block.month, block.service_area) == (month, ALL)
    )
    packages = own.packages(home, municipality)
    versions = [
        (block.shown, package.manifest.base, package.manifest.worst_margin)
        for package in packages
        for block in read_blocks(package, plan)
        if (block.month, block.service_area) == (month, ALL)
    ]
    for groups in _groupings(counts, plan):
        cells = _protected(counts, groups, plan, versions)
        if cells is not None:
            made = OfficialTable(
                municipality, month, content.publication, content.definition_set, groups, cells
            )
            _keep(home, made)
            return made
    raise SamordnaError("official_unprotected", municipality=municipality, month=month)


def is_broken_beside(
    shown: Counts, base: int, margin: float, month: str, sums: Sequence[ExactSum]
) -> bool:
    """Return whether rounded counts and exact sums of the same month give each other away."""
    return bool(_beside(shown, base, margin, month, sums))


def months_broken_beside(
    version: Version, base: int, tables: Mapping[str, OfficialTable], plan: SharePlan
) -> list[str]:
    """Return the months of which a package and the official table give somebody away together."""
    return sorted(
        block.month
        for block in version.blocks
        if block.service_area == ALL
        and block.month in tables
        and is_broken_beside(
            block.shown, base, version.deviation, block.month, tables[block.month].sums(plan)
        )
    )


def kept_tables(home: Home, municipality: str) -> dict[str, OfficialTable]:
    """Return the official tables of a municipality by month. Raises SamordnaError."""
    file = _file(home, municipality)
    try:
        stored = read_kept(file).get("tables", {})
        return {month: _read(table) for month, table in stored.items()}
    except (DamagedError, KeyError, TypeError, ValueError):
        raise SamordnaError("shared_damaged", package=home.relative(file)) from None


def _groupings(counts: Counts, plan: SharePlan) -> Iterator[tuple[str, ...]]:
    """Yield the age groups to try: standard ones, coarser ones, none; with all ages last."""
    standard = tuple(
        row["age_group"] for row in rows("age_groups") if row["age_scheme"] == "standard"
    )
    unknown = (UNKNOWN,) if counts[plan.age_groups.index(UNKNOWN)].any() else ()
    for ages in (standard, *_COARSER):
        yield (*ages, *(unknown if ages else ()), ALL)


def _protected(
    counts: Counts,
    groups: tuple[str, ...],
    plan: SharePlan,
    versions: Sequence[tuple[Counts, int, int]],
) -> tuple[tuple[int | Hidden, ...], ...] | None:
    """Return the cells of a table with these groups; None where it cannot be protected so."""
    places = _places(groups, plan)
    members = [_members(ages, column, plan) for ages in places for column in COLUMNS]
    true = np.array([int(counts[each].sum()) for each in members])
    table = Table(true, _equations(len(groups)))
    of_row = np.repeat(np.arange(len(groups)) * len(COLUMNS), len(COLUMNS))
    whole = np.where(np.arange(len(true)) == of_row, -1, of_row)
    few = primary_cells(true, THRESHOLD, whole)
    shared = np.zeros(len(true), dtype=bool)
    while True:
        found = suppress(table, few | shared, THRESHOLD, zeros=True)
        if found.unprotected.any() or found.hidden.all():
            return None
        broken = _broken(table, found.hidden, few) | _broken_beside(
            true, found.hidden, members, versions
        )
        if not broken.any():
            return _cells(true, found.reasons, few, len(groups))
        # What gives something away beside the package is hidden, too.
        more = broken & ~found.hidden
        if not more.any():
            return None
        shared |= more


def _cells(
    true: Counts, reasons: Counts, few: Mask, groups: int
) -> tuple[tuple[int | Hidden, ...], ...]:
    cells: list[int | Hidden] = []
    for count, reason, is_few in zip(true.tolist(), reasons.tolist(), few.tolist(), strict=True):
        if reason == Reason.OPEN:
            cells.append(count)
        elif is_few:
            cells.append(Hidden.FEW)
        else:
            cells.append(Hidden.SHARED if reason == Reason.PRIMARY else Hidden.SECONDARY)
    width = len(COLUMNS)
    return tuple(tuple(cells[row * width : (row + 1) * width]) for row in range(groups))


def _broken(table: Table, hidden: Mask, primary: Mask) -> Mask:
    """Return which cells the auditor breaks of the table by itself: of those it hides nothing."""
    names = [str(at) for at in range(len(table.counts))]
    audit = audit_suppressed(
        {
            name: None if is_hidden else int(count)
            for name, count, is_hidden in zip(names, table.counts, hidden, strict=True)
        },
        [{names[at]: int(row[at]) for at in np.flatnonzero(row)} for row in table.equations],
        threshold=THRESHOLD,
        zeros_hidden=True,
        primary={name for name, is_one in zip(names, primary, strict=True) if is_one},
        truth={name: int(count) for name, count in zip(names, table.counts, strict=True)},
    )
    broken = np.zeros(len(names), dtype=bool)
    for each in audit.breaks:
        if not each.cell:
            return np.ones(len(names), dtype=bool)
        broken[int(each.cell[0])] = True
    return broken


def _broken_beside(
    true: Counts,
    hidden: Mask,
    members: Sequence[Mask],
    versions: Sequence[tuple[Counts, int, int]],
) -> Mask:
    """Return which open cells give a person away beside what was shared of the month."""
    broken = np.zeros(len(true), dtype=bool)
    open_cells: list[int] = np.flatnonzero(~hidden).tolist()
    sums = [ExactSum(members[at], int(true[at])) for at in open_cells]
    for shown, base, margin in versions:
        for ages in _beside(shown, base, margin, "", sums):
            touching = [at for at in open_cells if members[at][ages].any()]
            # The smallest cell first: of its like the narrowest says most.
            broken[min(touching, key=lambda at: (int(true[at]), at))] = bool(touching)
    return broken


def _beside(
    shown: Counts, base: int, margin: float, month: str, sums: Sequence[ExactSum]
) -> list[slice | int]:
    """Return the age groups of what is given away by rounded counts beside exact sums."""
    totals = np.full([size + 1 for size in shown.shape], NOT_PUBLISHED)
    audit = audit_group(
        {ALL_AREAS: ShownBlock(month, ALL_AREAS, shown)}, totals, base, margin, sums=sums
    )
    found: list[slice | int] = []
    for each in audit.breaks:
        if each.kind in (BreakKind.CONTRADICTION, BreakKind.UNDECIDED):
            # The truth moved on since it was shared: nothing is proven of it, nor safe.
            return [slice(None)]
        age = each.cell[1]
        found.append(age if isinstance(age, int) else slice(None))
    return found


def _equations(groups: int) -> Counts:
    """Return how cells add up: parts of a row, and age groups to all ages, which stand last."""
    width = len(COLUMNS)
    made = []
    for row in range(groups):
        for first in (1, 3):
            equation = np.zeros(groups * width, dtype=np.int64)
            equation[row * width] = -1
            equation[row * width + first : row * width + first + 2] = 1
            made.append(equation)
    for column in range(width if groups > 1 else 0):
        equation = np.zeros(groups * width, dtype=np.int64)
        equation[column::width] = 1
        equation[(groups - 1) * width + column] = -1
        made.append(equation)
    return np.array(made)


def _places(groups: Sequence[str], plan: SharePlan) -> list[list[int]]:
    """Return the places of the finest age groups that each group is made of."""
    found = []
    for group in groups:
        if group == ALL:
            found.append(list(range(len(plan.age_groups))))
        elif group == UNKNOWN:
            found.append([plan.age_groups.index(UNKNOWN)])
        else:
            first, last = _ages(group)
            found.append(
                [
                    at
                    for at, finest in enumerate(plan.age_groups)
                    if finest != UNKNOWN and first <= _ages(finest)[0] <= last
                ]
            )
    return found


def _ages(group: str) -> tuple[int, int]:
    if group.endswith("+"):
        return int(group[:-1]), 999
    first, last = group.split("-")
    return int(first), int(last)


def _members(ages: Sequence[int], column: str, plan: SharePlan) -> Mask:
    """Return which inner cells of the plan a cell of the table is made of."""
    picked: Mask = np.zeros(plan.shape, dtype=bool)
    every = slice(None)
    coordinator, of_plan = {
        "persons": (every, every),
        "with_coordinator": (slice(1, None), every),
        "without_coordinator": (slice(1), every),
        "with_plan": (every, slice(1, None)),
        "without_plan": (every, slice(1)),
    }[column]
    for age in ages:
        picked[age, coordinator, of_plan] = True
    return picked


def _keep(home: Home, table: OfficialTable) -> None:
    file = _file(home, table.municipality)
    file.parent.mkdir(parents=True, exist_ok=True)
    tables = {**kept_tables(home, table.municipality), table.month: table}
    stored = {month: _stored(each) for month, each in sorted(tables.items())}
    write_kept(file, json.dumps({"tables": stored}, indent=1))


def _file(home: Home, municipality: str) -> Any:
    return home.shared / municipality / "official.json"


def _stored(table: OfficialTable) -> dict[str, object]:
    return {
        "municipality": table.municipality,
        "month": table.month,
        "publication": table.publication,
        "definition_set": table.definition_set,
        "age_groups": list(table.age_groups),
        "cells": [list(row) for row in table.cells],
    }


def _read(stored: dict[str, Any]) -> OfficialTable:
    return OfficialTable(
        stored["municipality"],
        stored["month"],
        stored["publication"],
        stored["definition_set"],
        tuple(stored["age_groups"]),
        tuple(
            tuple(cell if isinstance(cell, int) else Hidden(cell) for cell in row)
            for row in stored["cells"]
        ),
    )
