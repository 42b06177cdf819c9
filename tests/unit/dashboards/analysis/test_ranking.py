"""What is told first: only what is more than chance, the clearest first."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.provenance import CheckOutcome, Delivery
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import change, ranking, significance
from dashboards.analysis.change import Change
from dashboards.analysis.delivery_status import broken, in_use, not_passed, overdue
from dashboards.analysis.ranking import Changed, ChangedGroup, Figure, OffTarget, Reach
from dashboards.queries.development import Reading
from dashboards.queries.overview import Target

AS_OF = dt.date(2025, 12, 31)
YEAR_BEFORE = dt.date(2024, 12, 31)


def _share(numerator: int, denominator: int) -> Measured:
    return Measured(numerator, denominator, numerator / denominator, None, None)


def _figure(
    now: Measured,
    before: Measured | None = None,
    target: float | None = None,
    *,
    indicator: str = "coordinator_coverage",
    kind: Kind = Kind.SHARE,
    polarity: str = "more",
) -> Figure:
    points = (
        [Point(AS_OF, now)] if before is None else [Point(YEAR_BEFORE, before), Point(AS_OF, now)]
    )
    changed = change.in_a_year(points, AS_OF, kind)
    return Figure(
        indicator, kind, polarity, now, changed, None if target is None else Target(target, None)
    )


def _groups(**groups: tuple[Measured, Measured]) -> dict[str, Change[Reading]]:
    def readings(before: Measured, now: Measured) -> list[Reading]:
        return [
            Reading(day, each.numerator, each.denominator, each.value, None, None)
            for day, each in ((YEAR_BEFORE, before), (AS_OF, now))
        ]

    family = {name: readings(*pair) for name, pair in groups.items()}
    return change.of_family(family, AS_OF, Kind.SHARE)


@pytest.mark.parametrize(
    ("target", "polarity", "expected"),
    [
        (0.50, "more", Reach.REACHED),
        (0.70, "more", Reach.NOT_REACHED),
        (0.60, "more", Reach.OPEN),
        (0.62, "more", Reach.OPEN),
        (0.50, "less", Reach.NOT_REACHED),
        (0.70, "less", Reach.REACHED),
        (0.70, "none", Reach.UNTESTED),
    ],
)
def test_a_target_is_reached_missed_or_not_told_apart(
    target: float, polarity: str, expected: Reach
) -> None:
    assert ranking.reach(_figure(_share(600, 1000), target=target, polarity=polarity)) is expected


def test_nothing_is_said_of_a_target_where_there_is_none_or_no_test() -> None:
    assert ranking.reach(_figure(_share(600, 1000))) is None
    median = Measured(0, 50, 30.0, 10.0, 60.0)
    assert ranking.reach(_figure(median, target=5.0, kind=Kind.MEDIAN)) is Reach.UNTESTED
    assert ranking.reach(_figure(_share(0, 9), target=0.9)) is Reach.OPEN


@given(st.integers(1, 2000), st.floats(0, 1), st.floats(0.01, 0.99))
def test_the_target_is_told_apart_just_outside_wilsons_interval(
    denominator: int, part: float, target: float
) -> None:
    numerator = round(part * denominator)
    low, high = proportion_confint(numerator, denominator, method="wilson")
    apart = abs(significance.distance_to(_share(numerator, denominator), target))
    if min(abs(target - low), abs(target - high)) > 1e-6:
        assert (apart > significance.critical(0.05)) == (not low <= target <= high)


def test_of_a_target_of_everybody_one_exception_is_proof() -> None:
    assert ranking.reach(_figure(_share(49, 50), target=1.0)) is Reach.NOT_REACHED
    assert ranking.reach(_figure(_share(50, 50), target=1.0)) is Reach.OPEN


def test_the_clearest_comes_first_and_chance_is_not_told() -> None:
    rise = _figure(_share(700, 1000), _share(550, 1000))
    same = _figure(_share(600, 1000), _share(590, 1000), indicator="plan_coverage")
    missed = _figure(_share(100, 1000), target=0.6, indicator="living_plan_share")
    told = ranking.clearest([rise, same, missed], {}, 3)
    assert told == [OffTarget(missed, Target(0.6, None)), Changed((rise,))]
    assert told[0].strength > told[1].strength > 1


def test_all_that_have_changed_are_told_in_one_sentence_whatever_else_is_clearer() -> None:
    missed = [_figure(_share(10, 1000), target=0.9, indicator=f"missed_{at}") for at in range(4)]
    rise = _figure(_share(600, 1000), _share(550, 1000))
    fall = _figure(_share(400, 1000), _share(550, 1000), indicator="plan_coverage")
    told = ranking.clearest([*missed, rise, fall], {}, 3)
    assert len(told) == 3
    assert told[-1] == Changed((fall, rise))


def test_an_age_group_is_told_only_where_the_whole_did_not_go_the_same_way() -> None:
    old = (_share(90, 200), _share(20, 200))
    down = {"coordinator_coverage": _groups(old=old, older=old)}
    fall = _figure(_share(400, 1000), _share(600, 1000))
    rise = _figure(_share(600, 1000), _share(400, 1000))
    assert ranking.clearest([fall], down, 3) == [Changed((fall,))]
    told = ranking.clearest([rise], down, 3)
    assert [each.age_group for each in told if isinstance(each, ChangedGroup)] == ["old"]
    assert len(told) == 2


def test_small_groups_make_no_finding() -> None:
    few = _figure(_share(0, 9), _share(900, 1000), target=0.9)
    assert ranking.clearest([few], {"x": _groups(young=(_share(9, 9), _share(0, 9)))}, 3) == []


def _delivery(
    source: str, day: dt.date, status: str = "in_force", problem: str | None = None
) -> Delivery:
    return Delivery(
        source, None, "koordinator", f"{source}_{day}.csv", day, 10, 8, 1, 0, 1, status, problem
    )


def test_a_failed_delivery_is_broken_until_a_later_one_is_in_force() -> None:
    failed = _delivery("a", dt.date(2025, 6, 30), "failed", "empty_file")
    held = _delivery("b", dt.date(2025, 12, 31), "held", "held")
    others = [_delivery("a", AS_OF), _delivery("b", dt.date(2025, 6, 30))]
    assert broken([failed, held, *others]) == [held]
    assert broken([failed]) == [failed]
    assert broken([failed, _delivery("a", dt.date(2025, 9, 30), "repeated")]) == [failed]


def _monthly(months: int) -> list[Delivery]:
    first = dt.date(2025, 1, 1)
    return [_delivery("a", first + dt.timedelta(days=30 * month)) for month in range(months)]


def test_a_source_is_overdue_when_its_usual_interval_has_passed_by_half() -> None:
    deliveries = _monthly(5)
    last = deliveries[-1].delivered
    assert overdue(deliveries, last + dt.timedelta(days=45)) == []
    (late,) = overdue(deliveries, last + dt.timedelta(days=46))
    assert (late.source, late.last, late.usual_days, late.waited_days) == ("a", last, 30, 46)
    assert overdue(in_use(deliveries, {"a"}), last + dt.timedelta(days=400)) == []


def test_two_deliveries_are_no_habit_and_one_long_silence_does_not_make_another() -> None:
    assert overdue(_monthly(2), AS_OF) == []
    deliveries = [*_monthly(5), _delivery("a", dt.date(2025, 12, 1))]
    assert [late.usual_days for late in overdue(deliveries, dt.date(2026, 1, 20))] == [30]


def test_only_the_newest_delivery_of_a_source_is_asked_for_its_checks() -> None:
    def outcome(day: dt.date, passed: bool) -> CheckOutcome:
        return CheckOutcome("a", "f", day, "c", False, passed, None, None, None, None)

    deliveries = [_delivery("a", YEAR_BEFORE), _delivery("a", AS_OF)]
    old, new = outcome(YEAR_BEFORE, False), outcome(AS_OF, False)
    assert not_passed(deliveries, [old, new, outcome(AS_OF, True)]) == [new]
    assert not_passed(deliveries, [old]) == []
