"""What changed since the publication before: which figures, and what the manifests say of why.

Made once, when a publication is made for the first time; it is no part of what names it, for the
same figures made again are the same publication, whatever came before them. Each municipality is
held against what stood before its own figures last moved: a delivery of another one changes nothing
of what is told of it.
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
import pyarrow.parquet as pq

from dagster_project.contract import RECORD_TYPES, WHOLE_COUNTRY
from dagster_project.publication.layout import named_files, reading

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
# The newest day that both have.
_COMMON = """
    select municipality_code, max(reference_date) as reference_date
    from (
        select municipality_code, reference_date from before
        intersect
        select municipality_code, reference_date from after
    )
    group by municipality_code
"""
# Whoever has a figure, of whatever day, that is not in both.
_MOVED = """
    select distinct municipality_code
    from ((from before except from after) union all (from after except from before))
"""
# A value that was made otherwise may differ in its last digit, and is the same figure.
_DIFFERENT = """
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
    # Whose rows it holds.
    municipalities: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.name


@dataclass(frozen=True)
class _Manifest:
    """What the reasons are found in: the part of a manifest that tells how figures were made."""

    code_version: str
    definition_sets: Mapping[str, str]
    as_of: Mapping[str, dt.date]
    deliveries: Mapping[tuple[str, str], _Delivery]

    def alike(self, other: _Manifest, code: str) -> bool:
        """Return whether both say the same of a municipality: its day, definition, deliveries."""
        return self._of(code) == other._of(code)

    def _of(self, code: str) -> tuple[object, ...]:
        own = {
            (each.key, each.status)
            for each in self.deliveries.values()
            if each.municipality_code == code and each.record not in WHOLE_COUNTRY
        }
        return self.as_of.get(code), self.definition_sets.get(code), own


@dataclass(frozen=True)
class _Earlier:
    """The publication before: its name, its figures, what it says of them and of those before.

    `previous` is None where the publication is of a make that did not say it.
    """

    publication: str
    manifest: _Manifest
    figures: pa.Table
    changed: pa.Table
    previous: Mapping[str, Previous] | None


# What a municipality's figures are held against, as a manifest has it: the publication, the day
# that it was counted up to there, and the newest day that both count.
Previous = Mapping[str, str | None]


@dataclass(frozen=True)
class Changes:
    """The figures that differ, and what each municipality's are held against.

    A municipality that stands in `previous` has been published before.
    """

    figures: pa.Table
    previous: Mapping[str, Previous]


def changes(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], before: Path | None
) -> Changes:
    """Return the figures that are other than those of the publication before.

    `connection` knows `marts.coverage` and `reference.indicators` as they are now, and `manifest`
    is what will be published beside them. Without a publication before, or where that cannot be
    read, nothing has changed. Of a municipality that stands there as it does now, what was told
    there is told again.
    """
    earlier = _read(before) if before else None
    if earlier is None:
        return Changes(SCHEMA.empty_table(), {})
    now = _read_manifest(manifest)
    after = connection.sql(_FIGURES.format(coverage="marts.coverage")).to_arrow_table()
    with duckdb.connect() as both:
        both.register("before", earlier.figures)
        both.register("after", after)
        moved = {code for (code,) in both.sql(_MOVED).fetchall()}
        both.register("common", both.sql(_COMMON).to_arrow_table())
        common: dict[str, dt.date] = dict(both.sql("from common").fetchall())
        figures = both.sql(_DIFFERENT).fetchall()
    standing = {
        code
        for code in now.as_of
        if earlier.previous is not None and code not in moved and earlier.manifest.alike(now, code)
    }
    reasons = _Reasons(connection, earlier.manifest, now)
    rows = [each for each in earlier.changed.to_pylist() if each["municipality_code"] in standing]
    for code, indicator, *figure in figures:
        if code not in standing:
            found = ";".join(reasons.of(str(code), str(indicator))) or None
            earlier_day = (earlier.publication, earlier.manifest.as_of.get(code))
            row = (code, indicator, *figure, found, *earlier_day)
            rows.append(dict(zip(SCHEMA.names, row, strict=True)))
    rows.sort(key=lambda row: (row["municipality_code"], row["indicator"]))
    previous: dict[str, Previous] = {}
    for code in sorted(now.as_of):
        if code in standing:
            noted_before = (earlier.previous or {}).get(code)
            if noted_before is not None:
                previous[code] = noted_before
        elif code in earlier.manifest.as_of:
            previous[code] = {
                "publication": earlier.publication,
                "as_of": earlier.manifest.as_of[code].isoformat(),
                "compared_on": common[code].isoformat() if code in common else None,
            }
    return Changes(pa.Table.from_pylist(rows, SCHEMA), previous)


