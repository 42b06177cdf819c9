"""Power that fails, a disk that loses: every kind of file at rest, cut, and the run after."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dagster_project.config.installation import load_installation
from dagster_project.landing.deliveries import Manifest
from dagster_project.pointer import current_folder
from dagster_project.problems import SamordnaError
from dagster_project.publication.layout import relation
from dagster_project.publication.publish import is_whole
from tests.support.persons import fnr
from tests.support.small_home import SmallHome
from tests.support.terminal import samordna

PERSONS = [fnr("1980-05-15", number) for number in range(12)]
Cut = Callable[[Path], None]


def empty(file: Path) -> None:
    file.write_bytes(b"")


def half(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def zeros(file: Path) -> None:
    """The length came to the disk, the content did not."""
    file.write_bytes(bytes(file.stat().st_size))


CUTS: list[Cut] = [empty, half, zeros]


def filled(root: Path) -> SmallHome:
    home = SmallHome(root).source("folk", "person").source("ke", "koordinator")
    home.deliver("folk", "20231231", [{"fnr": each, "kjonn": "K"} for each in PERSONS])
    for day in ("20230630", "20231231"):
        home.deliver(
            "ke",
            day,
            [
                {"registrering_id": f"k-{number}", "fnr": each, "rolle": "koordinator"}
                | {"fra_dato": "2022-01-01"}
                for number, each in enumerate(PERSONS)
            ],
        )
    return home


# --- landing ---


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_what_was_damaged_lands_anew(tmp_path: Path, cut: Cut, suffix: str) -> None:
    home = filled(tmp_path / "home")
    home.land()
    manifest = Manifest(home.home, home.source_named("ke"))
    before = {entry.key: entry.rows_read for entry in manifest.entries()}
    assert set(before.values()) == {12}
    for file in manifest.folder.glob(f"*{suffix}"):
        cut(file)
    assert manifest.entries() == []
    assert len(manifest.damaged()) == 2
    outcome = home.land()["ke"]
    assert outcome.problems == []
    assert {entry.key: entry.rows_read for entry in manifest.entries()} == before
    assert manifest.damaged() == []


def test_rows_that_are_gone_are_a_damage_too(tmp_path: Path) -> None:
    home = filled(tmp_path / "home")
    home.land()
    manifest = Manifest(home.home, home.source_named("ke"))
    for file in manifest.folder.glob("*.parquet"):
        file.unlink()
    home.land()
    assert {entry.rows_read for entry in manifest.entries()} == {12}


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_a_delivery_that_cannot_land_anew_stops_the_run(tmp_path: Path, suffix: str) -> None:
    home = filled(tmp_path / "home")
    home.land()
    manifest = Manifest(home.home, home.source_named("ke"))
    for file in manifest.folder.glob(f"20231231*{suffix}"):
        empty(file)
    export = home.home.inbox / "ke" / "ke_20231231.csv"
    content = export.read_bytes()
    export.unlink()
    with pytest.raises(SamordnaError, match="Put that export back") as stopped:
        home.land()
    assert "landing/koordinator/ke/20231231" in str(stopped.value)
    # The remedy, under another name too.
    export.with_name("hentet_20231231.csv").write_bytes(content)
    assert home.land()["ke"].problems == []
    assert len(manifest.entries()) == 2
    assert manifest.damaged() == []


@pytest.mark.parametrize("cut", CUTS)
def test_an_entry_that_never_had_rows_stops_nothing(tmp_path: Path, cut: Cut) -> None:
    home = filled(tmp_path / "home")
    refused = home.deliver("ke", "20240131", "ingen;slik;overskrift\n1;2;3\n")
    home.land()
    manifest = Manifest(home.home, home.source_named("ke"))
    (entry,) = [entry for entry in manifest.entries() if entry.parquet is None]
    cut(manifest.path(entry))
    refused.unlink()
    assert home.land()["ke"].problems == []
    assert [entry.rows_read for entry in manifest.entries()] == [12, 12]
    assert manifest.damaged() == []


@pytest.mark.parametrize("cut", CUTS)
def test_names_that_are_lost_are_learnt_anew(tmp_path: Path, cut: Cut) -> None:
    home = SmallHome(tmp_path / "home").source("folk", "person")
    home.deliver("folk", "20231231", [{"fnr": PERSONS[0], "navn": "Ola Nordmann"}])
    home.land()
    (names, before) = sorted((home.home.state / "names").iterdir(), key=lambda file: len(file.name))
    known = names.read_bytes()
    cut(names)
    home.land()
    assert before.read_bytes() == known
    for file in (names, before):
        cut(file)
    home.land()
    assert known.decode().split('"words": ')[1].rstrip("}") in names.read_text(encoding="utf-8")


# --- a whole run ---


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    home = filled(tmp_path_factory.mktemp("damage") / "home")
    done = samordna("run", home.home)
    assert done.returncode == 0, done.stderr
    return home


def figures(home: SmallHome) -> list[tuple[object, ...]]:
    folder = current_folder(home.home)
    assert folder is not None
    return duckdb.sql(f"from {relation(folder, 'coverage')}").fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("cut", [empty, half])
def test_every_kind_of_file_at_rest_is_healed_by_the_next_run(
    published: SmallHome, cut: Cut
) -> None:
    home = published.home
    before = current_folder(home)
    expected = figures(published)
    card = home.home_metadata
    damaged = [
        path
        for folder in (home.landing, home.published, home.warehouse, home.state)
        for path in sorted(folder.rglob("*"))
        # What stands in for another is not lost with it.
        if path.is_file() and ".before" not in path.name
    ]
    assert {card, home.current_pointer, home.lock} <= set(damaged)
    assert {file.suffix for file in damaged} >= {".json", ".parquet", ".duckdb"}
    for file in damaged:
        cut(file)
    done = samordna("run", published.home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert current_folder(home) == before
    assert before is not None
    assert is_whole(before)
    assert figures(published) == expected
    assert samordna("status", published.home).returncode == 0
    assert load_installation(home).problems == ()


def test_a_home_that_has_lost_the_name_of_its_keys_makes_nobody_somebody_new(
    tmp_path: Path,
) -> None:
    small = filled(tmp_path / "home")
    assert samordna("run", small.home).returncode == 0
    before = figures(small)
    for card in small.home.state.glob("home*.json"):
        card.unlink()
    done = samordna("run", small.home)
    assert done.returncode == 1
    assert "Take it back from a backup" in done.stderr
    assert figures(small) == before
    # The other remedy that it names.
    shutil.rmtree(small.home.landing)
    done = samordna("run", small.home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert figures(small) == before
