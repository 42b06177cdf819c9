"""No page contradicts another: the verdicts of the same figure, held against each other."""

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.analysis.change import Change, Verdict
from dashboards.content import yearly
from dashboards.i18n.texts import Language
from tests.support.publication import standing_home
from tests.support.verdicts import contradictions


@pytest.mark.parametrize("language", list(Language))
def test_no_page_contradicts_another(language: Language) -> None:
    found, held = contradictions(current_publication(Home(standing_home())), language)
    assert held > 500
    assert found == []


def test_a_page_that_judged_by_itself_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yearly, "change_of_cut", lambda *_: Change(Verdict.FEW))
    found, _ = contradictions(current_publication(Home(standing_home())), Language.NB)
    assert any("front and development" in each for each in found)
    assert any("own page and development" in each for each in found)
