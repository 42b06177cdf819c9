"""Protection that is broken on purpose is caught by the same reader that the other tests ask."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from dagster_project.disclosure import admissible, protect, rounding, suppression, versions
from dagster_project.disclosure.suppression import primary_cells, suppress
from dagster_project.disclosure.tables import Cross
from tests.unit.disclosure.people import (
    AREAS,
    SECRET,
    Person,
    blocks_of,
    small_differences,
    small_numbers,
)
from tests.unit.disclosure.tables_of_others import attacked

BASE = 5


def towns(number: int) -> list[list[Person]]:
    """Return a town and two later versions of it, alike for the same number."""
    chance = random.Random(number)

    def somebody() -> Person:
        areas = frozenset(area for area in AREAS if chance.random() < 0.5)
        return Person(chance.randrange(3), chance.randrange(3), chance.randrange(3), areas)

    town = [
        each for each in (somebody() for _ in range(30)) for _ in range(chance.randrange(1, 12))
    ]
    second = [*town[4:], *[somebody()] * 9, somebody()]
    return [town, second, [*second[20:], *[somebody()] * 6]]


def faults() -> int:
    """Return how many small numbers a reader of three packages has, of the first town with any."""
    for number in range(12):
        packages: list[list[protect.Protected]] = []
        for town in towns(number):
            before = [each for package in packages for each in package]
            packages.append(protect.protect(blocks_of(town), BASE, SECRET, before))
            if found := len(small_numbers(packages[-1], BASE)):
                return found
        if found := len(small_differences(packages, BASE)):
            return found
    return 0


def base_too_small(patch: pytest.MonkeyPatch) -> None:
    whole = admissible.is_apart
    patch.setattr(
        admissible, "is_apart", lambda values, others, base: whole(values, others, base - 1)
    )


def areas_without_their_whole(patch: pytest.MonkeyPatch) -> None:
    whole = protect.nearest
    patch.setattr(
        protect, "nearest", lambda counts, base, _, before: whole(counts, base, None, before)
    )


def versions_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(versions.Earlier, "forbids", lambda self, _: self.shown[:0])


def only_the_newest_version_remembered(patch: pytest.MonkeyPatch) -> None:
    whole = versions.Earlier.of
    patch.setattr(
        versions.Earlier,
        "of",
        lambda shape, known, wholes: whole(shape, known[-1:], wholes and wholes[-1:]),
    )


def rest_of_earlier_versions_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(versions.Earlier, "forbids", lambda self, _: self.shown)


def sums_of_earlier_versions_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(protect, "close_sums", lambda *_: [])


def sums_not_separated(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rounding._Choice, "_separate", lambda *_: None)
    patch.setattr(protect, "_ROUNDS", 1)
    patch.setattr(protect, "close_sums", lambda *_: [])


def kept_whatever_the_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(protect._Work, "_revised", _only_wholes(protect._Work._revised))
    patch.setattr(protect, "is_admissible", lambda values, *_: np.ones_like(values, dtype=bool))
    patch.setattr(protect, "close_sums", lambda *_: [])


def _only_wholes(whole: Callable) -> Callable:
    """Revise nothing but wholes and what is new."""

    def revise(self: object, task: object, of: np.ndarray | None) -> object:
        return whole(self, task, of) if of is None or not len(task.earlier) else None

    return revise


def test_nothing_is_found_of_what_is_whole() -> None:
    assert faults() == 0


@pytest.mark.parametrize(
    "break_it",
    [
        base_too_small,
        areas_without_their_whole,
        versions_forgotten,
        only_the_newest_version_remembered,
        rest_of_earlier_versions_forgotten,
        sums_of_earlier_versions_forgotten,
        sums_not_separated,
        kept_whatever_the_whole,
    ],
)
def test_what_is_broken_is_found(
    break_it: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch)
    assert faults() > 0


def test_a_hidden_cell_that_is_shown_gives_others_away() -> None:
    counts = np.array([[2, 11, 9], [12, 7, 9], [8, 14, 3]])
    table = Cross.of(counts.shape).table(counts)
    whole = suppress(table, primary_cells(table.counts, 5), 5)
    secondary = np.flatnonzero(whole.reasons == suppression.Reason.SECONDARY)
    given_away = 0
    for cell in secondary:
        hidden = whole.hidden.copy()
        hidden[cell] = False
        given_away += any(high - low < 1e-6 for low, high in attacked(table, hidden, 1).values())
    assert len(secondary) > 0
    assert given_away == len(secondary)
