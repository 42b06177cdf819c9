"""Runs the suites: on deliveries that have landed, and on the marts before they are published."""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import logging
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import yaml

from dagster_project.contract import (
    RECORD_TYPES,
    Kind,
    Vocabulary,
    code_list,
    read_vocabulary,
)
from dagster_project.landing.deliveries import CheckResult, ManifestEntry
from dagster_project.settings import SEEDS, Delivery, Source

SUITES = Path(__file__).parent / "suites"
# Fewer rows than these say nothing when they halve.
_FEWEST_ROWS_TO_COMPARE = 20
_UNKNOWN = "unknown"
_DELIVERED = re.compile(r"\{delivered(?:\+(\d+))?\}")


@dataclass(frozen=True)
class Check:
    """One expectation of a suite, as the YAML says it."""

    name: str
    expectation: str
    arguments: Mapping[str, Any]
    holds: bool = True
    frame: str = "rows"

    @property
    def column(self) -> str | None:
        """The column that the check is about."""
        column = self.arguments.get("column") or self.arguments.get("column_A")
        return str(column) if column else None


@functools.cache
def suite(name: str) -> tuple[Check, ...]:
    """Return the checks of a suite, those it extends first; none where there is no such suite."""
    file = SUITES / f"{name}.yml"
    if not file.exists():
        return ()
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if isinstance(content, list):
        content = {"extends": [], "expectations": content}
    inherited = [check for parent in content["extends"] for check in suite(parent)]
    return (*inherited, *(Check(**check) for check in content["expectations"]))


class ExpectationError(RuntimeError):
    """A check could not be carried out: a fault of the suite, not of the data."""


def check_delivery(
    source: Source, parquet: Path, entry: ManifestEntry, previous: Path | None
) -> list[CheckResult]:
    """Check a delivery that has landed against its record type's suite and the one before it."""
    vocabulary = _vocabulary()
    rows = _readable(pq.read_table(parquet).to_pandas(), source, vocabulary)
    if rows.empty:
        return []
    before = None
    if previous is not None and source.delivery is Delivery.SNAPSHOT:
        before = _readable(pq.read_table(previous).to_pandas(), source, vocabulary)
        if len(before) < _FEWEST_ROWS_TO_COMPARE:
            before = None
    frames = {"rows": rows, "profile": _profile(rows, before, source)}
    values = {
        "code_list": lambda check: sorted(
            set(vocabulary.fields.get(code_list(check.column or ""), {}).values())
        )
    }
    checks = [
        check
        for check in suite(source.record)
        if check.frame == "profile" or check.column in rows.columns
    ]
    return _run(checks, frames, values, entry.delivered)


def check_marts(warehouse: duckdb.DuckDBPyConnection, published: Path | None) -> list[CheckResult]:
    """Check the marts that are about to be published; `published` is what is current now."""

    def frame(query: str) -> pd.DataFrame:
        return warehouse.sql(query).df()

    coverage = frame("select * from marts.coverage")
    shares = frame(
        "select coverage.* from marts.coverage join reference.indicators using (indicator) "
        "where indicators.kind = 'share'"
    )
    reconciliation = frame(
        "select rows_read - rows_counted - rows_superseded - rows_duplicate - rows_quarantined "
        "as rows_unaccounted from marts.reconciliation "
        "where status in ('in_force', 'replaced', 'held')"
    )
    texts = frame(
        "select distinct unnest([source, delivery, registration_id, detail]) as text "
        "from marts.findings"
    )
    frames = {
        "coverage": coverage,
        "shares": shares,
        "reconciliation": reconciliation,
        "texts": texts.dropna(),
        "history": _history(warehouse, published),
    }
    groups = frame("select distinct age_group from reference.age_groups")["age_group"].tolist()
    areas = frame("select service_area from reference.service_areas")["service_area"].tolist()
    values: dict[str, Callable[[Check], list[str]]] = {
        "age_groups": lambda _check: [*groups, "all", "unknown"],
        "service_areas": lambda _check: [*areas, "all"],
    }
    return _run(suite("marts"), frames, values, dt.date.max)


