"""What workbooks hold that a reader may take for something else."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from dagster_project.landing.deliveries import Manifest, ManifestEntry
from dagster_project.values import is_without_value
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, as_csv, coordinator
from tests.support.workbooks import ods, ods_row, packed, row, text, xls, xlsb, xlsx

HEADER = ("registrering_id", "fnr", "rolle", "koordinator_id", "fra_dato", "til_dato")
BORN = "1980-05-15"


def said(number: int, first: float | str = 45306, last: float | str | None = 45473) -> list[Any]:
    return [f"A-{number}", fnr(BORN, number), "koordinator", "17", first, last]


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    return SmallHome(tmp_path / "home").source("reg", "koordinator")


def landed(home: SmallHome) -> tuple[ManifestEntry, list[dict[str, Any]]]:
    outcome = home.land()["reg"]
    assert [str(problem) for problem in outcome.problems] == []
    manifest = Manifest(home.home, home.source_named("reg"))
    (entry,) = manifest.in_force()
    return entry, pq.read_table(manifest.parquet_path(entry)).to_pylist()


def read_notices(home: SmallHome) -> list[str]:
    return [str(notice) for notice in landed(home)[0].read_notices()]


def dates(home: SmallHome) -> list[tuple[str, str | None]]:
    return [(each["fra_dato"], each["til_dato"]) for each in landed(home)[1]]


def problem(home: SmallHome) -> str:
    (found,) = home.land()["reg"].problems
    return str(found)


class TestDays:
    """The numbers of days, by the workbook's own system."""

    @pytest.mark.parametrize("value", ["1", "true"])
    def test_unformatted_days_of_1904(self, home: SmallHome, value: str) -> None:
        rows = row(1, *HEADER) + row(2, *said(1, 43844, "44011")) + row(3, *said(2, 43844.5, None))
        book = xlsx(rows, workbook=f'<workbookPr date1904="{value}"/>')
        home.deliver("reg", "20251231", book, "xlsx")
        assert dates(home) == [("2024-01-15", "2024-06-30"), ("2024-01-15", None)]

    def test_formatted_days_of_1904_beside_texts(self, home: SmallHome) -> None:
        cell = '<c r="@" s="1"><v>43844</v></c>'
        rows = row(1, *HEADER) + row(2, *said(1, 0, "30.06.2024"), raw={"E": cell})
        book = xlsx(rows, workbook='<workbookPr date1904="1"/>')
        home.deliver("reg", "20251231", book, "xlsx")
        assert dates(home) == [("2024-01-15", "2024-06-30")]

    def test_days_of_other_workbooks(self, home: SmallHome) -> None:
        rows = row(1, *HEADER) + row(2, *said(1))
        home.deliver("reg", "20251231", xlsx(rows, workbook='<workbookPr date1904="0"/>'), "xlsx")
        assert dates(home) == [("2024-01-15", "2024-06-30")]


