"""What has landed, as the warehouse sees it: the schema `landing` of the file being built."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.config.installation import Installation
from dagster_project.config.sources import Source
from dagster_project.contract import (
    RECORD_TYPES,
    WHOLE_COUNTRY,
    RecordType,
    Vocabulary,
    code_list,
)
from dagster_project.identity.maskers import Maskers
from dagster_project.identity.numbers import IdRules
from dagster_project.identity.protect import Protector, RawRows
from dagster_project.landing.deliveries import Manifest, ManifestEntry, Status
from dagster_project.landing.rows import ROW_COLUMNS
from dagster_project.landing.unit_names import unit_tables
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.values import fold

_SCHEMAS = {
    "run": pa.schema([("as_of", pa.date32()), ("home_municipality", pa.string())]),
    "source": pa.schema(
        [
            ("source_number", pa.int32()),
            ("source", pa.string()),
            ("record", pa.string()),
            ("system", pa.string()),
            ("municipality_code", pa.string()),
            ("delivery_mode", pa.string()),
        ]
    ),
    "delivery": pa.schema(
        [
            ("delivery_number", pa.int32()),
            ("source_number", pa.int32()),
            ("delivery_key", pa.string()),
            ("delivery", pa.string()),
            ("delivered", pa.date32()),
            ("status", pa.string()),
            ("rows_read", pa.int64()),
            ("encoding", pa.string()),
            ("problem_code", pa.string()),
            ("problem_text", pa.string()),
            ("notices", pa.string()),
        ]
    ),
    "delivery_check": pa.schema(
        [
            ("delivery_number", pa.int32()),
            ("check_name", pa.string()),
            ("column_name", pa.string()),
            ("holds", pa.bool_()),
            ("success", pa.bool_()),
            ("rows", pa.int64()),
            ("unexpected", pa.int64()),
            ("limit_value", pa.float64()),
            ("observed_value", pa.float64()),
        ]
    ),
    "delivery_municipality": pa.schema(
        [("delivery_number", pa.int32()), ("municipality_code", pa.string())]
    ),
    "local_value": pa.schema(
        [
            ("source", pa.string()),
            ("field", pa.string()),
            ("written_folded", pa.string()),
            ("canonical", pa.string()),
        ]
    ),
    "declared_code_list": pa.schema(
        [("source", pa.string()), ("field", pa.string()), ("code_list", pa.string())]
    ),
    "parameter_override": pa.schema(
        [("municipality_code", pa.string()), ("parameter", pa.string()), ("value", pa.string())]
    ),
    "break": pa.schema(
        [
            ("municipality_code", pa.string()),
            ("source", pa.string()),
            ("first_day_after", pa.date32()),
            ("kind", pa.string()),
            ("indicator", pa.string()),
            ("note", pa.string()),
        ]
    ),
    "target": pa.schema(
        [
            ("municipality_code", pa.string()),
            ("indicator", pa.string()),
            ("value", pa.float64()),
            ("by_date", pa.date32()),
        ]
    ),
    "reference_date": pa.schema(
        [
            ("municipality_code", pa.string()),
            ("day", pa.int32()),
            ("month", pa.int32()),
            ("year", pa.int32()),
        ]
    ),
    "unit": pa.schema(
        [
            ("municipality_code", pa.string()),
            ("unit", pa.string()),
            ("service_area", pa.string()),
            ("owner", pa.string()),
            ("first_day", pa.date32()),
            ("last_day", pa.date32()),
        ]
    ),
    "unit_name": pa.schema(
        [
            ("municipality_code", pa.string()),
            ("written_folded", pa.string()),
            ("unit", pa.string()),
            ("service_area", pa.string()),
            ("first_day", pa.date32()),
            ("last_day", pa.date32()),
        ]
    ),
}

# What became of a delivery, in the words of the warehouse.
_IN_FORCE, _REPLACED = "in_force", "replaced"


@dataclass(frozen=True)
class Delivered:
    """A delivery with the name that people see, what became of it, and whose rows it holds.

    `parquet` is where its rows are read from, or None where nothing of it is read.
    """

    entry: ManifestEntry
    label: str
    status: str
    parquet: Path | None
    municipalities: frozenset[str] = frozenset()

    @property
    def counts(self) -> bool:
        """Whether its rows are in force."""
        return self.status == _IN_FORCE


@dataclass(frozen=True)
class LandedSource:
    """What has landed of a source, and today's code of its own municipality."""

    source: Source
    municipality: str
    deliveries: tuple[Delivered, ...]

    @property
    def municipalities(self) -> frozenset[str]:
        """The source's own municipality, and those that rows of it name."""
        return frozenset({self.municipality}).union(*(d.municipalities for d in self.deliveries))


