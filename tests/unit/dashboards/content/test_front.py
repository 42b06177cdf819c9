"""The front page by role, in three languages: what it finds, what it leaves unsaid, where it leads."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.publication import Previous, current_publication
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import change
from dashboards.charts.colours import DARK, LIGHT, Palette
from dashboards.content import beside, comparison_pictures
from dashboards.content import front_analyst as analyst
from dashboards.content import front_leader as leader
from dashboards.content import front_steward as steward
from dashboards.content.labels import Labels
from dashboards.content.shared_figures import measured_of
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries.shared import Packages
from dashboards.view.state import View
from tests.support import packages
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


def _labels(language: Language = Language.NN) -> Labels:
    home = Home(made.standing_home())
    return Labels(current_publication(home), Texts(language), Packages(home))


def _view(
    municipality: str = LARGE, day: dt.date = AS_OF, indicator: str = "plan_coverage"
) -> View:
    return View(Language.NN, municipality, day, indicator, "standard")


def _overview(view: View) -> leader.Overview:
    found = leader.gather(_labels(), view)
    assert isinstance(found, leader.Overview)
    return found


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_leader_sees_figures_sentences_and_what_changed(language: str) -> None:
    page = open_page("front", lang=language, municipality=MIDDLE)
    (lead,) = page.texts("lead")
    assert len(lead) > 40
    # What is short of its target first, what has got better last.
    assert [value.replace(",", ".") for value in page.texts("figure-value")] == [
        "59.0 %",
        "74.1 %",
        "56.2 %",
        {"nb": "40 dager", "nn": "40 dagar", "en": "40 days"}[language],
        "41.3 %",
    ]
    assert len(page.pictures) == 5
    assert all(len(description) > 40 for description in page.pictures)
    # The figures, and what changed.
    assert page.html.count('<table class="figures">') == 2
    assert not page.app.warning


def test_what_is_not_counted_is_told_by_name() -> None:
    found = _overview(_view(MIDDLE))
    assert leader.absent_in_words(found) is None
    told = leader.absent_in_words(replace(found, absent=("meeting_coverage",)))
    assert told is not None
    assert "Møte siste 12 månader" in told


def test_the_three_sentences_are_the_clearest_findings() -> None:
    sentences = [_plain(each) for each in leader.three_sentences(_overview(_view(MIDDLE)))]
    assert sentences == [
        "Koordinatordekning: 59,0 %. Det er under måltalet på 70 %, "
        "og skilnaden er større enn tilfeldig variasjon kan forklare.",
        "Koordinatordekning (59,0 %) er 11,8 prosentpoeng høgare og Plandekning (41,3 %) er 10,4 "
        "prosentpoeng høgare enn for eitt år sidan, meir enn tilfeldig variasjon kan forklare.",
        "Koordinatordekning er høgare for 0-17 år (76,3 %) enn i resten av aldersgruppene. "
        "Skilnaden er større enn tilfeldig variasjon kan forklare.",
    ]


def test_where_nothing_changed_it_is_told_so() -> None:
    found = _overview(_view(LARGE))
    told = leader.three_sentences(replace(found, findings=()))
    assert told[0] == (
        "Ingen av prosentdelane har endra seg frå året før meir enn tilfeldig variasjon kan forklare."
    )
    assert told[1].startswith("Koordinatordekning er høgare enn i resten av gruppene for 0-17 år")
    first = _overview(_view(LARGE, made.reference_dates()[0]))
    assert leader.three_sentences(replace(first, findings=()))[0] == (
        "Det finst ikkje tal frå året før som kan samanliknast."
    )


def test_a_card_says_how_it_stands_to_a_year_before_and_to_its_target() -> None:
    found = _overview(_view(MIDDLE))
    coordinator, plan, *_ = found.cards
    assert [_plain(each) for each in leader.held_against(found, coordinator)] == [
        "Prosentdelen er 11,8 prosentpoeng høgare enn for eitt år sidan, "
        "meir enn tilfeldig variasjon kan forklare.",
        "Måltal 70 % innan 30. juni 2026: ikkje nådd.",
        "Samanlikning B: kan samanliknast.",
    ]
    assert leader.held_against(found, plan)[1] == "Måltal er ikkje sett."
    assert _plain(leader.interval_in_words(found, coordinator)).endswith("210 av 356")


def test_a_median_is_given_with_its_quartiles_and_not_tested() -> None:
    found = _overview(_view(MIDDLE))
    card = found.cards[0]
    median = Measured(0, 98, 58.0, 31.0, 97.0)
    points = [
        Point(day, replace(median, value=value))
        for day, value in ((dt.date(2024, 12, 31), 34.0), (AS_OF, 58.0))
    ]
    before = change.in_a_year(points, AS_OF, Kind.MEDIAN)
    days = replace(
        card,
        figure=replace(card.figure, kind=Kind.MEDIAN, measured=median, change=before),
    )
    assert leader.value_in_words(found, days) == "58 dagar"
    assert leader.interval_in_words(found, days) == (
        "Median av 98 meldingar. Dei midtarste 50 prosentane: 31-97 dagar."
    )
    change_told, target_told, _ = leader.held_against(found, days)
    assert change_told == (
        "For eitt år sidan var talet 34 dagar. Det er ikkje testa om endringa kan vere tilfeldig."
    )
    assert target_told.endswith("blir ikkje testa.")


def test_of_few_nothing_is_made() -> None:
    found = _overview(_view(MIDDLE))
    card = found.cards[0]
    measured = Measured(4, 9, 4 / 9, 0.2, 0.7)
    points = [replace(card.points[0], date=dt.date(2024, 12, 31)), Point(AS_OF, measured)]
    changed = change.in_a_year(points, AS_OF, Kind.SHARE)
    few = replace(card, figure=replace(card.figure, measured=measured, change=changed))
    told = leader.held_against(found, few)
    assert told[0] == "Det er for få til å vurdere endringa frå året før."
    assert told[1].endswith("for få til å seie om det er nådd.")


def test_a_broken_series_is_not_compared() -> None:
    found = _overview(_view(MIDDLE, dt.date(2024, 6, 30)))
    told = leader.held_against(found, found.cards[0])
    assert told[0].startswith("Talserien er broten i løpet av det siste året")
    assert "1. januar 2024" in leader.small_picture(found, found.cards[0]).description


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_small_picture_breaks_where_the_series_does_and_has_room_for_chance(
    palette: Palette,
) -> None:
    found = _overview(_view(MIDDLE))
    figure = leader.small_picture(found, found.cards[0]).draw(palette)
    lines = [trace for trace in figure.data if trace.mode == "lines" and trace.fill is None]
    assert [len(line.x) for line in lines] == [12, 24]
    assert len(figure.layout.shapes) == 1
    measured = found.cards[0].figure.measured
    low, high = figure.layout.yaxis.range
    assert measured.low is not None
    assert measured.high is not None
    assert low < measured.low < measured.high < high


def test_what_changed_is_told_with_its_reasons() -> None:
    found = _overview(_view(LARGE))
    assert _plain(leader.changes_in_words(found)).startswith("3 tal for 30. november 2025 er andre")
    rows = {row[0]: row for row in leader.table_of_changes(found).rows}
    assert rows["Plandekning"][-1] == (
        "Ny leveranse: Personregister; ny leveranse: Tenester; ny leveranse: Koordinatorar; "
        "leveranse trekt tilbake: Individuelle planar"
    )
    assert rows["Koordinatordekning"][1] == "%"
    unknown = leader.table_of_changes(_overview(_view(SMALL)))
    assert "Grunnen er ikkje kjend." in [row[-1] for row in unknown.rows]


def test_what_is_new_is_told_apart_from_what_is_another_figure() -> None:
    found = _overview(_view(LARGE))
    assert _plain(leader.changes_in_words(found)).endswith(
        "Tala for dagane etter 30. november 2025, til og med 31. desember 2025, er nye."
    )
    same = replace(found, changes=())
    assert _plain(leader.changes_in_words(same)) == (
        "Ingen av tala til kommunen for 30. november 2025 har endra seg sidan førre publisering (data "
        "til og med 30. november 2025). Tala for dagane etter 30. november 2025, til og med "
        "31. desember 2025, er nye."
    )
    # The same day: nothing is new. A day further back: fewer.
    again = replace(same, previous=Previous(AS_OF, AS_OF))
    assert "er nye" not in leader.changes_in_words(again)
    later = replace(same, previous=Previous(AS_OF + dt.timedelta(days=9), AS_OF))
    assert _plain(leader.changes_in_words(later)).endswith(
        "Tala går no berre til og med 31. desember 2025."
    )
    first = replace(same, previous=None)
    assert _plain(leader.changes_in_words(first)) == (
        "Dette er dei første tala som er publiserte for Asker."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["leader", "steward"])
def test_a_municipality_without_figures_is_told(language: str, role: str) -> None:
    page = open_page("front", lang=language, municipality=EMPTY, role=role)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")
    assert page.pictures == []


def test_the_role_is_chosen_and_stays_in_the_address() -> None:
    page = open_page("front", lang="nn")
    page.app.segmented_control(key="choose_role").select("analyst")
    page.run()
    assert page.app.query_params["role"] in ("analyst", ["analyst"])
    assert len(page.pictures) == 2
    bad = open_page("front", lang="nn", role="king")
    assert [warning.value for warning in bad.app.warning] == [
        "Valet i adressa for «Rolle» finst ikkje her. Viser KE-leiar."
    ]


@pytest.mark.parametrize(
    ("role", "parameter", "value"),
    [
        ("leader", "municipality", MIDDLE),
        ("leader", "date", "2024-12-31"),
        ("steward", "municipality", MIDDLE),
    ],
)
def test_each_filter_changes_the_page(role: str, parameter: str, value: str) -> None:
    page = open_page("front", role=role)
    before = page.html
    page.app.selectbox(key=f"choose_{parameter}").select(value)
    page.run()
    assert page.html != before
    assert not page.app.warning


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_analyst_sees_a_funnel_who_is_in_it_and_who_is_not(language: str) -> None:
    page = open_page("front", lang=language, role="analyst")
    assert page.texts("lead")
    funnel, intervals = page.pictures
    assert min(map(len, (funnel, intervals))) > 60
    remarks = " ".join(page.texts("remark"))
    assert "10" in remarks
    assert {"nb": "overspredning", "nn": "overspreiing", "en": "overdispersion"}[
        language
    ] in remarks
    assert all(name in page.html for name in ("Asker", "Senja", "Suldal"))


def test_the_analyst_chooses_the_indicator_and_those_not_shared_are_told() -> None:
    page = open_page("front", lang="nn", role="analyst")
    page.app.selectbox(key="choose_indicator").select("plan_coverage")
    page.run()
    assert page.texts("lead")[0].startswith("Plandekning")
    page.app.selectbox(key="choose_indicator").select("persons_per_coordinator")
    page.run()
    (told,) = page.texts("told")
    assert told.startswith("Kommunane deler ikkje «Personar per koordinator»")


def test_the_analysts_page_is_of_packages_of_the_month_that_all_have_reached() -> None:
    labels = _labels(Language.NB)
    found = analyst.gather(labels, _view(LARGE, dt.date(2025, 9, 15)))
    assert found.month == "2025-08"
    assert found.own.measured == measured_of(
        labels.packages.found.packages[LARGE], found.view, "2025-08"
    )
    assert {each.municipality for each in found.ranked} > {LARGE, MIDDLE}
    # Bo is graded D, Suldal counts otherwise, Steinkjer has stopped, and 1507 was split.
    assert {"4012", "1134", "5006", "1507"} <= {each.municipality for each in found.apart}
    lead = next(each.lead for each in analyst.sections(labels, found.view) if each.lead)
    assert "Alle tallene her er beskyttede" in lead[1]
    assert any("utgangen av august 2025" in each for each in lead)


def test_the_analyst_is_told_what_is_not_shared_and_what_to_do(tmp_path: Path) -> None:
    labels = _labels(Language.NB)
    sentence = absence(lambda: analyst.gather(labels, _view(indicator="appointment_days")))
    assert "Kommunene deler ikke" in sentence
    assert "Plandekning" in sentence
    early = absence(lambda: analyst.gather(labels, _view(day=dt.date(2023, 6, 30))))
    assert "ikke delt tall fra 30. juni 2023 eller tidligere" in early
    packages.keep(tmp_path, [made_up for made_up in packages.USUAL if made_up.code == MIDDLE])
    of_one = replace(labels, packages=Packages(Home(tmp_path)))
    own = absence(lambda: analyst.gather(of_one, _view(LARGE)))
    assert own.startswith("Asker har ikke delt tall ennå")
    assert f"samordna share --municipality {LARGE}" in own
    alone = absence(lambda: analyst.gather(of_one, _view(MIDDLE)))
    assert "minst to kommuner som har delt" in alone
    assert "Har ikke delt tall ennå, og er ikke med: Asker, Suldal." in alone
    damaged = replace(labels, packages=Packages(Home(tmp_path)))
    (tmp_path / "received" / "current.json").write_text("{", encoding="utf-8")
    assert "kan ikke leses" in absence(lambda: analyst.gather(damaged, _view()))
    # The leader's own figures are none the worse for it.
    assert leader.gather(damaged, _view()).cards


def test_who_differs_is_named_on_the_side_that_it_differs_on() -> None:
    found = analyst.gather(_labels(Language.NB), _view(indicator="coordinator_coverage"))
    beyond = [each for each in found.ranked if each.outside_998]
    assert beyond
    told = analyst.headline(found)
    assert f"{len(beyond)} av {len(found.ranked)} kommuner skiller seg" in told
    above, below = re.split(r"Under: ", told)
    for each in beyond:
        name = found.labels.municipality(each.municipality)
        assert name in (above if each.outside_998 > 0 else below)
    alike = replace(
        found,
        ranked=tuple(replace(each, outside_998=0) for each in found.ranked),
    )
    assert "kan skyldes tilfeldigheter eller avrunding" in analyst.headline(alike)


def test_few_events_of_a_municipality_are_not_judged(tmp_path: Path) -> None:
    # Of 30 persons 5 have a coordinator, in every month.
    counts = np.zeros((24, 1, 12, 4, 3), np.int32)
    counts[:, 0, 8, :2, 0] = (25, 5)
    few = packages.Made("4618", areas=(), counts=counts)
    packages.keep(tmp_path, [*packages.USUAL[:2], few])
    labels = replace(_labels(Language.NB), packages=Packages(Home(tmp_path)))
    found = analyst.gather(labels, _view(indicator="coordinator_coverage"))
    (of_few,) = [each for each in found.ranked if each.municipality == "4618"]
    assert of_few.measured is not None
    assert (of_few.measured.numerator, of_few.measured.denominator) == (5, 30)
    assert not of_few.has_events
    assert (of_few.outside_95, of_few.outside_998) == (0, 0)
    assert comparison_pictures.side(found, of_few) == "for få til å vurdere"


def test_the_scales_mark_what_the_others_have_shared_together(tmp_path: Path) -> None:
    labels, view = _labels(Language.NB), _view(LARGE, indicator="coordinator_coverage")
    found = beside.together(labels, view)
    assert found is not None
    shown = [each for each in beside.compared(labels, view) if each.reason is None]
    assert LARGE not in {each.municipality for each in shown}
    parts = [each.measured for each in shown if each.measured]
    assert found.number == len(parts) >= 3
    assert found.value == sum(each.numerator for each in parts) / sum(
        each.denominator for each in parts
    )
    overview_of_all = leader.gather(labels, view)
    (card,) = [
        each for each in overview_of_all.cards if each.figure.indicator == "coordinator_coverage"
    ]
    (mark,) = [
        each for each in leader.scale_of(overview_of_all, card).marks if each.what == "others"
    ]
    assert f"{found.number} andre kommuner samlet" in mark.words
    assert "beskyttede tall, desember 2025" in mark.words
    # Two others are no group; the page says what is lacking.
    packages.keep(tmp_path, packages.USUAL[:3])
    few = replace(labels, packages=Packages(Home(tmp_path)))
    assert beside.together(few, view) is None
    of_few = leader.gather(few, view)
    assert [mark.what for mark in leader.scale_of(of_few, of_few.cards[0]).marks].count(
        "others"
    ) == 0
    (told,) = leader.about_the_others(of_few)
    assert "minst 3 andre kommuner har delt tall (2 har gjort det)" in told


@pytest.mark.parametrize("indicator", ["answer_days", "appointment_days"])
def test_what_is_not_shared_has_no_mark_of_the_others(indicator: str) -> None:
    labels = _labels()
    assert list(beside.compared(labels, _view(indicator=indicator))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steward_sees_what_is_broken_and_what_is_new(language: str) -> None:
    page = open_page("front", lang=language, role="steward")
    (lead,) = page.texts("lead")
    assert len(lead) > 40
    assert 'href="quality?' in page.html
    assert "#deliveries" in page.html
    assert "#rows" in page.html
    assert "rule=person_unresolved" in page.html


def test_the_stewards_work_is_counted_from_what_was_delivered() -> None:
    found = steward.gather(_labels(), _view())
    assert isinstance(found, steward.Work)
    assert found.is_since_publication
    assert found.since == dt.date(2025, 11, 30)
    assert [each.problem for each in found.broken] == ["truncated_file"]
    assert found.overdue == ()
    assert _plain(steward.headline(found)) == (
        "Éin leveranse kan ikkje brukast. 169 rader har nye funn sidan førre publisering "
        "(data til og med 30. november 2025). 13 av dei er feil."
    )
    assert len(steward.links_of_broken(found)) == len(steward.table_of_broken(found).rows) == 1
    assert len(steward.links_of_new(found)) == len(steward.table_of_new(found).rows)
    calm = replace(found, broken=(), not_passed=(), new=())
    assert steward.headline(calm).startswith("Alle kjelder har ein leveranse som kan brukast")
    assert _plain(steward.headline(calm)).endswith(
        "Ingen nye funn sidan førre publisering (data til og med 30. november 2025)."
    )
    month = replace(found, is_since_publication=False, since=dt.date(2025, 12, 1))
    assert "sidan 1. desember 2025" in steward.new_in_words(month)


def test_the_steward_sees_which_figures_changed_and_is_led_to_each() -> None:
    found = steward.gather(_labels(), _view())
    assert isinstance(found, steward.Work)
    changed = [each.indicator for each in leader.ordered_changes(found)]
    assert len(changed) == len(leader.table_of_changes(found).rows) == 3
    for code, address in zip(changed, steward.links_of_changes(found), strict=True):
        assert address.startswith("development?")
        assert f"indicator={code}" in address
        assert "date=2025-11-30" in address
    page = open_page("front", lang="nn", municipality=LARGE, role="steward").html
    assert "Endringar sidan førre publisering" in page
    assert f"indicator={changed[0]}" in page
