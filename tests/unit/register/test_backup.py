"""The register as one file, and back."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.register.backup import backup, restore
from dagster_project.register.database import (
    Register,
    RegisterError,
    open_register,
    unopened_register,
)
from dagster_project.register.issues import act, assign, comment, history_of, issues_of, replayed
from dagster_project.register.views import SavedView, save, saved_views
from tests.support.findings import open_issues


def _filled(home: Home) -> Register:
    register = open_register(home)
    open_issues(register, 1, 2)
    act(register, {"f1": 1}, assign("Heimetenesta ÆØÅ"), "KE")
    act(register, {"f1": 2}, comment("«Sjekk»\u2028vedtaket"), "KE")
    save(register, SavedView("a1", "Budsjett", "budget", {"municipality": ["4602"]}), "reader")
    return register


def test_what_is_restored_is_what_was(tmp_path: Path) -> None:
    register, file = _filled(Home(tmp_path / "one")), tmp_path / "register.zip"
    contents = backup(register, file)
    assert contents.rows["event"] == 5
    again = unopened_register(Home(tmp_path / "two"))
    assert restore(again, file) == contents
    again = open_register(Home(tmp_path / "two"))
    assert issues_of(again, "4602") == issues_of(register, "4602")
    assert history_of(again, "f1") == history_of(register, "f1")
    assert saved_views(again) == saved_views(register)
    with again.reading() as connection:
        assert {each.finding.id: each for each in issues_of(again, "4602")} == replayed(connection)
    # One that was lost is put back in its own place.
    Home(tmp_path / "one").register.unlink()
    assert restore(unopened_register(Home(tmp_path / "one")), file) == contents
    assert saved_views(open_register(Home(tmp_path / "one"))) == saved_views(again)
    # It goes on from there.
    act(again, {"f2": 1}, assign("Skole"), "KE")
    assert backup(again, tmp_path / "later.zip").rows["event"] == 6


def test_nothing_is_restored_into_what_is_there(tmp_path: Path) -> None:
    register, file = _filled(Home(tmp_path / "one")), tmp_path / "register.zip"
    backup(register, file)
    with pytest.raises(RegisterError) as raised:
        restore(register, file)
    assert raised.value.problem.code == "restore_not_empty"
    assert len(history_of(register, "f1")) == 3


def _rewrite(file: Path, name: str, content: bytes | None) -> None:
    with zipfile.ZipFile(file) as archive:
        held = {entry: archive.read(entry) for entry in archive.namelist()}
    if content is None:
        del held[name]
    else:
        held[name] = content
    with zipfile.ZipFile(file, "w") as archive:
        for entry, of in held.items():
            archive.writestr(entry, of)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("event.jsonl", b"", "backup_unreadable"),
        ("event.jsonl", None, "backup_unreadable"),
        ("manifest.json", b"{}", "backup_unreadable"),
        ("manifest.json", b"[", "backup_unreadable"),
        ("manifest.json", json.dumps({"form": 2}).encode(), "backup_newer"),
        (
            "manifest.json",
            json.dumps({"form": 1, "version": "9999", "tables": {}}).encode(),
            "backup_newer",
        ),
    ],
)
def test_what_is_no_whole_backup_restores_nothing(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    file = tmp_path / "register.zip"
    backup(_filled(Home(tmp_path / "one")), file)
    _rewrite(file, name, content)
    home = Home(tmp_path / "two")
    with pytest.raises(RegisterError) as raised:
        restore(unopened_register(home), file)
    assert raised.value.problem.code == code
    assert saved_views(open_register(home)) == ()


@pytest.mark.parametrize("content", [b"", b"no zip at all"])
def test_another_file_is_no_backup(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "register.zip"
    file.write_bytes(content)
    with pytest.raises(RegisterError) as raised:
        restore(unopened_register(Home(tmp_path / "two")), file)
    assert raised.value.problem.code == "backup_unreadable"


def test_a_backup_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    register = _filled(Home(tmp_path / "one"))
    with pytest.raises(OSError, match="No such file"):
        backup(register, tmp_path / "nowhere" / "register.zip")
    file = tmp_path / "register.zip"
    backup(register, file)
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []
