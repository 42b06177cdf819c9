"""The trend of five yearly figures, against the answers that were published."""

import csv
import datetime as dt
import math
from collections import defaultdict
from pathlib import Path

import pytest
from statsmodels.stats.contingency_tables import Table

from dagster_project.publication.reader.reference import Kind
from dagster_project.reference import SEEDS
from dashboards.analysis import trend
from dashboards.analysis.trend import Direction, NoTrend, Obstacle, Trend
from dashboards.queries.development import Reading

MARKERS = {
    "Increasing": Direction.UP,
    "Decreasing": Direction.DOWN,
    "NoChange": Direction.NO_CHANGE,
}
# The published decision: no intervals were stored, so that "no change" is not an answer to it.
WITHOUT_INTERVALS = "next_gp65"
SERIES = [
    "open_set1",
    "open_set2",
    "next_diabetes",
    "next_mmr",
    "next_eye",
    "next_u75cancer",
]
AT = dt.date(2025, 12, 31)


@pytest.fixture(name="published", scope="module")
def _published(shared: Path) -> dict[str, dict[str, str]]:
    return {row["series"]: row for row in _rows(shared, "trend_expected")}


@pytest.fixture(name="series", scope="module")
def _series(shared: Path) -> dict[str, list[Reading]]:
    series: dict[str, list[Reading]] = defaultdict(list)
    for row in _rows(shared, "trend_series"):
        series[row["series"]].append(
            Reading(
                dt.date(int(row["year"]), 12, 31),
                int(row["count"]),
                int(row["denominator"]),
                float(row["value"]),
                float(row["lower95"]) if row["lower95"] else None,
                float(row["upper95"]) if row["upper95"] else None,
            )
        )
    return series


def _rows(shared: Path, name: str) -> list[dict[str, str]]:
    path = shared / "vectors" / "fingertips" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (Kind.SHARE, "chi2_proportion_method_recomputed"),
        (Kind.RATE, "chi2_ci_method_recomputed"),
    ],
)
def test_the_statistic_and_the_direction_are_the_published_ones(
    name: str,
    kind: Kind,
    column: str,
    published: dict[str, dict[str, str]],
    series: dict[str, list[Reading]],
) -> None:
    readings = series[name]
    found = trend.recent_trend(readings, readings[-1].date, kind, 0)
    assert isinstance(found, Trend)
    assert found.slope.chi_squared == pytest.approx(float(published[name][column]), abs=5e-6)
    assert found.slope.direction is MARKERS[published[name]["expected_marker"]]


def test_the_two_statistics_that_were_printed_are_met(
    published: dict[str, dict[str, str]], series: dict[str, list[Reading]]
) -> None:
    readings, expected = series["open_set1"], published["open_set1"]
    for kind, column in (
        (Kind.SHARE, "chi2_proportion_method_published"),
        (Kind.RATE, "chi2_ci_method_published"),
    ):
        found = trend.recent_trend(readings, readings[-1].date, kind, 0)
        assert isinstance(found, Trend)
        assert round(found.slope.chi_squared, 1) == pytest.approx(round(float(expected[column]), 1))


def test_what_could_not_be_calculated_is_not_calculated(
    series: dict[str, list[Reading]],
) -> None:
    readings = series["open_prop_set2"]
    # Five persons are few besides; here it is about the year in which they all are counted.
    many = [
        Reading(each.date, 10 * (each.numerator or 0), 10 * (each.denominator or 0), 0.5, 0.4, 0.6)
        for each in readings
    ]
    found = trend.recent_trend(many, many[-1].date, Kind.SHARE, 0)
    assert isinstance(found, NoTrend)
    assert found.obstacle is Obstacle.ALL_OR_NONE


def test_without_intervals_nothing_is_said(series: dict[str, list[Reading]]) -> None:
    readings = series[WITHOUT_INTERVALS]
    found = trend.recent_trend(readings, readings[-1].date, Kind.RATE, 0)
    assert isinstance(found, NoTrend)
    assert found.obstacle is Obstacle.NO_INTERVAL


def _share(year: int, numerator: int, denominator: int = 1000, segment: int = 0) -> Reading:
    value = numerator / denominator
    return Reading(
        dt.date(year, 12, 31), numerator, denominator, value, value - 0.03, value + 0.03, segment
    )


RISING = [_share(2021 + step, 400 + 30 * step) for step in range(5)]


