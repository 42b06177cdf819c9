"""Inhabitants are carried on by their cohort-change ratios."""

from __future__ import annotations

import numpy as np
import pytest

from dagster_project.planning import PlanningError
from dagster_project.planning.population import (
    AGES,
    OLDEST,
    Population,
    of_rows,
    project,
)


def level(persons: float, years: int = 4, first: int = 2020) -> Population:
    return Population({first + n: np.full(AGES, persons) for n in range(years)})


def test_rows_of_the_oldest_ages_are_one() -> None:
    population = of_rows([(2024, 99, 3), (2024, 100, 2), (2024, 104, 1), (2024, 119, 1)])
    assert population.persons[2024][99] == 3
    assert population.persons[2024][OLDEST] == 4


def test_what_is_loaded_stays_as_it_is() -> None:
    population = level(30)
    projected = project(population, 2030)
    assert sorted(projected.persons) == list(range(2020, 2031))
    for year, persons in population.persons.items():
        assert (projected.persons[year] == persons).all()


def test_a_cohort_grows_older() -> None:
    """Nobody dies or moves: 1,000 of age 40 are 1,000 of age 43 three years later."""
    years = {}
    for year in range(2020, 2024):
        persons = np.zeros(AGES)
        persons[40 + year - 2020] = 1000
        years[year] = persons
    later = project(Population(years), 2026).persons[2026]
    assert later[46] == pytest.approx(1000)
    assert later.sum() == pytest.approx(1000)


def test_by_hand() -> None:
    """Of 1,000 of each age from 50 to 60 a tenth is gone each year: 0.9 of them a year later.

    The ratio is drawn towards itself where there is no group, so the weight of the group is none.
    """
    then, now = np.zeros(AGES), np.zeros(AGES)
    then[50:61] = 1000
    now[51:62] = 900
    later = project(Population({2020: then, 2021: now}), 2022).persons[2022]
    assert later[55] == pytest.approx(900 * 0.9)


def test_newborns_are_of_those_who_can_be_parents() -> None:
    persons = np.zeros(AGES)
    persons[20:40] = 100
    persons[0] = 40
    later = project(Population({2020: persons, 2021: persons}), 2022).persons[2022]
    assert later[0] == pytest.approx(40)


def test_the_group_steadies_few() -> None:
    """Of 20 old persons one happens to be left; of the group's 20,000, half."""
    few_then, few_now = np.zeros(AGES), np.zeros(AGES)
    few_then[OLDEST], few_now[OLDEST] = 20, 1
    few = Population({2020: few_then, 2021: few_now})
    many = Population({2020: few_then * 1000, 2021: few_then * 500})
    alone = project(few, 2022).persons[2022][OLDEST]
    steadied = project(few, 2022, [few, many]).persons[2022][OLDEST]
    assert alone == pytest.approx(1 / 20)
    assert 0.45 < steadied < 0.5


def test_one_year_is_too_few() -> None:
    for years in ([2024], [2020, 2022, 2024]):
        with pytest.raises(PlanningError, match="too_few_years"):
            project(Population({year: np.ones(AGES) for year in years}), 2030)
