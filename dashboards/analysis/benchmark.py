"""How a figure stands to a benchmark: better, similar or worse, at two levels (95 and 99.8 %).

Three ways that public health observatories use: the figure's own interval against the benchmark,
two intervals against each other, and control limits about the benchmark for as many persons.
"""

from __future__ import annotations

import math
from enum import IntEnum
from statistics import NormalDist, quantiles

from dashboards.analysis.funnel import WITHIN_95, WITHIN_998, poisson_limits

_QUARTILES = 4


class Standing(IntEnum):
    """Where a figure stands; without a polarity above stands for better, below for worse."""

    MUCH_WORSE = -2
    WORSE = -1
    SIMILAR = 0
    BETTER = 1
    MUCH_BETTER = 2


def side(low: float, high: float, benchmark: float) -> int:
    """Return 1 where an interval lies above a benchmark, -1 below it, 0 where it holds it."""
    return 1 if low > benchmark else -1 if high < benchmark else 0


def side_of_interval(low: float, high: float, other_low: float, other_high: float) -> int:
    """Return 1 where an interval lies above another, -1 below it, 0 where they overlap."""
    return 1 if low > other_high else -1 if high < other_low else 0


def side_of_limits(value: float, limits: tuple[float, float]) -> int:
    """Return 1 for a value above its control limits, -1 below them, else 0."""
    return 1 if value > limits[1] else -1 if value < limits[0] else 0


def share_control_limits(benchmark: float, of: float, within: float) -> tuple[float, float]:
    """Return the control limits of a share of so many about a benchmark share.

    Wilson's limits of the expected events `E = n p`: (2E + z^2 -+ z sqrt(z^2 + 4E(1 - E/n))) /
    (2(n + z^2)).
    """
    z = NormalDist().inv_cdf((1 + within) / 2)
    expected = of * benchmark
    reach = z * math.sqrt(z**2 + 4 * expected * (1 - expected / of))
    return tuple((2 * expected + z**2 + sign * reach) / (2 * (of + z**2)) for sign in (-1, 1))  # type: ignore[return-value]


def rate_control_limits(
    benchmark: float, of: float, within: float, multiplier: float
) -> tuple[float, float]:
    """Return the control limits of a rate: those of the expected events as a Poisson count.

    Byar's approximation from ten expected events on, exact below.
    """
    expected = benchmark * of / multiplier
    z = NormalDist().inv_cdf((1 + within) / 2)
    if expected < 10:
        low, high = poisson_limits(round(expected), within)
    else:
        above = expected + 1
        low = expected * (1 - 1 / (9 * expected) - z / (3 * math.sqrt(expected))) ** 3
        high = above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3
    return low * multiplier / of, high * multiplier / of


def standing(side_95: int, side_998: int, polarity: str) -> Standing:
    """Return the standing of two sides, at 95 and at 99.8 %; `less` turns them round."""
    sides = side_95 if side_998 != side_95 else 2 * side_95
    return Standing(-sides if polarity == "less" else sides)


def share_against(value: float, of: int, benchmark: float, polarity: str) -> Standing:
    """Return how a share of so many stands to a benchmark share, by its control limits."""
    if not 0 < benchmark < 1 or of <= 0:
        return Standing.SIMILAR
    sides = [
        side_of_limits(value, share_control_limits(benchmark, of, within))
        for within in (WITHIN_95, WITHIN_998)
    ]
    return standing(sides[0], sides[1], polarity)


def quartiles(values: list[float]) -> tuple[float, float, float] | None:
    """Return the three quartiles of some values; None of fewer than four, which have none."""
    if len(values) < _QUARTILES:
        return None
    first, middle, third = quantiles(values, n=_QUARTILES, method="inclusive")
    return first, middle, third
