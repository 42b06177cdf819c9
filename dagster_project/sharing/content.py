"""What the tables of a package may hold: exact columns, closed code lists, whole cubes.

Nothing is repaired or left out: a package holds all that it should and nothing besides, or is
refused.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.reference import rows
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.seeds import BREAK_KINDS
from dagster_project.reference.share_plan import ALL, UNKNOWN, SharePlan
from dagster_project.sharing.package import (
    BREAKS,
    COUNTS,
    GRADES,
    POPULATION,
    SCHEMAS,
    TABLES,
    Block,
    Package,
    with_margins,
)
from dagster_project.sharing.refusal import Refusal, RefusedError, require

GRADE_REASONS = (
    "source_missing", "rows_quarantined", "rows_changed", "systems_disagree", "reported_differs",
)  # fmt: skip
# A jump in what is delivered is found, and stands in no ledger.
KINDS = (*BREAK_KINDS, "volume")
# Without a figure (D), or without the source of it (X): grades that no limit gives.
_GRADES_BESIDE = ("D", "X")
_MOST_ROWS = 200_000
_MOST_UNPACKED = 50_000_000
# More than Norway has inhabitants.
_MOST_PERSONS = 10_000_000
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_LONG_NUMBER = re.compile(r"\d{11}")


def read_blocks(package: Package, plan: SharePlan) -> list[Block]:
    """Return what a package shows, after every one of its tables has been checked.

    Raises RefusedError.
    """
    _require_no_long_number(package.manifest.texts)
    tables = {name: _table(package, name) for name in TABLES}
    blocks = _blocks(tables[COUNTS], package.manifest.base, plan)
    months = sorted({block.month for block in blocks})
    is_newest = bool(months) and months[-1] == package.manifest.month
    require(is_newest and len(months) <= plan.months, Refusal.CELLS_WRONG)
    # A month of before a merger or a division is shared by those who were there, and by no other:
    # shown by both, the two would be subtracted from one another.
    code = package.manifest.municipality_code
    were_there = all(municipalities().is_in(code, month) for month in months)
    require(were_there, Refusal.MUNICIPALITY_NOT_THEN)
    _check_grades(tables[GRADES], months, plan)
    _check_breaks(tables[BREAKS], plan)
    _check_population(tables[POPULATION], plan)
    return blocks


def _table(package: Package, name: str) -> pa.Table:
    content, entry = package.members[name], package.manifest.tables[name]
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        about = file.metadata
        unpacked = sum(
            about.row_group(group).total_byte_size for group in range(about.num_row_groups)
        )
        is_moderate = about.num_rows <= _MOST_ROWS and unpacked <= _MOST_UNPACKED
        require(is_moderate and about.num_rows == entry.rows, Refusal.TABLE_ALTERED)
        require(file.schema_arrow.equals(SCHEMAS[name]), Refusal.COLUMNS_WRONG)
        # Nothing rides along in the file's own words.
        require(not about.metadata, Refusal.COLUMNS_WRONG)
        table = file.read()
    except RefusedError:
        raise
    except Exception:  # noqa: BLE001 - whatever a broken file raises, it is no such table
        raise RefusedError(Refusal.COLUMNS_WRONG) from None
    require(table.num_rows == entry.rows, Refusal.TABLE_ALTERED)
    _require_no_long_number(_all_texts(table))
    return table


def _all_texts(table: pa.Table) -> Iterator[str]:
    for field in table.schema:
        if field.type == pa.string():
            yield from table.column(field.name).unique().to_pylist()


def _require_no_long_number(texts: Iterable[str]) -> None:
    """Refuse texts that hold as many digits as a person's id; no code and no name has so many."""
    require(not any(map(_LONG_NUMBER.search, texts)), Refusal.HOLDS_PERSON_ID)


