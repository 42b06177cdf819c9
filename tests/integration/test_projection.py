"""Cohort-change ratios, held against what came: Statistics Norway's own tables of 2015 to 2021."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.projection import back_test, in_one_piece, read

OLD = ("50-66", "67-79", "80-89", "90+")


@pytest.mark.nightly
def test_cohort_change_is_less_wrong_than_a_line_and_than_no_change(shared: Path) -> None:
    """What `docs/decisions/0017-needs.md` says: of all municipalities, and of the small ones."""
    populations = in_one_piece(read(shared / "ssb"))
    assert len(populations) > 350
    wrong = {(each.way, each.of_whom): each for each in back_test(populations)}
    for of_whom in ("all", "few"):
        ours = wrong["cohort change, with the others", of_whom]
        for other in ("nothing changes", "a straight line", "cohort change, alone"):
            assert ours.of_all < wrong[other, of_whom].of_all
        for way in ("nothing changes", "a straight line"):
            for group in OLD:
                assert ours.by_group[group] < wrong[way, of_whom].by_group[group]
    assert wrong["cohort change, with the others", "all"].of_all < 0.02
