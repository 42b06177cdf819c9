"""The page of the meetings: its findings, its pictures and tables, and what absence says."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from scipy.stats import binomtest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.publication import current_publication
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import significance
from dashboards.charts.colours import DARK, LIGHT
from dashboards.content import indicator
from dashboards.content import meetings as content
from dashboards.content.labels import Labels
from dashboards.content.meetings import MeetingFigures, Quarter
from dashboards.content.shared import Picture
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries.followup import FormCount, MeetingCount, Participation
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


def _labels(language: Language = Language.NB) -> Labels:
    return Labels(current_publication(Home(made.standing_home())), Texts(language))


def _figures(municipality: str = LARGE, day: dt.date = AS_OF) -> MeetingFigures:
    view = View(Language.NB, municipality, day, "coordinator_coverage", "sintef", "0-10")
    figures = content.gather(_labels(), view)
    assert isinstance(figures, MeetingFigures)
    return figures


def _title(picture: Picture) -> str:
    return picture.title.replace(NO_BREAK_SPACE, " ")


def _cells(**met_and_all: tuple[int, int]) -> tuple[Cell, ...]:
    """Return those who have met, of those with a coordinator, by age group and for all."""
    codes = {"young": "0-17", "old": "80-89", "oldest": "90+"}
    sums = [sum(pair[place] for pair in met_and_all.values()) for place in (0, 1)]
    groups = [(codes[name], *pair) for name, pair in met_and_all.items()]
    return tuple(
        Cell(code, "all", Measured(met, of, met / of, None, None))
        for code, met, of in [*groups, ("all", *sums)]
    )


def _quarters(*meetings: int, segments: dict[int, int] | None = None) -> tuple[Quarter, ...]:
    return tuple(
        Quarter(
            dt.date(2023 + number // 4, 1 + 3 * (number % 4), 1),
            {"coordination_meeting": count, "contact": 1000},
            (segments or {}).get(number, 0),
        )
        for number, count in enumerate(meetings)
    )


def test_the_page_is_of_the_standard_age_groups_whatever_the_address_says() -> None:
    figures = _figures()
    assert (figures.view.age_scheme, figures.view.age_group) == ("standard", "all")
    assert figures.view.indicator == "meeting_coverage"


def test_those_without_a_meeting_are_those_with_a_coordinator_less_those_who_met() -> None:
    figures = dataclasses.replace(_figures(), cells=_cells(young=(90, 100), old=(20, 60)))
    table = content.table_without_meeting(figures)
    assert [row[:4] for row in table.rows] == [("0-17", 100, 90, 10), ("80-89", 60, 20, 40)]
    assert table.total is not None
    assert table.total[:4] == ("Alle aldre", 160, 110, 50)
    title = _title(content.without_meeting(figures))
    assert title.startswith("50 personer av 160 med koordinator har ikke hatt ")


def test_an_age_group_is_named_only_where_it_differs_by_more_than_chance() -> None:
    apart = dataclasses.replace(_figures(), cells=_cells(young=(90, 100), old=(20, 60)))
    assert (
        "er høyere for 80-89 år (66,7 %) enn i resten av aldersgruppene. Den er lavere for 0-17 år (10,0 %)."
        in _title(content.without_meeting(apart))
    )
    alike = dataclasses.replace(_figures(), cells=_cells(young=(60, 100), old=(33, 60)))
    assert _title(content.without_meeting(alike)).endswith(
        "Forskjellene mellom aldersgruppene kan være tilfeldige."
    )
    small = dataclasses.replace(_figures(), cells=_cells(young=(90, 100), oldest=(0, 9)))
    assert "90 år" not in _title(content.without_meeting(small))


def test_an_earlier_date_speaks_of_the_past() -> None:
    figures = _figures(day=dt.date(2024, 12, 31))
    assert _title(content.without_meeting(figures)).startswith("31. desember 2024 hadde ")
    gp = indicator.figure_of(figures.labels, figures.view, content.GP)
    title = content.gp_title(figures.labels, gp)
    assert "de 365 dagene til og med 31. desember 2024" in title


def test_only_whole_quarters_count_and_months_without_meetings_count_as_none() -> None:
    counts = [
        MeetingCount(dt.date(2024, 2, 1), "contact", False, 3),
        MeetingCount(dt.date(2024, 8, 1), "contact", False, 5),
        MeetingCount(dt.date(2024, 9, 1), "coordination_meeting", True, 7),
        MeetingCount(dt.date(2024, 10, 1), "contact", False, 9),
    ]
    found = content.quarters(counts, dt.date(2024, 11, 30), [dt.date(2024, 8, 15)])
    assert [(each.first_day.month, each.meetings, each.segment) for each in found] == [
        (1, {"contact": 3}, 0),
        (4, {}, 0),
        # The break lies within the quarter: what it holds is not what came before.
        (7, {"contact": 5, "coordination_meeting": 7}, 1),
    ]
    assert len(content.quarters(counts, dt.date(2024, 12, 31), [])) == 4
    assert content.quarters(counts, dt.date(2024, 2, 29), []) == ()


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        (_quarters(50, 50, 50, 50, 80, 80, 80, 80), "Det er 120 flere enn i de fire før (200)"),
        (_quarters(80, 80, 80, 80, 50, 50, 50, 50), "Det er 120 færre enn i de fire før (320)"),
        (_quarters(50, 50, 50, 50, 52, 53, 54, 50), "Endringen kan skyldes tilfeldigheter."),
        (
            _quarters(50, 50, 50, 50, 80, 80, 80, 80, segments={6: 1, 7: 1}),
            "Tallserien er brutt i mellomtiden",
        ),
    ],
)
def test_a_year_is_compared_with_the_one_before_it(
    quarters: tuple[Quarter, ...], expected: str
) -> None:
    figures = dataclasses.replace(_figures(), quarters=quarters)
    assert expected in _title(content.by_type(figures))


def test_only_what_breaks_the_meetings_breaks_their_number() -> None:
    figures = _figures()
    assert figures.of_meetings.indicator == "gp_participation"
    needs = figures.labels.indicator_entry(figures.of_meetings.indicator).needs
    assert needs == content.RECORDS


def test_less_than_two_years_are_not_compared() -> None:
    title = _title(content.by_type(dataclasses.replace(_figures(), quarters=_quarters(5, 6))))
    assert title == "11 koordinerings- og samarbeidsmøter i 2 kvartaler så langt."
    title = _title(
        content.by_type(dataclasses.replace(_figures(), quarters=_quarters(9, 5, 6, 7, 8)))
    )
    assert title == "26 koordinerings- og samarbeidsmøter i de siste fire hele kvartalene."
    assert absence(lambda: content.by_type(dataclasses.replace(_figures(), quarters=())))


def test_very_few_meetings_are_not_compared() -> None:
    quarters = _quarters(0, 0, 0, 0, 2, 2, 2, 2)
    title = _title(content.by_type(dataclasses.replace(_figures(), quarters=quarters)))
    assert title == "8 koordinerings- og samarbeidsmøter i de siste fire hele kvartalene."


def test_where_nobody_has_a_coordinator_it_is_said() -> None:
    figures = dataclasses.replace(_figures(), cells=(), coverage=None)
    assert content.headline(figures).startswith("Ingen har koordinator (Asker")
    assert absence(lambda: content.without_meeting(figures))
    assert content.table_without_meeting(figures).rows == ()


def test_only_types_that_count_are_counted_as_follow_up() -> None:
    figures = dataclasses.replace(_figures(), quarters=_quarters(1, 1, 1, 1))
    assert _title(content.by_type(figures)).startswith("4 koordinerings- og samarbeidsmøter")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            80,
            40,
            "(40,0 %) oftest med. Forskjellen til neste tjeneste er større enn tilfeldigheter kan "
            "forklare.",
        ),
        (
            44,
            40,
            "Skole og SFO (22,0 %) og PPT (20,0 %). Forskjellene mellom dem kan være tilfeldige.",
        ),
    ],
)
def test_services_are_set_apart_only_by_more_than_chance(
    first: int, second: int, expected: str
) -> None:
    figures = dataclasses.replace(
        _figures(),
        participation=(
            Participation("gp", 150, 200),
            Participation("school", first, 200),
            Participation("educational_psychology", second, 200),
            Participation("kindergarten", 0, 200),
        ),
    )
    assert _title(content.participants(figures)).endswith(expected)


def test_services_that_chance_alone_may_order_are_not_listed_at_length() -> None:
    services = ("school", "kindergarten", "home_care", "disability", "allocation", "integration")
    alike = [Participation(service, 4, 16) for service in (*services, "social_services")]
    named = dataclasses.replace(_figures(), participation=tuple(alike[:6]))
    assert _title(content.participants(named)).startswith("Disse tjenestene er oftest med")
    all_alike = dataclasses.replace(_figures(), participation=tuple(alike))
    assert _title(content.participants(all_alike)).startswith("Det er for få møter")


def test_few_meetings_have_no_leading_service() -> None:
    figures = dataclasses.replace(_figures(), participation=(Participation("school", 8, 9),))
    assert _title(content.participants(figures)).startswith("Det er for få møter")


def test_leaders_are_those_who_do_not_differ_from_the_highest() -> None:
    groups = [("a", _share(10, 100)), ("b", _share(60, 100)), ("c", _share(55, 100))]
    assert significance.leaders(groups, Kind.SHARE) == ("b", "c")
    assert significance.leaders([], Kind.SHARE) == ()


@pytest.mark.parametrize(("count", "of"), [(65, 100), (1, 3), (0, 10), (10, 10)])
def test_wilsons_interval(count: int, of: int) -> None:
    found = significance.wilson(count, of)
    low, high = binomtest(count, of).proportion_ci(method="wilson")
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-12), pytest.approx(high))


def _share(count: int, of: int) -> Measured:
    return Measured(count, of, count / of, None, None)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("municipality", [LARGE, MIDDLE, SMALL])
def test_every_picture_can_be_drawn(municipality: str, palette: object) -> None:
    figures = _figures(municipality)
    for picture in (
        content.without_meeting(figures),
        content.by_type(figures),
        content.by_form(figures),
        content.participants(figures),
    ):
        assert isinstance(picture, Picture)
        assert picture.draw(palette).data  # type: ignore[arg-type]
        assert picture.title in picture.description


def _forms(
    *called: tuple[int, int, int], segments: dict[int, int] | None = None
) -> tuple[Quarter, ...]:
    """Return quarters of follow-up teams, responsibility groups and meetings called neither."""
    codes = ("follow_up_team", "responsibility_group", "other")
    return tuple(
        Quarter(
            dt.date(2019 + number // 4, 1 + 3 * (number % 4), 1),
            dict(zip(codes, counts, strict=True)),
            (segments or {}).get(number, 0),
        )
        for number, counts in enumerate(called)
    )


def _form_title(*called: tuple[int, int, int], segments: dict[int, int] | None = None) -> str:
    figures = dataclasses.replace(_figures(), forms=_forms(*called, segments=segments))
    return _title(content.by_form(figures))


IN_A_YEAR = "ansvarsgruppe- og oppfølgingsteammøter i de siste fire hele kvartalene."


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ((41, 59, 0), "5 år før var det 41,0 %. Andelen har økt mer enn tilfeldigheter"),
        ((98, 2, 0), "5 år før var det 98,0 %. Andelen har gått ned mer enn"),
        ((91, 9, 0), "5 år før var det 91,0 %. Endringen kan skyldes tilfeldigheter"),
    ],
)
def test_follow_up_teams_are_compared_with_five_years_before(
    before: tuple[int, int, int], expected: str
) -> None:
    title = _form_title(*[before] * 4, *[(0, 50, 0)] * 16, *[(92, 8, 0)] * 4)
    assert title.startswith(f"Oppfølgingsteam: 92,0 % av 400 {IN_A_YEAR} {expected}")


def test_meetings_that_are_called_neither_are_told_and_not_counted_in_the_share() -> None:
    forms = _forms(*[(46, 4, 50)] * 4)
    picture = content.by_form(dataclasses.replace(_figures(), forms=forms))
    assert _title(picture) == f"Oppfølgingsteam: 92,0 % av 200 {IN_A_YEAR}"
    assert isinstance(picture, Picture)
    assert any("200 av 400 koordineringsmøter" in remark for remark in picture.remarks)
    without = content.by_form(dataclasses.replace(_figures(), forms=_forms((20, 20, 0))))
    assert isinstance(without, Picture)
    assert not any("kalt noe annet" in remark for remark in without.remarks)


def test_of_few_years_the_oldest_is_compared_and_never_across_a_break() -> None:
    years = [*[(10, 90, 0)] * 4, *[(30, 70, 0)] * 4, *[(90, 10, 0)] * 4]
    assert "2 år før var det 10,0 %." in _form_title(*years)
    broken = dict.fromkeys(range(4, 12), 1)
    assert "1 år før var det 30,0 %." in _form_title(*years, segments=broken)
    within = _form_title(*years, segments=dict.fromkeys(range(6, 12), 1))
    assert within.endswith("Tallserien er brutt, og sammenlignes derfor ikke med tidligere år.")
    assert "før var det" not in within


def test_a_small_place_is_told_of_how_many_meetings_the_share_is() -> None:
    title = _form_title(*[(1, 7, 0)] * 4, *[(6, 2, 0)] * 4)
    assert title.startswith(f"Oppfølgingsteam: 75,0 % av 32 {IN_A_YEAR} 1 år før var det 12,5 %.")
    assert _form_title((5, 5, 0), (6, 4, 0)) == (
        "Oppfølgingsteam: 55,0 % av 20 ansvarsgruppe- og oppfølgingsteammøter i 2 kvartaler så langt."
    )
    # Of nine no share is told, and with nine none is compared.
    assert _form_title(*[(2, 0, 0)] * 4, (9, 0, 0), *[(0, 0, 9)] * 3).startswith("Det er for få")
    few_before = _form_title((0, 9, 0), *[(0, 0, 9)] * 3, *[(50, 0, 0)] * 4)
    assert few_before == f"Oppfølgingsteam: 100,0 % av 200 {IN_A_YEAR}"


@pytest.mark.parametrize("called", [(), ((0, 0, 30),)])
def test_where_no_meeting_is_called_either_it_is_said(called: tuple[tuple[int, int, int]]) -> None:
    figures = dataclasses.replace(_figures(), forms=_forms(*called))
    assert "ansvarsgruppe eller oppfølgingsteam" in absence(lambda: content.by_form(figures))


def test_the_forms_are_counted_by_the_quarter_like_the_types() -> None:
    counts = [
        FormCount(dt.date(2024, 2, 1), "follow_up_team", 3),
        FormCount(dt.date(2024, 3, 1), "follow_up_team", 4),
        FormCount(dt.date(2024, 3, 1), "other", 1),
    ]
    (found,) = content.quarters(counts, dt.date(2024, 3, 31), [])
    assert found.meetings == {"follow_up_team": 7, "other": 1}
    assert content.quarters([], dt.date(2024, 3, 31), []) == ()


@pytest.mark.parametrize("municipality", [LARGE, MIDDLE, SMALL])
def test_the_forms_of_a_quarter_are_its_coordination_meetings(municipality: str) -> None:
    figures = _figures(municipality)
    by_form = {each.first_day: sum(each.meetings.values()) for each in figures.forms}
    by_type = {
        each.first_day: each.meetings.get("coordination_meeting", 0) for each in figures.quarters
    }
    assert by_form == {day: by_type[day] for day in by_form}
    table = content.table_by_form(figures)
    assert table.rows[0][0] == figures.labels.texts.quarter(figures.forms[-1].first_day)
    assert [sum(int(str(cell)) for cell in row[1:]) for row in table.rows] == [
        *reversed(by_form.values())
    ]


def test_both_forms_are_drawn_and_broken_where_the_types_are() -> None:
    figures = _figures(MIDDLE)
    picture = content.by_form(figures)
    assert isinstance(picture, Picture)
    drawn = picture.draw(LIGHT)
    lines = {trace.name: trace for trace in drawn.data if trace.name}
    assert lines.keys() == {"Oppfølgingsteam", "Ansvarsgruppe"}
    assert len({quarter.segment for quarter in figures.forms}) == 2
    assert all(list(line.y).count(None) == 1 for line in lines.values())
    named = " ".join(annotation.text for annotation in drawn.layout.annotations)
    assert "<b>Oppfølgingsteam</b>" in named
    assert "Ansvarsgruppe" in named


def test_the_sum_of_the_types_is_the_sum_of_the_months() -> None:
    figures = _figures()
    table = content.table_by_type(figures)
    assert len(table.rows) == len(figures.quarters)
    told = sum(int(str(number)) for row in table.rows for number in row[1:])
    assert told == sum(sum(quarter.meetings.values()) for quarter in figures.quarters)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_its_finding_and_seven_pictures_with_tables(language: str) -> None:
    page = open_page("meetings", lang=language)
    assert page.app.title[0].value == {"nb": "Møter", "nn": "Møte", "en": "Meetings"}[language]
    assert len(page.texts("lead")) == 1
    assert len(page.pictures) == page.tables == len(page.texts("notes")) == 7
    assert "138" in page.pictures[5]
    assert page.texts("told") == []
    assert not page.app.warning


def test_the_filters_change_the_page_and_the_address() -> None:
    page = open_page("meetings")
    before = page.html
    there = page.choose("municipality", MIDDLE)
    assert there.address("municipality") == [MIDDLE]
    assert there.html != before
    assert "Gerica" in there.html
    earlier = there.choose("date", "2024-06-30")
    assert earlier.texts("lead")[0].startswith("30. juni 2024 hadde ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_without_figures_is_told(language: str) -> None:
    page = open_page("meetings", lang=language, municipality=EMPTY)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")
    assert page.pictures == []
