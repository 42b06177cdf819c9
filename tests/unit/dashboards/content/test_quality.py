"""The page of deliveries and quality: whether the sums agree, what is wrong, what units report."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.charts.colours import DARK, LIGHT, Palette
from dashboards.content import quality as content
from dashboards.content.labels import Labels
from dashboards.content.quality import Quality
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Sign, Texts
from dashboards.queries import quality as queries
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.municipalities import REPORTED_ON
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, SMALL

LANGUAGES = ["nb", "nn", "en"]


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = made.standing_home()
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    yield home


def _found(municipality: str = LARGE, day: dt.date = AS_OF) -> Quality:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(Language.NN))
    view = View(Language.NN, municipality, day, "coordinator_coverage", "standard")
    found = content.gather(labels, view)
    assert isinstance(found, Quality)
    return found


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_its_pictures_and_tables(language: str) -> None:
    page = open_page("quality", lang=language)
    (lead,) = page.texts("lead")
    assert "11 268" in lead or "11,268" in lead
    pictures = [chart.proto.alt for chart in page.app.get("plotly_chart")]
    assert len(pictures) == 2
    assert all(len(description) > 60 for description in pictures)
    # Deliveries, reconciliation, sources, rules, rows, checks, grades, reports.
    assert page.html.count('<table class="figures">') == 8
    assert all(f'id="{anchor}"' in page.html for anchor in ("deliveries", "findings", "checks"))
    assert not page.app.warning


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_that_delivered_nothing_is_told(language: str) -> None:
    page = open_page("quality", lang=language, municipality=EMPTY)
    (told,) = page.texts("told")
    assert told.startswith("Bø ")
    assert "sources.yml" in told
    assert page.app.get("plotly_chart") == []


def test_a_rule_of_the_address_shows_its_rows() -> None:
    assert "rolle: =SUM(1;1)" in open_page("quality", rule="unknown_value").html
    assert "rolle: =SUM(1;1)" not in open_page("quality", rule="person_unresolved").html


def test_what_cannot_be_used_comes_first_with_what_to_do() -> None:
    found = _found()
    first = content.table_of_deliveries(found).rows[0]
    assert first[:4] == (
        "ip_asker",
        dt.date(2026, 1, 5),
        "kunne ikkje lesast",
        "Fila er avkorta. Kopier henne på nytt, eller eksporter på nytt.",
    )
    assert _plain(content.headline(found)) == (
        "Éin leveranse kan ikkje brukast, og ingen nyare har kome i staden. "
        "Det er gjort greie for alle dei 11 268 radene som er lesne. 13 av dei (0,1 %) er ikkje tekne med i tala."
    )
    assert content.headline(replace(found, broken=())).startswith("Alle kjelder har ein leveranse")


def test_all_sums_agree_or_it_is_told_which_do_not() -> None:
    found = _found()
    assert all(source.unaccounted == 0 for source in found.sources)
    assert _plain(content.sums_in_words(found)) == (
        "Alle summar stemmer: kvar av dei 11 268 radene som er lesne, enda på éin stad."
    )
    first, *others = found.deliveries
    lost = replace(found, deliveries=(replace(first, rows_read=first.rows_read + 7), *others))
    assert content.sums_in_words(lost).startswith(f"Summane stemmer ikkje for {first.source} (+7).")
    assert "ikkje gjort greie for" in content.headline(lost)
    names = [trace.name for trace in content.reconciliation(lost).draw(LIGHT).data]
    assert names[-1] == "Ikkje gjort greie for"
    table = content.table_of_reconciliation(lost)
    assert table.total is not None
    assert table.total[-1] == 7


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_each_bar_is_a_whole_with_its_sum_beside_it(palette: Palette) -> None:
    found = _found()
    figure = content.reconciliation(found).draw(palette)
    assert len(figure.data) == 4
    for place, source in enumerate(found.sources):
        whole = sum(bar.x[place] for bar in figure.data)
        assert whole == pytest.approx(1.0)
        assert _plain(figure.layout.annotations[place].text) == _plain(
            found.labels.texts.whole(source.read)
        )


def test_findings_are_counted_by_source_and_by_severity() -> None:
    found = _found()
    table = content.table_of_sources(found)
    assert table.total is not None
    by_rule = sum(count.rows for count in found.findings.rules)
    assert sum(value for value in table.total[2:] if isinstance(value, int)) == by_rule
    assert table.rows[0][0] == "koordinator_asker"


def test_every_grade_is_in_words_with_its_reasons() -> None:
    found = _found()
    rows = {row[0]: row for row in content.table_of_grades(found).rows}
    assert rows["Koordinatordekning"][1:] == ("A", "Kan samanliknast utan atterhald.", "")
    _name, letter, words, reasons = rows["Samtykke"]
    assert (letter, words) == ("B", "Kan samanliknast.")
    assert str(reasons).endswith("registreringane bak talet er ikkje tekne med (B).")
    assert content.grades_in_words(found).startswith("19 av 21 indikatorar kan samanliknast")
    letter, grade = found.grades[0]
    poor = replace(found, grades=((letter, replace(grade, letter="D")), *found.grades[1:]))
    assert content.grades_in_words(poor).startswith("18 av 21")


def test_reports_are_those_of_the_newest_day_up_to_the_date() -> None:
    publication = _found().labels.publication
    assert {each.date for each in queries.reported(publication, LARGE, AS_OF)} == {REPORTED_ON}
    earlier = queries.reported(publication, LARGE, dt.date(2025, 10, 31))
    assert {each.date for each in earlier} == {dt.date(2024, 11, 15)}
    assert queries.reported(publication, LARGE, dt.date(2023, 1, 31)) == ()


def test_the_notes_of_what_is_reported_name_the_day_that_was_counted() -> None:
    found = _found()
    notes = content.notes_of_reported(found, "x")
    day = found.labels.texts.date_in_table(REPORTED_ON)
    assert notes.reference_date == day
    assert day in notes.filters
    assert day not in content.notes(found, "x", "reported").filters


def test_what_open_rows_cannot_explain_is_told_and_marked() -> None:
    as_reported = _found()
    found = replace(
        as_reported,
        reported=tuple(
            replace(each, unexplained=7 if each.unit == "Psykisk helse" else 0)
            for each in as_reported.reported
        ),
    )
    picture = content.reported_against_registered(found)
    assert picture.title == (
        "Einingane rapporterte 509 personar med koordinator; 511 er registrerte. "
        "I 1 av 2 einingar og område er skilnaden større enn det opne rader kan forklare."
    )
    figure = picture.draw(LIGHT)
    assert [shape.line.width for shape in figure.layout.shapes].count(4) == 1
    explained = replace(
        found, reported=tuple(replace(each, unexplained=0) for each in found.reported)
    )
    calm = content.reported_against_registered(explained)
    assert calm.title.endswith("Opne rader kan forklare alle skilnadene.")


def test_units_of_a_shared_area_have_no_registered_number_of_their_own() -> None:
    table = content.table_of_reported(_found())
    by_unit = {row[0]: row for row in table.rows if row[3] == "Personar med koordinator"}
    assert by_unit["Heimetenesta nord"][5] is Sign.NOT_AVAILABLE
    assert by_unit["Psykisk helse"][4:] == (107, 98, 9, 38, 0)


def test_names_from_the_data_are_no_markup() -> None:
    assert "Heimetenesta &lt;sør&gt;" in open_page("quality", lang="nn").html
    shown = content.reported_against_registered(
        replace(
            found := _found(),
            reported=tuple(
                replace(each, unit="<b>x</b>") if each.unit == "Psykisk helse" else each
                for each in found.reported
            ),
        )
    )
    assert any("&lt;b&gt;x" in label for label in shown.draw(LIGHT).layout.yaxis.ticktext)


def test_where_nothing_is_reported_it_is_told() -> None:
    told = absence(lambda: content.reported_against_registered(_found(SMALL)))
    assert told.startswith("Einingane har ikkje rapportert tal")
