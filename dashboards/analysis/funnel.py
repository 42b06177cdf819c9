"""The statistics of funnel plots: how far from the group's value chance alone takes a part of it.

Shares are held against the limits of the normal approximation about the group's value, rates
against exact Poisson limits. Where many parts lie further apart than chance, both are held against
wider limits (Spiegelhalter's additive adjustment for overdispersion). The same formulae draw and
judge: what lies outside on the picture is outside in the text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, quantiles

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind

# With fewer parts the spread between them cannot be told from chance well enough to adjust for.
FEWEST_TO_ADJUST = 10
# The two levels of the limits, as shares of chance within them: 95 and 99.8 %.
WITHIN_95 = 0.95
WITHIN_998 = 0.998
_STEPS = 80


@dataclass(frozen=True)
class Group:
    """The value of a group: of all its persons together, and the mean of its parts' own values.

    The mean gives the smallest part as much weight as the largest.
    """

    pooled: float
    mean: float


@dataclass(frozen=True)
class Spread:
    """How much parts differ beyond chance.

    `ratio` is how many times as far as chance they lie from the group (squared), `between` the
    variance between them on the transformed scale: 0 where the ratio is no more than 1.
    """

    ratio: float
    between: float


@dataclass(frozen=True)
class LimitPoint:
    """One point of a limit's curve."""

    denominator: float
    value: float


def group_of(parts: Iterable[Measured], multiplier: int) -> Group | None:
    """Return the value of a group of shares or rates, for each `multiplier` of its denominator."""
    known = list(parts)
    among = sum(part.denominator for part in known)
    if not among:
        return None
    return Group(
        pooled=multiplier * sum(part.numerator for part in known) / among,
        mean=fmean(part.value for part in known),
    )


def spread_of(
    parts: Sequence[Measured], pooled: float, kind: Kind, multiplier: int
) -> Spread | None:
    """Return how much parts differ beyond chance; None of too few to tell.

    The outer tenths count as no further out than the next: they are what is looked for.
    """
    if len(parts) < FEWEST_TO_ADJUST or pooled <= 0:
        return None
    target = _transformed(pooled, pooled, kind)
    errors = [_error(part.denominator, pooled, kind, multiplier) for part in parts]
    apart = [
        (_transformed(part.value, pooled, kind) - target) / error
        for part, error in zip(parts, errors, strict=True)
    ]
    tenths = quantiles(apart, n=10, method="inclusive")
    held = [min(tenths[-1], max(tenths[0], each)) for each in apart]
    ratio = sum(each**2 for each in held) / len(held)
    weights = [1 / error**2 for error in errors]
    whole = sum(weights)
    excess = len(held) * ratio - (len(held) - 1)
    between = excess / (whole - sum(weight**2 for weight in weights) / whole)
    return Spread(ratio, max(0.0, between) if ratio > 1 else 0.0)


def outside(
    measured: Measured,
    pooled: float,
    kind: Kind,
    within: float,
    multiplier: int,
    between: float = 0.0,
) -> int:
    """Return 1 for a value above the group's by more than chance, -1 for one below, else 0.

    `between` is the variance between the parts that the limits are widened by.
    """
    if between > 0:
        low, high = wide_limits(pooled, measured.denominator, kind, within, multiplier, between)
        return 1 if measured.value > high else -1 if measured.value < low else 0
    if kind is Kind.SHARE:
        low, high = share_limits(pooled, measured.denominator, within)
        if measured.value > high:
            return 1
        return -1 if measured.value < low else 0
    expected = pooled / multiplier * measured.denominator
    low, high = poisson_limits(measured.numerator, within)
    if expected < low:
        return 1
    return -1 if expected > high else 0


def share_limits(pooled: float, denominator: float, within: float) -> tuple[float, float]:
    """Return the limits of a share among so many: `p -+ z sqrt(p (1 - p) / n)`, from 0 to 1."""
    z = NormalDist().inv_cdf((1 + within) / 2)
    reach = z * math.sqrt(pooled * (1 - pooled) / denominator)
    return max(0.0, pooled - reach), min(1.0, pooled + reach)


def wide_limits(
    pooled: float, denominator: float, kind: Kind, within: float, multiplier: int, between: float
) -> tuple[float, float]:
    """Return the limits of a part among so many, widened by the variance between the parts."""
    z = NormalDist().inv_cdf((1 + within) / 2)
    error = _error(denominator, pooled, kind, multiplier)
    reach = z * math.sqrt(error**2 + between)
    target = _transformed(pooled, pooled, kind)
    if kind is Kind.SHARE:
        low, high = max(0.0, target - reach), min(math.pi / 2, target + reach)
        return math.sin(low) ** 2, math.sin(high) ** 2
    return pooled * max(0.0, target - reach) ** 2, pooled * (target + reach) ** 2


def limit_curves(
    pooled: float,
    kind: Kind,
    within: float,
    multiplier: int,
    smallest: float,
    largest: float,
    between: float = 0.0,
) -> tuple[Sequence[LimitPoint], Sequence[LimitPoint]]:
    """Return the lower and the upper limit as curves over the denominators."""
    if kind is Kind.SHARE or between > 0:
        growth = largest / smallest
        sizes = [smallest * growth ** (step / _STEPS) for step in range(_STEPS + 1)]
        pairs = [
            (
                size,
                wide_limits(pooled, size, kind, within, multiplier, between)
                if between > 0
                else share_limits(pooled, size, within),
            )
            for size in sizes
        ]
        return (
            [LimitPoint(size, low) for size, (low, _) in pairs],
            [LimitPoint(size, high) for size, (_, high) in pairs],
        )
    if pooled <= 0:
        # Where nobody has any, one is more than chance.
        flat = [LimitPoint(smallest, 0.0), LimitPoint(largest, 0.0)]
        return flat, flat
    per_head = pooled / multiplier
    # A part with x events lies on a limit when that of x events is what the group expects of it.
    lower, upper = (
        [
            LimitPoint(expected / per_head, multiplier * events * per_head / expected)
            for events in _events(per_head * largest)
            for expected in [poisson_limits(events, within)[end]]
            if smallest <= expected / per_head <= largest
        ]
        for end in (1, 0)
    )
    return lower, upper


def poisson_limits(events: int, within: float) -> tuple[float, float]:
    """Return the expectations between which so many events are not surprising, exactly.

    Quantiles of the gamma distribution: half of those of chi-square with 2x and 2x + 2 degrees of
    freedom.
    """
    from scipy.special import gammaincinv  # noqa: PLC0415 - few pages need it, and it loads slowly

    tail = (1 - within) / 2
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    return low, float(gammaincinv(events + 1, 1 - tail))


def _transformed(value: float, pooled: float, kind: Kind) -> float:
    """Return a value on the scale on which its variance depends on its size alone."""
    if kind is Kind.SHARE:
        return math.asin(math.sqrt(value))
    return math.sqrt(value / pooled)


def _error(denominator: float, pooled: float, kind: Kind, multiplier: int) -> float:
    """Return the standard error on that scale."""
    size = denominator if kind is Kind.SHARE else pooled / multiplier * denominator
    return 1 / (2 * math.sqrt(size))


def _events(expected: float) -> list[int]:
    """Return numbers of events that a curve up to this many is drawn through."""
    top = math.ceil(expected + 10 * math.sqrt(expected + 1) + 10)
    return sorted({round(top ** (step / _STEPS)) for step in range(_STEPS + 1)})
