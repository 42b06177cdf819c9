"""What may be said of shared figures: standardised, held against a benchmark, rounded, alike."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from dagster_project.disclosure.admissible import nearest
from dagster_project.disclosure.margins import block_margins
from dashboards.analysis import benchmark, rounding, similar, standardised
from dashboards.analysis.benchmark import Standing
from dashboards.analysis.funnel import WITHIN_95, WITHIN_998
from dashboards.analysis.rounding import Rounded
from dashboards.analysis.significance import wilson
from dashboards.analysis.similar import Profile, Weights
from dashboards.analysis.standardised import Stratum
from dashboards.queries.shared import sides
from tests.support.packages import PLAN


def test_a_profile_like_the_reference_is_not_moved_by_standardising() -> None:
    strata = [Stratum(30, 60, 300, 600), Stratum(10, 40, 50, 400)]
    found = standardised.direct(strata)
    crude = wilson(40, 100)
    assert found is not None
    assert found.value == pytest.approx(crude.value, abs=1e-12)
    # Within age groups shares vary less than in all, so the interval is no wider than the crude's.
    assert crude.low is not None
    assert crude.low - 1e-12 <= found.low < found.value < found.high


def test_the_direct_share_is_weighted_by_the_persons_of_the_reference() -> None:
    # Few old here, many there: the old's low share counts for more.
    strata = [Stratum(45, 90, 1, 100), Stratum(1, 10, 1, 900)]
    found = standardised.direct(strata)
    assert found is not None
    assert found.value == pytest.approx(0.1 * 0.5 + 0.9 * 0.1, abs=1e-12)


def test_two_age_profiles_with_the_same_shares_are_the_same_when_standardised() -> None:
    reference = [(60, 120), (20, 200)]
    young = [Stratum(50, 100, *reference[0]), Stratum(2, 20, *reference[1])]
    old = [Stratum(10, 20, *reference[0]), Stratum(10, 100, *reference[1])]
    first, second = standardised.direct(young), standardised.direct(old)
    assert first is not None
    assert second is not None
    assert first.value == pytest.approx(second.value, abs=1e-12)


@pytest.mark.parametrize(
    "strata",
    [
        [Stratum(5, 50, 10, 100), Stratum(4, 50, 10, 100)],  # fewer than ten events
        [Stratum(20, 50, 10, 100), Stratum(0, 0, 10, 100)],  # nobody of an age that others have
    ],
)
def test_a_direct_share_that_rests_on_too_little_is_not_given(strata: list[Stratum]) -> None:
    assert standardised.direct(strata) is None
    assert standardised.indirect(strata) is not None


def test_the_indirect_ratio_is_observed_by_expected_with_byars_limits() -> None:
    found = standardised.indirect([Stratum(65, 100, 50, 100), Stratum(0, 100, 0, 100)])
    assert found is not None
    assert found.value == pytest.approx(65 / 50, abs=1e-12)
    # The published example of Byar's limits: 65 events give 50.1632 and 82.8491.
    assert 50 * found.low == pytest.approx(50.1632, abs=5e-5)
    assert 50 * found.high == pytest.approx(82.8491, abs=5e-5)
    assert standardised.indirect([Stratum(1, 10, 0, 100)]) is None


@pytest.mark.parametrize("events", range(10))
def test_limits_of_few_events_are_exact(events: int) -> None:
    low, high = standardised.count_limits(events)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0, rel=1e-9)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * events + 2) / 2, rel=1e-9)


_DECISIONS = {
    "Better": {Standing.BETTER, Standing.MUCH_BETTER},
    "Same": {Standing.SIMILAR},
    "Worse": {Standing.WORSE, Standing.MUCH_WORSE},
}


def test_published_benchmark_decisions_are_made_again(shared: Path) -> None:
    file = shared / "vectors" / "fingertips" / "benchmark_cases.csv"
    if not file.exists():
        pytest.skip("the published decisions are not there")
    with file.open(encoding="utf-8", newline="") as lines:
        cases = list(csv.DictReader(lines))
    # The three others are of rates, and nothing that is shared is one.
    shares = [case for case in cases if case["method"] == "spc_proportion"]
    for case in shares:
        unit, of = float(case["unit"]), float(case["denominator"])
        target, value = float(case["comparator_value"]) / unit, float(case["value"]) / unit
        for within, column in ((WITHIN_95, "expected_95"), (WITHIN_998, "expected_99_8")):
            limits = benchmark.share_control_limits(target, of, within)
            side = benchmark.side_of_limits(value, limits)
            assert benchmark.standing(side, 0, "less") in _DECISIONS[case[column]], case
    assert len(shares) == 5


@pytest.mark.parametrize("within", [WITHIN_95, WITHIN_998])
@pytest.mark.parametrize(("events", "of"), [(65, 100), (3, 20), (0, 50), (400, 5930)])
def test_control_limits_are_wilsons_of_the_expected_events(
    events: int, of: int, within: float
) -> None:
    found = benchmark.share_control_limits(events / of, of, within)
    expected = stats.binomtest(events, of).proportion_ci(within, method="wilson")
    assert found == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_five_standings_turn_round_with_the_polarity() -> None:
    assert benchmark.share_against(0.5, 1000, 0.3, "more") is Standing.MUCH_BETTER
    assert benchmark.share_against(0.5, 1000, 0.3, "less") is Standing.MUCH_WORSE
    assert benchmark.share_against(0.33, 1000, 0.3, "more") is Standing.BETTER
    assert benchmark.share_against(0.27, 1000, 0.3, "more") is Standing.WORSE
    assert benchmark.share_against(0.31, 1000, 0.3, "more") is Standing.SIMILAR
    assert benchmark.share_against(0.5, 1000, 0.0, "more") is Standing.SIMILAR


def _off(events: int, others: int, events_error: int, others_error: int) -> Rounded:
    """Return a share whose sides may be so many persons off."""
    return Rounded(
        events,
        others,
        (max(0, events - events_error), events + events_error),
        (max(0, others - others_error), others + others_error),
    )


def test_a_side_is_of_main_margins_or_of_none() -> None:
    in_a_group = {
        code: [rounding.terms(side, of_all_ages=False) for side in sides(code)]
        for code in PLAN.indicators
    }
    # With a coordinator is a main margin; those without are all less these.
    assert in_a_group["coordinator_coverage"] == [1, 2]
    assert in_a_group["plan_coverage"] == [1, 2]
    assert in_a_group["both_coverage"] == [1, 2]
    assert in_a_group["plan_without_coordinator"] == [2, 1]
    assert in_a_group["living_plan_share"] == [None, None]
    of_all = [rounding.terms(side, of_all_ages=True) for side in sides("living_plan_share")]
    assert of_all == [1, 1]


def test_the_margins_that_are_called_main_are_those_that_the_manifest_speaks_of() -> None:
    main = block_margins(PLAN.shape).main.members.reshape(-1, *PLAN.shape)
    shape = PLAN.shape[1:]
    of_one_age = {each[0].tobytes() for each in main if not each[1:].any()}
    assert {
        each.tobytes() for each in rounding._main_margins(shape, of_all_ages=False)
    } == of_one_age
    of_all = {each[0].tobytes() for each in main if (each == each[:1]).all()}
    assert {each.tobytes() for each in rounding._main_margins(shape, of_all_ages=True)} == of_all


def test_the_error_grows_with_the_root_of_what_is_added() -> None:
    assert rounding.error(1, 12, 1, 12, 3) == 3
    assert rounding.error(1, 4, 1, 12, 3) == 6
    # All but one are all less one.
    assert rounding.error(1, 11, 1, 12, 3) == pytest.approx(3 * math.sqrt(2))
    assert rounding.error(None, 1, 1, 12, 3) == math.inf
    assert rounding.limits(40, (12, 44), 6.5) == (33, 44)
    assert rounding.limits(40, (12, 44), math.inf) == (12, 44)


@pytest.mark.parametrize("base", [3, 5])
def test_the_true_count_of_a_cell_is_within_its_limits(base: int) -> None:
    """Whatever is nearest to a true count, below or above, has that count within its limits."""
    none = np.zeros((0, 1), np.int64)
    for true in range(4 * base):
        counts = np.array([true])
        near = nearest(counts, base, None, none)
        assert near is not None
        for shown in (near.below, near.above):
            low, high = rounding.cell_limits(shown.astype(np.int32), None, base)
            assert low[0] <= true <= high[0]
            # In an area: of everybody, shown so, any number may be in it.
            for part in range(true + 1):
                of_part = nearest(np.array([part]), base, shown, none)
                assert of_part is not None
                for shown_part in (of_part.below, of_part.above):
                    low, high = rounding.cell_limits(
                        shown_part.astype(np.int32), shown.astype(np.int32), base
                    )
                    assert low[0] <= part <= high[0], (true, shown, part, shown_part)


def test_the_true_share_lies_between_the_corners() -> None:
    made = random.Random(7)
    for _ in range(300):
        events, others = made.randint(0, 60), made.randint(1, 90)
        off = made.randint(0, 6), made.randint(0, 6)
        true = (
            max(0, events + made.randint(-off[0], off[0])),
            max(0, others + made.randint(-off[1], off[1])),
        )
        if not sum(true):
            continue
        shown = _off(events, others, *off)
        assert shown.lowest.value - 1e-12 <= true[0] / sum(true) <= shown.highest.value + 1e-12


def test_a_difference_that_rounding_alone_can_make_is_none() -> None:
    exact = _off(30, 30, 0, 0), _off(15, 45, 0, 0)
    assert rounding.p_value(*exact) < 0.05
    coarse = _off(30, 30, 8, 8), _off(15, 45, 8, 8)
    assert rounding.p_value(*coarse) == 1.0
    # What survives the worst corner is less sure than what was shown, and the order is indifferent.
    fine = _off(30, 30, 2, 2), _off(15, 45, 2, 2)
    assert rounding.p_value(*exact) < rounding.p_value(*fine) < 1.0
    assert rounding.p_value(*fine) == rounding.p_value(*reversed(fine))


def test_equal_figures_far_from_rounding_are_by_chance() -> None:
    same = _off(300, 300, 0, 0)
    assert rounding.p_value(same, same) == 1.0


def test_holms_correction_is_the_published_one() -> None:
    made = random.Random(3)
    for number in (1, 2, 7, 40):
        values = [made.random() ** 3 for _ in range(number)]
        expected = multipletests(values, method="holm")[1]
        assert rounding.holm(values) == pytest.approx(expected, abs=1e-12)
    assert rounding.holm([]) == []


def test_no_more_than_one_in_twenty_families_of_equals_has_a_finding() -> None:
    """Ten municipalities with one true share: rarely is any of them named, though ten are tested."""
    made = np.random.default_rng(11)
    named = 0
    families = 400
    for _ in range(families):
        drawn = made.binomial(200, 0.3, size=11)
        figures = [_off(int(events), 200 - int(events), 0, 0) for events in drawn]
        values = [rounding.p_value(each, figures[0]) for each in figures[1:]]
        named += any(rounding.is_beyond(value) for value in rounding.holm(values))
    assert named / families < 0.08


def _profiles() -> dict[str, Profile]:
    return {
        "a": Profile(10_000, (0.2, 0.5, 0.3), 0.03),
        "same_size": Profile(10_500, (0.3, 0.5, 0.2), 0.06),
        "same_age": Profile(90_000, (0.2, 0.5, 0.3), 0.06),
        "same_need": Profile(90_000, (0.3, 0.5, 0.2), 0.03),
        "far": Profile(600_000, (0.35, 0.5, 0.15), 0.09),
    }


@pytest.mark.parametrize(
    ("weights", "nearest"),
    [
        (Weights(3, 0, 0), "same_size"),
        (Weights(0, 3, 0), "same_age"),
        (Weights(0, 0, 3), "same_need"),
    ],
)
def test_what_weighs_decides_who_is_alike(weights: Weights, nearest: str) -> None:
    found = similar.nearest(_profiles(), "a", weights)
    assert found[0].municipality == nearest
    assert found[0].distance == pytest.approx(0.0, abs=0.1)
    assert [each.distance for each in found] == sorted(each.distance for each in found)
    assert len(found) == 3


def test_who_has_no_profile_has_nobody_alike() -> None:
    assert similar.nearest(_profiles(), "b", Weights()) == ()
    many = {str(at): Profile(1000 + at, (0.5, 0.5), 0.03) for at in range(100)}
    assert len(similar.nearest(many, "0", Weights())) == 15
    assert similar.nearest(many, "0", Weights())[0].municipality == "1"
