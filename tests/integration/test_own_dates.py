"""A day that a municipality asks for: counted as any other, and nothing else is changed by it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.content import series
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.view.state import View
from tests.support.small_home import SmallHome, coordinator, fetch, person, plan, service

ASKED = ["15.11", "2023-06-20"]
OWN_DAYS = {"2022-11-15", "2023-06-20", "2023-11-15"}
# Of what is counted on a date; the others know no reference date.
TABLES = ("coverage", "coverage_change", "unmet_need", "share_count", "waterfall", "comparability")


def _home(root: Path, **top: object) -> SmallHome:
    home = SmallHome(root, **top).source("folk", "person").source("epj", "koordinator")
    home.source("planer", "ip").source("tiltak", "tjeneste").source("moter", "mote")
    numbers = range(1, 61)
    home.deliver("folk", "20240120", [person(number) for number in numbers])
    home.deliver(
        "epj",
        "20240120",
        [
            # Half of them begin in the fortnight between the day that is asked for and the month's end.
            coordinator(
                f"K-{number}",
                number,
                f"2022-{1 + number % 10:02}-05" if number % 2 else "2023-11-20",
                koordinator_id=str(number % 7),
                til_dato="2023-11-25" if number % 5 == 0 else "",
            )
            for number in numbers
        ],
    )
    home.deliver("planer", "20240120", [plan(f"P-{n}", n, "2022-05-01") for n in numbers if n % 3])
    home.deliver(
        "tiltak",
        "20240120",
        [
            service(f"T-{n}-{area}", n, area, "2022-01-01", "2023-11-16" if n % 4 == 0 else "")
            for n in numbers
            for area in ("skole", "hjemmetjeneste")
        ],
    )
    home.deliver("moter", "20240120", "mote_id;fnr;motedato;motetype\n")
    return home


@pytest.fixture(scope="module")
def warehouses(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]:
    """The same registers, without and with days of one's own."""
    root = tmp_path_factory.mktemp("own_dates")
    return _home(root / "plain").build(), _home(root / "asked", reference_dates=ASKED).build()


def test_the_days_are_counted_and_so_named(
    warehouses: tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection],
) -> None:
    _, asked = warehouses
    found = fetch(
        asked, "select reference_date::text from intermediate.int_reference_date where is_own"
    )
    assert {day for (day,) in found} == OWN_DAYS
    figures = fetch(
        asked,
        """
        select reference_date::text, numerator from marts.coverage
        where
            indicator = 'coordinator_coverage' and age_scheme = 'standard' and age_group = 'all'
            and service_area = 'all' and reference_date between '2023-11-01' and '2023-11-30'
        order by all
        """,
    )
    assert figures == [("2023-11-15", 30), ("2023-11-30", 48)]


@pytest.mark.parametrize("table", TABLES)
def test_no_other_day_is_changed(
    warehouses: tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection], table: str
) -> None:
    plain, asked = warehouses
    query = f"select * from marts.{table} order by all"
    days = ", ".join(f"'{day}'" for day in OWN_DAYS)
    kept = f"select * from marts.{table} where reference_date not in ({days}) order by all"
    expected = fetch(plain, query)
    assert expected
    assert fetch(asked, kept) == expected


def test_breaks_and_share_packages_know_nothing_of_it(
    warehouses: tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection],
) -> None:
    plain, asked = warehouses
    breaks = "select * from marts.series_break order by all"
    assert fetch(plain, breaks) == fetch(asked, breaks)
    days = {
        day
        for (day,) in fetch(asked, "select distinct reference_date::text from marts.share_count")
    }
    assert days
    assert days.isdisjoint(OWN_DAYS)


def test_a_day_of_ones_own_is_compared_with_itself_a_year_before(
    warehouses: tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection],
) -> None:
    _, asked = warehouses
    found = fetch(
        asked,
        """
        select distinct reference_date::text, compared_on::text from marts.coverage_change
        where reference_date >= '2023-06-01' order by all
        """,
    )
    assert ("2023-11-15", "2022-11-15") in found
    assert ("2023-11-30", "2022-11-30") in found
    assert all(before not in OWN_DAYS for day, before in found if day not in OWN_DAYS)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    home = _home(tmp_path_factory.mktemp("published") / "home", reference_dates=ASKED)
    home.publish()
    return current_publication(home.home)


def _view(day: str) -> View:
    return View(Language.NB, "4602", dt.date.fromisoformat(day), "coordinator_coverage", "standard")


def test_a_series_is_of_months_unless_it_is_seen_from_such_a_day(published: Publication) -> None:
    labels = Labels(published, Texts(Language.NB))
    assert coverage.own_dates(published, "4602") == {dt.date.fromisoformat(d) for d in OWN_DAYS}
    of_months = {str(each.date) for each in series.readings(labels, _view("2023-12-31"))}
    assert of_months.isdisjoint(OWN_DAYS)
    from_the_day = {str(each.date) for each in series.readings(labels, _view("2023-11-15"))}
    assert from_the_day == of_months | OWN_DAYS
    assert coverage.day_of_series(published, "4602", dt.date(2023, 11, 15)) == dt.date(2023, 10, 31)
