"""The page of what KPR and KOSTRA count: its finding, its tables, and what absence says."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.charts.colours import DARK, LIGHT
from dashboards.content import national_register as content
from dashboards.content.labels import Labels
from dashboards.content.national_register import (
    FIGURES,
    KOSTRA,
    KPR_COORDINATOR,
    KPR_PLAN,
    RegisterFigures,
)
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Sign, Texts
from dashboards.queries.national_register import Cause, Mirrored, Touching
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL

LANGUAGES = ["nb", "nn", "en"]
EXACT = Mirrored(KOSTRA, 40, 0, 61, 61, None, None, None, None, 71, None, None, 5, 50, None, None)
OF_PLANS = Mirrored(KPR_PLAN, 40, 0, 50, 50, 700, 700, 50 / 700, 50 / 700, 71, 400, 71 / 400, 4, None, None, None)  # fmt: skip
OF_COORDINATORS = Mirrored(KPR_COORDINATOR, 40, 0, 90, 90, 700, 700, 90 / 700, 90 / 700, 120, 400, 0.3, 4, None, None, None)  # fmt: skip


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    yield made.standing_home()


def _figures(
    municipality: str = LARGE, day: dt.date = AS_OF, language: Language = Language.NB
) -> RegisterFigures:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(language))
    view = View(language, municipality, day, "coordinator_coverage", "standard")
    return content.gather(labels, view)


def _of(*figures: Mirrored, causes: tuple[Cause, ...] = ()) -> RegisterFigures:
    return replace(_figures(), figures=figures, causes=causes)


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def test_the_lead_says_what_kostra_would_count_and_what_we_do() -> None:
    found = _of(EXACT, OF_PLANS, OF_COORDINATORS)
    assert _plain(content.headline(found)) == (
        "31. desember 2025 ville KOSTRA telt 61 brukere med individuell plan i Asker. "
        "Vi teller 71 med plan i målgruppen."
    )
    told = content.remarks(found)
    assert len(told) == 1
    assert "2.-15. januar 2026" in told[0]


def test_services_without_a_code_make_a_range() -> None:
    kostra = replace(EXACT, services_without_code=10, low=50, high=70)
    found = _of(kostra, OF_PLANS, OF_COORDINATORS)
    assert "telt mellom 50 og 70 brukere" in _plain(content.headline(found))
    assert _plain(content.remarks(found)[0]).startswith("10 av 40 tjenester")


def test_without_any_code_nothing_is_said_but_from_what_to_what() -> None:
    kostra = replace(EXACT, services_without_code=40, low=0, high=70)
    found = _of(kostra, OF_PLANS, OF_COORDINATORS)
    lead = _plain(content.headline(found))
    assert lead.startswith("Ingen av tjenestene i Asker har kode, så det kan ikke sies")
    assert "fra 0 til 70" in lead
    assert len(content.remarks(found)) == 1


def test_numbers_stand_side_by_side_with_their_difference() -> None:
    kostra = replace(EXACT, services_without_code=10, low=50, high=80)
    plans = replace(OF_PLANS, reported=40, reported_recipients=690, reported_share=40 / 690)
    table = content.table_of_numbers(_of(kostra, plans, OF_COORDINATORS))
    assert [row[1:] for row in table.rows] == [
        (71, 50, 80, 21, -9, 50),
        (71, 50, 50, 21, 21, 40),
        (120, 90, 90, 30, 30, Sign.NOT_AVAILABLE),
        (400, 700, 700, -300, -300, 690),
    ]
    exact = content.table_of_numbers(_of(EXACT, plans, OF_COORDINATORS))
    assert [row[1:] for row in exact.rows] == [
        (71, 61, 10, 50),
        (71, 50, 21, 40),
        (120, 90, 30, Sign.NOT_AVAILABLE),
        (400, 700, -300, 690),
    ]


def test_a_share_is_one_or_lies_between_two() -> None:
    plans = replace(OF_PLANS, reported=40, reported_recipients=690, reported_share=40 / 690)
    shares = content.table_of_shares(_of(EXACT, plans, OF_COORDINATORS))
    assert shares.rows[0][1:] == (71 / 400, 50 / 700, 40 / 690)
    assert shares.rows[1][3] is Sign.NOT_AVAILABLE
    between = content.table_of_shares(_of(EXACT, replace(plans, share_high=0.2), OF_COORDINATORS))
    assert between.rows[0][1:] == (71 / 400, 50 / 700, 0.2, 40 / 690)


def test_the_way_is_said_to_end_at_the_least_the_most_or_the_number() -> None:
    uncoded = replace(EXACT, services_without_code=40, low=0, high=7)
    some = replace(EXACT, services_without_code=4, low=50, high=70)
    titles = [
        _plain(content.picture_of_causes(_of(kostra, OF_PLANS, OF_COORDINATORS), KOSTRA).title)
        for kostra in (EXACT, some, uncoded)
    ]
    assert titles == [
        "Fra 71 hos oss til 61 slik registeret teller.",
        "Fra 71 hos oss til minst 50 slik registeret teller.",
        "Fra 71 hos oss til høyst 7 slik registeret kan telle.",
    ]


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        (
            40,
            "registeret viser 40, 10 færre enn registreringene her skulle gi. 5 personer står bare i et annet fagsystem",
        ),
        (83, "registeret viser 83, 3 flere enn registreringene her skulle gi."),
        (50, "innenfor det vi regner med"),
        (80, "innenfor det vi regner med"),
        (None, "ikke ført inn for denne dagen"),
    ],
)
def test_what_was_read_in_the_register_is_held_against_the_range(
    reported: int | None, said: str
) -> None:
    kostra = replace(EXACT, low=50, high=80, reported=reported)
    sentence, *others = content.own_view(_of(kostra, OF_PLANS, OF_COORDINATORS))
    assert said in _plain(sentence)
    assert len(others) == (reported == 40)


def test_the_causes_lead_from_our_number_to_the_register_s() -> None:
    causes = (
        Cause(KOSTRA, "numerator", "no_service", 13, 13),
        Cause(KOSTRA, "numerator", "service_without_code", 6, 0),
        Cause(KOSTRA, "numerator", "ended_by_rule", -9, -10),
    )
    found = _of(replace(EXACT, high=68), OF_PLANS, OF_COORDINATORS, causes=causes)
    bars = content._bars(found, found.of(KOSTRA))
    assert [(bar.begins, bar.ends) for bar in bars] == [
        (0, 71), (71, 58), (58, 52), (52, 61), (0, 61),
    ]  # fmt: skip
    assert [bar.text for bar in bars] == ["71", "\N{MINUS SIGN}13", "\N{MINUS SIGN}6", "+9", "61"]
    table = content.table_of_causes(found, KOSTRA)
    assert [row[2:] for row in table.rows] == [(13, 13), (6, 0), (-9, -10)]
    assert table.rows[1][:2] == ("Teller", "Tjeneste uten kode")
    assert absence(lambda: list(content._section_causes(found, KPR_PLAN))) == (
        "Vi og registeret teller de samme personene."
    )


@pytest.mark.parametrize("municipality", [LARGE, MIDDLE, SMALL])
def test_every_way_ends_at_the_register_s_number(municipality: str) -> None:
    found = _figures(municipality)
    for figure in FIGURES:
        bars = content._bars(found, found.of(figure))
        ends = found.of(figure).low if found.has_codes else found.of(figure).high
        assert bars[-2].ends == bars[-1].ends == ends


def test_one_who_codes_all_some_or_none_has_a_number_a_range_or_nothing() -> None:
    large, middle, small = (_figures(code) for code in (LARGE, MIDDLE, SMALL))
    assert large.of(KOSTRA).low == large.of(KOSTRA).high > 0
    assert 0 < middle.of(KOSTRA).low < middle.of(KOSTRA).high
    assert (small.has_codes, small.of(KOSTRA).low) == (False, 0)
    assert large.of(KOSTRA).reported == 290


def test_what_can_be_corrected_stands_with_its_advice() -> None:
    found = replace(_figures(), findings=(Touching("unknown_value_noted", "tjeneste", 4, 3),))
    (row,) = content.table_of_findings(found).rows
    assert row[2:4] == (3, 4)
    assert str(row[4]).startswith("Rett verdien i kilden")
    nothing = list(content._section_findings(replace(found, findings=())))
    assert [section.remarks for section in nothing] == [
        ["Ingen åpne funn gjelder personer som vi og registeret teller ulikt."]
    ]


def test_the_page_shows_the_ten_rules_that_touch_most_and_the_files_all() -> None:
    many = tuple(Touching("unknown_value_noted", "tjeneste", 40 - n, 30 - n) for n in range(14))
    (section,) = content._section_findings(replace(_figures(), findings=many))
    assert section.table is not None and section.whole is not None
    assert (len(section.table.rows), len(section.whole().rows)) == (10, 14)


def test_another_date_shows_the_last_31_december_before_it() -> None:
    found = _figures(day=dt.date(2025, 6, 30))
    assert found.view.reference_date == dt.date(2024, 12, 31)
    assert any("den siste til og med 30. juni 2025" in each for each in content.remarks(found))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_picture_can_be_drawn(palette: object) -> None:
    found = _figures(MIDDLE)
    for figure in FIGURES:
        assert content.picture_of_causes(found, figure).draw(palette).data  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_its_finding_tables_and_causes(language: str) -> None:
    page = open_page("national_register", lang=language)
    headings = {
        "nb": "Slik teller KPR og KOSTRA",
        "nn": "Slik tel KPR og KOSTRA",
        "en": "How KPR and KOSTRA count",
    }
    assert page.app.title[0].value == headings[language]
    assert len(page.texts("lead")) == 1
    assert len(page.pictures) == 3
    assert (page.tables, len(page.texts("notes"))) == (6, 3)
    assert page.texts("told") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_without_figures_is_told(language: str) -> None:
    page = open_page("national_register", lang=language, municipality=EMPTY)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")


def test_a_date_before_the_first_31_december_is_told() -> None:
    told = absence(lambda: _figures(day=dt.date(1999, 6, 30)))
    assert told == "Ingen 31. desember er talt for Asker til og med 30. juni 1999."
