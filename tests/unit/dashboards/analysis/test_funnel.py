"""The limits of funnel plots: the formulae, the published decisions, what is drawn."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import funnel
from dashboards.analysis.funnel import WITHIN_95, WITHIN_998


def _share(numerator: int, denominator: int) -> Measured:
    return Measured(numerator, denominator, numerator / denominator, None, None)


@given(st.integers(0, 5000), st.sampled_from([WITHIN_95, WITHIN_998]))
def test_poisson_limits_are_halves_of_chi_square_quantiles(events: int, within: float) -> None:
    tail = (1 - within) / 2
    low, high = funnel.poisson_limits(events, within)
    assert low == pytest.approx(chi2.ppf(tail, 2 * events) / 2 if events else 0.0, rel=1e-9)
    assert high == pytest.approx(chi2.ppf(1 - tail, 2 * events + 2) / 2, rel=1e-9)


@given(st.floats(0.01, 0.99), st.integers(1, 20_000), st.sampled_from([WITHIN_95, WITHIN_998]))
def test_limits_of_shares_are_the_normal_ones_within_nought_and_one(
    pooled: float, denominator: int, within: float
) -> None:
    reach = norm.ppf((1 + within) / 2) * math.sqrt(pooled * (1 - pooled) / denominator)
    low, high = funnel.share_limits(pooled, denominator, within)
    assert low == pytest.approx(max(0.0, pooled - reach))
    assert high == pytest.approx(min(1.0, pooled + reach))


def test_published_decisions_on_shares_are_repeated(shared: Path) -> None:
    published = shared / "vectors" / "fingertips" / "benchmark_cases.csv"
    if not published.is_file():
        pytest.skip(f"no published decisions at {published}")
    with published.open(encoding="utf-8", newline="") as lines:
        cases = [row for row in csv.DictReader(lines) if row["method"] == "spc_proportion"]
    assert len(cases) == 5
    for case in cases:
        of = int(case["denominator"])
        measured = _share(round(float(case["value"]) / 100 * of), of)
        for within, expected in (
            (WITHIN_95, case["expected_95"]),
            (WITHIN_998, case["expected_99_8"]),
        ):
            side = funnel.outside(
                measured, float(case["comparator_value"]) / 100, Kind.SHARE, within, 1
            )
            # Low is good in all of them.
            assert {1: "Worse", 0: "Same", -1: "Better"}[side] == expected


def test_a_rate_is_outside_where_its_own_interval_misses_the_group() -> None:
    # 100 per 10,000 of a group of 50 per 10,000; the limits of 100 events are 81.4 and 121.6.
    above = Measured(100, 10_000, 10.0, None, None)
    assert funnel.outside(above, 8.1, Kind.RATE, WITHIN_95, 1000) == 1
    assert funnel.outside(above, 8.2, Kind.RATE, WITHIN_95, 1000) == 0
    assert funnel.outside(above, 12.1, Kind.RATE, WITHIN_95, 1000) == 0
    assert funnel.outside(above, 12.2, Kind.RATE, WITHIN_95, 1000) == -1
    assert funnel.outside(above, 12.2, Kind.RATE, WITHIN_998, 1000) == 0


def test_the_group_is_told_both_ways() -> None:
    group = funnel.group_of([_share(10, 100), _share(450, 900)], 1)
    assert group is not None
    assert group.pooled == pytest.approx(0.46)
    assert group.mean == pytest.approx(0.30)
    assert funnel.group_of([], 1) is None
    per_thousand = funnel.group_of([Measured(10, 1000, 10.0, None, None)], 1000)
    assert per_thousand is not None
    assert per_thousand.pooled == pytest.approx(10.0)


@pytest.mark.parametrize(("kind", "multiplier"), [(Kind.SHARE, 1), (Kind.RATE, 1000)])
def test_overdispersion_is_spiegelhalters(kind: Kind, multiplier: int) -> None:
    random = np.random.default_rng(7)
    of = random.integers(200, 5000, 30)
    events = random.binomial(of, random.uniform(0.1, 0.3, 30))
    parts = [
        Measured(int(x), int(n), multiplier * x / n, None, None)
        for x, n in zip(events, of, strict=True)
    ]
    rate = events.sum() / of.sum()
    if kind is Kind.SHARE:
        error = 1 / (2 * np.sqrt(of))
        z = (np.arcsin(np.sqrt(events / of)) - np.arcsin(np.sqrt(rate))) / error
    else:
        error = 1 / (2 * np.sqrt(rate * of))
        z = (np.sqrt(events / (rate * of)) - 1) / error
    z = np.clip(z, *np.quantile(z, [0.1, 0.9]))
    ratio = (z**2).mean()
    weight = 1 / error**2
    between = (30 * ratio - 29) / (weight.sum() - (weight**2).sum() / weight.sum())
    spread = funnel.spread_of(parts, multiplier * rate, kind, multiplier)
    assert spread is not None
    assert spread.ratio == pytest.approx(ratio)
    assert spread.ratio > 1
    assert spread.between == pytest.approx(between)
    # Wider than without, and the narrower the more there are to count among, down to a floor.
    pooled = multiplier * rate
    low, high = funnel.wide_limits(pooled, 500, kind, WITHIN_95, multiplier, spread.between)
    floor = funnel.wide_limits(pooled, 1e12, kind, WITHIN_95, multiplier, spread.between)
    assert low < floor[0] < pooled < floor[1] < high
    nearly = funnel.wide_limits(pooled, 5000, kind, WITHIN_95, multiplier, 1e-12)
    assert nearly[1] == pytest.approx(
        pooled * (1 + 1.96 * np.sqrt((1 - rate * (multiplier == 1)) / (5000 * rate))), rel=0.01
    )


def test_too_few_parts_are_not_adjusted_and_alike_ones_need_none() -> None:
    assert funnel.spread_of([_share(30, 100)] * 9, 0.3, Kind.SHARE, 1) is None
    alike = funnel.spread_of([_share(30, 100)] * 10, 0.3, Kind.SHARE, 1)
    assert alike is not None
    assert alike.between == 0


@pytest.mark.parametrize("kind", [Kind.SHARE, Kind.RATE])
@pytest.mark.parametrize("within", [WITHIN_95, WITHIN_998])
def test_the_curves_are_where_the_decision_turns(kind: Kind, within: float) -> None:
    pooled, multiplier = (0.3, 1) if kind is Kind.SHARE else (12.0, 1000)
    lower, upper = funnel.limit_curves(pooled, kind, within, multiplier, 500, 50_000)
    assert len(lower) > 20
    assert len(upper) > 20
    for curve, side in ((lower, -1), (upper, 1)):
        for point in curve:
            assert 500 * 0.999 <= point.denominator <= 50_000 * 1.001
            of = round(point.denominator)
            events = point.value / multiplier * of
            inside, outside = (
                (math.floor(events), math.ceil(events) + 1)
                if side > 0
                else (math.ceil(events), math.floor(events) - 1)
            )
            if outside < 0 or inside > of:
                continue

            def decided(number: int, of: int = of) -> int:
                measured = Measured(number, of, multiplier * number / of, None, None)
                return funnel.outside(measured, pooled, kind, within, multiplier)

            assert decided(outside) == side
            assert decided(inside - side) == 0


@pytest.mark.parametrize("kind", [Kind.SHARE, Kind.RATE])
def test_where_nobody_has_any_the_limits_are_nothing(kind: Kind) -> None:
    for curve in funnel.limit_curves(0.0, kind, WITHIN_95, 1000, 500, 50_000):
        assert {point.value for point in curve} == {0.0}
        assert (curve[0].denominator, curve[-1].denominator) == pytest.approx((500, 50_000))
