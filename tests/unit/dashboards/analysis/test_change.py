"""Whether a figure has changed in a year: the verdict, and the sentence that tells it."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.config.paths import Home
from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.publication import current_publication
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import change, significance
from dashboards.analysis.change import Change, Verdict
from dashboards.content import sentences
from dashboards.content.labels import Labels
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from tests.support.publication import standing_home

LAST, YEAR_BEFORE = dt.date(2025, 12, 31), dt.date(2024, 12, 31)


def _share(numerator: int, denominator: int) -> Measured:
    return Measured(numerator, denominator, numerator / denominator, 0.0, 1.0)


def _change(
    earlier: Measured, now: Measured, kind: Kind = Kind.SHARE, significance: float = 0.05
) -> Change[Point]:
    points = [Point(YEAR_BEFORE, earlier), Point(LAST, now)]
    return change.in_a_year(points, LAST, kind, significance)


def _told(
    found: Change[Point], language: Language, kind: Kind = Kind.SHARE, *, is_newest: bool = True
) -> str:
    labels = Labels(current_publication(Home(standing_home())), Texts(language))
    return sentences.change(labels, kind, found, is_newest, 1000).replace(NO_BREAK_SPACE, " ")


@pytest.mark.parametrize(
    ("earlier", "now", "expected"),
    [
        (_share(2284, 4000), _share(2448, 4000), Verdict.UP),
        (_share(2448, 4000), _share(2284, 4000), Verdict.DOWN),
        (_share(571, 1000), _share(612, 1000), Verdict.BY_CHANCE),
        (_share(500, 1000), _share(500, 1000), Verdict.BY_CHANCE),
        (_share(0, 9), _share(900, 1000), Verdict.FEW),
        (_share(900, 1000), _share(9, 9), Verdict.FEW),
        # Two standard errors apart, and four persons in all.
        (_share(0, 30), _share(4, 30), Verdict.FEW),
        (_share(30, 30), _share(26, 30), Verdict.FEW),
        (_share(60, 200), _share(0, 200), Verdict.DOWN),
    ],
)
def test_a_change_has_one_verdict(earlier: Measured, now: Measured, expected: Verdict) -> None:
    found = _change(earlier, now)
    assert found.verdict is expected
    assert found.earlier == Point(YEAR_BEFORE, earlier)
    assert found.difference == pytest.approx(now.value - earlier.value)


@pytest.mark.parametrize("kind", [Kind.MEDIAN, Kind.RATIO, Kind.COUNT])
def test_what_has_no_test_is_not_judged(kind: Kind) -> None:
    assert _change(_share(100, 1000), _share(900, 1000), kind).verdict is Verdict.UNTESTED


@given(
    st.integers(1, 3000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
    st.integers(1, 3000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
)
def test_whoever_looks_from_the_other_side_sees_the_opposite(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    opposite = {Verdict.UP: Verdict.DOWN, Verdict.DOWN: Verdict.UP}
    there, back = _change(_share(*one), _share(*other)), _change(_share(*other), _share(*one))
    assert back.verdict is opposite.get(there.verdict, there.verdict)
    assert there.verdict.is_sure <= significance.differ(_share(*one), _share(*other), Kind.SHARE)


def test_of_a_family_more_is_asked_of_each_that_can_be_tested() -> None:
    doubtful = [Point(YEAR_BEFORE, _share(500, 1000)), Point(LAST, _share(550, 1000))]
    same = [Point(YEAR_BEFORE, _share(500, 1000)), Point(LAST, _share(500, 1000))]
    few = [Point(YEAR_BEFORE, _share(1, 9)), Point(LAST, _share(2, 9))]
    alone = change.of_family({"0-17": doubtful, "90+": few}, LAST, Kind.SHARE)
    assert [each.verdict for each in alone.values()] == [Verdict.UP, Verdict.FEW]
    among = change.of_family({"0-17": doubtful, "18-49": same, "50-66": same}, LAST, Kind.SHARE)
    assert {each.verdict for each in among.values()} == {Verdict.BY_CHANCE}


def test_a_year_before_is_the_same_month_end_even_in_february() -> None:
    points = [
        Point(dt.date(2024, 2, 29), _share(50, 100)),
        Point(dt.date(2024, 3, 31), _share(50, 100)),
        Point(dt.date(2025, 2, 28), _share(50, 100)),
    ]
    found = change.in_a_year(points, dt.date(2025, 2, 28), Kind.SHARE)
    assert found.earlier is not None
    assert found.earlier.date == dt.date(2024, 2, 29)
    assert found.is_a_year


def test_a_date_near_the_anniversary_is_taken_and_named() -> None:
    points = [
        Point(dt.date(2024, 11, 30), _share(50, 100)),
        Point(dt.date(2025, 12, 12), _share(50, 100)),
    ]
    found = change.in_a_year(points, dt.date(2025, 12, 12), Kind.SHARE)
    assert not found.is_a_year
    assert _told(found, Language.NB).startswith("30. november 2024 var tallet 50,0 %.")


def test_without_a_figure_a_year_before_there_is_no_change() -> None:
    found = change.in_a_year([Point(LAST, _share(50, 100))], LAST, Kind.SHARE)
    assert found == Change(Verdict.UNKNOWN)
    assert _told(found, Language.NB) == (
        "Det finnes ikke tall fra ett år tidligere å sammenligne med."
    )
    assert change.in_a_year([], LAST, Kind.SHARE) == Change(Verdict.UNKNOWN)


def test_a_break_keeps_both_sides_from_being_compared() -> None:
    points = [
        Point(YEAR_BEFORE, _share(10, 100), segment=0),
        Point(dt.date(2025, 6, 30), _share(50, 100), segment=1),
        Point(LAST, _share(80, 100), segment=1),
    ]
    assert change.in_a_year(points, LAST, Kind.SHARE) == Change(Verdict.BROKEN)
    unbroken = [dataclasses.replace(point, segment=0) for point in points]
    assert change.in_a_year(unbroken, LAST, Kind.SHARE).verdict is Verdict.UP


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            Language.NB,
            "Andelen er 4,1 prosentpoeng høyere enn for ett år siden, "
            "mer enn tilfeldigheter kan forklare.",
        ),
        (
            Language.NN,
            "Prosentdelen er 4,1 prosentpoeng høgare enn for eitt år sidan, "
            "meir enn tilfeldig variasjon kan forklare.",
        ),
        (
            Language.EN,
            "The share is 4.1 percentage points higher than a year ago, more than chance can explain.",
        ),
    ],
)
def test_a_change_reads_as_the_house_writes_it(language: Language, expected: str) -> None:
    assert _told(_change(_share(2284, 4000), _share(2448, 4000)), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (Language.NB, "For ett år siden var tallet 60,0 %. Endringen kan skyldes tilfeldigheter."),
        (Language.NN, "For eitt år sidan var talet 60,0 %. Endringa kan vere tilfeldig."),
        (Language.EN, "A year ago the figure was 60.0 %. The change may be due to chance."),
    ],
)
def test_what_is_not_shown_is_told_as_what_chance_may_explain(
    language: Language, expected: str
) -> None:
    assert _told(_change(_share(60, 100), _share(61, 100)), language) == expected


def test_an_earlier_date_is_told_in_the_past_and_rates_per_thousand() -> None:
    found = _change(_share(700, 1000), _share(600, 1000))
    assert _told(found, Language.NB, is_newest=False) == (
        "Andelen var 10,0 prosentpoeng lavere enn ett år tidligere, "
        "mer enn tilfeldigheter kan forklare."
    )
    rates = Measured(200, 10_000, 20.0, None, None), Measured(140, 10_000, 14.0, None, None)
    assert _told(_change(*rates, Kind.RATE), Language.NB, Kind.RATE) == (
        "Det er 6,0 færre per 1 000 enn for ett år siden, mer enn tilfeldigheter kan forklare."
    )
