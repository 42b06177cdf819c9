"""What the other ways to the figures share: what the written words mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from dagster_project.contract import code_list, read_vocabulary
from dagster_project.settings import SEEDS

# What is written, and what it means; what means nothing known is left out.
Meanings = Mapping[str, Mapping[str, str]]

_CODED = {
    "rolle": ("koordinator", "rolle"),
    "status": ("ip", "status"),
    "plantype": ("ip", "plantype"),
    "motetype": ("mote", "motetype"),
    "endringstype": ("endring", "endringstype"),
}


_TABLES = (
    "source",
    "delivery",
    "person",
    "koordinator",
    "ip",
    "tjeneste",
    "mote",
    "endring",
    "melding",
    "ansatt",
)


def open_landing(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Make the schema `landing` of a warehouse that has begun the connection's own."""
    connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
    connection.execute("create schema landing")
    for table in _TABLES:
        connection.execute(f"create view landing.{table} as from warehouse.landing.{table}")


def read_meanings(connection: duckdb.DuckDBPyConnection) -> Meanings:
    """Return what the words of the coded columns mean, from the schema `landing`."""
    written = {
        field: f"select distinct {column} from landing.{record}"
        for field, (record, column) in _CODED.items()
    }
    written["tjenesteomrade"] = (
        "select tjenesteomrade from landing.tjeneste union select koordinator_tjeneste from landing.koordinator"
    )
    vocabulary = read_vocabulary(SEEDS / "code_map.csv")
    return {
        field: {
            word: canonical
            for (word,) in connection.sql(query).fetchall()
            if word and (canonical := vocabulary.canonical(code_list(field), word))
        }
        for field, query in written.items()
    }
