"""Why there is no figure, where every page says it alike."""

import datetime as dt

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.content import absence
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.publication import AS_OF


@pytest.fixture(autouse=True)
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    # The publication of the tests has neither of them.
    monkeypatch.setattr(Labels, "municipality", lambda _self, code: f"Kommune {code}")


def _told(municipality: str, day: dt.date, indicator: str, language: Language) -> str:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(language))
    view = View(language, municipality, day, indicator, "standard")
    return absence.nobody(labels, view).sentence


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.NB, "en del av en kommune som er delt siden (1507 Ålesund). En rate"),
        (Language.NN, "ein del av ein kommune som er delt sidan (1507 Ålesund). Ein rate"),
        (Language.EN, "a municipality that has been divided since (1507 Ålesund). A rate"),
    ],
)
def test_a_rate_of_a_part_of_a_divided_municipality_says_why_there_is_none(
    language: Language, said: str
) -> None:
    for indicator in ("coordinator_rate", "child_coordinator_rate"):
        told = _told("1580", dt.date(2022, 12, 31), indicator, language)
        assert said in told
        assert "2024" in told


@pytest.mark.parametrize(
    ("municipality", "day", "indicator"),
    [
        # After the division; a share, which asks for no inhabitants; one that never was a part.
        ("1580", dt.date(2024, 12, 31), "coordinator_rate"),
        ("1580", dt.date(2022, 12, 31), "coordinator_coverage"),
        ("4602", AS_OF, "coordinator_rate"),
    ],
)
def test_elsewhere_the_denominator_is_missing(
    municipality: str, day: dt.date, indicator: str
) -> None:
    assert "nevneren" in _told(municipality, day, indicator, Language.NB)
