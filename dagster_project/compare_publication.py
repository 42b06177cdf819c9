"""The figures as they are counted now beside those of a former publication.

What another version of the rules changes is seen so: the warehouse is built of what has landed, as
a run would build it, and held against what was published then, on the days that both count. Where
the deliveries are not the same ones any more, that is told: they move figures, too. Nothing is kept
but the report.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.compare import (
    Comparison,
    Counted,
    asked_about,
    differing,
    name_of_sets,
    read_counted,
)
from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.contract import WHOLE_COUNTRY
from dagster_project.identity.maskers import Maskers
from dagster_project.lock import writing
from dagster_project.problems import SamordnaError
from dagster_project.progress import Stage, report_progress
from dagster_project.publication.describe import describe
from dagster_project.publication.layout import named_files, reading
from dagster_project.storage import read_json
from dagster_project.straight import build
from dagster_project.warehouse import Building, begin, clear_work

# Asked for by this word, it is the newest one that was counted by other definitions.
PREVIOUS = "previous"

Manifest = Mapping[str, Any]
# A delivery in force: its source, its name, its day, how many rows were read of it.
_Delivery = tuple[str, str, str, int]


@dataclass(frozen=True)
class Inputs:
    """How many deliveries in force a municipality has now that it had not then, and the reverse."""

    new: int
    gone: int


@dataclass(frozen=True)
class SincePublication:
    """What differs from a former publication, and what may have made it so.

    `key_figures` says how many figures of all ages and service areas a municipality has on its
    day, then or now. `inputs` has those whose deliveries are others than then. `absent` are those
    that the publication does not have. `rules` counts the findings of each municipality by rule,
    then and now, where these differ.
    """

    figures: Comparison
    made_on: dt.date
    key_figures: Mapping[str, int]
    inputs: Mapping[str, Inputs]
    absent: Sequence[str]
    rules: Mapping[str, Mapping[str, tuple[int, int]]]


@dataclass(frozen=True)
class _Side:
    counted: Counted
    deliveries: Mapping[str, frozenset[_Delivery]]
    findings: Mapping[str, Mapping[str, int]]


def compare_with_publication(
    home: Home, named: str, municipality: str = "", as_of: dt.date | None = None
) -> SincePublication:
    """Compare the figures as they are counted now with those of a former publication.

    `named` is its id, or `previous`. Raises SamordnaError where there is none such, it cannot be
    read, or it has no municipality that is asked about.
    """
    installation = load_installation(home)
    installation.require_sources()
    asked = asked_about(installation, municipality)
    manifests = _manifests(home)
    if named != PREVIOUS and named not in manifests:
        here = ", ".join(manifests) or "none"
        raise SamordnaError("publication_not_here", written=named, held=here)
    with writing(home):
        try:
            now = _count(installation, as_of)
        finally:
            clear_work(home)
    publication = named if named != PREVIOUS else _previous(manifests, now, asked)
    manifest = manifests[publication]
    then = _read(home.published / publication, manifest)
    both = [code for code in asked if code in now.counted.sets and code in then.counted.sets]
    if not both:
        here = ", ".join(then.counted.sets)
        raise SamordnaError("publication_without", publication=publication, held=here)
    before, after = _on_common_days(then.counted, now.counted)
    return SincePublication(
        figures=Comparison(
            as_of=_newest_day(before, both),
            cells=tuple(differing(before, after, both)),
            municipalities={**then.counted.municipalities, **now.counted.municipalities},
            set_before=name_of_sets(then.counted.sets[code] for code in both),
            set_after=name_of_sets(now.counted.sets[code] for code in both),
            publication=publication,
        ),
        made_on=dt.datetime.fromisoformat(manifest["made_at"]).date(),
        key_figures=_key_figures(before, after),
        inputs=dict(_differing_inputs(then, now, both)),
        absent=[code for code in asked if code not in both],
        rules={code: _differing_rules(then, now, code) for code in both},
    )


def _manifests(home: Home) -> dict[str, Manifest]:
    """Return what each publication of the home says of itself, by its id, the newest first."""
    folders = home.published.glob("[0-9]*") if home.published.is_dir() else ()
    found = {folder.name: read_json(folder / "manifest.json") for folder in folders}
    made = {name: manifest for name, manifest in found.items() if "made_at" in manifest}
    return dict(sorted(made.items(), key=lambda item: str(item[1]["made_at"]), reverse=True))


def _previous(manifests: Mapping[str, Manifest], now: _Side, asked: Sequence[str]) -> str:
    for name, manifest in manifests.items():
        sets = manifest["definition_sets"]
        if any(code in sets and sets[code] != now.counted.sets.get(code) for code in asked):
            return name
    sets = name_of_sets(now.counted.sets[code] for code in asked if code in now.counted.sets)
    here = ", ".join(manifests) or "none"
    raise SamordnaError("publication_none_other", definition_set=sets, held=here)


def _count(installation: Installation, as_of: dt.date | None) -> _Side:
    report_progress(Stage.WAREHOUSE, "as counted now", 0, 1)
    begin(installation, Maskers(installation), as_of).close()
    building = Building.whole(installation.home)
    build(building, tests=False)
    with duckdb.connect(str(building.file), read_only=True) as warehouse:
        counted = read_counted(warehouse, installation.home)
        sources = describe(warehouse, sorted(counted.sets))["sources"]
        return _Side(
            counted=counted,
            deliveries=_deliveries(sources, counted.sets),
            findings=_findings(warehouse, "marts.findings"),
        )


def _read(folder: Path, manifest: Manifest) -> _Side:
    """Read a publication. Raises SamordnaError where it is damaged."""

    def table(name: str) -> str:
        return reading(named_files(folder, name, manifest["tables"][name]))

    try:
        sets = manifest["definition_sets"]
        # One that was made before municipalities had days of their own: it was the same for all.
        of_all = dict.fromkeys(sets, str(manifest["as_of"]))
        as_of: Mapping[str, str] = manifest.get("as_of_by_municipality") or of_all
        with duckdb.connect() as connection:
            coverage = connection.sql(
                f"select coverage.*, kind, multiplier from {table('coverage')} as coverage "  # noqa: S608
                f"inner join {table('indicator')} using (indicator)"
            ).to_arrow_table()
            names: dict[str, str] = dict(
                connection.sql(
                    "select municipality_code, coalesce(municipality_name, municipality_code) "  # noqa: S608
                    f"from {table('municipality')}"
                ).fetchall()
            )
            findings = _findings(connection, table("findings"))
        return _Side(
            counted=Counted(
                as_of={code: dt.date.fromisoformat(day) for code, day in as_of.items()},
                coverage=coverage,
                municipalities=names,
                sets=sets,
            ),
            deliveries=_deliveries(manifest["sources"], sets),
            findings=findings,
        )
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException, duckdb.Error) as error:
        raise SamordnaError("former_publication_unreadable", publication=folder.name) from error


def _deliveries(
    sources: Sequence[Mapping[str, Any]], municipalities: Mapping[str, str]
) -> dict[str, frozenset[_Delivery]]:
    """Return the deliveries in force behind each municipality's figures."""
    found: dict[str, set[_Delivery]] = {code: set() for code in municipalities}
    for each in sources:
        if each["status"] != "in_force":
            continue
        whole = each["record"] in WHOLE_COUNTRY
        of = {each["municipality_code"], *(each.get("municipalities") or ())}
        delivery = (each["source"], each["delivery"], each["delivered"], each["rows_read"])
        for code, deliveries in found.items():
            if whole or code in of:
                deliveries.add(delivery)
    return {code: frozenset(deliveries) for code, deliveries in found.items()}


