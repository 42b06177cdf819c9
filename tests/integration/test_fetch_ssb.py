"""The connector `ssb` on a service that behaves as Statistics Norway's does."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path
from typing import Any

import pytest

from dagster_project.config.installation import load_installation
from dagster_project.reference.municipalities import municipalities
from tests.integration.test_population import BY_HAND
from tests.support.small_home import SmallHome, coordinator
from tests.support.statbank import Statbank
from tests.support.web_service import Reply, in_turn, serving

AGES = [*(f"{age:03}" for age in range(105)), "105+"]
YEARS = [str(year) for year in range(1986, 2027)]
# Kinn, the two municipalities that became it, its county, the country, and a neighbour.
REGIONS = ["0", "46", "1401", "1439", "4602", "4601"]


def population(codes: dict[str, str]) -> int | str:
    """Return a number of its own for each cell of a municipality that there was that year."""
    year, region, age = int(codes["Tid"]), codes["Region"], int(codes["Alder"][:3])
    if (region == "4602") == (year < 2020):
        return "."
    if (region, year, age) == ("4602", 2024, 104):
        return ":"
    return year % 100 + age + 500 * int(codes.get("Kjonn", 0))


def table(**said: Any) -> Statbank:
    codes = {
        "Region": REGIONS,
        "Kjonn": ["2", "1"],
        "Alder": AGES,
        "ContentsCode": ["Personer1"],
        "Tid": YEARS,
    }
    return Statbank("07459", **{"codes": codes, "number_of": population, **said})


def fetch(
    tmp_path: Path, answer: Any, record: str = "befolkning", **said: object
) -> tuple[SmallHome, list[str]]:
    home = SmallHome(tmp_path / "home")
    home.source("epj", "koordinator")
    with serving(answer) as service:
        url = f"{service.url}/api/pxwebapi/v2"
        home.source("folk", record, connector="ssb", url=url, **said)
        return home, home.fetch()


def rows(home: SmallHome) -> list[dict[str, str]]:
    (text,) = home.fetched("folk")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_inhabitants_of_the_municipality_and_of_those_that_became_it(tmp_path: Path) -> None:
    bank = table()
    home, problems = fetch(tmp_path, bank)
    assert problems == []
    found = rows(home)
    expected = {
        (region, sex, age, year)
        for region, years in (
            ("1401", range(2015, 2020)),
            ("1439", range(2015, 2020)),
            ("4602", range(2020, 2027)),
        )
        for sex, age, year in itertools.product("12", range(106), years)
    }
    at = {(r["region"], r["kjonn"], int(r["alder"]), int(r["aar"])): r for r in found}
    assert at.keys() == expected
    assert len(found) == len(expected)
    assert at["1401", "2", 37, 2019]["personer"] == str(19 + 37 + 1000)
    assert at["4602", "1", 105, 2026]["personer"] == str(26 + 105 + 500)
    assert bank.cells == [3 * 2 * 106 * 12]


def test_a_sign_is_a_missing_number_and_no_zero(tmp_path: Path) -> None:
    home, _ = fetch(tmp_path, table())
    signed = [row for row in rows(home) if row["merke"]]
    assert [(r["alder"], r["aar"], r["personer"], r["merke"]) for r in signed] == [
        ("104", "2024", "", ":"),
        ("104", "2024", "", ":"),
    ]


def test_signs_are_read_however_they_are_written(tmp_path: Path) -> None:
    plain, _ = fetch(tmp_path / "object", table())
    listed, _ = fetch(tmp_path / "list", table(signs_as="list"))
    assert rows(plain) == rows(listed)


def test_years_in_which_it_was_none_are_left_out_where_they_are_zeros(tmp_path: Path) -> None:
    """Without signs, too: a municipality in which nobody lives is one that there was not."""

    def zeros(codes: dict[str, str]) -> int | str:
        return 0 if population(codes) == "." else population(codes)

    with_zeros, _ = fetch(tmp_path / "zeros", table(number_of=zeros))
    with_signs, _ = fetch(tmp_path / "signs", table())
    assert rows(with_zeros) == rows(with_signs)


@pytest.mark.parametrize(("largest", "requests"), [(3 * 212 * 5, 3), (3 * 212, 12), (212, 36)])
def test_no_request_is_larger_than_is_allowed(tmp_path: Path, largest: int, requests: int) -> None:
    bank = table(largest=largest)
    home, problems = fetch(tmp_path / "parted", bank)
    assert problems == []
    assert len(bank.cells) == requests
    assert max(bank.cells) <= largest
    whole, _ = fetch(tmp_path / "whole", table())
    key = ("region", "kjonn", "alder", "aar")
    in_order = [sorted(rows(one), key=lambda r: [r[k] for k in key]) for one in (home, whole)]
    assert in_order[0] == in_order[1]


def test_a_table_updated_between_two_requests_is_read_anew(tmp_path: Path) -> None:
    moments = iter(["metadata", "before", "after", *["after"] * 100])
    bank = table(largest=3 * 212 * 6, updated=lambda: next(moments))
    home, problems = fetch(tmp_path, bank)
    assert problems == []
    assert len(bank.cells) == 4
    assert len(rows(home)) == 2 * 212 * 5 + 212 * 7


def test_a_projection_counts_its_main_alternative(tmp_path: Path) -> None:
    codes = {
        "Region": ["0301", "4602"],
        "Kjonn": ["1", "2"],
        "Alder": AGES,
        "ContentsCode": ["Personer", "Personer1"],
        "Tid": ["2024", "2050"],
    }
    bank = Statbank("14288", codes, lambda c: 7 if c["ContentsCode"] == "Personer" else 70_000)
    home, problems = fetch(tmp_path, bank, "framskriving")
    assert problems == []
    assert {(r["region"], r["personer"]) for r in rows(home)} == {("4602", "7")}
    assert {r["aar"] for r in rows(home)} == {"2024", "2050"}


@pytest.mark.parametrize(
    ("held", "regions"),
    [("1508", {"1504", "1507", "1508"}), ("1580", {"1580"})],
)
def test_a_municipality_that_was_divided_is_fetched_for_the_one_that_goes_on_as_it(
    tmp_path: Path, held: str, regions: set[str]
) -> None:
    """Who of Ålesund 2020-2023 lived in what is Haram today, nobody can tell by its figures."""
    codes = {**table().codes, "Region": ["1504", "1507", "1508", "1580"]}
    home = SmallHome(tmp_path / "home", held)
    bank = Statbank("07459", codes, lambda _: 5)
    with serving(bank) as service:
        home.source("folk", "befolkning", connector="ssb", url=service.url)
        assert home.fetch() == []
    assert {row["region"] for row in rows(home)} == regions


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (table(number_of=lambda _: "."), "not a single record came"),
        (table(number_of=lambda _: -1), "a number of persons is none"),
        (in_turn(Reply({"id": ["Region"], "dimension": {}})), "it is no JSON-stat data set"),
        (in_turn(Reply(["07459"])), "it is no JSON-stat data set"),
        (
            Statbank("07459", {**table().codes, "ContentsCode": ["Personer"]}, population),
            "does not count Personer1 (but Personer)",
        ),
        (
            Statbank("07459", {**table().codes, "Region": ["0301"]}, population),
            "has nothing of what is asked for in Region",
        ),
        (table(largest=100), "answered HTTP 400"),
        (Statbank("09999", {}, population), "answered HTTP 404"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, answer: Any, words: str) -> None:
    home, problems = fetch(tmp_path, answer)
    assert words in problems[0]
    assert home.fetched("folk") == []


def _real_figures(shared: Path) -> dict[tuple[str, str, str], int]:
    """Return the figures of Statistics Norway's own files by region, age and year."""
    figures = {}
    for file in sorted((shared / "ssb").glob("Personer*.csv")):
        lines = file.read_bytes().decode("cp1252").splitlines()
        begin = next(
            at
            for at, line in enumerate(lines)
            if "region" in line and "age" in line and "Persons" in line and ":" not in line
        )
        delimiter = next(sign for sign in "\t;," if sign in lines[begin])
        for row in csv.DictReader(lines[begin:], delimiter=delimiter):
            region = row["region"].removeprefix("K-")[:4]
            age = f"{int(row['age'].split()[0]):03}"
            for name, number in row.items():
                if name.startswith("Persons "):
                    figures[region, age, name[-4:]] = int(number)
    return figures


