"""A home is closed to everybody but its owner."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from dagster_project.closed import close_to_others
from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError


def modes(root: Path) -> set[int]:
    return {stat.S_IMODE(path.lstat().st_mode) & 0o077 for path in (root, *root.rglob("*"))}


def test_everything_that_stands_open_is_closed_and_counted(tmp_path: Path) -> None:
    root = tmp_path / "home"
    (root / "inbox" / "epj").mkdir(parents=True)
    (root / "inbox" / "epj" / "a.csv").write_text("x", encoding="utf-8")
    for path in (root, *root.rglob("*")):
        path.chmod(0o755)
    assert close_to_others(Home(root)) == 4
    assert modes(root) == {0}
    assert close_to_others(Home(root)) == 0


def test_what_is_written_afterwards_is_closed_from_the_first(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        close_to_others(Home(tmp_path))
        (tmp_path / "landing").mkdir()
        (tmp_path / "landing" / "a.json").write_text("{}", encoding="utf-8")
    finally:
        os.umask(before)
    assert modes(tmp_path / "landing") == {0}


def test_a_link_is_left_and_what_it_leads_to(tmp_path: Path) -> None:
    root, outside = tmp_path / "home", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    outside.chmod(0o755)
    (root / "link").symlink_to(outside)
    close_to_others(Home(root))
    assert stat.S_IMODE(outside.stat().st_mode) == 0o755


def test_a_home_of_somebody_else_that_stands_open_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o755)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(SamordnaError, match="chmod -R go-rwx"):
        close_to_others(Home(tmp_path))
