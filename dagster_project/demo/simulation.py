"""Makes the whole true world."""

from __future__ import annotations

from collections.abc import Iterable

from dagster_project.demo.coordination import coordinate
from dagster_project.demo.followup import follow_up
from dagster_project.demo.needs import people_with_needs
from dagster_project.demo.places import PLACES
from dagster_project.demo.world import Town, World


def make_world(seed: int, codes: Iterable[str] = tuple(PLACES)) -> World:
    """Return the world of a seed: the municipalities of these codes, each drawn on its own."""
    return World({code: _make_town(code, seed) for code in codes})


def _make_town(code: str, seed: int) -> Town:
    place = PLACES[code]
    town = coordinate(place, people_with_needs(place, seed), seed)
    follow_up(town, seed)
    return town
