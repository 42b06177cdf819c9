"""Workbooks as they are made ready for the library that reads them: XLSX and ODS, part by part.

The library takes an error, and a formula whose result was never stored, for an empty cell; and it
makes room for the whole rectangle up to the last cell of a sheet, however far away that one is.
Here such cells are given a text that says so, and blanks far from the table are taken away. What
needs no mending is handed on as it is.

The parts are looked through by expressions over bytes: no part is made a tree, which would take
twenty times its size. Each begins at a sign that a text cannot hold, and none goes back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dagster_project.landing import xlsb
from dagster_project.landing.limits import CELL_CHARACTERS, SHEET_CELLS, SHEET_ROWS
from dagster_project.landing.packed import Package
from dagster_project.landing.table import ReadError, refuse_large_sheet
from dagster_project.values import WITHOUT_VALUE

_MARK = WITHOUT_VALUE.encode()
_LOOK_AT_BYTES = 4_000
_WORKSHEET = re.compile(rb"<(?:\w+:)?worksheet[\s>]")
_BINARY_SHEET = re.compile(r"/worksheets/[^/]+\.bin$", re.IGNORECASE)
_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^<>]*\bdate1904\s*=\s*[\"'](?:1|true)[\"']")

# XLSX
_ERROR = re.compile(rb"(<(?:\w+:)?c\s[^<>]*?\bt=)([\"'])e\2")
_FORMULA = re.compile(
    rb"<((?:\w+:)?)c((?:\s[^<>]*)?)>\s*"
    rb"<\1f(?:\s[^<>]*)?(?:/>|>[^<]*</\1f>)\s*"
    rb"(?P<value><\1v\s*/>|<\1v>\s*</\1v>)?\s*</\1c>"
)
_TYPE = re.compile(rb"\s+t=([\"'])(\w*)\1")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\br=[\"'](\d{1,7})[\"']")
_FAR_ROW = re.compile(rb"\sr=[\"'][A-Z]{0,3}(\d{7,})[\"']")
_FAR_COLUMN = re.compile(rb"\sr=[\"']([A-Z]{2,3})\d")
_CELL = re.compile(
    rb"<((?:\w+:)?)c\s(?P<said>[^<>]*?\br=[\"'](?P<column>[A-Z]{1,3})(?P<row>\d{1,7})[\"'][^<>]*?)"
    rb"(?:/>|>(?P<inside>.*?)</\1c>)",
    re.DOTALL,
)
_FORMULA_TEXT = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*)?>[^<]*")
_TEXT = re.compile(rb">([^<]*)<")
_SHARED_TEXT = re.compile(rb"<((?:\w+:)?)si(?:\s[^<>]*)?(?:/>|>(.*?)</\1si>)", re.DOTALL)
_SPACE = re.compile(rb"(?:\s|\xc2\xa0|&#(?:32|160|9|10|13|xA0|x20);|&nbsp;)*")

# ODS
_ODS_CELL = re.compile(
    rb"<table:table-cell((?=[^<>]*\btable:formula=|[^<>]*\bcalcext:value-type=\"error\")"
    rb"(?:[^<>\"]|\"[^\"]*\")*?)(?:/>|>(.*?)</table:table-cell>)",
    re.DOTALL,
)
_ODS_VALUE = re.compile(rb"\boffice:value-type=\"")
_ODS_ERROR = re.compile(rb"\bcalcext:value-type=\"error\"")
_ODS_REPEATED = re.compile(rb"\btable:number-(?:columns|rows)-repeated=\"(\d{1,9})\"")
_ODS_FAR = re.compile(rb"\btable:number-(columns|rows)-repeated=\"\d{4,}\"")
_ODS_END = {b"columns": b"</table:table-row>", b"rows": b"</table:table>"}
_ODS_ROW = re.compile(rb"<table:table-row\b([^<>]*)>(.*?)</table:table-row>", re.DOTALL)
_ODS_ANY_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^<>]*)>")
_ODS_HOLDS = b"office:value-type="
_ODS_PLACE = re.compile(rb"\btable:number-(?:columns-(?:repeated|spanned)|rows-spanned)=\"\d+\"")


@dataclass(frozen=True)
class ReadyBook:
    """A workbook that the library can read, and whether it counts its days from 1904."""

    content: bytes
    from_1904: bool


def make_ready(content: bytes) -> ReadyBook:
    """Return a packed workbook, mended. Raises ReadError where it is not to be read."""
    package = Package(content)
    sheets: dict[str, bytes] = {}
    shared, from_1904 = b"", False
    for name, part in package.parts():
        if name == "content.xml" or name.endswith(".xml"):
            _refuse_long_texts(part)
        head = part[:_LOOK_AT_BYTES]
        if name == "content.xml" or _WORKSHEET.search(head):
            _refuse_many_rows(part)
            sheets[name] = part
        elif name.lower().endswith("sharedstrings.xml"):
            shared = part
        elif name.lower().endswith("workbook.xml"):
            from_1904 = _1904.search(part) is not None
        elif name.lower().endswith("workbook.bin"):
            from_1904 = xlsb.counts_from_1904(part)
        elif _BINARY_SHEET.search(name):
            xlsb.refuse_errors(part)
        elif name == "META-INF/manifest.xml" and b"manifest:encryption-data" in part:
            raise ReadError("password")
    mended = {
        name: new
        for name, part in sheets.items()
        if (new := _ods(part) if name == "content.xml" else _xlsx(part, shared)) is not part
    }
    return ReadyBook(package.with_parts(mended) if mended else content, from_1904)


def _refuse_long_texts(part: bytes) -> None:
    """Raise ReadError where a text is longer than any in a register."""
    at = 0
    while at + CELL_CHARACTERS < len(part):
        end = part.rfind(b"<", at, at + CELL_CHARACTERS)
        if end < at:
            raise ReadError("cell_too_long_in_book", most=f"{CELL_CHARACTERS:,}")
        at = end + 1


def _refuse_many_rows(part: bytes) -> None:
    """Raise ReadError where a sheet has rows behind the last one there can be."""
    # The largest numbers that are allowed have as many digits as the first that are not.
    if any(int(far[1][:12]) > SHEET_ROWS for far in _FAR_ROW.finditer(part)):
        raise ReadError("too_many", most=f"{SHEET_ROWS:,}", what="rows")


def _xlsx(part: bytes, shared: bytes) -> bytes:
    sheet = part
    if b'"e"' in sheet or b"'e'" in sheet:
        sheet = _ERROR.sub(rb"\1\2str\2", sheet)
    if b"f>" in sheet or b"<f" in sheet or b":f" in sheet:
        sheet = _FORMULA.sub(_with_mark, sheet)
    rows, columns = _reach(sheet)
    if rows * columns > SHEET_CELLS:
        sheet = _without_far_blanks(sheet, shared)
    return sheet


def _with_mark(cell: re.Match[bytes]) -> bytes:
    """Return a formula's cell; with a mark where no result was stored."""
    prefix, attributes = cell[1], cell[2]
    type_of = _TYPE.search(attributes)
    if type_of and type_of[2] == b"str" and cell["value"]:
        # The result is the empty text.
        return cell[0]
    attributes = _TYPE.sub(b"", attributes)
    return b'<%bc%b t="str"><%bv>%b</%bv></%bc>' % (
        prefix,
        attributes,
        prefix,
        _MARK,
        prefix,
        prefix,
    )