@dataclass(frozen=True)
class Catalogue:
    """What the warehouse is told of deliveries, sources and settings, and where the rows lie."""

    tables: Mapping[str, list[dict[str, Any]]]
    files: Mapping[str, tuple[Path, ...]]

    @property
    def bytes(self) -> int:
        """How large the files are together."""
        return sum(file.stat().st_size for files in self.files.values() for file in files)

    def typed(self) -> dict[str, pa.Table]:
        """Return the tables with the types that the warehouse has them in."""
        return {
            name: pa.Table.from_pylist(rows, schema=_SCHEMAS[name])
            for name, rows in self.tables.items()
        }


def read_landed(installation: Installation) -> list[LandedSource]:
    """Return what has landed, of every source that has a municipality."""
    found = []
    for source in installation.sources:
        own = installation.code_of(source)
        if own is not None:
            manifest = Manifest(installation.home, source)
            found.append(LandedSource(source, own, tuple(_delivered(manifest, source))))
    return found


def read_catalogue(
    installation: Installation,
    maskers: Maskers,
    landed: Sequence[LandedSource],
    as_of: dt.date | None,
    only: frozenset[str] | None = None,
) -> Catalogue:
    """Return the catalogue of what has landed of some sources.

    With `only` it is that of these municipalities: what is said of the others stays away.
    """
    deliveries: list[dict[str, Any]] = []
    checks: list[dict[str, Any]] = []
    municipalities: list[dict[str, Any]] = []
    files: dict[str, list[Path]] = {name: [] for name in RECORD_TYPES}
    for number, each in enumerate(landed, start=1):
        for delivery in each.deliveries:
            row = _delivery_row(len(deliveries) + 1, number, delivery)
            deliveries.append(row)
            checks += _checks(row["delivery_number"], delivery.entry)
            municipalities += [
                {"delivery_number": row["delivery_number"], "municipality_code": code}
                for code in sorted(delivery.municipalities)
            ]
            if delivery.parquet:
                files[each.source.record].append(delivery.parquet)
    sources = [each.source for each in landed]
    names = {None, *(source.name for source in sources)}
    places = None if only is None else {None, *only}

    def is_theirs(code: str | None) -> bool:
        return places is None or code in places

    tables = {
        "run": [{"as_of": as_of, "home_municipality": installation.home_code}],
        "source": [_source_row(number, each) for number, each in enumerate(landed, start=1)],
        "delivery": deliveries,
        "delivery_check": checks,
        "delivery_municipality": municipalities,
        "local_value": list(_local_values(sources, maskers)),
        "declared_code_list": [
            {"source": source.name, "field": field, "code_list": declared}
            for source in sources
            for field, declared in source.code_lists.items()
        ],
        "parameter_override": [
            row for row in _overrides(installation) if is_theirs(row["municipality_code"])
        ],
        "break": [
            each.model_dump()
            for each in installation.breaks
            if is_theirs(each.municipality_code) and each.source in names
        ],
        "target": [
            each.model_dump() for each in installation.targets if is_theirs(each.municipality_code)
        ],
        "reference_date": [
            {
                "municipality_code": each.municipality_code,
                "day": each.day,
                "month": each.month,
                "year": each.year,
            }
            for each in installation.reference_dates
            if is_theirs(each.municipality_code)
        ],
        **unit_tables(
            [each for each in installation.units if is_theirs(each.municipality_code)], maskers
        ),
    }
    return Catalogue(tables, {record: tuple(paths) for record, paths in files.items()})