def test_real_figures_come_out_as_summed_by_hand(shared: Path, tmp_path: Path) -> None:
    figures = _real_figures(shared)
    codes = {
        "Region": sorted({region for region, _, _ in figures}),
        "Alder": sorted({age for _, age, _ in figures}),
        "ContentsCode": ["Personer1"],
        "Tid": sorted({year for _, _, year in figures}),
    }
    bank = Statbank("07459", codes, lambda c: figures.get((c["Region"], c["Alder"], c["Tid"]), "."))
    home = SmallHome(tmp_path / "home", "3203")
    for municipality in {municipality for municipality, _ in BY_HAND}:
        home.source(f"ke_{municipality}", "koordinator", kommune=municipality)
    with serving(bank) as service:
        home.source("folk", "befolkning", connector="ssb", url=service.url)
        assert home.fetch() == []
    history = municipalities()
    summed: dict[tuple[str | None, int], int] = {}
    for row in rows(home):
        at = (history.resolve(row["region"], own=None).code, int(row["aar"]))
        summed[at] = summed.get(at, 0) + int(row["personer"])
    assert {at: summed.get(at) for at in BY_HAND} == BY_HAND


def test_the_inhabitants_are_those_of_the_warehouse(tmp_path: Path) -> None:
    home, _ = fetch(tmp_path, table())
    home.deliver("epj", "20240131", [coordinator("A", 1, "2020-02-03")])
    assert load_installation(home.home).problems == ()
    with home.build() as warehouse:
        counted = warehouse.sql(
            "select year, sum(persons)::bigint from intermediate.int_inhabitants "
            "where municipality_code = '4602' group by all order by all"
        ).fetchall()
        signed = warehouse.sql(
            "select count(*) from marts.findings where source = 'folk'"
        ).fetchone()
    ages = sum(range(106))
    of_sexes = {year: 2 * (106 * (year % 100) + ages) + 106 * 1500 for year in range(2015, 2027)}
    expected = {year: 2 * of_sexes[year] if year < 2020 else of_sexes[year] for year in of_sexes}
    expected[2024] -= 2 * (24 + 104) + 1500
    assert dict(counted) == expected
    assert signed == (2,)