def _blocks(table: pa.Table, base: int, plan: SharePlan) -> list[Block]:
    """Return the blocks of the counts; each is whole, in order, and adds up."""
    months = _texts(table, "month")
    require(all(map(_MONTH.fullmatch, set(months))), Refusal.CODES_UNKNOWN)
    areas = _texts(table, "service_area", plan.service_areas)
    cells = [
        _texts(table, name, known)
        for name, known in zip(("age_group", "coordinator", "plan"), plan.values, strict=True)
    ]
    shape = tuple(map(len, plan.values))
    size = int(np.prod(shape))
    require(len(months) and len(months) % size == 0, Refusal.CELLS_WRONG)
    many = len(months) // size
    expected = np.meshgrid(*map(np.array, plan.values), indexing="ij")
    for found, codes in zip(cells, expected, strict=True):
        require(np.array_equal(found, np.tile(codes.ravel(), many)), Refusal.CELLS_WRONG)
    keys = list(zip(months[::size], areas[::size], strict=True))
    for column, number in ((months, 0), (areas, 1)):
        repeated = np.repeat([key[number] for key in keys], size)
        require(np.array_equal(column, repeated), Refusal.CELLS_WRONG)
    place = {area: number for number, area in enumerate(plan.service_areas)}
    in_order = [(month, place[area]) for month, area in keys]
    require(all(a < b for a, b in itertools.pairwise(in_order)), Refusal.CELLS_WRONG)
    # Whoever is in an area is among everybody: without them nothing could be held against it.
    everybody = {month for month, area in keys if area == ALL}
    require(everybody == {month for month, _ in keys}, Refusal.CELLS_WRONG)
    persons = table.column("persons").to_numpy().reshape(many, *shape).astype(np.int64)
    require(persons.min() >= 0 and persons.max() <= _MOST_PERSONS, Refusal.NUMBERS_IMPOSSIBLE)
    inner = persons[:, :-1, :-1, :-1]
    require(not ((inner > 0) & (inner < base)).any(), Refusal.NUMBERS_IMPOSSIBLE)
    blocks = [Block(*key, counts) for key, counts in zip(keys, inner, strict=True)]
    for block, whole in zip(blocks, persons, strict=True):
        require(np.array_equal(with_margins(block.shown), whole), Refusal.SUMS_WRONG)
    return blocks


def _check_grades(table: pa.Table, months: Collection[str], plan: SharePlan) -> None:
    indicators = _texts(table, "indicator", plan.indicators)
    months_graded = _texts(table, "month", months)
    _texts(table, "grade", {*(row["grade"] for row in rows("grades")), *_GRADES_BESIDE})
    for reasons in set(_texts(table, "reasons")):
        require(set(filter(None, reasons.split(";"))) <= {*GRADE_REASONS}, Refusal.CODES_UNKNOWN)
    _require_unlike(zip(indicators, months_graded, strict=True))


def _check_breaks(table: pa.Table, plan: SharePlan) -> None:
    columns = [
        _texts(table, "indicator", plan.indicators),
        _texts(table, "month"),
        _texts(table, "kind", KINDS),
    ]
    require(all(map(_MONTH.fullmatch, columns[1])), Refusal.CODES_UNKNOWN)
    _require_unlike(zip(*columns, strict=True))


def _check_population(table: pa.Table, plan: SharePlan) -> None:
    """Refuse inhabitants that are not of every age group of each year, once and in order."""
    groups = [group for group in plan.age_groups if group != UNKNOWN]
    found = _texts(table, "age_group", groups)
    years, inhabitants = (table.column(name).to_numpy() for name in ("year", "inhabitants"))
    require(len(found) % len(groups) == 0, Refusal.CELLS_WRONG)
    each = years[:: len(groups)]
    is_whole = np.array_equal(found, np.tile(groups, len(each))) and np.array_equal(
        years, np.repeat(each, len(groups))
    )
    require(is_whole and (np.diff(each) > 0).all(), Refusal.CELLS_WRONG)
    are_years = all(1900 <= year <= 2100 for year in each.tolist())
    are_persons = all(0 <= many <= _MOST_PERSONS for many in inhabitants.tolist())
    require(are_years and are_persons, Refusal.NUMBERS_IMPOSSIBLE)


def _texts(table: pa.Table, column: str, known: Collection[str] | None = None) -> np.ndarray:
    """Return a column of texts, all of them among the known."""
    texts = np.array(table.column(column).to_pylist(), dtype=np.str_)
    if known is not None:
        require(set(np.unique(texts).tolist()) <= set(known), Refusal.CODES_UNKNOWN)
    return texts


def _require_unlike(keys: object) -> None:
    listed = list(keys)  # type: ignore[call-overload]
    require(len(set(listed)) == len(listed), Refusal.CELLS_WRONG)
