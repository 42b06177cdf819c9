"""All that a municipality has shared, attacked together: by whoever sends, and whoever receives.

Both ask the auditor the same, so that what leaves passes where it arrives.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dagster_project.auditor import Audit, ShownBlock, audit_rounded
from dagster_project.reference.parameters import parameters
from dagster_project.reference.share_plan import SharePlan, share_plan
from dagster_project.sharing.content import read_blocks
from dagster_project.sharing.package import POPULATION, Block, Package, inhabitants_by_year

# How many service areas make a person of the target group.
_AREAS = "target_service_areas"


@dataclass(frozen=True)
class Version:
    """What one package shows, and what its manifest says of how near to the truth that is.

    `deviation` is by how many persons a sum of all areas deviates at most, `deviation_of_areas` one
    of an area; `changed` are the parameters of the counting rules that the municipality has
    changed; `inhabitants` are those of each age group on 1 January, by year.
    """

    blocks: Sequence[Block]
    deviation: int
    deviation_of_areas: int
    changed: Mapping[str, str]
    inhabitants: Mapping[int, NDArray[np.int64]]

    @classmethod
    def of(cls, package: Package, plan: SharePlan) -> Version:
        """Return the version of a package, after all of it has been checked.

        Raises RefusedError.
        """
        manifest, blocks = package.manifest, read_blocks(package, plan)
        population = pq.read_table(io.BytesIO(package.members[POPULATION]))
        return cls(
            blocks,
            manifest.worst_margin,
            manifest.worst_margin_of_areas,
            manifest.parameters,
            inhabitants_by_year(population, plan.age_groups),
        )


def most_persons(
    inhabitants: Mapping[int, NDArray[np.int64]], months: Iterable[str]
) -> dict[str, NDArray[np.float64]]:
    """Return how many there can be of each age group in a month; not of one of which nobody knows.

    As many as lived there at the beginning of its year or of the next; of unknown age any.
    """
    found = {}
    for month in months:
        years = (int(month[:4]), int(month[:4]) + 1)
        known = [inhabitants[year] for year in years if year in inhabitants]
        if known:
            found[month] = np.max(known, axis=0).astype(np.float64)
            found[month][-1] = np.inf
    return found


def attack(versions: Sequence[Version], base: int) -> Audit:
    """Attack all versions of a municipality's package, oldest first."""
    least_areas = min(
        int(version.changed.get(_AREAS, parameters()[_AREAS].default)) for version in versions
    )
    newest = versions[-1]
    known: set[tuple[object, ...]] = set()
    shown = [_news(version, known) for version in versions]
    new = [(blocks, version) for blocks, version in zip(shown, versions, strict=True) if blocks]
    return audit_rounded(
        [blocks for blocks, _ in new],
        base,
        [float(version.deviation) for _, version in new],
        least_areas=least_areas,
        areas=len(share_plan().plan.service_areas) - 1,
        inhabitants=most_persons(newest.inhabitants, {block.month for block in newest.blocks}),
        margin_bound_of_areas=[float(version.deviation_of_areas) for _, version in new],
    )


def _news(version: Version, known: set[tuple[object, ...]]) -> list[ShownBlock]:
    """Return the blocks of the months that say something that no version before has said.

    A month that is shown again as it was tells an attacker nothing.
    """
    months: dict[str, list[Block]] = {}
    for block in version.blocks:
        months.setdefault(block.month, []).append(block)
    news: list[ShownBlock] = []
    for month, blocks in months.items():
        key = (
            month,
            version.deviation,
            version.deviation_of_areas,
            *sorted((block.service_area, block.shown.tobytes()) for block in blocks),
        )
        if key not in known:
            known.add(key)
            news += [ShownBlock(month, block.service_area, block.shown) for block in blocks]
    return news
