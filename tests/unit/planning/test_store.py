"""Scenarios are files of the home: kept, read back, mended by hand, dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.planning import store
from dagster_project.planning.scenario import Scenario, ScenarioError
from dagster_project.planning.store import drop_scenario, keep_scenario, kept_scenarios
from tests.support.persons import fnr


def scenario(name: str = "Vedtatt mål", **said: object) -> Scenario:
    content = {"name": name, "municipality": "4602", "first_year": 2027, "last_year": 2030}
    return Scenario.model_validate(content | said)


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    kept = [keep_scenario(home, scenario(name)) for name in ("Vedtatt mål", "Ønsket mål, høyt")]
    assert kept == ["vedtatt-mal.yml", "onsket-mal-hoyt.yml"]
    assert [each.scenario.name for each in kept_scenarios(home, "4602") if each.scenario] == [
        "Ønsket mål, høyt",
        "Vedtatt mål",
    ]
    assert kept_scenarios(home, "5006") == ()


def test_one_of_the_same_name_takes_its_place(tmp_path: Path) -> None:
    home = Home(tmp_path)
    keep_scenario(home, scenario())
    keep_scenario(home, scenario(last_year=2029))
    (kept,) = kept_scenarios(home, "4602")
    assert kept.scenario == scenario(last_year=2029)


def test_one_mended_by_hand_is_used_as_it_is_now(tmp_path: Path) -> None:
    home = Home(tmp_path)
    file = home.scenarios / "4602" / keep_scenario(home, scenario())
    file.write_text(file.read_text(encoding="utf-8").replace("2030", "2031"), encoding="utf-8")
    (kept,) = kept_scenarios(home, "4602")
    assert kept.scenario == scenario(last_year=2031)


@pytest.mark.parametrize("content", [b"scenario: 1\nname: [", b"\xff\xfe\x00", b"scenario: 7\n"])
def test_one_that_cannot_be_read_says_why_and_the_others_are_there(
    tmp_path: Path, content: bytes
) -> None:
    home = Home(tmp_path)
    keep_scenario(home, scenario())
    (home.scenarios / "4602" / "broken.yml").write_bytes(content)
    broken, whole = kept_scenarios(home, "4602")
    assert broken.scenario is None
    assert broken.problems
    assert whole.scenario == scenario()


def test_nobodys_number_becomes_a_file(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for said in ({"name": f"For {fnr('1980-05-15', 1)}"}, {"note": fnr("1980-05-15", 1)}):
        with pytest.raises(ScenarioError):
            keep_scenario(home, scenario(**said))
    assert kept_scenarios(home, "4602") == ()


def test_there_is_an_end_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_SCENARIOS", 2)
    home = Home(tmp_path)
    for name in ("a", "b", "a"):
        keep_scenario(home, scenario(name))
    with pytest.raises(ScenarioError, match="2 already"):
        keep_scenario(home, scenario("c"))


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.scenarios.parent.mkdir(exist_ok=True)
    home.scenarios.write_text("a file", encoding="utf-8")
    with pytest.raises(ScenarioError, match="could not be saved"):
        keep_scenario(home, scenario())


def test_dropped(tmp_path: Path) -> None:
    home = Home(tmp_path)
    file = keep_scenario(home, scenario())
    drop_scenario(home, "4602", "../../other.yml")
    drop_scenario(home, "4602", file)
    drop_scenario(home, "4602", file)
    assert kept_scenarios(home, "4602") == ()
