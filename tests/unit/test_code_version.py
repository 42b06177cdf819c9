"""Whatever the figures are made by has its part in the version: rules, seeds, code and tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project import code_version

FILES = ("dbt/dbt_project.yml", "seeds/rules.csv", "seeds/records/ip.yml", "code/run.py")


def version() -> str:
    return code_version.code_version.__wrapped__()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of a file a folder, with one tool beside it."""
    for file in (*FILES, "tools/a-1.dist-info/M"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text("one", "utf-8")
    monkeypatch.setattr(code_version, "PROJECT", tmp_path)
    monkeypatch.setattr(code_version, "DBT_PROJECT", tmp_path / "dbt")
    monkeypatch.setattr(code_version, "_FOLDERS", (tmp_path / "seeds", tmp_path / "code"))
    monkeypatch.setattr("sysconfig.get_path", lambda _where: str(tmp_path / "tools"))
    return tmp_path


@pytest.mark.parametrize("file", FILES)
def test_a_changed_file_is_another_version(project: Path, file: str) -> None:
    before = version()
    assert version() == before
    (project / file).write_text("two", "utf-8")
    assert version() != before


def test_another_version_of_a_tool_is_another_version(project: Path) -> None:
    before = version()
    (project / "tools" / "a-1.dist-info").rename(project / "tools" / "a-2.dist-info")
    assert version() != before


def test_every_tool_of_the_models_is_among_them() -> None:
    tools = {folder.split("-")[0] for folder in code_version._tools()}
    assert {"duckdb", "dbt_core", "dbt_duckdb", "pyarrow", "great_expectations"} <= tools
