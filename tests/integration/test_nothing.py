"""What stands for nothing makes nobody, and no date is read in silence as another day.

Landed only: which keys and days each format and record type comes to. What is counted of them is in
`test_rules.py` and at the end of this file.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import yaml

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.contract import RECORD_TYPES
from dagster_project.landing.land import Lander
from tests.support.small_home import (
    Row,
    SmallHome,
    as_csv,
    coordinator,
    days,
    land_all,
    no_checks,
    person,
)

WORDS = [
    "NULL", "null", "NA", "N/A", "NaN", "None", "nil", "-", "--", "?", ".", "0", "00000",
    "0.0", "-1", "Ukjent", "ukjend", "ikke satt", "Ikke registrert", "ikkje registrert", "ingen",
    "mangler", "tom", "x", "XXX", "N.N.", "9999", "99999", "(tom)", "<null>", "Ukjent koordinator",
    "\\N", "NaT", "<NA>", "I/T", "nei", "False", "SANN", "uten", "TBD", "avventer", "'NULL'", "'-",
    "00000000-0000-0000-0000-000000000000",
]  # fmt: skip


def landed(home: Home, source: str) -> dict[str, list[Any]]:
    """Land everything and return the newest rows of a source by column."""
    installation = load_installation(home)
    outcomes = land_all(Lander(installation, no_checks))
    assert not outcomes[source].problems, [str(problem) for problem in outcomes[source].problems]
    (file,) = home.landing.glob(f"*/{source}/*.parquet")
    read: dict[str, list[Any]] = pq.read_table(file).to_pydict()
    return read


def as_workbook(rows: Sequence[Row]) -> bytes:
    content = io.BytesIO()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(rows, start=1):
            for place, name in enumerate(columns):
                sheet.write_string(number, place, str(row.get(name, "")))
    return content.getvalue()


def as_xml(rows: Sequence[Row]) -> str:
    def escaped(value: object) -> str:
        return str(value).replace("&", "&amp;").replace("<", "&lt;")

    records = "".join(
        "<rad>"
        + "".join(f"<{name}>{escaped(value)}</{name}>" for name, value in row.items())
        + "</rad>"
        for row in rows
    )
    return f"<register>{records}</register>"


FORMATS: Mapping[str, Any] = {
    "csv": as_csv,
    "xlsx": as_workbook,
    "json": json.dumps,
    "jsonl": lambda rows: "\n".join(json.dumps(row) for row in rows),
    "xml": as_xml,
}


@pytest.mark.parametrize("ending", FORMATS)
def test_no_coordinator_and_no_family_is_made_of_a_word(tmp_path: Path, ending: str) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator")
    rows = [
        coordinator(
            f"K-{number}", number, "2021-01-01", "NULL",
            koordinator_id=word, koordinator_navn=word, familie_id=word, kommune="NA",
        )
        for number, word in enumerate(WORDS)
    ]  # fmt: skip
    rows.append(coordinator("K-99", 99, "2021-01-01", koordinator_id="A1", familie_id="F1"))
    home.deliver("epj", "20240131", FORMATS[ending](rows), ending)
    found = landed(home.home, "epj")
    for column in ("koordinator_key", "koordinator_navn_key", "familie_key"):
        assert found[column][:-1] == [None] * len(WORDS)
    assert found["koordinator_key"][-1] and found["familie_key"][-1]
    assert found["til_dato"] == [None] * len(rows)
    assert set(found["municipality_outcome"]) == {"default"}
    told = "stands_for_nothing koordinator_id"
    assert all(told in remark for remark in found["remarks"][:-1])
    assert found["remarks"][-1] is None


@pytest.mark.parametrize(
    ("record", "column", "key"),
    [
        ("ip", "koordinator_id", "koordinator_key"),
        ("mote", "koordinator_id", "koordinator_key"),
        ("mote", "mote_id", "registration_id"),
        ("endring", "gammel_koordinator_id", "gammel_koordinator_key"),
        ("endring", "ny_koordinator_id", "ny_koordinator_key"),
        ("ansatt", "koordinator_id", "koordinator_key"),
        ("kompetanse", "koordinator_id", "koordinator_key"),
        ("person", "tidligere_id", "earlier_person_key"),
        ("melding", "melding_id", "registration_id"),
        ("tjeneste", "tjeneste_id", "registration_id"),
    ],
)
def test_nor_in_any_key_of_any_record_type(
    tmp_path: Path, record: str, column: str, key: str
) -> None:
    home = SmallHome(tmp_path / "home").source("kilde", record)
    headers = [each.name for each in RECORD_TYPES[record].columns]
    rows = [{**dict.fromkeys(headers, ""), column: word} for word in WORDS * 2]
    home.deliver("kilde", "20240131", rows)
    found = landed(home.home, "kilde")
    assert found[key] == [None] * len(rows)
    if column.endswith(("mote_id", "melding_id", "tjeneste_id")):
        assert found["registration_id_given"] == [None] * len(rows)
    assert all(f"stands_for_nothing {column}" in remark for remark in found["remarks"])


def test_a_number_among_its_neighbours_is_somebodys(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator").source("lonn", "ansatt")
    numbered = [
        coordinator(
            str(number), number, "2021-01-01", koordinator_id="9998", koordinator_navn="Tom"
        )
        for number in range(3)
    ]
    numbered.append(coordinator("3", 3, "2021-01-01", koordinator_id="9999", familie_id="999"))
    home.deliver("epj", "20240131", numbered)
    home.deliver("lonn", "20240131", [{"ansattnr": "000681"}, {"ansattnr": "681.0"}])
    found = landed(home.home, "epj")
    assert found["registration_id"] == ["0", "1", "2", "3"]
    assert len(set(found["koordinator_key"])) == 2
    assert found["koordinator_navn_key"][0] and found["familie_key"][3]
    assert found["remarks"] == [None] * 4
    assert len(set(landed(home.home, "lonn")["koordinator_key"])) == 1


@pytest.mark.parametrize("ending", FORMATS)
def test_a_key_that_is_kept_from_becoming_a_number_is_the_same(tmp_path: Path, ending: str) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator")
    written = ["0681", '="0681"', "'0681", "'0681'"]
    rows = [
        coordinator(cell, number, cell.replace("0681", "01.02.2023"), koordinator_id=cell)
        for number, cell in enumerate(written)
    ]
    home.deliver("epj", "20240131", FORMATS[ending](rows), ending)
    found = landed(home.home, "epj")
    assert found["registration_id"] == ["0681"] * 4
    assert found["fra_dato"] == ["2023-02-01"] * 4
    assert len(set(found["koordinator_key"])) == 1


def test_a_day_that_a_program_writes_as_a_list_of_numbers(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("moter", "mote")
    meeting = {"mote_id": "1", "fnr": "", "motetype": "ot", "motedato": [2023, 7, 2]}
    other = {**meeting, "mote_id": "2", "motedato": [2023, 7, 2, 9, 30], "deltakere": ["lege"]}
    neither = {**meeting, "mote_id": "3", "motedato": [7, 2, 2023]}
    home.deliver("moter", "20240131", json.dumps([meeting, other, neither]), "json")
    assert landed(home.home, "moter")["motedato"] == ["2023-07-02", "2023-07-02", "?7;2;2023"]


def test_codes_keep_their_own_words(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator").source("ip", "ip")
    home.deliver(
        "epj",
        "20240131",
        [coordinator("K-1", 1, "2021-01-01", samtykke="x", koordinator_navn="Ikke avklart"),
         coordinator("K-2", 2, "2021-01-01", samtykke="NULL", koordinator_navn="Vakant")],
    )  # fmt: skip
    home.deliver(
        "ip", "20240131", "registrering_id;fnr;status;opprettet_dato\nP1;;Ingen;\nP2;;NULL;\n"
    )
    found = landed(home.home, "epj")
    assert found["samtykke"] == ["x", None]
    assert found["koordinator_navn_vacant"] == ["awaiting_appointment"] * 2
    assert found["remarks"] == [None, None]
    assert landed(home.home, "ip")["status"] == ["Ingen", None]


DAYS = [("2024-01-15", "2024-06-30"), ("2024-03-01", None), ("2022-12-31", "2023-12-31")]


@pytest.mark.parametrize("case", ["06", "07", "08", "09", "10", "38"])
def test_the_days_of_the_worlds_cases(tmp_path: Path, shared: Path, case: str) -> None:
    (folder,) = (shared / "cases").glob(f"{case}-*")
    home = Home(shutil.copytree(folder, tmp_path / "home"))
    source = load_installation(home).sources[0].name
    found = landed(home, source)
    assert list(zip(found["fra_dato"], found["til_dato"], strict=True))[:3] == DAYS
    if case in ("08", "09"):
        assert [key is None for key in found["koordinator_key"]] == [False, True, True]
    if case == "10":
        assert found["registration_id"][:3] == ["101", "102", "103"]
        assert all(found["person_key"][:3]) and not found["person_key"][3]


def test_month_first_is_the_order_of_the_whole_file(tmp_path: Path, shared: Path) -> None:
    (folder,) = (shared / "cases").glob("31-*")
    home = Home(shutil.copytree(folder, tmp_path / "home"))
    found = landed(home, "r31_csv_us_dates")
    assert list(zip(found["fra_dato"], found["til_dato"], strict=True)) == [
        ("2023-03-04", "2023-11-05"), ("2023-03-14", "2023-11-25"), ("2022-01-02", None),
        ("2022-05-31", "2022-12-24"), ("2021-02-10", "2021-08-30"), ("2021-09-15", None),
    ]  # fmt: skip
    assert found["remarks"][0] == "date_month_first fra_dato;date_month_first til_dato"


@pytest.mark.parametrize("ending", FORMATS)
def test_so_it_is_in_other_formats_and_record_types(tmp_path: Path, ending: str) -> None:
    home = SmallHome(tmp_path / "home").source("moter", "mote").source("tall", "koordinatortall")
    moter = [
        {"mote_id": "M1", "fnr": "", "motedato": "3/4/2023 12:00:00 AM", "motetype": "ot"},
        {"mote_id": "M2", "fnr": "", "motedato": "3/14/2023 12:00:00 AM", "motetype": "ot"},
    ]
    tall = [
        {
            "enhet": "A",
            "tjenesteomrade": "skole",
            "telledato": "03-04-2023",
            "rapportert_dato": "01-02-2024",
        },
        {"enhet": "B", "tjenesteomrade": "skole", "telledato": "05-04-2023", "rapportert_dato": ""},
    ]
    home.deliver("moter", "20240131", FORMATS[ending](moter), ending)
    home.deliver("tall", "20240131", FORMATS[ending](tall), ending)
    found = landed(home.home, "moter")
    assert found["motedato"] == ["2023-03-04", "2023-03-14"]
    assert found["remarks"] == ["date_month_first motedato", None]
    found = landed(home.home, "tall")
    assert found["telledato"] == ["2023-04-03", "2023-04-05"]
    told = "date_order_assumed telledato"
    assert found["remarks"] == [f"{told};date_order_assumed rapportert_dato", told]


def test_birth_dates_are_read_in_the_century_of_the_id(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("folk", "person").source("bolig", "bolig")
    rows = [
        person(1, "1931-03-14", fodselsdato="14.03.31"),
        person(2, "1931-03-14", fodselsdato="2031-03-14"),
        {"fnr": "", "navn": "", "fodselsdato": "14.03.31"},
        {"fnr": "", "navn": "", "fodselsdato": "11396"},
        person(3, "1931-03-14", fodselsdato="1931-03-15"),
    ]
    home.deliver("folk", "20240131", rows)
    home.deliver(
        "bolig", "20240131", [{"fnr": "", "meldt_dato": "2023-01-01", "onsket_aar": "01.01.2027"}]
    )
    found = landed(home.home, "folk")
    assert found["fodselsdato"] == ["1931-03-14"] * 4 + ["1931-03-15"]
    assert found["remarks"] == [None, "birth_date_century fodselsdato", None, None, None]
    assert landed(home.home, "bolig")["onsket_aar"] == ["2027"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Two municipalities: one with a unit's number for a coordinator, one that is only small."""
    home = SmallHome(tmp_path_factory.mktemp("many") / "home")
    home.source("epj", "koordinator").source("liten", "koordinator", kommune="1134")
    rows = [coordinator(f"F-{n}", n, "2021-01-01", koordinator_id="FELLES") for n in range(60)]
    # One after the other, a hundred persons are no more than one at a time.
    rows += [
        coordinator(f"E-{n}", n, f"20{n:02}-01-01", f"20{n:02}-11-30", koordinator_id="E",
                    born="1981-05-15") for n in range(10, 23)
    ]  # fmt: skip
    rows += [
        coordinator(f"A-{n}", n, "2021-01-01", koordinator_id=f"A{n % 5}", born="1982-05-15")
        for n in range(15)
    ]
    rows += [
        coordinator(f"B-{n}", n, "2022-09-01", born="2015-05-15", rolle="barnekoordinator",
                    koordinator_id=f"B{n}", familie_id="KOMMUNEN" if n < 22 else f"F{n // 2}")
        for n in range(26)
    ]  # fmt: skip
    home.deliver("epj", "20240131", rows)
    small = [coordinator(f"S-{n}", n, "2021-01-01", koordinator_id="S") for n in range(45)]
    small += [coordinator("S-X", 45, "2021-01-01", koordinator_id="T")]
    home.deliver("liten", "20240131", small)
    return home.build()


