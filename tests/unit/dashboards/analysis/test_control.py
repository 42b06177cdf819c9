"""The control chart: its limits and the rules that find a signal."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.analysis import control
from dashboards.analysis.control import Signal, Stretch, control_chart
from dashboards.queries.development import Reading

LAST = dt.date(2025, 12, 31)


def _signals(values: list[float]) -> list[tuple[Signal, int, int]]:
    return [(each.signal, each.first, each.last) for each in control_chart(values).stretches]


def _runs(values: list[float]) -> list[tuple[Signal, int, int]]:
    outside = (Signal.OVER, Signal.UNDER)
    return [found for found in _signals(values) if found[0] not in outside]


def test_the_limits_are_the_mean_and_two_point_six_six_mean_steps() -> None:
    chart = control_chart([10, 12, 9, 13])
    assert chart.mean == 11
    assert chart.upper == pytest.approx(11 + 2.66 * 3)
    assert chart.lower == pytest.approx(11 - 2.66 * 3)


def test_one_event_is_never_unusual_however_seldom_it_happens() -> None:
    seldom = [0.0] * 20 + [1.0] + [0.0] * 20
    assert (Signal.OVER, 20, 20) in _signals(seldom)
    assert control_chart(seldom, one_event=1.0).upper >= 1
    assert control_chart(seldom, one_event=1.0).marked == ()
    assert control_chart([*seldom, 3.0], one_event=1.0).marked == (41,)


def test_a_stock_that_moves_slowly_signals_in_its_levels_and_not_in_its_changes() -> None:
    # Up and down, half a point a month, for six years.
    stock = [25 + 5 * math.sin(month / 12) + 0.3 * (-1) ** month for month in range(72)]
    assert len(control_chart(stock).marked) > 36
    assert len(control_chart(control.changes(stock)).marked) < 4
    jump = [*stock, stock[-1] + 8]
    assert control_chart(control.changes(jump)).marked[-1] == 71


def test_a_signal_is_news_only_of_late_and_where_there_are_few() -> None:
    usual = [0.0, 1.0] * 15
    assert control_chart([*usual, 9.0, 0.0]).is_news
    assert not control_chart([9.0, *usual]).is_news
    assert not control_chart(usual).is_news
    # A mark in every fifth month is no news, of late or not.
    assert not control_chart([0.0, 0.1, 0.0, 0.1, 9.0] * 8).is_news


def test_a_figure_outside_the_limits_is_a_signal() -> None:
    steady = [10.0, 11.0] * 10
    assert _signals(steady) == []
    assert (Signal.OVER, 20, 20) in _signals([*steady, 18])
    assert (Signal.UNDER, 20, 20) in _signals([*steady, 2])


def test_eight_in_a_row_on_one_side_of_the_mean_are_a_signal_and_seven_are_not() -> None:
    # Up and down on each side, so that nothing rises or falls for long.
    low, high = [1.0, 2.0, 1.0, 2.0], [5.0, 6.0, 5.0, 6.0]
    assert _runs([*low * 2, *high * 2]) == [
        (Signal.BELOW_MEAN, 0, 7),
        (Signal.ABOVE_MEAN, 8, 15),
    ]
    assert _runs([*low[:3], *low, *high, *high[:3]]) == []


def test_a_figure_on_the_mean_ends_a_run() -> None:
    values = [1.0, 3.0, 1.0, 3.0, 4.0, 1.0, 3.0, 1.0, 3.0, 7.0, 5.0, 7.0, 5.0, 7.0, 5.0, 7.0, 5.0]
    assert sum(values) / len(values) == 4.0
    assert _runs(values) == [(Signal.ABOVE_MEAN, 9, 16)]


@pytest.mark.parametrize(("figures", "is_signal"), [(5, False), (6, True), (7, True)])
def test_six_in_a_row_that_rise_or_fall_are_a_signal(figures: int, is_signal: bool) -> None:
    rising = [float(step) for step in range(figures)]
    # Long enough beside them that no other rule is met.
    values = [3.0, 2.0, 3.0, 2.0, 3.0, *rising]
    found = [each for each in _runs(values) if each[0] in (Signal.RISING, Signal.FALLING)]
    assert found == ([(Signal.RISING, 5, 4 + figures)] if is_signal else [])
    mirrored = {signal for signal, _, _ in _runs([-value for value in values])}
    assert (Signal.FALLING in mirrored) is is_signal


def test_the_same_figure_again_neither_rises_nor_falls() -> None:
    assert _runs([1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 1.0]) == []


@given(st.floats(0.001, 1000), st.integers(12, 90))
def test_figures_that_are_all_the_same_give_no_signal(value: float, months: int) -> None:
    assert _signals([value] * months) == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_the_chart_of_the_mirrored_figures_is_the_mirrored_chart(values: list[float]) -> None:
    chart, mirrored = control_chart(values), control_chart([-value for value in values])
    assert math.isclose(chart.mean, -mirrored.mean, abs_tol=1e-9)
    assert math.isclose(chart.upper, -mirrored.lower, abs_tol=1e-6)
    opposite = {
        Signal.OVER: Signal.UNDER,
        Signal.ABOVE_MEAN: Signal.BELOW_MEAN,
        Signal.RISING: Signal.FALLING,
    }
    both_ways = opposite | {other: one for one, other in opposite.items()}
    turned = {Stretch(both_ways[each.signal], each.first, each.last) for each in chart.stretches}
    assert turned == set(mirrored.stretches)


def test_the_gravest_signal_of_a_figure_comes_first() -> None:
    values = [*[10.0, 11.0] * 10, *[20.0, 21.0] * 4]
    chart = control_chart(values)
    assert chart.signals_at(27)[0] is Signal.OVER
    assert Signal.ABOVE_MEAN in chart.signals_at(27)
    assert chart.signals_at(0)[0] is Signal.BELOW_MEAN


def _months(number: int, *, denominator: int | None = 100, segment: int = 0) -> list[Reading]:
    days = [LAST]
    for _ in range(number - 1):
        days.append(days[-1].replace(day=1) - dt.timedelta(days=1))
    return [Reading(day, 50, denominator, 0.5, 0.4, 0.6, segment) for day in reversed(days)]


def test_the_months_end_at_the_date_that_is_looked_at() -> None:
    months = _months(24)
    assert list(control.running(months, LAST)) == months
    assert list(control.running(months, months[11].date)) == months[:12]
    assert control.running(months[:-1], LAST) == ()
    assert control.running([], LAST) == ()


def test_the_months_begin_after_a_break_a_gap_and_a_month_of_few_persons() -> None:
    months = _months(24)
    broken = [*_months(24, segment=1)[:10], *months[10:]]
    assert list(control.running(broken, LAST)) == months[10:]
    assert list(control.running([*months[:5], *months[6:]], LAST)) == months[6:]
    few = [*months[:7], *_months(24, denominator=9)[7:8], *months[8:]]
    assert list(control.running(few, LAST)) == months[8:]
    assert control.running([*months[:-1], *_months(1, denominator=9)], LAST) == ()


def test_a_count_has_no_denominator_to_be_small() -> None:
    months = _months(13, denominator=None)
    assert list(control.running(months, LAST)) == months
