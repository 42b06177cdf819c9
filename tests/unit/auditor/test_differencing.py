"""Counts of 1 to 4 hidden, and had again from the age schemes side by side."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.differencing import ages, equations, publication, recovered, report

CHILDHOOD = {"0-5": 3, "6-12": 8, "13-15": 6, "16-17": 5}


def counts(**more: int) -> tuple[tuple[str, int], ...]:
    return tuple({**CHILDHOOD, **{k.replace("_", "-"): v for k, v in more.items()}}.items())


def test_the_one_hidden_part_of_a_shown_group_is_had() -> None:
    assert recovered((*counts(), ("0-17", 22))) == {"0-5"}


def test_two_hidden_parts_are_had_where_they_are_as_many_as_they_can_be() -> None:
    both = {"0-5": 4, "6-12": 4, "13-15": 6, "16-17": 5}
    assert recovered((*both.items(), ("0-17", 19))) == {"0-5", "6-12"}
    one_less = {**both, "6-12": 3}
    assert recovered((*one_less.items(), ("0-17", 18))) == frozenset()


def test_groups_that_only_overlap_are_subtracted() -> None:
    # 0-5 and 6-12 less 0-10 are those of 11 and 12; 11-17 has 13-15 and 16-17 beside them.
    shown = (("0-10", 20), ("0-5", 12), ("6-12", 10), ("11-17", 13), ("13-15", 7), ("16-17", 4))
    assert recovered(shown) == {"16-17"}
    assert recovered(shown[1:]) == frozenset()


def test_whoever_is_of_no_age_group_hides_the_last_part() -> None:
    shown = (("0-17", 20), ("18-49", 3), ("all", 23))
    # From 50 on, nobody can be told from somebody.
    assert recovered(shown) == frozenset()
    assert recovered((*shown, ("50+", 0), ("unknown", 0))) == {"18-49"}


def test_the_finest_ages_are_what_groups_are_made_of() -> None:
    assert ages("90+")[0] == 90
    assert equations(["0-5", "0-10"]) == [
        {"0-5": -1, "age:0": 1},
        {"0-10": -1, "age:0": 1, "age:6": 1},
    ]


def test_a_publication_is_attacked_slice_by_slice(tmp_path: Path) -> None:
    folder = tmp_path / "published" / "p1" / "coverage" / "municipality_code=4602"
    folder.mkdir(parents=True)
    (tmp_path / "published" / "current.json").write_text('{"publication": "p1"}', encoding="utf-8")
    rows = [
        ("4602", "2026-01-31", area, scheme, group, "plan_coverage", count, 50)
        for area in ("all", "school")
        for scheme, of_scheme in (("childhood", CHILDHOOD), ("standard", {"0-17": 22}))
        for group, count in of_scheme.items()
        # Of the school nobody is 6 to 12: there is no row of them.
        if (area, group) != ("school", "6-12")
    ]
    with duckdb.connect() as connection:
        connection.execute(
            "create table coverage (municipality_code text, reference_date date, "
            "service_area text, age_scheme text, age_group text, indicator text, "
            "numerator bigint, denominator bigint)"
        )
        connection.executemany("insert into coverage values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute(f"copy coverage to '{folder}/data.parquet'")
    assert publication(tmp_path) == tmp_path / "published" / "p1"
    with pytest.raises(ValueError, match="contradict"):
        list(report(tmp_path))
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (if(age_group = '0-17' and service_area = 'school', 14, "
            f"numerator) as numerator, if(age_group = '0-17', 200, denominator) as denominator) "
            f"from read_parquet('{folder}/data.parquet', hive_partitioning = false) "
            f"where service_area = 'all') to '{folder}/other.parquet'"
        )
    (folder / "other.parquet").replace(folder / "data.parquet")
    lines = list(report(tmp_path))
    assert lines[0].startswith("numerators: 5 attacked, 1 hidden, 1 recovered (100.0%)")
    assert lines[1].startswith("denominators: 5 attacked, 0 hidden, 0 recovered (0.0%)")
