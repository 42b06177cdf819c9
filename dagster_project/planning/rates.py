"""Rates of few persons, steadied towards those of a group: empirical Bayes, gamma-Poisson.

The persons counted of an age group are taken as Poisson with the municipality's own rate, the
rates of a group's municipalities as gamma distributed, its shape by the method of moments
(Marshall, 1991). What is known of a rate after that is a gamma distribution too: the own count and
the group's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Of fewer municipalities nothing is said of how far their rates lie apart.
FEWEST_OF_GROUP = 5


@dataclass(frozen=True)
class Rate:
    """What is known of a rate: a gamma distribution of mean `shape` / `persons`."""

    shape: float
    persons: float

    @property
    def mean(self) -> float:
        """The rate expected; none of nobody."""
        return self.shape / self.persons if self.persons > 0 else 0.0

    def draws(self, number: int, generator: np.random.Generator) -> Array:
        """Return so many rates that it may be."""
        if self.shape <= 0 or self.persons <= 0:
            return np.zeros(number)
        return generator.gamma(self.shape, 1 / self.persons, number)


def steadied(cases: float, persons: float, group: Sequence[tuple[float, float]] = ()) -> Rate:
    """Return the rate of so many cases among so many persons, after the group's was seen.

    `group` are the cases and the persons of its municipalities, this one among them. Where they are
    too few, it is the municipality's own.
    """
    alpha, beta = _of_group(group)
    return Rate(cases + alpha, persons + beta)


def _of_group(group: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the gamma distribution of a group's rates: its shape, and the persons it weighs."""
    known = [(cases, persons) for cases, persons in group if persons > 0]
    if len(known) < FEWEST_OF_GROUP:
        return 0.0, 0.0
    cases, persons = np.array(known, dtype=float).T
    whole = persons.sum()
    rate = cases.sum() / whole
    if rate == 0:
        return 0.0, 0.0
    variance = (persons * (cases / persons - rate) ** 2).sum() / whole
    between = variance - rate / persons.mean()
    # Where chance alone explains how far they lie apart, the group weighs as many as it is.
    weight = min(rate / between, whole) if between > 0 else whole
    return rate * weight, weight
