"""The page of housing and transitions: its findings, its pictures, what absence says."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.charts.colours import DARK, LIGHT
from dashboards.content import followup as shared
from dashboards.content import housing as content
from dashboards.content.housing import ADULT, CONSENTING, HousingFigures
from dashboards.content.labels import Labels
from dashboards.content.shared import Picture
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Sign, Texts
from dashboards.queries.followup import Birthdays, HousingType, HousingYear
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL

LANGUAGES = ["nb", "nn", "en"]


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    yield made.standing_home()


def _figures(
    municipality: str = LARGE, day: dt.date = AS_OF, language: Language = Language.NB
) -> HousingFigures:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(language))
    view = View(language, municipality, day, "coordinator_coverage", "standard")
    figures = content.gather(labels, view)
    assert isinstance(figures, HousingFigures)
    return figures


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def _turning(*quarters: dt.date, turns: int = ADULT) -> tuple[Birthdays, ...]:
    """Return ten in each quarter: three with a child coordinator, two with another, six plans."""
    return tuple(Birthdays(turns, quarter, 10, 5, 3, 6) for quarter in quarters)


def test_a_year_has_passed_when_it_is_before_that_of_the_date() -> None:
    figures = dataclasses.replace(
        _figures(),
        years=(
            HousingYear(2024, 4, 1),
            HousingYear(2025, 8, 2),
            HousingYear(2026, 3, 0),
            HousingYear(None, 5, 5),
        ),
    )
    assert (figures.overdue, figures.registered) == (4, 20)
    picture = content.by_year(figures)
    assert isinstance(picture, Picture)
    assert _plain(picture.title) == "4 av 20 behov gjelder et ønsket år som er passert (før 2025)."
    assert picture.remarks[0].startswith("Er boligen på plass")
    table = content.table_of_years(figures)
    assert [row[3] for row in table.rows] == ["ja", "nei", "nei", Sign.NOT_AVAILABLE]
    assert table.rows[-1][0] == "Ikke oppgitt"
    assert table.total == ("Sum", 20, 8, "")


def test_without_a_passed_year_nothing_is_asked() -> None:
    figures = dataclasses.replace(_figures(), years=(HousingYear(2026, 3, 0),))
    picture = content.by_year(figures)
    assert isinstance(picture, Picture)
    assert picture.title.startswith("Ingen av behovene gjelder et år som er passert")
    assert not any("på plass" in remark for remark in picture.remarks)


@pytest.mark.parametrize(
    ("day", "near"),
    [
        # On the last day of a quarter everybody of it has had the birthday.
        (dt.date(2025, 12, 31), [dt.date(2026, 1, 1), dt.date(2026, 4, 1)]),
        (dt.date(2025, 11, 30), [dt.date(2025, 10, 1), dt.date(2026, 1, 1)]),
        (dt.date(2024, 12, 31), [dt.date(2025, 1, 1), dt.date(2025, 4, 1)]),
    ],
)
def test_what_is_near_are_the_two_quarters_that_are_not_over(
    day: dt.date, near: list[dt.date]
) -> None:
    figures = _figures(day=day)
    assert list(figures.near) == near
    turning = figures.turning(ADULT)
    assert turning[0].quarter == near[0]
    assert [each.quarter for each in figures.turning_soon(ADULT)] == near


def test_those_who_come_of_age_are_split_by_what_they_have() -> None:
    quarters = (dt.date(2025, 10, 1), dt.date(2026, 1, 1), dt.date(2026, 7, 1))
    figures = dataclasses.replace(_figures(), birthdays=_turning(*quarters))
    picture = content.coming_of_age(figures, ADULT)
    assert isinstance(picture, Picture)
    assert _plain(picture.title) == (
        "20 personer i målgruppen fyller 18 år innen utgangen av 3. kvartal 2026. "
        "6 har barnekoordinator, som avsluttes på 18-årsdagen, og 10 har ingen koordinator."
    )
    table = content.table_of_birthdays(figures, ADULT)
    assert table.rows[0][1:] == (10, 3, 2, 5, 6, 4)
    assert table.total is not None
    assert table.total[1:] == (20, 6, 4, 10, 12, 8)
    assert absence(lambda: content.coming_of_age(figures, CONSENTING))


def test_nobody_and_one_are_written_as_words() -> None:
    figures = _figures()

    def told(child: int, nobody: int) -> str:
        only = Birthdays(ADULT, dt.date(2026, 1, 1), 10, 10 - nobody, child, 6)
        picture = content.coming_of_age(dataclasses.replace(figures, birthdays=(only,)), ADULT)
        assert isinstance(picture, Picture)
        return _plain(picture.title)

    assert told(0, 2).endswith("Ingen har barnekoordinator, og 2 har ingen koordinator.")
    assert told(4, 0).endswith("og alle har koordinator.")


def test_the_finding_and_the_advice_are_of_those_who_are_near() -> None:
    quarters = (dt.date(2026, 1, 1), dt.date(2026, 7, 1))
    figures = dataclasses.replace(_figures(), birthdays=_turning(*quarters))
    assert "fyller 10 personer i målgruppen 18 år. 3 har barnekoordinator" in _plain(
        content.headline(figures)
    )
    told = content.to_be_done(figures, ADULT)
    assert "§ 7-2 a" in told[0]
    assert told[-1].endswith("som fyller 18 år: 5 uten koordinator og 4 uten individuell plan.")
    later = dataclasses.replace(_figures(), birthdays=_turning(dt.date(2027, 1, 1)))
    assert content.headline(later).endswith(
        "Ingen i målgruppen fyller 18 år de to nærmeste kvartalene."
    )
    assert len(content.to_be_done(later, ADULT)) == 2


def test_the_year_before_is_told_as_a_figure_and_not_judged() -> None:
    picture = content.by_year(_figures())
    assert isinstance(picture, Picture)
    told = [remark for remark in picture.remarks if remark.startswith("31. desember 2024")]
    assert len(told) == 1
    assert "tilfeldig" not in " ".join(picture.remarks)


def test_no_registered_need_is_told_and_the_transitions_still_shown() -> None:
    figures = _figures(SMALL)
    absent = absence(lambda: content.by_year(figures))
    assert "Det er ikke levert det som trengs: Boligbehov." in absent
    assert content.headline(figures).startswith("Ingen boligbehov er registrert")


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("municipality", [LARGE, MIDDLE])
def test_every_picture_can_be_drawn(municipality: str, palette: object) -> None:
    figures = _figures(municipality)
    for picture in (
        content.by_year(figures),
        content.coming_of_age(figures, ADULT),
        content.coming_of_age(figures, CONSENTING),
    ):
        assert isinstance(picture, Picture)
        assert picture.draw(palette).data  # type: ignore[arg-type]


def test_what_was_never_delivered_is_told_apart_from_what_never_happened() -> None:
    figures = _figures()
    missing = shared.absence(figures.labels, figures.view, ["endring"])
    assert missing.sentence.startswith("Dette kan ikke vises. Det er ikke levert")
    nothing = shared.absence(figures.labels, figures.view, ["bolig"])
    assert nothing.sentence.startswith("Ingenting er registrert for Asker")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (Language.NB, ["1 dag", "18 dager", "18,5 dager", "9-30 dager", "12 dager"]),
        (Language.NN, ["1 dag", "18 dagar", "18,5 dagar", "9-30 dagar", "12 dagar"]),
        (Language.EN, ["1 day", "18 days", "18.5 days", "9-30 days", "12 days"]),
    ],
)
def test_days_in_words(language: Language, expected: list[str]) -> None:
    texts = Texts(language)
    assert [
        *(shared.days_in_words(texts, days) for days in (1, 18.0, 18.5)),
        *(shared.range_in_words(texts, *ends) for ends in ((9, 30), (12, 12))),
    ] == expected


def test_names_are_listed_as_a_sentence_has_them() -> None:
    texts = Texts(Language.NB)
    assert shared.listed(texts, ["A"]) == "A"
    assert shared.listed(texts, ["A", "B", "C"]) == "A, B og C"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_its_finding_its_pictures_and_tables(language: str) -> None:
    page = open_page("housing", lang=language)
    headings = {
        "nb": "Bolig og overganger",
        "nn": "Bustad og overgangar",
        "en": "Housing and transitions",
    }
    assert page.app.title[0].value == headings[language]
    assert len(page.texts("lead")) == 1
    assert len(page.pictures) == len(page.texts("notes")) == 3
    # The registrations of those who turn 18, and 16, have no picture.
    assert page.tables == 6
    assert page.texts("told") == []


def test_the_filters_change_the_page_and_the_address() -> None:
    page = open_page("housing")
    lead = page.texts("lead")
    there = page.choose("municipality", MIDDLE)
    assert there.address("municipality") == [MIDDLE]
    assert there.texts("lead") != lead
    earlier = there.choose("date", "2024-06-30")
    assert earlier.texts("lead")[0].startswith("30. juni 2024 hadde ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_without_figures_is_told(language: str) -> None:
    page = open_page("housing", lang=language, municipality=EMPTY)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")
    assert page.pictures == []


def test_the_types_of_home_are_those_that_the_sources_write() -> None:
    types = (HousingType("Omsorgsbolig", 5, 3), HousingType(None, 2, 0))
    table = content.table_of_types(dataclasses.replace(_figures(), types=types))
    assert table.rows == (("Omsorgsbolig", 5, 3), ("Ikke oppgitt", 2, 0))
    assert table.total == ("Sum", 7, 3)
