"""What files look like: each of these is in somebody's export."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from dagster_project.landing.deliveries import Manifest, Status
from tests.persons import fnr
from tests.small_home import SmallHome, as_csv, coordinator

ROWS = [
    coordinator("A-1", 1, "2021-03-05", koordinator_navn="Ola Prøvesen", merknad="æøå"),
    coordinator(
        "A-2", 2, "2021-04-01", "2022-01-31", koordinator_navn="Åse Prøvesen", merknad="ÆØÅ é"
    ),
]
EXPECTED = [
    ("A-1", "koordinator", "2021-03-05", None),
    ("A-2", "koordinator", "2021-04-01", "2022-01-31"),
]


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    return SmallHome(tmp_path / "home").source("reg", "koordinator")


def landed(home: SmallHome, name: str = "reg") -> list[tuple[object, ...]]:
    outcome = home.land()[name]
    assert [str(problem) for problem in outcome.problems] == []
    source = home.source_named(name)
    manifest = Manifest(home.home, source)
    rows = pq.read_table(manifest.parquet_path(manifest.in_force()[-1])).to_pylist()
    return [(r["registration_id"], r["rolle"], r["fra_dato"], r["til_dato"]) for r in rows]


def problem(home: SmallHome) -> str:
    outcome = home.land()["reg"]
    assert len(outcome.problems) == 1
    assert outcome.landed == []
    (entry,) = Manifest(home.home, home.source_named("reg")).entries()
    assert entry.status is Status.FAILED
    return str(outcome.problems[0])


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"]
)
def test_delimiter_and_encoding_are_found(home: SmallHome, delimiter: str, encoding: str) -> None:
    home.deliver("reg", "20240131", as_csv(ROWS, delimiter).encode(encoding))
    assert landed(home) == EXPECTED


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_do_not_matter(home: SmallHome, line_end: str) -> None:
    home.deliver("reg", "20240131", as_csv(ROWS).replace("\n", line_end).encode())
    assert landed(home) == EXPECTED


def test_what_is_declared_is_taken(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source(
        "reg", "koordinator", encoding="cp1252", delimiter=":"
    )
    home.deliver("reg", "20240131", as_csv(ROWS, ":").encode("cp1252"))
    assert landed(home) == EXPECTED


def test_text_above_the_header_and_a_total_below_are_let_go(home: SmallHome) -> None:
    text = f"Koordinatorliste;;\nUttrekk 31.01.2024\n\n{as_csv(ROWS)}Sum;;;2\n"
    home.deliver("reg", "20240131", text)
    assert landed(home) == EXPECTED


@pytest.mark.parametrize("label", ["Sum", "TOTALT", "I alt:", "Total (alle)"])
def test_only_a_last_row_is_a_total(home: SmallHome, label: str) -> None:
    home.deliver("reg", "20240131", f"{as_csv(ROWS)}{label};;;2\n")
    assert landed(home) == EXPECTED


def test_headers_are_found_by_alias_case_accent_and_order(home: SmallHome) -> None:
    header = "Ekstra;STARTDATO;Type\nkoordinator;Sluttdato;FØDSELS-NR;Registrering ID\n"
    quoted = 'Ekstra;STARTDATO;"Type\nkoordinator";Sluttdato;FØDSELS-NR;Registrering ID\n'
    assert header.count(";") == quoted.count(";")
    home.deliver("reg", "20240131", f"{quoted}x;5.3.21;Koordinator;;{fnr('1980-05-15', 1)};A-1\n")
    assert landed(home) == [("A-1", "Koordinator", "2021-03-05", None)]


def test_a_quoted_line_break_stays_in_its_cell_and_rows_keep_their_line(home: SmallHome) -> None:
    rows = [{**ROWS[0], "merknad": "to\nlinjer"}, ROWS[1]]
    home.deliver("reg", "20240131", as_csv(rows))
    assert landed(home) == EXPECTED
    manifest = Manifest(home.home, home.source_named("reg"))
    numbers = pq.read_table(manifest.parquet_path(manifest.in_force()[0])).column("row_number")
    assert numbers.to_pylist() == ["2", "4"]


def test_a_workbook_is_read_with_title_rows_merged_cells_and_serial_dates(home: SmallHome) -> None:
    home.deliver("reg", "20240131", workbook(), "xlsx")
    assert landed(home) == [
        ("A-1", "koordinator", "2021-03-05", None),
        ("A-2", "koordinator", "2021-04-01", "2022-01-31"),
    ]


def workbook() -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.add_worksheet("Om")
    sheet = book.add_worksheet("Register")
    bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.merge_range(0, 0, 0, 4, "Koordinatorregister", bold)
    sheet.write_row(2, 0, ["Registrering-id", "Fødselsnummer", "Rolle", "Oppnevnt", "Avsluttet"])
    # An id as a number, a date as a date, a date as a serial number, one role for two rows.
    sheet.write_row(3, 0, ["A-1", int(fnr("1980-05-15", 1))])
    sheet.write_row(4, 0, ["A-2", fnr("1980-05-15", 2)])
    sheet.merge_range(3, 2, 4, 2, "koordinator")
    sheet.write_number(3, 3, 44260, date)
    sheet.write_number(4, 3, 44287)
    sheet.write_string(4, 4, "31.01.2022")
    sheet.write_row(5, 0, ["Sum", 2])
    book.close()
    return content.getvalue()


def test_the_sheet_that_is_named_is_read(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("reg", "koordinator", sheet="Om")
    home.deliver("reg", "20240131", workbook(), "xlsx")
    assert "the file is empty" in problem(home)


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_json_is_read_as_an_array_and_by_lines(home: SmallHome, ending: str) -> None:
    text = json.dumps(ROWS) if ending == "json" else "\n".join(json.dumps(row) for row in ROWS)
    home.deliver("reg", "20240131", text, ending)
    assert landed(home) == EXPECTED


def test_xml_is_read_with_one_element_a_record(home: SmallHome) -> None:
    records = "".join(
        "<koordinator>" + "".join(f"<{k}>{v}</{k}>" for k, v in row.items()) + "</koordinator>"
        for row in ROWS
    )
    home.deliver("reg", "20240131", f"<?xml version='1.0'?><register>{records}</register>", "xml")
    assert landed(home) == EXPECTED


def test_wide_population_becomes_one_row_a_year(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("bef", "befolkning")
    home.deliver(
        "bef",
        "20210101",
        '"region"\t"age"\t"Persons 2019"\t"Persons 2020"\n"1401 Flora"\t"0 years"\t3\t4\n',
    )
    home.land()
    manifest = Manifest(home.home, home.source_named("bef"))
    rows = pq.read_table(manifest.parquet_path(manifest.in_force()[0])).to_pylist()
    assert [(r["municipality_code"], r["alder"], r["aar"], r["personer"]) for r in rows] == [
        ("4602", "0", "2019", "3"),
        ("4602", "0", "2020", "4"),
    ]


class TestBadInput:
    """One clear message that names file, source, column or line, and what to do."""

    def test_missing_file(self, home: SmallHome) -> None:
        (found,) = home.land()["reg"].problems
        assert str(found).startswith("Source reg: no file matches inbox/reg/*.")

    @pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf"])
    def test_empty_file(self, home: SmallHome, content: bytes) -> None:
        home.deliver("reg", "20240131", content)
        assert "Source reg, reg_20240131.csv: the file is empty" in problem(home)

    def test_header_without_rows(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", as_csv(ROWS).splitlines()[0])
        assert "there is a header but no rows" in problem(home)

    @pytest.mark.parametrize(
        ("content", "ending", "found"),
        [
            (b"%PDF-1.7 ...", "csv", "a PDF document, though its name says delimited text"),
            (workbook(), "csv", "a workbook, though its name says delimited text"),
            (as_csv(ROWS).encode(), "xlsx", "delimited text, though its name says a workbook"),
            (
                b"<html><table></table></html>",
                "xlsx",
                "a web page, though its name says a workbook",
            ),
            (json.dumps(ROWS).encode(), "csv", "JSON, though its name says delimited text"),
            (b"\x00\x01\x02\x03" * 100, "csv", "no text at all"),
        ],
    )
    def test_wrong_kind_under_the_right_name(
        self, home: SmallHome, content: bytes, ending: str, found: str
    ) -> None:
        home.deliver("reg", "20240131", content, ending)
        assert found in problem(home)

    def test_truncated_workbook(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", workbook()[:2000], "xlsx")
        assert "breaks off (the workbook cannot be opened)" in problem(home)

    @pytest.mark.parametrize(
        ("content", "ending"),
        [
            (as_csv(ROWS)[:-30], "csv"),
            (as_csv([*ROWS, {**ROWS[0], "merknad": "x\n" * 3}])[:-6], "csv"),
            (json.dumps(ROWS)[:-20], "json"),
            ("\n".join(json.dumps(row) for row in ROWS)[:-20], "jsonl"),
            ("<register><r><a>1</a></r><r>", "xml"),
        ],
    )
    def test_truncated_text(self, home: SmallHome, content: str, ending: str) -> None:
        home.deliver("reg", "20240131", content, ending)
        assert "breaks off" in problem(home)

    def test_missing_required_column(self, home: SmallHome) -> None:
        home.deliver(
            "reg",
            "20240131",
            as_csv([{k: v for k, v in row.items() if k != "rolle"} for row in ROWS]),
        )
        message = problem(home)
        assert "Source reg, reg_20240131.csv: the required column rolle is missing" in message
        assert "registrering_id" in message

    def test_neither_id_nor_name_and_birth_date(self, home: SmallHome) -> None:
        rows = [{**{k: v for k, v in row.items() if k != "fnr"}, "navn": "x"} for row in ROWS]
        home.deliver("reg", "20240131", as_csv(rows))
        assert "fodselsdato" in problem(home)

    def test_two_headers_for_one_column(self, home: SmallHome) -> None:
        home.deliver(
            "reg", "20240131", as_csv([{**row, "Startdato": "2021-01-01"} for row in ROWS])
        )
        assert "the headers 'fra_dato' and 'Startdato' both match the column fra_dato" in problem(
            home
        )

    def test_a_header_named_by_hand_goes_before_the_aliases(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source(
            "reg", "koordinator", columns={"Startdato": "fra_dato"}
        )
        home.deliver(
            "reg", "20240131", as_csv([{**row, "Startdato": "2020-01-01"} for row in ROWS])
        )
        assert {row[2] for row in landed(home)} == {"2020-01-01"}

    def test_a_header_named_by_hand_that_is_not_there(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source(
            "reg", "koordinator", columns={"Begynt": "fra_dato"}
        )
        home.deliver("reg", "20240131", as_csv(ROWS))
        assert "the header 'Begynt', named under `columns:`" in problem(home)

    def test_no_header_at_all(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", "a;b;c\n1;2;3\n")
        assert "no row names the columns of record type koordinator" in problem(home)

    def test_a_sheet_that_is_not_there(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "koordinator", sheet="Ark9")
        home.deliver("reg", "20240131", workbook(), "xlsx")
        assert "there is no sheet 'Ark9' (there are: Om, Register)" in problem(home)

    def test_text_that_is_not_in_the_declared_encoding(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "koordinator", encoding="utf-8")
        home.deliver("reg", "20240131", as_csv(ROWS).encode("cp1252"))
        assert "cannot be read as utf-8" in problem(home)

    def test_no_message_quotes_an_id_or_a_name(self, home: SmallHome) -> None:
        planted = fnr("1980-05-15", 7)
        home.deliver("reg", "20240131", f"Kari Nordmann;{planted};registrering_id\n1;2;3\n")
        message = problem(home)
        assert planted not in message
        assert "Nordmann" not in message
