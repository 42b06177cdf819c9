"""Both pages in three languages: what they show, what filters change, what absence says."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.pages import PageKey
from tests import publication as made
from tests.publication import EMPTY, LARGE, MIDDLE, SMALL

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
COVERAGE, REGISTRATION = PageKey.COVERAGE.script, PageKey.REGISTRATION.script
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


def _open(page: str, /, **address: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page(page)
    return _run(app)


def _run(app: AppTest) -> AppTest:
    app.run()
    assert [error.value for error in app.exception] == []
    return app


def _html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def _text(app: AppTest, css_class: str) -> list[str]:
    found = re.findall(rf'<(\w+) class="{css_class}"[^>]*>(.*?)</\1>', _html(app), re.DOTALL)
    return [unescape(re.sub("<[^>]+>", "", inner)).replace("\u00a0", " ") for _, inner in found]


def _address(app: AppTest, name: str) -> list[str]:
    """Return what the browser's address says: what the page fills in counts before the rest."""
    filled_in = re.search(r"history.replaceState\(.*?\"\?(.*?)\"", _html(app))
    if filled_in:
        return parse_qs(filled_in[1]).get(name, [])
    written = app.query_params.get(name, [])
    return [written] if isinstance(written, str) else list(written)


def _tables(app: AppTest) -> int:
    return _html(app).count('<table class="figures">')