def _reach(sheet: bytes) -> tuple[int, int]:
    """Return how many rows and columns a sheet may reach over; at least those that it does."""
    rows = max((int(row) for row in _ROW.findall(sheet)), default=0)
    far = set(_FAR_COLUMN.findall(sheet))
    return rows, max((_column_number(column) for column in far), default=_last_letter(sheet))


def _last_letter(sheet: bytes) -> int:
    """Return the number of the last column among the first 26."""
    for letter in reversed(range(ord("A"), ord("Z") + 1)):
        if b' r="%c' % letter in sheet or b" r='%c" % letter in sheet:
            return letter - ord("A") + 1
    return 26


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _without_far_blanks(sheet: bytes, shared: bytes) -> bytes:
    """Return a sheet without cells that hold no more than spaces. Raises ReadError if too large."""
    blank = {
        str(number).encode()
        for number, text in enumerate(_SHARED_TEXT.finditer(shared))
        if not _holds_something(text[2] or b"")
    }

    def is_blank(cell: re.Match[bytes]) -> bool:
        inside = _FORMULA_TEXT.sub(b"<f>", cell["inside"] or b"")
        type_of = _TYPE.search(b" " + cell["said"])
        if type_of and type_of[2] == b"s":
            return any(text.strip() in blank for text in _TEXT.findall(inside))
        return not _holds_something(inside)

    last_row = last_column = 0
    kept: list[bytes] = []
    at = 0
    for cell in _CELL.finditer(sheet):
        if is_blank(cell):
            kept.append(sheet[at : cell.start()])
            at = cell.end()
            continue
        last_row = max(last_row, int(cell["row"]))
        last_column = max(last_column, _column_number(cell["column"]))
    refuse_large_sheet(last_row, last_column)
    return b"".join([*kept, sheet[at:]])


def _holds_something(inside: bytes) -> bool:
    return any(not _SPACE.fullmatch(text) for text in _TEXT.findall(inside))


def _ods(part: bytes) -> bytes:
    if _ods_reaches_far(part):
        _refuse_large_ods(part)
    if b"table:formula=" not in part and b"calcext:value-type=" not in part:
        return part
    return _ODS_CELL.sub(_ods_with_mark, part)


def _ods_reaches_far(part: bytes) -> bool:
    """Whether something stands in or behind what is repeated a thousand times or more."""
    for far in _ODS_FAR.finditer(part):
        begins = part.rfind(b"<", 0, far.start())
        ends = part.find(_ODS_END[far[1]], far.end())
        if part.find(_ODS_HOLDS, begins, ends) >= 0:
            return True
    return False


def _refuse_large_ods(part: bytes) -> None:
    """Raise ReadError where a sheet with what is repeated in it has too many cells."""
    for sheet in part.split(b"<table:table "):
        at_row = last_row = last_column = 0
        for row in _ODS_ROW.finditer(sheet):
            at_row += _ods_repeated(row[1])
            if _ODS_HOLDS not in row[2]:
                continue
            last_row, at_column = at_row, 0
            for cell in _ODS_ANY_CELL.finditer(row[2]):
                at_column += _ods_repeated(cell[1])
                if _ODS_HOLDS in cell[1]:
                    last_column = max(last_column, at_column)
        refuse_large_sheet(last_row, last_column)


def _ods_repeated(attributes: bytes) -> int:
    repeated = _ODS_REPEATED.search(attributes)
    return int(repeated[1]) if repeated else 1


def _ods_with_mark(cell: re.Match[bytes]) -> bytes:
    attributes = cell[1]
    if _ODS_VALUE.search(attributes) and not _ODS_ERROR.search(attributes):
        return cell[0]
    place = b" ".join(_ODS_PLACE.findall(attributes))
    return (
        b'<table:table-cell %b office:value-type="string"><text:p>%b</text:p></table:table-cell>'
        % (place, _MARK)
    )
