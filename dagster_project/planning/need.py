"""How many persons the coming years are expected to ask for, how sure that is, and why.

Need = sum over ages of inhabitants x rate x (1 + growth) ^ years (`steadied` rates, and inhabitants
loaded or projected). The rates are scaled so that today's inhabitants give today's count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dagster_project.planning.rates import Rate, steadied

Array = NDArray[np.float64]

DRAWS = 2000
_LOW, _HIGH = 10.0, 90.0
# The same inputs give the same interval.
_SEED = 20240149


@dataclass(frozen=True)
class Counted:
    """Today's persons of one age group, and those of the group's municipalities.

    `group` are cases and inhabitants of each, the municipality itself among them.
    """

    cases: int
    group: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Expected:
    """Persons expected, and the eight of ten chances that they lie between the two limits."""

    persons: float
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """Why a year asks for more or fewer than today: the three add up to the change.

    `population`: as many more as there are inhabitants; `ages`: as their ages are others; `rate`:
    as more of each age need it.
    """

    population: float
    ages: float
    rate: float

    @property
    def whole(self) -> float:
        """The whole change."""
        return self.population + self.ages + self.rate


@dataclass(frozen=True)
class Year:
    """What one year is expected to ask for, by age group and of all.

    `drawn` has, by age group, the numbers that it may come to, in the same order for every year.
    """

    by_age: Mapping[str, Expected]
    of_all: Expected
    change: Change
    drawn: Mapping[str, Array] = field(compare=False, repr=False)


def expect(
    counted: Mapping[str, Counted],
    inhabitants: Mapping[int, Mapping[str, float]],
    growth: Mapping[str, float] | None = None,
) -> dict[int, Year]:
    """Return what each year is expected to ask for, the first being today.

    `counted` has the persons of each age group, `inhabitants` those of each year by age group, and
    `growth` how much a rate grows in a year (0.02 is two per cent), of age groups where it does.
    """
    today, *_ = years = sorted(inhabitants)
    ages = list(counted)
    generator = np.random.default_rng(_SEED)
    rates = _rates(counted, inhabitants[today])
    means = np.array([rate.mean for rate in rates])
    draws = np.array([rate.draws(DRAWS, generator) for rate in rates])
    then = np.array([inhabitants[today][age] for age in ages])
    scale = _scale(sum(each.cases for each in counted.values()), means, then)
    grown_by = 1 + np.array([(growth or {}).get(age, 0.0) for age in ages])

    found = {}
    for year in years:
        persons = np.array([inhabitants[year][age] for age in ages])
        grown = grown_by ** (year - today)
        factor = persons * grown * scale
        expected, drawn = means * factor, draws * factor[:, None]
        found[year] = Year(
            {age: _expected(expected[n], drawn[n]) for n, age in enumerate(ages)},
            _expected(float(expected.sum()), drawn.sum(axis=0)),
            _change(means * scale, then, persons, grown),
            {age: drawn[n] for n, age in enumerate(ages)},
        )
    return found


def _rates(counted: Mapping[str, Counted], inhabitants: Mapping[str, float]) -> list[Rate]:
    return [steadied(each.cases, inhabitants[age], each.group) for age, each in counted.items()]


def _scale(cases: int, means: Array, persons: Array) -> float:
    """Return what makes today's inhabitants give today's count."""
    expected = float((means * persons).sum())
    return cases / expected if expected > 0 else 0.0


def _expected(persons: float, drawn: Array) -> Expected:
    low, high = np.percentile(drawn, [_LOW, _HIGH])
    return Expected(float(persons), float(low), float(high))


def _change(rates: Array, then: Array, now: Array, grown: Array) -> Change:
    """Take the change apart: first all ages as many more, then their ages, then their rates."""
    before = float((rates * then).sum())
    as_before = float((rates * now).sum())
    in_step = before * float(now.sum() / then.sum()) if then.sum() > 0 else before
    return Change(
        population=in_step - before,
        ages=as_before - in_step,
        rate=float((rates * now * grown).sum()) - as_before,
    )
