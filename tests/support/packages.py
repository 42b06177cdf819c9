"""Share packages of made-up municipalities, as a receiver keeps them (docs/share-package.md).

Additive counts, each inner cell 0 or at least the base; what a package would hold is decided by the
municipality's code alone, so that every process makes the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.package import (
    BREAKS,
    COUNTS,
    GRADES,
    POPULATION,
    Block,
    Manifest,
    counts_table,
    entries_of,
    parquet_bytes,
    table_of,
)

PLAN = share_plan().plan
AREAS = ("home_care", "mental_health", "school")
ALL = "all"
BASE: Literal[5] = 5
# Of a hundred in each age group: how many are in the target group, and how many are inhabitants.
_OF_AGE = np.array([3, 4, 2, 4, 3, 6, 14, 16, 22, 16, 8, 0])
_INHABITANTS = np.array([6, 6, 2, 4, 3, 9, 33, 21, 11, 4, 1, 0])
_COVERED = np.array([0.55, 0.55, 0.5, 0.5, 0.45, 0.3, 0.3, 0.2, 0.12, 0.06, 0.04, 0.1])


@dataclass(frozen=True)
class Made:
    """A municipality of the packages; `level` is how its coverage stands to the others'."""

    code: str
    persons: int = 600
    level: float = 1.0
    per_inhabitant: float = 0.03
    newest: str = "2025-12"
    months: int = 24
    grade: str = "B"
    reasons: str = ""
    definition_set: str = "2026.2"
    parameters: tuple[tuple[str, str], ...] = ()
    breaks: tuple[tuple[str, str, str], ...] = ()
    areas: tuple[str, ...] = AREAS
    worst_margin: int = 3
    # Old persons for each that the others have.
    aged: float = 1.0
    version: int = 1
    counts: NDArray[np.int32] | None = field(default=None, compare=False)


# Asker, Kinn and Senja high or low among their like; Bo is graded D, Suldal counts otherwise,
# Steinkjer stopped delivering, and 1507 was split.
USUAL: tuple[Made, ...] = (
    Made("3203", persons=2400, level=1.0, breaks=(("coordinator_coverage", "2025-03", "system_change"),)),
    Made("4602", persons=620, level=1.7),
    Made("5530", persons=700, level=0.95, aged=1.3),
    Made("1134", persons=240, level=1.1, definition_set="2025.1"),
    Made("4012", persons=260, level=1.2, grade="D", reasons="rows_quarantined"),
    Made("5006", persons=900, level=1.0, newest="2025-04"),
    Made("4601", persons=6200, level=0.8),
    Made("1103", persons=4100, level=1.05),
    Made("4618", persons=420, level=1.0, grade="A"),
    Made("1507", persons=1500, level=1.0),
    Made("5501", persons=1900, level=0.6, grade="C"),
    Made("3907", persons=1700, level=0.9),
)  # fmt: skip


def keep(home: Path, made: Sequence[Made] = USUAL) -> Path:
    """Write the packages of a home's folder `received`, and return the folder."""
    received = home / "received"
    packages = {}
    for each in made:
        folder, version = _write(received, each)
        packages[each.code] = {"folder": folder, "version": version}
    (received / "current.json").write_text(json.dumps({"packages": packages}), encoding="utf-8")
    return received


def months(newest: str, number: int) -> list[str]:
    """Return so many months up to the newest, oldest first."""
    last = int(newest[:4]) * 12 + int(newest[5:]) - 1
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(last - number + 1, last + 1)]


