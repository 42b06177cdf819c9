"""Units: listed and reorganised, unknown to everybody, and those that have not reported."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from dagster_project.config.installation import load_installation
from dagster_project.problems import SamordnaError
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.content import units
from dashboards.content.labels import Labels
from dashboards.export.table import as_html
from dashboards.i18n.texts import Language, Texts
from dashboards.view.state import View
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, coordinator, fetch, person, service

UNITS = """\
enhet;skrives;tjenesteomrade;ansvarlig;fra;til
Teamet;Team 3|tverrfaglig team;skole;rektor;;31.12.2022
Familieteamet;Team 3|Tverrfaglig  TEAM;helsestasjon;leder helsestasjonen;01.01.2023;
Heimetenesta nord;Nord;hjemmetjeneste;leiar heimetenesta;;
Heimetenesta sør;;Hjemmetjenester;;;
"""
THEN, NOW = "2022-12-31", "2023-12-31"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    made = SmallHome(tmp_path_factory.mktemp("units") / "home", units="enheter.csv")
    (made.home.root / "enheter.csv").write_text(UNITS, encoding="utf-8")
    made.source("folk", "person").source("epj", "koordinator").source("tiltak", "tjeneste")
    made.source("tall", "koordinatortall").source("lonn", "ansatt")
    made.deliver("folk", "20240131", [person(number) for number in range(1, 7)])
    areas = {1: "Team 3", 2: "nord", 3: "Enhet for det meste", 4: "", 5: "skole"}
    made.deliver(
        "epj",
        "20240131",
        [
            coordinator(
                f"K-{number}",
                number,
                "2021-01-01",
                koordinator_id=str(100 + number),
                koordinator_tjeneste=area,
            )
            for number, area in areas.items()
        ],
    )
    made.deliver(
        "lonn", "20240131", "koordinator_id;tjenesteomrade\n104;NORD\n103;Ukjent avdeling X\n"
    )
    made.deliver(
        "tiltak",
        "20240131",
        [
            service("T-1", 1, "Team 3", "2022-12-01"),
            service("T-2", 1, "Nord", "2022-12-01"),
            service("T-3", 6, "Enhet for det meste", "2022-01-01"),
            service("T-4", 6, "skole", "2022-01-01"),
            service("T-5", 5, "", "2022-01-01"),
        ],
    )
    made.deliver(
        "tall",
        "20240131",
        "enhet;tjenesteomrade;telledato;antall_med_koordinator\n"
        "Team 3;skole;2022-11-15;1\n"
        "Team 3;;2023-11-15;1\n"
        "Nord;Enhet for det meste;2023-11-16;2\n"
        "Ukjent enhet;Ingen kjenner;2023-11-15;3\n",
    )
    return made


@pytest.fixture(scope="module")
def warehouse(home: SmallHome) -> duckdb.DuckDBPyConnection:
    return home.build()


def test_an_unknown_unit_takes_no_coordinator_out(warehouse: duckdb.DuckDBPyConnection) -> None:
    loads = fetch(
        warehouse,
        f"""
        select service_area, persons from marts.coordinator_load
        where reference_date = '{NOW}' and sector = 'all' order by all
        """,
    )
    assert dict(loads)["unknown"] == 1  # K-3; K-4 has the area of its employment
    assert dict(loads)["all"] == 5


def test_a_unit_takes_its_coordinators_and_services_to_its_new_area(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = fetch(
        warehouse,
        """
        select reference_date::text, service_area, unit, persons from marts.unit_count
        where reference_date in ('2022-12-31', '2023-01-31') and unit not in ('all', 'unknown')
        order by all
        """,
    )
    assert found == [
        (THEN, "home_care", "Heimetenesta nord", 2),
        (THEN, "school", "Teamet", 1),
        ("2023-01-31", "child_health", "Familieteamet", 1),
        ("2023-01-31", "home_care", "Heimetenesta nord", 2),
    ]
    areas = fetch(
        warehouse,
        """
        select distinct reference_date::text, service_area from marts.coverage
        where
            indicator = 'coordinator_coverage' and age_scheme = 'standard' and age_group = 'all'
            and reference_date in ('2022-12-31', '2023-01-31')
            and service_area in ('school', 'child_health', 'home_care')
        order by all
        """,
    )
    assert areas == [
        (THEN, "home_care"),
        (THEN, "school"),
        ("2023-01-31", "child_health"),
        ("2023-01-31", "home_care"),
        ("2023-01-31", "school"),
    ]


def test_a_service_of_an_unknown_unit_counts_as_one_area(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = fetch(
        warehouse,
        f"""
        select numerator, denominator from marts.coverage
        where
            indicator = 'coordinator_coverage' and age_scheme = 'standard' and age_group = 'all'
            and reference_date = '{NOW}' and service_area = 'unknown'
        """,
    )
    # 6 is of the target group by it; 5, whose service says no area, by the coordinator.
    assert found == [(1, 2)]


def test_an_unknown_unit_is_a_finding_of_each_row(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = fetch(
        warehouse,
        """
        select record, column_name, count(*) from marts.findings
        where rule = 'unknown_unit' group by all order by all
        """,
    )
    assert found == [
        ("ansatt", "tjenesteomrade", 1),
        ("koordinator", "koordinator_tjeneste", 1),
        ("koordinatortall", "tjenesteomrade", 1),
        ("tjeneste", "tjenesteomrade", 2),
    ]
    assert fetch(warehouse, "select sum(rows_quarantined) from marts.reconciliation") == [(0,)]


def test_units_that_have_not_reported(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = fetch(
        warehouse,
        """
        select reference_date::text, unit, owner, has_reported, last_reported_on::text
        from marts.unit_report order by all
        """,
    )
    assert found == [
        ("2022-11-15", "Heimetenesta nord", "leiar heimetenesta", False, None),
        ("2022-11-15", "Heimetenesta sør", None, False, None),
        ("2022-11-15", "Teamet", "rektor", True, "2022-11-15"),
        ("2023-11-16", "Familieteamet", "leder helsestasjonen", True, "2023-11-15"),
        ("2023-11-16", "Heimetenesta nord", "leiar heimetenesta", True, "2023-11-16"),
        ("2023-11-16", "Heimetenesta sør", None, False, None),
    ]


def test_a_report_of_an_unknown_area_stands_under_it(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = fetch(
        warehouse,
        """
        select unit, service_area, reported from marts.reported_vs_registered
        where reference_date >= '2023-01-01' and measure = 'persons_with_coordinator'
        order by unit
        """,
    )
    assert ("Familieteamet", "child_health", 1) in found
    assert ("Ukjent enhet", "unknown", 3) in found
    assert ("Heimetenesta nord", "home_care", 2) in found


def test_an_unknown_area_is_no_part_of_what_is_shared(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert fetch(warehouse, "select * from marts.share_count where service_area = 'unknown'") == []


def test_a_unit_listed_after_it_has_landed_is_known(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator")
    # A name of a house that may be a person's: landing masks it until somebody lists it.
    home.deliver(
        "epj",
        "20240131",
        [coordinator("K-1", 1, "2021-01-01", koordinator_tjeneste="Solveigtunet")],
    )
    home.land()
    (home.home.root / "enheter.csv").write_text(
        "enhet;tjenesteomrade\nSolveigtunet;sykehjem\n", encoding="utf-8"
    )
    home.say(units="enheter.csv")
    with home.build() as warehouse:
        found = fetch(
            warehouse,
            "select distinct unit, service_area from marts.unit_count where unit <> 'all'",
        )
    assert found == [("Solveigtunet", "residential_care")]


def test_an_owner_who_is_a_person_is_named_to_nobody(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator")
    home.deliver("epj", "20240131", [coordinator("K-1", 1, "2021-01-01")])
    (home.home.root / "enheter.csv").write_text(
        "enhet;tjenesteomrade;ansvarlig\nNord;sykehjem;Kari Nordmann\nSør;sykehjem;leder hjemmetjenesten\n",
        encoding="utf-8",
    )
    home.say(units="enheter.csv")
    with home.build() as warehouse:
        owners = dict(fetch(warehouse, "select unit, owner from marts.unit"))
    assert "Nordmann" not in owners["Nord"]
    assert owners["Sør"] == "leder hjemmetjenesten"


@pytest.mark.parametrize(
    ("text", "row", "reason"),
    [
        ("navn;tjenesteomrade\n", 1, "unknown column"),
        ("enhet;enhet;tjenesteomrade\n", 1, "twice"),
        ("enhet\nNord\n", 1, "the column tjenesteomrade is missing"),
        ("enhet;tjenesteomrade\nNord;hjemetjeneste\n", 2, "did you mean 'hjemmetjeneste'"),
        ("enhet;tjenesteomrade\nNord;\n", 2, "tjenesteomrade: is empty"),
        ("enhet;tjenesteomrade\n\n;skole\n", 3, "enhet: is empty"),
        ("enhet;tjenesteomrade\nAll;skole\n", 2, "stand for something else"),
        ("enhet;tjenesteomrade;fra\nNord;skole;31.02.2023\n", 2, "fra: must be a date"),
        ("enhet;tjenesteomrade;fra;til\nNord;skole;2023-02-01;2023-01-31\n", 2, "before the first"),
        ("enhet;tjenesteomrade;kommune\nNord;skole;9999\n", 2, "kommune: is no municipality"),
        ("enhet;tjenesteomrade\nNord;skole;Sør\n", 2, "more cells than"),
        ('enhet;tjenesteomrade\n"Nord;skole\n', 1, "quotation mark"),
        ("enhet;tjenesteomrade\nNord;skole\nNORD;ppt\n", 3, "a name of row 2 too"),
        ("enhet;skrives;tjenesteomrade\nA;x;skole\nB;X|y;ppt\n", 3, "a name of row 2 too"),
        ("enhet;tjenesteomrade;ansvarlig\nNord;skole;ola@kommune.no\n", 2, "write the function"),
        (f"enhet;tjenesteomrade\n{fnr('1980-05-15', 1)};skole\n", 2, "may be a person's id"),
        ("PK\x03\x04", 1, "no CSV file"),
    ],
)
def test_a_file_of_units_that_does_not_hold_names_row_and_remedy(
    tmp_path: Path, text: str, row: int, reason: str
) -> None:
    home = SmallHome(tmp_path / "home", units="enheter.csv").source("epj", "koordinator")
    (home.home.root / "enheter.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SamordnaError) as refused:
        load_installation(home.home)
    said = str(refused.value)
    assert said.startswith(f"enheter.csv, row {row}: ")
    assert reason in said
    assert fnr("1980-05-15", 1) not in said


@pytest.mark.parametrize(
    ("units", "code"), [("borte.csv", "units_missing"), ("../enheter.csv", "sources_shape")]
)
def test_a_file_of_units_lies_in_the_home(tmp_path: Path, units: str, code: str) -> None:
    home = SmallHome(tmp_path / "home", units=units).source("epj", "koordinator")
    with pytest.raises(SamordnaError) as refused:
        load_installation(home.home)
    assert refused.value.problem.code == code


def test_a_file_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home", units="enheter.csv").source("epj", "koordinator")
    text = "Eining;Tenesteområde\r\nHjemmetjenesten sør;heimeteneste\r\n"
    (home.home.root / "enheter.csv").write_bytes(text.encode("cp1252"))
    (unit,) = load_installation(home.home).units
    assert (unit.name, unit.service_area, unit.municipality_code) == (
        "Hjemmetjenesten sør",
        "home_care",
        "4602",
    )


def test_no_units_are_asked_for_where_none_are_listed(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator")
    home.deliver("epj", "20240131", [coordinator("K-1", 1, "2021-01-01")])
    with home.build() as warehouse:
        assert fetch(warehouse, "select * from marts.unit_count") == []


@pytest.fixture(scope="module")
def published(home: SmallHome, warehouse: duckdb.DuckDBPyConnection) -> Publication:
    warehouse.close()
    home.publish()
    return current_publication(home.home)


def _view(day: str = "2024-01-31", language: Language = Language.NB) -> View:
    return View(language, "4602", dt.date.fromisoformat(day), "persons_per_coordinator", "standard")


@pytest.mark.parametrize("language", list(Language))
def test_a_page_shows_units_within_their_areas(published: Publication, language: Language) -> None:
    labels = Labels(published, Texts(language))
    table = units.table_of_units(labels, _view(language=language))
    rows = [(row[1], row[3], row[4]) for row in table.rows]
    assert [name for name, *_ in rows][:2] == ["Heimetenesta nord", "Heimetenesta sør"]
    assert ("Familieteamet", 1, 1) in rows
    # Nobody is coordinated from there, and it stands there.
    assert ("Heimetenesta sør", 0, 0) in rows
    assert (labels.texts("units.unknown"), 1, 1) in rows
    assert table.total is None or len(table.total) == len(table.columns)
    said = units.lead(labels, _view(language=language))
    assert "3" in said
    assert labels.texts.plural("units.elsewhere", 2) in said


@pytest.mark.parametrize("language", list(Language))
def test_a_page_says_who_has_not_reported(published: Publication, language: Language) -> None:
    labels = Labels(published, Texts(language))
    said = units.missing_in_words(labels, _view(language=language))
    assert said is not None
    assert "Heimetenesta sør" in said
    assert "Familieteamet" not in said
    table = units.table_of_missing(labels, _view(language=language))
    assert [row[0] for row in table.rows] == ["Heimetenesta sør"]
    assert table.rows[0][3] == labels.texts("units.never")
    # Before the first round nobody is waited for; long after the last nobody is any more.
    assert units.missing_in_words(labels, _view("2022-10-31", language)) is None


def test_a_unit_that_looks_like_markup_is_shown_as_it_is_written(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home", units="enheter.csv").source("epj", "koordinator")
    (home.home.root / "enheter.csv").write_text(
        "enhet;tjenesteomrade;ansvarlig\n<b>Nord</b> & [x](y);skole;=rektor\n", encoding="utf-8"
    )
    home.deliver(
        "epj",
        "20240131",
        [coordinator("K-1", 1, "2021-01-01", koordinator_tjeneste="<b>Nord</b> & [x](y)")],
    )
    home.publish()
    labels = Labels(current_publication(home.home), Texts(Language.NB))
    html = str(as_html(units.table_of_units(labels, _view()), labels.texts))
    assert "<b>Nord" not in html
    assert "&lt;b&gt;Nord&lt;/b&gt; &amp; [x](y)" in html
