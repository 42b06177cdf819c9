"""What the current publication has for a package: true counts, and what goes beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.config.paths import Home
from dagster_project.disclosure.protect import Block
from dagster_project.problems import SamordnaError
from dagster_project.publication.reader import shared
from dagster_project.publication.reader.publication import (
    Publication,
    PublicationError,
    current_publication,
)
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import ALL, UNKNOWN, SharePlan
from dagster_project.sharing.package import BREAKS, GRADES, POPULATION, table_of
from dagster_project.storage import read_json


@dataclass(frozen=True)
class Content:
    """What a package would hold, before it is protected.

    `blocks` have the true counts, `tables` are those beside the counts. `parameters` are those of
    the counting rules that the municipality has changed.
    """

    blocks: tuple[Block, ...]
    tables: Mapping[str, pa.Table]
    publication: str
    definition_set: str
    parameters: dict[str, str]


def published(home: Home) -> str:
    """Return the id of the current publication. Raises SamordnaError where there is none."""
    try:
        return current_publication(home).id
    except PublicationError:
        raise SamordnaError("share_unpublished", home=str(home.root)) from None


def gather(home: Home, municipality: str, plan: SharePlan) -> Content:
    """Return what there is to share of a municipality. Raises SamordnaError without any."""
    try:
        publication = current_publication(home)
        manifest = read_json(publication.folder / "manifest.json")
        sets: Mapping[str, str] = manifest["definition_sets"]
        if municipality not in sets:
            known = ", ".join(sorted(sets))
            raise SamordnaError("share_not_ours", municipality=municipality, known=known)
        months = own_months(
            municipality, shared.counted_months(publication, municipality, plan.months)
        )
        if not months:
            name = municipalities().name_today.get(municipality, municipality)
            raise SamordnaError("share_nothing", municipality=name, home=str(home.root))
        blocks = _blocks(shared.cells(publication, municipality, months), months, plan)
        tables = _tables(publication, municipality, months, plan)
    except PublicationError:
        raise SamordnaError("share_unpublished", home=str(home.root)) from None
    changed = {
        row["parameter"]: str(row["value"])
        for row in manifest["changed_parameters"]
        if row["municipality_code"] == municipality
    }
    return Content(blocks, tables, publication.id, sets[municipality], changed)


def own_months(municipality: str, months: Sequence[str]) -> list[str]:
    """Return the months in which the municipality was there by its code.

    Those before were shared by whoever it was merged or divided from: old and new codes are one
    publication, in which no month is shown twice.
    """
    return [month for month in months if municipalities().is_in(municipality, month)]


def _blocks(
    cells: Sequence[shared.Cell], months: Sequence[str], plan: SharePlan
) -> tuple[Block, ...]:
    """Return a block of each month and of each area that anybody is in, with the zeros."""
    there = {cell.service_area for cell in cells}
    areas = [area for area in plan.service_areas if area in there or area == ALL]
    counts = {(month, area): np.zeros(plan.shape, np.int64) for month in months for area in areas}
    places = [{value: at for at, value in enumerate(axis)} for axis in plan.values]
    for cell in cells:
        at = zip(places, (cell.age_group, cell.coordinator, cell.plan), strict=True)
        counts[cell.month, cell.service_area][tuple(place[code] for place, code in at)] = (
            cell.persons
        )
    return tuple(Block(month, area, counted) for (month, area), counted in counts.items())


def _tables(
    publication: Publication, municipality: str, months: Sequence[str], plan: SharePlan
) -> dict[str, pa.Table]:
    of = list(plan.indicators)
    grades = shared.month_grades(publication, municipality, months, of)
    breaks = shared.month_breaks(publication, municipality, of)
    groups = [group for group in plan.age_groups if group != UNKNOWN]
    since = int(months[0][:4])
    inhabitants = shared.inhabitants_by_group(publication, municipality, groups, since)
    return {
        GRADES: table_of(
            GRADES,
            [
                [one.indicator for one in grades],
                [one.month for one in grades],
                [one.grade for one in grades],
                [one.reasons for one in grades],
            ],
        ),
        BREAKS: table_of(
            BREAKS,
            [
                [one.indicator for one in breaks],
                [one.month for one in breaks],
                [one.kind for one in breaks],
            ],
        ),
        POPULATION: table_of(
            POPULATION,
            [
                [year for year in inhabitants for _ in groups],
                [group for _ in inhabitants for group in groups],
                [many for by_group in inhabitants.values() for many in by_group],
            ],
        ),
    }
