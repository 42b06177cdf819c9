"""What a share package is: its members, its manifest, and the bytes of both.

The same content has the same bytes, so that a package is checked by making it again.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from dagster_project.reference.share_plan import SharePlan

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
COUNTS, GRADES = "counts.parquet", "grades.parquet"
BREAKS, POPULATION = "breaks.parquet", "population.parquet"
TABLES = (COUNTS, GRADES, BREAKS, POPULATION)
MEMBERS = (MANIFEST, SIGNATURE, *TABLES)
SCHEMA_VERSION = 1


def _schema(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns])


_TEXT, _COUNT = pa.string(), pa.int32()
SCHEMAS: Mapping[str, pa.Schema] = {
    COUNTS: _schema(
        ("month", _TEXT), ("service_area", _TEXT), ("age_group", _TEXT), ("coordinator", _TEXT),
        ("plan", _TEXT), ("persons", _COUNT),
    ),
    GRADES: _schema(("indicator", _TEXT), ("month", _TEXT), ("grade", _TEXT), ("reasons", _TEXT)),
    BREAKS: _schema(("indicator", _TEXT), ("month", _TEXT), ("kind", _TEXT)),
    POPULATION: _schema(("year", _COUNT), ("age_group", _TEXT), ("inhabitants", _COUNT)),
}  # fmt: skip

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Month = Annotated[str, Field(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")]
# The names of our own that a manifest holds: no text that anybody wrote, and no long number.
_Name = Annotated[str, Field(pattern=r"^[0-9A-Za-z ._=+-]{1,400}$")]
_CEILING = 10_000


class _Model(BaseModel):
    # Strict: `"3"` and `3.0` are no versions.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TableEntry(_Model):
    """What the manifest says of a table: its rows, and its file's size and SHA-256."""

    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: Digest


class Manifest(_Model):
    """The manifest of a package; what each key means is said in docs/share-package.md."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    municipality_code: str = Field(pattern=r"^\d{4}$")
    version: int = Field(ge=1, le=_CEILING)
    previous: Digest | None
    month: Month
    publication: str = Field(pattern=r"^\d{8}-[0-9a-f]{10}$")
    definition_set: _Name
    parameters: dict[Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,60}$")], _Name]
    plan: Digest
    method: Literal["rounding"]
    base: Literal[3, 5]
    worst_margin: int = Field(ge=0, le=_CEILING)
    worst_margin_of_areas: int = Field(ge=0, le=_CEILING)
    margin_bound: float = Field(ge=0, le=_CEILING, allow_inf_nan=False)
    held_back: int = Field(ge=0, le=_CEILING)
    code_version: _Name
    tables: dict[str, TableEntry]

    def canonical(self) -> bytes:
        """Return the manifest's bytes: JSON with sorted keys, UTF-8, without spaces."""
        return canonical_json(self.model_dump(mode="json", by_alias=True))

    @property
    def texts(self) -> tuple[str, ...]:
        """What in it is not a number, a code of a list or a hash: names that somebody gave."""
        named = (self.publication, self.definition_set, self.code_version)
        return (*named, *self.parameters, *self.parameters.values())

    @property
    def file_name(self) -> str:
        """What the package's file is called."""
        return f"{self.municipality_code}-{self.month}-v{self.version}.zip"

    @property
    def sha256(self) -> str:
        """The hash that the next package names this one by."""
        return digest(self.canonical())

    @property
    def folder_name(self) -> str:
        """What the folder of the members is called."""
        return f"{self.version}-{self.sha256[:10]}"


@dataclass(frozen=True)
class Package:
    """A package opened: its manifest, and its members as they came, by name in their order."""

    manifest: Manifest
    members: Mapping[str, bytes]


@dataclass(frozen=True)
class Block:
    """What is shown of a month and service area (`all`: everybody).

    `shown` has persons by age group, coordinator and plan, without margins, in the plan's order.
    """

    month: str
    service_area: str
    shown: np.ndarray


def inhabitants_by_year(
    population: pa.Table, age_groups: Sequence[str]
) -> dict[int, NDArray[np.int64]]:
    """Return inhabitants on 1 January by the finest age groups, of which the unknown has none."""
    places = {group: at for at, group in enumerate(age_groups)}
    found: dict[int, NDArray[np.int64]] = {}
    for row in population.to_pylist():
        of_year = found.setdefault(row["year"], np.zeros(len(places), np.int64))
        of_year[places[row["age_group"]]] = row["inhabitants"]
    return found


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def canonical_json(content: object) -> bytes:
    """Return JSON with sorted keys, UTF-8, without spaces."""
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def counts_table(blocks: Sequence[Block], plan: SharePlan) -> pa.Table:
    """Return every cell and margin of the blocks, a row each.

    Blocks stand by month and then in the plan's order of service areas, cells in that of its
    values.
    """
    place = {area: number for number, area in enumerate(plan.service_areas)}
    ordered = sorted(blocks, key=lambda block: (block.month, place[block.service_area]))
    cells = [codes.ravel() for codes in np.meshgrid(*map(np.array, plan.values), indexing="ij")]
    size = cells[0].size
    persons = [with_margins(block.shown).ravel() for block in ordered]
    columns = [
        np.repeat([block.month for block in ordered], size),
        np.repeat([block.service_area for block in ordered], size),
        *(np.tile(codes, len(ordered)) for codes in cells),
        np.concatenate(persons) if persons else np.zeros(0),
    ]
    return table_of(COUNTS, columns)


def with_margins(counts: np.ndarray) -> np.ndarray:
    """Return counts with the sum along each axis appended to it, and the sums of those sums."""
    for axis in range(counts.ndim):
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    return counts


def table_of(member: str, columns: Sequence[object]) -> pa.Table:
    """Return a table of a member's schema, of its columns in their order."""
    schema = SCHEMAS[member]
    arrays = [
        pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as Parquet; a month's rows lie together, so that one month is read alone."""
    file = io.BytesIO()
    with pq.ParquetWriter(file, table.schema, compression="zstd", store_schema=False) as writer:
        for rows in _by_month(table):
            writer.write_table(rows)
    return file.getvalue()


def _by_month(table: pa.Table) -> list[pa.Table]:
    if table.column_names[0] != "month" or not table.num_rows:
        return [table]
    months = table.column("month").to_numpy()
    starts = np.flatnonzero(np.r_[True, months[1:] != months[:-1]])
    ends = [*starts[1:], table.num_rows]
    return [table.slice(a, b - a) for a, b in zip(starts, ends, strict=True)]


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return the zip of a package's members: in their order, uncompressed, without dates."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in MEMBERS:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, members[name])
    return file.getvalue()


def entries_of(
    tables: Mapping[str, pa.Table], content: Mapping[str, bytes]
) -> dict[str, TableEntry]:
    """Return what a manifest says of its tables."""
    return {
        name: TableEntry(
            rows=tables[name].num_rows, bytes=len(content[name]), sha256=digest(content[name])
        )
        for name in TABLES
    }
