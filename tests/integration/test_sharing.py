"""Two municipalities share, a third home compares: the whole way, by the commands that people type."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sabotage import verdicts
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dagster_project.publication.reader.shared import cells
from dagster_project.sharing import protected
from dagster_project.sharing import share as sharing
from dagster_project.sharing.held import read_held, read_refused
from dagster_project.sharing.opening import unpack
from dagster_project.sharing.reader import received
from tests.support.leaks import Search
from tests.support.sharing_home import deliver, persons, sharing_home
from tests.support.small_home import SmallHome
from tests.support.terminal import samordna

FIRST, SECOND = "4602", "5530"
pytestmark = pytest.mark.slow


@dataclass
class Region:
    """Two homes that share, the folder between them, and one that compares."""

    homes: dict[str, SmallHome]
    folder: Path
    compares: Home
    printed: str = ""


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    root = tmp_path_factory.mktemp("region")
    folder = root / "packages"
    homes = {}
    for code in (FIRST, SECOND):
        home = sharing_home(root / code, code, share={"folder": str(folder)})
        ran = samordna("run", home.home)
        assert ran.returncode == 0, ran.stderr
        homes[code] = home
    compares = Home(root / "compares")
    begun = samordna("init", compares, "--compare")
    assert begun.returncode == 0, begun.stderr
    made = Region(homes, folder, compares)
    keys = {}
    for code, home in homes.items():
        said = samordna("share", home.home)
        assert said.returncode == 0, said.stderr
        assert "Nothing new" in said.stdout
        made.printed += said.stdout + said.stderr
        keys[code] = said.stdout.rsplit(" ", 1)[1].strip()
    settings = {"compare": {"packages": str(folder), "keys": keys}}
    compares.sources_file.write_text(json.dumps(settings), encoding="utf-8")
    ran = samordna("run", compares)
    assert ran.returncode == 0, ran.stderr
    made.printed += ran.stdout + ran.stderr
    yield made
    shutil.rmtree(root, ignore_errors=True)


def test_a_run_shares_and_another_home_receives(region: Region) -> None:
    assert sorted(file.name for file in region.folder.iterdir()) == [
        f"{FIRST}-2025-12-v1.zip",
        f"{SECOND}-2025-12-v1.zip",
    ]
    assert "Received version 1 of Kinn (4602), up to 2025-12." in region.printed
    found = received(region.compares)
    assert sorted(found.packages) == [FIRST, SECOND]
    assert not any(package.is_own for package in found.packages.values())
    again = samordna("receive", region.compares)
    assert (again.returncode, again.stdout) == (0, "Nothing new to receive.\n")


def test_what_has_been_shared_is_not_protected_again(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gather(*_: object) -> None:
        raise AssertionError("the publication is that of the newest package")

    monkeypatch.setattr(sharing, "gather", gather)
    shared = sharing.share(load_installation(region.homes[FIRST].home))
    assert (shared.is_new, shared.file.name) == (False, f"{FIRST}-2025-12-v1.zip")


def test_what_is_received_is_near_to_what_was_counted(region: Region) -> None:
    for code, home in region.homes.items():
        package = received(region.compares).packages[code]
        counted = cells(current_publication(home.home), code, package.months)
        for month in package.months:
            true = sum(
                cell.persons
                for cell in counted
                if (cell.month, cell.service_area) == (month, "all")
            )
            block = package.block(month, "all")
            assert block is not None
            assert not ((block > 0) & (block < 5)).any()
            assert abs(int(block.sum()) - true) <= package.manifest.worst_margin
        have, of = package.by_age("2025-12", "all", "coordinator_coverage") or (np.zeros(1),) * 2
        assert 0.3 < have.sum() / of.sum() < 0.7
        assert package.grades["coordinator_coverage", "2025-12"].letter in "ABCD"


def test_ones_own_newest_package_is_read_as_others_are(region: Region) -> None:
    found = received(region.homes[FIRST].home)
    assert list(found.packages) == [FIRST]
    own, theirs = found.packages[FIRST], received(region.compares).packages[FIRST]
    assert own.is_own
    assert own.manifest == theirs.manifest
    assert own.counted_alike(theirs, "coordinator_coverage")


def test_nobodys_id_or_name_or_key_leaves(region: Region) -> None:
    everybody = [one for code in region.homes for one in persons(code)]
    search = Search(everybody)
    search.tree(region.folder)
    search.tree(region.compares.root)
    for code, home in region.homes.items():
        search.tree(home.home.shared)
        # What is behind the package is counts, too.
        search.tree(home.home.share_state)
        keys = _private(home)
        for file in (*region.folder.iterdir(), *region.compares.root.rglob("*")):
            content = file.read_bytes() if file.is_file() else b""
            assert not [key for key in keys if key in content or key.hex().encode() in content], (
                code
            )
        assert not [key for key in keys if key.hex() in region.printed]
    assert search.files > 20
    assert search.found == []
    # The search would have found them.
    control = Search(everybody)
    control.tree(region.homes[FIRST].home.inbox)
    assert control.found


def _private(home: SmallHome) -> list[bytes]:
    """Return the keys of a home: those of the ids, and those that sign."""
    from dagster_project.sharing.signing_keys import open_signing_keys

    signing = open_signing_keys(load_installation(home.home)).file
    files = (signing, signing.with_suffix(".keys"))
    stored = [json.loads(file.read_text(encoding="utf-8"))["keys"] for file in files]
    return [bytes.fromhex(key) for each in stored for key in each.values()]


def test_what_is_behind_a_package_is_its_owners_alone(region: Region) -> None:
    home = region.homes[FIRST].home
    for path in home.share_state.rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077


def test_status_says_what_is_held(region: Region) -> None:
    said = samordna("status", region.compares)
    assert said.returncode == 0
    assert "Kinn" in said.stdout
    assert "received" in said.stdout
    assert "Nothing is counted here" in said.stdout
    own = samordna("status", region.homes[FIRST].home)
    assert "our own" in own.stdout
    assert "Published:" in own.stdout


def test_a_next_delivery_makes_a_next_version_that_follows(region: Region, tmp_path: Path) -> None:
    home = region.homes[SECOND]
    before = unpack((region.folder / f"{SECOND}-2025-12-v1.zip").read_bytes()).manifest
    deliver(home, SECOND, "20260131", more=40)
    ran = samordna("run", home.home)
    assert ran.returncode == 0, ran.stderr
    file = region.folder / f"{SECOND}-2026-01-v2.zip"
    after = unpack(file.read_bytes()).manifest
    assert (after.version, after.previous, after.month) == (2, before.sha256, "2026-01")
    # A home that has only the second may begin with it, and then takes no older one.
    late = Home(tmp_path / "late")
    late.root.mkdir()
    shutil.copy2(region.compares.sources_file, late.sources_file)
    assert samordna("receive", late, str(file)).returncode == 0
    older = samordna("receive", late, str(region.folder / f"{SECOND}-2025-12-v1.zip"))
    assert older.returncode == 1
    assert "a newer version of it is held" in older.stderr
    assert [each.reason for each in read_refused(late)] == ["older_version"]
    # The home that compares has the first, and takes the next by its next run.
    ran = samordna("run", region.compares)
    assert ran.returncode == 0, ran.stderr
    assert [each.version for each in read_held(region.compares)[SECOND]] == [1, 2]
    assert received(region.compares).packages[SECOND].manifest.version == 2


def test_the_auditors_report_is_printed(region: Region) -> None:
    said = samordna("share", region.homes[FIRST].home, "--audit")
    assert said.returncode == 0, said.stderr
    printed = " ".join(said.stdout.split())
    assert "Attacked: 1 package of 4602" in printed
    assert "no count of 1 to 4 is shown or can be proven" in printed


def test_an_official_table_is_written_once_for_its_month(region: Region, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(region.homes[FIRST].home.root, home.root)
    texts = []
    for name in ("one.csv", "two.csv"):
        said = samordna("share", home, "--official", str(tmp_path / name))
        assert said.returncode == 0, said.stderr
        assert "cells are hidden" in " ".join(said.stdout.split())
        texts.append((tmp_path / name).read_text(encoding="utf-8-sig"))
    assert texts[0] == texts[1]
    assert "Personer i målgruppen" in texts[0]
    audited = samordna("share", home, "--audit")
    assert audited.returncode == 0, audited.stdout
    assert "1 official table." in audited.stdout
    wrong = samordna("share", home, "--official", str(tmp_path / "table.docx"))
    assert wrong.returncode != 0
    assert ".xlsx or .csv" in " ".join(wrong.stderr.split())


def test_a_package_sabotaged_in_twelve_ways_is_refused_by_name(region: Region) -> None:
    found = list(verdicts(region.homes[FIRST].home))
    assert len(found) == 12
    assert [each.sabotage.what for each in found if not each.holds] == []
    assert all("refused" in each.printed for each in found)
    # Ten reasons and more, each with its own sentence.
    assert len({each.printed.split(":", 1)[1] for each in found}) >= 10


def test_what_the_auditor_breaks_does_not_leave(
    region: Region, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(region.homes[FIRST].home.root, root)
    home = Home(root)
    shutil.rmtree(home.shared)
    before = sorted(path.name for path in region.folder.iterdir())
    protect = protected.protect

    def careless(*said: object, **more: object) -> list[object]:
        made = protect(*said, **more)
        for one in made:
            # A small count as it is, in all areas together too: leaving these out does not help.
            one.shown[0, 0, 0] = 3
        return made

    monkeypatch.setattr(protected, "protect", careless)
    said = samordna("share", home)
    assert said.returncode == 1
    assert "Nothing was shared" in said.stderr
    assert "_impossible" in said.stderr
    assert not list(home.shared.rglob("*.zip"))
    assert sorted(path.name for path in region.folder.iterdir()) == before


def test_without_what_is_behind_the_last_version_there_is_no_next(
    region: Region, tmp_path: Path
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(region.homes[FIRST].home.root, root)
    home = Home(root)
    shutil.rmtree(home.share_state)
    said = samordna("share", home)
    assert said.returncode == 1
    assert "Take it back from a backup" in said.stderr


def test_a_lost_signing_key_is_not_made_again_by_itself(region: Region, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(region.homes[FIRST].home.root, root)
    text = (root / "sources.yml").read_text(encoding="utf-8")
    (root / "sources.yml").write_text(f"key_file: {tmp_path}/other.keys\n{text}", encoding="utf-8")
    home = Home(root)
    said = samordna("share", home)
    assert said.returncode == 1
    assert "Put the file back from its backup" in said.stderr
    anew = samordna("share", home, "--new-key")
    assert anew.returncode == 0, anew.stderr
    assert "version 2" in anew.stdout
    refused = samordna("receive", region.compares, str(next(home.shared.rglob("*v2.zip"))))
    assert refused.returncode == 1
    assert "not signed by the key" in refused.stderr
