"""The figures from clean rows with numpy: for the ways that clean with data frames.

A municipality at a time, with a byte for each person and reference date.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.reference import SEEDS

Numbers = np.ndarray[Any, np.dtype[Any]]
FAR_OFF = (dt.date(9999, 12, 31) - dt.date(1970, 1, 1)).days
LONG_AGO = -FAR_OFF
RIGHT_CAME = (dt.date(2022, 8, 1) - dt.date(1970, 1, 1)).days
_AGES = 140  # an unknown age is the last


@dataclass(frozen=True)
class Clean:
    """Clean rows; days are numbers since 1970, open ends `FAR_OFF` or `LONG_AGO`.

    Persons are numbered from 0, the municipalities' after one another: `municipality` (codes) and
    `birth`, `first_day`, `last_day` of living here have one value for each. `coordinated` and
    `planned` are intervals {person, first_day, last_day}, `served` has the name of the area, too,
    and `met` are the meetings that count: {person, day, is_coordination, has_gp}.
    """

    municipality: Numbers
    birth: Numbers
    moved_in: Numbers
    last_resident_day: Numbers
    coordinated: Mapping[str, Numbers]
    planned: Mapping[str, Numbers]
    served: Mapping[str, Numbers]
    met: Mapping[str, Numbers]


def write_figures(clean: Clean, result: Path, as_of: dt.date) -> None:
    """Count, and write the cells as Parquet."""
    tables = []
    by_municipality = {
        name: _sorted(rows)
        for name, rows in (
            ("coordinated", clean.coordinated),
            ("planned", clean.planned),
            ("served", clean.served),
            ("met", clean.met),
        )
    }
    codes, starts = np.unique(clean.municipality, return_index=True)
    for code, first, after in zip(
        codes, starts, [*starts[1:], len(clean.municipality)], strict=True
    ):
        rows = {name: _part(table, first, after) for name, table in by_municipality.items()}
        persons = {
            "birth": clean.birth[first:after],
            "moved_in": clean.moved_in[first:after],
            "last_resident_day": clean.last_resident_day[first:after],
        }
        tables += _of_municipality(str(code), persons, rows, as_of)
    pq.write_table(pa.concat_tables(tables), result)


def _sorted(rows: Mapping[str, Numbers]) -> dict[str, Numbers]:
    order = np.argsort(rows["person"], kind="stable")
    return {name: values[order] for name, values in rows.items()}


def _part(rows: Mapping[str, Numbers], first: int, after: int) -> dict[str, Numbers]:
    begin, end = np.searchsorted(rows["person"], [first, after])
    part = {name: values[begin:end] for name, values in rows.items()}
    return {**part, "person": part["person"] - first}


def _reference_dates(began: int, as_of: dt.date) -> Numbers:
    """Return the days of the figures: the ends of months of ten years, and the as-of date."""
    months = np.arange(np.datetime64(as_of, "M") - 120, np.datetime64(as_of, "M") + 1)
    ends = (months + 1).astype("datetime64[D]") - 1
    day = np.datetime64(as_of, "D")
    ten_years_ago = np.datetime64(as_of.replace(year=as_of.year - 10), "D")
    first_month = np.datetime64(int(began), "D").astype("datetime64[M]").astype("datetime64[D]")
    ends = ends[(ends > ten_years_ago) & (ends < day) & (ends >= first_month)]
    return np.append(ends, day).astype(np.int64)


class _Dates:
    """The reference dates of a municipality, and what is true of its persons on them."""

    def __init__(self, days: Numbers, persons: int) -> None:
        self.days, self.persons = days, persons

    def covered(self, person: Numbers, first_day: Numbers, last_day: Numbers) -> Numbers:
        """Return for each person and date whether an interval covers it."""
        begin = np.searchsorted(self.days, first_day, "left")
        after = np.searchsorted(self.days, last_day, "right")
        some = begin < after
        width = len(self.days) + 1
        cells = self.persons * width
        change = np.bincount(person[some] * width + begin[some], minlength=cells)
        change -= np.bincount(person[some] * width + after[some], minlength=cells)
        covering = np.cumsum(change.reshape(self.persons, width), axis=1)[:, :-1]
        return covering > 0


def _of_municipality(
    code: str,
    persons: Mapping[str, Numbers],
    rows: Mapping[str, Mapping[str, Numbers]],
    as_of: dt.date,
) -> Iterator[pa.Table]:
    coordinated, planned, served, met = (
        rows[name] for name in ("coordinated", "planned", "served", "met")
    )
    began = min(table["first_day"].min(initial=FAR_OFF) for table in (coordinated, planned))
    if began == FAR_OFF:
        return
    dates = _Dates(_reference_dates(began, as_of), len(persons["birth"]))
    everybody = np.arange(dates.persons)
    lives_here = dates.covered(
        everybody,
        np.maximum(persons["moved_in"], persons["birth"]),
        persons["last_resident_day"],
    )
    has_coordinator, has_plan = (
        dates.covered(table["person"], table["first_day"], table["last_day"])
        for table in (coordinated, planned)
    )
    has_met = dates.covered(met["person"], met["day"], met["day"] + 364)
    areas = sorted(set(served["area"]))
    in_area, once, twice = {}, np.zeros_like(has_plan), np.zeros_like(has_plan)
    for area in areas:
        here = served["area"] == area
        person, first_day, last_day = (
            served[name][here] for name in ("person", "first_day", "last_day")
        )
        in_area[area] = dates.covered(person, first_day, last_day)
        for_long = dates.covered(person, first_day + 90, last_day)
        twice |= once & for_long
        once |= for_long
    member = lives_here & (has_coordinator | has_plan | twice)
    age = _ages(persons["birth"], dates.days)
    flags = {
        "target_group": member,
        "coordinator": member & has_coordinator,
        "plan": member & has_plan,
        "both": member & has_coordinator & has_plan,
        "met": member & has_coordinator & has_met,
    }
    for area in ["all", *areas]:
        counts = {
            name: _by_age(flag if area == "all" else flag & in_area[area], age)
            for name, flag in flags.items()
        }
        yield from _cells(code, dates.days, area, counts)
    yield _gp_participation(code, dates.days, persons, met)


def _ages(birth: Numbers, days: Numbers) -> Numbers:
    """Return everybody's age in completed years on each date."""

    def parts(values: Numbers) -> tuple[Numbers, Numbers]:
        day = values.astype("datetime64[D]")
        year = day.astype("datetime64[Y]")
        month = day.astype("datetime64[M]")
        in_year = (month - year.astype("datetime64[M]")).astype(int) * 100
        return year.astype(int), in_year + (day - month.astype("datetime64[D]")).astype(int)

    known = birth != LONG_AGO
    years, days_in_year = parts(np.where(known, birth, 0))
    at_years, at_days = parts(days)
    age = at_years[None, :] - years[:, None] - (at_days[None, :] < days_in_year[:, None])
    return np.where(known[:, None], np.clip(age, 0, _AGES - 1), _AGES).astype(np.int16)


