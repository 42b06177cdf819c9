"""What the other ways to the figures share: what written words mean, and where the landed files lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.config.paths import Home
from dagster_project.contract import code_list, read_vocabulary
from dagster_project.reference import SEEDS

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


@dataclass(frozen=True)
class Landed:
    """What has landed, for those who do not read it with SQL.

    `deliveries` has a row for each delivery: source, delivery_key, delivery_number, source_number,
    delivered, newest (the source's newest delivery), next_delivered, is_snapshot; days as numbers
    since 1970.
    """

    folder: Path
    deliveries: pa.Table
    meanings: Meanings

    def files(self, record: str) -> list[Path]:
        """Return the Parquet files of a record type."""
        return sorted(self.folder.glob(f"{record}/*/*.parquet"))


def open_landing(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make the schema `landing` of a warehouse that has begun the connection's own."""
    connection.execute(f"attach '{home.building}' as warehouse (read_only)")
    connection.execute("create schema landing")
    for table in _TABLES:
        connection.execute(f"create view landing.{table} as from warehouse.landing.{table}")


def read_landed(home: Home) -> Landed:
    """Return what has landed in a home whose warehouse has begun."""
    with duckdb.connect() as connection:
        open_landing(connection, home)
        deliveries = connection.sql(
            """
            select
                source, delivery_key, delivery_number, source_number,
                delivered - date '1970-01-01' as delivered,
                max(delivery_number) over (partition by source_number) as newest,
                lead(delivered) over (partition by source_number order by delivery_number)
                    - date '1970-01-01' as next_delivered,
                delivery_mode = 'snapshot' as is_snapshot
            from landing.delivery inner join landing.source using (source_number)
            """
        ).to_arrow_table()
        return Landed(home.landing, deliveries, read_meanings(connection))


def read_meanings(connection: duckdb.DuckDBPyConnection) -> Meanings:
    """Return what the words of the coded columns mean, from the schema `landing`."""
    written = {
        field: f"select distinct {column} from landing.{record}"
        for field, (record, column) in _CODED.items()
    }
    written["tjenesteomrade"] = """
        select tjenesteomrade from landing.tjeneste
        union select koordinator_tjeneste from landing.koordinator
        union select tjenesteomrade from landing.ansatt
    """
    vocabulary = read_vocabulary(SEEDS)
    return {
        field: {
            word: canonical
            for (word,) in connection.sql(query).fetchall()
            if word and (canonical := vocabulary.canonical(code_list(field), word))
        }
        for field, query in written.items()
    }
