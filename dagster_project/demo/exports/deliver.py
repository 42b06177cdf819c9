"""Writes the deliveries: every file of every source, `sources.yml`, and what is messy in them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from dagster_project.config.paths import Home
from dagster_project.config.sources import Delivery
from dagster_project.demo import units
from dagster_project.demo.errors import inject_errors
from dagster_project.demo.exports.cells import Cell, CellWriter
from dagster_project.demo.exports.files import Table, write_file
from dagster_project.demo.exports.generate import generate
from dagster_project.demo.exports.population import write_population
from dagster_project.demo.exports.registration import Registration
from dagster_project.demo.exports.specification import Specification, specifications
from dagster_project.demo.world import Town, World

_HOME_MUNICIPALITY = "3203"
_OF_FIRST_ROW = frozenset({"duplicate_row", "same_id_in_file", "form_superseded"})
# What the municipalities aim at: code, indicator, value, by when; the smallest has set no target.
_TARGETS: tuple[tuple[str, str, float, int | str | None], ...] = (
    ("3203", "coordinator_coverage", 0.5, 2027),
    ("3203", "plan_coverage", 0.3, 2027),
    ("3203", "answer_days", 10, "2026-06-30"),
    ("5530", "coordinator_coverage", 0.75, 2027),
    ("5530", "living_plan_share", 0.95, 2026),
    ("5530", "plan_without_coordinator", 0.1, 2026),
    ("1134", "coordinator_coverage", 0.75, 2027),
    ("1134", "meeting_coverage", 0.8, None),
    ("4602", "plan_coverage", 0.25, 2026),
    ("4602", "living_plan_share", 0.85, None),
    ("5006", "coordinator_coverage", 0.4, 2026),
    ("5006", "coordinator_changes", 10, 2027),
)
_HEADING = """\
# The demo: simulated systems of six municipalities. Everybody in it is a test person.
# Written by Samordna; the whole home is written anew when the demo is made again.
"""


@dataclass
class Written:
    """What was written.

    `rows` counts them by source and path (from the home folder), `records` has each source's record
    type. `errors` has the file and the row of each registration with an error, by its source, its
    number and the rule. `empty` are the files of a source that rightly hold no rows.
    """

    records: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    errors: dict[tuple[str, str, str], tuple[str, int]] = field(default_factory=dict)
    empty: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def deliver(world: World, home: Home, seed: int) -> Written:
    """Write the inbox of a world, replacing an older one, and `sources.yml`."""
    shutil.rmtree(home.inbox, ignore_errors=True)
    written = Written()
    sources = specifications(world.towns)
    for code, town in world.towns.items():
        registered = generate_town(town, [one for one in sources if one.municipality == code], seed)
        _write_files(registered, home, written)
    with_rows = {source for source, _ in written.rows}
    entries = [
        source.entry(accept=written.empty.get(source.name, []))
        for source in sources
        if source.name in with_rows
    ]
    entries += write_population(home, world.towns, written.rows)
    written.records = {str(entry["name"]): str(entry["record"]) for entry in entries}
    _write_sources(home, entries, world.towns)
    return written


def generate_town(
    town: Town, sources: Iterable[Specification], seed: int
) -> dict[str, list[Registration]]:
    """Return the registrations of the sources of a municipality, with the errors; by source."""
    registered = {source.name: generate(source, town) for source in sources}
    inject_errors(town, registered, seed)
    return registered


def _stamp(day: int) -> str:
    return f"{dt.date.fromordinal(day):%Y%m%d}"


def _write_files(registered: dict[str, list[Registration]], home: Home, written: Written) -> None:
    """Write every delivery; sources of one path are the sheets of one workbook."""
    by_file: dict[tuple[str, int], list[list[Registration]]] = defaultdict(list)
    for registrations in registered.values():
        if registrations:
            specification = registrations[0].specification
            for day in specification.days:
                by_file[specification.path("{day}"), day].append(registrations)
    for (_, day), sheets in by_file.items():
        contents = [(sheet[0].specification, _rows(sheet, day)) for sheet in sheets]
        if any(
            one.delivery is Delivery.INCREMENTAL and one.sheet is None and not rows
            for one, rows in contents
        ):
            continue
        path = home.root / contents[0][0].path(_stamp(day))
        tables = [_table(specification, rows) for specification, rows in contents]
        places = write_file(path, tables)
        for (specification, rows), numbers in zip(contents, places, strict=True):
            written.rows[specification.name, home.relative(path)] = len(rows)
            _note_errors(specification, path.name, day, rows, numbers, written)
            if not rows:
                written.empty[specification.name].append(path.name)


def _rows(registrations: list[Registration], day: int) -> list[tuple[Registration, list[Cell]]]:
    """Return the rows of a delivery, each with its registration."""
    specification = registrations[0].specification
    if specification.delivery is Delivery.SNAPSHOT:
        delivered = [one for one in registrations if one.stands_on(day)]
    else:
        before = [earlier for earlier in specification.days if earlier < day]
        after = before[-1] if before else 0
        delivered = [one for one in registrations if one.changed_between(after, day)]
    writer = CellWriter(specification)
    rows = []
    for registration in delivered:
        for row in registration.rows():
            cells = writer.write(registration, row, day)
            overflow = [registration.overflow] if registration.overflow else []
            rows.append((registration, [*cells, *overflow]))
    if specification.layout.merged is not None:
        at = list(specification.headers).index(specification.layout.merged)
        rows.sort(key=lambda row: str(row[1][at]))
    return rows


def _table(specification: Specification, rows: list[tuple[Registration, list[Cell]]]) -> Table:
    return Table(
        headers=list(specification.headers),
        rows=[cells for _, cells in rows],
        layout=specification.layout,
        sheet=specification.sheet or "Ark1",
    )


def _note_errors(
    specification: Specification,
    file: str,
    day: int,
    rows: list[tuple[Registration, list[Cell]]],
    numbers: list[int],
    written: Written,
) -> None:
    """Note where each registration with an error stands; of several deliveries, in the last one.

    What is said again further down in the file is an error in its first row, the rest in its last.
    """
    first: set[str] = set()
    for (registration, _), number in zip(rows, numbers, strict=True):
        again = registration.number in first
        first.add(registration.number)
        for mark in registration.marks:
            if day < mark.until and not (again and mark.rule in _OF_FIRST_ROW):
                place = (specification.name, registration.number, mark.rule)
                written.errors[place] = (file, number)


def write_errors(written: Written, file: Path) -> None:
    """Write one row for each rule that a registration with an error breaks; no id and no name."""
    rows = sorted(
        (source, name, number, rule) for (source, _, rule), (name, number) in written.errors.items()
    )
    sources, names, numbers, rules = zip(*rows, strict=True)
    table = pa.table(
        {"source": sources, "file": names, "row_number": numbers, "rule": rules},
        schema=pa.schema(
            [
                ("source", pa.string()),
                ("file", pa.string()),
                ("row_number", pa.int64()),
                ("rule", pa.string()),
            ]
        ),
    )
    pq.write_table(table, file)


def _targets(towns: Iterable[str]) -> list[dict[str, object]]:
    targets: list[dict[str, object]] = []
    for code, indicator, value, by in _TARGETS:
        if code in towns:
            target: dict[str, object] = {"kommune": code, "indicator": indicator, "value": value}
            targets.append({**target, "by": by} if by else target)
    return targets


def _write_sources(home: Home, entries: list[dict[str, object]], towns: Iterable[str]) -> None:
    content = {
        "home_municipality": _HOME_MUNICIPALITY,
        "allow_synthetic_ids": True,
        "targets": _targets(towns),
        **units.settings(set(towns)),
        "sources": entries,
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    home.sources_file.write_text(f"{_HEADING}{text}", encoding="utf-8")
    units.write_units(home.root / units.FILE, set(towns))
