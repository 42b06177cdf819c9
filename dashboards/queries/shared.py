"""What municipalities have shared, as the pages ask for it: the one door to their packages.

A package is read by the product's reader of packages, and never by what was published.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.config.paths import Home, home_from
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing import reader
from dagster_project.sharing.held import Refused, read_refused
from dagster_project.sharing.reader import Received, ReceivedError, SharedPackage

__all__ = ["Received", "ReceivedError", "SharedPackage"]

# All municipalities' figures of all indicators, in some months and service areas.
_KEPT = 32_768
# Of one alone there is nothing to compare.
_FEWEST = 2


def received(home: Home) -> Received:
    """Return the packages that a home holds; those that cannot be opened are named instead.

    Raises ReceivedError where the list of packages cannot be read.
    """
    return _opening(reader.received(home))


@dataclass(frozen=True, eq=False)
class Packages:
    """The packages of a home, read when a page first asks for them; without a home there are none.

    `found` raises ReceivedError where the list of packages cannot be read.
    """

    home: Home | None = None

    @functools.cached_property
    def found(self) -> Received:
        """What was received, and what the municipalities of the home have shared themselves."""
        return received(self.home) if self.home else Received({})


NO_PACKAGES = Packages()


@functools.lru_cache(maxsize=4)
def _opening(found: Received) -> Received:
    packages, unreadable = {}, [*found.unreadable]
    for code, package in found.packages.items():
        try:
            # Its counts are opened, and the rest is read: a file that was cut is found here.
            if package.months and package.grades and package.breaks is not None:
                packages[code] = package
        except ReceivedError:
            unreadable.append(code)
    return Received(packages, tuple(sorted(unreadable)))


def refused() -> tuple[Refused, ...]:
    """Return the files that did not pass, the newest first."""
    return read_refused(home_from(None))[::-1]


def holds_packages(home: Home) -> bool:
    """Return whether a home has packages to compare."""
    try:
        return len(reader.received(home).packages) >= _FEWEST
    except ReceivedError:
        # The page says what is the matter.
        return True


@functools.lru_cache(maxsize=4)
def areas(found: Received) -> frozenset[str]:
    """Return the service areas that anybody has shared in the newest month."""
    return frozenset(
        area for each in found.packages.values() for area in each.areas(each.months[-1])
    )


@functools.lru_cache(maxsize=_KEPT)
def by_age(
    package: SharedPackage, month: str, area: str, indicator: str
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return an indicator's events and its persons by the finest age groups; None if not shared.

    Asked for of every municipality and indicator at every look: kept, and as plain numbers.
    """
    found = package.by_age(month, area, indicator)
    if found is None:
        return None
    events, of = found
    return tuple(events.tolist()), tuple(of.tolist())


@functools.cache
def sides(indicator: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return an indicator's events, and its other persons, as masks of coordinator by plan."""
    events, everybody = share_plan().plan.weights(indicator)
    return events, everybody & ~events


def inhabitants(package: SharedPackage) -> NDArray[np.int64]:
    """Return the inhabitants of the newest year by the finest age groups; 0 where none is known."""
    of_years = package.inhabitants
    none = np.zeros(len(share_plan().plan.age_groups), np.int64)
    return of_years[max(of_years)] if of_years else none
