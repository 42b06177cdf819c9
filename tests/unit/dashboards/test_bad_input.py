"""Whatever a page is given: it answers with a sentence, never with a fault, never with nothing drawn."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dagster_project.config.paths import PROJECT, Home
from dagster_project.publication.layout import files_of, whole_file
from dagster_project.publication.reader.publication import current_publication
from dashboards.content import coverage as content
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import OF_PUBLICATION, PageKey
from dashboards.view.state import Parameter, Role, View
from tests.support import publication as made
from tests.support import publication_files
from tests.support.opened_page import switch
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE

APP = PROJECT / "dashboards" / "app.py"
PAGES = list(PageKey)
# Whatever happens to a publication, the page of shared packages does not read it.
TEXTS = Texts(Language.NB)
UNEXPECTED = TEXTS("unreadable.unexpected")
LARGER = "20251231-fffffffff2"


@pytest.fixture(name="standing", autouse=True)
def _standing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have a home with a publication of its own, to be spoilt."""
    shutil.copytree(made.standing_home() / "published", tmp_path / "published")
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    yield tmp_path


def _folder(home: Path) -> Path:
    (folder,) = (each for each in (home / "published").iterdir() if each.is_dir())
    return folder


def _open(page: PageKey, address: dict[str, str | list[str]] | None = None) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in (address or {}).items():
        app.query_params[name] = value
    switch(app, page)
    app.run()
    return app


def _sentences(app: AppTest) -> list[str]:
    """Return what the page says, and hold that it says it well."""
    assert [error.value for error in app.exception] == []
    html = "\n".join(element.proto.body for element in app.get("html"))
    told = re.findall(r'<(\w+) class="(?:lead|told)"[^>]*>(.*?)</\1>', html, re.DOTALL)
    sentences = [unescape(re.sub("<[^>]+>", "", text)) for _, text in told]
    assert sentences, "the page says nothing"
    for sentence in sentences:
        assert sentence != UNEXPECTED
        assert re.fullmatch(r"\S.*[.:!?]", sentence, re.DOTALL), sentence
        assert not re.search(r"Traceback|Error|None|nan|\{|\}", sentence), sentence
    for chart in app.get("plotly_chart"):
        traces = json.loads(chart.proto.spec)["data"]
        drawn = ("x", "y", "z", "node", "link", "values")
        assert any(trace.get(name) for trace in traces for name in drawn), "an empty picture"
    return sentences


@pytest.mark.parametrize("page", OF_PUBLICATION)
def test_nothing_is_published_yet(
    page: PageKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    assert _sentences(_open(page)) == [TEXTS("unreadable.nothing_published")]


@pytest.mark.parametrize("page", OF_PUBLICATION)
def test_a_municipality_has_no_data(page: PageKey) -> None:
    for role in Role if page is PageKey.FRONT else (Role.LEADER,):
        app = _open(page, {"municipality": EMPTY, "role": role.value})
        assert _sentences(app)
        if role is not Role.ANALYST:
            assert not app.get("plotly_chart")


@pytest.mark.parametrize("page", PAGES)
def test_the_filters_leave_nobody(page: PageKey) -> None:
    assert _sentences(_open(page, {"age": "90+", "area": "kindergarten"}))


_WRITTEN = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "all", "unknown", LARGE, EMPTY, "2025-02-30", "9999-12-31", "0001-01-01", "0", "-1",
         "nan", "<script>", "'; drop table x", "coordinator_coverage", "housing_need", "90+",
         "childhood", "steward", "nn", "../../etc", "%", "{}", "\u0000"]
    ),
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    address=st.dictionaries(
        st.one_of(st.sampled_from(list(Parameter)).map(str), st.text(min_size=1, max_size=8)),
        st.one_of(_WRITTEN, st.lists(_WRITTEN, min_size=1, max_size=7)),
        max_size=5,
    )
)
def test_an_address_is_edited_by_hand(page: PageKey, address: dict[str, str | list[str]]) -> None:
    # The framework keeps these two for itself.
    asked = {name: value for name, value in address.items() if name.lower() not in _RESERVED}
    app = _open(page, {**asked})
    assert [error.value for error in app.exception] == []
    html = "\n".join(element.proto.body for element in app.get("html"))
    assert 'class="lead"' in html or 'class="told"' in html
    assert all(Texts(each)("unreadable.unexpected") not in unescape(html) for each in Language)


