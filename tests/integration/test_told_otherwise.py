"""A change of coordinator is the same, however it is told: by rows, by a form, or by both."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.persons import fnr
from tests.support.small_home import SmallHome, as_csv

BY_ROW, BY_FORM, BY_BOTH, BY_DELIVERY = "4602", "4647", "4640", "4631"
PERSONS = 25
DAY = dt.timedelta(days=1)
FIRST, LAST = "20211231", "20241231"
# What a form does not say of the new coordinator is what the service area comes from.
NOT_SAID = ("health_sector_share",)
Rows = dict[tuple[str, str], list[dict[str, Any]]]


def tell(rows: Rows, kommune: str, number: int) -> None:
    """Tell of one person whose coordinator changes on a day, in the way of the municipality."""
    who = {"fnr": fnr("1980-05-15", number)}
    # No two on one day: many that begin on one are a backlog, and forms have none.
    first = dt.date(2020, 1, 1) + number * 23 * DAY
    change = dt.date(2022, 2, 1) + (number * 7 % PERSONS) * 29 * DAY
    old, new = f"{100 + number % 4}", f"{200 + number % 5}"
    row = {"registrering_id": f"K{number}-1", **who, "rolle": "koordinator", "koordinator_id": old}
    row |= {"fra_dato": first.isoformat(), "til_dato": ""}
    after = {**row, "registrering_id": f"K{number}-2", "koordinator_id": new}
    after["fra_dato"] = change.isoformat()
    form = {"endring_id": f"E{number}", **who, "endringsdato": change.isoformat()}
    form |= {"endringstype": "skifte av koordinator"}
    form |= {"gammel_koordinator_id": old, "ny_koordinator_id": new}
    rows[f"epj_{kommune}", FIRST].append(row)
    if kommune in (BY_ROW, BY_BOTH):
        row = {**row, "til_dato": (change - DAY).isoformat()}
        rows[f"epj_{kommune}", LAST].append(after)
    if kommune == BY_DELIVERY:
        row = {**row, "koordinator_id": new}
    if kommune != BY_ROW:
        rows[f"skjema_{kommune}", LAST].append(form)
    rows[f"epj_{kommune}", LAST].append(row)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = SmallHome(tmp_path_factory.mktemp("told") / "home", municipality=BY_ROW)
    for kommune in (BY_ROW, BY_FORM, BY_BOTH, BY_DELIVERY):
        epj, forms = f"epj_{kommune}", f"skjema_{kommune}"
        rows: Rows = {(epj, FIRST): [], (epj, LAST): [], (forms, LAST): []}
        home.source(epj, "koordinator", kommune=kommune)
        for number in range(PERSONS):
            tell(rows, kommune, number)
        if rows[forms, LAST]:
            home.source(forms, "endring", kommune=kommune)
        for (source, delivery), told in rows.items():
            if told:
                home.deliver(source, delivery, as_csv(told))
    return home.build()


def figures(warehouse: duckdb.DuckDBPyConnection, kommune: str) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select reference_date, age_scheme, age_group, service_area, indicator, numerator, "
        "denominator, value from marts.coverage where municipality_code = ? "
        "and indicator not in ? and numerator is not null order by all",
        [kommune, list(NOT_SAID)],
    ).fetchall()


@pytest.mark.parametrize("kommune", [BY_FORM, BY_BOTH, BY_DELIVERY])
def test_the_figures_are_the_same(warehouse: duckdb.DuckDBPyConnection, kommune: str) -> None:
    told_by_row = figures(warehouse, BY_ROW)
    assert {row[4] for row in told_by_row} >= {"coordinator_coverage", "persons_per_coordinator"}
    changes = [row[5] for row in told_by_row if row[4] == "coordinator_changes"]
    assert max(changes) > 5
    # Forms alone bring what is asked of forms.
    mine = [row for row in figures(warehouse, kommune) if row[4] != "decline_share"]
    assert mine == [row for row in told_by_row if row[4] != "decline_share"]


def test_nothing_is_contradicted(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = dict(
        warehouse.sql(
            "select rule, count(*) from marts.findings where rule like 'form_%' "
            "or rule in ('change_by_form', 'history_overwritten') group by rule"
        ).fetchall()
    )
    assert found == {
        "change_by_form": PERSONS,
        "history_overwritten": PERSONS,
        # By the form alone nobody else knows of the new one.
        "form_unknown_coordinator": PERSONS,
    }


@contextlib.contextmanager
def built(root: Path, deliveries: list[str], numbers: list[str]) -> Any:
    home = SmallHome(root / "home").source("epj", "koordinator")
    for delivery, number in zip(deliveries, numbers, strict=True):
        row = {"registrering_id": "K1", "fnr": fnr("1980-05-15", 1), "rolle": "koordinator"}
        row |= {"koordinator_id": number, "fra_dato": "2020-01-01"}
        home.deliver("epj", delivery, as_csv([row]))
    with contextlib.closing(home.build(tests=False)) as warehouse:
        yield warehouse.sql(
            "select first_day, last_day from marts.coordinator_assignment order by 1"
        ).fetchall()


def test_a_delivery_more_does_not_change_who_was_there_before(tmp_path: Path) -> None:
    """What is delivered once more, as it is, tells nothing new of a change before or after it."""
    with built(tmp_path / "a", ["20211231", "20231231"], ["17", "18"]) as once:
        pass
    deliveries = ["20211231", "20211231_2", "20231231", "20231231_2"]
    with built(tmp_path / "b", deliveries, ["17", "17", "18", "18"]) as twice:
        pass
    assert once == twice
    assert once == [
        (dt.date(2020, 1, 1), dt.date(2023, 12, 30)),
        (dt.date(2023, 12, 31), None),
    ]
