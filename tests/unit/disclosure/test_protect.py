"""Whoever has every package of a municipality sees, and subtracts, nobody or enough persons."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.disclosure.protect import (
    WHOLE,
    Block,
    Protected,
    protect,
    stated_deviation,
)
from tests.unit.disclosure.people import (
    AREAS,
    EXAMPLES,
    SECRET,
    Person,
    blocks_of,
    persons,
    small_differences,
    small_numbers,
    towns,
)

bases = st.sampled_from([3, 5])


def shown(package: list[Protected]) -> dict[tuple[str, str], list[int]]:
    return {
        (each.block.month, each.block.service_area): each.shown.ravel().tolist() for each in package
    }


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(towns(), bases)
def test_no_cell_margin_or_rest_of_a_month_is_small(town: list[Person], base: int) -> None:
    package = protect(blocks_of(town), base, SECRET)
    assert small_numbers(package, base) == []
    for each in package:
        assert each.margin_bound <= each.worst_margin
        assert not each.held_back


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(towns(), bases)
def test_large_cells_of_everybody_are_shown_as_they_are(town: list[Person], base: int) -> None:
    whole = protect(blocks_of(town), base, SECRET)[0]
    large = (whole.block.counts == 0) | (whole.block.counts >= base)
    assert (whole.shown == whole.block.counts)[large].all()
    assert (np.abs(whole.shown - whole.block.counts) < base).all()


@pytest.mark.slow
@settings(max_examples=EXAMPLES // 2)
@given(towns(), bases, st.randoms(use_true_random=False))
def test_the_order_of_the_blocks_changes_nothing(
    town: list[Person], base: int, chance: random.Random
) -> None:
    blocks = blocks_of(town) + blocks_of(town[3:], "2024-02")
    mixed = list(blocks)
    chance.shuffle(mixed)
    assert shown(protect(mixed, base, SECRET)) == shown(protect(blocks, base, SECRET))


@pytest.mark.slow
@settings(max_examples=EXAMPLES // 2)
@given(towns(), bases)
def test_what_has_not_changed_is_shown_as_it_was(town: list[Person], base: int) -> None:
    first = protect(blocks_of(town), base, SECRET)
    # Not even another secret turns what has been decided.
    second = protect(blocks_of(town), base, b"another secret, as long", first)
    assert shown(second) == shown(first)
    third = protect(blocks_of(town, "2024-02"), base, b"another secret, as long", first)
    for one, other in zip(first, third, strict=True):
        assert one.worst_margin > other.worst_margin or (one.shown == other.shown).all()


def late(town: list[Person], one: Person, place: int) -> list[Person]:
    return [*town, one]


def moved(town: list[Person], one: Person, place: int) -> list[Person]:
    return [*town[:place], one, *town[place + 1 :]]


def erased(town: list[Person], one: Person, place: int) -> list[Person]:
    return town[:place] + town[place + 1 :]


def crowd(town: list[Person], one: Person, place: int) -> list[Person]:
    return [*town, *[one] * 17]


def emptied(town: list[Person], one: Person, place: int) -> list[Person]:
    return [each for each in town if each != town[place]]


CHANGES = (late, moved, erased, crowd, emptied)


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=EXAMPLES)
@given(towns(), persons, st.data(), bases)
def test_no_two_versions_of_a_month_differ_by_few(
    change: Callable[[list[Person], Person, int], list[Person]],
    town: list[Person],
    one: Person,
    data: st.DataObject,
    base: int,
) -> None:
    place = data.draw(st.integers(0, len(town) - 1))
    first = protect(blocks_of(town), base, SECRET)
    second = protect(blocks_of(change(town, one, place)), base, SECRET, first)
    assert small_numbers(second, base) == []
    assert small_differences([first, second], base) == []


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(
    towns(),
    st.lists(
        st.lists(st.tuples(st.sampled_from(CHANGES), persons, st.integers(0, 400)), max_size=5),
        min_size=2,
        max_size=4,
    ),
    bases,
)
def test_no_two_of_many_versions_differ_by_few(
    town: list[Person], history: list[list[tuple]], base: int
) -> None:
    packages: list[list[Protected]] = []
    for number, changes in enumerate([[], *history]):
        for change, one, place in changes:
            town = change(town, one, place % len(town)) or [one]
        blocks = [
            block for month in range(1, number + 2) for block in blocks_of(town, f"2024-0{month}")
        ]
        before = [each for package in packages for each in package]
        packages.append(protect(blocks, base, SECRET, before))
        assert small_numbers(packages[-1], base) == []
    assert small_differences(packages, base) == []


def test_a_late_person_waits_and_a_late_crowd_does_not() -> None:
    many = Person(0, 0, 0, frozenset({"home"}))
    town = [many] * 12
    first = protect(blocks_of(town), 5, SECRET)
    second = protect(blocks_of([*town, many]), 5, SECRET, first)
    assert shown(second) == shown(first)
    # The area is cut by the whole, which waits.
    assert [each.held_back for each in second] == [True, False]
    third = protect(blocks_of([*town, *[many] * 6]), 5, SECRET, first + second)
    assert [each.shown.sum() for each in third] == [18, 18]
    assert not any(each.held_back for each in third)


def test_many_small_corrections_do_not_add_up_to_a_large_error() -> None:
    # One late person in each of nine cells: single cells wait, their sum does not.
    groups = [
        Person(0, coordinator, plan, frozenset()) for coordinator in range(3) for plan in range(3)
    ]
    town = [each for each in groups for _ in range(12)]
    first = protect(blocks_of(town), 5, SECRET)
    (second,) = protect(blocks_of(town + groups), 5, SECRET, first)
    assert abs(second.shown.sum() - 117) <= 3
    assert small_differences([first, [second]], 5) == []


def test_an_area_that_nobody_is_in_any_more_is_returned_as_such() -> None:
    town = [Person(0, 0, 0, frozenset({"home"}))] * 30
    first = protect(blocks_of(town), 5, SECRET)
    gone = [dataclasses.replace(each, areas=frozenset()) for each in town]
    second = protect(blocks_of(gone), 5, SECRET, first)
    assert [(each.block.service_area, each.shown.sum()) for each in second] == [
        (WHOLE, 30),
        ("home", 0),
    ]


def test_an_unchanged_group_leans_the_same_way_month_after_month() -> None:
    town = [Person(0, 0, 0, frozenset())] * 3 + [Person(1, 1, 1, frozenset())] * 40
    blocks = [block for month in range(1, 10) for block in blocks_of(town, f"2024-0{month}")]
    assert len({each.shown[0, 0, 0] for each in protect(blocks, 5, SECRET)}) == 1


def test_which_way_a_tie_goes_hangs_on_the_secret() -> None:
    # Two cells that weigh the same in every sum: one goes up, one down.
    town = [Person(0, coordinator, 1, frozenset()) for coordinator in (1, 2) for _ in range(3)]
    ways = {
        tuple(protect(blocks_of(town), 5, bytes([number]) * 32)[0].shown.ravel())
        for number in range(12)
    }
    assert len(ways) > 1


def test_the_deviation_that_is_stated_is_never_below_the_limit() -> None:
    package = protect(blocks_of([Person(0, 0, 0, frozenset())] * 9), 5, SECRET)
    assert package[0].worst_margin == 0
    assert stated_deviation(package, 5) == 3
    assert stated_deviation([dataclasses.replace(package[0], worst_margin=4)], 5) == 4


def test_without_time_every_block_is_protected_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dagster_project.disclosure.protect._LEAST_SECONDS", 0.0)
    town = [
        Person(age, coordinator, plan, frozenset(AREAS[: coordinator + 1]))
        for age in range(3)
        for coordinator in range(3)
        for plan in range(3)
        for _ in range(2 + plan)
    ]
    first = protect(blocks_of(town), 5, SECRET, seconds=0.0)
    second = protect(blocks_of(town[1:] + town[:9]), 5, SECRET, first, seconds=0.0)
    assert small_numbers(first, 5) == small_numbers(second, 5) == []
    assert small_differences([first, second], 5) == []


def test_blocks_that_do_not_fit_together_are_refused() -> None:
    whole, area = blocks_of([Person(0, 0, 0, frozenset({"home"}))] * 4)
    few = dataclasses.replace(whole, counts=whole.counts - whole.counts)
    protected = protect([whole, area], 3, SECRET)
    for blocks, secret, before, words in [
        ([area], SECRET, (), "no block of all areas"),
        ([whole, whole], SECRET, (), "twice"),
        ([few, area], SECRET, (), "more persons than in all areas"),
        ([whole, Block("2024-01", "home", np.zeros((2, 3, 3), int))], SECRET, (), "another shape"),
        ([Block("2024-01", WHOLE, np.full((1, 1, 1), -1))], SECRET, (), "whole numbers"),
        ([Block("2024-01", WHOLE, np.full((1, 1, 1), 1.5))], SECRET, (), "whole numbers"),
        ([whole], b"short", (), "fewer than 16"),
        (
            [whole],
            SECRET,
            [dataclasses.replace(protected[0], shown=whole.counts - 1)],
            "smaller base",
        ),
        ([Block("2024-01", WHOLE, np.zeros((1, 1, 1), int))], SECRET, protected, "other groups"),
    ]:
        with pytest.raises(ValueError, match=words):
            protect(blocks, 5, secret, before)
    with pytest.raises(ValueError, match="protects nobody"):
        protect([whole], 1, SECRET)
