"""What may be said of a figure, and the sentences that say it."""

import dataclasses
import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportions_ztest

from dagster_project.settings import Home
from dashboards import judgement, sentences
from dashboards.judgement import Change, Extremes
from dashboards.labels import Labels
from dashboards.queries.coverage import Cell, Measured, Point
from dashboards.queries.publication import current_publication
from dashboards.queries.reference import ALL, Kind
from dashboards.texts import NO_BREAK_SPACE, Language, Texts
from tests.publication import standing_home

LAST, YEAR_BEFORE = dt.date(2025, 12, 31), dt.date(2024, 12, 31)


def _share(numerator: int, denominator: int, low: float = 0.0, high: float = 1.0) -> Measured:
    return Measured(numerator, denominator, numerator / denominator, low, high)


def _labels(language: Language) -> Labels:
    return Labels(current_publication(Home(standing_home())), Texts(language))


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def test_four_points_of_a_thousand_are_chance_and_of_four_thousand_are_not() -> None:
    assert not judgement.differ(_share(612, 1000), _share(571, 1000), Kind.SHARE)
    assert judgement.differ(_share(2448, 4000), _share(2284, 4000), Kind.SHARE)


def test_rates_are_compared_as_poisson_counts() -> None:
    assert judgement.differ(_share(200, 10_000), _share(140, 10_000), Kind.RATE)
    assert not judgement.differ(_share(20, 10_000), _share(14, 10_000), Kind.RATE)


@pytest.mark.parametrize("kind", [Kind.RATIO, Kind.MEDIAN, Kind.COUNT])
def test_what_has_no_test_never_differs(kind: Kind) -> None:
    assert not judgement.differ(_share(9000, 10_000), _share(10, 10_000), kind)


@pytest.mark.parametrize("share", [0, 50])
def test_nobody_and_everybody_twice_are_the_same(share: int) -> None:
    assert not judgement.differ(_share(share, 50), _share(share, 50), Kind.SHARE)


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_the_test_is_the_pooled_z_test(
    first: int, second: int, first_share: float, second_share: float
) -> None:
    a = _share(round(first * first_share), first)
    b = _share(round(second * second_share), second)
    if 0 < a.numerator + b.numerator < first + second:
        _, p = proportions_ztest([a.numerator, b.numerator], [first, second])
        if not math.isclose(p, 0.05, rel_tol=1e-6):
            assert judgement.differ(a, b, Kind.SHARE) is bool(p < 0.05)


def test_a_year_before_is_the_same_month_end_even_in_february() -> None:
    points = [
        Point(dt.date(2024, 2, 29), _share(50, 100)),
        Point(dt.date(2024, 3, 31), _share(50, 100)),
        Point(dt.date(2025, 2, 28), _share(50, 100)),
    ]
    change = judgement.change_from_a_year_before(points, dt.date(2025, 2, 28), Kind.SHARE)
    assert change is not None
    assert change.earlier.date == dt.date(2024, 2, 29)
    assert change.is_a_year


def test_a_date_near_the_anniversary_is_taken_and_named() -> None:
    points = [
        Point(dt.date(2024, 11, 30), _share(50, 100)),
        Point(dt.date(2025, 12, 12), _share(50, 100)),
    ]
    change = judgement.change_from_a_year_before(points, dt.date(2025, 12, 12), Kind.SHARE)
    assert change is not None
    assert not change.is_a_year
    text = sentences.change(_labels(Language.NB), Kind.SHARE, change, is_newest=True)
    assert _plain(text).startswith("30. november 2024 var tallet 50,0 %.")


def test_without_a_figure_a_year_before_there_is_no_change() -> None:
    points = [Point(LAST, _share(50, 100))]
    assert judgement.change_from_a_year_before(points, LAST, Kind.SHARE) is None
    assert judgement.change_since_the_start(points, LAST, Kind.SHARE) is None
    text = sentences.change(_labels(Language.NB), Kind.SHARE, None, is_newest=True)
    assert text == "Det finnes ikke tall fra ett år tidligere å sammenligne med."


def test_a_series_begins_where_there_are_enough_persons() -> None:
    points = [
        Point(dt.date(2023, 1, 31), _share(1, 1)),
        Point(dt.date(2023, 2, 28), _share(5, 10)),
        Point(LAST, _share(50, 100)),
    ]
    change = judgement.change_since_the_start(points, LAST, Kind.SHARE)
    assert change is not None
    assert change.earlier.date == dt.date(2023, 2, 28)


def test_extremes_must_differ_from_the_rest_and_be_large_enough() -> None:
    everyone = _share(500, 1000)
    groups = [
        Cell("0-17", ALL, _share(240, 300)),
        Cell("18-49", ALL, _share(155, 300)),
        Cell("50-66", ALL, _share(100, 392)),
        Cell("90+", ALL, _share(0, 8)),
    ]
    found = judgement.extremes(groups, everyone, Kind.SHARE)
    assert found.highest is groups[0]
    assert found.lowest is groups[2]


