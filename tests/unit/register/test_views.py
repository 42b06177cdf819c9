"""Views move from the file that they lay in into the register."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.register.database import open_register
from dagster_project.register.views import SavedView, move_in, save, saved_views
from dagster_project.storage import DamagedError, write_kept


def test_former_views_move_in_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    register = open_register(home)
    entry = {"id": "a1", "name": "Budsjett", "page": "budget", "query": {"municipality": ["4602"]}}
    write_kept(home.former_views, json.dumps({"views": [entry]}))
    save(register, SavedView("b2", "Møter", "meetings", {}), "reader")
    move_in(register, home)
    move_in(register, home)
    assert [each.name for each in saved_views(register)] == ["Budsjett", "Møter"]
    assert not home.former_views.exists()


def test_a_move_that_was_cut_off_is_gone_through_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    register = open_register(home)
    entry = {"id": "a1", "name": "Budsjett", "page": "budget", "query": {}}
    save(register, SavedView("a1", "Budsjett", "budget", {}), "reader")
    write_kept(home.former_views, json.dumps({"views": [entry]}))
    move_in(register, home)
    assert len(saved_views(register)) == 1
    assert not home.former_views.exists()


def test_a_damaged_file_stays(tmp_path: Path) -> None:
    home = Home(tmp_path)
    register = open_register(home)
    write_kept(home.former_views, json.dumps({"views": [{"id": 1}]}))
    with pytest.raises(DamagedError):
        move_in(register, home)
    assert home.former_views.exists()
