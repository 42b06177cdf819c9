"""Whether another way came to the figures of the models, cell by cell."""

from __future__ import annotations

from pathlib import Path

import duckdb

INDICATORS = (
    "coordinator_coverage",
    "plan_coverage",
    "both_coverage",
    "plan_without_coordinator",
    "meeting_coverage",
    "gp_participation",
)
# The models tell meetings by age, too; the other ways, those of everybody.
_ASKED = (
    f"indicator in {INDICATORS} and (indicator <> 'gp_participation' "
    "or age_scheme = 'standard' and age_group = 'all')"
)
_CELL = (
    "indicator, municipality_code, reference_date, age_scheme, age_group, service_area, "
    "numerator, denominator"
)


def keep_figures(warehouse: Path, result: Path) -> int:
    """Write the six indicators of a built warehouse as Parquet, and return how many cells there are."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        copied = connection.execute(
            f"copy (select {_CELL} from marts.coverage where {_ASKED}) "
            f"to '{result}' (format parquet)"
        ).fetchall()
    return int(copied[0][0])


def differing_cells(expected: Path, result: Path) -> int:
    """Return how many cells are in one of two results and not, or otherwise, in the other."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""
            with expected as (select {_CELL} from read_parquet('{expected}')),
            got as (select {_CELL} from read_parquet('{result}')),
            differing as (
                (from expected except all from got) union all (from got except all from expected)
            )
            select count(*) from differing
            """
        ).fetchall()
    return int(rows[0][0])