class TestOtherThings:
    """What a workbook holds beside the table."""

    def test_a_note_beside_the_table_sets_no_row_aside(self, home: SmallHome) -> None:
        rows = row(1, *HEADER) + row(2, *said(1), None, "sjekk denne!") + row(3, *said(2))
        home.deliver("reg", "20251231", xlsx(rows), "xlsx")
        entry, found = landed(home)
        assert [each["too_wide"] for each in found] == [None, None]
        assert "beside the table stand notes in 1 rows (rows 2)" in str(entry.read_notices()[0])

    def test_a_note_beside_the_table_in_ods(self, home: SmallHome) -> None:
        cells = [str(cell) for cell in said(1, "2024-01-15", "2024-06-30")]
        rows = ods_row(*HEADER) + ods_row(*cells, None, "sjekk denne!")
        home.deliver("reg", "20251231", ods(rows), "ods")
        assert "beside the table stand notes in 1 rows (rows 2)" in read_notices(home)[0]

    def test_a_cell_right_behind_the_table_is_told_of_its_row(self, home: SmallHome) -> None:
        rows = row(1, *HEADER) + row(2, *said(1), "mer")
        home.deliver("reg", "20251231", xlsx(rows), "xlsx")
        assert [each["too_wide"] for each in landed(home)[1]] == ["ja"]

    def test_in_a_text_cells_beyond_the_header_are_told_of_their_row(self, home: SmallHome) -> None:
        lines = as_csv([coordinator("A-1", 1, "2024-01-15", "2024-06-30")]).splitlines()
        home.deliver("reg", "20251231", f"{lines[0]}\n{lines[1]};;mer\n")
        assert [each["too_wide"] for each in landed(home)[1]] == ["ja"]

    def test_a_note_below_the_table(self, home: SmallHome) -> None:
        rows = row(1, *HEADER) + row(2, *said(1)) + row(4, "Merk: tall per 31.12.")
        home.deliver("reg", "20251231", xlsx(rows), "xlsx")
        entry, found = landed(home)
        assert [each["registration_id"] for each in found] == ["A-1"]
        assert "1 rows hold one text alone, below an empty row (rows 4)" in str(
            entry.read_notices()[0]
        )

    @pytest.mark.parametrize("ending", ["xlsx", "ods", "csv"])
    def test_notes_of_several_lines_below_the_table(self, home: SmallHome, ending: str) -> None:
        cells = [str(cell) for cell in said(1, "2024-01-15", "2024-06-30")]
        lines = ["Forklaring", "* = usikker", "Utskrift tatt 01.02.2024 av KE", "(1 rad)"]
        book: dict[str, str | bytes] = {
            "xlsx": xlsx(
                row(1, *HEADER)
                + row(2, *cells)
                + "".join(row(number, line) for number, line in enumerate(lines, start=4))
            ),
            "ods": ods(
                ods_row(*HEADER) + ods_row(*cells) + ods_row() + "".join(map(ods_row, lines))
            ),
            "csv": "\n".join([";".join(HEADER), ";".join(cells), ";;;;;", *lines, ""]),
        }
        home.deliver("reg", "20251231", book[ending], ending)
        entry, found = landed(home)
        assert [each["registration_id"] for each in found] == ["A-1"]
        assert "4 rows hold one text alone, below an empty row" in str(entry.read_notices()[0])

    def test_a_note_beside_no_row_makes_none(self, home: SmallHome) -> None:
        nothing = [None] * len(HEADER)
        rows = row(1, *HEADER) + row(2, *said(1)) + row(3, *nothing, None, "se under")
        home.deliver("reg", "20251231", xlsx(rows + row(4, *said(2))), "xlsx")
        entry, found = landed(home)
        assert [each["registration_id"] for each in found] == ["A-1", "A-2"]
        assert "beside the table stand notes in 1 rows (rows 3)" in str(entry.read_notices()[0])

    def test_two_tables_one_below_the_other(self, home: SmallHome) -> None:
        rows = row(1, *HEADER) + row(2, *said(1)) + row(4, "Avsluttede:") + row(5, *HEADER)
        home.deliver("reg", "20251231", xlsx(rows + row(6, *said(2))), "xlsx")
        entry, found = landed(home)
        assert [each["registration_id"] for each in found] == ["A-1", "A-2"]
        assert {notice.code for notice in entry.read_notices()} == {"header_again", "notes_below"}

    def test_a_sheet_with_the_same_header_is_named(self, home: SmallHome) -> None:
        one = row(1, *HEADER) + row(2, *said(1)) + row(3, *said(2))
        other = row(1, *HEADER) + row(2, *said(3))
        home.deliver("reg", "20251231", xlsx(one, other), "xlsx")
        entry, found = landed(home)
        assert [each["registration_id"] for each in found] == ["A-1", "A-2"]
        assert "the sheet 'Ark2' holds 1 rows below such a header too" in str(
            entry.read_notices()[0]
        )

    def test_a_hidden_copy_does_not_double_and_is_named(self, home: SmallHome) -> None:
        made = io.BytesIO()
        with xlsxwriter.Workbook(made) as book:
            for name in ("Register", "2024"):
                sheet = book.add_worksheet(name)
                sheet.write_row(0, 0, HEADER)
                sheet.write_row(1, 0, said(1))
            sheet.hide()
        home.deliver("reg", "20251231", made.getvalue(), "xlsx")
        entry, found = landed(home)
        assert len(found) == 1
        assert "the hidden sheet '2024' holds 1 rows" in str(entry.read_notices()[0])

    def test_a_sheet_without_such_rows_is_not_named(self, home: SmallHome) -> None:
        one = row(1, *HEADER) + row(2, *said(1))
        home.deliver("reg", "20251231", xlsx(one, row(1, *HEADER), row(1, "Om", "fila")), "xlsx")
        assert read_notices(home) == []

    def test_the_sheet_that_is_picked_is_read_alone(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "koordinator", sheet="Ark2")
        one, other = (row(1, *HEADER) + row(2, *said(number)) for number in (1, 2))
        home.deliver("reg", "20251231", xlsx(one, other), "xlsx")
        entry, found = landed(home)
        assert ([each["registration_id"] for each in found], entry.read_notices()) == (["A-2"], [])


