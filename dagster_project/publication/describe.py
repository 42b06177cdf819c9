"""What a publication says of how its figures were made: in words and numbers, for its manifest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb


def describe(
    connection: duckdb.DuckDBPyConnection, municipalities: Sequence[str]
) -> dict[str, Any]:
    """Return what the figures of these municipalities were made with and from.

    `connection` is open on their warehouse; what it holds of other municipalities is not told.
    """

    def theirs(query: str) -> duckdb.DuckDBPyConnection:
        return connection.execute(query, {"codes": list(municipalities)})

    is_theirs = "list_contains($codes, municipality_code)"
    # Before any municipality has delivered, statistics may have: their day names what they make.
    newest = theirs(
        "select max(delivered) from intermediate.int_delivery "  # noqa: S608 - of nothing but words
        f"where status = 'in_force' and {is_theirs}"
    ).fetchone()
    as_of = theirs(
        "select municipality_code, as_of from intermediate.int_as_of "  # noqa: S608
        f"where {is_theirs} order by all"
    ).fetchall()
    definitions = theirs(
        "select municipality_code, definition_set from intermediate.int_definition "  # noqa: S608
        f"where {is_theirs} order by all"
    ).fetchall()
    changed = theirs(
        "select municipality_code, parameter, value from intermediate.int_parameter "  # noqa: S608
        f"where is_changed and {is_theirs} order by all"
    ).fetchall()
    sources = theirs(
        "select source, record, system, municipality_code, delivery, delivered, status, "  # noqa: S608
        "rows_read, (select list(told.municipality_code order by told.municipality_code) "
        "from landing.delivery_municipality as told "
        "where told.delivery_number = made.delivery_number) as municipalities "
        f"from intermediate.int_delivery as made where {is_theirs} "
        "order by source, delivered, delivery"
    )
    names = [column[0] for column in sources.description or ()]
    return {
        "newest_delivery": str(newest[0]) if newest and newest[0] else None,
        "as_of_by_municipality": {code: day.isoformat() for code, day in as_of},
        "definition_sets": dict(definitions),
        "changed_parameters": [
            {"municipality_code": code, "parameter": name, "value": value}
            for code, name, value in changed
        ],
        "sources": [
            dict(zip(names, (_plain(value) for value in row), strict=True))
            for row in sources.fetchall()
        ],
    }


def together(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is said of all parts, of what `describe` says of each.

    `as_of` is the newest of the days that the municipalities are counted up to.
    """
    descriptions = list(parts)
    as_of = {
        code: day for each in descriptions for code, day in each["as_of_by_municipality"].items()
    }
    delivered = [each["newest_delivery"] for each in descriptions if each["newest_delivery"]]
    return {
        "as_of": max(as_of.values(), default=None) or max(delivered),
        "as_of_by_municipality": dict(sorted(as_of.items())),
        "definition_sets": dict(
            sorted(pair for each in descriptions for pair in each["definition_sets"].items())
        ),
        "changed_parameters": [row for each in descriptions for row in each["changed_parameters"]],
        "sources": sorted(
            (row for each in descriptions for row in each["sources"]),
            key=lambda row: (row["source"], row["delivered"], row["delivery"]),
        ),
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
