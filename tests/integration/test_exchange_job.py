"""After a publication the orchestrator shares and receives, where `sources.yml` says so."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.config.paths import Home
from dagster_project.definitions import build_defs
from dagster_project.defs import exchange
from dagster_project.sharing.reader import received
from tests.support.share_packages import KEYS, SENDER, file_name, made
from tests.support.small_home import SmallHome


def test_nothing_is_exchanged_unless_it_is_said(tmp_path: Path) -> None:
    small = SmallHome(tmp_path / "home").source("epj", "koordinator")
    defined = build_defs(small.home)
    assert exchange.JOB not in [job.name for job in defined.jobs or ()]
    assert len(defined.sensors or ()) == 2
    small.say(share=True)
    defined = build_defs(small.home)
    assert exchange.JOB in [job.name for job in defined.jobs or ()]
    (sensor,) = [each for each in defined.sensors or () if each.name == "after_publication"]
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


def test_the_job_receives_what_is_new_and_says_what_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "home"
    (root / "packages").mkdir(parents=True)
    settings = {"compare": {"packages": "packages", "keys": KEYS}}
    (root / "sources.yml").write_text(json.dumps(settings), encoding="utf-8")
    home = Home(root)
    (root / "packages" / file_name(1)).write_bytes(made(1).bytes())
    assert exchange.exchange_job(home).execute_in_process().success
    assert received(home).packages[SENDER].manifest.version == 1
    (root / "packages" / "other.zip").write_bytes(b"x")
    with pytest.raises(dg.Failure, match="no share package"):
        exchange.exchange_job(home).execute_in_process()


def test_a_home_that_only_compares_can_be_defined(tmp_path: Path) -> None:
    root = tmp_path / "home"
    root.mkdir()
    (root / "sources.yml").write_text("compare: {packages: packages}\n", encoding="utf-8")
    defined = build_defs(Home(root))
    assert dg.Definitions.validate_loadable(defined) is None
