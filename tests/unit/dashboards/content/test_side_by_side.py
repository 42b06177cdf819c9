"""Municipalities beside each other: the chosen one's own figures, and what the others have shared."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader import comparability
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.publication import current_publication
from dashboards.charts.colours import DARK, LIGHT, Palette
from dashboards.content import (
    beside,
    coordinators,
    coverage,
    development,
    indicator,
    plans,
    series,
    side_by_side,
)
from dashboards.content.labels import Labels
from dashboards.content.shared import Picture
from dashboards.content.shared_figures import measured_of
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import PageKey
from dashboards.queries.shared import Packages
from dashboards.render.document import as_document
from dashboards.view.state import View
from tests.support import packages
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.packages import Made
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL

NOVEMBER = dt.date(2025, 11, 30)
# Those of the packages: Senja, Suldal, Bergen; Bø is in the installation and has shared nothing.
BERGEN = "4601"


def home_of(root: Path, *made_up: Made) -> Home:
    """Return the usual publication with other packages."""
    made.publish(root)
    packages.keep(root, made_up)
    return Home(root)


def labels(home: Home | None = None, language: Language = Language.NB, code: str = LARGE) -> Labels:
    home = home or Home(made.standing_home())
    return Labels(current_publication(home).as_seen_by(code), Texts(language), Packages(home))


def view(
    *compared: str, day: dt.date = AS_OF, code: str = LARGE, what: str = "coordinator_coverage"
) -> View:
    return View(Language.NB, code, day, what, "standard", compared=compared)


def of_package(found: Labels, code: str, of: View, month: str) -> Measured:
    known = measured_of(found.packages.found.packages[code], of, month)
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("newest", "chosen", "expected"),
    [
        # A month's end that all have reached, or the last one before it.
        (("2025-12", "2025-12"), AS_OF, "2025-12"),
        (("2025-12", "2025-12"), NOVEMBER, "2025-11"),
        (("2025-12", "2025-12"), dt.date(2025, 12, 30), "2025-11"),
        # One lags behind.
        (("2025-12", "2025-10"), AS_OF, "2025-10"),
        (("2025-12", "2025-10"), dt.date(2025, 6, 30), "2025-06"),
        # One has stopped: it holds nobody back.
        (("2025-12", "2025-04"), AS_OF, "2025-12"),
        # Nobody had shared yet.
        (("2025-12", "2025-12"), dt.date(2020, 6, 30), None),
    ],
)
def test_the_month_that_all_have_reached(
    newest: tuple[str, str], chosen: dt.date, expected: str | None, tmp_path: Path
) -> None:
    packages.keep(
        tmp_path, [Made(code, newest=of) for code, of in zip((MIDDLE, BERGEN), newest, strict=True)]
    )
    found = Packages(Home(tmp_path)).found.packages
    assert beside.month_until([*found.values()], chosen) == expected


@pytest.mark.parametrize("language", Language)
def test_a_comparison_of_an_earlier_day_says_so(language: Language, tmp_path: Path) -> None:
    home = home_of(tmp_path, Made(MIDDLE, newest="2025-11", months=18), Made(BERGEN, months=18))
    found, chosen = labels(home, language), view(MIDDLE, BERGEN)
    day = Texts(language).date(NOVEMBER)
    assert side_by_side.gather(found, chosen).view.reference_date == NOVEMBER
    protected, of_day, *_ = side_by_side.in_words(found, chosen)
    assert protected == Texts(language)("beside.protected")
    assert day in of_day
    # Without the one that lags there is nothing to say.
    assert not any(day in each for each in side_by_side.in_words(found, view(BERGEN)))


def test_the_chosen_ones_figures_are_exact_and_the_others_are_as_shared() -> None:
    found, chosen = labels(), view(MIDDLE, BERGEN)
    lines = dict(series.beside_each_other(found, chosen))
    assert lines[LARGE] == series.readings(found, chosen)
    for code in (MIDDLE, BERGEN):
        package = found.packages.found.packages[code]
        assert [f"{each.date:%Y-%m}" for each in lines[code]] == [*package.months]
        for each in lines[code]:
            assert each.measured == of_package(found, code, chosen, f"{each.date:%Y-%m}")
    rows = side_by_side.table(found, chosen).rows
    assert {row[0]: row[-2] for row in rows} == {
        "Asker": "nøyaktige", "Senja": "beskyttede", "Bergen": "beskyttede",
    }  # fmt: skip
    whole = series.table(found, chosen, "").rows
    assert {(row[1], row[-1]) for row in whole} == {(row[0], row[-2]) for row in rows}
    assert len(whole) == sum(map(len, lines.values()))
    # Of itself alone nothing has to be told apart.
    alone = series.table(found, view(), "")
    assert not {"nøyaktige", "beskyttede"} & {cell for row in alone.rows for cell in row}


def test_a_break_of_anothers_series_is_a_gap_in_its_line() -> None:
    found = labels(code=MIDDLE)
    (_, asker) = series.beside_each_other(found, view(LARGE, code=MIDDLE))[1]
    assert {each.segment for each in asker if each.date < dt.date(2025, 3, 1)} == {0}
    assert {each.segment for each in asker if each.date >= dt.date(2025, 3, 1)} == {1}


@pytest.mark.parametrize(
    ("compared", "chosen", "told"),
    [
        ((EMPTY,), {}, "Bø har ikke delt tall ennå"),
        # In no publication and no package: an old link to it opens all the same.
        (("0301",), {}, "Oslo har ikke delt tall ennå"),
        ((BERGEN,), {"indicator": "coordinator_rate"}, "Kommunene deler ikke"),
        ((BERGEN,), {"age_group": "unknown"}, "deler ikke tall for denne aldersgruppen"),
        ((BERGEN,), {"service_area": "dental_care"}, "ikke delt tall for dette tjenesteområdet"),
        ((BERGEN,), {"reference_date": dt.date(2023, 6, 30)}, "fra 30. juni 2023 eller tidligere"),
        (("4012",), {}, "Bør ikke sammenlignes"),
        (("1134",), {}, "annet definisjonssett (2025.1, her 2026.2"),
        (("5006",), {}, "sammenlignet 30. april 2025"),
        (("1507",), {}, "slått sammen eller delt"),
    ],
)
def test_who_cannot_be_compared_is_named_with_the_reason(
    compared: tuple[str, ...], chosen: dict[str, Any], told: str
) -> None:
    said = side_by_side.in_words(labels(), dataclasses.replace(view(*compared), **chosen))
    assert any(told in each for each in said), said


def test_who_counts_by_other_parameters_is_set_apart() -> None:
    """Senja has another bridge of days, and has shared by the usual one."""
    found = labels(code=MIDDLE)
    said = " ".join(side_by_side.in_words(found, view(BERGEN, code=MIDDLE)))
    assert "Bergen er holdt utenom: Kommunen teller på en annen måte:" in said


def over_time(found: Labels, chosen: View) -> Picture:
    figures = coverage.gather(found, chosen)
    return coverage.over_time(figures)


def on_development(found: Labels, chosen: View) -> Picture:
    figures = development.gather(found, chosen)
    return development.over_time(figures)


def of_one_indicator(found: Labels, chosen: View) -> Picture:
    figure = indicator.figure_of(found, chosen, chosen.indicator)
    return indicator.over_time(figure, "")


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("draw", [over_time, on_development, of_one_indicator])
def test_a_poor_grade_is_drawn_apart_and_named_with_its_reason(
    draw: Callable[[Labels, View], Picture], palette: Palette, tmp_path: Path
) -> None:
    poor = Made(MIDDLE, grade="D", reasons="rows_quarantined")
    found = labels(home_of(tmp_path, poor, Made(BERGEN)))
    shown = draw(found, view(MIDDLE, BERGEN))
    lines = {trace.name: trace for trace in shown.draw(palette).data if trace.mode == "lines"}
    assert (lines["Senja"].line.dash, lines["Senja"].line.color) == ("dot", palette.taken_away)
    assert {lines[name].line.dash for name in ("Asker", "Bergen")} == {"solid"}
    names = [note.text for note in shown.draw(palette).layout.annotations]
    assert [name for name in names if "○" in name] == [name for name in names if "Senja" in name]
    (told,) = [each for each in shown.remarks if each.startswith("Senja er holdt utenom")]
    assert "bør ikke sammenlignes" in told.lower()
    rows = side_by_side.table(found, view(MIDDLE, BERGEN)).rows
    assert [(row[0], row[-3]) for row in rows][-1] == ("Senja", "D")
    assert [bool(row[-1]) for row in rows] == [False, False, True]


def test_the_chosen_one_is_set_apart_too(monkeypatch: pytest.MonkeyPatch) -> None:
    true_grade = comparability.grade

    def grade(*asked: Any) -> comparability.Grade | None:
        found = true_grade(*asked)
        reason = (comparability.Reason("rows_quarantined", "D"),)
        return found and dataclasses.replace(found, letter="D", reasons=reason)

    monkeypatch.setattr(comparability, "grade", grade)
    said = side_by_side.in_words(labels(), view(BERGEN))
    assert any("for få kommuner" in each for each in said)
    assert any(each.startswith("Asker er holdt utenom") for each in said)


def test_packages_that_cannot_be_read_are_told_of_where_they_are_asked_for(tmp_path: Path) -> None:
    home = home_of(tmp_path, Made(BERGEN))
    (home.received / "current.json").write_text("{", encoding="utf-8")
    found = labels(home)
    assert "kan ikke leses" in absence(lambda: side_by_side.in_words(found, view(BERGEN)))
    assert side_by_side.in_words(found, view()) == []
    shown = list(development.sections(found, view(BERGEN)))
    assert [each.absence for each in shown if each.absence] != []
    # What is of the municipality alone is there.
    assert [each.key for each in shown if each.key == "months"]


NAMES = {
    Language.NB: "3 kommuner side om side: Asker, Senja, Suldal",
    Language.NN: "3 kommunar side om side: Asker, Senja, Suldal",
    Language.EN: "3 municipalities side by side: Asker, Senja, Suldal",
}
# The pictures that other municipalities stand in, by their page.
OVER_TIME = {
    PageKey.COVERAGE: (coverage.sections, ("series",)),
    PageKey.DEVELOPMENT: (development.sections, ("development",)),
    PageKey.COORDINATORS: (coordinators.sections, ("changes", "training")),
    PageKey.PLANS: (plans.sections, ("living",)),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("page", OVER_TIME)
def test_a_comparison_is_named_by_all_that_it_compares(page: PageKey, language: Language) -> None:
    names, texts = NAMES[language], Texts(language)
    found = labels(language=language)
    chosen = dataclasses.replace(view(MIDDLE, SMALL), language=language)
    sections = list(OVER_TIME[page][0](found, chosen))
    # On paper, in the picture and its saved files, and in the files of the table.
    subject = f"Asker, {texts.date(AS_OF)}"
    document = as_document(texts(f"{page}.heading"), subject, sections, texts)
    assert f"<title>{texts(f'{page}.heading')}. {subject}. {names}</title>" in document
    compared = [
        (each.picture, each.notes)
        for each in sections
        if each.picture and each.notes and MIDDLE in each.notes.file_part
    ]
    assert len(compared) == len(OVER_TIME[page][1])
    for shown, notes in compared:
        assert shown.title.startswith(f"{names}. ")
        assert "Asker" in shown.title.removeprefix(names)
        assert shown.title in shown.description
        assert notes.title.endswith(f". {names}")
        assert notes.title.count("Asker") == 1
        assert f"{LARGE}-{MIDDLE}-{SMALL}-" in notes.file_part
    tables = [each.table for each in sections if each.table]
    assert any("3" in table.title and len(table.rows) == 3 for table in tables)
    alone = list(OVER_TIME[page][0](found, dataclasses.replace(chosen, compared=())))
    assert not any(each.subject for each in alone)
    for each in alone:
        assert not (each.picture and "Senja" in each.picture.title)
        assert not (each.notes and "Senja" in each.notes.title)
