"""The official table: what is hidden cannot be worked out, by itself or beside the package."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dagster_project.disclosure.protect import Block as TrueBlock
from dagster_project.disclosure.protect import protect
from dagster_project.problems import SamordnaError
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.official import (
    COLUMNS,
    Hidden,
    OfficialTable,
    _groupings,
    _protected,
    is_broken_beside,
)
from dagster_project.sharing.official_file import SIGN, notes, write_official

PLAN = share_plan().plan
SECRET = b"a secret of the sender"
STANDARD = ("0-17", "18-49", "50-66", "67-79", "80-89", "90+", "all")


def counts_of(seed: int, mean: float) -> np.ndarray:
    counts = np.random.default_rng(seed).poisson(mean, PLAN.shape)
    counts[:, 3] = counts[-1] = 0
    return counts


def table_of(cells: tuple, groups: tuple[str, ...] = STANDARD) -> OfficialTable:
    return OfficialTable("4602", "2026-01", "20260131-0a1b2c3d4e", "2026.2", groups, cells)


def test_without_small_numbers_nothing_is_hidden() -> None:
    cells = _protected(np.full(PLAN.shape, 20), (*STANDARD[:-1], "unknown", "all"), PLAN, [])
    assert cells is not None
    assert not any(isinstance(cell, Hidden) for row in cells for cell in row)
    assert cells[-1][0] == 20 * int(np.prod(PLAN.shape))


def test_a_small_number_is_hidden_and_so_is_what_gives_it_away() -> None:
    counts = np.zeros(PLAN.shape, dtype=np.int64)
    counts[[1, 6, 7, 8, 9, 10], 1, 1] = counts[[1, 6, 7, 8, 9, 10], 0, 0] = 30
    counts[8, 1, 1] = 3
    cells = _protected(counts, STANDARD, PLAN, [])
    assert cells is not None
    of_67 = dict(zip(COLUMNS, cells[3], strict=True))
    assert of_67["with_coordinator"] is Hidden.FEW
    assert table_of(cells).hidden[Hidden.SECONDARY] >= 2


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 5_000), st.sampled_from([0.4, 1.5, 4.0]), st.booleans())
def test_no_table_that_leaves_is_broken_beside_the_package(
    seed: int, mean: float, shared: bool
) -> None:
    counts = counts_of(seed, mean)
    (shown,) = protect([TrueBlock("2026-01", "all", counts)], 5, SECRET)
    versions = [(shown.shown, 5, 4)] if shared else []
    for groups in _groupings(counts, PLAN):
        cells = _protected(counts, groups, PLAN, versions)
        if cells is None:
            continue
        table = table_of(cells, groups)
        open_cells = [cell for row in cells for cell in row if not isinstance(cell, Hidden)]
        assert not any(0 < cell < 5 for cell in open_cells)
        assert len(table.sums(PLAN)) == len(open_cells)
        assert all(counts[each.members].sum() == each.count for each in table.sums(PLAN))
        assert not shared or not is_broken_beside(shown.shown, 5, 4, "2026-01", table.sums(PLAN))


def test_an_exact_number_beside_a_lone_rounded_one_is_found() -> None:
    counts = np.full(PLAN.shape, 20)
    counts[0, 1, 1] = 3
    (shown,) = protect([TrueBlock("2026-01", "all", counts)], 5, SECRET)
    open_table = table_of(_protected(counts, (*STANDARD[:-1], "unknown", "all"), PLAN, []) or ())
    table = OfficialTable(
        "4602", "2026-01", "p", "2026.2", (*STANDARD[:-1], "unknown", "all"), open_table.cells
    )
    assert is_broken_beside(shown.shown, 5, 3, "2026-01", table.sums(PLAN))
    beside = _protected(counts, table.age_groups, PLAN, [(shown.shown, 5, 3)])
    assert beside is None or table_of(beside, table.age_groups).hidden[Hidden.SHARED] > 0


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_file_says_which_cells_are_hidden_and_why(tmp_path: Path, language: str) -> None:
    counts = counts_of(3, 1.5)
    groups = STANDARD
    cells = _protected(counts, groups, PLAN, [])
    assert cells is not None
    table = table_of(cells, groups)
    assert any(table.hidden.values())
    write_official(table, tmp_path / "table.xlsx", language)
    write_official(table, tmp_path / "table.csv", language)
    book = CalamineWorkbook.from_path(tmp_path / "table.xlsx")
    figures, about, why = (book.get_sheet_by_index(at).to_python() for at in range(3))
    assert len(figures) == len(groups) + 1
    hidden = sum(table.hidden.values())
    assert sum(cell == SIGN for row in figures for cell in row) == hidden == len(why) - 1
    assert [row[0] for row in about] == [name for name, _ in notes(table, language)]
    text = (tmp_path / "table.csv").read_text(encoding="utf-8-sig")
    read = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert sum(cell == SIGN for row in read[: len(groups) + 1] for cell in row) == hidden


def test_another_kind_of_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(SamordnaError) as error:
        write_official(table_of(()), tmp_path / "table.pdf", "nb")
    assert error.value.problem.code == "official_suffix"
    assert not list(tmp_path.iterdir())
