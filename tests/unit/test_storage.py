"""Small files after a power failure: the one before stands in, or it is said that none can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.pointer import current_folder, point_at
from dagster_project.storage import DamagedError, read_json, read_kept, write_kept

CUT = ["", "{", '{"publication": "2', "null", "[]", "\0\0\0\0"]


@pytest.mark.parametrize("left", CUT)
def test_the_one_before_stands_in_for_a_damaged_file(tmp_path: Path, left: str) -> None:
    file = tmp_path / "kept.json"
    write_kept(file, '{"number": 1}')
    write_kept(file, '{"number": 2}')
    assert read_kept(file) == {"number": 2}
    file.write_text(left, encoding="utf-8")
    assert read_kept(file) == {"number": 1}
    assert read_json(file) == {}


@pytest.mark.parametrize("left", CUT)
def test_the_first_one_has_a_copy_of_itself(tmp_path: Path, left: str) -> None:
    file = tmp_path / "kept.json"
    write_kept(file, '{"number": 1}')
    file.write_text(left, encoding="utf-8")
    assert read_kept(file) == {"number": 1}


def test_a_damaged_file_does_not_become_the_one_that_stands_in(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    write_kept(file, '{"number": 1}')
    file.write_text("", encoding="utf-8")
    write_kept(file, '{"number": 3}')
    file.write_text("", encoding="utf-8")
    assert read_kept(file) == {"number": 3}


def test_where_both_are_damaged_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    assert read_kept(file) == {}
    write_kept(file, '{"number": 1}')
    for each in tmp_path.iterdir():
        each.write_text("", encoding="utf-8")
    with pytest.raises(DamagedError):
        read_kept(file)


@pytest.mark.parametrize("left", CUT)
def test_a_damaged_pointer_gives_way_to_the_one_before(tmp_path: Path, left: str) -> None:
    home = Home(tmp_path)
    assert current_folder(home) is None
    point_at(home, "20250101-a")
    point_at(home, "20250201-b")
    assert current_folder(home) == home.published / "20250201-b"
    home.current_pointer.write_text(left, encoding="utf-8")
    assert current_folder(home) == home.published / "20250101-a"


def test_where_no_pointer_can_be_read_the_last_that_was_made_stands_in(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for name, made_at in (("x", "2026-01-02"), ("y", "2026-01-03"), ("z", "2026-01-01")):
        (home.published / name).mkdir(parents=True)
        manifest = home.published / name / "manifest.json"
        manifest.write_text(json.dumps({"made_at": made_at}), encoding="utf-8")
    (home.published / "unfinished").mkdir()
    home.current_pointer.write_text("", encoding="utf-8")
    assert current_folder(home) == home.published / "y"
