"""What an attacker knows beside the numbers: who is counted where, how many live there, how far off."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from highspy import HighsModelStatus

from dagster_project.auditor import ALL_AREAS, Audit, BreakKind, audit_group, audit_rounded
from dagster_project.auditor.attacker import Attacker, UndecidedError, run
from dagster_project.auditor.shown import ShownBlock
from tests.unit.auditor.method import blocks, margins_of

MONTH = "2026-01"


def without_both(*counts: int) -> list[list[list[list[int]]]]:
    """Return counts of one inner cell, all areas first, of who has neither coordinator nor plan."""
    return [[[[count]]] for count in counts]


def found(audit: Audit) -> set[tuple[str, str, int | None, int | None]]:
    return {(b.kind, b.service_area, b.low, b.high) for b in audit.breaks}


# --- a person without coordinator and plan is in two areas ---


def test_three_areas_give_a_small_one_away() -> None:
    # 20 persons are in two areas each: 40. The first area has at most 19, the second at most 20.
    shown, true = without_both(20, 15, 20, 0), without_both(20, 17, 20, 3)
    audit = audit_rounded([blocks(MONTH, shown)], 5, [3.0], [blocks(MONTH, true)])
    assert found(audit) == {
        (BreakKind.PROVEN_SMALL, "area_3", 2, 3),
        (BreakKind.PROVEN_SMALL_COMPLEMENT, "area_1", 2, 3),
    }


def test_they_do_not_where_the_shown_areas_are_enough() -> None:
    assert audit_rounded([blocks(MONTH, without_both(20, 15, 20, 5))], 5, [3.0]).holds


def test_they_do_not_where_a_fourth_area_can_have_them() -> None:
    audit = audit_rounded([blocks(MONTH, without_both(20, 15, 20, 0, 0))], 5, [3.0])
    assert audit.holds
    assert audit.programmes > 0


def test_they_do_not_where_one_area_is_enough() -> None:
    package = blocks(MONTH, without_both(20, 15, 20, 0))
    assert audit_rounded([package], 5, [3.0], least_areas=1).holds


def test_whoever_has_a_coordinator_need_not_be_in_any_area() -> None:
    shown = [[[[0], [20]]], [[[0], [5]]], [[[0], [0]]]]
    assert audit_rounded([blocks(MONTH, shown)], 5, [3.0]).holds


def test_more_persons_than_their_areas_can_have_are_refused() -> None:
    audit = audit_rounded([blocks(MONTH, without_both(20, 20, 6))], 5, [3.0])
    assert found(audit) == {(BreakKind.CONTRADICTION, "", None, None)}


# --- that an area is there at all ---


def test_an_area_that_comes_and_goes_and_is_empty_has_somebody() -> None:
    first = blocks("2026-01", without_both(20, 20, 20, 0))
    second = blocks("2026-02", without_both(20, 20, 20))
    audit = audit_rounded([[*first, *second]], 5, [3.0])
    assert found(audit) == {(BreakKind.PROVEN_SMALL, "area_3", 1, 3)}
    assert {b.month for b in audit.breaks} == {"2026-01"}


def test_an_empty_area_that_is_in_every_month_says_nothing() -> None:
    months = [blocks(month, without_both(20, 20, 20, 0)) for month in ("2026-01", "2026-02")]
    assert audit_rounded([[*months[0], *months[1]]], 5, [3.0]).holds


# --- how many live there ---


def test_few_inhabitants_give_a_count_rounded_up_away() -> None:
    package = blocks(MONTH, without_both(5, 5, 5))
    assert audit_rounded([package], 5, [3.0], inhabitants={MONTH: [5]}).holds
    audit = audit_rounded([package], 5, [3.0], inhabitants={MONTH: [4]})
    assert (BreakKind.PROVEN_SMALL, ALL_AREAS, 2, 4) in found(audit)


# --- the worst deviation, where it is published ---


def test_a_published_worst_deviation_gives_the_only_rounded_count_away() -> None:
    package = blocks(MONTH, [[[[50], [5]]]])
    assert audit_rounded([package], 5, [3.0]).holds
    audit = audit_rounded([package], 5, [3.0], worst_margin=[3])
    assert found(audit) == {(BreakKind.PROVEN_SMALL, ALL_AREAS, 2, 2)}
    assert {b.cell for b in audit.breaks} == {
        (*age, *cell) for age in [("all",)] for cell in [(1, 0), (1, "all")]
    }


def test_it_gives_nothing_away_where_either_of_two_counts_can_be_it() -> None:
    package = blocks(MONTH, [[[[50, 5], [0, 30]]]])
    assert audit_rounded([package], 5, [3.0], worst_margin=[3]).holds
    two = [*blocks("2026-01", [[[[50], [5]]]]), *blocks("2026-02", [[[[50], [5]]]])]
    assert audit_rounded([two], 5, [3.0], worst_margin=[3]).holds


def test_a_worst_deviation_that_cannot_be_is_refused() -> None:
    package = blocks(MONTH, [[[[50], [60]]]])
    audit = audit_rounded([package], 5, [3.0], worst_margin=[2])
    assert found(audit) == {(BreakKind.CONTRADICTION, "", None, None)}


# --- two versions, where the shown numbers cannot be the true ones ---


def test_a_revision_is_proven_small_where_the_shown_one_is_not() -> None:
    # Eight persons are in two areas that both show none, neither more than 5 from the truth: 3 to 5
    # in each. Of twenty, seven is shown where there are seven.
    versions = [blocks(MONTH, without_both(*counts)) for counts in [(8, 0, 0), (20, 7, 7, 20)]]
    assert all(audit_rounded([one], 5, [5.0], least_areas=1).holds for one in versions)
    audit = audit_rounded(versions, 5, [5.0, 5.0], least_areas=1)
    assert found(audit) == {
        (BreakKind.PROVEN_SMALL_REVISION, area, 2, 4) for area in ("area_1", "area_2")
    }


# --- a group of municipalities ---


def group(**counts: list[list[int]]) -> dict[str, ShownBlock]:
    return {code: ShownBlock(MONTH, ALL_AREAS, np.array([block])) for code, block in counts.items()}


def exact(*blocks_of: list[list[int]]) -> np.ndarray:
    return margins_of(np.array([blocks_of]).sum(axis=1))


def test_a_total_beside_the_packages_gives_rounded_counts_away() -> None:
    shown = group(a=[[0, 20]], b=[[0, 30]])
    totals = exact([[1, 20]], [[7, 30]])
    # Eight persons where both show none: each has four.
    audit = audit_group(shown, totals, 5, 4.0)
    assert {(b.kind, b.cell[0], b.low, b.high) for b in audit.breaks} == {
        (BreakKind.PROVEN_SMALL, "a", 4, 4),
        (BreakKind.PROVEN_SMALL, "b", 4, 4),
    }


def test_a_municipality_sees_what_nobody_outside_does() -> None:
    shown = group(a=[[0, 20]], b=[[5, 30]])
    totals = exact([[2, 20]], [[3, 30]])
    assert audit_group(shown, totals, 5, 3.0).holds
    audit = audit_group(shown, totals, 5, 3.0, viewer="a", own=np.array([[[2, 20]]]))
    assert (BreakKind.PROVEN_SMALL, ("b", "all", 0, 0), 3, 3) in {
        (b.kind, b.cell, b.low, b.high) for b in audit.breaks
    }
    assert (BreakKind.PROVEN_SMALL_COMPLEMENT, ("all but a", "all", "all", 0)) in {
        (b.kind, b.cell) for b in audit.breaks
    }
    assert "a" not in {b.cell[0] for b in audit.breaks}


def test_totals_of_shown_numbers_give_nothing_away() -> None:
    shown = group(a=[[0, 20]], b=[[5, 30]], c=[[10, 0]])
    totals = exact([[0, 20]], [[5, 30]], [[10, 0]])
    assert audit_group(shown, totals, 5, 3.0).holds
    unpublished = np.full(totals.shape, -1)
    assert audit_group(shown, unpublished, 5, 3.0, viewer="a", own=np.array([[[2, 20]]])).holds


def test_totals_that_cannot_be_are_refused() -> None:
    audit = audit_group(group(a=[[10, 20]]), exact([[11, 20]]), 5, 3.0)
    assert [b.kind for b in audit.breaks] == [BreakKind.CONTRADICTION]


# --- Statistics Norway's example of rounding ---


def published(shared: Path) -> tuple[np.ndarray, list[dict]]:
    folder = shared / "vectors/sdc-instances"
    true = np.zeros((3, 1, 5), dtype=np.int64)
    with (folder / "ssb_exPSD.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            true[int(row["rows"][-1]) - 1, 0, int(row["cols"][-1]) - 1] = int(row["freq"])
    text = (folder / "rounding_instances.json").read_text(encoding="utf-8")
    return true, json.loads(text)["instances"]


def test_the_published_rounding_holds_and_is_as_far_off_as_they_say(shared: Path) -> None:
    true, (all_inner, margins_only, _) = published(shared)
    shown = np.array(list(all_inner["published_inner"].values())).reshape(true.shape)
    package, truth = ([ShownBlock(MONTH, ALL_AREAS, counts)] for counts in (shown, true))
    assert shown.sum() == all_inner["published_total"]
    worst = all_inner["published_max_margin_error"]
    assert audit_rounded([package], 5, [worst], [truth]).holds
    assert audit_rounded([package], 5, [worst], [truth], worst_margin=[worst]).holds
    nearer = audit_rounded([package], 5, [worst - 1], [truth])
    assert {b.kind for b in nearer.breaks} == {BreakKind.TRUTH_OUTSIDE}
    # Margins of another rounding than the inner cells do not add up.
    total, *sums = margins_only["published_publish"]
    margins = margins_of(shown)
    margins[:3, 1, 5], margins[3, 1, :5], margins[3, 1, 5] = sums[:3], sums[3:], total
    mixed = [ShownBlock(MONTH, ALL_AREAS, shown, margins)]
    assert BreakKind.NOT_ADDITIVE in {b.kind for b in audit_rounded([mixed], 5, [worst]).breaks}


# --- a solver without an answer ---


def test_a_package_is_refused_where_the_solver_has_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def undecided(*_: object, **__: object) -> None:
        raise UndecidedError

    monkeypatch.setattr(Attacker, "extreme", undecided)
    audit = audit_rounded([blocks(MONTH, without_both(20, 15, 20, 0))], 5, [3.0])
    assert found(audit) == {(BreakKind.UNDECIDED, "", None, None)}
    assert next(iter(audit.lines())).startswith("The protection is broken in 1 place: ")


class Unsure:
    """A solver that answers with these statuses, one after the other."""

    def __init__(self, *statuses: HighsModelStatus) -> None:
        self.left = list(statuses)
        self.cleared = 0

    def run(self) -> None:
        self.status = self.left.pop(0)

    def getModelStatus(self) -> HighsModelStatus:
        return self.status

    def clearSolver(self) -> None:
        self.cleared += 1


def test_a_solver_that_is_unsure_is_cleared_and_asked_once_more() -> None:
    solver = Unsure(HighsModelStatus.kUnknown, HighsModelStatus.kUnbounded)
    assert run(solver) == HighsModelStatus.kUnbounded
    assert solver.cleared == 1
    with pytest.raises(UndecidedError):
        run(Unsure(HighsModelStatus.kUnknown, HighsModelStatus.kTimeLimit))
