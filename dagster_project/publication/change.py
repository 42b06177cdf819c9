"""What changed since the publication before: which figures, and what the manifests say of why.

Made once, when a publication is made for the first time; it is no part of what names it, for the
same figures made again are the same publication, whatever came before them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.contract import RECORD_TYPES

SCHEMA = pa.schema(
    [
        ("municipality_code", pa.string()),
        ("indicator", pa.string()),
        ("reference_date", pa.date32()),
        ("before_numerator", pa.int64()),
        ("before_denominator", pa.int64()),
        ("before_value", pa.float64()),
        ("after_numerator", pa.int64()),
        ("after_denominator", pa.int64()),
        ("after_value", pa.float64()),
        ("reasons", pa.string()),
        ("previous_publication", pa.string()),
        ("previous_as_of", pa.date32()),
    ]
)

# What the rules read beside the record types that an indicator needs: who lives here, the forms
# and the employments that end registrations, and what makes a target group.
_EVERY = ("person",)
_BESIDE = {"koordinator": ("endring", "ansatt"), "ip": ("endring",)}
_TARGET_GROUP = ("tjeneste", "koordinator", "ip", "endring", "ansatt")

_FIGURES = """
    select municipality_code, indicator, reference_date, numerator, denominator, value
    from {coverage}
    where age_scheme = 'standard' and age_group = 'all' and service_area = 'all'
"""
# A value that was made otherwise may differ in its last digit, and is the same figure.
_DIFFERENT = """
    with
        common as (
            select municipality_code, max(reference_date) as reference_date
            from (
                select municipality_code, reference_date from before
                intersect
                select municipality_code, reference_date from after
            )
            group by municipality_code
        )
    select
        municipality_code, indicator, reference_date,
        before.numerator, before.denominator, before.value,
        after.numerator, after.denominator, after.value
    from (select before.* from before semi join common using (municipality_code, reference_date))
        as before
    full join (select after.* from after semi join common using (municipality_code, reference_date))
        as after
        using (municipality_code, indicator, reference_date)
    where
        before.numerator is distinct from after.numerator
        or before.denominator is distinct from after.denominator
        or coalesce(abs(before.value - after.value) > 1e-9, true)
    order by municipality_code, indicator
"""


@dataclass(frozen=True)
class _Delivery:
    """A delivery as a manifest has it."""

    source: str
    record: str
    name: str
    municipality_code: str | None
    status: str

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.name


@dataclass(frozen=True)
class _Said:
    """What the reasons are found in: the part of a manifest that tells how figures were made."""

    code_version: str
    definition_sets: Mapping[str, str]
    deliveries: Mapping[tuple[str, str], _Delivery]


@dataclass(frozen=True)
class _Earlier:
    """The publication before: its name, its figures and what it says of them."""

    publication: str
    as_of: dt.date
    said: _Said
    figures: pa.Table


def changes(
    warehouse: duckdb.DuckDBPyConnection, said: Mapping[str, Any], before: Path | None
) -> pa.Table:
    """Return the figures of a warehouse that are other than those of the publication before.

    `said` is what the manifest will say. Without a publication before, or where that cannot be
    read, nothing has changed.
    """
    earlier = _read(before) if before else None
    rows = list(_changed(warehouse, _told(said), earlier)) if earlier else []
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)


def _read(folder: Path) -> _Earlier | None:
    """Return what a publication says, or None where it is gone, damaged or of another make."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        with duckdb.connect() as connection:
            # The folder's name may hold a quotation mark.
            file = str(folder / "coverage.parquet").replace("'", "''")
            query = _FIGURES.format(coverage=f"read_parquet('{file}')")
            figures = connection.sql(query).to_arrow_table()
        return _Earlier(
            publication=str(manifest["publication"]),
            as_of=dt.date.fromisoformat(manifest["as_of"]),
            said=_told(manifest),
            figures=figures,
        )
    except (OSError, ValueError, KeyError, TypeError, duckdb.Error):
        return None


