"""Whatever the figures are made by has its part in the version: rules, seeds, code and tools."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest

from dagster_project import code_version

FILES = (
    "dbt/dbt_project.yml",
    "seeds/rules.csv",
    "seeds/records/ip.yml",
    "dagster_project/publication/tables.py",
)
READER = "dagster_project/publication/reader/coverage.py"


def version() -> str:
    return code_version.code_version.__wrapped__()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of a file a folder, with one tool beside it."""
    for file in (*FILES, READER, "tools/a-1.dist-info/M"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text("one", "utf-8")
    monkeypatch.setattr(code_version, "PROJECT", tmp_path)
    monkeypatch.setattr(code_version, "DBT_PROJECT", tmp_path / "dbt")
    monkeypatch.setattr(
        code_version, "_FOLDERS", (tmp_path / "seeds", tmp_path / "dagster_project")
    )
    monkeypatch.setattr("sysconfig.get_path", lambda _where: str(tmp_path / "tools"))
    return tmp_path


@pytest.mark.parametrize("file", FILES)
def test_a_changed_file_is_another_version(project: Path, file: str) -> None:
    before = version()
    assert version() == before
    (project / file).write_text("two", "utf-8")
    assert version() != before


def test_how_figures_are_read_does_not_change_them(project: Path) -> None:
    before = version()
    (project / READER).write_text("two", "utf-8")
    assert version() == before


def test_what_is_left_out_is_just_what_no_run_imports() -> None:
    graph = grimp.build_graph("dagster_project", "expectations")
    run = "dagster_project.run"
    # dbt is started by its name.
    of_a_run = {run, "dagster_project.dbt_process", *graph.find_upstream_modules(run)}
    # A package's own file says what is in it.
    packages = {module for module in graph.modules if graph.find_children(module)}
    hashed = {
        file.relative_to(code_version.PROJECT).with_suffix("").as_posix().replace("/", ".")
        for file in code_version._files()
        if file.suffix == ".py"
    }
    assert of_a_run - packages <= hashed
    assert hashed - of_a_run <= {f"{package}.__init__" for package in packages}


def test_another_version_of_a_tool_is_another_version(project: Path) -> None:
    before = version()
    (project / "tools" / "a-1.dist-info").rename(project / "tools" / "a-2.dist-info")
    assert version() != before


def test_every_tool_of_the_models_is_among_them() -> None:
    tools = {folder.split("-")[0] for folder in code_version._tools()}
    assert {"duckdb", "dbt_core", "dbt_duckdb", "pyarrow", "great_expectations"} <= tools
