"""Inhabitants of the six municipalities by single year of age, and how they are carried forward.

The figures of 2018-2021 are Statistics Norway's (table 07459; `population.csv`). Those of 2022-2025
are invented: every age group grows one year older and thins out, and the sum is scaled to a line
through the number of inhabitants in 2023 that the evaluation of the pilot gives (SINTEF 2024:00149,
table 1). The projection 2026-2035 is carried forward the same way; it is not Statistics Norway's.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

from dagster_project.demo.places import PLACES

Ages = npt.NDArray[np.int64]  # persons of each age 0-105; the last is 105 years or older

AGES = 106
FIRST_YEAR, LAST_REAL_YEAR, LAST_YEAR, LAST_PROJECTED_YEAR = 2018, 2021, 2025, 2035
# SINTEF 2024:00149, table 1 («innbyggertall 2023»).
PUBLISHED_2023 = {
    "3203": 97_780,
    "1134": 3_820,
    "4602": 17_180,
    "5006": 23_960,
    "1867": 2_580,
    "5530": 14_850,
}


@dataclass(frozen=True)
class Inhabitants:
    """Inhabitants of one municipality as it is today, by year (1 January) and age."""

    by_year: dict[int, Ages]

    def on(self, year: int) -> Ages:
        """Return the inhabitants on 1 January of a year, an array of 106 ages."""
        return self.by_year[year]


@functools.cache
def published() -> dict[tuple[str, int], Ages]:
    """Return Statistics Norway's figures by the municipality code of the year, and the year."""
    text = resources.files(__package__).joinpath("population.csv").read_text(encoding="utf-8")
    lines = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(lines)
    return {
        (code, int(year)): np.array([int(persons) for persons in ages], dtype=np.int64)
        for code, year, *ages in lines
    }


@functools.cache
def inhabitants(code: str) -> Inhabitants:
    """Return the inhabitants 2018-2035 of a municipality, given by today's code."""
    codes = {code, *(part.code for part in PLACES[code].parts), *PLACES[code].later_codes.values()}
    by_year: dict[int, Ages] = {}
    for year in range(FIRST_YEAR, LAST_REAL_YEAR + 1):
        parts = [ages for (part, of), ages in published().items() if of == year and part in codes]
        by_year[year] = np.array(parts).sum(axis=0)
    last_real = int(by_year[LAST_REAL_YEAR].sum())
    growth = (PUBLISHED_2023[code] - last_real) / (2023 - LAST_REAL_YEAR)
    births = np.mean([by_year[year][0] for year in by_year])
    for year in range(LAST_REAL_YEAR + 1, LAST_PROJECTED_YEAR + 1):
        total = round(last_real + growth * (year - LAST_REAL_YEAR))
        by_year[year] = _a_year_older(by_year[year - 1], float(births), total)
    return Inhabitants(by_year)


def _a_year_older(ages: Ages, births: float, total: int) -> Ages:
    # Mortality that doubles every nine years of age (Gompertz), as it roughly does in Norway.
    dying = np.minimum(0.9, 2e-5 * 2 ** (np.arange(AGES) / 9) * 5)
    older = np.empty(AGES)
    older[0] = births
    older[1:] = (ages * (1 - dying))[:-1]
    older[-1] += ages[-1] * (1 - dying[-1])
    return _whole_numbers(older * total / older.sum(), total)


def _whole_numbers(shares: npt.NDArray[np.float64], total: int) -> Ages:
    """Round so that the sum is exactly the total: the largest remainders are rounded up."""
    floor = np.floor(shares).astype(np.int64)
    order = np.argsort(-(shares - floor), kind="stable")
    floor[order[: total - int(floor.sum())]] += 1
    return floor
