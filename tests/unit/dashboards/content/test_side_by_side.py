"""Several municipalities beside each other: on a day that all have reached, the poor grades apart."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader import comparability
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.charts.colours import DARK, LIGHT, Palette
from dashboards.content import (
    coordinators,
    coverage,
    development,
    front_analyst,
    indicator,
    plans,
    side_by_side,
)
from dashboards.content.labels import Labels
from dashboards.content.shared import Picture
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import PageKey
from dashboards.queries import overview
from dashboards.render.document import as_document
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.publication import AS_OF, LARGE, MIDDLE, SMALL

NOVEMBER, JANUARY = dt.date(2025, 11, 30), dt.date(2026, 1, 9)


def counted_up_to(**days: dt.date) -> Publication:
    """Return the publication as if some municipalities were counted up to other days."""
    names = {"asker": LARGE, "senja": MIDDLE, "suldal": SMALL}
    published = current_publication(Home(made.standing_home()))
    known = {**dict.fromkeys(names.values(), AS_OF), **{names[n]: day for n, day in days.items()}}
    return dataclasses.replace(published, as_of_by_municipality=known)


def labels(publication: Publication, language: Language = Language.NB) -> Labels:
    return Labels(publication, Texts(language))


def view(
    *compared: str, day: dt.date = AS_OF, code: str = LARGE, what: str = "coordinator_coverage"
) -> View:
    return View(Language.NB, code, day, what, "standard", compared=compared)


def grade_d(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    """Make the figures of some municipalities grade D."""
    true_grade, true_everybody = comparability.grade, overview.of_municipalities

    def grade(of: Publication, code: str, day: dt.date, what: str) -> comparability.Grade | None:
        found = true_grade(of, code, day, what)
        reason = (comparability.Reason("rows_quarantined", "D"),)
        return (
            dataclasses.replace(found, letter="D", reasons=reason)
            if found and code in codes
            else found
        )

    def everybody(of: Publication, day: dt.date, what: str) -> tuple[overview.OfMunicipality, ...]:
        return tuple(
            dataclasses.replace(each, grade="D") if each.municipality in codes else each
            for each in true_everybody(of, day, what)
        )

    monkeypatch.setattr(comparability, "grade", grade)
    monkeypatch.setattr(overview, "of_municipalities", everybody)


@pytest.mark.parametrize(
    ("days", "chosen", "expected"),
    [
        # All are counted on it, or it is a month's end that all have reached.
        ({}, AS_OF, AS_OF),
        ({}, NOVEMBER, NOVEMBER),
        ({"senja": JANUARY}, AS_OF, AS_OF),
        (dict.fromkeys(("asker", "senja", "suldal"), JANUARY), JANUARY, JANUARY),
        # One has delivered in the middle of a month: the others are not counted on that day.
        ({"asker": JANUARY}, JANUARY, AS_OF),
        ({"asker": JANUARY, "senja": dt.date(2026, 1, 20)}, JANUARY, AS_OF),
        # One lags behind, to a month's end or into a month.
        ({"suldal": NOVEMBER}, AS_OF, NOVEMBER),
        ({"suldal": dt.date(2025, 11, 12)}, AS_OF, dt.date(2025, 10, 31)),
        ({"suldal": NOVEMBER}, dt.date(2025, 6, 30), dt.date(2025, 6, 30)),
        ({"suldal": dt.date(2024, 3, 5)}, AS_OF, dt.date(2024, 2, 29)),
    ],
)
def test_the_day_that_all_have_reached(
    days: dict[str, dt.date], chosen: dt.date, expected: dt.date
) -> None:
    found = counted_up_to(**days)
    assert side_by_side.day_of(found, (LARGE, MIDDLE, SMALL), chosen) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            Language.NB,
            "Kommunene er sammenlignet 30. november 2025, den siste månedsslutten som alle har "
            "levert til. Suldal har levert til og med 12. desember 2025.",
        ),
        (
            Language.NN,
            "Kommunane er samanlikna 30. november 2025, den siste månadsslutten som alle har "
            "levert til. Suldal har levert til og med 12. desember 2025.",
        ),
        (
            Language.EN,
            "The municipalities are compared on 30 November 2025, the last month's end that all "
            "have delivered up to. The newest delivery of Suldal is of 12 December 2025.",
        ),
    ],
)
def test_a_comparison_of_an_earlier_day_says_so_everywhere(
    language: Language, expected: str
) -> None:
    found = labels(counted_up_to(suldal=dt.date(2025, 12, 12)), language)
    assert side_by_side.in_words(found, view(SMALL))[0] == expected
    funnel = front_analyst.gather(found, view())
    assert funnel.view.reference_date == NOVEMBER
    assert front_analyst.headline(funnel).endswith(expected)
    # Without the one that lags there is nothing to say.
    assert expected not in side_by_side.in_words(found, view(MIDDLE))


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
    draw: Callable[[Labels, View], Picture], palette: Palette, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade_d(monkeypatch, MIDDLE)
    found = labels(counted_up_to())
    shown = draw(found, view(MIDDLE, SMALL))
    lines = {trace.name: trace for trace in shown.draw(palette).data if trace.mode == "lines"}
    assert (lines["Senja"].line.dash, lines["Senja"].line.color) == ("dot", palette.taken_away)
    assert {lines[name].line.dash for name in ("Asker", "Suldal")} == {"solid"}
    names = [note.text for note in shown.draw(palette).layout.annotations]
    assert [name for name in names if "○" in name] == [name for name in names if "Senja" in name]
    (told,) = [each for each in shown.remarks if each.startswith("Senja er holdt utenom")]
    assert "bør ikke sammenlignes" in told.lower()
    assert "registreringene bak tallet er ikke tatt med (D)" in told
    # Alone it is compared with nobody.
    alone = draw(found, view(code=MIDDLE)).draw(palette)
    assert {trace.line.dash for trace in alone.data if trace.name == "Senja"} == {"solid"}


def test_a_poor_grade_is_not_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    grade_d(monkeypatch, SMALL)
    found, chosen = labels(counted_up_to()), view(MIDDLE, SMALL)
    # Suldal would have been the highest.
    rows = side_by_side.table(found, chosen).rows
    assert [(row[0], row[-2]) for row in rows] == [("Asker", "A"), ("Senja", "B"), ("Suldal", "D")]
    assert [bool(row[-1]) for row in rows] == [False, False, True]
    told = " ".join(side_by_side.in_words(found, chosen))
    assert "kan 2 kommuner sammenlignes: fra 59,0" in told
    assert "i Asker. Suldal er holdt utenom" in told
    funnel = front_analyst.gather(found, chosen)
    assert SMALL not in {each.municipality for each in funnel.compared}
    (left_out,) = [each for each in funnel.left_out if each.municipality == SMALL]
    assert "registreringene bak tallet er ikke tatt med (D)" in left_out.reason


def test_the_chosen_one_is_set_apart_too(monkeypatch: pytest.MonkeyPatch) -> None:
    grade_d(monkeypatch, LARGE, MIDDLE)
    found = labels(counted_up_to())
    assert "for få kommuner" in side_by_side.in_words(found, view(MIDDLE, SMALL))[0]
    grade_d(monkeypatch, LARGE)
    assert absence(lambda: front_analyst.gather(found, view()))


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
    found = Labels(current_publication(Home(made.standing_home())), texts)
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
