"""The exposures of the dbt project are the pages of the dashboards, with the marts that they ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from dagster_project.models import manifest
from dagster_project.publication.reader import publication as reader
from dagster_project.publication.tables import INTERNAL
from dashboards.pages import PageKey
from dashboards.view.state import Role
from tests.support.opened_page import open_page
from tests.support.publication import publish


@pytest.mark.parametrize("page", PageKey)
def test_an_exposure_names_the_marts_that_its_page_asks(
    page: PageKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[reader.Table] = set()
    paths = reader._paths

    def noted(
        of: reader.Publication, table: reader.Table, whose: Sequence[str] | None
    ) -> list[str]:
        asked.add(table)
        return paths(of, table, whose)

    monkeypatch.setattr(reader, "_paths", noted)
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    for number, role in enumerate(Role if page is PageKey.FRONT else [Role.LEADER]):
        # Answers are kept for each publication, whichever page asked: one nobody has asked.
        publish(tmp_path, publication=f"20251231-{list(PageKey).index(page):05x}{number:05x}")
        open_page(page, role=role)
    marts = {
        mart for table in asked for mart in re.findall(r"marts\.(\w+)", INTERNAL.get(table, ""))
    }
    exposures = manifest()["exposures"].values()
    told = {each["name"]: each["depends_on"]["nodes"] for each in exposures}
    assert told.keys() == {str(key) for key in PageKey}
    assert {node.rpartition(".")[2] for node in told[page]} == marts
