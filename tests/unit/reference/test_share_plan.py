"""The plan of what is shared: made whole by the other seeds, and refused where it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from dagster_project.reference import SEEDS
from dagster_project.reference.seeds import check_seeds
from dagster_project.reference.share_plan import (
    FILE,
    PlanFile,
    finest_age_groups,
    read_share_plan,
    share_plan,
)

PLAN = share_plan().plan


def test_the_finest_groups_are_what_all_schemes_are_made_of() -> None:
    assert PLAN.age_groups == (
        "0-5", "6-10", "11-12", "13-15", "16-17", "18-24", "25-49", "50-66", "67-79", "80-89",
        "90+", "unknown",
    )  # fmt: skip
    one = [{"from_age": "0", "to_age": "17"}, {"from_age": "18", "to_age": "999"}]
    assert finest_age_groups(one) == ("0-17", "18+", "unknown")


def test_a_numerator_is_a_part_of_its_denominator() -> None:
    for indicator in PLAN.indicators:
        numerator, denominator = PLAN.weights(indicator)
        assert numerator.shape == denominator.shape == PLAN.shape[1:]
        assert not (numerator & ~denominator).any()
        assert numerator.any()
        assert (denominator & ~numerator).any()


def test_indicators_add_up_the_cells_that_they_say() -> None:
    cells = np.arange(12).reshape(PLAN.shape[1:])
    sums = {
        name: tuple(int(cells[mask].sum()) for mask in PLAN.weights(name))
        for name in PLAN.indicators
    }
    # Rows: none, without and with meeting, unknown; columns: no plan, not living, living.
    assert sums == {
        "coordinator_coverage": (63, 66),
        "plan_coverage": (48, 66),
        "both_coverage": (45, 66),
        "plan_without_coordinator": (3, 48),
        "living_plan_share": (26, 48),
        "meeting_coverage": (21, 33),
    }


def test_what_an_indicator_depends_on() -> None:
    assert "living_plan_days" in PLAN.depends_on("living_plan_share")
    assert "living_plan_days" not in PLAN.depends_on("plan_coverage")
    assert all("target_service_areas" in PLAN.depends_on(name) for name in PLAN.indicators)
    assert not any("appointment_limit_days" in PLAN.depends_on(name) for name in PLAN.indicators)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[living]", "[lively]", "'lively' is no value of plan"),
        ("coordinator_coverage:", "coordinator_covrage:", "'coordinator_covrage' is no indicator"),
        ("  - bridge_days", "  - bridge_day", "'bridge_day' is no parameter"),
        ("months: 24", "months: 0", "months"),
        ("cube:", "cubes:", "cube"),
        ("denominator: {plan: [not_living, living]}", "denominator: {plan: [not_living]}",
         "the numerator counts persons whom the denominator does not"),
        ("cube: target_group", "cube: [", "it is not YAML"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_hold_together_is_told(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder = Path(shutil.copytree(SEEDS, tmp_path / "seeds"))
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new), encoding="utf-8")
    (fault, *_) = check_seeds(folder)
    assert str(fault).startswith(f"seeds/{FILE}, ")
    assert said in str(fault)


def test_a_plan_that_is_gone_is_told(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SEEDS, tmp_path / "seeds"))
    (folder / FILE).unlink()
    (fault,) = check_seeds(folder)
    assert "put it back" in str(fault)


def test_a_comment_makes_no_other_plan_and_a_value_does(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SEEDS, tmp_path / "seeds"))
    text = (folder / FILE).read_text(encoding="utf-8")
    hashes = []
    for changed in (text, f"# more\n{text}", text.replace("months: 24", "months: 12")):
        (folder / FILE).write_text(changed, encoding="utf-8")
        found = read_share_plan(folder)
        assert isinstance(found, PlanFile)
        hashes.append(found.sha256)
    assert hashes[0] == hashes[1] == share_plan().sha256
    assert hashes[2] != hashes[0]