def test_small_differences_make_no_extremes() -> None:
    everyone = _share(500, 1000)
    groups = [Cell("0-17", ALL, _share(255, 500)), Cell("18-49", ALL, _share(245, 500))]
    assert judgement.extremes(groups, everyone, Kind.SHARE) == Extremes(None, None, 2)
    alone = judgement.extremes(groups[:1], _share(255, 500), Kind.SHARE)
    assert alone == Extremes(None, None, 0)


def _rates(**groups: tuple[int, int]) -> tuple[list[Cell], Measured]:
    """Return rates per 1,000 of (events, inhabitants) by group, and that of everybody."""

    def rate(events: int, inhabitants: int) -> Measured:
        return Measured(events, inhabitants, 1000 * events / inhabitants, None, None)

    cells = [Cell(group, ALL, rate(*counts)) for group, counts in groups.items()]
    together = [sum(counts) for counts in zip(*groups.values(), strict=True)]
    return cells, rate(together[0], together[1])


def test_a_group_of_few_hides_no_difference_of_many() -> None:
    # Kinn: 11.2 per 1,000 of the children against 5.5, and three persons above them all.
    groups, everyone = _rates(
        children=(38, 3400), adults=(36, 6600), old=(20, 3000), older=(12, 1900), oldest=(3, 160)
    )
    found = judgement.extremes(groups, everyone, Kind.RATE)
    assert max(groups, key=lambda each: each.measured.value).age_group == "oldest"
    assert found.highest is groups[0]
    assert found.lowest is None
    assert found.judged == 4


def test_few_events_make_no_finding_however_many_they_are_counted_among() -> None:
    # Suldal: 3 of 61 is 49.2 per 1,000, eight times the rest.
    groups, everyone = _rates(young=(6, 1000), middle=(7, 1100), oldest=(3, 61))
    assert judgement.separation(groups[2].measured, _rest(everyone, groups[2]), Kind.RATE) > 3.8
    assert judgement.extremes(groups, everyone, Kind.RATE) == Extremes(None, None, 0)


def test_nobody_among_many_is_a_finding_where_many_were_to_be_expected() -> None:
    groups = [Cell("0-17", ALL, _share(100, 200)), Cell("18-49", ALL, _share(0, 200))]
    found = judgement.extremes(groups, _share(100, 400), Kind.SHARE)
    assert (found.highest, found.lowest) == (groups[0], groups[1])
    rare = [Cell("0-17", ALL, _share(1, 200)), Cell("18-49", ALL, _share(0, 200))]
    assert judgement.extremes(rare, _share(1, 400), Kind.SHARE).judged == 0


def test_of_nearly_everybody_those_without_are_the_events() -> None:
    groups = [Cell("0-17", ALL, _share(200, 200)), Cell("18-49", ALL, _share(194, 200))]
    assert judgement.extremes(groups, _share(394, 400), Kind.SHARE).judged == 0
    groups[1] = Cell("18-49", ALL, _share(150, 200))
    assert judgement.extremes(groups, _share(350, 400), Kind.SHARE).lowest is groups[1]


@given(
    counts=st.lists(
        st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
        min_size=2,
        max_size=8,
    )
)
def test_whoever_is_named_lies_on_the_side_that_is_told(counts: list[tuple[int, int]]) -> None:
    groups = [Cell(str(at), ALL, _share(*each)) for at, each in enumerate(counts)]
    everyone = _share(sum(count for count, _ in counts), sum(of for _, of in counts))
    found = judgement.extremes(groups, everyone, Kind.SHARE)
    for named, sign in ((found.highest, 1), (found.lowest, -1)):
        if named is not None:
            rest = _rest(everyone, named)
            assert sign * (named.measured.value - rest.value) > 0
            assert judgement.differ(named.measured, rest, Kind.SHARE)
            assert judgement.has_events(named.measured, rest, Kind.SHARE)


def _rest(everyone: Measured, group: Cell) -> Measured:
    counted = everyone.numerator - group.measured.numerator
    among = everyone.denominator - group.measured.denominator
    return Measured(counted, among, counted / among, None, None)


LEVEL_AND_CHANGE = {
    Language.NB: (
        "61 av 100 i den anslåtte målgruppen har koordinator (61,2 %, 95 % KI 57,9-64,4). "
        "Det er 4,1 prosentpoeng flere enn for ett år siden, mer enn tilfeldig variasjon."
    ),
    Language.NN: (
        "61 av 100 i den estimerte målgruppa har koordinator (61,2 %, 95 % KI 57,9-64,4). "
        "Det er 4,1 prosentpoeng fleire enn for eitt år sidan, meir enn tilfeldig variasjon."
    ),
    Language.EN: (
        "61 of 100 in the estimated target group have a coordinator (61.2 %, 95 % CI 57.9-64.4). "
        "That is 4.1 points more than a year ago, more than chance variation."
    ),
}


