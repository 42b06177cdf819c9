"""What has landed, as the warehouse sees it: the schema `landing` of the file being built."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.contract import RECORD_TYPES, RecordType, Vocabulary, code_list
from dagster_project.identity.numbers import IdRules
from dagster_project.identity.protect import Protector, RawRows
from dagster_project.landing.deliveries import Manifest, ManifestEntry, Status
from dagster_project.landing.land import Lander
from dagster_project.settings import Installation, Source
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
    "local_value": pa.schema(
        [
            ("source", pa.string()),
            ("field", pa.string()),
            ("written_folded", pa.string()),
            ("canonical", pa.string()),
        ]
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
}

# What became of a delivery, in the words of the warehouse.
_IN_FORCE, _REPLACED = "in_force", "replaced"


def write_catalogue(
    connection: duckdb.DuckDBPyConnection,
    installation: Installation,
    lander: Lander,
    as_of: dt.date | None,
) -> None:
    """Make the schema `landing`: one view for each record type, and what is known of deliveries."""
    connection.execute("create schema landing")
    deliveries: list[dict[str, Any]] = []
    checks: list[dict[str, Any]] = []
    sources: list[dict[str, Any]] = []
    files: dict[str, list[str]] = {name: [] for name in RECORD_TYPES}
    for number, source in enumerate(installation.sources, start=1):
        sources.append(
            {
                "source_number": number,
                "source": source.name,
                "record": source.record,
                "system": source.system,
                "municipality_code": lander.today(source),
                "delivery_mode": str(source.delivery),
            }
        )
        manifest = Manifest(installation.home, source)
        for entry, label, status in labelled(manifest):
            row = _delivery_row(len(deliveries) + 1, number, entry, label, status)
            deliveries.append(row)
            checks += [
                {
                    "delivery_number": row["delivery_number"],
                    "check_name": check.check,
                    "column_name": check.column,
                    "holds": check.holds,
                    "success": check.success,
                    "rows": check.rows,
                    "unexpected": check.unexpected,
                    "limit_value": check.limit,
                    "observed_value": check.observed,
                }
                for check in entry.checks
            ]
            if entry.parquet and entry.status is not Status.WITHDRAWN:
                files[source.record].append(str(manifest.parquet_path(entry)))
    tables = {
        "run": [{"as_of": as_of, "home_municipality": lander.home_municipality}],
        "source": sources,
        "delivery": deliveries,
        "delivery_check": checks,
        "local_value": list(_local_values(installation.sources, lander)),
        "parameter_override": list(_overrides(installation)),
        "break": [asdict(each) for each in installation.breaks],
        "target": [asdict(each) for each in installation.targets],
    }
    for name, rows in tables.items():
        _write_table(connection, name, pa.Table.from_pylist(rows, schema=_SCHEMAS[name]))
    for record in RECORD_TYPES.values():
        _write_view(connection, record, files[record.name])
    _write_municipalities(connection)


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


def _delivery_row(
    number: int, source_number: int, entry: ManifestEntry, label: str, status: str
) -> dict[str, Any]:
    return {
        "delivery_number": number,
        "source_number": source_number,
        "delivery_key": entry.key,
        "delivery": label,
        "delivered": entry.delivered,
        "status": status,
        # Of what was taken back nothing is read any more.
        "rows_read": 0 if entry.status is Status.WITHDRAWN else entry.rows_read,
        "encoding": entry.encoding,
        "problem_code": entry.problem["code"] if entry.problem else None,
        "problem_text": entry.problem_text,
        "notices": json.dumps(entry.notices),
    }


def _local_values(sources: Sequence[Source], lander: Lander) -> Iterable[dict[str, str]]:
    """Return the sources' own codes with what they mean, also in the form landing masks them."""
    for source in sources:
        for field, values in source.values.items():
            for written, accepted in values.items():
                canonical = lander.vocabulary.canonical(code_list(field), accepted)
                for form in {written, lander.masked(source, written)}:
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


def _write_view(
    connection: duckdb.DuckDBPyConnection, record: RecordType, files: list[str]
) -> None:
    # What landed under an earlier version of the code lacks the columns that have come since.
    _write_table(connection, f"{record.name}__none", _empty(record))
    if files:
        # The paths are ours, but a folder's name may hold a quotation mark.
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        connection.execute(
            f"create view landing.{record.name} as "  # noqa: S608
            f"select * from landing.{record.name}__none union all by name "
            f"select * from read_parquet([{listed}], union_by_name = true)"
        )
    else:
        connection.execute(
            f"create view landing.{record.name} as select * from landing.{record.name}__none"  # noqa: S608
        )


def _write_municipalities(connection: duckdb.DuckDBPyConnection) -> None:
    """Write whose rows each delivery holds."""
    rows = " union all ".join(
        f"select distinct source, delivery_key, municipality_code from landing.{name}"  # noqa: S608
        for name in RECORD_TYPES
    )
    connection.execute(
        "create table landing.delivery_municipality as "  # noqa: S608
        "select delivery_number, told.municipality_code "
        f"from ({rows}) as told inner join landing.source using (source) "
        "inner join landing.delivery using (source_number, delivery_key) "
        "where told.municipality_code is not null order by all"
    )


def _empty(record: RecordType) -> pa.Table:
    protector = Protector(
        record, dt.date.max, IdRules(), Vocabulary({}), {}, frozenset(), _never, _never
    )
    names = [*Lander.ROW_COLUMNS, *protector.protect(RawRows({}, []), [])]
    return pa.table({name: pa.array([], type=pa.string()) for name in names})


def _never(_municipality: str) -> Any:
    raise AssertionError("an empty table has no rows to protect")
