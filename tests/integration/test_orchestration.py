"""The orchestrator's definitions: what a person sees in the graph, and when things run."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from dagster_project.definitions import build_defs
from dagster_project.defs.jobs import JOB, inbox_sensor, nightly_schedule, run_tags
from dagster_project.defs.run import open_instance, run_once
from dagster_project.settings import Home
from tests.small_home import SmallHome, coordinator

MUNICIPALITIES = ["4602", "5530"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    made = SmallHome(tmp_path_factory.mktemp("orchestra") / "home")
    made.source("kinn", "koordinator").source("senja", "koordinator", kommune="5530")
    for name in ("kinn", "senja"):
        made.deliver(name, "20240131", [coordinator(f"A-{n}", n, "2021-03-05") for n in range(3)])
    return made


@pytest.fixture(scope="module")
def definitions(home: SmallHome) -> dg.Definitions:
    return build_defs(home.home)


def test_an_asset_for_each_record_type_and_each_model_grouped_by_stage(
    definitions: dg.Definitions,
) -> None:
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    landing = specs["landing/koordinator"]
    assert landing.partitions_def is not None
    assert landing.partitions_def.get_partition_keys() == MUNICIPALITIES
    groups = {spec.group_name for spec in specs.values()}
    assert {"landing", "staging", "intermediate", "marts", "publication", "reference"} <= groups
    for mart in (
        "coverage",
        "reconciliation",
        "findings",
        "coordinator_assignment",
        "individual_plan",
        "person",
    ):
        assert f"marts/{mart}" in specs
    after = {dep.asset_key.to_user_string() for dep in specs["publication/internal"].deps}
    assert "marts/coverage" in after


def test_checks_come_from_dbt_and_great_expectations(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    checks = {
        (key.asset_key.to_user_string(), key.name): graph.get(key) for key in graph.asset_check_keys
    }
    assert checks["marts/coverage", "fit_to_publish"].blocking
    assert ("landing/koordinator", "deliveries_held_back") in checks
    assert ("marts/coordinator_assignment", "one_coordinator_at_a_time") in checks
    assert len(checks) > 60


def test_landing_is_tried_again_and_publication_is_to_be_fresh(definitions: dg.Definitions) -> None:
    landing = definitions.resolve_assets_def(dg.AssetKey(["landing", "koordinator"]))
    assert landing.op.retry_policy is not None
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    assert specs["publication/internal"].freshness_policy is not None


def test_the_job_runs_every_night_for_all_municipalities() -> None:
    schedule = nightly_schedule(MUNICIPALITIES)
    assert schedule.cron_schedule == "15 2 * * *"
    request = schedule(dg.build_schedule_context())
    assert isinstance(request, dg.RunRequest)
    assert request.tags == run_tags(MUNICIPALITIES)
    assert set(run_tags(MUNICIPALITIES).values()) == set(MUNICIPALITIES)


def test_the_sensor_sees_what_is_new_and_keeps_no_names(home: SmallHome) -> None:
    sensor = inbox_sensor(home.home, MUNICIPALITIES)

    def look(cursor: str | None) -> tuple[object, str | None]:
        context = dg.build_sensor_context(cursor=cursor)
        return sensor(context), context.cursor

    request, cursor = look(None)
    assert isinstance(request, dg.RunRequest)
    assert cursor is not None
    assert "kinn" not in cursor
    again, cursor = look(cursor)
    assert isinstance(again, dg.SkipReason)
    home.deliver("kinn", "20240229", [coordinator("A-1", 1, "2021-03-05")])
    newer, _ = look(cursor)
    assert isinstance(newer, dg.RunRequest)
    (home.home.inbox / "kinn" / "kinn_20240229.csv").unlink()


def test_a_run_leaves_row_counts_that_can_be_plotted(home: SmallHome) -> None:
    report = run_once(home.home)
    assert report.published, report.failures
    with open_instance(home.home) as instance:
        of_landing = instance.fetch_materializations(
            dg.AssetKey(["landing", "koordinator"]), limit=5
        )
        rows = {
            record.partition_key: record.asset_materialization.metadata[
                "dagster/partition_row_count"
            ].value
            for record in of_landing.records
            if record.asset_materialization
        }
        assert rows == {"4602": 3, "5530": 3}
        of_mart = instance.fetch_materializations(
            dg.AssetKey(["marts", "coordinator_assignment"]), limit=1
        )
        (record,) = of_mart.records
        assert record.asset_materialization is not None
        assert record.asset_materialization.metadata["dagster/row_count"].value == 6
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.SUCCESS]
        assert instance.get_runs()[0].job_name == JOB


def test_a_home_without_sources_still_shows_its_models(tmp_path: Path) -> None:
    empty = Home(tmp_path / "home")
    empty.root.mkdir()
    empty.sources_file.write_text('home_municipality: "4602"\n', encoding="utf-8")
    specs = {spec.key.to_user_string() for spec in build_defs(empty).resolve_all_asset_specs()}
    assert "marts/coverage" in specs