@pytest.mark.parametrize("language", list(Language))
def test_the_finding_reads_as_the_house_writes_it(language: Language) -> None:
    labels = _labels(language)
    now = Measured(2448, 4000, 0.612, 0.579, 0.644)
    change = Change(Point(YEAR_BEFORE, _share(2284, 4000)), 0.041, True, True)
    text = " ".join(
        [
            sentences.level(labels, "coordinator_coverage", now, LAST, is_newest=True),
            sentences.change(labels, Kind.SHARE, change, is_newest=True),
        ]
    )
    assert _plain(text) == LEVEL_AND_CHANGE[language]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (Language.NB, "Endringen er ikke større enn tilfeldig variasjon."),
        (Language.NN, "Endringa er ikkje større enn tilfeldig variasjon."),
        (Language.EN, "The change is not larger than chance variation."),
    ],
)
def test_chance_is_called_chance(language: Language, expected: str) -> None:
    change = Change(Point(YEAR_BEFORE, _share(60, 100)), 0.01, False, True)
    text = sentences.change(_labels(language), Kind.SHARE, change, is_newest=True)
    assert text.endswith(expected)


def test_fewer_is_called_fewer_and_an_earlier_date_is_told_in_the_past() -> None:
    labels = _labels(Language.NB)
    change = Change(Point(YEAR_BEFORE, _share(70, 100)), -0.1, True, True)
    text = sentences.change(labels, Kind.SHARE, change, is_newest=False)
    assert text == (
        "Det var 10,0 prosentpoeng færre enn ett år tidligere, mer enn tilfeldig variasjon."
    )
    level = sentences.level(labels, "plan_coverage", _share(60, 100), LAST, is_newest=False)
    assert level.startswith("31. desember 2025 hadde 60 av 100 i den anslåtte målgruppen")


def test_of_less_than_a_hundred_the_persons_themselves_are_counted() -> None:
    text = sentences.level(
        _labels(Language.NB), "coordinator_coverage", _share(7, 12), LAST, is_newest=True
    )
    assert text.startswith("7 av 12 i den anslåtte målgruppen har koordinator (58,3")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("indicator", ["coordinator_rate", "child_coordinator_rate"])
def test_rates_are_told_per_thousand(language: Language, indicator: str) -> None:
    measured = Measured(120, 10_000, 12.0, 10.0, 14.3)
    text = sentences.level(_labels(language), indicator, measured, LAST, is_newest=True)
    assert text.startswith("12,0 per 1" if language is not Language.EN else "12.0 per 1,000")


def test_where_names_those_who_stand_out() -> None:
    labels = _labels(Language.NB)
    ages = Extremes(Cell("0-17", ALL, _share(80, 100)), Cell("90+", ALL, _share(30, 100)), 6)
    areas = Extremes(None, Cell(ALL, "home_care", _share(40, 100)), 5)
    text = _plain(sentences.where(labels, Kind.SHARE, "standard", ages, areas))
    assert text == (
        "Aldersgruppen 0-17 år ligger høyere enn resten (80,0 %), og 90 år og eldre lavere (30,0 %). "
        "Av tjenesteområdene ligger Hjemmetjenester lavere enn resten (40,0 %)."
    )
    nobody = Extremes(None, None, 2)
    assert sentences.where(labels, Kind.SHARE, "standard", nobody, nobody) == (
        "Forskjellene mellom gruppene kan være tilfeldige."
    )
    few = Extremes(None, None, 0)
    assert sentences.where(labels, Kind.SHARE, "standard", few, few) == (
        "Gruppene er for små til å sammenligne dem."
    )


def test_a_break_keeps_both_sides_from_being_compared() -> None:
    points = [
        Point(YEAR_BEFORE, _share(10, 100), segment=0),
        Point(dt.date(2025, 6, 30), _share(50, 100), segment=1),
        Point(LAST, _share(80, 100), segment=1),
    ]
    assert judgement.change_from_a_year_before(points, LAST, Kind.SHARE) is None
    assert judgement.breaks_within_a_year(points, LAST)
    since = judgement.change_since_the_start(points, LAST, Kind.SHARE)
    assert since is not None
    assert since.earlier.date == dt.date(2025, 6, 30)
    unbroken = [dataclasses.replace(point, segment=0) for point in points]
    assert judgement.change_from_a_year_before(unbroken, LAST, Kind.SHARE) is not None
    assert not judgement.breaks_within_a_year(unbroken, LAST)
