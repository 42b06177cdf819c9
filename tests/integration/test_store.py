"""What lies between a home and its workers, step by step and without a queue: a shared folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from dagster_project import definitions, parcels
from dagster_project.built import find
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import HOME, STORE, Home
from dagster_project.defs import annual_report, job, on_workers
from dagster_project.defs.instance import EVENTS, prepare
from dagster_project.defs.on_workers import OnWorkers
from dagster_project.history import Run
from dagster_project.parts import Part
from dagster_project.problems import SamordnaError
from dagster_project.run import open_home, plan_parts
from dagster_project.store import Store
from tests.support.small_home import SmallHome, coordinator


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    made = SmallHome(tmp_path_factory.mktemp("store") / "home").source("ke", "koordinator")
    made.deliver("ke", "20231231", [coordinator("K1", 1, "2022-01-01")])
    made.land()
    return made


@pytest.fixture(scope="module")
def part(home: SmallHome) -> Part:
    installation = load_installation(home.home)
    (planned,) = plan_parts(installation, open_home(installation).maskers)
    return planned


@pytest.fixture
def builder(
    home: SmallHome, part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> OnWorkers:
    """Return a builder that has handed the part out; what it builds lies below `tmp_path`."""
    (tmp_path / "worker").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "worker"))
    made = OnWorkers(address=f"file://{tmp_path}/store")
    made.hand_out(home.home, [part])
    return made


def names(builder: OnWorkers) -> list[str]:
    return [name.split("/")[0] for name in Store(builder.address).names()]


def refusal(builder: OnWorkers, part: Part) -> str:
    with pytest.raises(SamordnaError) as refused:
        builder.build(part.name, Run.begun())
    return refused.value.problem.code


@pytest.fixture
def built_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Count what is built."""
    found: list[str] = []
    make = on_workers.make

    def counting(home: Home, part: Part) -> object:
        found.append(part.name)
        return make(home, part)

    monkeypatch.setattr(on_workers, "make", counting)
    return found


def test_what_a_broken_off_run_had_built_is_not_built_again(
    home: SmallHome, part: Part, builder: OnWorkers, built_parts: list[str], tmp_path: Path
) -> None:
    builder.build(part.name, Run.begun())
    Store(builder.address).write_entry("values/run/left", 1)
    # Another run, which hands out the same; its steps are given to a worker twice.
    builder.hand_out(home.home, [part])
    assert names(builder) == ["made", "made"]
    builder.build(part.name, Run.begun())
    assert built_parts == [part.name]
    assert list((tmp_path / "worker").iterdir()) == []
    builder.bring_home(home.home, [part])
    assert names(builder) == []
    assert find(home.home, part) is not None


def test_one_that_came_damaged_is_said_and_forgotten(
    home: SmallHome, part: Part, builder: OnWorkers
) -> None:
    store = Store(builder.address)
    empty = home.home.root.parent / "empty"
    parcels.pack_made(Home(empty), empty)
    store.put(f"made/{part.name}/1.tar.zst", empty)
    store.write_entry(f"made/{part.name}.json", {"attempt": "1", "problem": None})
    with pytest.raises(SamordnaError) as lost:
        builder.bring_home(home.home, [part])
    assert lost.value.problem.code == "parts_lost"
    assert names(builder) == []


def test_one_that_ends_every_worker_is_not_begun_for_ever(part: Part, builder: OnWorkers) -> None:
    for attempt in range(3):
        Store(builder.address).write_entry(f"begun/{part.name}/{attempt}", {})
    assert refusal(builder, part) == "worker_lost_too_often"


def test_another_version_refuses_before_it_begins(
    part: Part, builder: OnWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "code_version", lambda: "of another")
    assert refusal(builder, part) == "worker_of_another_version"
    assert names(builder) == ["inputs"]


def test_what_a_killed_worker_left_on_the_disk_is_removed(
    part: Part, builder: OnWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "worker" / "samordna-part-left"
    (left / "made" / "work").mkdir(parents=True)
    (left / "inputs").mkdir()
    monkeypatch.setattr(parcels, "code_version", lambda: "of another")
    refusal(builder, part)
    assert not left.exists()


def test_a_store_that_cannot_be_used_is_said_without_what_opens_it(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder")
    with pytest.raises(SamordnaError) as unusable:
        Store(f"file://{tmp_path}/store").write_entry("a/b", 1)
    assert "SAMORDNA_STORE" in str(unusable.value)


def test_half_a_note_is_none(tmp_path: Path) -> None:
    store = Store(f"file://{tmp_path}")
    (tmp_path / "half.json").write_text('{"attempt": "1')
    assert store.read_entry("half.json") is None


def _jobs(defined: dg.Definitions) -> list[str]:
    return [each.name for each in defined.jobs or () if isinstance(each, dg.JobDefinition)]


def test_the_job_on_workers_is_there_where_a_store_is_named(
    home: SmallHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a store nothing of it is asked for.
    for name in ("celery", "dagster_celery", "s3fs"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, on_workers.__name__)
    assert _jobs(definitions.build_defs(home.home)) == [job.JOB, annual_report.JOB]
    monkeypatch.undo()
    monkeypatch.setenv(STORE, f"file://{tmp_path}")
    defined = definitions.build_defs(home.home)
    assert _jobs(defined) == [job.JOB, on_workers.JOB, annual_report.JOB]
    schedule, _ = defined.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert schedule.job_name == on_workers.JOB
    # A worker has no home.
    monkeypatch.delenv(HOME, raising=False)
    monkeypatch.chdir(tmp_path)
    assert _jobs(definitions.defs()) == [on_workers.JOB]


@pytest.mark.parametrize("before", ["", "# Written by Samor"])
def test_events_go_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    home = Home(tmp_path)
    settings = home.orchestration / "dagster.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(before)
    monkeypatch.setenv(EVENTS, "postgresql+psycopg2://")
    prepare(home)
    assert "postgres_url: {env: SAMORDNA_EVENTS}" in settings.read_text()
    # And back; what a person has written stays.
    monkeypatch.delenv(EVENTS)
    prepare(home)
    assert "postgres" not in settings.read_text()
    assert "ConsolidatedSqliteEventLogStorage" in settings.read_text()
    own = "storage:\n  postgres: {postgres_url: {env: OWN}}\n"
    settings.write_text(own)
    prepare(home)
    assert settings.read_text() == own
