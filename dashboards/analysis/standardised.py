"""Shares of municipalities whose persons are of different ages, made comparable.

Direct: what the share would be if the municipality had the age profile of all compared together.
Indirect: how many events there are for each that the others' shares lead one to expect. Of few the
indirect ratio is steadier, for it needs no share of each age group.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from dashboards.analysis.funnel import WITHIN_95, poisson_limits
from dashboards.analysis.significance import wilson

# A direct share of fewer events is not shown: each age group's share is one of very few.
FEWEST_EVENTS = 10
# From here on Byar's approximation is as good as the exact limits.
_BYAR_FROM = 10


@dataclass(frozen=True)
class Stratum:
    """One age group: events among persons here, and among those of the reference."""

    events: int
    of: int
    reference_events: int
    reference_of: int


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


def direct(strata: Sequence[Stratum]) -> Estimate | None:
    """Return the directly standardised share, the reference's persons as weights.

    `v = sum(w p) / sum(w)` with the binomial variance `sum(w^2 p (1 - p) / n) / sum(w)^2`; the
    interval is Wilson's of the crude share, moved to v and scaled by the ratio of the two standard
    errors (Dobson's method, which scales Byar's limits of a rate, with the limits of a share).
    None with fewer than ten events, and where somebody of the reference is in an age group that
    nobody here is in.
    """
    weighted = [each for each in strata if each.reference_of > 0]
    weights = sum(each.reference_of for each in weighted)
    events, of = sum(each.events for each in strata), sum(each.of for each in strata)
    if events < FEWEST_EVENTS or not weights or any(each.of == 0 for each in weighted):
        return None
    value = sum(each.reference_of * each.events / each.of for each in weighted) / weights
    variance = sum(
        each.reference_of**2 * _binomial(each.events / each.of, each.of) for each in weighted
    )
    crude = wilson(events, of)
    of_crude = _binomial(crude.value, of)
    if crude.low is None or crude.high is None or of_crude <= 0:
        return None
    scale = math.sqrt(variance / weights**2 / of_crude)
    return Estimate(
        value,
        max(0.0, value + scale * (crude.low - crude.value)),
        min(1.0, value + scale * (crude.high - crude.value)),
    )


def indirect(strata: Sequence[Stratum]) -> Estimate | None:
    """Return events for each expected: `O / E` with `E = sum(n X / N)` of the reference.

    Limits of a Poisson count, Byar's from ten on and exact below, divided by E. Events of a share
    vary less than Poisson's, so the interval is rather too wide than too narrow. None where nothing
    is expected.
    """
    observed = sum(each.events for each in strata)
    expected = sum(
        each.of * each.reference_events / each.reference_of for each in strata if each.reference_of
    )
    if expected <= 0:
        return None
    low, high = count_limits(observed)
    return Estimate(observed / expected, low / expected, high / expected)


def count_limits(events: int) -> tuple[float, float]:
    """Return the 95 % limits of a Poisson count: Byar's approximation, exact below ten."""
    if events < _BYAR_FROM:
        return poisson_limits(events, WITHIN_95)
    z = NormalDist().inv_cdf((1 + WITHIN_95) / 2)
    above = events + 1
    return (
        events * (1 - 1 / (9 * events) - z / (3 * math.sqrt(events))) ** 3,
        above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3,
    )


def _binomial(share: float, of: int) -> float:
    return share * (1 - share) / of
