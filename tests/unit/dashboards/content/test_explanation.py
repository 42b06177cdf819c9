"""The window in which a figure explains itself: what it says of each kind, and that it can wait."""

import dataclasses
import datetime as dt
import re
from html import unescape
from pathlib import Path

import duckdb
import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.layout import own_file
from dagster_project.publication.reader import comparability
from dagster_project.publication.reader.comparability import Grade
from dagster_project.publication.reader.coverage import Figure
from dagster_project.publication.reader.publication import current_publication
from dashboards.content import explanation as content
from dashboards.content.labels import Labels
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE

LANGUAGES = ["nb", "nn", "en"]
VIEW = View(Language.NB, LARGE, AS_OF, "coordinator_coverage", "standard")


def _labels(home: Path, language: Language = Language.NB) -> Labels:
    return Labels(current_publication(Home(home)), Texts(language))


@pytest.fixture(name="labels", scope="module")
def _standing() -> Labels:
    return _labels(made.standing_home())


@pytest.fixture(name="richer", scope="module")
def _richer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish figures of other kinds, too: a median, a count, and persons of unknown age."""
    home = tmp_path_factory.mktemp("richer")
    file = own_file(made.publish(home), "coverage", LARGE)
    with duckdb.connect() as connection:
        connection.execute(f"create table coverage as from '{file}'")
        connection.execute(
            "delete from coverage where indicator in ('answer_days', 'housing_need')"
        )
        for indicator, numerator, denominator, value, low, high, age in (
            ("answer_days", None, 40, 21.0, 9.0, 44.0, "all"),
            ("housing_need", 17, None, 17.0, None, None, "all"),
            ("coordinator_coverage", 2, 6, 1 / 3, 0.1, 0.7, "unknown"),
        ):
            connection.execute(
                """
                insert into coverage by name
                select $code as municipality_code, $day as reference_date, 'standard' as age_scheme,
                    $age as age_group, 'all' as service_area, $indicator as indicator,
                    $numerator::bigint as numerator, $denominator::bigint as denominator,
                    $value as value, $low::double as ci_low, $high::double as ci_high,
                    'B' as grade, '2026.2' as definition_set, 0 as segment
                """,
                {
                    "code": LARGE, "day": AS_OF, "age": age, "indicator": indicator,
                    "numerator": numerator, "denominator": denominator, "value": value,
                    "low": low, "high": high,
                },
            )  # fmt: skip
        connection.execute(f"copy coverage to '{file}' (format parquet)")
    return home


def _plain(text: str) -> str:
    return text.replace(NO_BREAK_SPACE, " ")


def _explained(labels: Labels, **changes: object) -> content.Explanation:
    return content.gather(labels, dataclasses.replace(VIEW, **changes))  # type: ignore[arg-type]


def _missing(explained: content.Explanation) -> str:
    return _plain(" ".join(content.missing(explained)))


def test_a_share_is_told_with_its_parts_and_interval(labels: Labels) -> None:
    explained = _explained(labels, age_group="0-17", service_area="school")
    assert explained.figure is not None
    assert content.cut(explained) == "Asker, 31. desember 2025: 0-17 år, Skole og SFO."
    assert re.fullmatch(
        r"Verdien er \d+,\d %\. 95 % konfidensintervall: \d+,\d-\d+,\d %\.",
        _plain(content.value(explained)),
    )
    parts = content.table_of_parts(explained)
    assert parts is not None
    assert parts.rows == (
        ("Teller", "Med koordinator", explained.figure.numerator),
        ("Nevner", "Anslått målgruppe", explained.figure.denominator),
    )


def test_a_rate_names_of_how_many_inhabitants_it_is(labels: Labels) -> None:
    told = _plain(content.value(_explained(labels, indicator="coordinator_rate")))
    assert re.match(r"Verdien er \d+,\d per 1 000\. 95 % konfidensintervall:", told)


def test_a_ratio_has_no_interval(labels: Labels) -> None:
    explained = _explained(labels, indicator="persons_per_coordinator")
    assert re.fullmatch(r"Verdien er \d+,\d\.", content.value(explained))


def test_a_median_is_of_days_and_has_quartiles_and_no_numerator(richer: Path) -> None:
    explained = _explained(_labels(richer), indicator="answer_days")
    assert content.value(explained) == (
        "Medianen er 21 dager. Halvparten av dem som er telt, ligger i intervallet 9-44 dager."
    )
    parts = content.table_of_parts(explained)
    assert parts is not None
    assert parts.rows == (("Regnet av", "Meldinger som er vurdert", 40),)


def test_what_is_not_counted_step_by_step_is_explained_without_steps(labels: Labels) -> None:
    counted = _explained(labels, indicator="training_within_6_months")
    explained = dataclasses.replace(counted, steps=None)
    assert content.tables_of_steps(explained) == []
    assert content.value(explained).startswith("Verdien er 75,0")


def test_a_count_has_no_denominator(richer: Path) -> None:
    explained = _explained(_labels(richer), indicator="housing_need")
    assert content.value(explained) == "Verdien er 17."
    parts = content.table_of_parts(explained)
    assert parts is not None
    assert [row[0] for row in parts.rows] == ["Teller"]


def test_what_is_not_counted_by_age_and_area_is_explained_as_a_whole(labels: Labels) -> None:
    explained = _explained(
        labels,
        indicator="persons_per_coordinator",
        age_scheme="childhood",
        age_group="0-5",
        service_area="school",
    )
    assert explained.figure is not None
    assert content.cut(explained).endswith("alle aldre, alle tjenesteområder.")


def test_a_cut_with_nobody_in_it_says_so_and_still_tells_the_rest(labels: Labels) -> None:
    explained = _explained(labels, age_group="90+", service_area="school")
    assert explained.figure is None
    assert "90 år og eldre, Skole og SFO" in content.value(explained)
    assert content.table_of_parts(explained) is None
    assert content.table_of_sources(explained).rows
    assert "ikke tatt med" in _missing(explained)


def test_the_bounds_say_what_those_left_out_could_change(labels: Labels) -> None:
    explained = _explained(labels)
    assert explained.figure is not None
    higher = dataclasses.replace(explained.figure, bound_high=0.651)
    bounded = _missing(dataclasses.replace(explained, figure=higher))
    assert "hadde vært telt, ville verdien vært 65,1 %." in bounded
    same = _missing(explained)
    assert "Verdien ville vært den samme" in same
    without = _missing(_explained(labels, indicator="coordinator_rate"))
    assert "Verdien ville vært" not in without + same.replace("Verdien ville vært den samme", "")


def test_rows_that_are_left_out_are_counted_from_the_grade(
    labels: Labels, monkeypatch: pytest.MonkeyPatch
) -> None:
    explained = _explained(labels)
    grade = Grade("B", (), 400, 0.02, None, None, None, None)
    monkeypatch.setattr(comparability, "grade", lambda *_: grade)
    told = _missing(explained)
    assert "8 av 400 registreringer bak tallet er ikke tatt med (2,0 %)" in told


def test_open_findings_are_those_that_ask_for_something(labels: Labels) -> None:
    explained = _explained(labels)
    found = content.table_of_findings(explained)
    assert found is not None
    rules = {count.rule for count in explained.findings}
    assert "person_unresolved" in rules
    assert "plans_merged" not in rules  # for information only
    rows = sum(row[1] for row in found.rows if isinstance(row[1], int))
    assert f"Feil og mangler som kan rettes i kilden: {rows}." in _missing(explained)


def test_persons_of_unknown_age_are_told_of(labels: Labels, richer: Path) -> None:
    assert "Alderen er ukjent for 6 av dem" in _missing(_explained(_labels(richer)))
    assert "Alderen er ukjent" not in _missing(_explained(labels))


def test_the_sources_are_those_that_count_and_the_newest_of_each(labels: Labels) -> None:
    rows = content.table_of_sources(_explained(labels, indicator="plan_coverage")).rows
    assert [row[0] for row in rows][:3] == ["Individuelle planer", "Tjenester", "Personregister"]
    assert all(row[3] == dt.date(2025, 12, 31) for row in rows)  # the failed one of 2026 is not
    of_rate = content.table_of_sources(_explained(labels, indicator="coordinator_rate"))
    assert "ssb_folketall" in [row[2] for row in of_rate.rows]
    # Statistics of the population are delivered once, for everybody.
    elsewhere = _explained(labels, indicator="coordinator_rate", municipality=MIDDLE)
    assert "ssb_folketall" in [row[2] for row in content.table_of_sources(elsewhere).rows]


def test_the_steps_end_at_the_parts(labels: Labels) -> None:
    explained = _explained(labels)
    assert explained.figure is not None
    above, below = content.tables_of_steps(explained)
    assert (above.rows[-1][2], below.rows[-1][2]) == (
        explained.figure.numerator,
        explained.figure.denominator,
    )


def test_breaks_are_told_or_that_there_are_none(labels: Labels) -> None:
    assert content.breaks(_explained(labels)) == "Serien har ingen kjente brudd."
    assert "Brudd i serien for Senja" in content.breaks(_explained(labels, municipality=MIDDLE))


def test_a_municipality_without_figures_is_explained_too(labels: Labels) -> None:
    explained = _explained(labels, municipality=EMPTY)
    assert explained.figure is None
    assert explained.steps is None
    assert _missing(explained) == "Det er ingenting som må rettes i kilden."


@pytest.mark.parametrize("language", list(Language))
def test_every_sentence_is_there_in_each_language(richer: Path, language: Language) -> None:
    labels = _labels(richer, language)
    for indicator in ("coordinator_coverage", "coordinator_rate", "answer_days", "housing_need"):
        explained = _explained(labels, indicator=indicator)
        assert isinstance(explained.figure, Figure)
        told = [
            content.definition(explained),
            content.value(explained),
            *content.missing(explained),
        ]
        assert all(sentence.endswith((".", ").")) for sentence in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_click_opens_the_window(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    page = open_page("coverage", lang=language, municipality=MIDDLE)
    texts = Texts(Language(language))
    assert texts("explanation.missing") not in page.html
    page.app.button(key="explain_groups").click().run()
    assert not page.app.exception
    html = unescape(page.html)
    for part in ("figure", "comparability", "missing", "steps", "sources", "link"):
        assert f">{texts(f'explanation.{part}')}</h3>" in html
    # The link is that of the page as it stands.
    assert re.search(rf"<code>[^<]*\?lang={language}&municipality={MIDDLE}&date=2025-12-31", html)
    assert "explain" not in html.partition("<code>")[2].partition("</code>")[0]


def test_nothing_of_the_window_is_read_before_the_click(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def gather(labels: Labels, view: View) -> content.Explanation:
        asked.append(view.indicator)
        return real(labels, view)

    real = content.gather
    monkeypatch.setattr(content, "gather", gather)
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    page = open_page("coverage")
    assert asked == []
    page.app.button(key="explain_series").click().run()
    assert asked == ["coordinator_coverage"]
