"""Workbooks made by hand, as libraries and other programs write them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """Return parts packed together."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            # What tells the kind of an OpenDocument lies unpacked.
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, part, kind)
    return content.getvalue()


def xlsx(*sheets: str, workbook: str = "", shared: Sequence[str] = (), prefix: str = "") -> bytes:
    """Return a workbook of the given rows in XML, one text for each sheet.

    Style 1 is a date. `prefix` stands before the names of the worksheet's elements.
    """
    named = [f"Ark{number}" for number in range(1, len(sheets) + 1)]
    kinds = [
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    ]
    listed, relations, parts = "", "", {}
    mark = f"{prefix}:" if prefix else ""
    namespace = f"xmlns:{prefix}" if prefix else "xmlns"
    for number, (name, rows) in enumerate(zip(named, sheets, strict=True), start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<{mark}worksheet {namespace}="{_MAIN}"><{mark}sheetData>{rows}</{mark}sheetData></{mark}worksheet>'
        )
        listed += f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>'
        relations += f'<Relationship Id="r{number}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        kinds.append(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        )
    relations += f'<Relationship Id="s" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    relations += (
        f'<Relationship Id="t" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    )
    texts = "".join(f"<si><t>{text}</t></si>" for text in shared)
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{"".join(kinds)}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{workbook}<sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
            **parts,
        }
    )


def xlsb(*rows: Sequence[str | float | bytes | None], from_1904: bool = False) -> bytes:
    """Return an XLSB workbook of one sheet; a cell of bytes is the number of an error."""

    def record(kind: int, said: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return number + bytes([len(said)]) + said

    def wide(said: str) -> bytes:
        return struct.pack("<I", len(said)) + said.encode("utf-16-le")

    width = max(map(len, rows))
    sheet = record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    sheet += record(145)
    for at, cells in enumerate(rows):
        sheet += record(0, struct.pack("<I", at) + b"\0" * 13)
        for column, cell in enumerate(cells):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                sheet += record(6, place + wide(cell))
            elif isinstance(cell, bytes):
                sheet += record(3, place + cell)
            elif cell is not None:
                sheet += record(5, place + struct.pack("<d", cell))
    sheet += record(146) + record(130)
    book = record(131) + record(153, struct.pack("<III", from_1904, 0, 0))
    book += record(143) + record(156, struct.pack("<II", 0, 1) + wide("r1") + wide("Ark1"))
    book += record(144) + record(157, b"\0" * 26) + record(132)
    main = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.bin" ContentType="{main}"/><Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def text(place: str, said: str) -> str:
    """Return a cell with a text in it."""
    return f'<c r="{place}" t="inlineStr"><is><t>{said}</t></is></c>'


def row(number: int, *cells: str | float | None, raw: Mapping[str, str] | None = None) -> str:
    """Return a row of cells; `raw` are cells in XML by the letter of their column."""
    written = []
    for letter, cell in zip("ABCDEFGHIJKLMNOP", cells, strict=False):
        place = f"{letter}{number}"
        if raw and letter in raw:
            written.append(raw[letter].replace("@", place))
        elif isinstance(cell, str):
            written.append(text(place, cell))
        elif cell is not None:
            written.append(f'<c r="{place}"><v>{cell}</v></c>')
    return f'<row r="{number}">{"".join(written)}</row>'


def ods(rows: str) -> bytes:
    """Return an OpenDocument workbook of one sheet with these rows in XML."""
    spaces = " ".join(f'xmlns:{name}="{_OPEN}:{name}:1.0"' for name in ("office", "table", "text"))
    extension = (
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    )
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f'<office:document-content {spaces} {extension}><office:body><office:spreadsheet><table:table table:name="Ark1">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        }
    )


def ods_row(*cells: str | None) -> str:
    """Return a row; a cell that begins with `<` is XML already."""
    return (
        "<table:table-row>"
        + "".join(
            cell
            if cell and cell.startswith("<")
            else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            if cell
            else "<table:table-cell/>"
            for cell in cells
        )
        + "</table:table-row>"
    )


def xls(*records: tuple[int, bytes], stream: str = "Workbook", also: Sequence[str] = ()) -> bytes:
    """Return an OLE file with one stream of BIFF records, and empty streams of other names."""
    size = 512
    body = b"".join(struct.pack("<HH", kind, len(said)) + said for kind, said in records)
    body = body.ljust(max(4096, -(-len(body) // size) * size), b"\0")
    sectors = len(body) // size
    # Sector 0 is the table of sectors, 1 the directory, the stream follows.
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(size, b"\xff")

    def entry(name: str, kind: int, first: int, length: int) -> bytes:
        encoded = (name + "\0").encode("utf-16-le")
        return (
            encoded.ljust(64, b"\0")
            + struct.pack("<HBB", len(encoded), kind, 1)
            + b"\xff" * 12
            + b"\0" * 36
            + struct.pack("<III", first, length, 0)
        )

    entries = [entry("Root Entry", 5, 0xFFFFFFFE, 0), entry(stream, 2, 2, len(body))]
    entries += [entry(name, 2, 0xFFFFFFFE, 0) for name in also]
    directory = b"".join(entries).ljust(size, b"\0")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 10
        + struct.pack("<IIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    )
    return header + fat + directory + body