def test_a_key_on_many_is_nobody(many: duckdb.DuckDBPyConnection) -> None:
    found = many.sql(
        "select source, column_name, detail, count(*) from marts.findings "
        "where rule = 'key_on_many' group by all order by all"
    ).fetchall()
    assert found == [
        ("epj", "familie_id", "familie_id: 22 persons", 22),
        ("epj", "koordinator_id", "koordinator_id: 60 persons", 60),
    ]
    # Everybody keeps a coordinator; nobody has sixty.
    counted = (
        "from intermediate.int_coordinator__assignment "
        "where counts and coalesce(last_day, date '2030-01-01') >= '2030-01-01'"
    )
    assert many.sql(f"select count(*) {counted} and municipality_code = '4602'").fetchone() == (
        60 + 15 + 26,
    )
    assert many.sql(f"select count(*) {counted} and coordinator_key is null").fetchone() == (60,)
    assert many.sql(
        f"select count(distinct family_key), count(family_key) {counted}"
    ).fetchone() == (2, 4)


def test_who_has_most_of_a_small_municipality_is_a_coordinator(
    many: duckdb.DuckDBPyConnection,
) -> None:
    assert many.sql(
        "select max(persons) from intermediate.int_coordinator_date "
        "where municipality_code = '1134'"
    ).fetchone() == (45,)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> duckdb.DuckDBPyConnection:
    """The world's cases of persons and last days, in one home."""
    home = SmallHome(tmp_path_factory.mktemp("world") / "home")
    for case in ("42", "55", "56", "68"):
        (folder,) = (shared / "cases").glob(f"{case}-*")
        for source in yaml.safe_load((folder / "sources.yml").read_text("utf-8"))["sources"]:
            home.source(source["name"], source["record"], path=source["path"])
        shutil.copytree(folder / "inbox", home.home.inbox, dirs_exist_ok=True)
    return home.build()


