"""The page of the plans: its findings, its pictures and tables, and what absence says."""

import dataclasses
import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.publication import current_publication
from dashboards.charts.colours import LIGHT
from dashboards.content import indicator
from dashboards.content import plans as content
from dashboards.content.labels import Labels
from dashboards.content.plans import PlanFigures, Together
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries.coordination import PlanAge
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL

LANGUAGES = ["nb", "nn", "en"]


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = made.standing_home()
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    yield home


def _figures(municipality: str = LARGE, day: dt.date = AS_OF) -> PlanFigures:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(Language.NB))
    view = View(Language.NB, municipality, day, "coordinator_coverage", "standard")
    figures = content.gather(labels, view)
    assert isinstance(figures, PlanFigures)
    return figures


def _together(figures: PlanFigures) -> Together:
    assert isinstance(figures.together, Together)
    return figures.together


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def test_the_lead_says_how_many_plans_live_and_how_many_stand_alone() -> None:
    figures = _figures()
    now = _together(figures).now
    lead = _plain(content.headline(figures))
    assert lead.startswith("71,1 % av dem som har en aktiv individuell plan, har en levende plan")
    assert "Endringen kan skyldes tilfeldigheter." in lead
    assert lead.endswith(
        f"{now['only_plan']} har plan uten koordinator, {now['only_coordinator']} har koordinator "
        f"uten plan, og {now['both']} har begge deler."
    )


def test_the_lead_of_an_earlier_date_is_told_of_that_date() -> None:
    figures = _figures(day=dt.date(2024, 12, 31))
    now, lead = _together(figures).now, content.headline(figures)
    assert lead.startswith("31. desember 2024 hadde ")
    assert (
        f"Samme dag hadde {now['only_plan']} plan uten koordinator, {now['only_coordinator']} "
        f"koordinator uten plan, og {now['both']} begge deler."
    ) in lead


def test_a_change_of_the_living_is_claimed_only_when_it_is_more_than_chance() -> None:
    figure = _figures().living

    def told(now: int, before: int) -> str:
        measured = [Measured(count, 100, count / 100, 0.0, 1.0) for count in (before, now)]
        points = (Point(AS_OF.replace(year=2024), measured[0]), Point(AS_OF, measured[1]))
        return indicator.level_and_change(
            dataclasses.replace(figure, measured=measured[1], points=points)
        )

    assert "10,0 prosentpoeng" not in told(70, 60)
    assert "20,0 prosentpoeng høyere enn for ett år siden, mer enn tilfeldig" in told(80, 60)


def test_the_parts_are_the_target_group() -> None:
    together = _together(_figures())
    assert sum(together.now.values()) == together.coordinator.measured.denominator
    with_coordinator = together.now["both"] + together.now["only_coordinator"]
    assert with_coordinator == together.coordinator.measured.numerator
    with_plan = together.now["both"] + together.now["only_plan"]
    assert with_plan == together.without_coordinator.measured.denominator


def test_the_picture_shows_the_three_and_marks_the_year_before() -> None:
    figures = _figures()
    together = _together(figures)
    picture = content.plan_and_coordinator(figures, together)
    assert _plain(picture.title).startswith(
        "15,5 % av dem som har en aktiv individuell plan, mangler"
    )
    drawn = picture.draw(LIGHT)
    three = ("both", "only_plan", "only_coordinator")
    assert list(drawn.data[0].x) == [together.now[who] for who in three]
    assert [shape.x0 for shape in drawn.layout.shapes] == [together.before[who] for who in three]
    assert any("har verken plan eller koordinator" in remark for remark in picture.remarks)


def test_nothing_stands_beside_across_a_break() -> None:
    figures = _figures(MIDDLE, dt.date(2024, 6, 30))
    together = _together(figures)
    assert together.before == {}
    picture = content.plan_and_coordinator(figures, together)
    assert not picture.draw(LIGHT).layout.shapes
    assert not any("streken" in remark for remark in picture.remarks)
    assert len(content.table_of_plan_and_coordinator(figures, together).columns) == 3


def test_the_table_of_plan_and_coordinator_ends_with_the_target_group() -> None:
    figures = _figures()
    table = content.table_of_plan_and_coordinator(figures, _together(figures))
    assert table.total is not None
    assert table.total[0] == "Anslått målgruppe"
    for number in (1, 2, 3):
        assert sum(row[number] for row in table.rows) == pytest.approx(table.total[number])  # type: ignore[arg-type]
    assert table.total[2] == pytest.approx(1.0)


def test_the_ages_mark_what_lives() -> None:
    figures = _figures()
    picture = content.by_age(figures)
    living = figures.living.measured
    resting = living.denominator - living.numerator
    assert picture.title == (
        f"{resting} av {living.denominator} planer er eldre enn ett år og ikke evaluert de siste "
        "12 månedene."
    )
    assert [trace.name for trace in picture.draw(LIGHT).data] == [
        "Levende (opprettet eller evaluert siste 12 måneder)",
        "Ikke levende",
    ]
    ages = list(figures.ages.values())
    assert list(picture.draw(LIGHT).data[0].x)[: len(ages)] == [each.living for each in ages]
    table, (young, *_) = content.table_by_age(figures), ages
    alone = young.plans - young.with_coordinator
    assert table.rows[0] == (
        "Under 1 år", young.plans, young.living, 0, young.living_without_minutes,
        young.living_with_minutes, young.with_coordinator, alone,
    )  # fmt: skip
    assert len(picture.remarks) == 1


