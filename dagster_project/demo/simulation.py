"""Makes the whole true world."""

from __future__ import annotations

from collections.abc import Iterable

from dagster_project.demo.coordination import coordinate
from dagster_project.demo.followup import follow_up
from dagster_project.demo.needs import people_with_needs
from dagster_project.demo.places import PLACES, day
from dagster_project.demo.world import Town, World

_FIRST_DAYS = 8  # first days a year that make a register


def make_world(seed: int, codes: Iterable[str] = tuple(PLACES)) -> World:
    """Return the world of a seed: the municipalities of these codes, each drawn on its own."""
    return World({code: _make_town(code, seed) for code in codes})


def _make_town(code: str, seed: int) -> Town:
    place = PLACES[code]
    town = coordinate(place, people_with_needs(place, seed), seed)
    if place.part_with_own_register is not None:
        _let_live_in(place.part_with_own_register, town)
    follow_up(town, seed)
    return town


def _let_live_in(part: str, town: Town) -> None:
    """Let enough of those who get a coordinator before the merger live in one part.

    In a register with five first days a year or fewer, every day would look like a backlog.
    """
    for year in (2018, 2019):
        begun = [
            person
            for person in town.persons
            if person.spells and day(year, 1, 1) <= person.spells[0].first <= day(year, 12, 31)
        ]
        there = sum(person.part == part for person in begun)
        others = [person for person in begun if person.part != part]
        # Those who have a coordinator for the shortest time: few are taken over by the other.
        others.sort(key=lambda person: (person.spells[-1].last, person.id_number))
        for person in others[: max(0, _FIRST_DAYS - there)]:
            person.part = part
