"""How a share stands to a benchmark: better, similar or worse, at two levels (95 and 99.8 %).

By control limits about the benchmark for as many persons, as public health observatories do it.
"""

from __future__ import annotations

from enum import IntEnum
from statistics import NormalDist, quantiles

from dashboards.analysis.funnel import WITHIN_95, WITHIN_998
from dashboards.analysis.significance import wilson_limits

_QUARTILES = 4


class Standing(IntEnum):
    """Where a figure stands; without a polarity above stands for better, below for worse."""

    MUCH_WORSE = -2
    WORSE = -1
    SIMILAR = 0
    BETTER = 1
    MUCH_BETTER = 2


def side_of_limits(value: float, limits: tuple[float, float]) -> int:
    """Return 1 for a value above its control limits, -1 below them, else 0."""
    return 1 if value > limits[1] else -1 if value < limits[0] else 0


def share_control_limits(benchmark: float, of: float, within: float) -> tuple[float, float]:
    """Return the control limits of a share of so many about a benchmark share.

    Wilson's limits of the events that the benchmark leads one to expect.
    """
    return wilson_limits(of * benchmark, of, NormalDist().inv_cdf((1 + within) / 2))


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
