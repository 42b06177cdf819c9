"""Runs the suites: on deliveries that have landed, and on the marts before they are published."""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import logging
import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import yaml

from dagster_project.config.sources import Delivery, Source
from dagster_project.contract import (
    RECORD_TYPES,
    Check,
    ColumnKind,
    code_list,
)
from dagster_project.identity.detection import holds_person_id
from dagster_project.landing.deliveries import CheckResult, Unchecked, broken
from dagster_project.publication.layout import files_of, reading, relation
from dagster_project.reference import SEEDS
from dagster_project.reference.vocabulary import vocabulary
from expectations.late import late

SUITES = Path(__file__).parent / "suites"
# Fewer rows than these say nothing when they halve.
_FEWEST_ROWS_TO_COMPARE = 20
_UNKNOWN = "unknown"
_DELIVERED = re.compile(r"\{(delivered|delivered_year)(?:\+(\d+))?\}")
# What Great Expectations imports for expectations that no suite has: a third of its time.
_LATE = frozenset({"altair", "scipy.stats"})
# What the frames of the marts hold, by the indicators' kind.
_KINDS = {
    "fractions": ("share", "rate", "ratio"),
    "shares": ("share",),
    "intervals": ("share", "rate"),
    "medians": ("median",),
    "counts": ("count",),
}


@dataclass(frozen=True)
class Suite:
    """The checks of a suite, and the columns whose values it compares with the delivery before."""

    checks: tuple[Check, ...] = ()
    compared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """What rows are checked against: the day of their delivery, the rows of the delivery before it,
    and the values that the suite names as known."""

    delivered: dt.date
    rows_before: int | None = None
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shape:
    """How many rows a delivery has, and the share of each value of the columns compared."""

    rows: int
    shares: Mapping[str, Mapping[str, float]]

    def largest_change(self, before: Shape) -> float:
        """Return by how much the share of any value has changed at most, 0 to 1."""
        return max(
            (
                abs(shares.get(value, 0.0) - before.shares.get(column, {}).get(value, 0.0))
                for column, shares in self.shares.items()
                for value in shares.keys() | before.shares.get(column, {}).keys()
            ),
            default=0.0,
        )


@functools.cache
def suite(name: str) -> Suite:
    """Return the suite of a record type, what holds of all its like first, or of the marts."""
    record = RECORD_TYPES.get(name)
    if record is None:
        return Suite(_read(name))
    kinds = (
        ("person", record.names_persons),
        ("registration", record.has(ColumnKind.REGISTRATION_ID)),
    )
    every = [*_read("delivery"), *(each for kind, is_so in kinds if is_so for each in _read(kind))]
    return Suite((*every, *record.checks), record.compared)


def _read(name: str) -> tuple[Check, ...]:
    content = yaml.safe_load((SUITES / f"{name}.yml").read_text(encoding="utf-8"))
    return tuple(Check(**check) for check in content)


class ExpectationError(RuntimeError):
    """A check could not be carried out: a fault of the suite, not of the data."""


