"""How wrong cohort-change ratios were, held against what came: Statistics Norway's own tables.

Inhabitants of 2015 to 2018 are carried on to 2021 by three ways and held against those counted that
year, of every municipality whose borders (by today's numbers) stayed as they were.

    python -m benchmarks.projection FOLDER

FOLDER has table 07459 by municipality and age as CSV, in files of any of its forms.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import Source
from dagster_project.landing.deliveries import CheckResult, Unchecked
from dagster_project.landing.land import Lander
from dagster_project.planning.population import OLDEST, Array, Population, of_rows, project

KNOWN = (2015, 2016, 2017, 2018)
ASKED = 2021
GROUPS = {
    "0-17": (0, 18),
    "18-49": (18, 50),
    "50-66": (50, 67),
    "67-79": (67, 80),
    "80-89": (80, 90),
    "90+": (90, OLDEST + 1),
}
FEW = 5000
# More than so much from one year to the next is a border that moved, not people.
_MOST_CHANGE = 0.08
_SETTINGS = """\
home_municipality: "4602"
sources:
  - {name: ssb, record: befolkning, path: inbox/ssb/*}
"""


@dataclass(frozen=True)
class Wrong:
    """By how much a way was wrong: the sum of its errors, as a share of the persons there were."""

    way: str
    of_whom: str
    by_group: Mapping[str, float]
    of_all: float


def read(folder: Path) -> dict[str, Population]:
    """Return the inhabitants of every municipality of today, read as the product reads them."""
    with tempfile.TemporaryDirectory() as root:
        home = Home(Path(root) / "home")
        inbox = home.inbox / "ssb"
        inbox.mkdir(parents=True)
        (home.root / "sources.yml").write_text(_SETTINGS, encoding="utf-8")
        for number, file in enumerate(sorted(folder.glob("*.csv"))):
            delivered = dt.date(2022, 1, 1) + dt.timedelta(days=number)
            shutil.copy2(file, inbox / f"{file.stem}-{delivered:%Y%m%d}.csv")
        lander = Lander(load_installation(home), _unchecked)
        landed = [
            str(home.root / str(entry.parquet))
            for source in lander.installation.sources
            for entry in lander.commit(lander.read(source)).landed
        ]
        rows = duckdb.execute(
            """
            select
                municipality_code, cast(aar as integer), cast(alder as integer),
                cast(sum(cast(personer as bigint)) as bigint)
            from read_parquet($landed)
            where municipality_code is not null and alder is not null
            group by all
            """,
            {"landed": landed},
        ).fetchall()
    of: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for municipality, *row in rows:
        of[municipality].append((row[0], row[1], row[2]))
    return {municipality: of_rows(of[municipality]) for municipality in sorted(of)}


def _unchecked(
    _source: Source, _standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> Future[list[list[CheckResult]]]:
    """Let everything in: what is read here was published."""
    found: Future[list[list[CheckResult]]] = Future()
    found.set_result([[] for _ in arrived])
    return found


def in_one_piece(populations: Mapping[str, Population]) -> dict[str, Population]:
    """Return those that have all years, none of them with a border that moved."""
    return {
        municipality: population
        for municipality, population in populations.items()
        if _is_in_one_piece(population)
    }


def _is_in_one_piece(population: Population) -> bool:
    years = range(KNOWN[0], ASKED + 1)
    if not all(year in population.persons for year in years):
        return False
    totals = [population.persons[year].sum() for year in years]
    return all(then > 0 and abs(now / then - 1) < _MOST_CHANGE for then, now in pairwise(totals))


def back_test(populations: Mapping[str, Population]) -> list[Wrong]:
    """Return how wrong each way was, of all municipalities and of those of few inhabitants."""
    known = {
        municipality: Population({year: population.persons[year] for year in KNOWN})
        for municipality, population in populations.items()
    }
    everybody = list(known.values())
    ways: dict[str, Callable[[Population], Array]] = {
        "nothing changes": lambda each: _groups(each.persons[KNOWN[-1]]),
        "a straight line": _line,
        "cohort change, alone": lambda each: _groups(project(each, ASKED).persons[ASKED]),
        "cohort change, with the others": lambda each: _groups(
            project(each, ASKED, everybody).persons[ASKED]
        ),
    }
    true = np.array([_groups(each.persons[ASKED]) for each in populations.values()])
    is_small = np.array([each.persons[KNOWN[-1]].sum() < FEW for each in known.values()])
    found = []
    for way, expected_of in ways.items():
        errors = np.abs(np.array([expected_of(each) for each in everybody]) - true)
        for of_whom, chosen in (("all", np.full(len(true), True)), ("few", is_small)):
            shares = errors[chosen].sum(axis=0) / true[chosen].sum(axis=0)
            whole = errors[chosen].sum() / true[chosen].sum()
            found.append(
                Wrong(
                    way, of_whom, dict(zip(GROUPS, map(float, shares), strict=True)), float(whole)
                )
            )
    return found


def _groups(persons: Array) -> Array:
    return np.array([persons[first:end].sum() for first, end in GROUPS.values()])


def _line(population: Population) -> Array:
    """Return the straight line of least squares through the years of each group."""
    values = np.array([_groups(population.persons[year]) for year in KNOWN])
    slope, level = np.polyfit(np.array(KNOWN) - KNOWN[-1], values, 1)
    expected: Array = np.maximum(level + slope * (ASKED - KNOWN[-1]), 0)
    return expected


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    populations = in_one_piece(read(parser.parse_args().folder))
    print(f"{len(populations)} municipalities, {KNOWN[0]}-{KNOWN[-1]} carried on to {ASKED}\n")
    print("| way | municipalities |", " | ".join(GROUPS), "| all ages |")
    print("|---|---|", "|".join("--:" for _ in GROUPS), "|--:|")
    for wrong in back_test(populations):
        whom = "all" if wrong.of_whom == "all" else f"under {FEW:,}"
        shares = " | ".join(f"{share:.2%}" for share in wrong.by_group.values())
        print(f"| {wrong.way} | {whom} | {shares} | {wrong.of_all:.2%} |")


if __name__ == "__main__":
    main()
