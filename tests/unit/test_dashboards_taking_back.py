"""The pages show the command that takes a delivery back, and it is one that works."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.landing.deliveries import Manifest
from dashboards.pages import PageKey
from dashboards.queries.provenance import Delivery
from dashboards.taking_back import can_be_taken_back, command
from tests import publication as made
from tests.opened_page import open_page
from tests.small_home import SmallHome, coordinator

GOOD = Delivery(
    source="koord",
    system="",
    record="koordinator",
    delivery="liste 20231231 (1).csv",
    delivered=dt.date(2023, 12, 31),
    rows_read=2,
    rows_counted=2,
    rows_superseded=0,
    rows_duplicate=0,
    rows_quarantined=0,
    status="in_force",
    problem=None,
)


@pytest.fixture
def standing_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = made.standing_home()
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    yield home


@pytest.mark.parametrize("page", [PageKey.REGISTRATION, PageKey.QUALITY])
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.usefixtures("standing_home")
def test_the_page_shows_the_command(page: PageKey, language: str) -> None:
    opened = open_page(page, lang=language)
    (shown,) = opened.app.code
    (choice,) = [box for box in opened.app.selectbox if box.key == "taking_back"]
    assert shown.value.startswith("samordna withdraw ")
    assert choice.label == ("Delivery" if language == "en" else "Leveranse")
    assert not opened.app.exception


def test_what_was_read_and_not_used_cannot_be_taken_back() -> None:
    states = ["in_force", "held", "failed", "repeated", "replaced", "withdrawn"]
    known = [replace(GOOD, status=status) for status in states]
    assert [each.status for each in can_be_taken_back(known)] == ["in_force", "held", "withdrawn"]


def test_the_command_shown_takes_the_delivery_back_and_puts_it_back(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("koord", "koordinator")
    rows = [coordinator("A-1", 1, "2021-03-05"), coordinator("A-2", 2, "2021-03-05")]
    path = home.deliver("koord", "20231231", rows)
    path.rename(path.with_name(GOOD.delivery))
    home.land()
    manifest = Manifest(home.home, home.source_named("koord"))
    for shown, counting in ((GOOD, 0), (replace(GOOD, status="withdrawn"), 1)):
        said = shlex.split(command(shown))[1:]
        done = CliRunner().invoke(app, [*said, "--home", str(home.home.root)])
        assert done.exit_code == 0, done.output
        assert len(manifest.in_force()) == counting
