"""Tables of the population hold sums, eras and places beside municipalities: each one counts once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

import duckdb
import pytest

from tests.support.small_home import SmallHome, coordinator, person

Row = tuple[str, str, str, int, int]
HEADER = ("region", "kjønn", "alder", "år", "personer")


def sexes(region: str, year: int, age: str, both: str = "Begge kjønn") -> list[Row]:
    """Men, women and both together, 52, 48 and 100."""
    return [
        (region, both, age, year, 100),
        (region, "Menn", age, year, 52),
        (region, "Kvinner", age, year, 48),
    ]


def ages(region: str, year: int, persons: int, *of: str) -> list[Row]:
    return [(region, "", age, year, persons) for age in of or ("10 år", "40 år", "80 år")]


LONG: list[Row] = [
    # Both sexes beside men and women, by whatever word.
    *sexes("4640 Sogndal", 2023, "10 år"),
    *sexes("4640 Sogndal", 2023, "40 år", "I alt"),
    *sexes("4639 Vik", 2023, "10 år", "Totalt"),
    *sexes("4639 Vik", 2023, "40 år", ""),
    # Both sexes alone; and beside one of them.
    ("4641 Aurland", "Begge kjønn", "10 år", 2023, 70),
    ("4642 Lærdal", "Both sexes", "10 år", 2023, 90),
    ("4642 Lærdal", "Women", "10 år", 2023, 44),
    # One sex only.
    ("4636 Solund", "Kvinner", "10 år", 2023, 21),
    ("4636 Solund", "Kvinner", "40 år", 2023, 22),
    # All ages beside the ages, with a sum that is not theirs.
    *sexes("4643 Årdal", 2023, "10 år"),
    *sexes("4643 Årdal", 2023, "40 år"),
    ("4643 Årdal", "Begge kjønn", "Alle aldre", 2023, 210),
    # Ages in words, open and grouped.
    ("4644 Luster", "", "Alle aldre", 2023, 5000),
    ("4644 Luster", "", "80", 2023, 50),
    ("4644 Luster", "", "85-89", 2023, 40),
    ("4644 Luster", "", "90+", 2023, 30),
    ("4644 Luster", "", "Under 1 år", 2023, 45),
    ("4644 Luster", "", "0-4 år", 2023, 200),
    # An age and all above it, beside those above it.
    *ages("4645 Askvoll", 2023, 5, "80 år", "81 år", "105 år eller eldre"),
    ("4645 Askvoll", "", "80 år eller eldre", 2023, 15),
    # All ages alone are no age.
    ("4646 Fjaler", "", "Alle aldre", 2023, 2900),
    # One municipality by two names; and by the codes of two times.
    *ages("4602 Kinn", 2023, 150),
    *ages("Kinn", 2023, 150),
    *ages("4602 Kinn", 2018, 170),
    *ages("1401 Flora", 2018, 120),
    *ages("1439 Vågsøy (-2019)", 2018, 50),
    # No municipalities.
    *ages("Hele landet", 2023, 90_000),
    *ages("46 Vestland", 2023, 9_000),
    *ages("Vestland", 2022, 9_000),
    *ages("Svalbard", 2023, 20),
    *ages("Uoppgitt", 2023, 3),
    *ages("K-Rest Divided municipalities and unknown", 2023, 0),
]
ERAS: list[Row] = [
    *ages("Ålesund (2020-2023)", 2022, 700),
    *ages("Porsanger - Porsángu - Porsanki (2020-2023)", 2022, 40),
    *ages("Hamarøy - Hábmer (-2019)", 2018, 20),
    *ages("Nordkapp (2020-2023)", 2022, 30),
    *ages("Kristiansund", 2022, 240),
    *ages("K-1507 Ålesund (2020-2023)", 2021, 690),
    *ages("Ålesund", 2020, 680),
    *ages("Ålesund (-2019)", 2019, 500),
    *ages("1508 Ålesund", 2024, 600),
    *ages("Sør-Varanger (2020–2023)", 2022, 60),
]
# By today's code and year, what each municipality comes to.
RIGHT = {
    ("4640", 2023): 200,
    ("4639", 2023): 200,
    ("4641", 2023): 70,
    ("4642", 2023): 90,
    ("4643", 2023): 200,
    ("4644", 2023): 125,
    ("4645", 2023): 15,
    ("4602", 2023): 450,
    ("4602", 2018): 510,
    ("5622", 2022): 120,
    ("1875", 2018): 60,
    ("4636", 2023): 43,
    ("5620", 2022): 90,
    ("1505", 2022): 720,
    ("1508", 2019): 1500,
    ("1508", 2024): 1800,
    ("5605", 2022): 180,
    # The year that two files tell of, of which the later one ends in an open age.
    ("4647", 2023): 9,
}


def as_csv(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows([HEADER, *rows])
    return text.getvalue()


def as_json(rows: Sequence[Row]) -> str:
    return json.dumps([dict(zip(HEADER, row, strict=True)) for row in rows])


def wide(rows: Iterable[Row]) -> str:
    """Return one column a year, as tables are downloaded."""
    lines = ["region;kjønn;alder;Personer 2030"]
    lines += [f"{region};{sex};{age};{persons}" for region, sex, age, _, persons in rows]
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = SmallHome(tmp_path_factory.mktemp("tables") / "home", "1508")
    home.source("folk", "person").deliver("folk", "20251231", [person(1), person(2)])
    home.source("epj", "koordinator").deliver(
        "epj",
        "20251231",
        [
            coordinator("K-1", 1, "2021-01-01", kommune="Ålesund (2020-2023)"),
            coordinator("K-2", 2, "2021-01-01", kommune="Porsanger (2020-2023)"),
            coordinator("K-3", 2, "2021-01-01", kommune="Møre og Romsdal"),
            coordinator("K-4", 2, "2021-01-01", kommune="Ålesund (-2019)"),
        ],
    )
    home.source("tall", "koordinatortall").deliver(
        "tall",
        "20251231",
        "enhet;tjenesteområde;telledato;antall_koordinatorer;kommune\n"
        "Sone nord;skole;2025-12-31;7;1507 Ålesund\n"
        "Sone sør;skole;2025-12-31;5;\n",
    )
    home.source("ssb", "befolkning", delivery="incremental")
    home.deliver(
        "ssb",
        "20250101",
        as_csv([*LONG, *ages("4647 Sunnfjord", 2023, 2, "89 år", "90 år", "91 år")]),
    )
    home.deliver("ssb", "20250102", as_json(ERAS), "json")
    home.deliver("ssb", "20250103", as_csv(ages("4647 Sunnfjord", 2023, 7, "90 år eller eldre")))
    home.source("ahead", "framskriving", delivery="incremental")
    ahead = [*sexes("1508 Ålesund", 2030, "10 år"), *sexes("Hele landet", 2030, "10 år")]
    home.deliver("ahead", "20250101", wide([*ahead, *ages("1507 Ålesund", 2030, 9)]))
    return home.build()


def test_every_municipality_has_each_inhabitant_once(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    counted = warehouse.sql(
        "select municipality_code, year, sum(persons)::bigint "
        "from intermediate.int_inhabitants group by all"
    ).fetchall()
    assert {(code, year): persons for code, year, persons in counted} == RIGHT


def test_the_open_age_and_the_first_are_known_in_words(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    luster = warehouse.sql(
        "select age, persons from intermediate.int_inhabitants "
        "where municipality_code = '4644' order by age"
    ).fetchall()
    assert luster == [(0, 45), (80, 50), (90, 30)]


def findings(warehouse: duckdb.DuckDBPyConnection, rule: str) -> list[tuple[str, str | None, int]]:
    return warehouse.execute(
        "select source, detail, count(*) from marts.findings where rule = ? group by all "
        "order by all",
        [rule],
    ).fetchall()


def test_what_is_left_out_is_told_for_what_it_is(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert findings(warehouse, "municipality_unknown") == []
    assert findings(warehouse, "municipality_none") == [
        ("ahead", "region: Hele landet", 3),
        ("epj", "kommune: Møre og Romsdal", 1),
        *(
            ("ssb", f"region: {region}", 3)
            for region in (
                "46 Vestland",
                "Hele landet",
                "K-Rest Divided municipalities and unknown",
                "Svalbard",
                "Uoppgitt",
                "Vestland",
            )
        ),
    ]
    assert findings(warehouse, "municipality_divided") == [
        ("ahead", "region: 1507 Ålesund", 3),
        ("tall", "kommune: 1507 Ålesund", 1),
    ]
    assert findings(warehouse, "municipality_combined") == [
        ("ssb", "region: K-1507 Ålesund (2020-2023)", 3),
        ("ssb", "region: Ålesund", 3),
        ("ssb", "region: Ålesund (2020-2023)", 3),
    ]


def test_a_rate_of_a_divided_municipality_has_the_inhabitants_of_the_whole(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    # K-1 is of 2021 and names the Ålesund that was divided; K-4 is of the one before it.
    rates = warehouse.sql(
        "select reference_date, denominator from marts.coverage where municipality_code = '1508' "
        "and indicator = 'coordinator_rate' and age_scheme = 'standard' and age_group = 'all' "
        "and month(reference_date) = 12"
    ).fetchall()
    counted = {day.year: inhabitants for day, inhabitants in rates}
    assert counted == {2021: 2070, 2022: 2100, 2024: 1800}
    assert warehouse.sql(
        "select distinct year from marts.population "
        "where municipality_code = '1508' and basis = 'counted' order by 1"
    ).fetchall() == [(2019,), (2024,)]
    assert sorted(findings(warehouse, "age_group")) == [
        ("ssb", "alder", 1),
        ("ssb", "alder: 0-4 år", 1),
        ("ssb", "alder: 85-89", 1),
    ]


def test_a_sum_that_is_not_that_of_its_rows_is_told(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert findings(warehouse, "population_sum_differs") == [
        ("ssb", "personer: 210 / 200", 1),
        ("ssb", "personer: 5000 / 125", 1),
    ]


def test_a_municipality_with_one_sex_only_is_counted_and_told(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert findings(warehouse, "population_one_sex") == [("ssb", "kjonn: 2023", 1)]


def test_registrations_of_persons_keep_their_municipality_where_one_of_the_parts_is_theirs(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.sql(
        "select registration_id, municipality_code, coalesce(quarantine_rule, '') "
        "from intermediate.int_coordinator__row order by 1"
    ).fetchall()
    assert rows == [
        ("K-1", "1508", ""),
        ("K-2", None, "municipality_not_held"),
        ("K-3", None, "municipality_none"),
        ("K-4", "1508", ""),
    ]


def test_a_projection_is_counted_by_the_same_rules(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = warehouse.sql(
        "select municipality_code, sum(persons)::bigint from intermediate.int_projection__row "
        "where disposition = 'counted' group by all"
    ).fetchall()
    assert counted == [("1508", 100)]


def test_what_a_table_leaves_out_lowers_no_grade(warehouse: duckdb.DuckDBPyConnection) -> None:
    lost = warehouse.sql(
        "select max(begun_quarantined) from intermediate.int_row_step "
        "where record = 'befolkning' and municipality_code = '1508'"
    ).fetchone()
    assert lost == (0,)
