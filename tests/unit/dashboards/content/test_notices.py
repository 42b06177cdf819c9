"""The page from notice to coordinator: its findings, its pictures, what absence says."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.publication import current_publication
from dashboards.analysis.survival import Curve, DayCount, kaplan_meier
from dashboards.charts.colours import DARK, LIGHT
from dashboards.charts.flow import FlowBand, FlowStep, flow
from dashboards.content import notices as content
from dashboards.content.labels import Labels
from dashboards.content.notices import NoticeFigures
from dashboards.content.shared import Picture
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Sign, Texts
from dashboards.queries.followup import Channel, Days, FlowLink, Sender
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL

LANGUAGES = ["nb", "nn", "en"]
A_YEAR_BEFORE = dt.date(2024, 12, 31)


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    yield made.standing_home()


def _figures(municipality: str = LARGE, day: dt.date = AS_OF) -> NoticeFigures:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(Language.NB))
    view = View(Language.NB, municipality, day, "coordinator_coverage", "standard")
    figures = content.gather(labels, view)
    assert isinstance(figures, NoticeFigures)
    return figures


def _title(picture: Picture) -> str:
    return _plain(picture.title)


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def _curve(*events: tuple[int, int], censored_at: int = 400, censored: int = 0) -> Curve:
    """Return the curve of so many coordinators after so many days; the rest wait."""
    waiting = sum(number for _, number in events) + censored
    counts = []
    for days, number in events:
        counts.append(DayCount(days, waiting, number, 0))
        waiting -= number
    if censored:
        counts.append(DayCount(censored_at, waiting, 0, censored))
    return kaplan_meier(counts)


def _link(step: str, outcome: str, notices: int, median: float | None = None) -> FlowLink:
    order = {
        "received": 1, "assessed": 2, "awaiting_assessment": 2, "coordinator": 3, "rejected": 3,
        "appointed": 4, "awaiting_coordinator": 4, "closed": 4, "plan_begun": 5,
        "without_plan": 5, "met": 6, "without_meeting": 6,
    }  # fmt: skip
    days = Days(notices if median else 0, median, median, median)
    return FlowLink(
        step, order[step], outcome, order[outcome], outcome.startswith("await"), notices, days
    )


LINKS = (
    _link("received", "assessed", 18, 10),
    _link("received", "awaiting_assessment", 2, 4),
    _link("assessed", "coordinator", 15, 9),
    _link("assessed", "rejected", 3, 12),
    _link("coordinator", "appointed", 10, 40),
    _link("coordinator", "awaiting_coordinator", 5, 60),
    _link("rejected", "appointed", 1, 80),
    _link("rejected", "closed", 2, 12),
    _link("appointed", "plan_begun", 4, 100),
    _link("appointed", "without_plan", 7, 90),
    _link("plan_begun", "met", 4, 120),
    _link("without_plan", "met", 3, 110),
    _link("without_plan", "without_meeting", 4, 90),
)


def _point(day: dt.date, median: float, of: int, segment: int = 0) -> Point:
    return Point(day, Measured(0, of, median, median - 5, median + 5), segment)


def test_half_and_the_share_after_ninety_days_are_told_with_their_limits() -> None:
    figures = dataclasses.replace(
        _figures(), curve=_curve((30, 30), (60, 30), (200, 10), censored=30)
    )
    title = _title(content.time_to_coordinator(figures))
    assert title.startswith(
        "For halvparten av meldingene var koordinator på plass innen 60 dager (95 % KI 60-60)."
    )
    assert "Etter 90 dager hadde 60,0 % (95 % KI 50,6-69,6) fått koordinator." in title


def test_a_median_that_is_not_reached_is_said_so() -> None:
    figures = dataclasses.replace(_figures(), curve=_curve((30, 30), censored=70))
    assert _title(content.time_to_coordinator(figures)).startswith(
        "365 dager etter at meldingene kom, hadde færre enn halvparten ført til koordinator."
    )


def test_the_curve_ends_where_too_few_are_followed() -> None:
    curve = _curve((20, 5), censored_at=70, censored=11)
    figures = dataclasses.replace(_figures(), curve=curve)
    assert figures.last_day == 70
    picture = content.time_to_coordinator(figures)
    assert isinstance(picture, Picture)
    assert "Etter 90 dager" not in picture.title
    assert any("Kurven stopper etter 70 dager" in remark for remark in picture.remarks)
    after_30, after_90 = content.table_of_curve(figures).rows[:2]
    assert after_30[:2] == (30, 11)
    assert after_30[2] == pytest.approx(5 / 16)
    assert after_90 == (90, 0, *[Sign.NOT_AVAILABLE] * 3)


def test_too_few_notices_have_no_curve() -> None:
    figures = dataclasses.replace(_figures(), curve=_curve((20, 5), censored=4))
    absent = absence(lambda: content.time_to_coordinator(figures))
    assert absent.startswith("Det er 9 meldinger å følge, for få")
    assert "for få meldinger til å si hvor lang tid" in content.headline(figures)


def test_the_shares_are_those_of_the_curve_turned_round() -> None:
    figures = _figures()
    found = figures.curve.on(90)
    row = content.table_of_curve(figures).rows[1]
    assert row[0] == 90
    assert found.low is not None
    assert found.high is not None
    assert row[2:] == (1 - found.share, 1 - found.high, 1 - found.low)


def test_the_flow_is_told_as_a_funnel_and_as_ways() -> None:
    figures = dataclasses.replace(_figures(), links=LINKS)
    assert _title(content.the_flow(figures)) == (
        "Av 20 meldinger var 18 vurdert innen 31. desember 2025. 11 gjaldt personer med koordinator, "
        "og 5 ventet på koordinator."
    )
    phases = content.table_of_phases(figures)
    assert [row[1:] for row in phases.rows] == [
        (20, 1.0), (18, 0.9), (11, 0.55), (4, 0.2), (7, 0.35),
    ]  # fmt: skip
    ways = content.table_of_flow(figures)
    assert ways.rows[0][:4] == ("Melding mottatt", "Vurdert", 18, 18)
    assert len(ways.rows) == len(LINKS)


def test_without_notices_there_is_no_flow() -> None:
    figures = dataclasses.replace(_figures(), links=())
    assert absence(lambda: content.the_flow(figures))
    assert content.table_of_phases(figures).rows == ()


def test_a_step_with_several_ways_in_has_the_lowest_and_the_highest_median() -> None:
    figures = dataclasses.replace(_figures(), links=LINKS)
    picture = content.the_flow(figures)
    assert isinstance(picture, Picture)
    names = [str(name.text) for name in picture.draw(LIGHT).layout.annotations]
    assert "<b>Koordinator<br>oppnevnt</b><br>11 · 40-80 dager" in names
    assert "<b>Vurdert</b><br>18 · 10 dager" in names
    assert "<b>Melding mottatt</b><br>20" in names


def test_bands_leave_and_reach_a_step_side_by_side() -> None:
    steps = [
        FlowStep("a", 0, "A", "10", "", True),
        FlowStep("b", 1, "B", "7", "", True),
        FlowStep("c", 1, "C", "3", "", False),
    ]
    bands = [FlowBand("a", "b", 7, "to b"), FlowBand("a", "c", 3, "to c")]
    figure = flow(LIGHT, steps, bands)
    first, second = (shape for shape in figure.layout.shapes if shape.type == "path")
    # The whole is 300 pixels: the second band begins where the first ends.
    assert first.path.startswith("M 0.0275,0.0 ")
    assert second.path.startswith("M 0.0275,210.0 ")
    boxes = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [round(box.y1 - box.y0) for box in boxes] == [300, 210, 90]
    assert boxes[2].y0 > boxes[1].y1
    assert boxes[2].fillcolor == LIGHT.taken_away
    assert list(figure.data[0].hovertext)[:2] == ["to b", "to c"]


def test_days_are_told_with_quartiles_and_the_year_before() -> None:
    figures = dataclasses.replace(
        _figures(), answers=(_point(A_YEAR_BEFORE, 21, 80), _point(AS_OF, 18, 89))
    )
    (indicator, sentence), _ = content.days_in_sentences(figures)
    assert indicator == "answer_days"
    assert _plain(sentence) == (
        "Dager til svar: 89 meldinger fra de siste 365 dagene er vurdert. Halvparten fikk svar "
        "innen 18 dager, de midterste 50 prosentene på 13-23 dager. "
        "Ett år tidligere: 21 dager (80 meldinger)."
    )


def test_a_median_behind_a_break_is_not_compared_nor_one_of_few() -> None:
    figures = dataclasses.replace(
        _figures(), answers=(_point(A_YEAR_BEFORE, 21, 80), _point(AS_OF, 18, 9, segment=1))
    )
    (_, sentence), _ = content.days_in_sentences(figures)
    assert "Tallserien er brutt" in sentence
    assert "21 dager" not in sentence
    few = dataclasses.replace(
        figures, answers=(_point(A_YEAR_BEFORE, 21, 80), _point(AS_OF, 18, 9))
    )
    (_, sentence), _ = content.days_in_sentences(few)
    assert "Det er for få til å vurdere endringen" in sentence
    assert "21 dager" not in sentence
    rows = content.table_of_days(dataclasses.replace(figures, appointments=())).rows
    assert [row[1] for row in rows] == [AS_OF]


def test_without_answers_it_is_said_what_to_do() -> None:
    figures = dataclasses.replace(_figures(), answers=(), appointments=())
    told = [sentence for _, sentence in content.days_in_sentences(figures)]
    assert told[0].startswith("Ingen meldinger fra de siste 365 dagene er vurdert med dato")
    assert told[1].startswith("Ingen meldinger fra 2024")


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (dt.date(2025, 12, 31), "2024"),
        (dt.date(2024, 11, 30), "2. desember 2022 til 1. desember 2023"),
    ],
)
def test_the_year_of_the_appointments_is_named(day: dt.date, period: str) -> None:
    figures = _figures()
    at_day = dataclasses.replace(
        figures, view=dataclasses.replace(figures.view, reference_date=day), appointments=()
    )
    _, (_, sentence) = content.days_in_sentences(at_day)
    assert f"Ingen meldinger fra {period} førte til koordinator" in sentence


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (60, 20, "Fastlege (60) sendte flest av 80 meldinger. Forskjellen til den neste"),
        (
            24,
            20,
            "Av 44 meldinger kom flest fra Fastlege (24) og Sykehus (20). Forskjellene mellom",
        ),
        (5, 2, "7 meldinger er for få til å si hvem som sendte flest."),
    ],
)
def test_a_sender_is_set_apart_only_by_more_than_chance(
    first: int, second: int, expected: str
) -> None:
    nobody = Days(0, None, None, None)
    figures = dataclasses.replace(
        _figures(),
        senders=(
            Sender("gp", first, 1, 9, Days(8, 10, 20, 30)),
            Sender("hospital", second, 0, 0, nobody),
            Sender("other", 0, 0, 3, nobody),
        ),
    )
    assert _title(content.by_sender(figures)).startswith(expected)
    table = content.table_of_senders(figures)
    assert table.rows[0][4:] == (8, 20, 10, 30)
    assert table.rows[1][4:] == (0, *[Sign.NOT_APPLICABLE] * 3)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("municipality", [LARGE, MIDDLE, SMALL])
def test_every_picture_can_be_drawn(municipality: str, palette: object) -> None:
    figures = _figures(municipality)
    for picture in (
        content.the_flow(figures),
        content.time_to_coordinator(figures),
        content.by_sender(figures),
    ):
        assert isinstance(picture, Picture)
        assert picture.draw(palette).data  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_its_finding_three_pictures_and_six_tables(language: str) -> None:
    page = open_page("notices", lang=language)
    headings = {
        "nb": "Fra melding til koordinator",
        "nn": "Frå melding til koordinator",
        "en": "From notice to coordinator",
    }
    assert page.app.title[0].value == headings[language]
    assert len(page.texts("lead")) == 1
    assert len(page.pictures) == len(page.texts("notes")) == 3
    assert page.tables == 6
    assert page.texts("told") == []


def test_the_filters_change_the_page_and_the_address() -> None:
    page = open_page("notices")
    lead = page.texts("lead")
    there = page.choose("municipality", MIDDLE)
    assert there.address("municipality") == [MIDDLE]
    assert there.texts("lead") != lead
    earlier = there.choose("date", "2024-06-30")
    assert "30. juni 2024" in earlier.texts("lead")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_without_figures_is_told(language: str) -> None:
    page = open_page("notices", lang=language, municipality=EMPTY)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")
    assert page.pictures == []


def test_the_channels_are_those_that_the_sources_write() -> None:
    channels = (Channel("PLO-melding", 8, 6, 4), Channel(None, 1, 0, 0))
    table = content.table_of_channels(dataclasses.replace(_figures(), channels=channels))
    assert table.rows == (("PLO-melding", 8, 6, 4), ("Ikke oppgitt", 1, 0, 0))