class TestFarCells:
    """A blank far from the table costs nothing; something there is told."""

    @pytest.mark.parametrize(
        "far",
        [
            text("XFD1048576", " "),
            '<c r="XFD1048576" s="1"/>',
            '<c r="XFD1048576" t="s"><v>0</v></c>',
            '<c r="XFD1048576" t="str"><f>""</f><v></v></c>',
            text("XFD1048576", "\N{NO-BREAK SPACE}"),
        ],
    )
    def test_a_far_blank(self, home: SmallHome, far: str) -> None:
        rows = row(1, *HEADER) + row(2, *said(1)) + f'<row r="1048576">{far}</row>'
        home.deliver("reg", "20251231", xlsx(rows, shared=[" "]), "xlsx")
        assert dates(home) == [("2024-01-15", "2024-06-30")]

    @pytest.mark.parametrize("prefix", ["x"])
    def test_a_far_blank_under_a_prefix(self, home: SmallHome, prefix: str) -> None:
        rows = row(1, *HEADER) + row(2, *said(1))
        rows += f'<row r="1048576">{text("XFD1048576", " ")}</row>'
        rows = rows.replace("</", f"</{prefix}:")
        for name in ("row", "c", "v", "is", "t"):
            rows = rows.replace(f"<{name}>", f"<{prefix}:{name}>")
            rows = rows.replace(f"<{name} ", f"<{prefix}:{name} ")
        home.deliver("reg", "20251231", xlsx(rows, prefix=prefix), "xlsx")
        assert dates(home) == [("2024-01-15", "2024-06-30")]

    def test_something_far_away_is_told_with_its_place(self, home: SmallHome) -> None:
        rows = row(1, *HEADER) + row(2, *said(1))
        rows += f'<row r="60000">{text("ALL60000", "x")}</row>'
        home.deliver("reg", "20251231", xlsx(rows), "xlsx")
        assert "the sheet reaches to row 60,000, column ALL" in problem(home)


class TestCauses:
    """Each true cause has its own sentence."""

    @pytest.mark.parametrize("ending", ["xlsx", "xls"])
    def test_a_password(self, home: SmallHome, ending: str) -> None:
        locked = xls((0x0809, b"\0" * 16), stream="EncryptedPackage")
        home.deliver("reg", "20251231", locked, ending)
        assert "protected by a password" in problem(home)

    def test_a_password_of_an_old_workbook(self, home: SmallHome) -> None:
        locked = xls((0x0809, b"\0\6\5\0" + b"\0" * 12), (0x002F, b"\0" * 6))
        home.deliver("reg", "20251231", locked, "xls")
        assert "protected by a password" in problem(home)

    def test_a_password_of_an_open_document(self, home: SmallHome) -> None:
        parts = {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": "x",
            "META-INF/manifest.xml": "<manifest:encryption-data/>",
        }
        home.deliver("reg", "20251231", packed(parts), "ods")
        assert "protected by a password" in problem(home)

    @pytest.mark.parametrize(
        ("stream", "what"),
        [("WordDocument", "a text document"), ("PowerPoint Document", "a presentation")],
    )
    def test_an_old_document_of_another_kind(self, home: SmallHome, stream: str, what: str) -> None:
        home.deliver("reg", "20251231", xls((0, b""), stream=stream), "xls")
        assert f"this is {what}" in problem(home)

    def test_a_workbook_of_charts_alone(self, home: SmallHome) -> None:
        made = io.BytesIO()
        with xlsxwriter.Workbook(made) as book:
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": "={1,2}"})
            book.add_chartsheet("Figur").set_chart(chart)
        home.deliver("reg", "20251231", made.getvalue(), "xlsx")
        assert "the workbook has no sheet with cells" in problem(home)

    def test_an_error_in_an_old_workbook_is_told_with_its_cell(self, home: SmallHome) -> None:
        error = struct.pack("<HHHBB", 4, 2, 0, 0x2A, 1)
        book = xls((0x0809, b"\0\6\x10\0" + b"\0" * 12), (0x0205, error), (0x000A, b""))
        home.deliver("reg", "20251231", book, "xls")
        assert "the cell C5 holds an error" in problem(home)

    def test_an_error_in_a_binary_workbook_is_told_with_its_cell(self, home: SmallHome) -> None:
        home.deliver("reg", "20251231", xlsb(HEADER, [*said(1)[:5], b"\x2a"]), "xlsb")
        assert "the cell F2 holds an error" in problem(home)

    @pytest.mark.parametrize("ending", ["xml", "xls", "xlsx", "csv"])
    def test_a_workbook_in_the_xml_of_excel_2003(self, home: SmallHome, ending: str) -> None:
        home.deliver("reg", "20251231", _XML_BOOK, ending)
        found = problem(home)
        assert "this is a workbook in the XML of Excel 2003" in found
        assert "Export again as XLSX or CSV." in found

    @pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "xml"])
    def test_a_file_that_a_cloud_has_not_fetched(self, home: SmallHome, ending: str) -> None:
        home.deliver("reg", "20251231", b"\0" * 20_000, ending)
        assert "the file is empty" in problem(home)


