"""Parts that have been built: a folder each, named by its inputs, that never changes.

warehouse/<part>/warehouse.duckdb                                       what was built
warehouse/<part>/<table>/municipality_code=<code>/data.parquet          what is published of it
warehouse/<part>/part.json                                              what makes it exist
warehouse/<part>/fit.json                                               that its checks held
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.code_version import code_version
from dagster_project.config.paths import Home
from dagster_project.landing.catalogue import lead_to_files
from dagster_project.models import build_with_dbt
from dagster_project.parts import Part
from dagster_project.progress import Stage, report_progress
from dagster_project.publication.describe import describe
from dagster_project.publication.export import OwnTables, Written, export
from dagster_project.publication.layout import own_file
from dagster_project.storage import read_json, sync_file, sync_folder, write_atomically
from dagster_project.straight import build
from dagster_project.warehouse import Building, begin_with

STRAIGHT, WITH_DBT = "straight", "dbt"
_ENTRY, _FIT = "part.json", "fit.json"


@dataclass(frozen=True)
class Built:
    """A part that lies whole on the disk."""

    folder: Path

    @property
    def name(self) -> str:
        """What names the part."""
        return self.folder.name

    @property
    def file(self) -> Path:
        """The warehouse."""
        return self.folder / "warehouse.duckdb"

    @cached_property
    def entry(self) -> Mapping[str, Any]:
        """What was noted when it was built."""
        return read_json(self.folder / _ENTRY)

    @property
    def municipalities(self) -> list[str]:
        """Whose it is."""
        return list(self.entry["municipalities"])

    @cached_property
    def own(self) -> Mapping[str, OwnTables]:
        """What each municipality publishes."""
        return {
            code: OwnTables(
                {table: Written(**written) for table, written in own["tables"].items()},
                own["content"],
            )
            for code, own in self.entry["own"].items()
        }

    @property
    def description(self) -> Mapping[str, Any]:
        """What a manifest says of how the figures were made (`publication.describe`)."""
        described: Mapping[str, Any] = self.entry["said"]
        return described

    @property
    def is_of_this_version(self) -> bool:
        """Whether it was made by the code, the rules and the tools that are here now."""
        return bool(self.entry["made_by"] == code_version())

    @property
    def is_fit(self) -> bool:
        """Whether its checks have held."""
        return (self.folder / _FIT).exists()

    @property
    def is_whole(self) -> bool:
        """Whether every file is there as it was written, as far as its size tells."""
        return bool(self.entry) and all(
            file.is_file() and file.stat().st_size == size for file, size in self._sizes()
        )

    def pass_checks(self, checks: int) -> None:
        """Note that the checks of what it publishes held."""
        write_atomically(self.folder / _FIT, json.dumps({"checks": checks}))

    def _sizes(self) -> list[tuple[Path, int]]:
        tables = [
            (own_file(self.folder, table, code), written.bytes)
            for code, own in self.own.items()
            for table, written in own.tables.items()
        ]
        return [(self.file, int(self.entry["bytes"])), *tables]


def find(home: Home, part: Part) -> Built | None:
    """Return the part if it has been built before; a damaged one is none."""
    built = Built(home.warehouse / part.name)
    return built if built.is_whole else None


def make(home: Home, part: Part) -> Built:
    """Build a part, and return it. Raises BuildError where a model or a test of it fails."""
    began = time.monotonic()
    building = Building(home.work / part.name, home.dbt_target / part.place)
    shutil.rmtree(building.folder, ignore_errors=True)
    begin_with(part.catalogue, building).close()
    if part.made_with == WITH_DBT:
        build_with_dbt(building)
    else:
        build(building, report=partial(report_progress, Stage.WAREHOUSE, part.place))
    shutil.rmtree(building.spill, ignore_errors=True)
    with duckdb.connect(str(building.file)) as connection:
        connection.execute("checkpoint")
        own = export(connection, part.municipalities, building.folder)
        description = describe(connection, part.municipalities)
        rows = _row_counts(connection)
    sync_file(building.file)
    entry = {
        "municipalities": part.municipalities,
        "made_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began, 2),
        "made_with": part.made_with,
        "made_by": code_version(),
        "bytes": building.file.stat().st_size,
        "rows": rows,
        "said": description,
        "own": {
            code: {
                "content": each.content,
                "tables": {table: written.as_dict() for table, written in each.tables.items()},
            }
            for code, each in own.items()
        },
    }
    _write_entry(building.folder, entry)
    return put_in_place(building.folder, home)


def lead_home(built: Built, part: Part) -> None:
    """Have a part that was built elsewhere lead back to the rows as they lie here."""
    with duckdb.connect(str(built.file)) as connection:
        lead_to_files(connection, part.catalogue)
        connection.execute("checkpoint")
    sync_file(built.file)
    _write_entry(built.folder, {**built.entry, "bytes": built.file.stat().st_size})


def put_in_place(folder: Path, home: Home) -> Built:
    """Have a part that lies whole in a folder, by its name, among those of a home."""
    target = home.warehouse / folder.name
    target.parent.mkdir(exist_ok=True)
    # One that was damaged gives way; nothing else can be there by this name.
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)
    sync_folder(target.parent)
    return Built(target)


def current(home: Home, published: Mapping[str, Any]) -> list[Built]:
    """Return the parts behind a publication, by its manifest, as far as they are there whole."""
    parts = [Built(home.warehouse / name) for name in published.get("parts", ())]
    return [part for part in parts if part.is_whole]


def keep_only(home: Home, needed: Collection[str]) -> None:
    """Remove the parts that nobody needs any more; whoever reads one reads on."""
    home.undivided_warehouse.unlink(missing_ok=True)
    if home.warehouse.is_dir():
        for folder in home.warehouse.iterdir():
            if folder.name not in needed:
                shutil.rmtree(folder, ignore_errors=True)


def _write_entry(folder: Path, entry: Mapping[str, Any]) -> None:
    write_atomically(folder / _ENTRY, json.dumps(entry, indent=1, ensure_ascii=False))


def _row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    tables = connection.sql(
        "select schema_name || '.' || table_name, estimated_size from duckdb_tables() "
        "where schema_name <> 'landing'"
    )
    return {str(name): int(size) for name, size in tables.fetchall()}
