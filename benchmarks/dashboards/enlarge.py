"""A publication of the whole country, made from that of a demo.

Each municipality is one of the demo's under another number: its counts are made larger or smaller,
by municipality and a little by service area, and the intervals are reckoned anew. The months before
the demo's first are its own months again. Sums of groups no longer hold: this is for weighing and
for timing, not for reading.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from benchmarks.dashboards.write import write_publication
from dagster_project.config.paths import Home
from dagster_project.contract import WHOLE_COUNTRY
from dagster_project.pointer import current_folder
from dagster_project.publication.layout import relation
from dagster_project.publication.tables import GATHERED, OWN
from dagster_project.reference import SEEDS
from docs.generated.intervals import macros

_MONTHS_KEPT = 120
# What day a row is of, where a table has such a column.
_DAYS = ("reference_date", "month")
# Made of the municipality's number, between 0.5 and 1.5; and of the area, between 0.9 and 1.1.
_SIZE = "(0.5 + (hash(as_code) % 1000) / 1000.0)"
_AREA = "(0.9 + (hash(as_code || service_area) % 200) / 1000.0)"
_NAMED = f"read_csv('{SEEDS / 'municipalities.csv'}', all_varchar = true)"


def enlarge(demo: Home, home: Home, municipalities: int) -> dict[str, int]:
    """Publish in a new home what a demo's run published, for so many municipalities.

    Returns how many rows each table has.
    """
    folder = current_folder(demo)
    if folder is None:
        raise SystemExit(f"nothing is published in {demo.root}")
    home.root.mkdir(parents=True)
    file = home.root / "enlarged.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        _choose(connection, folder, municipalities)
        for table in (*OWN, *GATHERED):
            query = _query(connection, relation(folder, table), table)
            connection.execute(f"create table marts.{table} as {query}")
        # What is gathered of everybody's figures is gathered of these.
        connection.execute(f"create or replace table marts.overview as {GATHERED['overview']}")
        rows = write_publication(connection, folder, home)
    file.unlink()
    return rows


def size_of(home: Home) -> dict[str, int]:
    """Return how many bytes each table of the current publication has, the largest first."""
    folder = current_folder(home) or Path()
    sizes = {
        each.stem: sum(file.stat().st_size for file in [each, *each.rglob("*")] if file.is_file())
        for each in folder.iterdir()
    }
    return dict(sorted(sizes.items(), key=lambda each: -each[1]))


def _choose(connection: duckdb.DuckDBPyConnection, folder: Path, municipalities: int) -> None:
    """Choose the municipalities of today, and which of the demo's each of them is like."""
    connection.execute(
        f"""
        create table chosen as
        with
            demo as (
                select municipality_code, row_number() over (order by municipality_code) - 1 as place
                from {relation(folder, "municipality")}
            ),
            today as (
                select
                    municipality_code as as_code,
                    any_value(municipality_name) as as_name,
                    row_number() over (order by municipality_code) - 1 as number
                from {_NAMED}
                where valid_to_year is null
                group by municipality_code
            )
        select as_code, as_name, number, municipality_code
        from today
        inner join demo on today.number % (select count(*) from demo) = demo.place
        where number < {municipalities}
        """
    )


def _query(connection: duckdb.DuckDBPyConnection, origin: str, table: str) -> str:
    """Return the rows of a table, for every chosen municipality and for ten years."""
    columns = {
        name: kind for name, kind, *_ in connection.sql(f"describe from {origin}").fetchall()
    }
    written = {"municipality_code": "as_code", "municipality_name": "as_name"}
    written |= {name: f"as_code || '_' || {name}" for name in ("source", "finding_id")}
    if table == "coverage":
        written |= _figures()
    else:
        counts = [name for name, kind in columns.items() if kind == "BIGINT"]
        written |= {name: f"round({name} * {_SIZE})::bigint" for name in counts}
    day = next((name for name in _DAYS if name in columns), None)
    rows = f"select * from {origin}"
    if day:
        rows += _earlier(connection, origin, day)
    chosen = ", ".join(f"{written.get(name, name)} as {name}" for name in columns)
    query = f"select {chosen} from ({rows}) as row inner join chosen using (municipality_code)"
    if "record" in columns:
        # Statistics of the whole country are delivered once.
        once = ", ".join(f"'{record}'" for record in sorted(WHOLE_COUNTRY))
        first = "number < (select count(distinct municipality_code) from chosen)"
        query += f" where coalesce(record, '') not in ({once}) or {first}"
    return query


def _earlier(connection: duckdb.DuckDBPyConnection, origin: str, day: str) -> str:
    """Return the rows of the months before the first, as a continuation of a query."""
    ((first, last),) = connection.sql(f"select min({day}), max({day}) from {origin}").fetchall()
    if first is None:
        return ""
    months = _months_between(first, last) + 1
    if months >= _MONTHS_KEPT:
        return ""
    moved = f"{day} - interval {months} month"
    exact = f"last_day({moved})" if day == "reference_date" else f"({moved})::date"
    kept = f"date '{last}' - interval {_MONTHS_KEPT - 1} month"
    return (
        f" union all select * replace ({exact} as {day}) from {origin}"
        f" where date_trunc('month', {exact}) >= date_trunc('month', {kept})"
    )


def _figures() -> dict[str, str]:
    """Return how the figures of `coverage` are made anew from those of the demo."""
    of = f"least(numerator * {_SIZE} * {_AREA}, case when numerator <= denominator then denominator * {_SIZE} else 1e9 end)"
    new_of = f"round({of})"
    new_among = f"greatest(1, round(denominator * {_SIZE}))"
    # Once more, where the value is not a share: what it was per numerator and denominator.
    value = (
        f"case when numerator is null or denominator is null then value when numerator = 0 then 0 "
        f"else value / (numerator / denominator) * ({new_of} / {new_among}) end"
    )

    def end(column: str, sign: str) -> str:
        wilson = f"greatest(0.0, least(1.0, {macros().wilson(new_of, new_among, sign)}))"
        is_share = "numerator <= denominator and value <= 1"
        return (
            f"case when {column} is null then null when {is_share} then {wilson} "
            f"else {column} * {_SIZE} end"
        )

    return {
        "numerator": f"{new_of}::bigint",
        "denominator": f"{new_among}::bigint",
        "value": value,
        "ci_low": end("ci_low", "-"),
        "ci_high": end("ci_high", "+"),
        "bound_low": f"bound_low * {_AREA}",
        "bound_high": f"bound_high * {_AREA}",
    }


def _months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
