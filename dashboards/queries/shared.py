"""What other municipalities have shared: their packages, read from files of counts and no other.

The one place of the dashboards that opens a package (docs/share-package.md). What lies in a folder
never changes, so what was read of it is kept; which folders count is read at every look.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dagster_project.config.paths import Home
from dagster_project.reference.share_plan import share_plan

# Packages that are kept open: all municipalities of the country, and some that were replaced.
_KEPT = 512
# What a folder or a file of a package can be wrong by, once it has been received.
_FAULTS = (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException)


class ReceivedError(Exception):
    """What was received cannot be read at all: the list of packages is damaged."""


@functools.cache
def sides(indicator: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return an indicator's events, and its other persons, as masks of coordinator by plan."""
    events, everybody = share_plan().plan.weights(indicator)
    return events, everybody & ~events


@dataclass(frozen=True)
class Grade:
    """How far a figure can be compared, and the codes of what keeps it from the best grade."""

    letter: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Break:
    """A month from which a series is not compared with what came before."""

    month: str
    kind: str


@dataclass(frozen=True, eq=False)
class Package:
    """The newest package of one municipality.

    `cells` holds persons by month, service area (`all` first), age group, coordinator and plan,
    without margins; -1 where a month and area were not shared. `parameters` are those that were
    changed from the definition set.
    """

    municipality: str
    version: int
    month: str
    publication: str
    definition_set: str
    parameters: Mapping[str, str]
    base: int
    worst_margin: int
    months: tuple[str, ...]
    areas: tuple[str, ...]
    cells: NDArray[np.int32]
    grades: Mapping[tuple[str, str], Grade]
    breaks: Mapping[str, tuple[Break, ...]]
    # The newest year of the inhabitants, and how many there are by the finest age groups.
    population_year: int | None
    inhabitants: NDArray[np.int64]

    def block(self, month: str, area: str) -> NDArray[np.int32] | None:
        """Return age group by coordinator by plan of a month and area; None where not shared."""
        if month not in self.months or area not in self.areas:
            return None
        block: NDArray[np.int32] = self.cells[self.months.index(month), self.areas.index(area)]
        return None if block[0, 0, 0] < 0 else block

    def by_age(
        self, month: str, area: str, indicator: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """Return an indicator's events, and its other persons, by the finest age groups."""
        block = self.block(month, area)
        if block is None:
            return None
        events, others = sides(indicator)
        return block[:, events].sum(axis=1), block[:, others].sum(axis=1)

    def counted_alike(self, other: Package, indicator: str) -> bool:
        """Whether both count an indicator by the same definitions."""
        if self.definition_set != other.definition_set:
            return False
        needed = share_plan().plan.depends_on(indicator)
        return all(self.parameters.get(name) == other.parameters.get(name) for name in needed)


@dataclass(frozen=True, eq=False)
class Received:
    """All packages that passed, by municipality, and whose could not be read here."""

    packages: Mapping[str, Package]
    unreadable: tuple[str, ...] = ()

    @functools.cached_property
    def months(self) -> tuple[str, ...]:
        """The months that anybody has shared, newest first."""
        known = {month for each in self.packages.values() for month in each.months}
        return tuple(sorted(known, reverse=True))

    @functools.cached_property
    def areas(self) -> frozenset[str]:
        """The service areas that anybody has shared."""
        return frozenset(area for each in self.packages.values() for area in each.areas)


def received(home: Home) -> Received | None:
    """Return what a home has received; None where it has received nothing.

    Raises ReceivedError where the list of packages cannot be read. A package that cannot be read is
    left out, and named.
    """
    root = home.received
    try:
        current = (root / "current.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ReceivedError from error
    found = _received(root, current)
    return found if found.packages or found.unreadable else None


def has_received(home: Home) -> bool:
    """Return whether a home has a list of packages."""
    return (home.received / "current.json").exists()


@functools.lru_cache(maxsize=4)
def _received(root: Path, current: str) -> Received:
    try:
        folders = {
            str(code): root / str(entry["folder"])
            for code, entry in json.loads(current)["packages"].items()
        }
    except _FAULTS as error:
        raise ReceivedError from error
    packages, unreadable = {}, []
    for code, folder in sorted(folders.items()):
        try:
            packages[code] = _package(folder)
        except _FAULTS:
            unreadable.append(code)
    return Received(packages, tuple(unreadable))


@functools.lru_cache(maxsize=_KEPT)
def _package(folder: Path) -> Package:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    months, areas, cells = _cells(folder / "counts.parquet")
    year, inhabitants = _inhabitants(folder / "population.parquet")
    breaks: dict[str, tuple[Break, ...]] = {}
    for row in pq.read_table(folder / "breaks.parquet").to_pylist():
        found = (*breaks.get(row["indicator"], ()), Break(row["month"], row["kind"]))
        breaks[row["indicator"]] = tuple(sorted(found, key=lambda each: each.month))
    return Package(
        municipality=str(manifest["municipality_code"]),
        version=int(manifest["version"]),
        month=str(manifest["month"]),
        publication=str(manifest["publication"]),
        definition_set=str(manifest["definition_set"]),
        parameters=dict(manifest["parameters"]),
        base=int(manifest["base"]),
        worst_margin=int(manifest["worst_margin"]),
        months=months,
        areas=areas,
        cells=cells,
        grades=_grades(folder / "grades.parquet"),
        breaks=breaks,
        population_year=year,
        inhabitants=inhabitants,
    )


def _grades(file: Path) -> dict[tuple[str, str], Grade]:
    columns = pq.read_table(file).to_pydict()
    rows = zip(*(columns[name] for name in ("indicator", "month", "grade", "reasons")), strict=True)
    return {
        (indicator, month): Grade(letter, tuple(filter(None, (reasons or "").split(";"))))
        for indicator, month, letter, reasons in rows
    }


def _inhabitants(file: Path) -> tuple[int | None, NDArray[np.int64]]:
    ages = share_plan().plan.age_groups
    columns = pq.read_table(file).to_pydict()
    newest = max(columns["year"], default=None)
    of_age = np.zeros(len(ages), dtype=np.int64)
    rows = zip(columns["year"], columns["age_group"], columns["inhabitants"], strict=True)
    for year, age, inhabitants in rows:
        if year == newest:
            of_age[ages.index(age)] = inhabitants
    return newest, of_age


def _cells(file: Path) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.int32]]:
    """Return the months, the areas and the inner cells of a package's counts.

    Rows stand in blocks of a month and area, each whole and in the plan's order: what passed was
    checked for it.
    """
    plan = share_plan().plan
    shape = tuple(map(len, plan.values))
    size = int(np.prod(shape))
    table = pq.read_table(file, columns=["month", "service_area", "persons"], use_threads=False)
    persons = table["persons"].to_numpy().reshape(-1, *shape)
    # One row of each block says of when and where it is.
    first = table.select(["month", "service_area"]).take(np.arange(0, table.num_rows, size))
    keys = list(zip(*(column.to_pylist() for column in first.columns), strict=True))
    months = tuple(sorted({month for month, _ in keys}))
    shared = {area for _, area in keys}
    areas = tuple(area for area in plan.service_areas if area in shared)
    cells = np.full((len(months), len(areas), *plan.shape), -1, dtype=np.int32)
    for (month, area), block in zip(keys, persons, strict=True):
        cells[months.index(month), areas.index(area)] = block[:-1, :-1, :-1]
    return months, areas, cells
