"""The one reader of share packages: what was received, and what this installation shared last.

What lies in a package's folder never changes, so what was read of it is kept; which folders count
is read at every look. A package is opened when something of it is asked for, and of its counts a
month at a time, so that one figure of all municipalities of the country is read in a moment.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dagster_project.config.paths import Home
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.own_newest import newest_folders
from dagster_project.sharing.package import (
    BREAKS,
    COUNTS,
    GRADES,
    MANIFEST,
    POPULATION,
    Manifest,
    inhabitants_by_year,
)
from dagster_project.storage import DamagedError, read_kept

# Every municipality of the country, and some that were replaced.
_KEPT = 512
_FAULTS = (OSError, ValueError, KeyError, TypeError, pa.ArrowException)


class ReceivedError(Exception):
    """What was received cannot be read: the list of packages, or a file of one, is damaged."""


@dataclass(frozen=True)
class Grade:
    """How far a figure can be compared, and the codes of what keeps it from the best grade."""

    letter: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Break:
    """A month (`YYYY-MM`) from which a series is not compared with what came before."""

    month: str
    kind: str


@dataclass(frozen=True, eq=False)
class SharedPackage:
    """The newest package of one municipality, held in a folder.

    `is_own`: this installation made it. `municipality` is the code that it was sent under,
    `municipality_today` that of today, or None where the municipality was divided since.
    """

    folder: Path
    manifest: Manifest
    is_own: bool

    @property
    def municipality(self) -> str:
        """The code of the municipality that has shared it."""
        return self.manifest.municipality_code

    @property
    def municipality_today(self) -> str | None:
        """Today's code of it; None where it was divided."""
        return municipalities().code_today.get(self.municipality)

    @functools.cached_property
    def months(self) -> tuple[str, ...]:
        """The months that it has counts of, oldest first."""
        return tuple(self._row_groups)

    def areas(self, month: str) -> tuple[str, ...]:
        """The service areas that a month was shared of, `all` first."""
        return tuple(self._blocks(month))

    def block(self, month: str, area: str) -> NDArray[np.int32] | None:
        """Return persons by age group, coordinator and plan, no margins; None if not shared."""
        return self._blocks(month).get(area)

    def by_age(
        self, month: str, area: str, indicator: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """Return an indicator's numerator and denominator by the finest age groups.

        None where the month or the area was not shared.
        """
        block = self.block(month, area)
        if block is None:
            return None
        numerator, denominator = _weights(indicator)
        return block[:, numerator].sum(axis=1), block[:, denominator].sum(axis=1)

    @functools.cached_property
    def grades(self) -> Mapping[tuple[str, str], Grade]:
        """The grade of each indicator and month."""
        return {
            (row["indicator"], row["month"]): Grade(
                row["grade"], tuple(filter(None, row["reasons"].split(";")))
            )
            for row in self._rows(GRADES)
        }

    @functools.cached_property
    def breaks(self) -> Mapping[str, tuple[Break, ...]]:
        """The breaks of each indicator that has any, oldest first."""
        found: dict[str, list[Break]] = {}
        for row in self._rows(BREAKS):
            found.setdefault(row["indicator"], []).append(Break(row["month"], row["kind"]))
        return {
            indicator: tuple(sorted(each, key=lambda one: one.month))
            for indicator, each in found.items()
        }

    @functools.cached_property
    def inhabitants(self) -> Mapping[int, NDArray[np.int64]]:
        """Inhabitants on 1 January by year, by the finest age groups (none of unknown age)."""
        return inhabitants_by_year(self._table(POPULATION), share_plan().plan.age_groups)

    def counted_alike(self, other: SharedPackage, indicator: str) -> bool:
        """Return whether both count an indicator by the same definitions.

        Where they do not, their figures of it are not compared.
        """
        return self.counted_by(_base_set(other.manifest), other.manifest.parameters, indicator)

    def counted_by(
        self, definition_set: str, parameters: Mapping[str, str], indicator: str
    ) -> bool:
        """Return whether an indicator is counted by a definition set and its changed parameters."""
        needed = share_plan().plan.depends_on(indicator)
        mine = self.manifest.parameters
        return _base_set(self.manifest) == definition_set and all(
            mine.get(name) == parameters.get(name) for name in needed
        )

    def _blocks(self, month: str) -> Mapping[str, NDArray[np.int32]]:
        group = self._row_groups.get(month)
        return {} if group is None else _read_month(self.folder, group)

    @functools.cached_property
    def _row_groups(self) -> dict[str, int]:
        """The row group of each month."""
        about = _opened(self.folder, COUNTS).metadata
        groups = range(about.num_row_groups)
        of_month = (about.row_group(group).column(0).statistics.min for group in groups)
        return dict(sorted(zip(of_month, groups, strict=True)))

    def _rows(self, member: str) -> list[dict[str, Any]]:
        return list(self._table(member).to_pylist())

    def _table(self, member: str) -> pa.Table:
        try:
            return _opened(self.folder, member).read()
        except _FAULTS as error:
            raise ReceivedError(str(self.folder)) from error


@dataclass(frozen=True, eq=False)
class Received:
    """Every municipality's newest package, by the code it was sent under.

    `unreadable` are those whose folder cannot be read here.
    """

    packages: Mapping[str, SharedPackage]
    unreadable: tuple[str, ...] = ()

    @functools.cached_property
    def months(self) -> tuple[str, ...]:
        """The months that anybody has shared, newest first."""
        known = {month for each in self.packages.values() for month in each.months}
        return tuple(sorted(known, reverse=True))


def received(home: Home) -> Received:
    """Return what a home holds of packages; its own newest ones go before ones that came back.

    Raises ReceivedError where the list of packages cannot be read.
    """
    try:
        entries = read_kept(home.received / "current.json").get("packages", {})
        held = tuple((code, home.received / str(each["folder"])) for code, each in entries.items())
    except (DamagedError, *_FAULTS) as error:
        raise ReceivedError("current.json") from error
    return _received(held, tuple(newest_folders(home).items()))


@functools.lru_cache(maxsize=4)
def _received(held: tuple[tuple[str, Path], ...], own: tuple[tuple[str, Path], ...]) -> Received:
    packages: dict[str, SharedPackage] = {}
    unreadable = []
    for code, folder in sorted({**dict(held), **dict(own)}.items()):
        try:
            packages[code] = _package(folder, is_own=(code, folder) in own)
        except _FAULTS:
            unreadable.append(code)
    return Received(packages, tuple(unreadable))


@functools.lru_cache(maxsize=_KEPT)
def _package(folder: Path, *, is_own: bool) -> SharedPackage:
    manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    return SharedPackage(folder, manifest, is_own)


@functools.lru_cache(maxsize=4 * _KEPT)
def _read_month(folder: Path, group: int) -> dict[str, NDArray[np.int32]]:
    """Return the blocks of a month by service area; they were checked when they were received."""
    shape = tuple(map(len, share_plan().plan.values))
    size = int(np.prod(shape))
    try:
        columns = ["service_area", "persons"]
        # An area's name stands once for all of its cells.
        file = _opened(folder, COUNTS, read_dictionary=columns[:1])
        rows = file.read_row_group(group, columns=columns, use_threads=False)
        areas = rows.column("service_area").take(np.arange(0, rows.num_rows, size)).to_pylist()
        blocks = rows.column("persons").to_numpy().reshape(-1, *shape)[:, :-1, :-1, :-1]
    except _FAULTS as error:
        raise ReceivedError(str(folder)) from error
    return {str(area): block for area, block in zip(areas, blocks, strict=True)}


@functools.cache
def _weights(indicator: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return share_plan().plan.weights(indicator)


def _opened(folder: Path, member: str, read_dictionary: list[str] | None = None) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(folder / member, read_dictionary=read_dictionary)
    except _FAULTS as error:
        raise ReceivedError(str(folder)) from error


def _base_set(manifest: Manifest) -> str:
    """Return the name of a definition set without the parameters that were changed in it."""
    return manifest.definition_set.split(" ", 1)[0]
