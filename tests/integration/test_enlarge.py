"""The yardstick of the dashboards: a publication made larger is one that the pages read."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.dashboards.enlarge import enlarge, size_of
from dagster_project.config.paths import Home
from dagster_project.publication.layout import files_of
from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.publication import current_publication
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import OF_PUBLICATION
from dashboards.render.page_runner import sections_of
from dashboards.view.state import View
from tests.support import publication as made

_MUNICIPALITIES = 5


def test_every_page_of_a_larger_publication_can_be_made(tmp_path: Path) -> None:
    demo, home = Home(tmp_path / "demo"), Home(tmp_path / "larger")
    made.publish(demo.root)
    rows = enlarge(demo, home, _MUNICIPALITIES)
    publication = current_publication(home)
    codes = list(coverage.municipalities(publication))
    assert len(codes) == _MUNICIPALITIES
    of_demo = coverage.reference_dates(current_publication(demo), made.LARGE)
    assert len(coverage.reference_dates(publication, codes[0])) == 2 * len(of_demo)
    manifest = json.loads((publication.folder / "manifest.json").read_text("utf-8"))
    for table, described in manifest["tables"].items():
        files = files_of(publication.folder, table)
        assert sum(pq.read_metadata(file).num_rows for file in files) == described["rows"]
        assert rows[table] == described["rows"]
    assert set(size_of(home)) == {*manifest["tables"], "manifest"}
    labels = Labels(publication, Texts(Language.NB))
    for page in OF_PUBLICATION:
        date = coverage.reference_dates(publication, codes[-1])[0]
        view = View(Language.NB, codes[-1], date, "coordinator_coverage", "standard")
        found = list(sections_of(page, labels, view))
        assert any(each.lead or each.key_figures or each.table or each.absence for each in found)
