"""What files look like: each of these is in somebody's export."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from dagster_project.contract import RECORD_TYPES, Column, ColumnKind, RecordType
from dagster_project.landing.columns import HeaderMatcher
from dagster_project.landing.deliveries import Manifest, Status
from dagster_project.landing.table import ReadError, Sheet
from dagster_project.problems import Problem
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, as_csv, coordinator

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
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_delimiter_and_encoding_are_found(home: SmallHome, delimiter: str, encoding: str) -> None:
    home.deliver("reg", "20240131", as_csv(ROWS, delimiter).encode(encoding))
    assert landed(home) == EXPECTED


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
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


@pytest.mark.parametrize(
    "label", ["Sum", "sum", "TOTALT", "I alt:", "I  alt", "Total (alle)", "Sum 2024"]
)
@pytest.mark.parametrize("rest", [";;;2\n", ";2", "", ";;;2\n\n;;;\n"])
def test_a_last_row_that_begins_so_is_a_total(home: SmallHome, label: str, rest: str) -> None:
    home.deliver("reg", "20240131", f"{as_csv(ROWS)}{label}{rest}")
    assert landed(home) == EXPECTED


@pytest.mark.parametrize("label", ["Summert", "Resultat", "Totaliter"])
def test_what_begins_otherwise_is_a_row(home: SmallHome, label: str) -> None:
    home.deliver("reg", "20240131", f"{as_csv(ROWS)}{label};;;\n")
    assert len(landed(home)) == 3


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


def rows_of(home: SmallHome, name: str = "reg") -> list[dict[str, object]]:
    assert [str(problem) for problem in home.land()[name].problems] == []
    manifest = Manifest(home.home, home.source_named(name))
    return pq.read_table(manifest.parquet_path(manifest.in_force()[-1])).to_pylist()


class TestDelimitedText:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    def test_a_quoted_delimiter_stays_in_its_cell(self, home: SmallHome, delimiter: str) -> None:
        rows = [{**row, "merknad": "a;b,c\td|e"} for row in ROWS]
        home.deliver("reg", "20240131", as_csv(rows, delimiter))
        assert landed(home) == EXPECTED

    def test_what_spreadsheets_write_above_everything_is_let_go(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", f"sep=;\n{as_csv(ROWS)}")
        assert landed(home) == EXPECTED

    def test_a_stray_quotation_mark_within_a_line_is_read_on(self, home: SmallHome) -> None:
        text = as_csv([{**row, "merknad": "x"} for row in ROWS]).replace("x\n", '"Ola" sa\n', 1)
        home.deliver("reg", "20240131", text)
        assert landed(home) == EXPECTED

    def test_a_stray_quotation_mark_does_not_take_the_rows_below_along(
        self, home: SmallHome
    ) -> None:
        rows = [{**ROWS[0], "merknad": "x"}, *ROWS, {**ROWS[1], "merknad": "y"}]
        text = as_csv(rows).replace("x\n", '"Ola sa\n').replace("y\n", '"nei" sa\n')
        home.deliver("reg", "20240131", text)
        assert landed(home) == [EXPECTED[0], *EXPECTED, EXPECTED[1]]

    def test_letters_in_two_signs_and_in_one_are_the_same(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home")
        for name in ("nfc", "nfd"):
            home.source(name, "koordinator")
        rows = [coordinator("Å-1", 1, "2021-03-05", koordinator_id="bjø17å", familie_id="Å3")]
        text = as_csv(rows).replace("koordinator_id", "Resurs nr").replace("Resurs", "Ressurs")
        text = text.replace("rolle", "Koordinatorrolle").replace("fra_dato", "Frå")
        for name in ("NFC", "NFD"):
            home.deliver(name.lower(), "20240131", unicodedata.normalize(name, text))
        one, other = rows_of(home, "nfc"), rows_of(home, "nfd")
        for column in ("person_key", "koordinator_key", "familie_key", "registration_id", "rolle"):
            assert one[0][column] == other[0][column] is not None, column

    def test_a_field_cut_in_the_midst_of_a_letter_costs_that_letter_only(
        self, home: SmallHome
    ) -> None:
        content = as_csv(ROWS).encode()
        home.deliver("reg", "20240131", content.replace("æøå".encode(), "æøå".encode()[:-1]))
        manifest_rows = rows_of(home)
        assert [row["registration_id"] for row in manifest_rows] == ["A-1", "A-2"]
        (entry,) = Manifest(home.home, home.source_named("reg")).entries()
        assert entry.encoding == "utf-8"

    def test_a_last_row_without_its_end_is_whole_when_it_is_as_wide_as_most(
        self, home: SmallHome
    ) -> None:
        lines = as_csv([*ROWS, {**ROWS[0], "registrering_id": "A-3"}]).splitlines()
        lines[2] += ";mer"
        home.deliver("reg", "20240131", "\n".join(lines))
        assert [row["too_wide"] for row in rows_of(home)] == [None, "ja", None]


class TestHeaders:
    """A header matches by its letters and digits; what cannot be told is asked about."""

    @pytest.mark.parametrize(
        "header", ["Varighet (min)", "VARIGHET_MIN", "varighet\nmin.", " Varighet  [min] "]
    )
    def test_a_unit_in_the_header(self, header: str) -> None:
        record = RECORD_TYPES["mote"]
        header_row = ["mote_id", "fnr", "motedato", "motetype", header]
        mapped = HeaderMatcher(record, {}).map(
            Sheet([header_row, ["1", "2", "3", "4", "5"]], [1, 2])
        )
        assert mapped.columns["varighet_min"] == ["5"]

    def test_one_header_for_two_columns_is_an_error_that_names_both(self) -> None:
        record = RecordType(
            "prøve",
            "a row",
            (
                Column("fra_dato", ColumnKind.DATE, aliases=("dato",)),
                Column("til_dato", ColumnKind.DATE, aliases=("Dato",)),
            ),
            ("fra_dato",),
        )
        with pytest.raises(ReadError) as error:
            HeaderMatcher(record, {}).map(Sheet([["DATO"], ["x"]], [1, 2]))
        said = str(Problem(error.value.code, {**error.value.params, "source": "s", "file": "f"}))
        assert "the header 'DATO' matches both fra_dato and til_dato" in said

    def test_one_header_named_by_hand_for_two_columns(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source(
            "reg", "koordinator", columns={"Dato": "fra_dato", "DATO": "til_dato"}
        )
        rows = [{k: v for k, v in row.items() if k not in ("fra_dato", "til_dato")} for row in ROWS]
        home.deliver("reg", "20240131", as_csv([{**row, "Dato": "2021-01-01"} for row in rows]))
        assert "the header 'Dato' matches both fra_dato and til_dato" in problem(home)

    def test_two_headers_that_are_both_the_one_named_by_hand(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source(
            "reg", "koordinator", columns={"Begynt": "fra_dato"}
        )
        rows = [{**row, "Begynt": "2020-01-01", "BEGYNT": "2021-01-01"} for row in ROWS]
        home.deliver("reg", "20240131", as_csv(rows))
        assert "'Begynt' and 'BEGYNT' both match the column fra_dato" in problem(home)

    def test_a_column_named_by_hand_keeps_its_aliases_where_that_header_is_not_there(
        self, tmp_path: Path
    ) -> None:
        home = SmallHome(tmp_path / "home").source(
            "reg", "koordinator", columns={"Ferdig": "til_dato"}
        )
        home.deliver("reg", "20240131", as_csv(ROWS))
        assert landed(home) == EXPECTED

    def test_one_of_two_headers_named_by_hand_is_enough(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source(
            "reg", "koordinator", columns={"Begynt": "fra_dato", "I gang": "fra_dato"}
        )
        rows = [{("I gang" if k == "fra_dato" else k): v for k, v in r.items()} for r in ROWS]
        home.deliver("reg", "20240131", as_csv(rows))
        assert landed(home) == EXPECTED

    def test_the_row_with_all_that_is_needed_is_the_header(self, home: SmallHome) -> None:
        above = "Rolle;Koordinator;Avdeling;Samtykke;Født;Navn;Funksjonstid\n"
        home.deliver("reg", "20240131", above + as_csv(ROWS))
        assert landed(home) == EXPECTED

    def test_a_file_without_headers_is_told_without_its_cells(self, home: SmallHome) -> None:
        row = f"A-1;{fnr('1980-05-15', 1)};Zebulonsen;koordinator;2021-03-05\n"
        home.deliver("reg", "20240131", row * 3)
        message = problem(home)
        assert "no row names the columns of record type koordinator" in message
        assert "Zebulonsen" not in message


class TestWorkbooks:
    def test_the_own_workbook_of_a_coordinating_unit(self, home: SmallHome) -> None:
        """Titles, a header in two rows, a unit that holds for the rows below it, a total."""
        home.deliver("reg", "20240131", units_workbook(), "xlsx")
        rows = rows_of(home)
        assert [
            (r["row_number"], r["registration_id"], r["koordinator_tjeneste"], r["rolle"])
            for r in rows
        ] == [
            ("6", "1", "Helsestasjon", "koordinator"),
            ("7", "2", "Helsestasjon", "barnekoordinator"),
            ("9", "3", "Helsestasjon", "koordinator"),
            ("10", "4", "PPT", "koordinator"),
        ]
        assert [row["fra_dato"] for row in rows] == ["2021-03-05", "2021-03-05", None, "2022-01-31"]
        assert len({row["koordinator_navn_key"] for row in rows}) == 2
        assert all(row["name_keys"] and row["person_key"] for row in rows)

    @pytest.mark.parametrize("hidden", [False, True])
    def test_of_several_sheets_the_one_that_fits_and_is_shown_is_read(
        self, home: SmallHome, hidden: bool
    ) -> None:
        home.deliver("reg", "20240131", several_sheets(hidden=hidden), "xlsx")
        assert [row["registration_id"] for row in rows_of(home)] == (["N-1"] if hidden else ["G-1"])

    def test_a_hidden_sheet_is_read_when_it_is_named(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "koordinator", sheet="Gammelt")
        home.deliver("reg", "20240131", several_sheets(hidden=True), "xlsx")
        assert [row["registration_id"] for row in rows_of(home)] == ["G-1"]

    def test_a_header_merged_over_two_rows_beside_one_that_is_not(self, tmp_path: Path) -> None:
        def fill(book: xlsxwriter.Workbook) -> None:
            sheet = book.add_worksheet()
            sheet.merge_range(0, 0, 1, 0, "Fødselsnr")
            sheet.write_column(0, 1, ["Annet", "Merknad", "x"])
            sheet.write_string(2, 0, fnr("1980-05-15", 1))

        home = SmallHome(tmp_path / "home").source("folk", "person")
        home.deliver("folk", "20240131", made(fill), "xlsx")
        assert [row["row_number"] for row in rows_of(home, "folk")] == ["3"]

    def test_cells_beyond_the_header_are_told(self, home: SmallHome) -> None:
        def fill(book: xlsxwriter.Workbook) -> None:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, list(ROWS[0]))
            for at, row in enumerate(ROWS, start=1):
                sheet.write_row(at, 0, [str(cell) for cell in row.values()])
            sheet.write_string(2, len(ROWS[0]), "mer")

        home.deliver("reg", "20240131", made(fill), "xlsx")
        assert [row["too_wide"] for row in rows_of(home)] == [None, "ja"]

    def test_cells_merged_where_nothing_is_written(self, home: SmallHome) -> None:
        def fill(book: xlsxwriter.Workbook) -> None:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, list(ROWS[0]))
            sheet.write_row(1, 0, [str(cell) for cell in ROWS[0].values()])
            sheet.merge_range(0, 20, 3, 22, "")
            sheet.merge_range(5, 0, 8, 1, "")

        home.deliver("reg", "20240131", made(fill), "xlsx")
        assert landed(home) == EXPECTED[:1]

    def test_numbers_with_three_decimals_are_no_thousands(self, tmp_path: Path) -> None:
        def fill(book: xlsxwriter.Workbook) -> None:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["fnr", "Samtale nr", "Aktivitet nr", "Skar (%)", "Dato"])
            sheet.write_row(1, 0, [fnr("1980-05-15"), 1, 1, 37.125, 44260.5])

        home = SmallHome(tmp_path / "home").source("maal", "psfs")
        home.deliver("maal", "20240131", made(fill), "xlsx")
        (row,) = rows_of(home, "maal")
        assert (row["skar"], row["dato"]) == ("37.125", "2021-03-05")

    @pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.8, 0.99])
    def test_a_workbook_broken_off_anywhere(self, home: SmallHome, share: float) -> None:
        content = units_workbook()
        home.deliver("reg", "20240131", content[: int(len(content) * share)], "xlsx")
        assert "the file breaks off" in problem(home)


class TestMarkup:
    def test_signs_that_end_a_line_elsewhere_stand_in_json_lines(self, home: SmallHome) -> None:
        rows = [{**row, "merknad": "a\u2028b\u0085c"} for row in ROWS]
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        home.deliver("reg", "20240131", text, "jsonl")
        assert landed(home) == EXPECTED

    @pytest.mark.parametrize("participants", [["fastlege", "skole"], []])
    def test_one_line_of_json_with_a_list_in_it_is_one_row(
        self, tmp_path: Path, participants: list[str]
    ) -> None:
        home = SmallHome(tmp_path / "home").source("moter", "mote")
        row = {
            "mote_id": "M1",
            "fnr": fnr("1980-05-15", 1),
            "motedato": "2021-03-05",
            "motetype": "ot",
        }
        home.deliver("moter", "20240131", json.dumps({**row, "deltakere": participants}), "jsonl")
        (read,) = rows_of(home, "moter")
        assert read["deltakere"] == ("gp;school" if participants else None)

    def test_what_is_no_object_is_a_row_that_cannot_be_read(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", json.dumps([ROWS[0], "x", None, ROWS[1]]), "json")
        nothing = (None, None, None, None)
        assert landed(home) == [EXPECTED[0], nothing, nothing, EXPECTED[1]]

    def test_half_a_letter_in_json_is_read(self, home: SmallHome) -> None:
        rows = [{**row, "koordinator_navn": "Ola \ud83d Prøvesen"} for row in ROWS]
        home.deliver("reg", "20240131", json.dumps(rows), "json")
        assert landed(home) == EXPECTED

    @pytest.mark.parametrize(
        ("text", "ending"),
        [
            ("[" * 100_000, "json"),
            ('[{"rolle": ' + "[" * 200 + "]" * 200 + "}]", "json"),
            ('{"fnr": ' + "[" * 100_000 + "\n{}", "jsonl"),
            ("<a>" * 200 + "</a>" * 200, "xml"),
        ],
    )
    def test_what_lies_too_deep(self, home: SmallHome, text: str, ending: str) -> None:
        home.deliver("reg", "20240131", text, ending)
        assert "what is in it lies more than 100 levels deep" in problem(home)

    def test_a_number_of_any_length_is_read_as_it_stands(self, home: SmallHome) -> None:
        text = json.dumps([*ROWS, {**ROWS[0], "registrering_id": 10**4000}], default=str)
        home.deliver("reg", "20240131", text.replace("0" * 4000, "0" * 5000), "json")
        assert landed(home)[:2] == EXPECTED

    @pytest.mark.parametrize("ending", ["csv", "json", "xml"])
    def test_a_file_filled_with_zeros(self, home: SmallHome, ending: str) -> None:
        text = {
            "csv": as_csv(ROWS),
            "json": json.dumps(ROWS, indent=1),
            "xml": "<r>\n<k><fnr>1</fnr></k></r>\n",
        }[ending]
        home.deliver("reg", "20240131", text.encode() + b"\0" * 10_000, ending)
        line = text.count("\n") + 1
        assert f"breaks off (zero bytes in line {line})" in problem(home)

    @pytest.mark.parametrize(
        "first", ["", "<?xml version='1.0'?>", "<?xml version='1.0' encoding='x-ukjent'?>"]
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
    def test_xml_that_does_not_say_its_encoding(
        self, home: SmallHome, first: str, encoding: str
    ) -> None:
        home.deliver("reg", "20240131", (first + as_xml(ROWS)).encode(encoding), "xml")
        assert landed(home) == EXPECTED

    def test_xml_with_attributes_within_an_envelope(self, home: SmallHome) -> None:
        rows = "".join(
            "<rad " + " ".join(f'{k}="{v}"' for k, v in row.items()) + "/>" for row in ROWS
        )
        home.deliver("reg", "20240131", f"<svar><rader>{rows}</rader></svar>", "xml")
        assert landed(home) == EXPECTED

    def test_xml_with_entities_of_its_own_is_refused(self, home: SmallHome) -> None:
        bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]>' + as_xml(ROWS).replace("A-1", "&b;")
        home.deliver("reg", "20240131", bomb, "xml")
        assert "the XML declares entities of its own" in problem(home)


def as_xml(rows: Sequence[Mapping[str, object]]) -> str:
    records = "".join(
        "<koordinator>" + "".join(f"<{k}>{v}</{k}>" for k, v in row.items()) + "</koordinator>"
        for row in rows
    )
    return f"<register>{records}</register>"


def made(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    fill(book)
    book.close()
    return content.getvalue()


def units_workbook() -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Veiledning").write_column(0, 0, ["Slik fyller du ut", "Koordinator"])
        sheet = book.add_worksheet("Oversikt")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Oversikt!$A$1:$A$3"})
        book.add_chartsheet("Graf").set_chart(chart)
        date = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.merge_range(0, 0, 1, 8, "Oversikt over koordinatorer")
        sheet.write_string(2, 0, "Oppdatert 31.01.2024")
        # The header: groups above, single columns merged over both rows.
        for column, header in ((0, "Registrering-id"), (7, "Oppnevnt"), (8, "Merknad")):
            sheet.merge_range(3, column, 4, column, header)
        sheet.merge_range(3, 1, 3, 3, "Bruker")
        sheet.merge_range(3, 4, 3, 6, "Koordinator")
        sheet.write_row(4, 1, ["Navn", "Fødselsnr", "Født", "Enhet", "Type", "Navn"])
        for at, (number, name, day) in {5: (1, "Prøvesen", 44260), 6: (2, "Prøvesen", 44260),
                                        8: (3, "Prøvesen", None), 9: (4, "Testesen", 44592)}.items():  # fmt: skip
            sheet.write_number(at, 0, number)
            sheet.write_row(
                at, 1, [f"Person Nummer{number}", int(fnr("1980-05-15", number)), "15.05.1980"]
            )
            sheet.write_string(at, 5, "barnekoordinator" if number == 2 else "koordinator")
            sheet.write_string(at, 6, f"Ola {name}")
            if day:
                sheet.write_number(at, 7, day, date)
        # One unit for the rows down to row 9, an empty one among them; another that reaches too far.
        sheet.merge_range(5, 4, 8, 4, "Helsestasjon")
        sheet.merge_range(9, 4, 14, 4, "PPT")

    return made(fill)


def several_sheets(*, hidden: bool) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        # The old sheet comes first and names more columns.
        for name, first, more in (("Gammelt", "G-1", ["Samtykke"]), ("Nytt", "N-1", [])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Registrering-id", "fnr", "Rolle", "Oppnevnt", *more])
            sheet.write_row(1, 0, [first, fnr("1980-05-15", 1), "koordinator", "05.03.2021"])
        book.worksheets()[1].activate()
        if hidden:
            book.worksheets()[0].hide()

    return made(fill)


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


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("register.csv", content)
    return packed.getvalue()


class TestBadInput:
    """One clear message that names file, source, column or line, and what to do."""

    def test_missing_file(self, home: SmallHome) -> None:
        (found,) = home.land()["reg"].problems
        assert str(found).startswith("Source reg: no file matches inbox/reg/*.")

    @pytest.mark.parametrize(
        "content", [b"", b" \n\n", b"\xef\xbb\xbf", b"\xff\xfe\n\0", b"\0" * 512]
    )
    @pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "jsonl", "xml"])
    def test_empty_file(self, home: SmallHome, content: bytes, ending: str) -> None:
        home.deliver("reg", "20240131", content, ending)
        assert f"Source reg, reg_20240131.{ending}: the file is empty" in problem(home)

    def test_zero_bytes_that_a_broken_copy_leaves(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", as_csv(ROWS * 20).encode() + b"\0" * 4)
        assert "the file breaks off (zero bytes in line 42)" in problem(home)

    def test_header_without_rows(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", as_csv(ROWS).splitlines()[0])
        assert "there is a header but no rows" in problem(home)

    @pytest.mark.parametrize(
        ("content", "ending", "found"),
        [
            (b"%PDF-1.7 ...", "csv", "this is a PDF document, and no table is read from it"),
            (workbook(), "csv", "a workbook, though its name says delimited text"),
            (as_csv(ROWS).encode(), "xlsx", "delimited text, though its name says a workbook"),
            (
                b"<html><table></table></html>",
                "xlsx",
                "this is a web page, and no table is read from it. Export again as a workbook",
            ),
            (json.dumps(ROWS).encode(), "csv", "JSON, though its name says delimited text"),
            (b"\x00\x01\x02\x03" * 100, "csv", "no text at all"),
            (zipped(as_csv(ROWS).encode()), "csv", "this is a compressed file. Unpack it"),
            (zipped(as_csv(ROWS).encode()), "xlsx", "this is a compressed file. Unpack it"),
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

    @pytest.mark.parametrize("sign", ["^", "#"])
    def test_lines_that_no_known_sign_parts(self, tmp_path: Path, sign: str) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "koordinator")
        home.deliver("reg", "20240131", as_csv(ROWS, sign))
        assert "no sign that is known parts the lines into columns" in problem(home)
        # The remedy that the sentence names.
        home = SmallHome(tmp_path / "other").source("reg", "koordinator", delimiter=sign)
        home.deliver("reg", "20240131", as_csv(ROWS, sign))
        assert len(landed(home)) == len(ROWS)

    def test_an_error_that_was_saved_as_an_export(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", "ORA-00942\nTabellen finnes ikke\n")
        assert "no sign that is known parts the lines into columns" in problem(home)

    @pytest.mark.parametrize(
        ("content", "ending"),
        [
            ('{"error": {"code": 500, "text": "stopped"}}', "json"),
            ('{"message": "not allowed"}', "json"),
            ('{"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}', "json"),
            ("<s:Envelope xmlns:s='x'><s:Body><s:Fault><s:code>1</s:code></s:Fault></s:Body></s:Envelope>", "xml"),
            ("<OperationOutcome><issue><severity>error</severity></issue></OperationOutcome>", "xml"),
        ],
    )  # fmt: skip
    def test_the_answer_of_a_service_that_failed(
        self, home: SmallHome, content: str, ending: str
    ) -> None:
        home.deliver("reg", "20240131", content, ending)
        assert "the file is an error message" in problem(home)

    @pytest.mark.parametrize(
        ("content", "ending"),
        [
            ('{"melding": [{"a": 1}, {"a": 2}]}', "json"),
            ("<alt><melding><a>1</a></melding><melding><a>2</a></melding></alt>", "xml"),
        ],
    )
    def test_records_that_are_called_as_a_message_is(
        self, home: SmallHome, content: str, ending: str
    ) -> None:
        home.deliver("reg", "20240131", content, ending)
        assert "no row names the columns" in problem(home)

    @pytest.mark.parametrize("ending", ["json", "xml"])
    def test_a_table_that_its_name_calls_something_else(self, home: SmallHome, ending: str) -> None:
        home.deliver("reg", "20240131", as_csv(ROWS), ending)
        assert "give the file the right ending" in problem(home)

    def test_no_record_beside_their_number(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", '{"value": [], "@odata.count": 0}', "json")
        assert "there is not a single record in it" in problem(home)

    @pytest.mark.parametrize("engine", [b"Jet", b"ACE"])
    def test_a_database_of_access(self, home: SmallHome, engine: bytes) -> None:
        content = b"\x00\x01\x00\x00Standard " + engine + b" DB\x00" + bytes(4000)
        home.deliver("reg", "20240131", content)
        assert "this is a database" in problem(home)

    def test_a_workbook_of_numbers(self, home: SmallHome) -> None:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("Index/Document.iwa", b"x" * 100)
        home.deliver("reg", "20240131", content.getvalue(), "xlsx")
        assert "this is a workbook of another program" in problem(home)

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
