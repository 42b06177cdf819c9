"""Both pages in three languages: what they show, what filters change, what absence says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.publication.layout import own_file
from dashboards.pages import PageKey
from tests.support import publication as made
from tests.support.opened_page import open_page, switch
from tests.support.publication import EMPTY, LARGE, MIDDLE, SMALL

COVERAGE, REGISTRATION = PageKey.COVERAGE, PageKey.REGISTRATION
LANGUAGES = ["nb", "nn", "en"]
HEADINGS = {
    "nb": ("Dekning", "Fra registrering til tall"),
    "nn": ("Dekning", "Frå registrering til tal"),
    "en": ("Coverage", "From registration to figure"),
}


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = made.standing_home()
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    yield home


@pytest.mark.parametrize("language", LANGUAGES)
def test_coverage_says_its_finding_and_shows_its_pictures_and_their_tables(language: str) -> None:
    opened = open_page(COVERAGE, lang=language, municipality=MIDDLE)
    assert opened.app.title[0].value == HEADINGS[language][0]
    (lead,) = opened.texts("lead")
    assert re.match(r"59[,.]0.% (av|of) ", lead)
    assert ("11,8" in lead) or ("11.8" in lead)
    assert len(opened.pictures) == 3
    assert all(len(description) > 60 for description in opened.pictures)
    assert opened.tables == 4
    assert len(opened.texts("notes")) == 3
    assert opened.address("lang") == [language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_registration_shows_both_sides_and_what_is_behind_them(language: str) -> None:
    opened = open_page(REGISTRATION, lang=language)
    assert opened.app.title[0].value == HEADINGS[language][1]
    assert len(opened.pictures) == 2
    # Two of steps, the parameters, the deliveries, the rules, the rows of one, the checks.
    assert opened.tables == 7
    assert not opened.app.warning


@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
@pytest.mark.parametrize(
    ("language", "changed", "unchanged"),
    [
        (
            "nb",
            "Dager mellom oppnevninger eller planer som slås sammen | 14 | 30 | endret fra standard",
            "Alle parametrene er som i standarden.",
        ),
        (
            "nn",
            "Dagar mellom oppnemningar eller planar som blir slått saman | 14 | 30 | endra frå standard",
            "Alle parametrane er som i standarden.",
        ),
        (
            "en",
            "Days between assignments or plans that are joined | 14 | 30 | changed from standard",
            "All parameters are as in the standard.",
        ),
    ],
)
def test_the_definition_is_shown_with_what_is_changed(
    page: str, language: str, changed: str, unchanged: str
) -> None:
    opened = open_page(page, lang=language, municipality=MIDDLE)
    if page == COVERAGE:
        opened.app.button(key="explain_groups").click()
        opened.run()
    rows = re.findall(r"<tr>(.*?)</tr>", opened.html, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    mark = changed.rpartition(" | ")[2]
    assert [" | ".join(row) for row in cells if mark in row] == [changed]
    assert unchanged not in opened.texts("remark")
    told = open_page(page, lang=language, municipality=LARGE).texts("remark")
    assert (unchanged in told) == (page == REGISTRATION)


def test_every_language_speaks_for_itself() -> None:
    bodies = {language: open_page(COVERAGE, lang=language).html for language in LANGUAGES}
    assert "målgruppen har koordinator" in bodies["nb"]
    assert "målgruppa har koordinator" in bodies["nn"]
    assert "target group have a coordinator" in bodies["en"]
    assert "Sykehjem" not in bodies["nn"] + bodies["en"]


def test_the_pictures_carry_source_publication_and_filters() -> None:
    notes = open_page(COVERAGE).texts("notes")[0]
    assert "Kilde: fagsystem, leveranser til og med 31.12.2025" in notes
    assert "Publisering: 20251231-0a1b2c3d4e, laget 15.01.2026, definisjonssett 2026.2" in notes
    assert "Utvalg: Kommune: Asker; Telledato: 31.12.2025; Indikator: Koordinatordekning" in notes


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("municipality", MIDDLE),
        ("date", "2024-12-31"),
        ("indicator", "plan_coverage"),
        ("ages", "childhood"),
        ("age", "0-17"),
        ("area", "home_care"),
    ],
)
def test_each_filter_changes_the_page_and_the_address(parameter: str, value: str) -> None:
    opened = open_page(COVERAGE)
    before = opened.html
    opened.app.selectbox(key=f"choose_{parameter}").select(value)
    opened.run()
    assert opened.address(parameter) == [value]
    assert opened.html != before
    assert not opened.app.warning


def test_choosing_another_age_scheme_forgets_a_group_that_it_lacks() -> None:
    opened = open_page(COVERAGE, age="90+")
    opened.app.selectbox(key="choose_ages").select("sintef")
    opened.run()
    assert (opened.address("ages"), opened.address("age")) == (["sintef"], ["all"])
    assert not opened.app.warning


def test_municipalities_can_stand_beside_each_other() -> None:
    opened = open_page(COVERAGE, compare=[MIDDLE, SMALL])
    assert "Asker, Senja, Suldal" in opened.html
    assert opened.address("compare") == [MIDDLE, SMALL]


def test_the_address_follows_to_the_other_page() -> None:
    opened = open_page(COVERAGE, municipality=MIDDLE, lang="nn")
    opened.app.query_params.clear()
    switch(opened.app, REGISTRATION)
    opened.run()
    assert opened.app.title[0].value == HEADINGS["nn"][1]
    assert opened.address("municipality") == [MIDDLE]


def test_a_figure_says_how_far_it_can_be_compared() -> None:
    for page in (COVERAGE, REGISTRATION):
        html = open_page(page, municipality=MIDDLE).html
        assert "Sammenlignbarhet B: kan sammenlignes." in html
        assert re.search(
            r"\d,\d\u00a0% av de [\d\u00a0]+ registreringene bak tallet er ikke tatt", html
        )


def test_a_break_is_named_below_the_series() -> None:
    html = open_page(COVERAGE, municipality=MIDDLE).html
    assert "Brudd i serien for Senja" in html
    assert "1. januar 2024 (bytte av system: Gerica)" in html


def test_a_part_of_the_persons_ends_the_steps() -> None:
    opened = open_page(REGISTRATION, indicator="living_plan_share", age="0-17")
    assert len(opened.pictures) == 2
    html = opened.html
    assert "Av disse med aktiv plan, 0-17 år, alle tjenesteområder" in html
    assert "Av disse med levende plan, 0-17 år, alle tjenesteområder" in html


@pytest.mark.parametrize(
    ("indicator", "pictures"),
    [("both_coverage", 2), ("plan_without_coordinator", 2), ("coordinator_rate", 2)],
)
def test_each_indicator_shows_the_steps_it_comes_out_of(indicator: str, pictures: int) -> None:
    assert len(open_page(REGISTRATION, indicator=indicator).pictures) == pictures


def test_a_rule_leads_to_its_rows() -> None:
    opened = open_page(REGISTRATION, rule="unknown_value")
    assert "rolle: =SUM(1;1)" in opened.html
    assert re.search(r'href="[^"]*rule=person_unresolved[^"]*#rows"', opened.html)
    assert "rolle: =SUM(1;1)" not in open_page(REGISTRATION, rule="person_unresolved").html


def test_a_rate_is_shown_by_age_alone() -> None:
    opened = open_page(COVERAGE, indicator="coordinator_rate", lang="en")
    assert len(opened.pictures) == 2
    assert "by age group" in opened.pictures[0]
    assert opened.texts("lead")[0].startswith("11.8 per 1,000 inhabitants have a coordinator")


@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
def test_an_indicator_without_service_areas_is_shown_for_all_of_them(page: str) -> None:
    opened = open_page(page, indicator="coordinator_rate", area="home_care", age="0-17")
    assert opened.texts("told") == []
    assert "Hjemmetjenester" not in "".join(opened.texts("notes"))


def test_the_sentence_follows_the_chosen_group_and_the_map_says_that_it_shows_all() -> None:
    opened = open_page(COVERAGE, age="0-17", area="school", compare=[MIDDLE])
    (lead,) = opened.texts("lead")
    assert lead.startswith("0-17 år, Skole og SFO: ")
    remarks = opened.texts("remark")
    assert "Denne delen viser alle gruppene. Den valgte er rammet inn." in remarks
    assert "Denne delen viser bare Asker." in remarks
    assert opened.texts("finding")[1].startswith("2 kommuner")
    by_age = open_page(COVERAGE, indicator="coordinator_rate", area="home_care", age="0-17")
    (lead,) = by_age.texts("lead")
    assert lead.startswith("0-17 år: ")
    assert "telles ikke etter tjenesteområde" in " ".join(by_age.texts("remark"))


def test_what_is_missing_is_told_apart_from_what_cannot_be() -> None:
    assert "«.» betyr: ingen personer i gruppen." in open_page(COVERAGE).html
    (told,) = open_page(COVERAGE, municipality=SMALL, indicator="coordinator_rate").texts("told")
    assert told.startswith("Det finnes ikke tall for Suldal 31. desember 2025")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
def test_a_municipality_without_figures_is_told(language: str, page: str) -> None:
    opened = open_page(page, lang=language, municipality=EMPTY)
    (told,) = opened.texts("told")
    assert told.startswith("Bø ")
    assert opened.pictures == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_without_persons_is_told(language: str) -> None:
    opened = open_page(COVERAGE, lang=language, age="90+", area="school")
    (told,) = opened.texts("lead")
    assert len(told) > 60
    assert len(opened.pictures) == 1
    on_registration = open_page(REGISTRATION, lang=language, age="90+", area="school")
    assert on_registration.texts("lead") == [told]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
def test_an_address_edited_by_hand_is_met_with_sentences(language: str, page: str) -> None:
    opened = open_page(
        page,
        lang=language,
        municipality="<script>",
        date="2099-99-99",
        indicator="' or 1=1 --",
        ages="none",
        age="0-200",
        area="..",
        compare=["1", "2"],
        rule="-",
        nonsense="1",
    )
    assert len(opened.app.warning) == 9
    assert "<script>" not in "".join(warning.value for warning in opened.app.warning)
    assert len(opened.pictures) == (3 if page == COVERAGE else 2)
    assert opened.address("municipality") == [LARGE]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
def test_before_the_first_publication_the_page_says_what_to_do(
    language: str, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    (told,) = open_page(page, lang=language).texts("told")
    assert "samordna run" in told


def test_the_language_of_the_installation_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    (tmp_path / "sources.yml").write_text("language: nn\n", encoding="utf-8")
    (told,) = open_page(COVERAGE).texts("told")
    assert told.startswith("Ingenting er publisert enno")


def test_a_new_publication_appears_without_a_restart_and_a_lost_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    made.publish(tmp_path)
    opened = open_page(COVERAGE)
    before = opened.texts("lead")
    folder = made.publish(tmp_path, publication="20251231-cccccccccc", more=1.5)
    opened.run()
    assert opened.texts("lead") != before
    assert all("20251231-cccccccccc" in note for note in opened.texts("notes"))
    own_file(folder, "coverage", "5530").unlink()
    opened.app.selectbox(key="choose_municipality").select("5530")
    opened.run()
    (told,) = opened.texts("told")
    assert told.startswith("Publiseringen som skulle vises, er fjernet.")
    assert opened.pictures == []


def test_a_publication_without_figures_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    made.publish(tmp_path, rows=False)
    opened = open_page(COVERAGE)
    assert opened.pictures == []
    assert len(opened.texts("told")) == 1


def test_a_fault_of_our_own_is_told_in_a_sentence_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dashboards.content.coverage.headline", fail)
    (told,) = open_page(COVERAGE, lang="nn").texts("told")
    assert told.startswith("Sida kunne ikkje visast på grunn av ein svikt i Samordna.")
    assert "ZeroDivisionError" in caplog.text
