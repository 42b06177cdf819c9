"""The demo's true world: what the evaluation published holds in it, and it hangs together."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc
import pytest

from dagster_project.demo.places import CHILD_RIGHT, LAST_DAY, PLACES, day
from dagster_project.demo.population import (
    LAST_PROJECTED_YEAR,
    PUBLISHED_2023,
    inhabitants,
    published,
)
from dagster_project.demo.simulation import make_world
from dagster_project.demo.truth import COUNTING_MEETINGS, true_coverage
from dagster_project.demo.world import Coordinator, Person, Role, Spell, World, birthday
from dagster_project.identity.numbers import IdRules, read_person_id
from dagster_project.reference import SEEDS

SURVEY = day(2023, 9, 30)  # the evaluation's survey was made in 2023
HEALTH = {
    row.split(",")[0]
    for row in (SEEDS / "service_areas.csv").read_text(encoding="utf-8").splitlines()
    if row.split(",")[1] == "health_care"
}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(2025)


def everybody(world: World) -> Iterator[Person]:
    for town in world.towns.values():
        yield from town.persons


def assignments_on(world: World, on: int) -> list[tuple[Person, Spell]]:
    return [
        (person, spell)
        for person in everybody(world)
        for spell in person.spells
        if spell.first <= on <= spell.last and person.lives_here(on)
    ]


@pytest.fixture(scope="module")
def caseloads(world: World) -> list[tuple[Coordinator, list[Person]]]:
    """Each coordinator at work on the day of the survey, with the persons."""
    persons: dict[int, list[Person]] = defaultdict(list)
    coordinators: dict[int, Coordinator] = {}
    for person, spell in assignments_on(world, SURVEY):
        persons[id(spell.coordinator)].append(person)
        coordinators[id(spell.coordinator)] = spell.coordinator
    return [(coordinators[key], those) for key, those in persons.items()]


def share(caseloads: list[tuple[Coordinator, list[Person]]], size: range) -> float:
    return sum(len(persons) in size for _, persons in caseloads) / len(caseloads)


class TestPublishedByStatisticsNorway:
    def test_the_figures_are_those_of_the_table(self) -> None:
        assert int(published()["4602", 2020].sum()) == 17_207
        assert int(published()["5039", 2019].sum()) == 2_449
        assert int(inhabitants("3203").on(2019).sum()) == 61_523 + 22_635 + 9_521

    def test_the_year_of_the_evaluation_has_its_totals(self) -> None:
        for code, persons in PUBLISHED_2023.items():
            assert int(inhabitants(code).on(2023).sum()) == persons

    def test_every_year_is_there_and_nobody_is_negative(self) -> None:
        for code in PLACES:
            for year in range(2018, LAST_PROJECTED_YEAR + 1):
                ages = inhabitants(code).on(year)
                assert len(ages) == 106
                assert ages.min() >= 0

    def test_carried_forward_the_young_grow_older(self) -> None:
        ages = inhabitants("3203")
        assert np.corrcoef(ages.on(2021)[10:60], ages.on(2025)[14:64])[0, 1] > 0.98


class TestPublishedByTheEvaluation:
    def test_most_coordinators_come_from_health_and_care(
        self, caseloads: list[tuple[Coordinator, list[Person]]]
    ) -> None:
        healthy = sum(coordinator.area in HEALTH for coordinator, _ in caseloads)
        assert healthy / len(caseloads) == pytest.approx(0.85, abs=0.03)

    def test_persons_per_coordinator(
        self, caseloads: list[tuple[Coordinator, list[Person]]]
    ) -> None:
        assert share(caseloads, range(1, 2)) == pytest.approx(0.35, abs=0.03)
        assert share(caseloads, range(2, 3)) == pytest.approx(0.22, abs=0.03)
        assert 0.15 < share(caseloads, range(6, 100)) < 0.20

    def test_for_children_and_young_and_for_the_elderly(
        self, caseloads: list[tuple[Coordinator, list[Person]]]
    ) -> None:
        young = sum(any(person.age(SURVEY) < 25 for person in persons) for _, persons in caseloads)
        old = sum(any(person.age(SURVEY) >= 67 for person in persons) for _, persons in caseloads)
        assert 0.43 < young / len(caseloads) < 0.5
        assert old / len(caseloads) == pytest.approx(0.14, abs=0.03)

    def test_the_teams_of_senja_doubled(self, world: World) -> None:
        senja = World({"5530": world.towns["5530"]})
        assert len(assignments_on(senja, day(2021, 3, 31))) == pytest.approx(50, abs=3)
        assert len(assignments_on(senja, day(2023, 9, 30))) > 100

    def test_bo_began_in_2020(self, world: World) -> None:
        persons = world.towns["1867"].persons
        firsts = [spell.first for person in persons for spell in person.spells]
        assert dt.date.fromordinal(min(firsts)).year == 2020

    def test_meetings_are_held_one_to_three_times_a_year(self, world: World) -> None:
        held = [
            sum(meeting.day in range(day(2023, 1, 1), day(2024, 1, 1)) for meeting in one.meetings)
            for one, spell in assignments_on(world, day(2023, 12, 31))
            if spell.first < day(2023, 1, 1)
        ]
        assert 1 < np.mean(held) < 3
        assert np.mean([1 <= many <= 3 for many in held]) > 0.5

    def test_meetings_come_to_be_called_otherwise(self, world: World) -> None:
        called: dict[int, Counter[str]] = defaultdict(Counter)
        for person in everybody(world):
            for meeting in person.meetings:
                if meeting.type == "coordination_meeting":
                    called[dt.date.fromordinal(meeting.day).year][meeting.term] += 1
        old = {year: terms["ansvarsgruppe"] / terms.total() for year, terms in called.items()}
        assert old[2019] > 0.75
        assert old[2023] < 0.2
        assert old[2019] > old[2020] > old[2021] > old[2022] > old[2023]

    def test_covid_made_meetings_and_new_plans_fewer(self, world: World) -> None:
        suspended = range(day(2020, 4, 1), day(2021, 4, 1))
        before = range(day(2019, 3, 1), day(2020, 3, 1))
        meetings = [meeting.day for person in everybody(world) for meeting in person.meetings]
        plans = [plan.first for person in everybody(world) for plan in person.plans]
        assert sum(at in suspended for at in meetings) < 0.8 * sum(at in before for at in meetings)
        assert sum(at in suspended for at in plans) < 0.6 * sum(at in before for at in plans)

    def test_the_doctor_comes_to_a_fair_share_of_meetings(self, world: World) -> None:
        counting = [
            "gp" in meeting.participants
            for person in everybody(world)
            for meeting in person.meetings
            if meeting.type in COUNTING_MEETINGS
        ]
        assert 0.2 < np.mean(counting) < 0.4

    def test_plans_are_rarer_among_those_above_50(self, world: World) -> None:
        with_plan: dict[bool, list[bool]] = defaultdict(list)
        for person, _ in assignments_on(world, SURVEY):
            has_plan = any(plan.first <= SURVEY <= plan.last for plan in person.plans)
            with_plan[person.age(SURVEY) >= 50].append(has_plan)
        assert np.mean(with_plan[True]) < 0.5 * np.mean(with_plan[False])

    def test_child_coordinators_came_with_the_right(self, world: World) -> None:
        spells = [
            (person, spell)
            for person in everybody(world)
            for spell in person.spells
            if spell.role is Role.CHILD_COORDINATOR
        ]
        assert min(spell.first for _, spell in spells) >= CHILD_RIGHT
        for person, spell in spells:
            assert min(spell.last, LAST_DAY) < birthday(person.birth, 18)
        changed_over = [
            person
            for person, spell in spells
            if any(
                other.role is Role.COORDINATOR and other.last == spell.first - 1
                for other in person.spells
            )
        ]
        assert len(changed_over) > 20


@pytest.fixture(scope="module")
def coverage(world: World) -> dict[tuple[str, str, str], float]:
    """Coordinator coverage at the end of 2023, by municipality, age group and area."""
    table = true_coverage(world)
    return {
        (row["municipality_code"], row["age_group"], row["service_area"]): row["value"]
        for row in table.filter(
            (pc.field("reference_date") == dt.date(2023, 12, 31))
            & (pc.field("age_scheme") == "standard")
            & (pc.field("indicator") == "coordinator_coverage")
        ).to_pylist()
    }


class TestCoverage:
    def test_looks_like_a_municipalitys(self, coverage: dict[tuple[str, str, str], float]) -> None:
        for code in PLACES:
            assert 0.1 < coverage[code, "all", "all"] < 0.45
            assert coverage[code, "80-89", "all"] < 0.15

    def test_is_higher_for_children(self, coverage: dict[tuple[str, str, str], float]) -> None:
        for code in PLACES:
            assert coverage[code, "0-17", "all"] > coverage[code, "all", "all"]


class TestHangsTogether:
    def test_how_many_are_in_touch_with_the_services(self, world: World) -> None:
        for code, town in world.towns.items():
            total = int(inhabitants(code).on(2023).sum())
            here = [person for person in town.persons if person.lives_here(SURVEY)]
            in_touch = sum(bool(person.areas_on(SURVEY)) for person in here)
            several = sum(len(person.areas_on(SURVEY)) >= 2 for person in here)
            assert 0.04 < in_touch / total < 0.08
            assert 0.014 < several / total < 0.03

    def test_one_coordinator_and_one_plan_at_a_time(self, world: World) -> None:
        for person in everybody(world):
            for spans in (person.spells, person.plans):
                for earlier, later in itertools.pairwise(spans):
                    assert earlier.last < later.first

    def test_nobody_is_coordinated_where_they_do_not_live(self, world: World) -> None:
        for person in everybody(world):
            for span in (*person.spells, *person.plans):
                assert person.resident_from <= span.first <= span.last
                assert min(span.last, LAST_DAY) <= person.resident_until

    def test_coordinators_are_employed_as_long_as_they_coordinate(self, world: World) -> None:
        for town in world.towns.values():
            for coordinator in town.coordinators:
                for spell in coordinator.spells:
                    assert coordinator.employments[-1].first <= spell.first
                    assert min(spell.last, LAST_DAY) <= coordinator.leaves

    def test_all_are_test_persons_with_a_number_each(self, world: World) -> None:
        for town in world.towns.values():
            numbers = [person.id_number for person in town.persons]
            assert len(set(numbers)) == len(numbers)
            for person in town.persons:
                found = read_person_id(person.id_number, IdRules(synthetic=True))
                assert found.valid
                assert found.synthetic
                if person.birth_known and found.birth_date is not None:
                    assert found.birth_date.toordinal() == person.birth

    def test_few_persons_are_missing_from_the_register(self, world: World) -> None:
        for town in world.towns.values():
            missing = [person for person in town.persons if not person.registered]
            assert sum(not person.birth_known for person in missing) == 2
            assert len(missing) < 0.01 * len(town.persons)

    def test_the_same_seed_gives_the_same_world(self) -> None:
        first, second = (make_world(7, ["1867"]).towns["1867"] for _ in range(2))
        other = make_world(8, ["1867"]).towns["1867"]
        ids = [[person.id_number for person in town.persons] for town in (first, second, other)]
        assert ids[0] == ids[1] != ids[2]
