"""Tables on the page and in files: typed, complete, and harmless to a spreadsheet."""

import csv
import dataclasses
import datetime as dt
import io
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dashboards.export.downloads import Notes, as_csv, as_xlsx, harmless
from dashboards.export.table import Column, Holds, Table, as_html
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Sign, Texts

NB, EN = Texts(Language.NB), Texts(Language.EN)
TABLE = Table(
    "Koordinatordekning, Asker",
    (
        Column("Tjenesteområde"),
        Column("Med koordinator (antall)", Holds.WHOLE),
        Column("Verdi (%)", Holds.PER_CENT),
        Column("Per 1 000", Holds.DECIMAL),
        Column("Endring", Holds.SIGNED),
        Column("Levert", Holds.DATE),
    ),
    (
        ("PPT & <b>SFO</b>", 1234, 0.61249, 12.34, -1200, dt.date(2025, 12, 31)),
        ('=HYPERLINK("x")', Sign.NOT_APPLICABLE, Sign.NOT_AVAILABLE, 0.0, 3, None),
    ),
    ("Sum", 2468, 0.5, 1.0, 0, None),
)
NOTES = Notes(
    title="Koordinatordekning, Asker",
    definition="Andel med koordinator",
    filters="Kommune: Asker; Telledato: 31.12.2025",
    source="gerica, leveranser til og med 31.12.2025",
    publication="20251231-0a1b2c3d4e",
    reference_date="31.12.2025",
    file_part="3203",
    grade="Sammenlignbarhet B: kan sammenlignes.",
)


class _Cells(HTMLParser):
    """Reads the cells of a table as a browser would show them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.unseen = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.unseen = ("class", "unseen") in attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and not self.unseen:
            self.rows[-1][-1] += data


def test_the_page_shows_numbers_as_the_language_writes_them_and_the_sum_last() -> None:
    rows = _Cells(as_html(TABLE, NB)).rows
    assert rows[1] == [
        "PPT & <b>SFO</b>",
        f"1{NO_BREAK_SPACE}234",
        "61,2",
        "12,3",
        f"\u22121{NO_BREAK_SPACE}200",
        "31.12.2025",
    ]
    assert rows[-1][:2] == ["Sum", f"2{NO_BREAK_SPACE}468"]
    assert _Cells(as_html(TABLE, EN)).rows[1][1:4] == ["1,234", "61.2", "12.3"]


def test_what_comes_from_data_is_escaped() -> None:
    html = as_html(TABLE, NB, links=['?a=1&b="x"'])
    assert "<b>SFO" not in html
    assert 'href="?a=1&amp;b=&#34;x&#34;"' in html


def test_signs_have_their_words_for_those_who_hover_and_those_who_listen() -> None:
    html = as_html(TABLE, NB)
    assert '<abbr title="tall mangler">..</abbr>' in html
    assert '<span class="unseen"> ingen personer i gruppen</span>' in html


def test_numbers_stand_to_the_right_and_sort_as_numbers() -> None:
    html = as_html(TABLE, NB)
    assert '<td class="number" data-sort="1234">' in html
    assert '<td class="number" data-sort="">' in html
    assert '<th scope="col" class="number"' in html
    assert "<tfoot>" in html


def _read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_csv_is_what_norwegian_excel_opens() -> None:
    rows = _read_csv(as_csv(TABLE, NOTES, NB))
    assert rows[0][:3] == ["Tjenesteområde", "Med koordinator (antall)", "Verdi (%)"]
    assert rows[1][:6] == ["PPT & <b>SFO</b>", "1234", "61,2", "12,3", "-1200", "31.12.2025"]
    assert rows[2][:6] == ['\'=HYPERLINK("x")', ".", "..", "0,0", "3", ""]
    assert rows[3][0] == "Sum"
    assert all(row[6:] == rows[1][6:] for row in rows[1:])
    assert rows[1][6:] == [NOTES.filters, NOTES.source, NOTES.publication]


def test_csv_in_english_has_decimal_points() -> None:
    assert _read_csv(as_csv(TABLE, NOTES, EN))[1][1:6] == [
        "1234",
        "61.2",
        "12.3",
        "-1200",
        "31/12/2025",
    ]


def test_a_workbook_holds_numbers_and_dates_not_their_pictures() -> None:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(TABLE, NOTES, NB)))
    assert workbook.sheet_names == ["Tall", "Om tallene"]
    rows = workbook.get_sheet_by_name("Tall").to_python()
    assert rows[1] == ["PPT & <b>SFO</b>", 1234, 61.2, 12.3, -1200, dt.date(2025, 12, 31)]
    assert rows[2][:3] == ['\'=HYPERLINK("x")', ".", ".."]
    assert rows[3][:2] == ["Sum", 2468]


def test_a_workbook_explains_itself() -> None:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(TABLE, NOTES, NB)))
    notes = {row[0]: row[1] for row in workbook.get_sheet_by_name("Om tallene").to_python()}
    assert notes["Tabell"] == TABLE.title
    assert notes["Definisjon"] == "Andel med koordinator"
    assert notes["Utvalg"] == NOTES.filters
    assert notes["Telledato"] == "31.12.2025"
    assert notes["Kilde"] == NOTES.source
    assert notes["Publisering"] == NOTES.publication
    assert notes["Sammenlignbarhet"] == NOTES.grade
    assert notes[":"].startswith("vises ikke")
    assert notes[".."] == "tall mangler"


def test_what_has_no_grade_has_no_line_for_it() -> None:
    without = dataclasses.replace(NOTES, grade="")
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(TABLE, without, NB)))
    rows = workbook.get_sheet_by_name("Om tallene").to_python()
    assert "Sammenlignbarhet" not in [row[0] for row in rows]


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(beginning: str) -> None:
    assert harmless(f"{beginning}1+1") == f"'{beginning}1+1"
    assert harmless(f"1{beginning}1") == f"1{beginning}1"


@given(st.text())
def test_no_text_cell_begins_a_formula(text: str) -> None:
    table = Table("t", (Column("a"), Column("b")), (("x", text),))
    raw = as_csv(table, NOTES, NB).decode("utf-8-sig")
    cell = next(csv.reader(io.StringIO(raw.split("\r\n", 1)[1], newline=""), delimiter=";"))[1]
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    assert cell in (text, f"'{text}")
