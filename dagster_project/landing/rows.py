"""The rows of a delivery as they may be written: whose each is, and without an id or a name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.config.installation import Installation
from dagster_project.config.sources import Source
from dagster_project.contract import RECORD_TYPES, WHOLE_COUNTRY, ColumnKind, RecordType
from dagster_project.identity.maskers import Maskers
from dagster_project.identity.nothing import empty_cells
from dagster_project.identity.numbers import IdRules
from dagster_project.identity.protect import Cells, Protector, RawRows
from dagster_project.landing.columns import MappedTable
from dagster_project.landing.deliveries import ManifestEntry
from dagster_project.landing.table import Cell
from dagster_project.reference.municipalities import Outcome, Resolved, municipalities
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.storage import sync_file
from dagster_project.values import is_without_value, stands_for_nobody

# What landing adds to the columns that identity hands on.
ROW_COLUMNS = (
    "source",
    "delivery_key",
    "row_number",
    "too_wide",
    "too_short",
    "municipality_code",
    "municipality_outcome",
    "municipality_was",
)
# Rows that count many, and so cannot be given to a part of a municipality that was divided.
_OF_COUNTS = WHOLE_COUNTRY | {"koordinatortall"}


def protected_rows(
    installation: Installation,
    maskers: Maskers,
    source: Source,
    entry: ManifestEntry,
    table: MappedTable,
) -> dict[str, Cells]:
    """Return the rows of a delivery as they may be written, column by column.

    What they tell of names is learnt first.
    """
    own = entry.municipality or ""
    record = RECORD_TYPES[source.record]
    resolved = _resolve(record, table, own, frozenset(installation.codes))
    whole_country = record.name in WHOLE_COUNTRY
    keys_of_row = [own if whole_country else found.code or own for found in resolved]
    _learn_names(maskers, record, table, own, keys_of_row)
    protector = Protector(
        record,
        entry.delivered,
        IdRules.on(entry.delivered, synthetic=installation.allow_synthetic_ids),
        vocabulary(),
        source.values,
        _places(record, table, resolved),
        maskers.pseudonymiser,
        maskers.masker,
    )
    written = protector.protect(RawRows(table.columns, table.whole), keys_of_row)
    count = len(table.whole)
    added: tuple[Cells, ...] = (
        [source.name] * count,
        [entry.key] * count,
        [str(number) for number in table.numbers],
        ["ja" if wide else None for wide in table.too_wide],
        ["ja" if short else None for short in table.too_short],
        [found.code for found in resolved],
        [str(found.outcome) for found in resolved],
        [found.was for found in resolved],
    )
    return dict(zip(ROW_COLUMNS, added, strict=True)) | written


def write_parquet(target: Path, columns: dict[str, Cells]) -> None:
    """Write a delivery's rows, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array(cells, type=pa.string()) for name, cells in columns.items()})
    fresh = target.with_name(f".{target.name}")
    pq.write_table(table, fresh, compression="zstd")
    # The entry that names it is written next, and must not be on the disk before it.
    sync_file(fresh)
    fresh.replace(target)


def _resolve(
    record: RecordType, table: MappedTable, own: str, held: frozenset[str]
) -> list[Resolved]:
    whole_country = record.name in WHOLE_COUNTRY
    name = "region" if whole_country else "kommune"
    cells = table.columns.get(name) or [None] * len(table.whole)
    # The error of a spreadsheet is no municipality, and not nothing either.
    readable = [cell for cell in cells if not (cell and is_without_value(cell))]
    nothing = empty_cells(ColumnKind.MUNICIPALITY, readable)
    years: list[Cell] = [None] * len(cells)
    if whole_country:
        years = table.columns.get("aar") or years
    found: dict[tuple[Cell, Cell], Resolved] = {}
    for cell, year in set(zip(cells, years, strict=True)):
        resolved = municipalities().resolve(
            None if cell in nothing and not whole_country else cell,
            own,
            year=int(year) if year and year.isdecimal() else None,
            of_counts=record.name in _OF_COUNTS,
        )
        if resolved.code and not whole_country and resolved.code not in held:
            resolved = Resolved(None, Outcome.NOT_HELD, resolved.was)
        found[cell, year] = resolved
    return [found[cell, year] for cell, year in zip(cells, years, strict=True)]


def _learn_names(
    maskers: Maskers,
    record: RecordType,
    table: MappedTable,
    own: str,
    keys_of_row: Sequence[str],
) -> None:
    """Add the names of a delivery to what its own municipality knows, and that of each row."""
    for column in record.columns:
        if column.kind not in (ColumnKind.PERSON_NAME, ColumnKind.EMPLOYEE_NAME):
            continue
        names: dict[str, set[str]] = {own: set()}
        for cell, of_row in zip(table.columns.get(column.name, []), keys_of_row, strict=False):
            if (
                cell
                and not vocabulary().canonical(column.name, cell)
                and not stands_for_nobody(cell)
                and not is_without_value(cell)
            ):
                for municipality in {own, of_row}:
                    names.setdefault(municipality, set()).add(cell)
        for municipality, known in names.items():
            maskers.known_names(municipality).add(known)
    for municipality in {own, *keys_of_row}:
        maskers.known_names(municipality).add(
            name for name in table.names if not stands_for_nobody(name)
        )


def _places(record: RecordType, table: MappedTable, resolved: list[Resolved]) -> frozenset[str]:
    """Return the cells that were understood as municipalities."""
    return frozenset(
        cell
        for column in record.columns
        if column.kind is ColumnKind.MUNICIPALITY
        for cell, found in zip(table.columns.get(column.name, []), resolved, strict=False)
        if cell and found.outcome is not Outcome.UNKNOWN
    )
