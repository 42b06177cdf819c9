"""The front page by role, in three languages: what it finds, what it leaves unsaid, where it leads."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader import comparability, coverage
from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.publication import Previous, current_publication
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import change
from dashboards.charts.colours import DARK, LIGHT, Palette
from dashboards.content import front_analyst as analyst
from dashboards.content import front_leader as leader
from dashboards.content import front_steward as steward
from dashboards.content.labels import Labels
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries import overview
from dashboards.queries.overview import OfMunicipality
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL
from tests.support.publication_files import rewrite

LANGUAGES = ["nb", "nn", "en"]


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = made.standing_home()
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    yield home


def _labels(language: Language = Language.NN) -> Labels:
    return Labels(current_publication(Home(made.standing_home())), Texts(language))


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
    assert len(page.pictures) == 1
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
    assert len(page.texts("lead")) == 1
    (description,) = page.pictures
    assert len(description) > 60
    remarks = " ".join(page.texts("remark"))
    assert "10" in remarks
    assert {"nb": "overspredning", "nn": "overspreiing", "en": "overdispersion"}[
        language
    ] in remarks
    assert all(name in page.html for name in ("Asker", "Senja", "Suldal"))


def test_the_analyst_chooses_the_indicator_and_untestable_ones_are_told() -> None:
    page = open_page("front", lang="nn", role="analyst")
    page.app.selectbox(key="choose_indicator").select("plan_coverage")
    page.run()
    assert page.texts("lead")[0].startswith("Plandekning")
    page.app.selectbox(key="choose_indicator").select("persons_per_coordinator")
    page.run()
    (told,) = page.texts("told")
    assert told.startswith("«Personar per koordinator» er verken ein prosentdel eller ein rate")


def _comparison(
    monkeypatch: pytest.MonkeyPatch, *figures: tuple[str, str, Measured | None]
) -> analyst.Comparison:
    monkeypatch.setattr(
        overview, "of_municipalities", lambda *_: tuple(OfMunicipality(*each) for each in figures)
    )
    return analyst.gather(_labels(), _view())


def _share(numerator: int, denominator: int) -> Measured:
    return Measured(numerator, denominator, numerator / denominator, 0.0, 1.0)


def test_only_those_outside_the_outer_limits_are_called_different(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _comparison(
        monkeypatch,
        (LARGE, "A", _share(600, 1000)),
        (MIDDLE, "B", _share(300, 900)),
        (SMALL, "C", _share(24, 40)),
    )
    assert isinstance(found, analyst.Comparison)
    assert [each.municipality for each in found.beyond_chance] == [LARGE, MIDDLE]
    assert analyst.headline(found) == (
        "Plandekning: 2 av 3 kommunar skil seg frå gruppa meir enn tilfeldig variasjon kan forklare. "
        "Over: Asker. Under: Senja."
    )
    assert [row[0] for row in analyst.table_of_compared(found).rows] == ["Asker", "Suldal", "Senja"]
    assert _plain(analyst.group_in_words(found)) == (
        "Gruppa: 47,6 % av alle personane samla, 51,1 % som gjennomsnitt av kommunane."
    )
    alike = _comparison(
        monkeypatch, (LARGE, "A", _share(500, 1000)), (MIDDLE, "A", _share(440, 900))
    )
    assert isinstance(alike, analyst.Comparison)
    assert "Skilnadene mellom dei 2 kommunane kan vere tilfeldige" in analyst.headline(alike)


def test_few_events_of_a_municipality_are_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    # Far above the limits by three persons.
    found = _comparison(
        monkeypatch, (LARGE, "A", _share(20, 1000)), (SMALL, "A", Measured(3, 12, 0.25, 0.0, 1.0))
    )
    assert isinstance(found, analyst.Comparison)
    assert found.beyond_chance == ()
    assert [row[-2] for row in analyst.table_of_compared(found).rows] == [
        "for få til å vurdere",
        "kan vere tilfeldig",
    ]
    many = _comparison(
        monkeypatch, (LARGE, "A", _share(20, 1000)), (SMALL, "A", Measured(30, 120, 0.25, 0.0, 1.0))
    )
    assert isinstance(many, analyst.Comparison)
    assert SMALL in [each.municipality for each in many.beyond_chance]


def test_what_lies_between_the_limits_may_be_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _comparison(monkeypatch, (LARGE, "A", _share(500, 1000)), (SMALL, "A", _share(27, 40)))
    assert isinstance(found, analyst.Comparison)
    assert [each.municipality for each in found.between] == [SMALL]
    assert "Mellom grensene: Suldal. Det kan vere tilfeldig." in analyst.picture(found).remarks
    assert "kan vere tilfeldige" in analyst.headline(found)


def test_poor_grades_few_persons_and_breaks_are_left_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _comparison(
        monkeypatch,
        (LARGE, "A", _share(600, 1000)),
        (SMALL, "B", _share(24, 40)),
        (MIDDLE, "D", _share(1, 900)),
        (EMPTY, "X", None),
    )
    assert isinstance(found, analyst.Comparison)
    assert [(each.municipality, each.reason) for each in found.left_out] == [
        (EMPTY, "Kan ikkje samanliknast: ei kjelde som talet treng, manglar."),
        (MIDDLE, "Bør ikkje samanliknast med andre kommunar eller rangerast."),
    ]
    # Those left out are no part of the group.
    assert found.group.pooled == pytest.approx(624 / 1040)
    few = _comparison(
        monkeypatch,
        (LARGE, "A", _share(600, 1000)),
        (MIDDLE, "A", _share(300, 900)),
        (SMALL, "A", _share(9, 9)),
    )
    assert isinstance(few, analyst.Comparison)
    assert [each.municipality for each in few.left_out] == [SMALL]


def test_a_break_in_the_last_year_leaves_out_and_an_older_one_does_not() -> None:
    for day, expected in (
        (dt.date(2024, 6, 30), [MIDDLE]),
        (dt.date(2023, 12, 31), []),
        (dt.date(2024, 12, 31), [MIDDLE]),
        (dt.date(2025, 1, 31), []),
    ):
        found = analyst.gather(_labels(), _view(day=day))
        assert isinstance(found, analyst.Comparison)
        assert [each.municipality for each in found.left_out] == expected
    broken = analyst.gather(_labels(), _view(day=dt.date(2024, 6, 30)))
    assert isinstance(broken, analyst.Comparison)
    assert broken.left_out[0].reason == (
        "Kan ikkje samanliknast: brot i serien det siste året (1. januar 2024, byte av system)."
    )


def test_one_municipality_alone_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    few = (LARGE, "A", _share(600, 1000)), (SMALL, "D", _share(24, 40))
    assert "Suldal: Bør ikkje samanliknast" in absence(lambda: _comparison(monkeypatch, *few))


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((490, 500, 510), "så grensene er ikkje justerte for overspreiing"),
        ((300, 500, 700), "Grensene er gjorde vidare etter det"),
    ],
)
def test_of_ten_municipalities_the_limits_are_widened_where_they_differ_beyond_chance(
    shares: tuple[int, ...], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [LARGE, MIDDLE, SMALL]
    few = _comparison(
        monkeypatch,
        *((code, "A", _share(share, 1000)) for code, share in zip(codes, shares, strict=True)),
    )
    assert isinstance(few, analyst.Comparison)
    assert "færre enn 10 kommunar" in analyst.picture(few).remarks[-1]
    many = _comparison(
        monkeypatch,
        *(
            (code, "A", _share(share, 1000))
            for code, share in zip(codes * 4, shares * 4, strict=True)
        ),
    )
    assert isinstance(many, analyst.Comparison)
    assert expected in analyst.picture(many).remarks[-1]
    # What is usual among the municipalities sets none of them apart.
    assert many.beyond_chance == ()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_funnel_names_those_outside_and_gives_each_grade_its_shape(
    palette: Palette,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _comparison(
        monkeypatch,
        (LARGE, "A", _share(600, 1000)),
        (MIDDLE, "B", _share(300, 900)),
        (SMALL, "C", _share(20, 40)),
    )
    assert isinstance(found, analyst.Comparison)
    figure = analyst.picture(found).draw(palette)
    named = {
        trace.marker.symbol: trace.text for trace in figure.data if trace.mode == "markers+text"
    }
    assert named == {"circle": ("Asker",), "square": ("Senja",), "triangle-up": ("Suldal",)}
    texts = [note.text for note in figure.layout.annotations]
    assert [_plain(text) for text in texts] == ["<b>47,4 %</b>", "95 %", "99,8 %"]


def test_the_chosen_municipality_is_named_and_keeps_the_colour_of_those_within(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _comparison(
        monkeypatch, (LARGE, "A", _share(505, 1000)), (MIDDLE, "A", _share(440, 900))
    )
    assert isinstance(found, analyst.Comparison)
    few = analyst.picture(found).draw(LIGHT)
    assert [each.text for each in few.data if each.mode == "markers+text"] == [("Asker", "Senja")]
    # Where the names of all have no room, the chosen one has.
    monkeypatch.setattr(analyst, "_MOST_NAMED", 1)
    for code, named in ((LARGE, ("Asker", "")), (MIDDLE, ("", "Senja")), (SMALL, ("", ""))):
        shown = analyst.picture(replace(found, view=_view(code)))
        (dots,) = [each for each in shown.draw(LIGHT).data if each.mode == "markers+text"]
        assert dots.text == named
        assert set(dots.marker.color) == {LIGHT.taken_away}
        told = [remark for remark in shown.remarks if remark.startswith(("Asker", "Senja"))]
        assert [remark.split(":")[0] for remark in told] == [name for name in named if name]
        assert all(remark.endswith(", kan vere tilfeldig.") for remark in told)


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
        "Éin leveranse kan ikkje brukast. 168 rader har nye funn sidan førre publisering "
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


def test_the_figures_of_the_page_are_those_of_everybody() -> None:
    labels = _labels()
    for each in overview.of_municipalities(labels.publication, AS_OF, "plan_coverage"):
        points = coverage.series(
            labels.publication, each.municipality, "plan_coverage", "standard", "all", "all"
        )
        assert each.measured == points[-1].measured
        grade = comparability.grade(labels.publication, each.municipality, AS_OF, "plan_coverage")
        assert grade is not None
        assert each.grade == grade.letter


@pytest.mark.parametrize("indicator", ["answer_days", "appointment_days"])
def test_medians_of_others_are_not_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indicator: str
) -> None:
    """Four municipalities with a median: it has no numerator that could be added up."""
    folder = made.publish(tmp_path)
    for table in ("overview", "graded"):
        rewrite(
            folder,
            table,
            f"from told union all select * replace ('9999' as municipality_code) from told "
            f"where municipality_code = '{SMALL}'",
        )
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    publication = current_publication(Home(tmp_path))
    assert overview.of_others(publication, LARGE, "coordinator_coverage", AS_OF) is not None
    assert overview.of_others(publication, LARGE, indicator, AS_OF) is None
    assert open_page("front", lang="nb", municipality=LARGE).texts("lead")
