"""The curve of those still waiting, against published figures and another program's."""

import random
from collections import Counter

import pytest
from scipy.stats import CensoredData, ecdf
from statsmodels.duration.survfunc import SurvfuncRight

from dashboards.analysis.survival import Curve, DayCount, kaplan_meier

# Freireich and others 1963, the 6-MP arm: weeks of remission, and whether it ended. The most told
# example of all; the limits are those printed for it on the log-log scale (as by Stata's `sts list`).
FREIREICH = [
    (6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1),
    (17, 0), (19, 0), (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0),
]  # fmt: skip
PUBLISHED = {
    6: (0.8571, 0.6197, 0.9516),
    7: (0.8067, 0.5631, 0.9228),
    10: (0.7529, 0.5032, 0.8894),
    13: (0.6902, 0.4316, 0.8491),
    16: (0.6275, 0.3675, 0.8049),
    22: (0.5378, 0.2678, 0.7468),
    23: (0.4482, 0.1881, 0.6801),
}


def _curve(times: list[tuple[int, int]]) -> Curve:
    """Return the curve of times and whether it happened then."""
    happened = Counter(days for days, event in times if event)
    censored = Counter(days for days, event in times if not event)
    return kaplan_meier(
        [
            DayCount(
                days,
                sum(other >= days for other, _ in times),
                happened[days],
                censored[days],
            )
            for days in sorted({days for days, _ in times})
        ]
    )


def test_the_published_example_is_repeated() -> None:
    curve = _curve(FREIREICH)
    found = {
        each.days: (round(each.share, 4), round(each.low or 0, 4), round(each.high or 0, 4))
        for each in curve.estimates[1:]
    }
    assert found == PUBLISHED
    assert curve.persons == 21


def test_the_median_is_the_day_on_which_half_is_reached_with_its_limits() -> None:
    median = _curve(FREIREICH).median(35)
    # R's survfit with log-log limits: 23, from 13; the upper limit is not reached.
    assert (median.days, median.low, median.high) == (23, 13, None)


def test_a_median_that_was_not_seen_is_none() -> None:
    assert _curve(FREIREICH).median(22).days is None
    assert _curve([(5, 1), *[(9, 0)] * 20]).median(9).days is None


def test_scipy_says_the_same_of_shares_and_limits() -> None:
    happened = [days for days, event in FREIREICH if event]
    censored = [days for days, event in FREIREICH if not event]
    remaining = ecdf(CensoredData(uncensored=happened, right=censored)).sf
    limits = remaining.confidence_interval(method="log-log")
    for estimate in _curve(FREIREICH).estimates[1:]:
        assert estimate.share == pytest.approx(remaining.evaluate(estimate.days))
        assert estimate.low == pytest.approx(limits.low.evaluate(estimate.days))
        assert estimate.high == pytest.approx(limits.high.evaluate(estimate.days))


@pytest.mark.parametrize("seed", range(5))
def test_statsmodels_says_the_same(seed: int) -> None:
    chance = random.Random(seed)
    times = [
        (1 + round(chance.expovariate(1 / 80)), int(chance.random() < 0.7)) for _ in range(200)
    ]
    # The longest is still waiting: the other program takes logarithms of what is left.
    times.append((1 + max(days for days, _ in times), 0))
    curve = _curve(times)
    other = SurvfuncRight([days for days, _ in times], [event for _, event in times])
    shares = dict(zip(other.surv_times, other.surv_prob, strict=True))
    for estimate in curve.estimates[1:]:
        assert estimate.share == pytest.approx(shares[estimate.days])
    limits = other.quantile_ci(0.5, method="cloglog")
    median = curve.median(10_000)
    assert median.days == other.quantile(0.5)
    assert (median.low, median.high) == limits


def test_a_curve_stays_where_it_is_between_the_days() -> None:
    curve = _curve(FREIREICH)
    assert curve.on(0).share == 1.0
    assert curve.on(5).share == 1.0
    assert curve.on(8) == curve.on(7)
    assert curve.on(100) == curve.on(23)


def test_who_is_still_waiting_and_followed() -> None:
    curve = _curve(FREIREICH)
    assert [curve.waiting(days) for days in (0, 6, 7, 8, 35, 36)] == [21, 21, 17, 16, 1, 0]
    assert curve.until(10) == 17
    assert curve.until(22) == 0


def test_everybody_and_nobody_have_no_limits() -> None:
    last = _curve([(3, 1), (5, 1)]).estimates[-1]
    assert (last.days, last.share, last.low, last.high) == (5, 0.0, None, None)
    assert [each.share for each in _curve([(3, 0)]).estimates] == [1.0]
    empty = kaplan_meier([])
    assert (empty.persons, empty.until(1), empty.median(9).days) == (0, 0, None)
