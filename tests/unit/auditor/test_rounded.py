"""Rounded packages: what an attacker can prove is what enumeration finds, and no more."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.auditor import ALL_AREAS, Audit, BreakKind, audit_rounded
from dagster_project.auditor.shown import possible_in_all, possible_in_area
from tests.unit.auditor.method import (
    Counts,
    blocks,
    changed,
    margins_of,
    may_be_shown,
    roundings,
    truths,
)

MONTH = "2026-01"


def kinds(audit: Audit) -> set[str]:
    return {each.kind for each in audit.breaks}


@pytest.fixture
def sound() -> Counts:
    """Two areas and all of them, 2 x 3 x 2: true and shown counts are the same."""
    whole = np.array([[[10, 0], [12, 5], [0, 20]], [[30, 6], [0, 0], [15, 40]]])
    return np.stack([whole, whole, whole])


# --- what can be behind a number ---


@pytest.mark.parametrize("base", [3, 5])
def test_the_possible_truths_are_those_that_the_method_shows_so(base: int) -> None:
    for whole in may_be_shown(base, most=6 * base):
        behind = [t for t in range(whole + base) if whole in roundings(t, may_be_shown(base))]
        low, high = possible_in_all(np.array([whole]), base)
        assert behind == list(range(low[0], high[0] + 1))
        values = may_be_shown(base, whole)
        for shown in values:
            of_area = {
                t for true in behind for t in range(true + 1) if shown in roundings(t, values)
            }
            low, high = possible_in_area(np.array([shown]), np.array([whole]), base)
            assert of_area == set(range(low[0], high[0] + 1)), (whole, shown)


# --- enumeration ---


@st.composite
def packages(draw: st.DrawFn) -> tuple[Counts, Counts, int, int]:
    """Draw true and shown counts of at most three inner cells, the base, the areas of a person."""
    base = draw(st.sampled_from([3, 3, 5]))
    shape = draw(st.sampled_from([(2, 1, 1), (3, 1, 1), (1, 2, 1), (2, 1, 1), (1, 1, 2)]))
    areas, least = draw(st.sampled_from([(3, 2), (2, 1), (2, 2), (1, 1)]))
    if areas == 3:
        shape = (2, 1, 1)
    true = np.zeros((areas + 1, *shape), dtype=np.int64)
    shown = true.copy()
    for cell in np.ndindex(shape):
        persons = draw(st.integers(0, 3 * base))
        if cell[1:] == (0, 0):
            # No more than it takes: the areas of all persons, dealt out one after the other.
            of_areas, left = [], least * persons
            for after in reversed(range(areas)):
                fewest = max(left - after * persons, 0)
                of_areas.append(draw(st.integers(fewest, min(persons, left))))
                left -= of_areas[-1]
        else:
            of_areas = [draw(st.integers(0, persons)) for _ in range(areas)]
        true[(slice(None), *cell)] = [persons, *of_areas]
        whole = draw(st.sampled_from(sorted(roundings(persons, may_be_shown(base)))))
        values = may_be_shown(base, whole)
        shown[(slice(None), *cell)] = [
            whole,
            *(draw(st.sampled_from(sorted(roundings(t, values)))) for t in of_areas),
        ]
    return true, shown, base, least


def proven_by_enumeration(shown: Counts, base: int, least: int, bound: float) -> set[tuple]:
    """Return the cells, margins and complements that are small in every possible truth."""
    shape = shown.shape
    ways = [
        list(truths(shown[(slice(None), *cell)], base, least, cell[1:] == (0, 0)))
        for cell in np.ndindex(shape[1:])
    ]
    small: np.ndarray | None = None
    published = np.stack([margins_of(block) for block in shown])
    for way in itertools.product(*ways):
        true = np.array(way).T.reshape(shape)
        table = np.stack([margins_of(block) for block in true])
        if np.abs(table - published)[:, *margin_places(shape)].max(initial=0) > bound:
            continue
        every = np.concatenate([table, table[:1] - table[1:]])
        is_small = (every >= 1) & (every < base)
        small = is_small if small is None else small & is_small
    assert small is not None
    return {tuple(int(at) for at in place) for place in np.argwhere(small)}


def margin_places(shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    table = np.ones([size + 1 for size in shape[1:]], dtype=bool)
    table[:-1, :-1, :-1] = False
    return np.nonzero(table)


def named(audit: Audit, areas: int, shape: tuple[int, ...]) -> set[tuple]:
    """Return the breaks as places of the table of enumeration; ages together are left out."""
    places = set()
    for each in audit.breaks:
        if any(isinstance(part, str) and ".." in part for part in each.cell):
            continue
        block = 0 if each.service_area == ALL_AREAS else int(each.service_area[5:])
        block += areas if each.kind == BreakKind.PROVEN_SMALL_COMPLEMENT else 0
        at = (size if p == "all" else int(p) for p, size in zip(each.cell, shape, strict=True))
        places.add((block, *at))
    return places


def spread(places: set[tuple], shape: tuple[int, ...]) -> set[tuple]:
    """Return places, each with the margins that are the same sum where a dimension has one value."""
    spread_out = set()
    for block, *at in places:
        choices = [
            {p, *({0, 1} if size == 1 else set())} for p, size in zip(at, shape, strict=True)
        ]
        spread_out |= {(block, *choice) for choice in itertools.product(*choices)}
    return spread_out


@settings(max_examples=200)
@given(packages())
def test_what_is_proven_is_what_enumeration_proves(
    package: tuple[Counts, Counts, int, int],
) -> None:
    true, shown, base, least = package
    places = (slice(None), *margin_places(shown.shape))
    tables = [np.stack([margins_of(block) for block in counts]) for counts in (true, shown)]
    bound = float(np.abs(tables[0] - tables[1])[places].max())
    audit = audit_rounded(
        [blocks(MONTH, shown)], base, [bound], [blocks(MONTH, true)], least_areas=least
    )
    assert kinds(audit) <= {BreakKind.PROVEN_SMALL, BreakKind.PROVEN_SMALL_COMPLEMENT}
    expected = proven_by_enumeration(shown, base, least, bound)
    inner = shown.shape[1:]
    assert spread(named(audit, len(shown) - 1, inner), inner) == expected


# --- what is seen without a programme ---


def test_a_sound_package_holds(sound: Counts) -> None:
    package = blocks(MONTH, sound, margins=True)
    audit = audit_rounded([package], 5, [3.0], [package])
    assert audit.holds
    assert audit.programmes == 0
    assert next(iter(audit.lines())).startswith("The protection holds: ")


def test_a_small_count_is_named(sound: Counts) -> None:
    audit = audit_rounded([changed(blocks(MONTH, sound), 0, (0, 0, 1), 3)], 5, [3.0])
    assert (BreakKind.SMALL_SHOWN, ALL_AREAS, (0, 0, 1), 3) in {
        (b.kind, b.service_area, b.cell, b.low) for b in audit.breaks
    }


def test_a_small_complement_is_named(sound: Counts) -> None:
    audit = audit_rounded([changed(blocks(MONTH, sound), 1, (0, 1, 0), -2)], 5, [3.0])
    found = {(b.kind, b.service_area, b.cell, b.low) for b in audit.breaks}
    assert (BreakKind.SMALL_COMPLEMENT, "area_1", (0, 1, 0), 2) in found
    assert (BreakKind.SMALL_COMPLEMENT, "area_1", ("all", 1, "all"), 2) in found


def test_a_margin_that_is_no_sum_is_named(sound: Counts) -> None:
    package = changed(blocks(MONTH, sound, margins=True), 0, (1, 2, 1), 5)
    audit = audit_rounded([package], 5, [3.0])
    found = {(b.kind, b.cell) for b in audit.breaks}
    assert (BreakKind.NOT_ADDITIVE, (1, 2, "all")) in found
    assert (BreakKind.NOT_ADDITIVE, ("all", "all", "all")) in found


def test_a_count_below_nought_is_named(sound: Counts) -> None:
    audit = audit_rounded([changed(blocks(MONTH, sound), 0, (0, 0, 1), -7)], 5, [3.0])
    assert BreakKind.NEGATIVE_SHOWN in kinds(audit)


def test_an_area_without_all_areas_is_refused(sound: Counts) -> None:
    assert kinds(audit_rounded([blocks(MONTH, sound)[1:]], 5, [3.0])) == {BreakKind.CONTRADICTION}


def test_an_area_that_is_there_twice_is_an_error(sound: Counts) -> None:
    package = blocks(MONTH, sound)
    with pytest.raises(ValueError, match="area_1 is there twice"):
        audit_rounded([[*package, package[1]]], 5, [3.0])


# --- versions ---


def test_versions_that_differ_by_one_person_are_named(sound: Counts) -> None:
    first = blocks(MONTH, sound)
    second = changed(changed(changed(first, 0, (0, 0, 0), 1), 1, (0, 0, 0), 1), 2, (0, 0, 0), 1)
    audit = audit_rounded([first, second], 5, [3.0, 3.0])
    assert (BreakKind.SMALL_REVISION, "area_1", (0, 0, 0), 1) in {
        (b.kind, b.service_area, b.cell, b.low) for b in audit.breaks
    }


def test_versions_that_differ_by_the_base_hold(sound: Counts) -> None:
    later = sound.copy()
    later[:, 1, 2, 1] += 5
    assert audit_rounded([blocks(MONTH, sound), blocks(MONTH, later)], 5, [3.0, 3.0]).holds


def test_a_revision_that_is_small_outside_the_area_is_named(sound: Counts) -> None:
    sound[1, 1, 2, 1] -= 10
    later = sound.copy()
    later[0, 1, 2, 1] += 7
    later[1, 1, 2, 1] += 6
    later[2, 1, 2, 1] += 7
    audit = audit_rounded([blocks(MONTH, sound), blocks(MONTH, later)], 5, [3.0, 3.0])
    assert kinds(audit) == {BreakKind.SMALL_COMPLEMENT_REVISION}
    assert {(b.service_area, b.low) for b in audit.breaks} == {("area_1", 1)}


def test_the_first_version_and_the_third_are_held_together(sound: Counts) -> None:
    versions = []
    for more in (0, 7, 1):
        counts = sound.copy()
        counts[:, 1, 2, 1] += more
        versions.append(blocks(MONTH, counts))
    # Each step is of 6 or 7 persons; the first and the last are one apart.
    assert audit_rounded(versions[:2], 5, [3.0] * 2).holds
    assert audit_rounded(versions[1:], 5, [3.0] * 2).holds
    assert kinds(audit_rounded(versions, 5, [3.0] * 3)) == {BreakKind.SMALL_REVISION}


# --- the sender ---


def test_a_truth_that_cannot_be_behind_its_number_is_named(sound: Counts) -> None:
    package = blocks(MONTH, sound)
    audit = audit_rounded([package], 5, [3.0], [changed(package, 0, (0, 2, 1), 1)])
    assert (BreakKind.TRUTH_OUTSIDE, ALL_AREAS, (0, 2, 1)) in {
        (b.kind, b.service_area, b.cell) for b in audit.breaks
    }


def test_a_margin_farther_from_the_truth_than_the_bound_is_named(sound: Counts) -> None:
    true = sound.copy()
    true[:, :, 1, 1] = [[3, 2], [3, 2], [3, 2]]
    shown = sound.copy()
    shown[:, :, 1, 1] = 0
    package, truth = blocks(MONTH, shown), blocks(MONTH, true)
    assert audit_rounded([package], 5, [5.0], [truth]).holds
    found = audit_rounded([package], 5, [3.0], [truth]).breaks
    assert {(b.kind, b.cell) for b in found} == {
        (BreakKind.TRUTH_OUTSIDE, ("all", 1, "all")),
        (BreakKind.TRUTH_OUTSIDE, ("all", "all", 1)),
        (BreakKind.TRUTH_OUTSIDE, ("all", "all", "all")),
    }


def test_margins_of_areas_have_a_bound_of_their_own() -> None:
    shown = np.stack([np.full((3, 2, 2), 20), np.full((3, 2, 2), 10), np.full((3, 2, 2), 10)])
    # Who has neither is in two areas.
    shown[1:, :, 0, 0] = 20
    shown[1, :, 1, 1] = 0
    true = shown.copy()
    true[1, :, 1, 1] = 2
    package, truth = blocks(MONTH, shown), blocks(MONTH, true)
    apart = 6
    assert audit_rounded([package], 5, [3], [truth], margin_bound_of_areas=[apart]).holds
    for of_all, of_areas in ((apart, 3), (3, 3), (apart, apart - 1)):
        found = audit_rounded([package], 5, [of_all], [truth], margin_bound_of_areas=[of_areas])
        assert {(each.kind, each.service_area) for each in found.breaks} == {
            (BreakKind.TRUTH_OUTSIDE, "area_1")
        }