def load_tools() -> None:
    """Import Great Expectations ahead of its use: it takes seconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("great_expectations.expectations")


def _history(warehouse: duckdb.DuckDBPyConnection, published: Path | None) -> pd.DataFrame:
    """Return how many rows each municipality has now, of those that are held and had some."""
    if published is None or not (published / "coverage.parquet").exists():
        return pd.DataFrame({"rows_now": pd.Series([], dtype="int64")})
    return warehouse.execute(
        """
        select before.municipality_code, count(now.municipality_code) as rows_now
        from (select distinct municipality_code from read_parquet(?)) as before
        inner join intermediate.int_municipality as held using (municipality_code)
        left join marts.coverage as now using (municipality_code)
        group by before.municipality_code
        """,
        [str(published / "coverage.parquet")],
    ).df()


@functools.cache
def _vocabulary() -> Vocabulary:
    return read_vocabulary(SEEDS / "code_map.csv")


def _readable(landed: pd.DataFrame, source: Source, vocabulary: Vocabulary) -> pd.DataFrame:
    """Return the landed rows with codes as what they mean, and dates and numbers as such."""
    frame = landed.copy()
    local = {
        field: {
            value: vocabulary.canonical(code_list(field), accepted)
            for value, accepted in by.items()
        }
        for field, by in source.values.items()
    }
    for column in RECORD_TYPES[source.record].columns:
        name = column.name
        if name not in frame.columns:
            continue
        if column.kind is Kind.CODE:
            own = local.get(name, {})
            meaning = {
                value: own.get(value) or vocabulary.canonical(code_list(name), value) or _UNKNOWN
                for value in frame[name].dropna().unique()
            }
            frame[name] = frame[name].map(meaning)
        elif column.kind in (Kind.DATE, Kind.BIRTH_DATE):
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d", errors="coerce")
        elif column.kind is Kind.NUMBER:
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
    if "person_key" in frame.columns:
        frame["person"] = frame["person_key"].fillna(frame["name_keys"])
    return frame


def _profile(rows: pd.DataFrame, before: pd.DataFrame | None, source: Source) -> pd.DataFrame:
    """Return one row that sets a delivery against the one before it; no row without one."""
    if before is None:
        return pd.DataFrame(
            {
                "rows_ratio": pd.Series(dtype="float"),
                "largest_share_change": pd.Series(dtype="float"),
            }
        )
    changes = [0.0]
    for column in RECORD_TYPES[source.record].columns:
        if column.kind is Kind.CODE and column.required and column.name in rows.columns:
            shares = rows[column.name].value_counts(normalize=True)
            shares_before = before[column.name].value_counts(normalize=True)
            changes.append(float(shares.sub(shares_before, fill_value=0.0).abs().max() or 0.0))
    return pd.DataFrame(
        {"rows_ratio": [len(rows) / len(before)], "largest_share_change": [max(changes)]}
    )


def _run(
    checks: Iterable[Check],
    frames: Mapping[str, pd.DataFrame],
    values: Mapping[str, Callable[[Check], list[str]]],
    delivered: dt.date,
) -> list[CheckResult]:
    results: list[CheckResult] = []
    wanted = list(checks)
    for name, frame in frames.items():
        of_frame = [check for check in wanted if check.frame == name]
        if of_frame and not (frame.empty and name in ("profile", "history", "texts")):
            results += _validate(of_frame, frame, values, delivered)
    return results


def _validate(
    checks: list[Check],
    frame: pd.DataFrame,
    values: Mapping[str, Callable[[Check], list[str]]],
    delivered: dt.date,
) -> list[CheckResult]:
    # Great Expectations takes seconds to import: only a run that has something to check waits.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx  # noqa: PLC0415
        import great_expectations.expectations as gxe  # noqa: PLC0415

        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        expectations = [
            getattr(gxe, check.expectation)(**_arguments(check, values, delivered))
            for check in checks
        ]
        batch = _batch_definition().get_batch({"dataframe": frame})
        outcome = batch.validate(
            gx.ExpectationSuite(name="suite", expectations=expectations),
            # Counts only: no value of a cell may leave the run.
            result_format={"result_format": "SUMMARY", "partial_unexpected_count": 0},
        )
    by_configuration = list(outcome.results)
    results = []
    for check, result in zip(checks, by_configuration, strict=True):
        if _failed_to_run(result.exception_info):
            raise ExpectationError(f"the check {check.name} could not be carried out")
        said = result.result
        results.append(
            CheckResult(
                check=check.name,
                column=check.column,
                holds=check.holds,
                success=bool(result.success),
                rows=_whole(said.get("element_count", said.get("observed_value"))),
                unexpected=_whole(said.get("unexpected_count")),
                limit=_limit(check),
                observed=_observed(check, frame, said),
            )
        )
    return results


@functools.cache
def _batch_definition() -> Any:
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("deliveries")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


def _arguments(
    check: Check, values: Mapping[str, Callable[[Check], list[str]]], delivered: dt.date
) -> dict[str, Any]:
    arguments = dict(check.arguments)
    if isinstance(arguments.get("value_set"), str):
        arguments["value_set"] = values[arguments["value_set"]](check)
    for name in ("min_value", "max_value"):
        value = arguments.get(name)
        if isinstance(value, str):
            match = _DELIVERED.fullmatch(value)
            day = delivered + dt.timedelta(days=int(match[1] or 0)) if match else None
            arguments[name] = pd.Timestamp(day or value)
    return arguments


def _failed_to_run(info: Mapping[str, Any] | None) -> bool:
    if not info:
        return False
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(each, Mapping) and each.get("raised_exception") for each in info.values())


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _limit(check: Check) -> float | None:
    if check.frame == "profile":
        value = check.arguments.get("min_value", check.arguments.get("max_value"))
    else:
        value = check.arguments.get("mostly")
    return float(value) if value is not None else None


def _observed(check: Check, frame: pd.DataFrame, said: Mapping[str, Any]) -> float | None:
    if check.frame == "profile":
        return round(float(frame[check.arguments["column"]].iloc[0]), 4)
    percent = said.get("unexpected_percent")
    return round(1 - float(percent) / 100, 4) if percent is not None else None