class TestBinaryWorkbooks:
    """XLSB: rows, and days by the workbook's own system."""

    @pytest.mark.parametrize(
        ("from_1904", "days"), [(False, (45306, 45473)), (True, (43844, 44011))]
    )
    def test_days(self, home: SmallHome, from_1904: bool, days: tuple[float, float]) -> None:
        book = xlsb(HEADER, said(1, *days), from_1904=from_1904)
        home.deliver("reg", "20251231", book, "xlsb")
        assert dates(home) == [("2024-01-15", "2024-06-30")]

    def test_something_far_away_is_told_with_its_place(self, home: SmallHome) -> None:
        rows = [HEADER, *([] for _ in range(59_998)), [None] * 199 + ["x"]]
        home.deliver("reg", "20251231", xlsb(*rows), "xlsb")
        assert "the sheet reaches to row 60,000, column GR" in problem(home)


_XML_BOOK = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
# A role, a key and a last day that are errors.
_ERRORS = ("#VERDI!", "#I/T", "#REF!")


def _error(shown: str) -> str:
    return f'<c r="@" t="e"><v>{shown}</v></c>'


def _ods_error(shown: str) -> str:
    return (
        '<table:table-cell table:formula="of:=A1" office:value-type="string" '
        f'calcext:value-type="error"><text:p>{shown}</text:p></table:table-cell>'
    )


def _with_errors(kind: str) -> tuple[str, str | bytes]:
    """Return a file of one row in which three cells are errors, or formulas without a result."""
    role, key, last = _ERRORS
    first, other = "A-1", fnr(BORN, 1)
    cells = (first, other, role, key, "2024-01-15", last)
    named = dict(zip(HEADER, cells, strict=True))
    formula, ods_formula = '<c r="@"><f>A1</f></c>', '<table:table-cell table:formula="of:=A1"/>'
    match kind:
        case "csv":
            return "csv", as_csv([named])
        case "json":
            return "json", json.dumps([named])
        case "jsonl":
            return "jsonl", "\n".join([json.dumps(named)] * 2)
        case "xml":
            children = "".join(f"<{name}>{cell}</{name}>" for name, cell in named.items())
            return "xml", f"<r><k>{children}</k></r>"
        case "xlsx texts":
            return "xlsx", xlsx(row(1, *HEADER) + row(2, *cells))
        case "xlsx errors":
            raw = {"C": _error(role), "D": _error(key), "F": _error(last)}
            return "xlsx", xlsx(row(1, *HEADER) + row(2, *cells, raw=raw))
        case "xlsx formulas":
            raw = dict.fromkeys("CDF", formula)
            return "xlsx", xlsx(row(1, *HEADER) + row(2, *cells, raw=raw))
        case "ods errors":
            wrong = (_ods_error(role), _ods_error(key), "2024-01-15", _ods_error(last))
            return "ods", ods(ods_row(*HEADER) + ods_row(first, other, *wrong))
        case _:
            wrong = (ods_formula, ods_formula, "2024-01-15", ods_formula)
            return "ods", ods(ods_row(*HEADER) + ods_row(first, other, *wrong))


@pytest.mark.parametrize(
    "kind",
    [
        *("csv", "json", "jsonl", "xml", "xlsx texts", "xlsx errors", "xlsx formulas"),
        *("ods errors", "ods formulas"),
    ],
)
def test_an_error_is_no_empty_cell_in_any_kind_of_file(home: SmallHome, kind: str) -> None:
    ending, content = _with_errors(kind)
    home.deliver("reg", "20251231", content, ending)
    for found in landed(home)[1]:
        assert (found["fra_dato"], found["til_dato"]) == ("2024-01-15", "?#")
        assert (found["rolle"], found["koordinator_key"]) == (None, None)
        told_of = set(found["remarks"].split(";"))
        assert told_of == {"cell_without_value rolle", "cell_without_value koordinator_id"}


def test_what_a_spreadsheet_shows_for_an_error() -> None:
    errors = "#N/A #I/T #REF! #VERDI! #VALUE! #DIV/0! #NAVN? #NAME? #NUM! #NULL! #OVERFLYT! #SPILL! ######## Err:502 #ref!"
    assert all(map(is_without_value, errors.split()))
    kept = ["#12", "A#1", "#", "##", "Err", "#hjemme", "1#REF!", "E-17", "#Sør!!", "", "#" * 400]
    assert not any(map(is_without_value, kept))
