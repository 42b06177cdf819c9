"""The orchestrator's definitions: what a person sees in the graph, and when things run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from dagster_project import cli
from dagster_project.config import installation
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.definitions import build_defs
from dagster_project.defs.instance import prepare, tidy
from dagster_project.defs.job import JOB
from dagster_project.defs.jobs import inbox_sensor, nightly_schedule, terminal_sensor
from dagster_project.landing.land import Lander
from dagster_project.pointer import current_folder
from dagster_project.register.database import open_register
from dagster_project.register.issues import issues_of
from dagster_project.run import run_once
from tests.support.small_home import SmallHome, coordinator

MUNICIPALITIES = ["4602", "5530"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    made = SmallHome(tmp_path_factory.mktemp("orchestra") / "home")
    # Senja by a number of before: the partitions are those of today.
    made.source("kinn", "koordinator").source("senja", "koordinator", kommune="1931")
    for name in ("kinn", "senja"):
        made.deliver(name, "20240131", [coordinator(f"A-{n}", n, "2021-03-05") for n in range(3)])
    return made


@pytest.fixture
def instance(home: SmallHome, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    folder = prepare(home.home)
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    with dg.DagsterInstance.from_config(str(folder)) as opened:
        yield opened


@pytest.fixture(scope="module")
def definitions(home: SmallHome) -> dg.Definitions:
    return build_defs(home.home)


def test_an_asset_for_each_record_type_and_each_model_grouped_by_stage(
    definitions: dg.Definitions,
) -> None:
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    groups = {spec.group_name for spec in specs.values()}
    assert {"landing", "staging", "intermediate", "marts", "publication", "reference"} <= groups
    for name in ("landing/koordinator", "marts/coverage", "marts/findings", "marts/person"):
        partitions = specs[name].partitions_def
        assert partitions is not None
        assert partitions.get_partition_keys() == MUNICIPALITIES
    after = {dep.asset_key.to_user_string() for dep in specs["publication/internal"].deps}
    assert "marts/coverage" in after
    assert specs["publication/internal"].freshness_policy is not None
    of_row = {
        dep.asset_key.to_user_string() for dep in specs["intermediate/int_coordinator__row"].deps
    }
    assert "staging/stg_coordinator" in of_row


def test_checks_are_of_deliveries_of_models_and_of_what_goes_out(
    definitions: dg.Definitions,
) -> None:
    checks = {
        (key.asset_key.to_user_string(), key.name)
        for key in definitions.resolve_asset_graph().asset_check_keys
    }
    assert checks == {
        ("landing/koordinator", "deliveries_read"),
        ("landing/koordinator", "deliveries_held_back"),
        ("marts/coverage", "models_hold"),
        ("marts/coverage", "fit_to_publish"),
    }


def test_the_job_runs_every_night() -> None:
    schedule = nightly_schedule(JOB)
    assert (schedule.cron_schedule, schedule.job_name) == ("15 2 * * *", JOB)
    assert schedule.execution_timezone == "Europe/Oslo"


def test_the_sensor_sees_what_is_new_and_keeps_no_names(home: SmallHome) -> None:
    sensor = inbox_sensor(home.home, JOB)

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


def _rows(instance: dg.DagsterInstance, *key: str) -> dict[str | None, object]:
    """Return the newest number of rows of an asset, for each municipality."""
    found = instance.fetch_materializations(dg.AssetKey(list(key)), limit=50, ascending=True)
    return {
        record.partition_key: record.asset_materialization.metadata[
            "dagster/partition_row_count"
        ].value
        for record in found.records
        if record.asset_materialization
    }


def _times(instance: dg.DagsterInstance, *key: str) -> Counter[str | None]:
    found = instance.fetch_materializations(dg.AssetKey(list(key)), limit=50)
    return Counter(record.partition_key for record in found.records)


def _run(home: SmallHome, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = build_defs(home.home).resolve_job_def(JOB)
    return job.execute_in_process(instance=instance, raise_on_error=False)


def test_the_job_publishes_and_shows_what_changed_of_whom(
    home: SmallHome, instance: dg.DagsterInstance
) -> None:
    assert _run(home, instance).success
    first = current_folder(home.home)
    assert first is not None
    assert _rows(instance, "landing", "koordinator") == {"4602": 3, "5530": 3}
    assert _rows(instance, "marts", "coordinator_assignment") == {"4602": 3, "5530": 3}
    # What somebody should correct is followed from here on: nobody is in a register of persons.
    register = open_register(home.home)
    assert {code: len(issues_of(register, code)) for code in MUNICIPALITIES} == {
        "4602": 3,
        "5530": 3,
    }
    # Nothing is new: nothing is built, and the publication is confirmed.
    assert _run(home, instance).success
    assert current_folder(home.home) == first
    assert _times(instance, "marts", "coverage") == {"4602": 1, "5530": 1}
    assert _times(instance, "publication", "internal") == {None: 2}
    # One municipality delivers: it alone is built.
    home.deliver("senja", "20240229", [coordinator(f"A-{n}", n, "2021-03-05") for n in range(5)])
    assert _run(home, instance).success
    assert _times(instance, "marts", "coverage") == {"4602": 1, "5530": 2}
    assert _rows(instance, "marts", "coordinator_assignment") == {"4602": 3, "5530": 5}


def test_a_run_at_the_terminal_is_shown_once(home: SmallHome, instance: dg.DagsterInstance) -> None:
    sensor = terminal_sensor(home.home)

    def look(cursor: str | None) -> tuple[list[object], str | None]:
        with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
            told = sensor(context)
        assert isinstance(told, dg.SensorResult)
        return list(told.asset_events), told.cursor

    _, cursor = look(None)
    home.deliver("kinn", "20240229", [coordinator(f"A-{n}", n, "2021-03-05") for n in range(4)])
    assert run_once(load_installation(home.home)).published
    events, cursor = look(cursor)
    made = {
        (event.asset_key.to_user_string(), event.partition): event.metadata
        for event in events
        if isinstance(event, dg.AssetMaterialization)
    }
    assert {code for _, code in made} == {"4602", None}
    assert made["marts/coverage", "4602"]["seconds"].value > 0
    assert made["landing/koordinator", "4602"]["dagster/partition_row_count"].value == 3 + 4
    checked = {
        (event.check_name, event.metadata["municipalities"].value, event.passed)
        for event in events
        if isinstance(event, dg.AssetCheckEvaluation)
    }
    assert ("fit_to_publish", "4602", True) in checked
    assert ("models_hold", "4602", True) in checked
    # What found nothing new is one event: that it looked.
    assert run_once(load_installation(home.home)).published
    events, cursor = look(cursor)
    assert [str(event.asset_key.path) for event in events] == ["['publication', 'internal']"]  # type: ignore[attr-defined]
    assert look(cursor)[0] == []


def test_a_killed_run_is_closed_and_the_oldest_are_forgotten(
    home: SmallHome, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = build_defs(home.home).resolve_job_def(JOB)
    killed = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    tidy(home.home, instance)
    found = instance.get_run_by_id(killed.run_id)
    assert found is not None
    assert found.status == dg.DagsterRunStatus.FAILURE
    monkeypatch.setattr("dagster_project.defs.instance._RUNS_KEPT", 2)
    newest = [run.run_id for run in instance.get_runs(limit=2)]
    tidy(home.home, instance)
    assert [run.run_id for run in instance.get_runs()] == newest


def test_a_home_without_sources_still_shows_its_models(tmp_path: Path) -> None:
    empty = Home(tmp_path / "home")
    empty.root.mkdir()
    empty.sources_file.write_text('home_municipality: "4602"\n', encoding="utf-8")
    specs = {spec.key.to_user_string() for spec in build_defs(empty).resolve_all_asset_specs()}
    assert "marts/coverage" in specs


class Counted:
    """Counts how often something is called that goes on doing what it does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        self.times = 0
        called = getattr(owner, name)

        def count(*args: object, **kwargs: object) -> object:
            self.times += 1
            return called(*args, **kwargs)

        monkeypatch.setattr(owner, name, count)


def test_a_run_loads_its_settings_and_builds_the_lander_once(
    home: SmallHome, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.deliver("kinn", "20240331", [coordinator(f"A-{n}", n, "2021-03-05") for n in range(5)])
    job = build_defs(home.home).resolve_job_def(JOB)
    read = Counted(monkeypatch, installation, "_settings_text")
    built = Counted(monkeypatch, Lander, "__init__")
    assert job.execute_in_process(instance=instance).success
    assert (read.times, built.times) == (1, 1)
    cli.run(home.home.root)
    assert (read.times, built.times) == (2, 2)
