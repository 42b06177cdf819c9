"""Where a figure comes from: the steps from row to person, deliveries, findings and checks."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.contract import WHOLE_COUNTRY
from dagster_project.publication.reader.names import Names
from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask

# What a delivery as a whole is measured by, against the one before it.
_MEASURED_OF_DELIVERIES = ("rows_ratio", "largest_share_change")


@dataclass(frozen=True)
class Step:
    """One step of a waterfall: a level (how many are left) or a change (how many it takes)."""

    code: str
    is_level: bool
    rows: int


@dataclass(frozen=True)
class Delivery:
    """One delivery and where its rows ended."""

    source: str
    system: str | None
    record: str
    delivery: str
    delivered: dt.date
    rows_read: int
    rows_counted: int
    rows_superseded: int
    rows_duplicate: int
    rows_quarantined: int
    status: str
    problem: str | None
    notices: str = "[]"


@dataclass(frozen=True)
class Systems:
    """The systems that a municipality delivers from, and the day of its newest delivery."""

    names: tuple[str, ...]
    newest: dt.date


@dataclass(frozen=True)
class RuleCount:
    """How many rows a rule touched."""

    rule: str
    rows: int


@dataclass(frozen=True)
class FoundRow:
    """One row that a rule touched: where it stands, never whose it is."""

    source: str
    delivery: str
    row_number: int
    registration: str | None
    detail: str | None
    first_seen: dt.date


@dataclass(frozen=True)
class CheckOutcome:
    """One check of one delivery.

    What was observed and the limit are shares: of the rows that pass, or against the delivery
    before. Only the first kind counts rows.
    """

    source: str
    delivery: str
    delivered: dt.date
    check: str
    holds: bool
    passed: bool
    observed: float | None
    limit: float | None
    rows: int | None
    deviating: int | None


@dataclass(frozen=True)
class PublishedParameter:
    """One parameter of the counting rules, as the municipality is counted by it."""

    names: Names
    value: str
    default: str
    is_changed: bool
    code: str


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def steps(
    publication: Publication, municipality: str, reference_date: dt.date, measure: str
) -> tuple[Step, ...]:
    """Return the steps from the rows read to the persons counted; none where not counted so."""
    rows = ask(
        publication,
        """
        select step, kind = 'level', rows
        from read_parquet($waterfall)
        where
            municipality_code = $municipality
            and reference_date = $reference_date
            and measure = $measure
        order by step_order
        """,
        municipality=municipality,
        reference_date=reference_date,
        measure=measure,
    )
    return tuple(Step(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def deliveries(
    publication: Publication, municipality: str, records: tuple[str, ...]
) -> tuple[Delivery, ...]:
    """Return the deliveries of some record types, newest first."""
    rows = ask(
        publication,
        """
        select
            source, system, record, delivery, delivered, rows_read, rows_counted, rows_superseded,
            rows_duplicate, rows_quarantined, status, problem_code,
            notices
        from read_parquet($reconciliation)
        where municipality_code = $municipality and list_contains($records, record)
        order by delivered desc, source, delivery
        """,
        municipality=municipality,
        records=list(records),
    )
    return tuple(Delivery(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def systems_behind(
    publication: Publication, municipality: str, records: tuple[str, ...]
) -> Systems | None:
    """Return what delivers some record types of a municipality; None where nothing has."""
    found = [
        each
        for each in publication.sources
        if each.record in records and each.municipality == municipality
    ]
    if not found:
        return None
    names = tuple(sorted({each.system for each in found if each.system}))
    return Systems(names, max(each.newest for each in found))


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def sources(
    publication: Publication, municipality: str, records: tuple[str, ...]
) -> tuple[Delivery, ...]:
    """Return the newest delivery that counts of each source of some record types.

    Statistics of the population are common to all municipalities.
    """
    rows = ask(
        publication,
        """
        select
            source, system, record, delivery, delivered, rows_read, rows_counted, rows_superseded,
            rows_duplicate, rows_quarantined, status, problem_code,
            notices
        from (
            from read_parquet($reconciliation) where municipality_code = $municipality
            union by name
            from read_parquet($common_delivery)
        )
        where status = 'in_force' and list_contains($records, record)
        qualify
            row_number() over (
                partition by source, record order by delivered desc, delivery desc
            ) = 1
        order by list_position($records, record), source
        """,
        municipality=municipality,
        records=list(records),
    )
    return tuple(Delivery(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def records_in_force(publication: Publication, municipality: str) -> frozenset[str]:
    """Return the record types that have been delivered of a municipality.

    Its own sources have delivered them, or those of the whole country, or a source that it shares:
    then some figure that needs them has been graded other than X, which says that one is missing.
    """
    needed = ask(
        publication,
        """
        select distinct unnest(string_split(needs, ';'))
        from read_parquet($indicator) as known
        semi join read_parquet($comparability) as graded
            on known.indicator = graded.indicator
            and graded.municipality_code = $municipality
            and graded.grade <> 'X'
        """,
        municipality=municipality,
    )
    delivered = {
        each.record
        for each in publication.sources
        if each.municipality == municipality or each.record in WHOLE_COUNTRY
    }
    return frozenset(delivered.union(record for (record,) in needed))


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def findings_by_rule(
    publication: Publication, municipality: str, records: tuple[str, ...]
) -> tuple[RuleCount, ...]:
    """Return how many rows each rule touched, gravest and most frequent first."""
    rows = ask(
        publication,
        """
        select rule, count(*)
        from read_parquet($findings)
        where municipality_code = $municipality and list_contains($records, record)
        group by rule, severity
        order by list_position(['error', 'warning', 'info'], severity), count(*) desc, rule
        """,
        municipality=municipality,
        records=list(records),
    )
    return tuple(RuleCount(*row) for row in rows)


def found_rows(
    publication: Publication, municipality: str, records: tuple[str, ...], rule: str, limit: int
) -> tuple[FoundRow, ...]:
    """Return the rows that a rule touched, newest delivery first."""
    rows = ask(
        publication,
        """
        select source, delivery, row_number, registration_id, detail, first_seen
        from read_parquet($findings)
        where
            municipality_code = $municipality
            and list_contains($records, record)
            and rule = $rule
        order by delivered desc, source, delivery, row_number, finding_id
        limit $limit
        """,
        municipality=municipality,
        records=list(records),
        rule=rule,
        limit=limit,
    )
    return tuple(FoundRow(*row) for row in rows)


def rows_of_rule(publication: Publication, municipality: str, rule: str) -> tuple[FoundRow, ...]:
    """Return every row that a rule touched, by source, delivery and row."""
    rows = ask(
        publication,
        """
        select source, delivery, row_number, registration_id, detail, first_seen
        from read_parquet($findings)
        where municipality_code = $municipality and rule = $rule
        order by source, delivered, delivery, row_number
        """,
        municipality=municipality,
        rule=rule,
    )
    return tuple(FoundRow(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def checks(
    publication: Publication, municipality: str, records: tuple[str, ...]
) -> tuple[CheckOutcome, ...]:
    """Return the checks of the deliveries: those that failed first, then the newest."""
    rows = ask(
        publication,
        """
        select
            source, delivery, delivered, check_name, holds, success, observed_value, limit_value,
            case when not coalesce(list_contains($of_deliveries, column_name), false) then rows end,
            case
                when not coalesce(list_contains($of_deliveries, column_name), false) then unexpected
            end
        from read_parquet($check_result)
        where municipality_code = $municipality and list_contains($records, record)
        order by success, delivered desc, source, delivery, check_name
        """,
        municipality=municipality,
        records=list(records),
        of_deliveries=list(_MEASURED_OF_DELIVERIES),
    )
    return tuple(CheckOutcome(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def parameters(publication: Publication, municipality: str) -> tuple[PublishedParameter, ...]:
    """Return the parameters that a municipality is counted by."""
    rows = ask(
        publication,
        """
        select name_nb, name_nn, name_en, value, default_value, is_changed, parameter
        from read_parquet($definition)
        where municipality_code = $municipality
        order by section, parameter
        """,
        municipality=municipality,
    )
    return tuple(PublishedParameter(Names(*row[:3]), *row[3:]) for row in rows)
