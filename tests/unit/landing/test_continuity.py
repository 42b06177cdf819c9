"""What has landed: taken back, put back, given another name, and never lost in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.config.installation import load_installation
from dagster_project.landing.catalogue import labelled, read_landed
from dagster_project.landing.continuity import changed_settings, require_all_there
from dagster_project.landing.deliveries import Manifest, Status
from dagster_project.problems import SamordnaError
from tests.support.small_home import SmallHome, coordinator, person, tell_warehouse

ONE = [coordinator("A-1", 1, "2021-03-05"), coordinator("A-2", 2, "2021-03-05")]
TWO = [*ONE, coordinator("A-3", 3, "2021-04-01")]


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    home = SmallHome(tmp_path / "home").source("koord", "koordinator").source("folk", "person")
    home.deliver("koord", "20230630", TWO)
    home.deliver("koord", "20231231", ONE)
    home.deliver("folk", "20231231", [person(1), person(2)])
    home.land()
    return home


def command(home: SmallHome, *said: str) -> str:
    """Give a command, and return what it prints; a known problem is raised."""
    done = CliRunner().invoke(app, [*said, "--home", str(home.home.root)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def in_force(home: SmallHome, source: str = "koord") -> list[str]:
    return [entry.file for entry in Manifest(home.home, home.source_named(source)).in_force()]


def delivered(home: SmallHome) -> list[tuple[str, str, int]]:
    """Return what the warehouse is told of the deliveries of `koord`, and how many rows it sees."""
    with duckdb.connect() as connection:
        installation = load_installation(home.home)
        tell_warehouse(connection, installation)
        return connection.sql(
            "select delivery, status, (select count(*) from landing.koordinator as landed "
            "where landed.delivery_key = delivery.delivery_key) from landing.delivery "
            "inner join landing.source using (source_number) where source = 'koord' order by all"
        ).fetchall()


def test_a_delivery_is_taken_back_and_does_not_land_again(home: SmallHome) -> None:
    said = command(home, "withdraw", "koord", "koord_20231231.csv", "--why", "for few rows")
    assert "Taken back: koord, koord_20231231.csv of 2023-12-31 (2 rows)." in said
    assert in_force(home) == ["koord_20230630.csv"]
    # The file lies in the inbox still, and is put there again, and read otherwise.
    for step in ("as it is", "copied again", "settings"):
        if step == "copied again":
            home.deliver("koord", "20231231", ONE)
        if step == "settings":
            home._settings["sources"][0]["columns"] = {"samtykke": "samtykke"}
            home.write_settings()
            (home.home.inbox / "koord" / "koord_20230630.csv").unlink()
        assert home.land()["koord"].landed == []
        assert in_force(home) == ["koord_20230630.csv"]
    assert delivered(home) == [
        ("koord_20230630.csv", "in_force", 3),
        ("koord_20231231.csv", "withdrawn", 0),
    ]


def test_what_was_taken_back_keeps_who_when_and_why(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "steward")
    command(home, "withdraw", "koord", "koord_20231231.csv", "--why", "for few rows")
    command(home, "withdraw", "koord", "koord_20231231.csv", "--undo")
    manifest = Manifest(home.home, home.source_named("koord"))
    entry = manifest.entries()[-1]
    assert [(each.by, each.why, each.was) for each in entry.trace] == [
        ("steward", "for few rows", Status.LANDED),
        ("steward", "", None),
    ]
    assert entry.trace[0].at.date() == dt.datetime.now(tz=dt.UTC).date()
    assert in_force(home) == ["koord_20230630.csv", "koord_20231231.csv"]
    assert home.land()["koord"].problems == []


def test_of_a_file_that_was_written_over_the_one_before_counts_again(home: SmallHome) -> None:
    home.deliver("koord", "20231231", TWO)
    home.land()
    command(home, "withdraw", "koord", "koord_20231231.csv")
    manifest = Manifest(home.home, home.source_named("koord"))
    found = [(label, status, entry.rows_read) for entry, label, status in labelled(manifest)]
    assert sorted(found[1:], key=lambda each: each[2]) == [
        (found[1][0], "in_force", 2),
        (found[2][0], "withdrawn", 3),
    ]


def test_a_file_put_back_as_it_was_before_another_counts(home: SmallHome) -> None:
    home.deliver("koord", "20231231", TWO)
    home.land()
    home.deliver("koord", "20231231", ONE)
    home.land()
    manifest = Manifest(home.home, home.source_named("koord"))
    assert manifest.in_force()[-1].rows_read == 2


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (("withdraw", "koord", "koord_2024.csv"), "has no delivery koord_2024.csv"),
        (("withdraw", "kord", "--all"), "did you mean 'koord'?"),
        (("withdraw", "koord"), "Name one file, or say --all"),
        (("withdraw", "koord", "koord_20231231.csv", "--undo"), "has no delivery"),
        (("rename", "koord", "ny"), "sources.yml names no source ny"),
        (("rename", "koord", "folk"), "sources.yml still names the source koord"),
    ],
)
def test_what_cannot_be_done_is_told(home: SmallHome, said: tuple[str, ...], answer: str) -> None:
    with pytest.raises(SamordnaError) as told:
        command(home, *said)
    assert answer in str(told.value)
    assert in_force(home) == ["koord_20230630.csv", "koord_20231231.csv"]


def settings_changed(home: SmallHome) -> list[str]:
    return [str(problem) for problem in changed_settings(load_installation(home.home))]


def test_a_source_renamed_is_stopped_and_moved(home: SmallHome) -> None:
    assert settings_changed(home) == []
    home._settings["sources"][0] |= {"name": "koord_ny", "path": "inbox/koord_ny/*"}
    home.write_settings()
    (problem,) = settings_changed(home)
    assert "no longer names the source koord, but 2 deliveries of koordinator" in problem
    assert "`samordna rename koord koord_ny`" in problem
    assert "Moved 2 deliveries from koord to koord_ny" in command(
        home, "rename", "koord", "koord_ny"
    )
    assert settings_changed(home) == []
    assert in_force(home, "koord_ny") == ["koord_20230630.csv", "koord_20231231.csv"]
    manifest = Manifest(home.home, home.source_named("koord_ny"))
    for entry in manifest.in_force():
        rows = pq.read_table(manifest.parquet_path(entry))
        assert set(rows.column("source").to_pylist()) == {"koord_ny"}
        assert entry.parquet == home.home.relative(manifest.parquet_path(entry))
    assert home.land()["koord_ny"].problems == []


def test_a_killed_rename_is_given_again(home: SmallHome, monkeypatch: pytest.MonkeyPatch) -> None:
    home._settings["sources"][0] |= {"name": "koord_ny"}
    home.write_settings()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("dagster_project.landing.renaming._move_what_was_fetched", killed)
        with pytest.raises(KeyboardInterrupt):
            from dagster_project.landing.renaming import rename_source

            rename_source(load_installation(home.home), "koord", "koord_ny")
    assert len(settings_changed(home)) == 1
    command(home, "rename", "koord", "koord_ny")
    assert settings_changed(home) == []
    assert len(in_force(home, "koord_ny")) == 2


@pytest.mark.parametrize("source", ["koord", "folk"])
def test_a_source_taken_out_is_stopped_until_it_is_taken_back(home: SmallHome, source: str) -> None:
    home._settings["sources"] = [s for s in home._settings["sources"] if s["name"] != source]
    home.write_settings()
    (problem,) = settings_changed(home)
    assert f"`samordna withdraw {source} --all`" in problem
    command(home, "withdraw", source, "--all")
    assert settings_changed(home) == []


@pytest.mark.parametrize("where", ["home_municipality", "kommune"])
def test_a_municipality_changed_is_stopped_until_it_is_taken_back(
    home: SmallHome, where: str
) -> None:
    if where == "kommune":
        home._settings["sources"][0]["kommune"] = "5530"
    else:
        home._settings["home_municipality"] = "5530"
    home.write_settings()
    problems = settings_changed(home)
    assert len(problems) == (1 if where == "kommune" else 2)
    assert "it is of municipality 5530 now, but what it has delivered landed as 4602" in problems[0]
    command(home, "withdraw", "koord", "--all")
    if where == "home_municipality":
        command(home, "withdraw", "folk", "--all")
    assert settings_changed(home) == []
    home.land()
    manifest = Manifest(home.home, home.source_named("koord"))
    assert {entry.municipality for entry in manifest.in_force()} == {"5530"}
    assert len(manifest.in_force()) == 2


def test_deliveries_that_are_gone_stop_the_publication(home: SmallHome) -> None:
    def published() -> dict[str, object]:
        installation = load_installation(home.home)
        landed = read_landed(installation)
        said: dict[str, object] = {
            "sources": [
                {"source": each.source.name, "status": delivery.status}
                for each in landed
                for delivery in each.deliveries
            ]
        }
        require_all_there(landed, home.home, before or said)
        return said

    before: dict[str, object] = {}
    before = published()
    for file in (home.home.inbox / "koord").iterdir():
        file.unlink()
    home.land()
    published()
    manifest = Manifest(home.home, home.source_named("koord"))
    manifest.forget(manifest.in_force()[-1])
    with pytest.raises(SamordnaError) as told:
        published()
    assert "Source koord: 1 of the 2 deliveries behind the current publication are gone" in str(
        told.value
    )
