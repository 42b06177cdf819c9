"""What a file's name says: its day in every way people write it, its time, its copy, its part."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.landing.file_names import FileName, read_name

MODIFIED = dt.date(2026, 11, 20)


def said(name: str, modified: dt.date = MODIFIED) -> FileName:
    return read_name(PurePath(name), modified)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("koordinator_20240131.csv", "2024-01-31"),
        ("20240131-koordinator-v2.csv", "2024-01-31"),
        ("k_2023-12-31.csv", "2023-12-31"),
        ("k_2023_12_31.xlsx", "2023-12-31"),
        ("k 2023.12.31.json", "2023-12-31"),
        ("k_31.12.2023.xml", "2023-12-31"),
        ("k 31-12-2023.ods", "2023-12-31"),
        ("k_31_12_2023.csv", "2023-12-31"),
        ("k_31122023.csv", "2023-12-31"),
        ("k_5.3.2023.csv", "2023-03-05"),
        ("k_2023-3-5.csv", "2023-03-05"),
        ("k_12-31-2023.csv", "2023-12-31"),
        ("k_311223.csv", "2023-12-31"),
        ("k_231231.csv", "2023-12-31"),
        ("k_31.12.23.csv", "2023-12-31"),
        ("k_31. desember 2023.csv", "2023-12-31"),
        ("k_31des2023.csv", "2023-12-31"),
        ("2023-des-31.csv", "2023-12-31"),
        ("k December 31, 2023.csv", "2023-12-31"),
        # Of two days the last.
        ("uttrekk_20230101-20231231.csv", "2023-12-31"),
        ("uttrekk_2023-01-01-2023-12-31.csv", "2023-12-31"),
        ("uttrekk 01.01.2023 - 31.12.2023.csv", "2023-12-31"),
        ("uttrekk 1.1.-31.12.2023.xlsx", "2023-12-31"),
        ("uttrekk_20230101-01.12.2023.csv", "2023-12-01"),
        # A period ends on its last day.
        ("k_2023-12.csv", "2023-12-31"),
        ("k_202402.csv", "2024-02-29"),
        ("k_12-2023.csv", "2023-12-31"),
        ("k_desember 2023.csv", "2023-12-31"),
        ("k_des_2023.csv", "2023-12-31"),
        ("k mai2023.csv", "2023-05-31"),
        ("k_2023Q4.csv", "2023-12-31"),
        ("k Q1-2023.csv", "2023-03-31"),
        ("k_2. kvartal 2023.csv", "2023-06-30"),
        ("k_4kv2023.csv", "2023-12-31"),
        ("k 2. tertial 2023.csv", "2023-08-31"),
        ("k_1. halvår 2023.csv", "2023-06-30"),
        ("k_uke 14 2024.csv", "2024-04-07"),
        ("k veke 14-2024.csv", "2024-04-07"),
        ("k_2024-W14.csv", "2024-04-07"),
        ("k_2023.csv", "2023-12-31"),
        ("k_2022-2023.csv", "2023-12-31"),
        # The folders may say what the name does not.
        ("inbox/2023-12-31/koord.csv", "2023-12-31"),
        ("inbox/2023/12/koord.csv", "2023-12-31"),
    ],
)
def test_the_day_is_read_in_every_way_people_write_it(name: str, day: str) -> None:
    found = said(name)
    assert (found.delivered(MODIFIED).isoformat(), found.unread) == (day, False)


@pytest.mark.parametrize("year", ["2021", "2026"])
def test_a_year_that_is_not_over_reaches_to_the_day_the_file_was_modified(year: str) -> None:
    modified = dt.date(int(year), 11, 20)
    assert said(f"k_{year}.csv", modified).delivered(modified) == modified
    assert said(f"k_{year}-11.csv", modified).delivered(modified) == modified
    assert said(f"k_{year}-10.csv", modified).delivered(modified) == dt.date(int(year), 10, 31)


@pytest.mark.parametrize(
    "name",
    [
        "koordinator.csv",
        "koordinator_4602.csv",
        "koordinator_120240131.csv",
        "k_12345678901.csv",
        "k_482913.csv",
        "k_v1.2.10.csv",
        "inbox/1867/koord.csv",
    ],
)
def test_a_name_without_a_day_leaves_it_to_the_file(name: str) -> None:
    found = said(name)
    assert (found.day, found.unread) == (None, False)


@pytest.mark.parametrize(
    "name",
    [
        "k_20241301.csv",
        "k_2024-13-01.xlsx",
        "k_30.02.2024.json",
        "k_2024-02-30.csv",
        "k_101112.csv",
        "k_10.11.12.csv",
        "k_200112.csv",
        "k_2023-12-2.csv",
        "k_2022-23.csv",
        "k_4. tertial 2023.csv",
        "k Q5 2023.csv",
        "k_uke 14.csv",
        "k_uke 54 2023.csv",
        "k desember.csv",
        "k per 31.12.csv",
    ],
)
def test_a_day_that_is_not_understood_is_not_guessed(name: str) -> None:
    found = said(name)
    assert (found.day, found.unread) == (None, True)


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("k_20231231T0830.csv", "08:30:00"),
        ("k 2023-12-31 08.30.csv", "08:30:00"),
        ("k_31.12.2023 kl. 08.30.csv", "08:30:00"),
        ("k_20231231083015.csv", "08:30:15"),
        ("k_20231231_08-30-15.csv", "08:30:15"),
        ("k_20231231_002.csv", ""),
        ("k_20231231-2.csv", ""),
    ],
)
def test_the_time_is_read(name: str, time: str) -> None:
    assert said(name).time == time
    assert said(name).day == dt.date(2023, 12, 31)


@pytest.mark.parametrize(
    "later",
    [
        "k_20231231 (1).csv",
        "k_20231231 - Kopi.csv",
        "k_20231231 – kopi (2).csv",
        "Kopi av k_20231231.csv",
        "Copy of k_20231231.csv",
        "k_20231231 copy.csv",
        "k_20231231-2.csv",
        "k_20231231_002.csv",
        "k_20231231_v2.csv",
        "k_v2_20231231.csv",
        "k_20231231_ny.csv",
        "k_20231231_rettet.csv",
        "k_20231231_endelig.csv",
        "k 31.12.2023 (1).xlsx",
        "k_2023-12 (1).csv",
        "k_20231231[1].csv",
        "k_20231231~1.csv",
        "k_20231231_rev2.csv",
        "k_20231231 korr.csv",
    ],
)
def test_a_copy_comes_after_what_it_is_a_copy_of(later: str) -> None:
    found = said(later)
    assert found.day == dt.date(2023, 12, 31)
    assert found.copy > said("k_20231231.csv").copy == 0


def test_copies_are_in_the_order_of_their_numbers() -> None:
    names = ["k.csv", "k (1).csv", "k (2).csv", "k (10).csv", "k_endelig.csv"]
    numbers = [said(name).copy for name in names]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(names)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("tjenester_1av2_20231231.csv", (1, 2)),
        ("tjenester_20231231_2 av 2.csv", (2, 2)),
        ("tjenester 20231231 del 1 av 3.csv", (1, 3)),
        ("tjenester_20231231_del1.csv", (1, 0)),
        ("tjenester del 2 31.12.2023.csv", (2, 0)),
        ("tjenester_20231231_part2.csv", (2, 0)),
        ("tjenester_20231231_part-00000.csv", (1, 0)),
        ("tjenester_20231231_part-00001.csv", (2, 0)),
        ("andel_20231231.csv", (0, 0)),
        ("del_20231231.csv", (0, 0)),
    ],
)
def test_a_part_is_no_copy(name: str, part: tuple[int, int]) -> None:
    found = said(name)
    assert (found.part, found.parts, found.copy) == (*part, 0)
    assert found.day == dt.date(2023, 12, 31)


@given(
    st.dates(dt.date(2001, 1, 1), dt.date(2026, 11, 20)),
    st.sampled_from(["%Y-%m-%d", "%Y_%m_%d", "%Y%m%d", "%d.%m.%Y", "%d-%m-%Y", "%d%m%Y"]),
    st.sampled_from(["koord_", "", "uttrekk av tjenester ", "Bø-ke-"]),
    st.sampled_from(["", " (1)", "_v2", " - Kopi", "T0830", "_endelig"]),
)
def test_any_day_in_any_of_these_forms_is_that_day(
    day: dt.date, form: str, before: str, after: str
) -> None:
    assert said(f"{before}{day.strftime(form)}{after}.csv").day == day


@given(st.text(max_size=80))
def test_no_name_is_too_strange_to_read(name: str) -> None:
    said(name.replace("/", "") or "x")
