"""Made-up persons, counted into blocks, and a reader who has every package and subtracts."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
from hypothesis import strategies as st

from dagster_project.disclosure.protect import WHOLE, Block, Protected

SECRET = bytes(range(32))
SHAPE = (3, 3, 3)
AREAS = ("home", "school", "health")
# Random cases a test tries: the ordinary profile, and the long one.
EXAMPLES = 2000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 200


@dataclasses.dataclass(frozen=True)
class Person:
    """Where a person is counted, in every month from the first."""

    age: int
    coordinator: int
    plan: int
    areas: frozenset[str]


persons = st.builds(
    Person,
    st.integers(0, SHAPE[0] - 1),
    st.integers(0, SHAPE[1] - 1),
    st.integers(0, SHAPE[2] - 1),
    st.frozensets(st.sampled_from(AREAS)),
)


@st.composite
def towns(draw: st.DrawFn, most: int = 60) -> list[Person]:
    """Draw the persons of a town: crowds alike, so that large cells are there, and single ones."""
    crowds = draw(st.lists(st.tuples(persons, st.integers(1, 25)), min_size=1, max_size=12))
    return [one for one, size in crowds for _ in range(size)][: most * 5]


def blocks_of(town: Sequence[Person], month: str = "2024-01") -> list[Block]:
    """Count a town, everybody and each area that anybody is in."""
    areas = sorted({area for each in town for area in each.areas})
    return [
        Block(month, WHOLE, _counted(town)),
        *(Block(month, area, _counted([p for p in town if area in p.areas])) for area in areas),
    ]


def _counted(town: Sequence[Person]) -> np.ndarray:
    counts = np.zeros(SHAPE, dtype=np.int64)
    for each in town:
        counts[each.age, each.coordinator, each.plan] += 1
    return counts


def sums(cells: np.ndarray) -> Iterator[int]:
    """Yield what can be read off a block: of each axis one value, all, or any but the first."""
    ages, coordinators, plans = cells.shape
    axes = (
        [[each] for each in range(ages)] + [list(range(ages))],
        [[each] for each in range(coordinators)] + [list(range(coordinators)), [1, 2]],
        [[each] for each in range(plans)] + [list(range(plans)), [1, 2]],
    )
    for age, coordinator, plan in product(*axes):
        yield int(cells[np.ix_(age, coordinator, plan)].sum())


def shown_numbers(package: Sequence[Protected]) -> dict[tuple[str, str], list[int]]:
    """Return what a reader has of a package: of each block its sums, and those who are left."""
    shown = {(each.block.month, each.block.service_area): each.shown for each in package}
    numbers = {key: list(sums(cells)) for key, cells in shown.items()}
    for (month, area), cells in shown.items():
        if area != WHOLE:
            numbers[month, f"not {area}"] = list(sums(shown[month, WHOLE] - cells))
    return numbers


def small_numbers(package: Sequence[Protected], base: int) -> list[int]:
    """Return what a reader should not see: 1 to base - 1 persons, or fewer than none."""
    return [
        number
        for numbers in shown_numbers(package).values()
        for number in numbers
        if number < 0 or 0 < number < base
    ]


def small_differences(packages: Sequence[Sequence[Protected]], base: int) -> list[int]:
    """Return what two packages say of the same persons that differs by 1 to base - 1.

    An area that a package does not have is one that nobody is in.
    """
    found = []
    for first, second in combinations([shown_numbers(each) for each in packages], 2):
        for key in first.keys() | second.keys():
            month, area = key
            if (month, WHOLE) not in first or (month, WHOLE) not in second:
                continue
            nobody = (
                first[month, WHOLE] if area.startswith("not ") else [0] * len(first[month, WHOLE])
            )
            nobody_second = second[month, WHOLE] if area.startswith("not ") else nobody
            pairs = zip(first.get(key, nobody), second.get(key, nobody_second), strict=True)
            found += [one - other for one, other in pairs if 0 < abs(one - other) < base]
    return found