def _pictures(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_coverage_says_its_finding_and_shows_two_pictures_and_their_tables(language: str) -> None:
    app = _open(COVERAGE, lang=language, municipality=MIDDLE)
    assert app.title[0].value == HEADINGS[language][0]
    (lead,) = _text(app, "lead")
    assert re.match(r"\d+ (av|of) 100 i", lead)
    assert ("10,2" in lead) or ("10.2" in lead)
    assert len(_pictures(app)) == 2
    assert all(len(description) > 60 for description in _pictures(app))
    assert _tables(app) == 2
    assert len(_text(app, "notes")) == 2
    assert _address(app, "lang") == [language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_registration_shows_both_sides_and_what_is_behind_them(language: str) -> None:
    app = _open(REGISTRATION, lang=language)
    assert app.title[0].value == HEADINGS[language][1]
    assert len(_pictures(app)) == 2
    # Two of steps, the parameters, the deliveries, the rules, the rows of one, the checks.
    assert _tables(app) == 7
    assert not app.warning


@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
@pytest.mark.parametrize(
    ("language", "changed", "unchanged"),
    [
        (
            "nb",
            "Dager mellom oppnevninger som slås sammen | 14 | 30 | endret fra standard",
            "Alle parametrene er som i standarden.",
        ),
        (
            "nn",
            "Dagar mellom oppnemningar som blir slått saman | 14 | 30 | endra frå standard",
            "Alle parametrane er som i standarden.",
        ),
        (
            "en",
            "Days between assignments that are joined | 14 | 30 | changed from standard",
            "All parameters are as in the standard.",
        ),
    ],
)
def test_the_definition_is_shown_with_what_is_changed(
    page: str, language: str, changed: str, unchanged: str
) -> None:
    app = _open(page, lang=language, municipality=MIDDLE)
    if page == COVERAGE:
        app.button(key="explain_groups").click()
        _run(app)
    rows = re.findall(r"<tr>(.*?)</tr>", _html(app), re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    mark = changed.rpartition(" | ")[2]
    assert [" | ".join(row) for row in cells if mark in row] == [changed]
    assert unchanged not in _text(app, "remark")
    told = _text(_open(page, lang=language, municipality=LARGE), "remark")
    assert (unchanged in told) == (page == REGISTRATION)


def test_every_language_speaks_for_itself() -> None:
    bodies = {language: _html(_open(COVERAGE, lang=language)) for language in LANGUAGES}
    assert "målgruppen har koordinator" in bodies["nb"]
    assert "målgruppa har koordinator" in bodies["nn"]
    assert "target group have a coordinator" in bodies["en"]
    assert "Sykehjem" not in bodies["nn"] + bodies["en"]


def test_the_pictures_carry_source_publication_and_filters() -> None:
    notes = _text(_open(COVERAGE), "notes")[0]
    assert "Kilde: fagsystem, leveranser til og med 31.12.2025" in notes
    assert "Publisering: 20251231-0a1b2c3d4e, laget 15.01.2026, definisjonssett 2026.1" in notes
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
    app = _open(COVERAGE)
    before = _html(app)
    app.selectbox(key=f"choose_{parameter}").select(value)
    _run(app)
    assert _address(app, parameter) == [value]
    assert _html(app) != before
    assert not app.warning


def test_choosing_another_age_scheme_forgets_a_group_that_it_lacks() -> None:
    app = _open(COVERAGE, age="90+")
    app.selectbox(key="choose_ages").select("sintef")
    _run(app)
    assert (_address(app, "ages"), _address(app, "age")) == (["sintef"], ["all"])
    assert not app.warning


def test_municipalities_can_stand_beside_each_other() -> None:
    app = _open(COVERAGE, compare=[MIDDLE, SMALL])
    assert "Asker, Senja, Suldal" in _html(app)
    assert _address(app, "compare") == [MIDDLE, SMALL]


def test_the_address_follows_to_the_other_page() -> None:
    app = _open(COVERAGE, municipality=MIDDLE, lang="nn")
    app.query_params.clear()
    app.switch_page(REGISTRATION)
    _run(app)
    assert app.title[0].value == HEADINGS["nn"][1]
    assert _address(app, "municipality") == [MIDDLE]


def test_a_figure_says_how_far_it_can_be_compared() -> None:
    for page in (COVERAGE, REGISTRATION):
        html = _html(_open(page))
        assert "Sammenlignbarhet B: kan sammenlignes." in html
        assert "2,0\u00a0% av de 400 radene bak tallet er holdt utenfor (gir B)." in html


def test_a_break_is_named_below_the_series() -> None:
    html = _html(_open(COVERAGE, municipality=MIDDLE))
    assert "Brudd i serien for Senja" in html
    assert "1. januar 2024 (bytte av system: Gerica)" in html


def test_a_part_of_the_persons_ends_the_steps() -> None:
    app = _open(REGISTRATION, indicator="living_plan_share", age="0-17")
    assert len(_pictures(app)) == 2
    html = _html(app)
    assert "Herav med aktiv plan, 0-17 år, alle tjenesteområder" in html
    assert "Herav med levende plan, 0-17 år, alle tjenesteområder" in html


@pytest.mark.parametrize(
    ("indicator", "pictures"),
    [("both_coverage", 2), ("plan_without_coordinator", 2), ("coordinator_rate", 1)],
)
def test_each_indicator_shows_the_steps_it_comes_out_of(indicator: str, pictures: int) -> None:
    assert len(_pictures(_open(REGISTRATION, indicator=indicator))) == pictures


def test_a_rule_leads_to_its_rows() -> None:
    app = _open(REGISTRATION, rule="unknown_value")
    assert "rolle: =SUM(1;1)" in _html(app)
    app.selectbox(key="choose_rule").select("person_unresolved")
    _run(app)
    assert _address(app, "rule") == ["person_unresolved"]
    assert "rolle: =SUM(1;1)" not in _html(app)


def test_a_rate_is_shown_by_age_alone() -> None:
    app = _open(COVERAGE, indicator="coordinator_rate", lang="en")
    assert len(_pictures(app)) == 2
    assert "by age group" in _pictures(app)[0]
    assert _text(app, "lead")[0].startswith("10.3 per 1,000 inhabitants have a coordinator")


@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
def test_an_indicator_without_service_areas_is_shown_for_all_of_them(page: str) -> None:
    app = _open(page, indicator="coordinator_rate", area="home_care", age="0-17")
    assert _text(app, "told") == []
    assert "Hjemmetjenester" not in "".join(_text(app, "notes"))


def test_what_is_missing_is_told_apart_from_what_cannot_be() -> None:
    assert "«.» betyr: tall kan ikke forekomme, det er ingen å telle blant." in _html(
        _open(COVERAGE)
    )
    (told,) = _text(_open(COVERAGE, municipality=SMALL, indicator="coordinator_rate"), "told")
    assert told.startswith("Det finnes ikke tall for Suldal 31. desember 2025")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
def test_a_municipality_without_figures_is_told(language: str, page: str) -> None:
    app = _open(page, lang=language, municipality=EMPTY)
    (told,) = _text(app, "told")
    assert told.startswith("Bø ")
    assert _pictures(app) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_without_persons_is_told(language: str) -> None:
    app = _open(COVERAGE, lang=language, age="90+", area="school")
    (told,) = _text(app, "told")
    assert len(told) > 60
    assert len(_pictures(app)) == 1
    on_registration = _open(REGISTRATION, lang=language, age="90+", area="school")
    assert _text(on_registration, "lead") == [told]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
def test_an_address_edited_by_hand_is_met_with_sentences(language: str, page: str) -> None:
    app = _open(
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
    assert len(app.warning) == 9
    assert "<script>" not in "".join(warning.value for warning in app.warning)
    assert len(_pictures(app)) == 2
    assert _address(app, "municipality") == [LARGE]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [COVERAGE, REGISTRATION])
def test_before_the_first_publication_the_page_says_what_to_do(
    language: str, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    (told,) = _text(_open(page, lang=language), "told")
    assert "samordna run" in told


def test_the_language_of_the_installation_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    (tmp_path / "sources.yml").write_text("language: nn\n", encoding="utf-8")
    (told,) = _text(_open(COVERAGE), "told")
    assert told.startswith("Ingenting er publisert enno")


def test_a_new_publication_appears_without_a_restart_and_a_lost_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    made.publish(tmp_path)
    app = _open(COVERAGE)
    before = _text(app, "lead")
    folder = made.publish(tmp_path, publication="20251231-cccccccccc", more=1.5)
    _run(app)
    assert _text(app, "lead") != before
    assert all("20251231-cccccccccc" in note for note in _text(app, "notes"))
    (folder / "coverage.parquet").unlink()
    app.selectbox(key="choose_indicator").select("plan_coverage")
    _run(app)
    (told,) = _text(app, "told")
    assert told.startswith("Publiseringen som skulle vises, er fjernet.")
    assert _pictures(app) == []


def test_a_publication_without_figures_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    made.publish(tmp_path, rows=False)
    app = _open(COVERAGE)
    assert _pictures(app) == []
    assert len(_text(app, "told")) == 1


def test_a_fault_of_our_own_is_told_in_a_sentence_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dashboards.content.coverage.headline", fail)
    (told,) = _text(_open(COVERAGE, lang="nn"), "told")
    assert told.startswith("Sida kunne ikkje visast på grunn av ein feil i Samordna.")
    assert "ZeroDivisionError" in caplog.text
