"""A scenario is changed in the form of the budget: what is written is kept, and stands there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dagster_project.config.paths import Home
from dagster_project.planning.scenario import read_scenario
from dashboards.pages import PageKey
from tests.support import publication as made
from tests.support.opened_page import OpenedPage, open_page
from tests.support.publication import MIDDLE

_YEARS = "first_year", "last_year"


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made.publish(tmp_path)
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    return Home(tmp_path)


def _open(**address: str) -> OpenedPage:
    return open_page(PageKey.BUDGET, lang="nb", municipality=MIDDLE, **address)


def _key(app: AppTest, begins: str) -> str:
    """Return the key of the one field whose key begins so; what follows tells forms apart."""
    fields = [*app.number_input, *app.text_input, *app.text_area]
    (key,) = [each.key for each in fields if (each.key or "").rpartition("_")[0] == begins]
    return str(key)


def _target(app: AppTest, age: str) -> str:
    (key,) = [
        each.key
        for each in app.number_input
        if (each.key or "").startswith("target_age_") and str(each.key).endswith(f"_{age}")
    ]
    return str(key)


def _save(page: OpenedPage) -> OpenedPage:
    next(each for each in page.app.button if each.label.startswith("Lagre og regn ut")).click()
    return page.run()


def _kept(home: Home, file: str) -> Callable[[], str]:
    return lambda: (home.scenarios / MIDDLE / file).read_text(encoding="utf-8")


def test_what_is_written_is_kept_and_stands_in_the_fields(home: Home) -> None:
    page = _open()
    app = page.app
    app.text_input(key=_key(app, "name")).set_value("Mot målet")
    app.number_input(key=_target(app, "0-17")).set_value(62.5)
    app.number_input(key=_key(app, "persons_per_coordinator_middle")).set_value(4.0)
    app.text_input(key=_key(app, "persons_per_coordinator_source")).set_value("Egen telling")
    _save(page)
    assert "mot-malet.yml" in page.app.info[0].value
    assert page.address("scenario") == ["mot-malet.yml"]
    kept = read_scenario(_kept(home, "mot-malet.yml")())
    assert kept.target.by_age["0-17"] == 0.625
    estimate = kept.assumptions["persons_per_coordinator"]
    assert (estimate.low, estimate.middle, estimate.high) == (4, 4, 4)
    assert estimate.source == "Egen telling"
    # One number is all three: the fields say so, and so does the table of the page.
    for end in ("low", "middle", "high"):
        assert page.app.number_input(key=_key(app, f"persons_per_coordinator_{end}")).value == 4
    assert "Egen telling" in page.html


def test_the_same_fields_are_written_in_again(home: Home) -> None:
    page = _open()
    app = page.app
    app.text_input(key=_key(app, "name")).set_value("Plan")
    before = _target(app, "18-49")
    for share in (30.0, 45.0):
        app.number_input(key=_target(app, "18-49")).set_value(share)
        _save(page)
        assert read_scenario(_kept(home, "plan.yml")()).target.by_age["18-49"] == share / 100
        assert _target(app, "18-49") == before, "some hundred fields would be drawn anew"


def test_another_scenario_has_fields_of_its_own(home: Home) -> None:
    page = _open()
    app = page.app
    for name, share in (("En", 20.0), ("To", 80.0)):
        app.text_input(key=_key(app, "name")).set_value(name)
        app.number_input(key=_target(app, "67-79")).set_value(share)
        _save(page)
    other = _open(scenario="en.yml").app
    assert other.number_input(key=_target(other, "67-79")).value == 20
    page.choose("scenario", "en.yml")
    assert app.number_input(key=_target(app, "67-79")).value == 20
    page.choose("scenario", "to.yml")
    assert app.number_input(key=_target(app, "67-79")).value == 80


def test_what_cannot_be_is_said_and_nothing_is_kept(home: Home) -> None:
    page = _open()
    app = page.app
    app.text_input(key=_key(app, "name")).set_value("Bakvendt")
    for which, year in zip(_YEARS, (2030, 2027), strict=True):
        app.number_input(key=_key(app, which)).set_value(year)
    _save(page)
    assert len(page.app.error) == 1
    assert not (home.scenarios / MIDDLE / "bakvendt.yml").exists()
    # What was written stands there still, to be mended.
    assert app.number_input(key=_key(app, "first_year")).value == 2030
    app.number_input(key=_key(app, "first_year")).set_value(2026)
    _save(page)
    assert not page.app.error
    assert read_scenario(_kept(home, "bakvendt.yml")()).first_year == 2026


def test_a_field_that_is_emptied_stands_as_proposed(home: Home) -> None:
    page = _open()
    app = page.app
    app.text_input(key=_key(app, "name")).set_value("Plan")
    ends = [_key(app, f"hours_per_post_{end}") for end in ("low", "middle", "high")]
    app.number_input(key=ends[1]).set_value(1500.0)
    _save(page)
    assert "hours_per_post" in read_scenario(_kept(home, "plan.yml")()).assumptions
    for end in ends:
        app.number_input(key=end).set_value(None)
    _save(page)
    assert "hours_per_post" not in read_scenario(_kept(home, "plan.yml")()).assumptions
