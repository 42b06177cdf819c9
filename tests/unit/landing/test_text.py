"""What does not fit its columns, total lines, signs that nobody sees, and texts that cannot be read."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from dagster_project.contract import RECORD_TYPES
from dagster_project.landing.columns import HeaderMatcher
from dagster_project.landing.deliveries import Manifest
from dagster_project.landing.table import Sheet
from dagster_project.landing.text import read_delimited
from dagster_project.landing.totals import total_lines
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, as_csv, coordinator
from tests.support.workbooks import ods, ods_row, xlsb, xlsx
from tests.support.workbooks import row as book_row

ROWS = [
    coordinator("A-1", 1, "2021-03-05", merknad="x"),
    coordinator("A-2", 2, "2021-04-01", "2022-01-31", merknad="y"),
    coordinator("A-3", 3, "2021-05-01", merknad="z"),
    coordinator("A-4", 4, "2021-06-01", merknad="w"),
]
IDS = ["A-1", "A-2", "A-3", "A-4"]
LINES = as_csv(ROWS).splitlines()


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    return SmallHome(tmp_path / "home").source("reg", "koordinator")


def rows_of(home: SmallHome, name: str = "reg") -> list[dict[str, str | None]]:
    """Land, and return the rows of the one delivery; nothing may be wrong with it."""
    assert [str(problem) for problem in home.land()[name].problems] == []
    manifest = Manifest(home.home, home.source_named(name))
    rows: list[dict[str, str | None]] = pq.read_table(
        manifest.parquet_path(manifest.in_force()[-1])
    ).to_pylist()
    return rows


def ids_of(home: SmallHome) -> list[str | None]:
    return [row["registration_id"] for row in rows_of(home)]


def read_notices(home: SmallHome, name: str = "reg") -> dict[str, object]:
    """Return what is told of the delivery that was read: by code, the rows or how many there are."""
    entry = Manifest(home.home, home.source_named(name)).in_force()[-1]
    assert all(
        str(notice).startswith(f"Source {name}, {entry.file}: ") for notice in entry.read_notices()
    )
    return {
        notice.code: notice.params.get("rows", notice.params["count"])
        for notice in entry.read_notices()
    }


def problem(home: SmallHome) -> str:
    (found,) = home.land()["reg"].problems
    return str(found)


def columns(*names: str) -> str:
    return ";".join(names)


class TestRowsWithTooFewCells:
    def short(self, home: SmallHome) -> list[str | None]:
        return [row["registration_id"] for row in rows_of(home) if row["too_short"]]

    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    def test_a_row_that_lost_its_last_cells_is_no_open_one(
        self, home: SmallHome, delimiter: str
    ) -> None:
        lines = as_csv(ROWS, delimiter).splitlines()
        lines[2] = delimiter.join(lines[2].split(delimiter)[:5])
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert self.short(home) == ["A-2"]
        assert ids_of(home) == IDS

    def test_a_file_that_leaves_off_what_is_empty_at_the_end_is_right(
        self, home: SmallHome
    ) -> None:
        rows = [{**row, "merknad": ""} for row in ROWS]
        stripped = [line.rstrip(";") for line in as_csv(rows).splitlines()]
        home.deliver("reg", "20240131", "\n".join([*stripped, ""]))
        assert self.short(home) == []
        assert [row["til_dato"] for row in rows_of(home)] == [None, "2022-01-31", None, None]

    def test_a_program_that_leaves_it_off_in_blocks_of_sixteen_lines(self, home: SmallHome) -> None:
        rows = [coordinator(f"B-{n}", n, "2021-01-01", merknad="") for n in range(40)]
        rows[0]["merknad"] = "x"
        lines = as_csv(rows).splitlines()
        lines[16:] = [line.removesuffix(";") for line in lines[16:]]
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert self.short(home) == []

    def test_two_halves_of_one_row_are_not_a_habit_of_the_file(self, home: SmallHome) -> None:
        rows = [{**row, "til_dato": "2023-01-01"} for row in ROWS]
        lines = as_csv(rows).splitlines()
        lines[3] = lines[3].replace(";koordinator", ";koord\ninator")
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert self.short(home) == ["A-3", None]

    def test_in_a_workbook_no_cell_can_be_left_off(self) -> None:
        header: list[str | None] = ["mote_id", "fnr", "motedato", "motetype"]
        rows: list[list[str | None]] = [["1", "2", "2021-01-01"], ["2", "2", "2021-01-01", "x"]]
        table = HeaderMatcher(RECORD_TYPES["mote"], {}).map(Sheet([header, *rows], [1, 2, 3]))
        assert table.too_short == [False, False]

    def test_a_table_with_one_column_a_year(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "befolkning")
        text = "region;age;Persons 2019;Persons 2020\n4602 Kinn;1;5;6\n4602 Kinn;2;7\n"
        home.deliver("reg", "20240131", text)
        assert [row["too_short"] for row in rows_of(home)] == [None, None, "ja", "ja"]


class TestStrayQuotationMarks:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    @pytest.mark.parametrize(
        ("opens", "closes"),
        [('"uklart', 'avtalt"'), ('"uklart', '"avtalt"'), ('"', '"'), ('"uklart""', 'avt"alt'),
         ('"uklart', "avtalt"), ("'uklart", "avtalt'"), ('5" skjerm', 'sa "nei'), ('""Ola" sa', 'x')],
    )  # fmt: skip
    def test_no_row_between_two_of_them_is_lost(
        self, home: SmallHome, delimiter: str, opens: str, closes: str
    ) -> None:
        lines = as_csv(ROWS, delimiter).splitlines()
        for at, mark in ((1, opens), (3, closes)):
            lines[at] = lines[at][:-1] + mark
        for at, text in enumerate(lines):
            # The free text stands before the last cell, as in the register that this came from.
            *rest, last, note = text.split(delimiter)
            lines[at] = delimiter.join([*rest, note, last])
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert ids_of(home) == IDS
        assert [row["too_short"] or row["too_wide"] for row in rows_of(home)] == [None] * 4

    def test_the_line_is_told(self, home: SmallHome) -> None:
        lines = [line.replace(";x", ';"x') for line in LINES]
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert ids_of(home) == IDS
        assert read_notices(home) == {"stray_quotation": "2"}

    def test_where_every_cell_is_quoted(self, home: SmallHome) -> None:
        quoted = [";".join(f'"{cell}"' for cell in line.split(";")) for line in LINES]
        quoted[2] = quoted[2].removesuffix('"')
        home.deliver("reg", "20240131", "\n".join([*quoted, ""]))
        assert ids_of(home) == IDS

    def test_where_last_cells_are_left_off(self, home: SmallHome) -> None:
        lines = ["registrering_id;fnr;rolle;koordinator_id;merknad;fra_dato;til_dato"]
        for n in range(1, 6):
            note = {1: '"uklart', 4: 'avtalt"'}.get(n, "")
            lines.append(f"p-{n};{fnr('1980-05-15', n)};koordinator;A1;{note};2024-01-0{n}")
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert ids_of(home) == [f"p-{n}" for n in range(1, 6)]

    @pytest.mark.parametrize("delimiter", [";", ","])
    @pytest.mark.parametrize(
        "text", ["to\nlinjer", "a;b,c\nd;e,f\n\ng", 'sa "nei"\nog gikk', "Møte:\r\n- mor, far; skole\r\n- PPT"]
    )  # fmt: skip
    def test_a_text_of_several_lines_stays_one(
        self, home: SmallHome, delimiter: str, text: str
    ) -> None:
        home.deliver(
            "reg", "20240131", as_csv([{**row, "merknad": text} for row in ROWS], delimiter)
        )
        assert ids_of(home) == IDS
        assert read_notices(home) == {}

    def test_a_text_whose_end_cannot_be_told_is_not_guessed(self, home: SmallHome) -> None:
        lines = [*LINES[:2], 'A-9;1;koordinator;2;2021-01-01;;"sa', '"nei" og', *LINES[3:]]
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert "the quotation that begins in line 3 does not end as it should" in problem(home)

    @example(["a\r\ra"])
    @example(["a\r\r\ra"])
    @example(["a\ra\ra\ra"])
    @example(["a\ra", "a\ra"])
    @example([";\ra", "a\ra"])
    @example([";\r;\r;\r;a", "a\ra"])
    @given(
        st.lists(
            st.text("ab;,\n\r\t\"' æ", max_size=12).filter(
                lambda text: text.strip('"\n\r') == text
            ),
            min_size=1,
            max_size=6,
        )
    )
    def test_whatever_is_quoted_as_it_should_be_is_read_as_it_was(self, texts: list[str]) -> None:
        rows = [
            coordinator(f"A-{n}", n, "2021-01-01", merknad=text) for n, text in enumerate(texts)
        ]
        content = as_csv(rows).encode()
        matcher = HeaderMatcher(RECORD_TYPES["koordinator"], {})
        sheet = read_delimited(content, encoding=None, delimiter=";", score=matcher.score)
        assert [record[0] for record in sheet.records[1:]] == [f"A-{n}" for n in range(len(texts))]


class TestLineEndsInText:
    @pytest.mark.parametrize(("own", "other"), [("\n", "\r"), ("\r\n", "\r"), ("\r\n", "\n")])
    @pytest.mark.parametrize("last", [True, False])
    def test_one_of_another_kind_cuts_no_row(
        self, home: SmallHome, own: str, other: str, last: bool
    ) -> None:
        lines = [line.replace("koordinator;17", f"koordinator;17{other}18") for line in LINES]
        if last:
            lines = [line.replace(";y", f";y{other}yy") for line in LINES]
        home.deliver("reg", "20240131", own.join([*lines, ""]).encode())
        assert ids_of(home) == IDS
        assert [row["too_short"] for row in rows_of(home)] == [None] * 4
        assert read_notices(home) == {"line_end_in_text": "3" if last else "2, 4, 6, 8"}

    @pytest.mark.parametrize(("own", "other"), [("\n", "\r"), ("\r\n", "\r"), ("\r\n", "\n")])
    @pytest.mark.parametrize("ended", [True, False])
    def test_one_in_the_first_cell_cuts_no_row(
        self, home: SmallHome, own: str, other: str, ended: bool
    ) -> None:
        lines = [line.replace("A-4", f"nr 12{other}A-4") for line in LINES]
        home.deliver("reg", "20240131", own.join([*lines, ""] if ended else lines).encode())
        assert ids_of(home) == [*IDS[:3], "nr 12 A-4"]
        assert read_notices(home) == {"line_end_in_text": "5"}

    def test_nor_where_a_quoted_one_follows_in_the_row(self, home: SmallHome) -> None:
        lines = [line.replace("A-3", "nr 12\rA-3").replace(";z", ';"z\nzz"') for line in LINES]
        home.deliver("reg", "20240131", "\n".join([*lines, ""]).encode())
        assert ids_of(home) == ["A-1", "A-2", "nr 12 A-3", "A-4"]

    def test_a_title_above_the_header_is_no_part_of_it(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", ("Register\r" + "\n".join([*LINES, ""])).encode())
        assert ids_of(home) == IDS

    @pytest.mark.parametrize("blank", [0, 1, 2])
    @pytest.mark.parametrize("place", [1, 2, 3])
    def test_a_quoted_one_cuts_no_row_where_last_columns_have_no_name(
        self, home: SmallHome, blank: int, place: int
    ) -> None:
        """What stands behind the line end could be a row that leaves its last cells off."""
        rows = [line.split(";") for line in LINES]
        for number, cells in enumerate(rows):
            cells.insert(place, '"B-1 og\nB-2"' if number else "koordinator_navn")
        lines = [columns(*cells) + ";" * blank for cells in rows]
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert ids_of(home) == IDS
        assert read_notices(home) == {}

    def test_files_of_two_systems_joined_end_their_lines_in_two_ways(self, home: SmallHome) -> None:
        text = "\r\n".join(LINES[:3]) + "\r\n" + "\r".join(LINES[3:]) + "\r"
        home.deliver("reg", "20240131", text.encode())
        assert ids_of(home) == IDS


class TestHeaderAgain:
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_the_same_one_between_the_rows_is_no_row(self, home: SmallHome, mark: str) -> None:
        lines = [*LINES[:3], mark + LINES[0], *LINES[3:]]
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert ids_of(home) == IDS
        assert read_notices(home)["header_again"] == "4"

    def test_in_json_lines_of_arrays(self, home: SmallHome) -> None:
        table = [line.split(";") for line in [*LINES[:3], LINES[0], *LINES[3:]]]
        home.deliver("reg", "20240131", json.dumps(table), "json")
        assert ids_of(home) == IDS

    def test_another_one_is_another_table(self, home: SmallHome) -> None:
        other = ";".join(reversed(LINES[0].split(";")))
        home.deliver("reg", "20240131", "\n".join([*LINES, other, *LINES[1:], ""]))
        assert "line 6 is a second header, with other columns than the first" in problem(home)


class TestTotalLines:
    @pytest.mark.parametrize(
        "word",
        ["Sum", "Totalt", "I alt", "Samla", "Sammenlagt", "Antall", "Total", "Delsum", "Sum Nord"],
    )
    def test_one_that_is_not_last_is_one_too(self, home: SmallHome, word: str) -> None:
        lines = [*LINES[:2], f"{word};;;1", *LINES[2:], f"{word};;;;;4"]
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert ids_of(home) == IDS
        assert read_notices(home) == {"total_lines": "3, 7"}

    def test_in_a_workbook(self, home: SmallHome) -> None:
        book = io.BytesIO()
        with xlsxwriter.Workbook(book, {"in_memory": True}) as made:
            sheet = made.add_worksheet()
            for at, line in enumerate([*LINES, "Antall rader"]):
                sheet.write_row(at, 0, line.split(";"))
            sheet.write_number(len(LINES), 3, 4)
        home.deliver("reg", "20240131", book.getvalue(), "xlsx")
        assert ids_of(home) == IDS
        assert read_notices(home) == {"total_lines": "6"}

    @pytest.mark.parametrize("born", ["1982-07-08", "30140", ""])
    def test_a_person_called_sum_is_a_person(self, tmp_path: Path, born: str) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "person")
        person = fnr("1982-07-08", 5)
        home.deliver("reg", "20240131", f"navn;fnr;fodselsdato\nKari Prøve;{person};\nSum Aung;{person};{born}\n")  # fmt: skip
        assert len(rows_of(home)) == 2
        assert read_notices(home) == {}

    def test_an_employee_called_total_is_an_employee(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "ansatt")
        home.deliver("reg", "20240131", "navn;koordinator_id;stillingsprosent\nOla;3;100\nSum Aung;17;80\n")  # fmt: skip
        assert len(rows_of(home)) == 2

    def test_a_unit_called_total_is_a_unit_and_the_sum_of_units_is_none(
        self, tmp_path: Path
    ) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "koordinatortall")
        lines = [
            columns("enhet", "tjenesteområde", "telledato", "antall_koordinatorer", "antall_ip"),
            "Total omsorg;skole;2024-01-31;4;2",
            "Sone nord;skole;2024-01-31;5;1",
            "Total oppfølging;skole;2024-01-31;6;3",
            "I alt;skole;2024-01-31;15;6",
        ]
        home.deliver("reg", "20240131", "\n".join([*lines, ""]))
        assert [row["enhet"] for row in rows_of(home)] == ["Total omsorg", "Sone nord", "Total oppfølging"]  # fmt: skip
        assert read_notices(home) == {"total_lines": "5"}

    def test_a_sum_without_a_word_is_one_where_rows_have_no_id(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "koordinatortall")
        rows = (
            "A;skole;31.12.2023;2;1\nB;skole;31.12.2023;3;1\n;;;5;2\nC;ppt;31.12.2023;1;\n;;;4;\n"
        )
        home.deliver("reg", "20240131", f"enhet;tjenesteomrade;telledato;antall_koordinatorer;antall_ip\n{rows}")  # fmt: skip
        assert [row["antall_koordinatorer"] for row in rows_of(home)] == ["2", "3", "1", "4"]
        assert read_notices(home) == {"total_lines": "4"}

    def test_what_is_the_sum_of_a_part_is_one_too(self) -> None:
        places = {"enhet": 0, "tjenesteomrade": 1, "telledato": 2, "antall_ip": 3}
        numbers = [("A", "1"), ("B", "2"), ("Sum", "3"), ("C", "4"), ("D", "5"), ("Sum", "9"), ("Totalt", "12")]  # fmt: skip
        rows: list[list[str | None]] = [[unit, "skole", "2024-01-31", n] for unit, n in numbers]
        assert total_lines(RECORD_TYPES["koordinatortall"], places, rows) == {2, 5, 6}
        rows[5][3] = "8"
        assert total_lines(RECORD_TYPES["koordinatortall"], places, rows) == {2}


UNSEEN = ["\u200b", "\u200d", "\u200e", "\u200f", "\u202a", "\u00ad", "\ufeff", "\u2060", "\u180e", "\ufe0f", "\U000e0041", "\u034f"]  # fmt: skip


class TestSignsThatNobodySees:
    @pytest.mark.parametrize("sign", UNSEEN)
    @pytest.mark.parametrize("ending", ["csv", "json", "xml"])
    def test_they_change_nothing(self, tmp_path: Path, sign: str, ending: str) -> None:
        home = SmallHome(tmp_path / "home")
        plain = [
            {**row, "koordinator_navn": "Ola Prøvesen", "familie_id": "F7"} for row in ROWS[:2]
        ]
        hidden = [
            {
                name if ending == "xml" else _within(name, sign): _within(str(value), sign)
                for name, value in row.items()
            }
            for row in plain
        ]
        for name, rows in (("plain", plain), ("hidden", hidden)):
            home.source(name, "koordinator").deliver(name, "20240131", _as(ending, rows), ending)
        one, other = rows_of(home, "plain"), rows_of(home, "hidden")
        beside = ("source", "delivery_key", "content_key")
        assert [{k: v for k, v in row.items() if k not in beside} for row in one] == [
            {k: v for k, v in row.items() if k not in beside} for row in other
        ]
        assert read_notices(home, "plain") == {}
        assert set(read_notices(home, "hidden")) == {"invisible_signs"}

    @pytest.mark.parametrize("ending", ["xlsx", "ods", "xlsb"])
    def test_they_are_told_of_workbooks_too(self, tmp_path: Path, ending: str) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "melding")
        header, cells = (
            ["melding_id\u200b", "fnr", "mottatt_dato"],
            ["M\u00ad1", fnr("1980-05-15", 1), "2023-01-01"],
        )
        book = {
            "xlsx": xlsx(book_row(1, *header) + book_row(2, *cells)),
            "ods": ods(ods_row(*header) + ods_row(*cells)),
            "xlsb": xlsb(header, cells),
        }[ending]
        home.deliver("reg", "20240131", book, ending)
        assert [row["registration_id"] for row in rows_of(home)] == ["M1"]
        assert set(read_notices(home)) == {"invisible_signs"}

    @pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u2007", "\u202f", "\u3000"])
    def test_every_space_is_one(self, tmp_path: Path, space: str) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "mote")
        home.deliver("reg", "20240131", f"mote{space}id;fnr;dato;type{space}møte;varighet_min\nM 1;{fnr('1980-05-15', 1)};05.03.2021;koordineringsmøte;1{space}250\n")  # fmt: skip
        (row,) = rows_of(home)
        assert (row["motedato"], row["varighet_min"]) == ("2021-03-05", "1250")

    def test_in_what_sources_yml_says(self, tmp_path: Path) -> None:
        home = SmallHome(tmp_path / "home").source(
            "reg",
            "koordinator",
            columns={"Be\u00adgynt": "fra_dato"},
            values={"rolle": {"K\u200b9": "koordinator"}},
            accept=["reg_2024\u200b0131.csv"],
            kommune="46\u200b02",
        )
        text = LINES[0].replace("fra_dato", "Begynt")
        home.deliver("reg", "20240131", text)
        assert home.land()["reg"].problems == []


def _within(text: str, sign: str) -> str:
    return text[:1] + sign + text[1:] + sign if text else text


def _as(ending: str, rows: Sequence[dict[str, object]]) -> str:
    if ending == "csv":
        return as_csv(rows)
    if ending == "json":
        return json.dumps(list(rows))
    return f"<a>{_xml(rows)}</a>"


def _zip(content: bytes, name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


TEXT = as_csv([{**row, "merknad": "Blåbær på Øya"} for row in ROWS])


class TestEncodings:
    @pytest.mark.parametrize(
        "encoding", ["utf-32", "utf-32-le", "utf-32-be", "utf-16", "utf-16-le", "utf-7", "cp1252"]
    )
    def test_each_is_found(self, home: SmallHome, encoding: str) -> None:
        home.deliver("reg", "20240131", TEXT.encode(encoding))
        assert ids_of(home) == IDS

    @pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
    def test_two_in_one_file(self, home: SmallHome, mark: bytes) -> None:
        lines = TEXT.splitlines()
        content = (
            "\n".join(lines[:2]).encode() + b"\n" + "\n".join([*lines[2:], ""]).encode("cp1252")
        )
        home.deliver("reg", "20240131", mark + content)
        assert ids_of(home) == IDS
        assert read_notices(home) == {"mixed_encoding": "3, 4, 5"}

    @pytest.mark.parametrize(
        ("ending", "begins", "part", "ends"),
        [
            ("json", "[", '{{"tjeneste_id": "{0}", "fnr": "", "tjenesteområde": "bo- og miljø", "fra_dato": ""}}{1}\n', "]"),
            ("jsonl", "", '{{"tjeneste_id": "{0}", "fnr": "", "tjenesteområde": "bo- og miljø", "fra_dato": ""}}\n', ""),
            ("xml", "<a>", "<b><tjeneste_id>{0}</tjeneste_id><fnr/><område>bo- og miljø</område><fra/></b>\n", "</a>"),
        ],
    )  # fmt: skip
    def test_two_in_json_and_xml_are_told_too(
        self, tmp_path: Path, ending: str, begins: str, part: str, ends: str
    ) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "tjeneste")
        content = (begins + part.format(1, ",")).encode() + (part.format(2, "") + ends).encode(
            "cp1252"
        )
        home.deliver("reg", "20240131", content, ending)
        assert [row["tjenesteomrade"] for row in rows_of(home)] == ["bo- og miljø"] * 2
        assert read_notices(home) == {"mixed_encoding": "2"}

    @pytest.mark.parametrize("between", ["cp1252", "latin-1"])
    def test_letters_that_were_encoded_twice(self, tmp_path: Path, between: str) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "tjeneste")
        text = f"tjeneste_id;fnr;tjenesteområde;frå\n1;{fnr('1980-05-15', 1)};bo- og miljø;2023-01-01\n2;{fnr('1980-05-15', 2)};skole;2023-01-01\n"
        home.deliver("reg", "20240131", text.encode().decode(between).encode())
        assert [row["tjenesteomrade"] for row in rows_of(home)] == ["bo- og miljø", "skole"]
        assert read_notices(home) == {"encoded_twice": "1, 2"}

    @pytest.mark.parametrize("encoding", ["cp850", "cp865", "mac_roman"])
    def test_those_of_older_systems(self, tmp_path: Path, encoding: str) -> None:
        home = SmallHome(tmp_path / "home").source("reg", "tjeneste")
        text = f"tjeneste_id;fnr;tjenesteområde;frå\n1;{fnr('1980-05-15', 1)};bo- og miljø;2023-01-01\n"
        home.deliver("reg", "20240131", text.encode(encoding))
        assert [row["tjenesteomrade"] for row in rows_of(home)] == ["bo- og miljø"]
        assert read_notices(home) == {}

    def test_one_byte_too_many_behind_utf_16(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", TEXT.encode("utf-16") + b"\n")
        assert ids_of(home) == IDS

    def test_a_last_letter_that_is_no_half_one(self, home: SmallHome) -> None:
        home.deliver("reg", "20240131", (as_csv(ROWS[:1]).rstrip("\n") + " blåbæ").encode("cp1252"))
        assert ids_of(home) == ["A-1"]

    def problem_of(self, tmp_path: Path, content: bytes, declared: str | None = None) -> str:
        said = {"encoding": declared} if declared else {}
        home = SmallHome(tmp_path / "home").source("reg", "koordinator", **said)
        home.deliver("reg", "20240131", content)
        return problem(home)

    def test_what_breaks_off_in_a_letter(self, tmp_path: Path) -> None:
        said = self.problem_of(tmp_path, TEXT.encode("utf-16")[:-3])
        assert "the file breaks off (in the middle of a letter)" in said

    def test_that_of_a_mainframe(self, tmp_path: Path) -> None:
        said = self.problem_of(tmp_path, TEXT.encode("cp037", errors="replace"))
        assert "the text is in EBCDIC, which is not read. Export it again as UTF-8" in said

    @pytest.mark.parametrize(
        ("written", "declared"),
        [
            *(("cp1252", "utf-8"), ("utf-8", "cp1252"), ("utf-8", "latin-1")),
            *(("utf-8", "utf-16"), ("utf-16-le", "utf-8"), ("utf-16-be", "cp1252")),
        ],
    )
    def test_another_than_declared_is_named_and_the_remedy_works(
        self, tmp_path: Path, written: str, declared: str
    ) -> None:
        content = TEXT.encode(written)
        said = self.problem_of(tmp_path, content, declared)
        assert f"cannot be read as {declared}" in said
        assert f"it is {written}. Take `encoding:` away" in said
        home = SmallHome(tmp_path / "mended").source("reg", "koordinator")
        home.deliver("reg", "20240131", content)
        assert ids_of(home) == IDS


class TestKindsOfFile:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (_zip(b"a;b", "a.csv"), "this is a compressed file. Unpack it"),
            (gzip.compress(TEXT.encode()), "this is a compressed file. Unpack it"),
            (lzma.compress(TEXT.encode()), "this is a compressed file. Unpack it"),
            (b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, "this is a compressed file. Unpack it"),
            (b"Rar!\x1a\x07\x01\x00" + b"x" * 40, "this is a compressed file. Unpack it"),
            (_zip(b"<w/>", "word/document.xml"), "this is a text document, and no table is read"),
            (b"%PDF-1.7 \n%%EOF", "this is a PDF document, and no table is read"),
            (b"\x89PNG\r\n\x1a\n" + b"x" * 40, "this is a picture, and no table is read"),
            (b"<table border=1><tr><td>x</td></tr></table>", "this is a web page, and no table"),
            (b"\n<!DOCTYPE html><html><body>Logg inn</body></html>", "this is a web page, and no"),
            (b'<?xml version="1.0"?><html xmlns="x"><body/></html>', "this is a web page, and no"),
        ],
    )
    @pytest.mark.parametrize("ending", ["csv", "xls", "json"])
    def test_each_is_named(self, home: SmallHome, content: bytes, said: str, ending: str) -> None:
        home.deliver("reg", "20240131", content, ending)
        assert said in problem(home)


RECORDS = [dict(row) for row in ROWS]
BY_ID = {str(row["registrering_id"]): row for row in RECORDS}


class TestJson:
    @pytest.mark.parametrize(
        "whole",
        [
            {"data": {"items": RECORDS}},
            {"a": {"b": {"c": RECORDS}}},
            {"items": RECORDS, "warnings": [{"code": 1}, {"code": 2}]},
            {"status": "ok", "items": RECORDS},
            BY_ID,
            {"data": BY_ID, "count": 4},
            {name: {str(n): row[name] for n, row in enumerate(RECORDS)} for name in RECORDS[0]},
            [list(RECORDS[0]), *(list(row.values()) for row in RECORDS)],
        ],
    )
    def test_the_records_are_found_wherever_they_lie(self, home: SmallHome, whole: object) -> None:
        home.deliver("reg", "20240131", json.dumps(whole), "json")
        assert ids_of(home) == IDS

    def test_what_is_not_a_number_is_empty(self, home: SmallHome) -> None:
        rows = [{**row, "til_dato": float("nan")} for row in RECORDS]
        home.deliver("reg", "20240131", json.dumps(rows), "json")
        assert [row["til_dato"] for row in rows_of(home)] == [None] * 4

    @pytest.mark.parametrize("ending", ["json", "jsonl", "csv"])
    def test_an_object_in_the_place_of_a_value_is_told_as_one(
        self, home: SmallHome, ending: str
    ) -> None:
        nested = {"rolle": {"kode": "K"}, "koordinator_id": {"id": 1}, "til_dato": {"år": 2023}}
        rows: list[dict[str, object]] = [{**row, **nested} for row in RECORDS]
        content = {
            "json": json.dumps(rows),
            "jsonl": "\n".join(map(json.dumps, rows)),
            "csv": as_csv(
                [
                    {n: json.dumps(v) if isinstance(v, dict) else v for n, v in row.items()}
                    for row in rows
                ]
            ),
        }[ending]
        home.deliver("reg", "20240131", content, ending)
        for row in rows_of(home):
            assert (row["til_dato"], row["rolle"], row["koordinator_key"]) == ("?…", None, None)
            told_of = set(str(row["remarks"]).split(";"))
            assert told_of == {"cell_holds_object rolle", "cell_holds_object koordinator_id"}

    def test_an_object_where_a_date_should_be_does_not_make_an_open_row(
        self, home: SmallHome
    ) -> None:
        rows = [{**row, "til_dato": {"dato": "2023-01-01"}} for row in RECORDS]
        home.deliver("reg", "20240131", json.dumps(rows), "json")
        assert all(str(row["til_dato"]).startswith("?") for row in rows_of(home))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[]", "there is not a single record in it"),
            ('{"items": []}', "there is not a single record in it"),
            ('{"error": "Unauthorized", "status": 401}', "the file is an error message"),
            ('{"feilmelding": {"kode": 7}}', "the file is an error message"),
            ('"tekst"', "no list of records is found in the JSON"),
            ("[1, 2, 3]", "no list of records is found in the JSON"),
            ('[{"fnr": 1,}, {"fnr": 2}]', "no valid JSON from line 1, column 12 on"),
            ("[{'fnr': 1}]", "no valid JSON from line 1, column 3 on"),
            (json.dumps({"apne": RECORDS, "lukkede": RECORDS}), "the JSON holds 2 lists"),
            (json.dumps(RECORDS)[:-30], "the file breaks off"),
        ],
    )
    def test_each_cause_has_its_own_sentence(self, home: SmallHome, text: str, said: str) -> None:
        home.deliver("reg", "20240131", text, "json")
        assert said in problem(home)

    @pytest.mark.parametrize(("text", "ending"), [("[]", "json"), ("<a></a>", "xml")])
    def test_an_empty_register_is_accepted(self, tmp_path: Path, text: str, ending: str) -> None:
        home = SmallHome(tmp_path / "home").source(
            "reg", "koordinator", accept=[f"reg_20240131.{ending}"]
        )
        home.deliver("reg", "20240131", text, ending)
        assert home.land()["reg"].problems == []


def _xml(rows: Sequence[dict[str, object]]) -> str:
    return "".join(
        "<r>" + "".join(f"<{k}>{v}</{k}>" for k, v in row.items()) + "</r>" for row in rows
    )


class TestXml:
    @pytest.mark.parametrize(
        "around",
        [
            lambda rows: f"<a>{rows}</a>",
            lambda rows: f"<a><b><c>{rows}</c></b></a>",
            lambda rows: f"<a><hode><dato>1</dato></hode><rader>{rows}</rader></a>",
        ],
    )
    def test_the_records_are_found_wherever_they_lie(
        self, home: SmallHome, around: Callable[[str], str]
    ) -> None:
        home.deliver("reg", "20240131", around(_xml(RECORDS)), "xml")
        assert ids_of(home) == IDS

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("<a></a>", "there is not a single record in it"),
            ("<a><r><x>1 & 2</x></r></a>", "no valid XML at line 1 (not well-formed"),
            ("<a><r><x>bl&aring;</x></r></a>", "no valid XML at line 1 (undefined entity)"),
            ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "the XML declares entities of its own"),
            ("<a><r><x>1</x></r><r>", "the file breaks off"),
        ],
    )
    def test_each_cause_has_its_own_sentence(self, home: SmallHome, text: str, said: str) -> None:
        home.deliver("reg", "20240131", text, "xml")
        assert said in problem(home)
