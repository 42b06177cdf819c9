"""Modules that are imported when something of them is asked for."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from expectations.late import late


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that says which of two modules have run."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("put_off", "at_once"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / f"{name}.py").write_text(
            f"with open({str(tmp_path / 'ran')!r}, 'a') as ran: ran.write('{name} ')\nfound = 3\n"
        )
    (tmp_path / "ran").touch()
    return tmp_path / "ran"


def test_a_module_runs_once_it_is_asked_for(noted: Path) -> None:
    before = list(sys.meta_path)
    with late(frozenset({"put_off"})):
        put_off = importlib.import_module("put_off")
        importlib.import_module("at_once")
    assert noted.read_text() == "at_once "
    assert sys.meta_path == before
    assert put_off.found == 3
    assert noted.read_text() == "at_once put_off "


def test_what_is_not_there_is_not_found(noted: Path) -> None:
    with late(frozenset({"nowhere_at_all"})), pytest.raises(ModuleNotFoundError):
        importlib.import_module("nowhere_at_all")
    assert noted.read_text() == ""
