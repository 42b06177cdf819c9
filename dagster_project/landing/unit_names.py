"""The units of `units:` as the warehouse has them, and what a name means on each day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from dagster_project.config.units import Unit
from dagster_project.identity.maskers import Maskers
from dagster_project.values import fold

_ALWAYS, _FOREVER = dt.date(1, 1, 1), dt.date(9999, 12, 31)
_A_DAY = dt.timedelta(days=1)


def unit_tables(units: Sequence[Unit], maskers: Maskers) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of `unit` and of `unit_name`, as the schema `landing` has them."""
    return {
        "unit": [
            {
                "municipality_code": unit.municipality_code,
                "unit": unit.name,
                "service_area": unit.service_area,
                # An owner is a function; where a person was written after all, nobody is named.
                "owner": maskers.remark(unit.municipality_code, unit.owner or "") or None,
                "first_day": unit.first_day,
                "last_day": unit.last_day,
            }
            for unit in units
        ],
        "unit_name": list(_names(units, maskers)),
    }


def _names(units: Sequence[Unit], maskers: Maskers) -> Iterator[dict[str, Any]]:
    """Yield what each name stands for from day to day, also in the form landing masks it.

    Between two periods of a name the earlier goes on, before the first the first holds, and after
    the last the last: a registration does not lose its unit by a day that nobody wrote.
    """
    by_name: Mapping[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        masker = maskers.masker(unit.municipality_code)
        # What landed before the unit was listed may be masked.
        forms = {fold(form) for name in unit.names for form in (name, masker.masked(name))}
        for form in forms:
            by_name[unit.municipality_code, form].append(unit)
    for (municipality, form), periods in sorted(by_name.items()):
        periods.sort(key=lambda unit: unit.first_day or _ALWAYS)
        begins = [_ALWAYS, *(unit.first_day for unit in periods[1:] if unit.first_day), None]
        for unit, (first, following) in zip(periods, pairwise(begins), strict=True):
            yield {
                "municipality_code": municipality,
                "written_folded": form,
                "unit": unit.name,
                "service_area": unit.service_area,
                "first_day": first,
                "last_day": following - _A_DAY if following else _FOREVER,
            }