def _told(manifest: Mapping[str, Any]) -> _Said:
    deliveries = [
        _Delivery(
            source=str(each["source"]),
            record=str(each["record"]),
            name=str(each["delivery"]),
            municipality_code=each["municipality_code"],
            status=str(each["status"]),
        )
        for each in manifest["sources"]
    ]
    return _Said(
        code_version=str(manifest["code_version"]),
        definition_sets=dict(manifest["definition_sets"]),
        deliveries={each.key: each for each in deliveries},
    )


def _changed(
    warehouse: duckdb.DuckDBPyConnection, said: _Said, earlier: _Earlier
) -> Iterable[tuple[object, ...]]:
    after = warehouse.sql(_FIGURES.format(coverage="marts.coverage")).to_arrow_table()
    with duckdb.connect() as connection:
        connection.register("before", earlier.figures)
        connection.register("after", after)
        figures = connection.sql(_DIFFERENT).fetchall()
    reasons = _Reasons(warehouse, earlier.said, said)
    for figure in figures:
        found = reasons.of(str(figure[0]), str(figure[1]))
        yield (*figure, ";".join(found) or None, earlier.publication, earlier.as_of)


class _Reasons:
    """Why a figure differs, as far as two manifests tell."""

    def __init__(self, warehouse: duckdb.DuckDBPyConnection, before: _Said, after: _Said) -> None:
        self._before, self._after = before, after
        was, stands = before.deliveries, after.deliveries
        in_force = {key for key, each in stands.items() if each.status == "in_force"}
        # One that another file was put in the place of was not withdrawn: that file is new.
        kept = in_force | {key for key, each in stands.items() if each.status == "replaced"}
        then = {key for key, each in was.items() if each.status == "in_force"}
        self._new = [stands[key] for key in sorted(in_force - then)]
        self._withdrawn = [was[key] for key in sorted(then - kept)]
        self._told_of = _told_of(warehouse, [*self._new, *self._withdrawn])
        self._needs = {
            str(indicator): _needs(str(needs).split(";"), denominator)
            for indicator, needs, denominator in warehouse.sql(
                "select indicator, needs, denominator_measure from reference.indicators"
            ).fetchall()
        }

    def of(self, code: str, indicator: str) -> list[str]:
        """Return the codes of what explains a figure of a municipality."""
        before, after = self._before, self._after
        is_defined_otherwise = before.definition_sets.get(code) != after.definition_sets.get(code)
        found = ["definition"] if is_defined_otherwise else []
        for kind, deliveries in (
            ("new_delivery", self._new),
            ("withdrawn_delivery", self._withdrawn),
        ):
            records = {
                each.record
                for each in deliveries
                if code == each.municipality_code or code in self._told_of.get(each.source, ())
            }
            found += [
                f"{kind}:{record}" for record in self._needs.get(indicator, ()) if record in records
            ]
        if not found and before.code_version != after.code_version:
            found = ["rules"]
        return found


def _needs(needs: Iterable[str], denominator: str | None) -> tuple[str, ...]:
    """Return the record types that a figure may change with, in the order of the contract."""
    wanted = {*_EVERY, *needs}
    if denominator == "target_group":
        wanted.update(_TARGET_GROUP)
    for record, beside in _BESIDE.items():
        if record in wanted:
            wanted.update(beside)
    return tuple(record for record in RECORD_TYPES if record in wanted)


def _told_of(
    warehouse: duckdb.DuckDBPyConnection, deliveries: Iterable[_Delivery]
) -> dict[str, set[str]]:
    """Return the municipalities that the rows of these sources are of; of one that is gone, none.

    Several municipalities may share a source, which is then one municipality's own.
    """
    sources: dict[str, list[str]] = {}
    for each in deliveries:
        if each.record in RECORD_TYPES:
            sources.setdefault(each.record, []).append(each.source)
    found: dict[str, set[str]] = {}
    for record, names in sources.items():
        rows = warehouse.execute(
            "select distinct source, municipality_code "  # noqa: S608 - a name of the contract
            f'from landing."{record}" where source in (select unnest(?))',
            [sorted(set(names))],
        ).fetchall()
        for source, code in rows:
            found.setdefault(source, set()).add(code)
    return found
