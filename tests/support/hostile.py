"""The files that were tried to take a run down, made anew for each test: small on the disk.

Each comes with the ending of its name and the one thing that comes of it: the code of the problem
that it is refused by, or how many rows are read.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from io import BytesIO

import xlsxwriter

from tests.support.small_home import as_csv, coordinator
from tests.support.workbooks import ods, packed, row, text, xls, xlsx

_HEADER = ("registrering_id", "fnr", "rolle", "koordinator_id", "fra_dato", "til_dato")
_GOOD = as_csv([coordinator("A-1", 1, "2021-03-05", merknad="x")])
_MANY = 1_000_000
Hostile = tuple[str, Callable[[], bytes], str | int]


def _sheet_of(rows: str) -> bytes:
    return xlsx(row(1, *_HEADER) + rows)


def _bomb() -> bytes:
    content = BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(1000):
            part.write(b" " * _MANY)
    return content.getvalue()


def _lying_bomb() -> bytes:
    """A part that says that it is small: 30 bytes in the directory and in its header."""
    content = packed({"xl/worksheets/sheet1.xml": b" " * 100 * _MANY})
    return content.replace((100 * _MANY).to_bytes(4, "little"), (30).to_bytes(4, "little"))


def _merged() -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, _HEADER)
        for number in range(2_000):
            sheet.merge_range(number + 1, 0, number + 1, 5, "x")
    return content.getvalue()


def _columns(rows: int) -> bytes:
    line = ";".join(f"k{number}" for number in range(_MANY)) + "\n"
    return (line + (";" * (_MANY - 1) + "\n") * rows).encode()


def _with(column: str, cell: str) -> bytes:
    return as_csv([coordinator("A-1", 1, "2021-03-05", **{column: cell})]).encode()


def _json(**cells: str) -> bytes:
    """Return one record in JSON, with some of its values as they are to stand."""
    said = {name: f'"{cell}"' for name, cell in coordinator("A-1", 1, "2021-03-05").items()} | cells
    return ("[{" + ",".join(f'"{name}": {cell}' for name, cell in said.items()) + "}]").encode()


def _json_keys() -> bytes:
    record = "{" + ",".join(f'"k{number}":1' for number in range(100)) + "}"
    records = ",".join(record.replace("k", f"k{number}_") for number in range(3_000))
    return f"[{records}]".encode()


LAUGHS = (
    "<!DOCTYPE r [<!ENTITY a 'ha'>"
    + "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><r><k>&i;</k></r>"
)

HOSTILE: dict[str, Hostile] = {
    # XLSX
    "zip bomb of 1 GB": ("xlsx", _bomb, "unpacks_too_large"),
    "zip bomb of 100 MB": ("xlsx", lambda: packed({"xl/a.xml": b" " * 100 * _MANY}), "unpacks_too_large"),
    "header that lies about its size": ("xlsx", _lying_bomb, "truncated_file"),
    "cell of 200 MB": ("xlsx", lambda: _sheet_of(row(2, "x" * 200 * _MANY)), "unpacks_too_large"),
    "cell of 40 MB": ("xlsx", lambda: _sheet_of(row(2, "x" * 40 * _MANY)), "cell_too_long_in_book"),
    "blank in XFD1048576": ("xlsx", lambda: _sheet_of(row(2, "A-1") + f'<row r="1048576">{text("XFD1048576", " ")}</row>'), 1),
    "cell at row 60,000, column 1,000": ("xlsx", lambda: _sheet_of(f'<row r="60000">{text("ALL60000", "x")}</row>'), "sheet_too_large"),
    "2 million rows": ("xlsx", lambda: _sheet_of("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(2, 2_000_000))), "too_many"),
    "shared-string bomb": ("xlsx", lambda: xlsx(row(1, *_HEADER) + "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 30_000)), shared=["x" * 900_000]), "file_takes_memory"),
    "entities in a part": ("xlsx", lambda: packed({"[Content_Types].xml": "x", "xl/workbook.xml": LAUGHS}), "workbook_invalid"),
    "part with a path out of the archive": ("xlsx", lambda: packed({"[Content_Types].xml": "x", "../../xl/evil.xml": "x"}), "workbook_invalid"),
    "2,000 merged ranges": ("xlsx", _merged, 2000),
    "5,000 members": ("xlsx", lambda: packed({"[Content_Types].xml": "x"} | {f"xl/{n}.xml": "x" for n in range(5_000)}), "unpacks_too_large"),
    "OLE container": ("xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4_000, "truncated_file"),
    "OLE container in a loop": ("xls", lambda: xls((0, b"")).replace(b"\x03\0\0\0", b"\x02\0\0\0"), "workbook_invalid"),
    "ODS under its name": ("xlsx", lambda: ods("<table:table-row/>"), "empty_file"),
    "ODS with a word in every cell there is": ("ods", lambda: ods('<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'), "sheet_too_large"),
    # CSV
    "1 million columns, one row": ("csv", lambda: _columns(1), "line_too_long"),
    "1 million columns, 50 rows": ("csv", lambda: _columns(50), "line_too_long"),
    "line of 100 MB": ("csv", lambda: _GOOD.encode() + b"x" * 100 * _MANY, "line_too_long"),
    "number of 400,000 digits": ("csv", lambda: _with("familie_id", "9" * 400_000), 1),
    "id of 900,000 digits": ("csv", lambda: _with("fnr", "9" * 900_000), 1),
    "date of 900,000 digits": ("csv", lambda: _with("til_dato", "1" * 900_000), 1),
    "registration id of 900,000 digits": ("csv", lambda: _with("registrering_id", "1" * 900_000), 1),
    "name of 900,000 letters": ("csv", lambda: _with("koordinator_navn", "ab " * 300_000), 1),
    "NUL bytes": ("csv", lambda: _GOOD.encode() + b"\0" * 10_000, "truncated_file"),
    "one open quotation": ("csv", lambda: _GOOD.encode() + b'"' + b"x;y\n" * 200_000, "ends_in_quotation"),
    "100,000 lines of quotation marks": ("csv", lambda: _GOOD.encode() + b'"""\n' * 100_000, 50001),
    "UTF-7": ("csv", lambda: _GOOD.replace("x", "på").encode("utf-7"), 1),
    "random bytes": ("csv", lambda: random.Random(1).randbytes(_MANY), "not_an_export"),
    # JSON
    "JSON 3 million deep": ("json", lambda: b"[" * 3 * _MANY, "too_deep"),
    "keys without end": ("json", _json_keys, "too_many"),
    "integer of 2 million digits": ("json", lambda: _json(familie_id="9" * 2 * _MANY), "cell_too_long"),
    "NaN": ("json", lambda: _json(merknad="NaN", koordinator_id="-Infinity"), 1),
    "lone surrogates": ("json", lambda: _json(merknad='"\\ud800"', koordinator_id='"\\udfff"'), 1),
    # XML
    "billion laughs": ("xml", LAUGHS.encode, "xml_entities"),
    "external entity": ("xml", lambda: b"<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><r><k><i>&a;</i></k></r>", "xml_entities"),
    "XML 1 million deep": ("xml", lambda: b"<a>" * _MANY + b"</a>" * _MANY, "too_deep"),
    "attributes without end": ("xml", lambda: b"<r><k " + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/></r>", "too_many"),
}  # fmt: skip
