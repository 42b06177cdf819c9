"""Of no age group more are shown than live there, so nobody who knows how many do proves anything."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.disclosure.inhabitants import within
from dagster_project.disclosure.protect import WHOLE, Block, protect
from tests.unit.disclosure.people import (
    EXAMPLES,
    SECRET,
    SHAPE,
    Person,
    blocks_of,
    small_differences,
    small_numbers,
    towns,
)

MONTH = "2024-01"


def shown_of(counts: np.ndarray, most: list[float], secret: bytes, base: int) -> np.ndarray:
    block = Block(MONTH, WHOLE, counts)
    (made,) = protect([block], base, secret, inhabitants={MONTH: np.array(most)})
    return made.shown


@pytest.mark.slow
@pytest.mark.parametrize("base", [3, 5])
def test_every_possible_truth_of_a_tiny_place_is_shown_as_a_truth_that_is_possible(
    base: int,
) -> None:
    """By brute force: whatever is shown is what an all-zero or large truth is shown as, too.

    So whoever knows the method, the inhabitants and all but the secret rules out neither nobody nor
    as many as are shown, of any cell or sum.
    """
    most = [base - 1, base + 2]
    behind: dict[bytes, list[np.ndarray]] = {}
    for cells in product(*(range(number + 1) for number in (most[0], most[0], *most[1:] * 2))):
        counts = np.array(cells).reshape(2, 2, 1)
        if (counts.sum(axis=(1, 2)) > most).any():
            continue
        for secret in (SECRET, bytes(32), b"yet another secret"):
            shown = shown_of(counts, [float(each) for each in most], secret, base)
            assert (shown.sum(axis=(1, 2)) <= most).all()
            behind.setdefault(shown.tobytes(), []).append(counts)
    assert len(behind) > 1
    for key, truths in behind.items():
        shown = np.frombuffer(key, dtype=np.int64).reshape(2, 2, 1)
        assert any((truth == shown).all() for truth in truths)
        assert not ((shown > 0) & (shown < base)).any()
        for age, coordinator in product([[0], [1], [0, 1]], [[0], [1], [0, 1]]):
            values = {int(truth[np.ix_(age, coordinator)].sum()) for truth in truths}
            assert any(value == 0 or value >= base for value in values)


def test_a_group_of_fewer_than_the_base_is_shown_as_nobody() -> None:
    counts = np.zeros(SHAPE, dtype=np.int64)
    counts[0, 1, 1] = counts[1, 1, 1] = 4
    shown = shown_of(counts, [4, 5, np.inf], SECRET, 5)
    assert shown[0].sum() == 0
    assert shown[1].sum() in (0, 5)


def test_where_more_are_registered_than_live_there_no_more_are_shown() -> None:
    counts = np.zeros(SHAPE, dtype=np.int64)
    counts[0, 0, 0], counts[0, 1, 0], counts[1, 2, 2] = 9, 6, 6
    assert within(counts, np.array([12.0, 5.0, np.inf]))[0, :2, 0].tolist() == [6, 6]
    shown = shown_of(counts, [12, 5, np.inf], SECRET, 5)
    assert shown.sum(axis=(1, 2)).tolist() == [12, 5, 0]


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(
    towns(),
    st.lists(st.integers(0, 60), min_size=3, max_size=3),
    st.lists(st.integers(0, 60), min_size=3, max_size=3),
    st.sampled_from([3, 5]),
)
def test_a_town_with_its_areas_and_a_later_version_are_within_the_inhabitants(
    town: list[Person], lived: list[int], live: list[int], base: int
) -> None:
    packages = []
    for persons, most in ((town, lived), (town[2:], live)):
        before = [each for package in packages for each in package]
        known = {MONTH: np.array(most, dtype=np.float64)}
        package = protect(blocks_of(persons), base, SECRET, before, inhabitants=known)
        assert small_numbers(package, base) == []
        waits = bool(packages) and (package[0].shown == packages[0][0].shown).all()
        assert waits or (package[0].shown.sum(axis=(1, 2)) <= most).all()
        packages.append(package)
    assert small_differences(packages, base) == []
