"""Inhabitants by year and age, and what becomes of them by cohort-change ratios.

A cohort-change ratio (Hamilton and Perry, 1962) is how many are a year older a year later, of those
who are of an age now: deaths and moves in one number. It asks for nothing but two years of
inhabitants by age.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.planning import PlanningError

Array = NDArray[np.float64]

# The last age is open: it holds all who are older too.
OLDEST = 100
AGES = OLDEST + 1
# Newborns are reckoned of those who can be their parents, women and men alike.
_PARENTS = slice(20, 40)
# The ratio of an age is that of the ages beside it too: one alone is mostly chance.
_BESIDE = 2
# The group's ratio weighs as much as this many persons. Of 20, 50, 100, 200, 400 and 1,000 the one
# that was least wrong for municipalities of fewer than 5,000 inhabitants (`benchmarks/projection`).
_WEIGHT_OF_GROUP = 200.0
# A ratio is taken of the last so many steps from one year to the next.
_STEPS = 5


@dataclass(frozen=True)
class Population:
    """Inhabitants on 1 January of each year, by age 0 to 100, the last age open."""

    persons: Mapping[int, Array]

    @property
    def last_year(self) -> int:
        """The newest year."""
        return max(self.persons)

    def steps(self) -> list[int]:
        """Return the years from which a step leads to the year after, the newest few."""
        return [year for year in sorted(self.persons) if year + 1 in self.persons][-_STEPS:]


@dataclass(frozen=True)
class _Moved:
    """Of how many (`before`) how many were there a year later (`after`), by the later age."""

    before: Array
    after: Array

    @property
    def ratio(self) -> Array:
        """How many of one; 1 where nobody was."""
        return np.divide(self.after, self.before, out=np.ones(AGES), where=self.before > 0)


def of_rows(rows: Collection[tuple[int, int, int]]) -> Population:
    """Return the inhabitants of rows of year, age and persons; the oldest count as the last age."""
    years: dict[int, Array] = {}
    for year, age, persons in rows:
        years.setdefault(year, np.zeros(AGES))[min(age, OLDEST)] += persons
    return Population(years)


def project(population: Population, to_year: int, group: Collection[Population] = ()) -> Population:
    """Return the inhabitants until a year: the loaded ones, and those expected after them.

    Raises PlanningError where no two years follow each other. `group` are the municipalities
    whose ratios steady this one's, itself among them; none where it stands alone.
    """
    if not population.steps():
        raise PlanningError("too_few_years")
    ratio = _steadied(_moved([population]), _moved([each for each in group if each.steps()]))
    persons = dict(population.persons)
    for year in range(population.last_year, to_year):
        persons[year + 1] = _a_year_later(persons[year], ratio)
    return Population(persons)


def _moved(populations: Collection[Population]) -> _Moved:
    before, after = np.zeros(AGES), np.zeros(AGES)
    for population in populations:
        for year in population.steps():
            then, now = population.persons[year], population.persons[year + 1]
            before += _who_come(then)
            after += now
    return _Moved(before, after)


def _who_come(persons: Array) -> Array:
    """Return of whom those of each age a year later come."""
    come = np.empty(AGES)
    come[0] = persons[_PARENTS].sum()
    come[1:] = persons[:-1]
    come[OLDEST] += persons[OLDEST]
    return come


def _a_year_later(persons: Array, ratio: Array) -> Array:
    return _who_come(persons) * ratio


def _steadied(own: _Moved, group: _Moved) -> Array:
    """Return the municipality's ratios, those of few persons drawn towards the group's."""
    reference = group.ratio if group.before.any() else _with_those_beside(own).ratio
    expected = _with_those_beside(_Moved(own.before * reference, own.after))
    return reference * (expected.after + _WEIGHT_OF_GROUP) / (expected.before + _WEIGHT_OF_GROUP)


def _with_those_beside(moved: _Moved) -> _Moved:
    """Return of each age the sum of those beside it; newborns and the open age stand alone."""

    def sums(of: Array) -> Array:
        found = of.copy()
        for age in range(1, OLDEST):
            found[age] = of[max(1, age - _BESIDE) : min(OLDEST, age + _BESIDE + 1)].sum()
        return found

    return _Moved(sums(moved.before), sums(moved.after))