def check_source(
    source: Source, standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> list[list[CheckResult]]:
    """Check the new deliveries of a source, each against the one in force before it.

    `standing` are those in force already. Returns what was found of each new one.
    """
    in_force = {delivery.entry.file_key: delivery for delivery in standing}
    shapes: dict[Path, Shape] = {}
    found = []
    for delivery in arrived:
        earlier = [
            other
            for other in in_force.values()
            if other.entry.delivered <= delivery.entry.delivered
            and other.entry.file_key != delivery.entry.file_key
            and other.parquet not in delivery.beside
        ]
        newest = max(earlier, key=lambda other: other.entry.order, default=None)
        before = None
        if newest is not None and source.delivery is Delivery.SNAPSHOT:
            if newest.parquet not in shapes:
                shapes[newest.parquet] = _shape(_snapshot(newest, source), source)
            before = shapes[newest.parquet]
        rows = _readable(delivery.parquet, source)
        # A part is like the snapshot before it only together with the other parts.
        shapes[delivery.parquet] = _shape(_snapshot(delivery, source, rows), source)
        checks = _check_rows(rows, source, delivery, shapes[delivery.parquet], before)
        if delivery.accepted or not broken(checks):
            in_force[delivery.entry.file_key] = delivery
        found.append(checks)
    return found


def _check_rows(
    rows: pd.DataFrame, source: Source, delivery: Unchecked, shape: Shape, before: Shape | None
) -> list[CheckResult]:
    if rows.empty:
        return []
    rows_before = None
    if before is not None and before.rows >= _FEWEST_ROWS_TO_COMPARE:
        # Of a part no more is asked than its share of the snapshot.
        rows_before = max(1, round(before.rows * len(rows) / shape.rows))
        if shape.shares:
            # The same in every row, so that one validation takes it with the others.
            rows = rows.assign(largest_share_change=shape.largest_change(before))
    checks = [
        check
        for check in suite(source.record).checks
        if (rows_before is not None if not check.columns else {*check.columns} <= {*rows.columns})
    ]
    # Great Expectations copies and hashes what it is given: no more than is asked about.
    asked = rows[list(dict.fromkeys(column for check in checks for column in check.columns))]
    return _validate(checks, asked, Setting(delivery.entry.delivered, rows_before))


def check_parts(parts: Sequence[Path], published: Path | None) -> list[CheckResult]:
    """Check what parts are about to publish together; `published` is what is current now.

    `parts` are folders that hold the tables as files (`publication.layout`).
    """
    with duckdb.connect() as warehouse:
        warehouse.execute("create schema marts; create schema reference")
        for table in ("coverage", "reconciliation", "findings", "municipality"):
            files = [file for part in parts for file in files_of(part, table)]
            warehouse.execute(f"create view marts.{table} as from {reading(files)}")
        for seed in ("indicators", "age_groups", "service_areas"):
            rows = f"read_csv('{SEEDS / seed}.csv')"
            warehouse.execute(f"create view reference.{seed} as from {rows}")
        return _check_marts(warehouse, published)


def _check_marts(warehouse: duckdb.DuckDBPyConnection, published: Path | None) -> list[CheckResult]:
    def frame(query: str) -> pd.DataFrame:
        return warehouse.sql(query).df()

    coverage = frame(
        "select coverage.*, indicators.kind, "
        "case when ci_low is not null and ci_high is not null "
        "then greatest(ci_low - value, value - ci_high) end as outside_interval "
        "from marts.coverage left join reference.indicators using (indicator)"
    )
    reconciliation = frame(
        "select rows_read - rows_counted - rows_superseded - rows_duplicate - rows_quarantined "
        "as rows_unaccounted from marts.reconciliation "
        "where status in ('in_force', 'replaced', 'held')"
    )
    texts = frame(
        # A number in brackets behind a file's name is the catalogue's own.
        r"select distinct unnest([source, regexp_replace(delivery, ' \(\d+\)$', ''), "
        "registration_id, detail]) as text "
        "from marts.findings"
    ).dropna()
    texts = texts.assign(holds_person_id=texts["text"].map(holds_person_id))
    frames = {
        "coverage": coverage,
        **{name: coverage[coverage["kind"].isin(kinds)] for name, kinds in _KINDS.items()},
        "reconciliation": reconciliation,
        "texts": texts,
        "history": _history(warehouse, published),
        "registers": _registers(warehouse, published),
    }
    groups = frame("select distinct age_group from reference.age_groups")["age_group"].tolist()
    areas = frame("select service_area from reference.service_areas")["service_area"].tolist()
    known = {
        "age_groups": [*groups, "all", "unknown"],
        "service_areas": [*areas, "all"],
    }
    results: list[CheckResult] = []
    for name, rows in frames.items():
        # Where there is nothing to check in, nothing is wrong; figures there must be.
        if name == "coverage" or not rows.empty:
            of_frame = [check for check in suite("marts").checks if check.frame == name]
            results += _validate(of_frame, rows, Setting(dt.date.max, known=known))
    return results


def load_tools() -> None:
    """Import Great Expectations ahead of its use: it takes seconds."""
    with warnings.catch_warnings(), late(_LATE):
        warnings.simplefilter("ignore")
        importlib.import_module("great_expectations.expectations")


def _history(warehouse: duckdb.DuckDBPyConnection, published: Path | None) -> pd.DataFrame:
    """Return how many rows each municipality has now, of those that are held and had some."""
    if published is None or not files_of(published, "coverage"):
        return pd.DataFrame({"rows_now": pd.Series([], dtype="int64")})
    before = relation(published, "coverage")
    return warehouse.execute(
        f"""
        select before.municipality_code, count(now.municipality_code) as rows_now
        from (select distinct municipality_code from {before}) as before
        inner join marts.municipality as held using (municipality_code)
        left join marts.coverage as now using (municipality_code)
        group by before.municipality_code
        """  # noqa: S608 - of nothing but the words above and the publication's files
    ).df()


def _registers(warehouse: duckdb.DuckDBPyConnection, published: Path | None) -> pd.DataFrame:
    """Return what share of its rows counts still of each source that has delivered nothing since.

    What settings change, and no delivery, is seen here: codes, headers, a municipality.
    """
    if published is None or not files_of(published, "reconciliation"):
        return pd.DataFrame({"share_kept": pd.Series([], dtype="float64")})
    summed = """
        select
            source,
            sum(rows_counted) as counted,
            max(delivered) filter (where status = 'in_force') as newest,
            count(*) filter (where status = 'in_force') as deliveries
        from {relation} group by source
    """
    before = summed.format(relation=relation(published, "reconciliation"))
    now = summed.format(relation="marts.reconciliation")
    return warehouse.execute(
        f"""
        select now.counted / before.counted as share_kept
        from ({before}) as before inner join ({now}) as now using (source, newest, deliveries)
        where before.counted >= {_FEWEST_ROWS_TO_COMPARE}
        """  # noqa: S608 - of nothing but the words above and the publication's files
    ).df()


def _readable(parquet: Path, source: Source) -> pd.DataFrame:
    """Return the landed rows with codes as what they mean, and dates and numbers as such."""
    frame: pd.DataFrame = pq.read_table(parquet).to_pandas()
    known = vocabulary()
    local = {
        field: {
            value: known.canonical(code_list(field), accepted) for value, accepted in by.items()
        }
        for field, by in source.values.items()
    }
    declared = source.code_lists
    for column in RECORD_TYPES[source.record].columns:
        name = column.name
        if name not in frame.columns:
            continue
        if column.kind is ColumnKind.CODE:
            own = local.get(name, {})
            meaning = {
                value: own.get(value)
                or known.canonical(code_list(name), value, declared.get(name))
                or _UNKNOWN
                for value in frame[name].dropna().unique()
            }
            frame[name] = frame[name].map(meaning)
        elif column.kind in (ColumnKind.DATE, ColumnKind.BIRTH_DATE):
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d", errors="coerce")
        elif column.kind in (ColumnKind.NUMBER, ColumnKind.AGE, ColumnKind.YEAR):
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
    if "person_key" in frame.columns:
        frame["person"] = frame["person_key"].fillna(frame["name_keys"])
    return frame


def _snapshot(
    delivery: Unchecked, source: Source, rows: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the rows of a snapshot, those of its other parts included."""
    own = _readable(delivery.parquet, source) if rows is None else rows
    if not delivery.beside:
        return own
    return pd.concat([own, *(_readable(part, source) for part in delivery.beside)])


def _shape(rows: pd.DataFrame, source: Source) -> Shape:
    compared = [name for name in suite(source.record).compared if name in rows.columns]
    return Shape(
        len(rows),
        {
            name: {
                str(value): share
                for value, share in rows[name].value_counts(normalize=True).items()
            }
            for name in compared
        },
    )


def _validate(
    checks: list[Check],
    frame: pd.DataFrame,
    setting: Setting,
) -> list[CheckResult]:
    # Great Expectations takes seconds to import: only a run that has something to check waits.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx  # noqa: PLC0415
        import great_expectations.expectations as gxe  # noqa: PLC0415

        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        expectations = [
            getattr(gxe, check.expectation)(
                **_arguments(check, setting), meta={"check": check.name}
            )
            for check in checks
        ]
        batch = _batch_definition().get_batch({"dataframe": frame})
        outcome = batch.validate(
            gx.ExpectationSuite(name="suite", expectations=expectations),
            # Counts only: no value of a cell may leave the run.
            result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
        )
    # Results come back in an order of their own: each says which check it is of.
    results = {result.expectation_config.meta["check"]: result for result in outcome.results}
    return [_as_result(check, results[check.name], frame, setting) for check in checks]


def _as_result(check: Check, result: Any, frame: pd.DataFrame, setting: Setting) -> CheckResult:
    if _failed_to_run(result.exception_info):
        raise ExpectationError(f"the check {check.name} could not be carried out")
    outcome = result.result
    observed = _observed(check, frame, outcome, setting)
    limit = _limit(check, observed)
    success = bool(result.success)
    holds = check.holds
    if not success and check.holds_below is not None and observed is not None:
        holds = observed < check.holds_below
        limit = check.holds_below if holds else limit
    return CheckResult(
        check=check.name,
        column=check.column,
        holds=holds,
        success=success,
        rows=len(frame),
        unexpected=_whole(outcome.get("unexpected_count")),
        limit=limit,
        observed=observed,
    )


@functools.cache
def _batch_definition() -> Any:
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("deliveries")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


def _arguments(check: Check, setting: Setting) -> dict[str, Any]:
    arguments = dict(check.arguments)
    if isinstance(arguments.get("value_set"), str):
        arguments["value_set"] = setting.known[arguments["value_set"]]
    for name in ("min_value", "max_value"):
        value = arguments.get(name)
        if check.column is None and value is not None and setting.rows_before is not None:
            arguments[name] = math.ceil(value * setting.rows_before)
        elif isinstance(value, str):
            arguments[name] = _limit_of(value, setting.delivered)
    return arguments


def _limit_of(written: str, delivered: dt.date) -> pd.Timestamp | int:
    """Return a date as written, or the day or the year of the delivery, with what is added."""
    match = _DELIVERED.fullmatch(written)
    if match is None:
        return pd.Timestamp(written)
    more = int(match[2] or 0)
    if match[1] == "delivered_year":
        return delivered.year + more
    return pd.Timestamp(delivered + dt.timedelta(days=more))


def _failed_to_run(info: Mapping[str, Any] | None) -> bool:
    if not info:
        return False
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(each, Mapping) and each.get("raised_exception") for each in info.values())


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _observed(
    check: Check, frame: pd.DataFrame, outcome: Mapping[str, Any], setting: Setting
) -> float | None:
    """Return the share of rows that pass, or how the delivery stands against the one before it."""
    if check.column is None:
        return round(len(frame) / setting.rows_before, 4) if setting.rows_before else None
    if check.column == "largest_share_change":
        return round(float(frame[check.column].iloc[0]), 4)
    percent = outcome.get("unexpected_percent_nonmissing", outcome.get("unexpected_percent"))
    return round(1 - float(percent) / 100, 4) if percent is not None else None


def _limit(check: Check, observed: float | None) -> float | None:
    """Return the limit on the side of what was observed."""
    if check.column is not None and check.column != "largest_share_change":
        limit = check.arguments.get("mostly")
    else:
        limit, highest = check.arguments.get("min_value"), check.arguments.get("max_value")
        if limit is None or (highest is not None and observed is not None and observed > highest):
            limit = highest
    return float(limit) if limit is not None else None
