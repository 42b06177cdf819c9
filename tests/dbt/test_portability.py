"""How many models another engine could not run as they are; the figures may only fall.

sqlglot translates each compiled model. What it passes on though the other engine has nothing like
it is named here; what it says itself that it cannot write counts too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import pytest
import sqlglot
from sqlglot import ErrorLevel, exp

from dagster_project.models import manifest


def _asof(tree: exp.Expression) -> bool:
    return any(join.args.get("method") == "ASOF" for join in tree.find_all(exp.Join))


def _star_but(tree: exp.Expression) -> bool:
    return any(
        star.args.get("except_") or star.args.get("replace") for star in tree.find_all(exp.Star)
    )


def _group_by_all(tree: exp.Expression) -> bool:
    return any(group.args.get("all") for group in tree.find_all(exp.Group))


def _has(*kinds: type[exp.Expression]) -> Callable[[exp.Expression], bool]:
    return lambda tree: tree.find(*kinds) is not None


# A function that sqlglot does not know is DuckDB's own.
_OF_DUCKDB = [_asof, _star_but, _has(exp.Anonymous)]
_LACKING = {
    "spark": _OF_DUCKDB,
    "postgres": [
        *_OF_DUCKDB,
        _group_by_all,
        _has(exp.ArgMax, exp.ArgMin, exp.Lambda, exp.Struct, exp.TryCast),
    ],
}


def _refused(sql: str, engine: str, lacking: Sequence[Callable[[exp.Expression], bool]]) -> bool:
    tree = sqlglot.parse_one(sql, read="duckdb")
    if any(has(tree) for has in lacking):
        return True
    try:
        sqlglot.parse_one(tree.sql(engine, unsupported_level=ErrorLevel.RAISE), read=engine)
    except sqlglot.errors.SqlglotError:
        return True
    return False


@pytest.mark.parametrize(("engine", "most"), [("spark", 45), ("postgres", 91)])
def test_no_more_models_are_of_duckdb_alone(
    engine: str, most: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="sqlglot")
    refused = sorted(
        node["name"]
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "model"
        if _refused(node["compiled_code"], engine, _LACKING[engine])
    )
    assert len(refused) == most, refused