def test_an_age_without_plans_is_shown_as_none() -> None:
    figures = dataclasses.replace(_figures(), ages={"0": PlanAge("0", 3, 3, 3, 3, 2)})
    table = content.table_by_age(figures)
    assert table.rows[1] == ("1 år", 0, 0, 0, 0, 0, 0, 0)
    assert table.total == ("Sum", 3, 3, 0, 3, 3, 2, 1)


def _by_age(living: int, without_minutes: int, with_minutes: int) -> PlanFigures:
    """Return ten plans, of which so many are living, without minutes and with them."""
    figures = _figures()
    ages = {"5+": PlanAge("5+", 10, living, without_minutes, with_minutes, 4)}
    measured = Measured(living, 10, living / 10, 0.0, 1.0)
    of_ten = dataclasses.replace(figures.living, measured=measured)
    return dataclasses.replace(figures, ages=ages, living=of_ten)


def test_the_living_are_shown_without_minutes_and_with_them() -> None:
    (told,) = content.minutes(_by_age(4, 4, 7))
    assert _plain(told) == (
        "Uten møtereferat er 4 planer levende (40,0 %), med referat 7 (70,0 %). Kommunen regner "
        "bare planer som er opprettet eller evaluert, som levende."
    )
    (told,) = content.minutes(_by_age(7, 4, 7))
    assert told.endswith(
        "Kommunen har valgt at referat fra koordinerings- og samarbeidsmøter holder en plan levende."
    )
    assert content.minutes(_by_age(4, 4, 4)) == []


def test_plans_that_minutes_keep_are_not_said_to_be_evaluated() -> None:
    picture = content.by_age(_by_age(10, 4, 10))
    assert _plain(picture.title) == ("Alle planene er levende når referat regnes med (10 planer).")
    assert "møtereferat" in picture.draw(LIGHT).data[0].name


def test_where_all_plans_live_there_is_nothing_to_do() -> None:
    figures = _figures()
    all_live = dataclasses.replace(
        figures,
        living=dataclasses.replace(figures.living, measured=Measured(9, 9, 1.0, 0.7, 1.0)),
    )
    picture = content.by_age(all_live)
    assert picture.title == (
        "Alle planene er opprettet eller evaluert de siste 12 månedene (9 planer)."
    )
    assert picture.remarks == ()


# The page.


@pytest.mark.parametrize(
    ("language", "heading", "lead", "consent"),
    [
        ("nb", "Planer", "har en levende plan", "Det er gitt samtykke for"),
        ("nn", "Planar", "har ein levande plan", "Det er gitt samtykke for"),
        ("en", "Plans", "have a living plan", "Consent is given for"),
    ],
)
def test_the_page_says_its_finding_and_shows_its_pictures(
    language: str, heading: str, lead: str, consent: str
) -> None:
    page = open_page("plans", lang=language)
    assert page.app.title[0].value == heading
    (told,) = page.texts("lead")
    assert lead in told
    assert any(remark.startswith(consent) for remark in page.texts("remark"))
    assert len(page.pictures) == 4
    assert all(len(description) > 60 for description in page.pictures)
    assert page.html.count('<table class="figures">') == 4
    assert len(page.texts("notes")) == 4
    assert not page.app.warning
    assert page.texts("told") == []


@pytest.mark.parametrize(("parameter", "value"), [("municipality", MIDDLE), ("date", "2024-12-31")])
def test_each_filter_changes_the_page_and_the_address(parameter: str, value: str) -> None:
    page = open_page("plans")
    before = page.texts("lead")
    page.app.selectbox(key=f"choose_{parameter}").select(value)
    page.run()
    assert page.address(parameter) == [value]
    assert page.texts("lead") != before


def test_other_municipalities_stand_beside_over_time_only() -> None:
    notes = open_page("plans", compare=[SMALL]).texts("notes")
    assert ["Suldal" in note for note in notes] == [False, False, False, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_without_figures_is_told(language: str) -> None:
    page = open_page("plans", lang=language, municipality=EMPTY)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")
    assert page.pictures == []


def _without_record(home: Path, record: str) -> None:
    shutil.copytree(made.standing_home() / "published", home / "published")
    (folder,) = (home / "published").glob("*/")
    made.without(folder, record)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_coordinators_the_plans_are_shown_alone(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_record(tmp_path, "koordinator")
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    page = open_page("plans", lang=language)
    assert len(page.pictures) == 3
    assert len(page.texts("told")) == 2
    assert len(page.texts("lead")) == 1


def test_without_plans_the_page_says_what_to_deliver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_record(tmp_path, "ip")
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    (told,) = open_page("plans").texts("told")
    assert "Individuelle planer" in told


def test_a_date_before_the_first_plan_is_told() -> None:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(Language.NB))
    view = View(Language.NB, LARGE, dt.date(2019, 1, 31), "coordinator_coverage", "standard")
    absent = absence(lambda: content.gather(labels, view))
    assert absent.startswith("Det finnes ikke tall for Asker 31. januar 2019")
