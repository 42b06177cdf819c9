"""Findings as a publication tells them, for tests of the register."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from dagster_project.register.database import Register, moment
from dagster_project.register.events import EventKind
from dagster_project.register.issues import Finding, issues_by_id, opened, record

FINDING = Finding(
    id="f0",
    municipality_code="4602",
    rule="unreadable_date",
    record="koordinator",
    source="epj",
    delivery="epj_20240131.csv",
    row_number=2,
    registration_id="K-1",
    column_name="fra_dato",
    detail="fra_dato: 31.02.2023\u2028",
    first_seen=dt.date(2024, 1, 31),
)


def finding(number: int) -> Finding:
    """Return one of many findings."""
    return replace(FINDING, id=f"f{number}", row_number=number + 2)


def open_issues(register: Register, *numbers: int) -> None:
    """Have findings be issues of the register."""
    with register.writing() as connection:
        found = issues_by_id(connection, [f"f{number}" for number in numbers])
        at = moment()
        record(
            connection,
            found,
            [opened(finding(number), EventKind.ISSUE_OPENED, at) for number in numbers],
        )


def count(register: Register, table: sa.Table) -> int:
    """Return how many rows a table of the register has."""
    with register.reading() as connection:
        number: int = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        return number