def _read(folder: Path) -> _Earlier | None:
    """Return what a publication says, or None where it is gone, damaged or of another make."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        with duckdb.connect() as connection:
            files = named_files(folder, "coverage", manifest["tables"]["coverage"])
            query = _FIGURES.format(coverage=reading(files))
            figures = connection.sql(query).to_arrow_table()
        previous = manifest.get("previous")
        has_changes = previous is not None
        return _Earlier(
            publication=str(manifest["publication"]),
            manifest=_read_manifest(manifest),
            figures=figures,
            changed=_changed(folder, manifest) if has_changes else pa.table({}),
            previous=previous,
        )
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException, duckdb.Error):
        return None


def _changed(folder: Path, manifest: Mapping[str, Any]) -> pa.Table:
    """Return what was told of the municipalities there."""
    files = named_files(folder, "change", manifest["tables"]["change"])
    return pa.concat_tables([SCHEMA.empty_table(), *map(_table_of, files)])


def _table_of(file: Path) -> pa.Table:
    # The file's own columns: what its folder is called is none of them.
    return pq.ParquetFile(file).read()


def _read_manifest(manifest: Mapping[str, Any]) -> _Manifest:
    deliveries = [
        _Delivery(
            source=str(each["source"]),
            record=str(each["record"]),
            name=str(each["delivery"]),
            municipality_code=each["municipality_code"],
            status=str(each["status"]),
            municipalities=frozenset(each.get("municipalities") or ()),
        )
        for each in manifest["sources"]
    ]
    # One that was made before municipalities had days of their own: it was the same for all.
    as_of = manifest.get("as_of_by_municipality") or dict.fromkeys(
        manifest["definition_sets"], manifest["as_of"]
    )
    return _Manifest(
        code_version=str(manifest["code_version"]),
        definition_sets=dict(manifest["definition_sets"]),
        as_of={code: dt.date.fromisoformat(day) for code, day in as_of.items()},
        deliveries={each.key: each for each in deliveries},
    )


class _Reasons:
    """Why a figure differs, as far as two manifests tell."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, before: _Manifest, after: _Manifest
    ) -> None:
        self._before, self._after = before, after
        was, stands = before.deliveries, after.deliveries
        in_force = {key for key, each in stands.items() if each.status == "in_force"}
        # One that another file was put in the place of was not withdrawn: that file is new.
        kept = in_force | {key for key, each in stands.items() if each.status == "replaced"}
        then = {key for key, each in was.items() if each.status == "in_force"}
        self._new = [stands[key] for key in sorted(in_force - then)]
        self._withdrawn = [was[key] for key in sorted(then - kept)]
        self._municipalities = _municipalities([*self._new, *self._withdrawn])
        self._needs = {
            str(indicator): _needs(str(needs).split(";"), denominator)
            for indicator, needs, denominator in connection.sql(
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
                if code == each.municipality_code
                or code in self._municipalities.get(each.source, ())
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


def _municipalities(deliveries: Iterable[_Delivery]) -> dict[str, set[str]]:
    """Return the municipalities that the rows of these sources are of.

    Several municipalities may share a source, which is then one municipality's own.
    """
    found: dict[str, set[str]] = {}
    for each in deliveries:
        found.setdefault(each.source, set()).update(each.municipalities)
    return found