def _by_age(flag: Numbers, age: Numbers) -> Numbers:
    """Return how many have the flag, by date and age."""
    dates = flag.shape[1]
    place = np.arange(dates, dtype=np.int64)[None, :] * (_AGES + 1) + age
    return np.bincount(place[flag], minlength=dates * (_AGES + 1)).reshape(dates, _AGES + 1)


def _bands() -> Iterator[tuple[str, str, slice]]:
    with (SEEDS / "age_groups.csv").open(encoding="utf-8", newline="") as lines:
        bands = list(csv.DictReader(lines))
    for band in bands:
        yield (
            band["age_scheme"],
            band["age_group"],
            slice(int(band["from_age"]), min(int(band["to_age"]) + 1, _AGES)),
        )
    for scheme in sorted({band["age_scheme"] for band in bands}):
        yield scheme, "all", slice(0, _AGES + 1)
        yield scheme, "unknown", slice(_AGES, _AGES + 1)


def _cells(
    code: str, days: Numbers, area: str, counts: Mapping[str, Numbers]
) -> Iterator[pa.Table]:
    for scheme, group, ages in _bands():
        of_group = {name: by_age[:, ages].sum(axis=1) for name, by_age in counts.items()}
        for indicator, numerator, denominator in (
            ("coordinator_coverage", of_group["coordinator"], of_group["target_group"]),
            ("plan_coverage", of_group["plan"], of_group["target_group"]),
            ("both_coverage", of_group["both"], of_group["target_group"]),
            ("plan_without_coordinator", of_group["plan"] - of_group["both"], of_group["plan"]),
            ("meeting_coverage", of_group["met"], of_group["coordinator"]),
        ):
            yield _table(code, days, (indicator, scheme, group, area), numerator, denominator)


def _gp_participation(
    code: str, days: Numbers, persons: Mapping[str, Numbers], met: Mapping[str, Numbers]
) -> pa.Table:
    """Count meetings: what one person took part in on one day is one meeting of its type."""
    number = (met["person"].astype(np.int64) * 100_000 + met["day"]) * 2 + met["is_coordination"]
    numbers, place = np.unique(number, return_inverse=True)
    has_gp = np.bincount(place, weights=met["has_gp"], minlength=len(numbers)) > 0
    person, day = numbers // 2 // 100_000, numbers // 2 % 100_000
    lives_from = np.maximum(persons["moved_in"], persons["birth"])[person]
    begin = np.searchsorted(days, np.maximum(day, lives_from), "left")
    after = np.searchsorted(
        days, np.minimum(day + 364, persons["last_resident_day"][person]), "right"
    )
    some = begin < after

    def on_dates(chosen: Numbers) -> Numbers:
        change = np.bincount(begin[chosen], minlength=len(days) + 1)
        return np.cumsum(change - np.bincount(after[chosen], minlength=len(days) + 1))[:-1]

    names = ("gp_participation", "standard", "all", "all")
    return _table(code, days, names, on_dates(some & has_gp), on_dates(some))


def _table(
    code: str,
    days: Numbers,
    names: tuple[str, str, str, str],
    numerator: Numbers,
    denominator: Numbers,
) -> pa.Table:
    some = denominator > 0
    indicator, scheme, group, area = names
    dates = days[some].astype("datetime64[D]")
    fixed = {
        "indicator": indicator,
        "municipality_code": code,
        "age_scheme": scheme,
        "age_group": group,
        "service_area": area,
    }
    return pa.table(
        {
            **{name: pa.array([value] * len(dates), pa.string()) for name, value in fixed.items()},
            "reference_date": pa.array(dates, pa.date32()),
            "numerator": pa.array(numerator[some], pa.int64()),
            "denominator": pa.array(denominator[some], pa.int64()),
        }
    )
