"""What may be said of a figure, and the sentences that say it."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportions_ztest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.publication import current_publication
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis import significance
from dashboards.analysis.significance import Extremes
from dashboards.content import sentences
from dashboards.content.labels import Labels
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from tests.support.publication import standing_home

LAST = dt.date(2025, 12, 31)


def _share(numerator: int, denominator: int, low: float = 0.0, high: float = 1.0) -> Measured:
    return Measured(numerator, denominator, numerator / denominator, low, high)


def _labels(language: Language) -> Labels:
    return Labels(current_publication(Home(standing_home())), Texts(language))


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def test_four_points_of_a_thousand_are_chance_and_of_four_thousand_are_not() -> None:
    assert not significance.differ(_share(612, 1000), _share(571, 1000), Kind.SHARE)
    assert significance.differ(_share(2448, 4000), _share(2284, 4000), Kind.SHARE)


def test_rates_are_compared_as_poisson_counts() -> None:
    assert significance.differ(_share(200, 10_000), _share(140, 10_000), Kind.RATE)
    assert not significance.differ(_share(20, 10_000), _share(14, 10_000), Kind.RATE)


@pytest.mark.parametrize("kind", [Kind.RATIO, Kind.MEDIAN, Kind.COUNT])
def test_what_has_no_test_never_differs(kind: Kind) -> None:
    assert not significance.differ(_share(9000, 10_000), _share(10, 10_000), kind)


@pytest.mark.parametrize("share", [0, 50])
def test_nobody_and_everybody_twice_are_the_same(share: int) -> None:
    assert not significance.differ(_share(share, 50), _share(share, 50), Kind.SHARE)


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_the_test_is_the_pooled_z_test(
    first: int, second: int, first_share: float, second_share: float
) -> None:
    a = _share(round(first * first_share), first)
    b = _share(round(second * second_share), second)
    if 0 < a.numerator + b.numerator < first + second:
        _, p = proportions_ztest([a.numerator, b.numerator], [first, second])
        if not math.isclose(p, 0.05, rel_tol=1e-6):
            assert significance.differ(a, b, Kind.SHARE) is bool(p < 0.05)


def test_extremes_must_differ_from_the_rest_and_be_large_enough() -> None:
    everyone = _share(500, 1000)
    groups = [
        Cell("0-17", ALL, _share(240, 300)),
        Cell("18-49", ALL, _share(155, 300)),
        Cell("50-66", ALL, _share(100, 392)),
        Cell("90+", ALL, _share(0, 8)),
    ]
    found = significance.extremes(groups, everyone, Kind.SHARE)
    assert found.highest is groups[0]
    assert found.lowest is groups[2]


def test_small_differences_make_no_extremes() -> None:
    everyone = _share(500, 1000)
    groups = [Cell("0-17", ALL, _share(255, 500)), Cell("18-49", ALL, _share(245, 500))]
    assert significance.extremes(groups, everyone, Kind.SHARE) == Extremes(None, None, 2)
    alone = significance.extremes(groups[:1], _share(255, 500), Kind.SHARE)
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
    found = significance.extremes(groups, everyone, Kind.RATE)
    assert max(groups, key=lambda each: each.measured.value).age_group == "oldest"
    assert found.highest is groups[0]
    assert found.lowest is None
    assert found.tested == 4


def test_few_events_make_no_finding_however_many_they_are_counted_among() -> None:
    # Suldal: 3 of 61 is 49.2 per 1,000, eight times the rest.
    groups, everyone = _rates(young=(6, 1000), middle=(7, 1100), oldest=(3, 61))
    assert significance.separation(groups[2].measured, _rest(everyone, groups[2]), Kind.RATE) > 3.8
    assert significance.extremes(groups, everyone, Kind.RATE) == Extremes(None, None, 0)


def test_nobody_among_many_is_a_finding_where_many_were_to_be_expected() -> None:
    groups = [Cell("0-17", ALL, _share(100, 200)), Cell("18-49", ALL, _share(0, 200))]
    found = significance.extremes(groups, _share(100, 400), Kind.SHARE)
    assert (found.highest, found.lowest) == (groups[0], groups[1])
    rare = [Cell("0-17", ALL, _share(1, 200)), Cell("18-49", ALL, _share(0, 200))]
    assert significance.extremes(rare, _share(1, 400), Kind.SHARE).tested == 0


def test_of_nearly_everybody_those_without_are_the_events() -> None:
    groups = [Cell("0-17", ALL, _share(200, 200)), Cell("18-49", ALL, _share(194, 200))]
    assert significance.extremes(groups, _share(394, 400), Kind.SHARE).tested == 0
    groups[1] = Cell("18-49", ALL, _share(150, 200))
    assert significance.extremes(groups, _share(350, 400), Kind.SHARE).lowest is groups[1]


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
    found = significance.extremes(groups, everyone, Kind.SHARE)
    for named, sign in ((found.highest, 1), (found.lowest, -1)):
        if named is not None:
            rest = _rest(everyone, named)
            assert sign * (named.measured.value - rest.value) > 0
            assert significance.differ(named.measured, rest, Kind.SHARE)
            assert significance.has_events(named.measured, rest, Kind.SHARE)


def _rest(everyone: Measured, group: Cell) -> Measured:
    counted = everyone.numerator - group.measured.numerator
    among = everyone.denominator - group.measured.denominator
    return Measured(counted, among, counted / among, None, None)


def test_a_level_is_a_rate_with_its_counts() -> None:
    labels = _labels(Language.NB)
    told = sentences.level(labels, "plan_coverage", _share(60, 100), LAST, is_newest=False)
    assert _plain(told).startswith(
        "31. desember 2025 hadde 60,0 % av den anslåtte målgruppen en aktiv individuell plan "
        "(60 av 100, 95 % KI"
    )
    few = sentences.level(labels, "coordinator_coverage", _share(7, 12), LAST, is_newest=True)
    assert _plain(few).startswith(
        "58,3 % av den anslåtte målgruppen har koordinator (7 av 12, 95 % KI"
    )


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