def inner(made: Made) -> NDArray[np.int32]:
    """Return the inner cells: month, area (`all` first), age, coordinator, plan."""
    if made.counts is not None:
        return made.counts
    random = np.random.default_rng(int(made.code))
    ages = _OF_AGE * np.where(np.arange(12) >= 8, made.aged, 1.0)
    of_age = made.persons * ages / ages.sum()
    covered = np.clip(_COVERED * made.level, 0, 0.95)
    # Whoever has a coordinator has a plan twice as often; half of plans live, of meetings more.
    with_plan = np.stack([0.1 * np.ones(12), 0.4 * np.ones(12), 0.6 * np.ones(12)], axis=1)
    by_coordinator = np.stack([1 - covered, covered * 0.4, covered * 0.6], axis=1)
    share = np.empty((12, 3, 3))
    share[..., 0] = by_coordinator * (1 - with_plan)
    share[..., 1] = by_coordinator * with_plan * 0.45
    share[..., 2] = by_coordinator * with_plan * 0.55
    # Of each coordinator it is known whether there was a meeting.
    share = np.concatenate([share, np.zeros((12, 1, 3))], axis=1)
    growth = 1 + 0.004 * np.arange(made.months)[:, None, None, None]
    true = random.poisson(of_age[None, :, None, None] * share[None]) * growth
    whole = _shown(np.rint(true).astype(np.int32))
    parts = [whole]
    for number, _ in enumerate(made.areas):
        part = _shown(np.rint(whole * max(0.05, 0.35 - 0.1 * number)).astype(np.int32))
        rest = whole - part
        parts.append(np.where((rest > 0) & (rest < BASE), whole, part).astype(np.int32))
    return np.stack(parts, axis=1)


def _shown(counts: NDArray[np.int32]) -> NDArray[np.int32]:
    small = (counts > 0) & (counts < BASE)
    return np.where(small, np.where(counts >= 3, BASE, 0), counts).astype(np.int32)


def _write(received: Path, made: Made) -> tuple[str, int]:
    """Write a package's members, and return its folder (below `received`) and its version."""
    of_months = months(made.newest, made.months)
    cells = inner(made)
    blocks = [
        Block(month, area, cells[at, number])
        for at, month in enumerate(of_months)
        for number, area in enumerate((ALL, *made.areas))
    ]
    graded = [(indicator, month) for indicator in PLAN.indicators for month in of_months]
    reasons = [made.reasons] * len(graded)
    year, of_age = int(made.newest[:4]), _inhabitants(made)
    tables = {
        COUNTS: counts_table(blocks, PLAN),
        GRADES: table_of(GRADES, [*zip(*graded, strict=True), [made.grade] * len(graded), reasons]),
        BREAKS: table_of(BREAKS, list(zip(*made.breaks, strict=True)) or [[], [], []]),
        POPULATION: table_of(POPULATION, [[year] * len(of_age), PLAN.age_groups[:-1], of_age]),
    }
    content = {name: parquet_bytes(table) for name, table in tables.items()}
    manifest = Manifest(
        schema=1,
        municipality_code=made.code,
        version=made.version,
        previous=None,
        month=made.newest,
        publication=f"{made.newest.replace('-', '')}28-0a1b2c3d4e",
        definition_set=made.definition_set,
        parameters=dict(made.parameters),
        plan=share_plan().sha256,
        method="rounding",
        base=BASE,
        worst_margin=made.worst_margin,
        worst_margin_of_areas=made.worst_margin + 2,
        margin_bound=float(made.worst_margin),
        held_back=0,
        code_version="made-up",
        tables=entries_of(tables, content),
    )
    folder = received / made.code / manifest.folder_name
    folder.mkdir(parents=True, exist_ok=True)
    for name, written in {**content, "manifest.json": manifest.canonical()}.items():
        (folder / name).write_bytes(written)
    return f"{made.code}/{folder.name}", made.version


def _inhabitants(made: Made) -> list[int]:
    whole = made.persons / made.per_inhabitant
    old = np.where(np.arange(12) >= 8, made.aged, 1.0)
    of_age = np.rint(whole * _INHABITANTS * old / (_INHABITANTS * old).sum()).astype(np.int32)
    listed: list[int] = of_age[:11].tolist()
    return listed