_RESERVED = ("embed", "embed_options")


@pytest.mark.parametrize("page", OF_PUBLICATION)
def test_the_publication_vanishes_while_it_is_read(page: PageKey, home: Path) -> None:
    current_publication(Home(home))
    shutil.rmtree(_folder(home))
    assert _sentences(_open(page)) == [TEXTS("unreadable.publication_gone")]


@pytest.mark.parametrize("page", OF_PUBLICATION)
def test_the_publication_is_damaged(page: PageKey, home: Path) -> None:
    for file in _folder(home).rglob("*.parquet"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert _sentences(_open(page)) == [TEXTS("unreadable.publication_damaged")]


def test_a_file_that_was_mended_is_read_again(home: Path) -> None:
    file = whole_file(_folder(home), "overview")
    whole = file.read_bytes()
    file.write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    assert _sentences(_open(PageKey.COVERAGE)) == [TEXTS("unreadable.publication_damaged")]
    file.write_bytes(whole)
    assert "koordinator" in _sentences(_open(PageKey.COVERAGE))[0]


# A table that each page needs, of those that came last.
_NEEDED = {
    PageKey.FRONT: "change",
    PageKey.COVERAGE: "overview",
    PageKey.DEVELOPMENT: "overview",
    PageKey.COORDINATORS: "coordinator_load",
    PageKey.PLANS: "plan_age",
    PageKey.MEETINGS: "meeting_count",
    PageKey.NOTICES: "notice_flow",
    PageKey.HOUSING: "transition",
    PageKey.BUDGET: "population",
    PageKey.REPORT: "overview",
    PageKey.QUALITY: "overview",
    PageKey.REGISTRATION: "overview",
    PageKey.NATIONAL_REGISTER: "register_mirror",
    PageKey.GOALS: "goal_followup",
    PageKey.CORRECTIONS: "findings",
}


@pytest.mark.parametrize("page", OF_PUBLICATION)
def test_an_older_version_has_not_published_a_table(page: PageKey, home: Path) -> None:
    folder = _folder(home)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["tables"][_NEEDED[page]]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for file in files_of(folder, _NEEDED[page]):
        file.unlink()
    (sentence,) = _sentences(_open(page))
    assert sentence == TEXTS("unreadable.older_version")
    assert "samordna run" in sentence


def test_an_older_version_has_not_published_a_column(home: Path) -> None:
    publication_files.rewrite(_folder(home), "coverage", "select * exclude (segment) from told")
    assert _sentences(_open(PageKey.COVERAGE)) == [TEXTS("unreadable.older_version")]


def test_publications_switch_while_ten_sessions_read(tmp_path: Path) -> None:
    for name, more in ((LARGER, 2.0), ("20251231-fffffffff1", 1.0)):
        made.publish(tmp_path, publication=name, more=more)
    home, done = Home(tmp_path), threading.Event()

    def switch() -> None:
        names = [LARGER, "20251231-fffffffff1"]
        while not done.is_set():
            names.reverse()
            made.point_at(tmp_path, names[0])

    def read(number: int) -> set[str]:
        seen = set()
        for _ in range(12):
            publication = current_publication(home)
            view = View(
                Language.NB, (LARGE, MIDDLE)[number % 2], AS_OF, "coordinator_coverage", "standard"
            )
            figures = content.gather(Labels(publication, TEXTS), view)
            assert isinstance(figures, content.CoverageFigures)
            rows = content.table_of_groups(figures).rows
            seen.add(f"{publication.id}: {content.headline(figures)} {len(rows)}")
        return seen

    switching = threading.Thread(target=switch)
    switching.start()
    try:
        with ThreadPoolExecutor(10) as sessions:
            seen = set().union(*sessions.map(read, range(10)))
    finally:
        done.set()
        switching.join()
    # Each of the two municipalities has one answer in each of the two publications.
    assert len(seen) <= 4
