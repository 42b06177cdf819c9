"""How far the figures are from the demo's true world, and how far plain counting is.

Plain counting is what a person with a spreadsheet does: the newest file of each source, the rows
that are open on the day, each person once by the id as it was read; no rule but that.

    python -m benchmarks.accuracy [--home demo] [--seed 2025 --seed 1 ...]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import duckdb

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.demo import make_demo
from dagster_project.landing.deliveries import Manifest
from dagster_project.publication.layout import relation
from dagster_project.run import run_once


def compare(home: Home) -> duckdb.DuckDBPyConnection:
    """Return a connection with the table `cell`: truth beside what was published."""
    name = json.loads(home.current_pointer.read_text(encoding="utf-8"))["publication"]
    connection = duckdb.connect()
    counted = relation(home.published / name, "coverage")
    connection.execute(
        f"""
        create table cell as
        select
            indicator, municipality_code, reference_date, age_scheme, age_group, service_area,
            truth.numerator as true_numerator, truth.denominator as true_denominator,
            counted.numerator, counted.denominator,
            truth.value as true_value, counted.value
        from read_parquet($truth) as truth
        full join {counted} as counted
            using (indicator, municipality_code, reference_date, age_scheme, age_group, service_area)
        where indicator in (select distinct indicator from {counted})
        """,
        {"truth": str(home.truth / "coverage.parquet")},
    )
    return connection


def print_accuracy(home: Home, title: str) -> None:
    """Print, for each indicator, how many cells are exact and how far the others are."""
    connection = compare(home)
    print(f"\n{title}")
    print(
        f"{'indicator':26}{'cells':>9}{'exact':>9}{'%':>8}{'worst, persons':>16}{'worst, points':>15}"
    )
    rows = connection.sql(
        """
        select
            indicator,
            count(*),
            -- A median has no numerator and a count no denominator; a cell of one side only has neither.
            count(*) filter (
                true_numerator is not distinct from numerator
                and true_denominator is not distinct from denominator
                and abs(true_value - value) < 1e-9
            ),
            max(greatest(abs(true_numerator - numerator), abs(true_denominator - denominator))),
            max(abs(true_value - value)) * 100
        from cell group by indicator order by indicator
        """
    ).fetchall()
    for indicator, cells, exact, persons, points in rows:
        share = f"{100 * exact / cells:.2f}"
        print(
            f"{indicator:26}{cells:>9,}{exact:>9,}{share:>8}{persons or 0:>16}{points or 0:>15.2f}"
        )


def print_naive(home: Home) -> None:
    """Print how far plain counting is, for the municipalities as wholes."""
    connection = compare(home)
    _naive(connection, home)
    print("\nPlain counting beside it (all ages, all services; every reference date)")
    print(
        f"{'municipality':14}{'dates':>7}{'exact':>7}{'mean error, persons':>21}{'mean error, points':>20}{'worst, points':>15}"
    )
    rows = connection.sql(
        """
        select
            municipality_code,
            count(*),
            count(*) filter (naive.numerator = true_numerator and naive.denominator = true_denominator),
            avg(abs(naive.numerator - true_numerator)),
            avg(abs(naive.numerator / naive.denominator - true_value)) * 100,
            max(abs(naive.numerator / naive.denominator - true_value)) * 100
        from cell inner join naive using (municipality_code, reference_date)
        where indicator = 'coordinator_coverage' and age_scheme = 'standard'
            and age_group = 'all' and service_area = 'all'
        group by municipality_code order by municipality_code
        """
    ).fetchall()
    for code, dates, exact, persons, mean, worst in rows:
        print(f"{code:14}{dates:>7}{exact:>7}{persons:>21.1f}{mean:>20.1f}{worst:>15.1f}")


def _naive(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    newest: dict[str, list[str]] = {"koordinator": [], "tjeneste": []}
    for source in load_installation(home).sources:
        if source.record in newest and (entries := Manifest(home, source).in_force()):
            newest[source.record].append(str(Manifest(home, source).parquet_path(entries[-1])))
    connection.execute(
        """
        create table naive as
        with day as (select distinct municipality_code, reference_date from cell),
        coordinated as (
            select municipality_code, reference_date, count(distinct coalesce(person_key, name_keys)) as numerator
            from day left join read_parquet($koordinator, union_by_name = true) as row using (municipality_code)
            where try_cast(fra_dato as date) <= reference_date
                and coalesce(try_cast(til_dato as date), date '9999-12-31') >= reference_date
            group by all
        ),
        served as (
            select municipality_code, reference_date, person_key
            from day left join read_parquet($tjeneste, union_by_name = true) as row using (municipality_code)
            where try_cast(fra_dato as date) <= reference_date
                and coalesce(try_cast(til_dato as date), date '9999-12-31') >= reference_date
            group by all having count(distinct lower(tjenesteomrade)) >= 2
        ),
        target as (
            select municipality_code, reference_date, count(*) as denominator from served group by all
        )
        select * from target left join coordinated using (municipality_code, reference_date)
        """,
        newest,
    )


def main() -> None:
    """Print the accuracy on a home that has been run, or on fresh worlds of other seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("demo"))
    parser.add_argument("--seed", type=int, action="append", default=[])
    options = parser.parse_args()
    if not options.seed:
        home = Home(options.home.resolve())
        print_accuracy(home, f"The warehouse against the true world ({home.root.name})")
        print_naive(home)
    for seed in options.seed:
        with tempfile.TemporaryDirectory() as folder:
            home = Home(Path(folder) / "home")
            make_demo(home, seed)
            report = run_once(load_installation(home))
            if not report.published:
                raise SystemExit(f"seed {seed}: {report.failures}")
            print_accuracy(home, f"The warehouse against the true world of seed {seed}")
            print_naive(home)


if __name__ == "__main__":
    main()
