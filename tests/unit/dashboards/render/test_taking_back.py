"""A delivery is taken back on the pages where that is allowed; elsewhere they show the command."""

from __future__ import annotations

import datetime as dt
import fcntl
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import streamlit as st
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.landing.deliveries import Manifest
from dagster_project.landing.withdrawal import LandedDelivery, landed
from dagster_project.problems import SamordnaError
from dagster_project.publication.reader.provenance import Delivery
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import PageKey
from dashboards.render import taking_back
from dashboards.render.page import Page
from dashboards.render.taking_back import can_be_taken_back, command
from dashboards.view import address
from tests.support import publication as made
from tests.support.opened_page import OpenedPage, open_page
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, as_csv, coordinator

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


HERE, THERE = "http://localhost:8501/quality", "https://tal.example.no/quality"


def opened_at(
    monkeypatch: pytest.MonkeyPatch, url: str, *, allowed: bool, public: str = ""
) -> OpenedPage:
    monkeypatch.setattr(type(st.context), "url", property(lambda _: url))
    monkeypatch.setenv(taking_back.ALLOWED, "yes" if allowed else "")
    monkeypatch.setenv(address.PUBLIC, public)
    return open_page(PageKey.QUALITY, lang="nb")


def offers(opened: OpenedPage) -> bool:
    return "take_back" in {button.key for button in opened.app.button}


@pytest.mark.usefixtures("standing_home")
def test_the_page_offers_it_where_it_is_allowed_and_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = Texts(Language.NB)
    here = opened_at(monkeypatch, HERE, allowed=True)
    assert offers(here)
    assert not here.app.code
    for allowed, url, public, why in (
        (False, HERE, "", "taking_back.not_allowed"),
        (True, THERE, "", "taking_back.not_here"),
        # Behind a proxy a reader may be told of this machine's own name.
        (True, HERE, "https://tal.example.no/", "taking_back.not_here"),
        (False, THERE, "", "taking_back.not_here"),
    ):
        opened = opened_at(monkeypatch, url, allowed=allowed, public=public)
        assert not offers(opened)
        assert len(opened.app.code) == 1
        assert texts(why) in [each.value for each in opened.app.markdown]


def test_pages_that_others_reach_are_not_served_with_it(tmp_path: Path) -> None:
    said = ["serve", "--home", str(tmp_path), "--allow-withdraw", "--address"]
    for public in ("tal.example.no", "https://tal.example.no/"):
        with pytest.raises(SamordnaError, match="nobody signs in there") as refused:
            CliRunner().invoke(app, [*said, public], catch_exceptions=False)
        assert refused.value.problem.code == "withdraw_served"


class Window:
    """The window in which a delivery is taken back, without a page around it."""

    def __init__(self, home: SmallHome) -> None:
        self.home = home
        texts = Texts(Language.NB)
        self.page = cast("Page", SimpleNamespace(texts=texts))
        self.said: dict[str, Any] = {}

    @property
    def known(self) -> list[LandedDelivery]:
        return landed(self.home.home, ["koord"])

    def press(self, monkeypatch: pytest.MonkeyPatch, chosen: LandedDelivery, why: str) -> str:
        self.said["why"] = why
        monkeypatch.setattr(st, "session_state", self.said)
        taking_back._take_back(self.page, self.home.home, chosen, "why")
        return str(self.said[taking_back._TOLD])


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Window:
    monkeypatch.setattr("getpass.getuser", lambda: "steward")
    home = SmallHome(tmp_path / "home").source("koord", "koordinator")
    home.deliver("koord", "20230630", [coordinator("A-1", 1, "2021-03-05")])
    home.deliver(
        "koord",
        "20231231",
        [coordinator("A-1", 1, "2021-03-05"), coordinator("A-2", 2, "2021-03-05")],
    )
    home.land()
    return Window(home)


def test_it_is_done_as_at_the_terminal_and_undone(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = window.known[0]
    assert (newest.label, newest.status) == ("koord_20231231.csv", "in_force")
    told = window.press(monkeypatch, newest, "for få rader")
    assert told.startswith("koord_20231231.csv er tatt tilbake.")
    assert window.said[taking_back._TURN] == 1
    taken = window.known[0]
    assert (taken.entry.key, taken.status) == (newest.entry.key, "withdrawn")
    (trace,) = taken.entry.trace
    assert (trace.by, trace.why) == ("steward (dashboards)", "for få rader")
    assert window.home.land()["koord"].landed == []
    assert [each.status for each in window.known] == ["withdrawn", "in_force"]
    assert "regnes med igjen" in window.press(monkeypatch, taken, "den var riktig")
    assert [each.status for each in window.known] == ["in_force", "in_force"]


def test_what_is_refused_changes_nothing_and_says_why(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = window.known[0]
    refused = Texts(Language.NB)
    assert window.press(monkeypatch, newest, "  ") == refused("taking_back.refused.no_reason")
    with window.home.home.lock.open("a") as run:
        fcntl.flock(run, fcntl.LOCK_EX)
        assert window.press(monkeypatch, newest, "feil") == refused("taking_back.refused.busy")
    assert window.known[0].status == "in_force"
    window.press(monkeypatch, newest, "feil")
    again = window.press(monkeypatch, newest, "feil")
    assert again == refused("taking_back.refused.changed_meanwhile")
    assert len(window.known[0].entry.trace) == 1
    window.home.home.sources_file.write_text("{", encoding="utf-8")
    told = window.press(monkeypatch, window.known[1], "feil")
    assert told == refused("taking_back.refused.otherwise")


def test_no_id_in_a_reason_is_kept(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    person = fnr("1980-01-01")
    window.press(monkeypatch, window.known[0], f"gjelder {person[:6]} {person[6:]}")
    kept = "".join(
        file.read_text(encoding="utf-8") for file in window.home.home.landing.rglob("*.json")
    )
    assert '"why": "' in kept
    assert person[:6] not in kept and person[6:] not in kept


def test_of_two_files_of_one_name_the_one_chosen_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = SmallHome(tmp_path / "home").source(
        "koord", "koordinator", delivery="incremental", path="inbox/koord/*/*.csv"
    )
    for number, folder in enumerate(("a", "b"), start=1):
        file = home.home.inbox / "koord" / folder / "koord_20231231.csv"
        file.parent.mkdir(parents=True)
        rows = [coordinator(f"A-{number}", number, "2021-03-05")]
        file.write_text(as_csv(rows), encoding="utf-8")
    home.land()
    window = Window(home)
    assert {each.entry.file for each in window.known} == {"koord_20231231.csv"}
    chosen = window.known[-1]
    window.press(monkeypatch, chosen, "feil")
    taken = [each.entry.key for each in window.known if each.status == "withdrawn"]
    assert taken == [chosen.entry.key]
