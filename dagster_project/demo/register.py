"""The true world as KPR and KOSTRA would count it on 31 December, by section 9 of the rules.

Written anew from the words of the rules: none of the warehouse's code is used. What errors in the
registrations add to the register's count (a plan that nobody has closed at the source) is no truth
of the world; here are the recipients, and those whom the register and we count alike.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from dagster_project import reference
from dagster_project.demo.places import LAST_DAY, day
from dagster_project.demo.services import registered_kpr_service
from dagster_project.demo.world import Person, Town, World

_FIRST_YEAR = 2018
_COUNTED_AS = {
    "kostra_plan_users": "kostra_user",
    "kpr_plan_share": "kpr_recipient",
    "kpr_coordinator_share": "kpr_recipient",
}
_BY_PLAN = frozenset({"kostra_plan_users", "kpr_plan_share"})


@dataclass(frozen=True)
class RegisterCount:
    """Persons with a service that counts, and those of them whom we count too.

    `low` if no service without a code counts, `high` if all do.
    """

    recipients_low: int
    recipients_high: int
    alike_low: int
    alike_high: int


def register_count(town: Town, figure: str, year: int) -> RegisterCount:
    """Return whom a figure counts on 31 December of a year."""
    on, counts = day(year, 12, 31), _counted(_COUNTED_AS[figure], year)
    recipients = {False: 0, True: 0}
    alike = {False: 0, True: 0}
    for person in town.persons:
        if not person.birth <= on < (person.died or on + 1):
            continue
        codes = list(_codes_on(town, person, on))
        is_counted = any(code in counts for code in codes)
        may_count = is_counted or None in codes
        for every, has_service in ((False, is_counted), (True, may_count)):
            recipients[every] += has_service
            alike[every] += has_service and person.lives_here(on) and _has(person, figure, on)
    return RegisterCount(recipients[False], recipients[True], alike[False], alike[True])


def true_register(world: World) -> pa.Table:
    """Return the counts of every municipality: one row per year and figure."""
    rows = [
        {
            "municipality_code": code,
            "reference_date": dt.date(year, 12, 31),
            "figure": figure,
            **vars(register_count(town, figure, year)),
        }
        for code, town in world.towns.items()
        for year in range(_FIRST_YEAR, dt.date.fromordinal(LAST_DAY).year + 1)
        for figure in _COUNTED_AS
    ]
    return pa.Table.from_pylist(rows)


def _codes_on(town: Town, person: Person, on: int) -> Iterator[str | None]:
    """Yield KPR's services on a day; None for one without a code that may have had one."""
    for service in person.services:
        if service.first <= on <= service.last:
            code = registered_kpr_service(town.place, person, service)
            if code is not None or service.area in _areas_of_kpr():
                yield code


def _has(person: Person, figure: str, on: int) -> bool:
    spans = person.plans if figure in _BY_PLAN else person.spells
    return any(span.first <= on <= span.last for span in spans)


@functools.cache
def _areas_of_kpr() -> frozenset[str]:
    rows = reference.rows("service_areas")
    return frozenset(row["service_area"] for row in rows if row["has_kpr_codes"] == "true")


@functools.cache
def _counted(counted_as: str, year: int) -> frozenset[str]:
    return frozenset(
        row["kpr_service"]
        for row in reference.rows("kpr_counted_services")
        if row["counted_as"] == counted_as
        and int(row["first_year"] or year) <= year <= int(row["last_year"] or year)
    )