def _of_shares(readings: list[Reading], looks_back_days: int = 0) -> Trend | NoTrend:
    return trend.recent_trend(readings, AT, Kind.SHARE, looks_back_days)


def _obstacle(found: Trend | NoTrend) -> Obstacle:
    assert isinstance(found, NoTrend)
    return found.obstacle


def test_the_test_of_shares_is_that_of_a_trend_in_proportions() -> None:
    found = _of_shares(RISING)
    assert isinstance(found, Trend)
    table = [[each.numerator, (each.denominator or 0) - (each.numerator or 0)] for each in RISING]
    theirs = Table(table).test_ordinal_association().zscore ** 2
    # They divide by one person fewer.
    assert found.slope.chi_squared == pytest.approx(theirs, rel=1e-3)
    assert found.slope.direction is Direction.UP


def test_a_fall_is_a_rise_looked_at_from_the_other_end() -> None:
    falling = [_share(2021 + step, 520 - 30 * step) for step in range(5)]
    up, down = _of_shares(RISING), _of_shares(falling)
    assert isinstance(up, Trend)
    assert isinstance(down, Trend)
    assert down.slope.direction is Direction.DOWN
    assert math.isclose(up.slope.chi_squared, down.slope.chi_squared)


def test_a_slope_that_one_year_decides_is_no_trend() -> None:
    jump = [_share(2021, 500), _share(2022, 490), _share(2023, 480), _share(2024, 470)]
    found = _of_shares([*jump, _share(2025, 700)])
    assert isinstance(found, Trend)
    assert found.slope.chi_squared > trend.CRITICAL
    assert found.slope.direction is Direction.NO_CHANGE


def test_a_slope_within_chance_is_no_trend() -> None:
    found = _of_shares([_share(2021 + step, 400 + 5 * step) for step in range(5)])
    assert isinstance(found, Trend)
    assert found.slope.chi_squared < trend.CRITICAL
    assert found.slope.direction is Direction.NO_CHANGE


def test_the_monthly_figures_between_the_years_do_not_count() -> None:
    months = [
        Reading(dt.date(year, 6, 30), 900, 1000, 0.9, 0.88, 0.92) for year in range(2018, 2026)
    ]
    assert _of_shares(sorted([*RISING, *months], key=lambda each: each.date)) == _of_shares(RISING)


def test_only_the_last_five_years_count() -> None:
    assert _of_shares([_share(2020, 990), *RISING]) == _of_shares(RISING)


@pytest.mark.parametrize(
    ("readings", "obstacle", "left"),
    [
        (RISING[1:], Obstacle.FEW_POINTS, 4),
        (RISING[:2] + RISING[3:], Obstacle.FEW_POINTS, 2),
        (RISING[:-1], Obstacle.FEW_POINTS, 0),
        ([], Obstacle.FEW_POINTS, 0),
        (
            [*RISING[:2], *(_share(2023 + step, 500, segment=1) for step in range(3))],
            Obstacle.BROKEN,
            3,
        ),
        ([_share(2021, 5, 9), *RISING[1:]], Obstacle.FEW_PERSONS, 5),
        ([_share(2021, 0, 50), *RISING[1:]], Obstacle.ALL_OR_NONE, 5),
        ([_share(2021, 50, 50), *RISING[1:]], Obstacle.ALL_OR_NONE, 5),
    ],
)
def test_why_there_is_no_trend(readings: list[Reading], obstacle: Obstacle, left: int) -> None:
    found = _of_shares(readings)
    assert _obstacle(found) is obstacle
    assert len(found.readings) == left


@pytest.mark.parametrize("kind", [Kind.MEDIAN, Kind.RATIO, Kind.COUNT])
def test_the_quartiles_of_a_median_are_no_interval(kind: Kind) -> None:
    found = trend.recent_trend(RISING, AT, kind, 0)
    assert _obstacle(found) is Obstacle.NO_INTERVAL


def test_what_looks_back_on_everything_overlaps_and_a_year_that_ended_earlier_does_not() -> None:
    assert _obstacle(_of_shares(RISING, 36_500)) is Obstacle.OVERLAP
    assert isinstance(_of_shares(RISING, 729), Trend)


def test_no_indicator_looks_back_on_some_years() -> None:
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as lines:
        days = {int(row["looks_back_days"]) for row in csv.DictReader(lines)}
    # More than a year that ended within the last two is taken for all there is.
    assert all(each <= 730 or each >= 36_500 for each in days)
