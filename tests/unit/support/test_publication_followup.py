"""The made-up meetings and notices that pages are tested with are like the real ones."""

from __future__ import annotations

import csv

import pytest
import yaml

from dagster_project.config.paths import DBT_PROJECT, Home
from dagster_project.publication.reader.publication import (
    Publication,
    Table,
    ask,
    current_publication,
)
from dagster_project.publication.tables import INTERNAL
from dagster_project.reference import SEEDS
from tests.support.publication import standing_home

MODELS = {
    name: yaml.safe_load(
        (DBT_PROJECT / "models/marts" / f"{name}.yml").read_text(encoding="utf-8")
    )["models"][0]
    for name in (
        "meeting_count",
        "meeting_form_count",
        "meeting_participation",
        "notice_flow",
        "notice_sender",
        "notice_survival",
    )
}
ENDS = ("awaiting_assessment", "awaiting_coordinator", "closed", "met", "without_meeting")


@pytest.fixture(name="published")
def _published() -> Publication:
    return current_publication(Home(standing_home()))


@pytest.mark.parametrize("name", MODELS)
def test_a_table_has_the_columns_and_types_of_its_model(published: Publication, name: str) -> None:
    assert name in INTERNAL
    assert Table(name) == name
    rows = ask(published, f"describe from read_parquet(${name})")
    types = {"VARCHAR": "text"}
    columns = [(row[0], types.get(row[1], row[1].lower())) for row in rows]
    assert columns == [(each["name"], each["data_type"]) for each in MODELS[name]["columns"]]


@pytest.mark.parametrize("name", MODELS)
def test_its_rows_are_told_apart_and_hold_known_codes(published: Publication, name: str) -> None:
    key = next(
        test["unique_together"]["arguments"]["columns"]
        for test in MODELS[name]["data_tests"]
        if "unique_together" in test
    )
    ((rows, keys),) = ask(
        published, f"select count(*), count(distinct ({', '.join(key)})) from read_parquet(${name})"
    )
    assert rows == keys > 0
    for column in MODELS[name]["columns"]:
        for test in column.get("data_tests", ()):
            known = test["accepted_values"]["arguments"]["values"]
            found = ask(published, f"select distinct {column['name']} from read_parquet(${name})")
            assert {value for (value,) in found} <= set(known)


def test_every_code_that_a_model_knows_has_a_name() -> None:
    with (SEEDS / "code_names.csv").open(encoding="utf-8", newline="") as lines:
        named = {(row["field"], row["code"]) for row in csv.DictReader(lines)}
    with (SEEDS / "service_areas.csv").open(encoding="utf-8", newline="") as lines:
        named |= {("participant", row["service_area"]) for row in csv.DictReader(lines)}
    known = {
        (
            {"step": "notice_step", "outcome": "notice_step"}.get(column["name"], column["name"]),
            code,
        )
        for model in MODELS.values()
        for column in model["columns"]
        for test in column.get("data_tests", ())
        for code in test["accepted_values"]["arguments"]["values"]
    }
    assert known == named


def test_as_many_notices_leave_a_step_as_come_to_it(published: Publication) -> None:
    query = """
        select municipality_code, reference_date, {0}, sum(notices)
        from read_parquet($notice_flow)
        where not list_contains($left_out, {0})
        group by all
    """
    into = ask(published, query.format("outcome"), left_out=ENDS)
    out_of = ask(published, query.format("step"), left_out=["received"])
    assert sorted(into) == sorted(out_of)


def test_who_is_at_risk_has_not_been_appointed_or_censored_before(published: Publication) -> None:
    wrong = ask(
        published,
        """
        select *
        from (
            select *, lead(at_risk, 1, 0) over (
                partition by municipality_code, reference_date order by days
            ) as following
            from read_parquet($notice_survival)
        )
        where at_risk - appointed - censored <> following
        """,
    )
    assert wrong == []