def _findings(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    query = f"select municipality_code, rule, count(*) from {table} group by all"  # noqa: S608
    for code, rule, times in connection.sql(query).fetchall():
        counted.setdefault(code, {})[rule] = times
    return counted


def _on_common_days(then: Counted, now: Counted) -> tuple[Counted, Counted]:
    """Return both without the days that only one of them counts a municipality on."""
    with duckdb.connect() as connection:
        connection.register("then_counted", then.coverage)
        connection.register("now_counted", now.coverage)

        def common(own: str, other: str) -> pa.Table:
            return connection.sql(
                f"from {own} semi join {other} using (municipality_code, reference_date)"
            ).to_arrow_table()

        before = common("then_counted", "now_counted")
        after = common("now_counted", "then_counted")
    return (
        Counted(then.as_of, before, then.municipalities, then.sets),
        Counted(now.as_of, after, now.municipalities, now.sets),
    )


def _newest_day(counted: Counted, asked: Sequence[str]) -> dict[str, dt.date]:
    with duckdb.connect() as connection:
        connection.register("counted", counted.coverage)
        days = connection.sql(
            "select municipality_code, max(reference_date) from counted group by all"
        ).fetchall()
    return {code: day for code, day in days if code in asked}


def _key_figures(then: Counted, now: Counted) -> dict[str, int]:
    with duckdb.connect() as connection:
        connection.register("then_counted", then.coverage)
        connection.register("now_counted", now.coverage)
        counted = connection.sql(
            """
            with figure as (
                select * from (from then_counted union all by name from now_counted)
                where
                    age_scheme = 'standard' and age_group = 'all' and service_area = 'all'
                qualify
                    reference_date = max(reference_date) over (partition by municipality_code)
            )

            select municipality_code, count(distinct indicator) from figure group by all
            """
        ).fetchall()
    return dict(counted)


def _differing_inputs(
    then: _Side, now: _Side, codes: Sequence[str]
) -> Iterator[tuple[str, Inputs]]:
    for code in codes:
        was, stands = then.deliveries[code], now.deliveries[code]
        if was != stands:
            yield code, Inputs(new=len(stands - was), gone=len(was - stands))


def _differing_rules(then: _Side, now: _Side, code: str) -> dict[str, tuple[int, int]]:
    was = Counter(then.findings.get(code, {}))
    stands = Counter(now.findings.get(code, {}))
    rules = sorted(was.keys() | stands.keys())
    return {rule: (was[rule], stands[rule]) for rule in rules if was[rule] != stands[rule]}