def write_catalogue(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make the schema `landing`: one view for each record type, and what is known of deliveries."""
    connection.execute("create schema landing")
    for name, rows in catalogue.typed().items():
        _write_table(connection, name, rows)
    for record in RECORD_TYPES.values():
        # What landed under an earlier version of the code lacks the columns that have come since.
        _write_table(connection, f"{record.name}__none", _empty(record))
    lead_to_files(connection, catalogue)


def lead_to_files(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Have the views of the schema `landing` read the catalogue's files, wherever they lie."""
    for record, files in catalogue.files.items():
        rows = f"select * from landing.{record}__none"  # noqa: S608 - a name of the contract
        if files:
            # The paths are ours, but a folder's name may hold a quotation mark.
            listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
            rows += f" union all by name from read_parquet([{listed}], union_by_name = true)"
        connection.execute(f"create or replace view landing.{record} as {rows}")


def _delivered(manifest: Manifest, source: Source) -> Iterator[Delivered]:
    for entry, label, status in labelled(manifest):
        is_read = entry.parquet and entry.status is not Status.WITHDRAWN
        parquet = manifest.parquet_path(entry) if is_read else None
        # Statistics of the whole country tell of no municipality that its register has delivered.
        of_municipalities = parquet is not None and source.record not in WHOLE_COUNTRY
        yield Delivered(
            entry,
            label,
            status,
            parquet,
            _municipalities_in(parquet) if of_municipalities else frozenset(),
        )


def _municipalities_in(parquet: Path | None) -> frozenset[str]:
    """Return whose rows a file holds; what the file says of itself is enough where it is one."""
    if parquet is None:
        return frozenset()
    found: set[str] = set()
    with pq.ParquetFile(parquet) as file:
        column = file.schema_arrow.get_field_index("municipality_code")
        for number in range(file.metadata.num_row_groups):
            statistics = file.metadata.row_group(number).column(column).statistics
            if (
                statistics is not None
                and statistics.has_min_max
                and statistics.min == statistics.max
            ):
                found.add(statistics.min)
            elif (
                statistics is None
                or statistics.null_count is None
                or statistics.null_count < statistics.num_values
            ):
                rows = file.read_row_group(number, columns=["municipality_code"])
                found.update(rows.column(0).drop_null().unique().to_pylist())
    return frozenset(found)


def labelled(manifest: Manifest) -> Iterable[tuple[ManifestEntry, str, str]]:
    """Return the deliveries with the name that people see and what became of each.

    A file put in the place of another of the same name, or in another folder, gets a number
    behind it.
    """
    in_force = {entry.key for entry in manifest.in_force()}
    times_seen: dict[str, int] = {}
    for entry in manifest.entries():
        times = times_seen[entry.file] = times_seen.get(entry.file, 0) + 1
        label = entry.file if times == 1 else f"{entry.file} ({times})"
        status = str(entry.status)
        if entry.status is Status.LANDED:
            status = _IN_FORCE if entry.key in in_force else _REPLACED
        yield entry, label, status


def _source_row(number: int, landed: LandedSource) -> dict[str, Any]:
    source = landed.source
    return {
        "source_number": number,
        "source": source.name,
        "record": source.record,
        "system": source.system,
        "municipality_code": landed.municipality,
        "delivery_mode": str(source.delivery),
    }


def _delivery_row(number: int, source_number: int, delivery: Delivered) -> dict[str, Any]:
    entry = delivery.entry
    return {
        "delivery_number": number,
        "source_number": source_number,
        "delivery_key": entry.key,
        "delivery": delivery.label,
        "delivered": entry.delivered,
        "status": delivery.status,
        # Of what was taken back nothing is read any more.
        "rows_read": 0 if entry.status is Status.WITHDRAWN else entry.rows_read,
        "encoding": entry.encoding,
        "problem_code": entry.problem["code"] if entry.problem else None,
        "problem_text": entry.problem_text,
        "notices": json.dumps(entry.notices),
    }


def _checks(number: int, entry: ManifestEntry) -> Iterator[dict[str, Any]]:
    for check in entry.checks:
        yield {
            "delivery_number": number,
            "check_name": check.check,
            "column_name": check.column,
            "holds": check.holds,
            "success": check.success,
            "rows": check.rows,
            "unexpected": check.unexpected,
            "limit_value": check.limit,
            "observed_value": check.observed,
        }


def _local_values(sources: Sequence[Source], maskers: Maskers) -> Iterable[dict[str, str]]:
    """Return the sources' own codes with what they mean, also in the form landing masks them."""
    for source in sources:
        for field, values in source.values.items():
            for written, accepted in values.items():
                canonical = vocabulary().canonical(code_list(field), accepted)
                for form in maskers.forms_of(source, written):
                    yield {
                        "source": source.name,
                        "field": field,
                        "written_folded": fold(form),
                        "canonical": canonical or accepted,
                    }


def _overrides(installation: Installation) -> Iterable[dict[str, str | None]]:
    for municipality, parameters in installation.parameters.items():
        for parameter, value in parameters.items():
            yield {
                "municipality_code": municipality or None,
                "parameter": parameter,
                "value": value,
            }


def _write_table(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("rows_to_write", rows)
    connection.execute(f'create table landing."{name}" as select * from rows_to_write')  # noqa: S608
    connection.unregister("rows_to_write")


def _empty(record: RecordType) -> pa.Table:
    protector = Protector(
        record, dt.date.max, IdRules(), Vocabulary({}), {}, frozenset(), _never, _never
    )
    names = [*ROW_COLUMNS, *protector.protect(RawRows({}, []), [])]
    return pa.table({name: pa.array([], type=pa.string()) for name in names})


def _never(_municipality: str) -> Any:
    raise AssertionError("an empty table has no rows to protect")
