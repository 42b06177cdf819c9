"""Packages of made-up municipalities: protected as real ones are, and changed as a test wants them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from dagster_project.disclosure.protect import Block as TrueBlock
from dagster_project.disclosure.protect import Protected, protect, stated_deviation
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.package import (
    BREAKS,
    COUNTS,
    GRADES,
    MANIFEST,
    POPULATION,
    SIGNATURE,
    TABLES,
    Block,
    Manifest,
    Package,
    canonical_json,
    counts_table,
    digest,
    entries_of,
    pack,
    parquet_bytes,
    table_of,
)
from dagster_project.sharing.signing import SigningKey

PLAN = share_plan().plan
AREAS = ("all", "home_care", "school")
MONTHS = ("2025-11", "2025-12", "2026-01")
SENDER, OTHER = "4602", "3203"
BASE = 5
KEY = SigningKey(b"\x01" * 32)
OTHER_KEY = SigningKey(b"\x02" * 32)
KEYS = {SENDER: KEY.public, OTHER: OTHER_KEY.public}


@functools.cache
def protected(version: int) -> tuple[Protected, ...]:
    """Return what is shown by a version of the sender's package: one month more each time."""
    before = tuple(one for earlier in range(1, version) for one in protected(earlier))
    random = np.random.default_rng(1)
    blocks = []
    for month in MONTHS:
        whole = random.poisson(6, PLAN.shape)
        # Meetings are registered in all of these months.
        whole[:, 3] = 0
        blocks.append(TrueBlock(month, "all", whole))
        for area, share in zip(AREAS[1:], (0.6, 0.4), strict=True):
            part = random.binomial(whole, share)
            # Who has neither is of the target group by services in both areas.
            part[:, 0, 0] = whole[:, 0, 0]
            blocks.append(TrueBlock(month, area, part))
    shared = [block for block in blocks if block.month <= MONTHS[version]]
    return tuple(protect(shared, BASE, b"a secret of the sender", before, seconds=20))


@dataclass(frozen=True)
class Made:
    """A package before it is signed: everything in it can be replaced."""

    manifest: Mapping[str, Any]
    tables: Mapping[str, pa.Table]

    def said(self, **changes: object) -> Made:
        """Return it with other values in the manifest."""
        return replace(self, manifest={**self.manifest, **changes})

    def with_table(self, name: str, table: pa.Table) -> Made:
        """Return it with another table, whose hash the manifest has."""
        return replace(self, tables={**self.tables, name: table})

    def members(self, key: SigningKey = KEY) -> dict[str, bytes]:
        """Return the members, signed."""
        content = {name: parquet_bytes(self.tables[name]) for name in TABLES}
        entries = entries_of(self.tables, content)
        tables = {name: entry.model_dump() for name, entry in entries.items()}
        manifest = canonical_json({"tables": tables, **self.manifest})
        return {MANIFEST: manifest, SIGNATURE: key.sign(manifest), **content}

    def bytes(self, key: SigningKey = KEY) -> bytes:
        """Return the package's file, signed."""
        return pack(self.members(key))

    def package(self) -> Package:
        """Return the package as it is opened."""
        members = self.members()
        return Package(Manifest.model_validate_json(members[MANIFEST]), members)


@functools.cache
def made(version: int = 1) -> Made:
    """Return a version of the sender's package; 1 and 2 are there."""
    shown = protected(version)
    blocks = [Block(one.block.month, one.block.service_area, one.shown) for one in shown]
    months = sorted({block.month for block in blocks})
    graded = [(indicator, month) for indicator in PLAN.indicators for month in months]
    groups = PLAN.age_groups[:-1]
    tables = {
        COUNTS: counts_table(blocks, PLAN),
        GRADES: table_of(
            GRADES,
            [*zip(*graded, strict=True), ["B"] * len(graded), ["rows_changed"] * len(graded)],
        ),
        BREAKS: table_of(BREAKS, [["plan_coverage"], ["2025-03"], ["system_change"]]),
        POPULATION: table_of(POPULATION, [[2025] * len(groups), groups, [900] * len(groups)]),
    }
    manifest = {
        "schema": 1,
        "municipality_code": SENDER,
        "version": version,
        "previous": digest(made(version - 1).members()[MANIFEST]) if version > 1 else None,
        "month": months[-1],
        "publication": "20260131-0a1b2c3d4e",
        "definition_set": "2026.2",
        "parameters": {},
        "plan": share_plan().sha256,
        "method": "rounding",
        "base": BASE,
        "worst_margin": stated_deviation(shown, BASE),
        "worst_margin_of_areas": stated_deviation(shown, BASE),
        "margin_bound": 3.0,
        "held_back": 0,
        "code_version": "0.1.0",
    }
    return Made(manifest, tables)


def file_name(version: int) -> str:
    """Return what the sender's file of a version is called."""
    return made(version).package().manifest.file_name