def test_chains_rings_and_stays_of_the_worlds_cases(world: duckdb.DuckDBPyConnection) -> None:
    said = world.sql(
        """
        select registration_id, assignment.person_number, assignment.first_day, assignment.last_day
        from intermediate.int_coordinator__merged as merged
        inner join intermediate.int_coordinator__assignment as assignment using (assignment_number)
        """
    ).fetchall()
    person = {name: number for name, number, _, _ in said}
    held = {name: row for name, *row in days((n, f, t) for n, _, f, t in said)}
    assert person["42-1"] == person["42-2"] == person["42-3"]
    assert person["42-4"] == person["42-5"]
    assert len({person[f"42-{n}"] for n in (1, 4, 6, 7)}) == 4
    assert sorted([held["42-1"], held["42-2"], held["42-3"]]) == [
        ["2024-01-01", "2024-01-31"], ["2024-02-01", "2024-02-29"], ["2024-03-01", None],
    ]  # fmt: skip
    assert held["55-1"] == held["55-2"] == ["2024-03-01", None]
    assert held["55-3"] == ["2024-03-01", "2024-06-02"]
    assert held["56-1"] == ["2024-03-01", "2025-12-31"]
    assert held["56-2"] == ["2024-03-01", "2025-12-30"]
    assert held["56-3"] == ["2025-12-31", "2025-12-31"]
    assert held["68-1"] == ["2024-01-15", "2024-06-30"]
    assert held["68-2"] == ["2024-01-15", None]
    found = world.sql("select rule, count(*) from marts.findings group by rule").fetchall()
    assert ("earlier_id_ambiguous", 2) in found
    on_the_day = world.sql(
        "select count(*) from intermediate.int_person_date as person "
        "inner join intermediate.int_coordinator__assignment as held using (person_number) "
        "inner join intermediate.int_coordinator__merged using (assignment_number) "
        "where reference_date = '2025-12-31' and registration_id like '56-%' "
        "and has_coordinator"
    ).fetchone()
    assert on_the_day == (2,)
