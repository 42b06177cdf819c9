"""The page of conversations about own goals: what it says, and what it says where there are none."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.content import goals as content
from dashboards.content.goals import GoalFigures
from dashboards.content.labels import Labels
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries.practice import Goals
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, SMALL

LANGUAGES = ["nb", "nn", "en"]


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = made.standing_home()
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    yield home


def _figures(municipality: str = LARGE, day: dt.date = AS_OF) -> GoalFigures:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(Language.NB))
    return content.gather(labels, View(Language.NB, municipality, day, "plan_coverage", "standard"))


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def _of(*ages: Goals) -> GoalFigures:
    return replace(_figures(), ages=ages)


def test_those_with_more_conversations_are_the_indicator_s() -> None:
    figures = _figures()
    assert figures.improvement is not None
    measured = figures.improvement.measured
    assert (figures.whole.improved, figures.whole.followed) == (
        measured.numerator,
        measured.denominator,
    )


def test_the_lead_says_with_how_many_and_how_many_are_better() -> None:
    figures = _of(Goals("0-5", 4, 2, 1, 7, 6, 0, 0), Goals("24+", 6, 5, 3, 20, 2, 0, 0))
    assert _plain(content.headline(figures)) == (
        "Det er ført samtaler om egne mål med 10 personer. De siste 365 dagene er det ført 8 samtaler. "
        "7 har hatt mer enn én samtale, og 4 av dem mestrer målene bedre enn ved den første."
    )


def test_old_goals_that_were_never_looked_at_again_are_the_finding() -> None:
    once_long_ago = _of(Goals("0-5", 4, 2, 1, 7, 6, 0, 0), Goals("24+", 6, 5, 3, 20, 2, 0, 0))
    assert _plain(content.by_age(once_long_ago).title) == (
        "3 av 10 personer har bare hatt én samtale. For 1 av dem er det mer enn ett år siden."
    )
    newly = _of(Goals("0-5", 4, 2, 1, 7, 6, 0, 0))
    assert "ingen av dem for mer enn ett år siden" in content.by_age(newly).title


def test_the_parts_of_an_age_are_the_persons() -> None:
    table = content.table_by_age(_figures())
    for row in table.all_rows:
        _, persons, once, followed, improved, conversations, of_the_year = row
        assert persons == once + followed  # type: ignore[operator]
        assert improved <= followed  # type: ignore[operator]
        assert conversations >= of_the_year  # type: ignore[operator]
    assert table.total is not None
    for number in range(1, 7):
        assert sum(row[number] for row in table.rows) == table.total[number]  # type: ignore[misc]


def test_the_second_conversation_is_told_of_those_who_should_have_had_it() -> None:
    figures = _of(Goals("12-23", 20, 12, 3, 40, 9, 20, 8))
    told = _plain(content.evaluated_in_words(figures))
    assert told.startswith("8 av 20 personer hadde den andre samtalen innen et halvt år: 40,0 %")
    table = content.table_of_evaluated(figures)
    assert [row[1] for row in table.all_rows] == [8, 12, 20]
    few = content.evaluated_in_words(_of(Goals("12-23", 9, 9, 3, 40, 9, 9, 8)))
    assert "andelen er usikker" in few
    nobody = content.evaluated_in_words(_of(Goals("0-5", 9, 9, 3, 40, 9, 0, 0)))
    assert nobody.startswith("Ingen har hatt sin første samtale")


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("nb", "Hva er viktig for deg?"),
        ("nn", "Kva er viktig for deg?"),
        ("en", "What matters to you?"),
    ],
)
def test_the_page_says_its_finding_and_shows_its_pictures(language: str, heading: str) -> None:
    page = open_page("goals", lang=language)
    assert page.app.title[0].value == heading
    assert len(page.texts("lead")) == 1
    assert len(page.pictures) == 2
    assert page.tables == 3
    assert page.texts("told") == []
    assert not page.app.warning


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_earlier_date_is_told_of_that_date(language: str) -> None:
    assert "2024" in open_page("goals", lang=language, date="2024-12-31").texts("lead")[0]


def test_other_municipalities_stand_beside_over_time_only() -> None:
    page = open_page("goals", compare=[SMALL])
    assert ["Suldal" in note for note in page.texts("notes")] == [False, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_without_figures_is_told(language: str) -> None:
    page = open_page("goals", lang=language, municipality=EMPTY)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")
    assert page.pictures == []
