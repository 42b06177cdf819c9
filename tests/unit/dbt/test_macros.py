"""The macros of the models agree with the code and the libraries that define what they compute."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2
from statsmodels.stats.proportion import proportion_confint

from dagster_project.config.paths import DBT_PROJECT
from dagster_project.reference import SEEDS
from dagster_project.values import fold

# What people write in Norwegian registers, and what programs put between it.
# With signs that nobody sees, and spaces of every width.
UNSEEN = "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u3164\ufe0f\ufeff"
LETTERS = (
    UNSEEN
    + "\U000e0041\u001b\u007f\u0084\u2007\u202f\u2800\u3000\u001f\u0085abzABZæøåÆØÅäöüéèàôÄÖÜÉÈáčđŋšŧžÁČĐŊŠŦŽñ0189 /-.,()\t\n\u00a0\u0301\u030a\u2009"
)


@cache
def macro(name: str) -> Callable[..., str]:
    sources = [file.read_text(encoding="utf-8") for file in (DBT_PROJECT / "macros").glob("*.sql")]
    pure = [text for text in sources if "{% macro " + name + "(" in text]
    module: Any = jinja2.Environment(autoescape=False).from_string("\n".join(pure)).module
    return lambda *said: str(getattr(module, name)(*said))


@pytest.fixture(scope="module")
def ask() -> Callable[..., Any]:
    connection = duckdb.connect()

    def asked(expression: str, *values: Any) -> Any:
        return (connection.execute(f"select {expression}", list(values)).fetchone() or (None,))[0]

    return asked


@given(st.text(alphabet=LETTERS, max_size=30))
def test_the_models_fold_as_landing_folds(ask: Callable[..., Any], text: str) -> None:
    assert ask(macro("fold")("$1::varchar"), text) == fold(text)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_wilsons(ask: Callable[..., Any], of: tuple[int, int]) -> None:
    events, total = of
    lower, upper = proportion_confint(events, total, alpha=0.05, method="wilson")
    assert ask(macro("wilson")("$1", "$2", "-"), events, total) == pytest.approx(lower, abs=1e-9)
    assert ask(macro("wilson")("$1", "$2", "+"), events, total) == pytest.approx(upper, abs=1e-9)


def test_the_exact_limits_below_ten_are_poissons() -> None:
    with (SEEDS / "poisson_limits.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            events = int(row["events"])
            lower = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
            assert float(row["lower_95"]) == pytest.approx(lower, rel=1e-9)
            assert float(row["upper_95"]) == pytest.approx(chi2.ppf(0.975, 2 * events + 2) / 2)


@given(st.integers(10, 1_000_000))
def test_the_interval_of_a_count_is_near_poissons(ask: Callable[..., Any], events: int) -> None:
    # Byar's approximation: within a thousandth of the exact limits from ten events on.
    lower = ask(macro("byar_lower")("$1::bigint", "null"), events)
    upper = ask(macro("byar_upper")("$1::bigint", "null"), events)
    assert lower == pytest.approx(chi2.ppf(0.025, 2 * events) / 2, rel=2e-3)
    assert upper == pytest.approx(chi2.ppf(0.975, 2 * events + 2) / 2, rel=2e-3)


def completed_years(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


DAYS = st.dates(dt.date(1905, 1, 1), dt.date(2060, 12, 31))


@given(DAYS, DAYS)
def test_age_is_in_completed_years(ask: Callable[..., Any], born: dt.date, day: dt.date) -> None:
    asked = ask(macro("age_on")("$1::date", "$2::date"), born, day)
    assert asked == completed_years(born, day)


@given(DAYS, st.integers(0, 110))
def test_on_the_birthday_the_age_is_reached_and_not_the_day_before(
    ask: Callable[..., Any], born: dt.date, years: int
) -> None:
    birthday = ask(macro("birthday")("$1::date", str(years)), born)
    assert completed_years(born, birthday) == years
    assert years == 0 or completed_years(born, birthday - dt.timedelta(days=1)) == years - 1
