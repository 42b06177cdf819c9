"""No column of the contract is landed without a use.

Data that no figure needs are not to be kept (GDPR, article 5, 1 c). Where a column goes is read from
the models: the name that staging gives it, and the models behind it that say this name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from dagster_project import models
from dagster_project.contract import RECORD_TYPES, Column, ColumnKind, RecordType

# What identity makes keys of, by which persons, families and registrations are told apart.
_OF_IDENTITY = {
    ColumnKind.PERSON_ID,
    ColumnKind.PERSON_NAME,
    ColumnKind.BIRTH_DATE,
    ColumnKind.REGISTRATION_ID,
    ColumnKind.MUNICIPALITY,
}


@pytest.fixture(scope="module")
def manifest() -> Mapping[str, Any]:
    return models.manifest()


def _every_column() -> Iterator[tuple[RecordType, Column]]:
    for record in RECORD_TYPES.values():
        for column in record.columns:
            # Statistics of the whole country are nobody's.
            if column.kind not in _OF_IDENTITY and not record.whole_country:
                yield record, column


def _staged_as(sql: str, column: str) -> set[str]:
    """Return what a staging model calls what it reads of a landed column."""
    key = f"{column.removesuffix('_id')}_key"
    read = rf"landed\.(?:{column}|{key})\b"
    for alias in re.findall(rf'join_value\("(\w+)", "{column}"', sql):
        # A column that may also name a unit is read by a variable of the model.
        read += rf"|\b{alias}\.canonical\b|{{{{ {alias} }}}}"
    selected = sql.partition("problems(")[0]
    items = re.split(r",\n    (?! )", selected)
    return {
        name[1]
        for item in items
        if re.search(read, item)
        and (name := re.search(r"(?:\bas |\.)(\w+)\s*(?:,|\{\{)?\s*$", item))
    }


def _behind(manifest: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return the SQL of the models that are made of one, by their names."""
    nodes = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    found = {f"model.samordna.{name}"}
    while grown := {
        key
        for key, node in nodes.items()
        if key not in found and not found.isdisjoint(node["depends_on"]["nodes"])
    }:
        found |= grown
    return {
        nodes[key]["name"]: nodes[key]["raw_code"]
        for key in found
        if nodes[key]["schema"] != "staging" and not nodes[key]["name"].endswith("__row")
    }


@pytest.mark.parametrize(
    ("record", "column"),
    [pytest.param(r, c, id=f"{r.name}.{c.name}") for r, c in _every_column()],
)
def test_every_column_that_is_landed_has_a_use(
    manifest: Mapping[str, Any], record: RecordType, column: Column
) -> None:
    staging = manifest["nodes"][f"model.samordna.stg_{record.model}"]["raw_code"]
    names = _staged_as(staging, column.name)
    assert names, f"stg_{record.model} does not read {column.name}"
    # The days of a row say which of two versions is the newest.
    if names & set(record.days):
        return
    told = [
        name
        for name, sql in _behind(manifest, f"stg_{record.model}").items()
        if any(re.search(rf"\b{each}\b", sql) for each in names)
    ]
    assert told, f"no model behind stg_{record.model} says {names}: use it, or put it in not_taken"


def test_a_column_that_staging_alone_reads_is_found() -> None:
    sql = """select
    {{ row_columns() }},
    landed.kanal as channel,
    {{ to_date("landed.dato") }} as met_on,
    role.canonical as role,
    landed.koordinator_key as coordinator_key,
    {{ problems([]) }}
from x {{ join_value("role", "rolle", "koordinator") }}"""
    assert _staged_as(sql, "kanal") == {"channel"}
    assert _staged_as(sql, "dato") == {"met_on"}
    assert _staged_as(sql, "rolle") == {"role"}
    assert _staged_as(sql, "koordinator_id") == {"coordinator_key"}
    assert _staged_as(sql, "tema") == set()
