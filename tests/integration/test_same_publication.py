"""The same rows in another order, copied or renamed, are the same publication."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import duckdb

from dagster_project.publication.layout import relation
from dagster_project.publication.publish import PublicationResult
from tests.support.small_home import SmallHome, as_csv, coordinator, person, plan

DATE = "20240131"


def published(home: SmallHome) -> PublicationResult:
    return home.publish()


def row_in_file(home: SmallHome, made: PublicationResult, rule: str) -> set[tuple[int, str]]:
    findings = relation(home.home.published / made.id, "findings")
    query = f"select row_number, delivery from {findings} where rule = ?"
    with duckdb.connect() as connection:
        return set(connection.execute(query, [rule]).fetchall())


def rows() -> list[dict[str, object]]:
    """Return registrations that every rule of order has something to do with."""
    told = [
        dict(coordinator(f"K-{n}", n, "2021-01-01", koordinator_id=f"A{n % 3}")) for n in range(12)
    ]
    # Alike, one id twice with the same days, two that begin on one day, and one that nobody reads.
    told += [dict(told[0]), {**told[1], "koordinator_tjeneste": "skole"}]
    told += [dict(coordinator(f"L-{n}", n, "2021-01-01", koordinator_id=f"B{n}")) for n in range(5)]
    told += [dict(coordinator("M-1", 3, "ukjent", koordinator_id="NULL"))]
    return told


def test_order_copy_and_name_make_no_other_publication(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home")
    home.source("folk", "person").source("epj", "koordinator").source("ip", "ip")
    known = [person(n) for n in range(12)]
    known += [
        {**known[2], "utflyttet_dato": "2023-05-01"},
        {**known[2], "innflyttet_dato": "2023-06-01"},
    ]
    plans = [plan(f"P-{n}", n // 2, "2022-01-01") for n in range(12)]
    home.deliver("folk", DATE, known)
    home.deliver("epj", DATE, rows())
    home.deliver("ip", DATE, plans)
    first = published(home)
    assert first.is_new

    # As another installation with the same key would have read them: what one file replaced in the
    # place of another is a delivery of its own, and told as such.
    shutil.rmtree(home.home.landing)
    chance = random.Random(5)
    for name, told in (("folk", known), ("epj", rows()), ("ip", plans)):
        home.deliver(name, DATE, as_csv(chance.sample(told, len(told))))
    shuffled = published(home)
    assert (shuffled.id, shuffled.is_new) == (first.id, False)
    # The way back leads to where the rows are now.
    lines = (home.home.inbox / "epj" / f"epj_{DATE}.csv").read_text("utf-8").splitlines()
    unread = lines.index(next(line for line in lines if line.startswith("M-1"))) + 1
    assert {number for number, _ in row_in_file(home, shuffled, "missing_required")} == {unread}

    file = home.home.inbox / "epj" / f"epj_{DATE}.csv"
    shutil.copy2(file, file.with_name(f"epj_{DATE} (1).csv"))
    file.rename(file.with_name(f"register_{DATE}.csv"))
    copied = published(home)
    assert (copied.id, copied.is_new) == (first.id, False)


def test_other_figures_make_another(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator")
    home.deliver("epj", DATE, rows())
    first = published(home)
    home.deliver("epj", DATE, rows()[1:-2])
    assert published(home).id != first.id
