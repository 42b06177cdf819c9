"""Needs: rates steadied towards a group, the years to come, and why they ask for more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.planning.need import Counted, expect
from dagster_project.planning.rates import FEWEST_OF_GROUP, steadied

AGES = ("0-17", "18-49", "80+")
counts = st.integers(0, 400)
many = st.integers(1, 50_000)
groups = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 5000)).map(lambda each: (float(each[0]), float(each[1]))),
    max_size=12,
)  # fmt: skip


class TestRates:
    def test_alone_it_is_the_own(self) -> None:
        assert steadied(12, 400).mean == pytest.approx(0.03)

    def test_of_few_municipalities_nothing_is_learnt(self) -> None:
        group = [(0.0, 100.0)] * (FEWEST_OF_GROUP - 1)
        assert steadied(12, 400, group).mean == pytest.approx(0.03)

    def test_by_hand(self) -> None:
        """Rates of 1, 2, 3, 4 and 5 per cent of 1,000 persons each.

        m = 0.03; the variance is 0.0002, chance 0.03 / 1000 = 0.00003, and so between them
        0.00017: beta = 0.03 / 0.00017 = 176.47, alpha = 5.2941.
        """
        group = [(10.0 * n, 1000.0) for n in range(1, 6)]
        rate = steadied(10, 1000, group)
        assert rate.shape == pytest.approx(10 + 5.294118)
        assert rate.persons == pytest.approx(1000 + 176.470588)
        assert rate.mean == pytest.approx(0.013, abs=1e-4)

    def test_alike_beyond_chance_the_group_weighs_what_it_is(self) -> None:
        group = [(3.0, 100.0)] * 6
        assert steadied(6, 100, group).mean == pytest.approx((6 + 18) / 700)

    @given(counts, many, groups)
    def test_it_lies_between_the_own_and_the_groups(
        self, cases: int, persons: int, group: list[tuple[float, float]]
    ) -> None:
        own = cases / persons
        whole = sum(each for each, _ in group) / sum(n for _, n in group) if group else own
        mean = steadied(cases, persons, group).mean
        assert min(own, whole) - 1e-12 <= mean <= max(own, whole) + 1e-12


class TestNeed:
    def test_by_hand(self) -> None:
        """100 of 1,000 and 50 of 500 today; the young become 1,100, the old 600."""
        counted = {"young": Counted(100), "old": Counted(50)}
        inhabitants = {
            2025: {"young": 1000.0, "old": 500.0},
            2029: {"young": 1100.0, "old": 600.0},
        }
        found = expect(counted, inhabitants)
        assert found[2029].by_age["young"].persons == pytest.approx(110)
        assert found[2029].by_age["old"].persons == pytest.approx(60)
        assert found[2029].of_all.persons == pytest.approx(170)
        assert found[2029].change.population == pytest.approx(20)
        assert found[2029].change.ages == pytest.approx(0)

    def test_older_inhabitants_need_more(self) -> None:
        """As many inhabitants, 100 of them grown old: 2 per cent of the young, 20 of the old."""
        counted = {"young": Counted(20), "old": Counted(100)}
        inhabitants = {
            2025: {"young": 1000.0, "old": 500.0},
            2026: {"young": 900.0, "old": 600.0},
        }
        change = expect(counted, inhabitants)[2026].change
        assert change.population == pytest.approx(0)
        assert change.ages == pytest.approx(100 * 0.2 - 100 * 0.02)

    def test_a_rate_that_grows(self) -> None:
        inhabitants = {year: {"all": 1000.0} for year in (2025, 2027)}
        found = expect({"all": Counted(100)}, inhabitants, {"all": 0.1})
        assert found[2027].of_all.persons == pytest.approx(121)
        assert found[2027].change.rate == pytest.approx(21)

    def test_a_count_of_a_hundred_may_be_some_more_or_fewer(self) -> None:
        """Gamma of shape 100: nine of ten below 113, one of ten below 87."""
        found = expect({"all": Counted(100)}, {2025: {"all": 1000.0}})[2025].of_all
        assert found.low == pytest.approx(87.4, abs=1)
        assert found.high == pytest.approx(113.0, abs=1)

    def test_nobody_needs_nothing(self) -> None:
        inhabitants = {year: dict.fromkeys(AGES, 100.0) for year in (2025, 2030)}
        found = expect({age: Counted(0) for age in AGES}, inhabitants)[2030]
        assert (found.of_all.persons, found.of_all.low, found.of_all.high) == (0, 0, 0)

    @given(
        st.lists(st.tuples(counts, many, groups), min_size=3, max_size=3),
        st.integers(1, 10),
    )
    def test_todays_inhabitants_give_todays_count(
        self, cells: list[tuple[int, int, list[tuple[float, float]]]], years: int
    ) -> None:
        counted = {
            age: Counted(cases, group) for age, (cases, _, group) in zip(AGES, cells, strict=True)
        }
        persons = {age: float(n) for age, (_, n, _) in zip(AGES, cells, strict=True)}
        found = expect(counted, {2025: persons, 2025 + years: persons})
        for year in found.values():
            assert year.of_all.persons == pytest.approx(sum(cell[0] for cell in cells))
            assert year.change.whole == pytest.approx(0, abs=1e-6)

    @given(
        st.lists(st.tuples(counts, many, many, st.floats(-0.1, 0.1)), min_size=3, max_size=3),
    )
    def test_the_change_is_what_it_is_taken_apart_into(
        self, cells: list[tuple[int, int, int, float]]
    ) -> None:
        ages = dict(zip(AGES, cells, strict=True))
        counted = {age: Counted(cell[0]) for age, cell in ages.items()}
        inhabitants = {
            2025: {age: float(cell[1]) for age, cell in ages.items()},
            2029: {age: float(cell[2]) for age, cell in ages.items()},
        }
        found = expect(counted, inhabitants, {age: cell[3] for age, cell in ages.items()})
        change = found[2029].of_all.persons - found[2025].of_all.persons
        assert found[2029].change.whole == pytest.approx(change, abs=1e-6)

    def test_twice_the_same(self) -> None:
        inhabitants = {2025: dict.fromkeys(AGES, 1000.0)}
        counted = {age: Counted(7) for age in AGES}
        assert expect(counted, inhabitants) == expect(counted, inhabitants)
