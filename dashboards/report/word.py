"""A report as a Word document, in the municipality's own template where it has one."""

from __future__ import annotations

import copy
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_BREAK
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.styles.style import BaseStyle
from docx.text.paragraph import Paragraph as WordParagraph

from dashboards.export.table import Column, Row, Table, written
from dashboards.i18n.texts import Language, Texts
from dashboards.report.blocks import Block, Chart, Grid, Heading, Paragraph, Report, Style
from dashboards.report.clean_text import clean
from dashboards.report.same_bytes import repacked
from dashboards.report.widths import widths

# What a template must hold, each alone in a paragraph of its own.
MARKS = ("title", "subtitle", "facts", "contents", "content")
_LANGUAGES = {Language.NB: "nb-NO", Language.NN: "nn-NO", Language.EN: "en-GB"}
_INK, _SOFT, _ACCENT = (
    RGBColor(0x1C, 0x24, 0x29),
    RGBColor(0x56, 0x62, 0x6B),
    RGBColor(0, 0x5B, 0x94),
)
_FONT = "Calibri"
_MANY_COLUMNS = 7
_STYLES = {
    Style.LEAD: "Report Lead",
    Style.PLAIN: "Normal",
    Style.POINT: "List Bullet",
    Style.NOTE: "Report Note",
    Style.OWN: "Report Own",
}


class TemplateError(Exception):
    """A template cannot be used: it is no Word document, or lacks a mark."""

    def __init__(self, mark: str = "") -> None:
        self.mark = mark
        super().__init__(mark)


def default_template() -> bytes:
    """Return the template that a municipality may begin its own from."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.2)
    styles = document.styles
    normal = styles["Normal"]
    _font(normal, 10.5, _INK)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    for name, size, before, after in (
        ("Title", 30, 120, 6),
        ("Subtitle", 15, 0, 24),
        ("Heading 1", 18, 22, 8),
        ("Heading 2", 13, 14, 4),
        ("Heading 3", 11, 10, 3),
    ):
        style = styles[name]
        _font(style, size, _ACCENT if name != "Subtitle" else _SOFT)
        style.font.bold = name != "Subtitle"
        style.font.italic = False
        style.paragraph_format.space_before, style.paragraph_format.space_after = (
            Pt(before),
            Pt(after),
        )
        style.paragraph_format.keep_with_next = True
        _without_border(style)
    for name, points, colour in (
        ("Report Lead", 12, _INK),
        ("Report Note", 9, _SOFT),
        ("Report Own", 10.5, _INK),
    ):
        style = styles.add_style(name, 1)
        style.base_style = normal
        _font(style, points, colour)
    own = styles["Report Own"].paragraph_format
    own.left_indent = Cm(0.6)
    _font(styles["Caption"], 9.5, _INK)
    styles["Caption"].font.bold = True
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["Caption"].paragraph_format.space_before = Pt(10)
    for mark, name in (("title", "Title"), ("subtitle", "Subtitle"), ("facts", "Normal")):
        document.add_paragraph(_mark(mark), style=name)
    _new_page(document)
    document.add_paragraph(_mark("contents"), style="Normal")
    _new_page(document)
    document.add_paragraph(_mark("content"), style="Normal")
    section.different_first_page_header_footer = True
    footer = section.footer.paragraphs[0]
    footer.text = f"{_mark('footer')}   "
    footer.style = styles["Footer"]
    _font(styles["Footer"], 9, _SOFT)
    _field(footer, "PAGE")
    return _saved(document)


def word(
    report: Report, pictures: Mapping[str, bytes], template: bytes | None, texts: Texts
) -> bytes:
    """Return the document; `pictures` are the drawings as PNG.

    Raises TemplateError where the template cannot be used.
    """
    document = _opened(template or default_template())
    places = {mark: _place(document, mark) for mark in MARKS}
    for mark, place in places.items():
        if place is None:
            raise TemplateError(_mark(mark))
    writer = _Writer(document, report, pictures, texts)
    found = {mark: place for mark, place in places.items() if place is not None}
    _replaced(found["title"], _mark("title"), report.title)
    _replaced(found["subtitle"], _mark("subtitle"), report.subtitle)
    writer.facts(found["facts"])
    writer.contents(found["contents"])
    writer.chapters(found["content"])
    for section in document.sections:
        for part in (section.footer, section.header):
            for paragraph in part.paragraphs:
                _replaced(paragraph, _mark("footer"), report.footer)
    _properties(document, report)
    return _saved(document)


@dataclass
class _Writer:
    """Writes the parts of a report where the template has its marks."""

    document: Doc
    report: Report
    pictures: Mapping[str, bytes]
    texts: Texts
    bookmarks: int = 0
    styles: dict[str, BaseStyle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Each look at the styles of a document reads all of them.
        self.styles = {each.name: each for each in self.document.styles if each.name}

    def facts(self, place: WordParagraph) -> None:
        for name, value in self.report.facts:
            paragraph = self._before(place, "Normal")
            paragraph.add_run(f"{name}: ").bold = True
            paragraph.add_run(value)
        _removed(place)

    def contents(self, place: WordParagraph) -> None:
        heading = self._before(place, "Normal")
        run = heading.add_run(self.report.contents_heading)
        run.bold, run.font.size, run.font.color.rgb = True, Pt(16), _ACCENT
        for number, chapter in enumerate(self.report.chapters, 1):
            paragraph = self._before(place, "Normal")
            paragraph.paragraph_format.space_after = Pt(2)
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), f"chapter_{chapter.key}")
            run = paragraph.add_run(f"{number}  {chapter.heading}")
            link.append(run._r)
            paragraph._p.append(link)
        _removed(place)

    def chapters(self, place: WordParagraph) -> None:
        for number, chapter in enumerate(self.report.chapters, 1):
            heading = self._before(place, "Heading 1")
            heading.add_run(f"{number}  {chapter.heading}")
            self._bookmark(heading, f"chapter_{chapter.key}")
            for block in chapter.blocks:
                self._block(place, block)
        _removed(place)

    def _block(self, place: WordParagraph, block: Block) -> None:
        if isinstance(block, Heading):
            self._before(place, "Heading 2").add_run(clean(block.text))
        elif isinstance(block, Paragraph):
            self._before(place, _STYLES[block.style]).add_run(clean(block.text))
        elif isinstance(block, Grid):
            self._grid(place, block.table)
        else:
            self._chart(place, block)

    def _chart(self, place: WordParagraph, chart: Chart) -> None:
        if chart.title:
            self._before(place, "Caption").add_run(clean(chart.title))
        note = self._before(place, "Report Note")
        note.add_run(chart.subtitle)
        note.paragraph_format.keep_with_next = True
        paragraph = self._before(place, "Normal")
        section = self.document.sections[0]
        room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
        shape = paragraph.add_run().add_picture(
            io.BytesIO(self.pictures[chart.key]), width=Emu(room)
        )
        shape._inline.docPr.set("descr", chart.alternative)
        shape._inline.docPr.set("name", chart.key)

    def _grid(self, place: WordParagraph, table: Table) -> None:
        self._before(place, "Caption").add_run(clean(table.title))
        letters = widths(table, self.texts)
        shares = [round(5000 * each / sum(letters)) for each in letters]
        size = 16 if len(table.columns) >= _MANY_COLUMNS else 18  # half points
        head = [column.heading for column in table.columns]
        rows = [self._row(table.columns, head, shares, size, "head")]
        rows += [
            self._row(table.columns, self._written(table, row), shares, size) for row in table.rows
        ]
        if table.total:
            cells = self._written(table, table.total)
            rows.append(self._row(table.columns, cells, shares, size, "total"))
        lines = "".join(
            f'<w:{side} w:val="{kind}" w:sz="4" w:color="BBC4CA"/>'
            for side, kind in (
                ("top", "single"), ("left", "nil"), ("bottom", "single"), ("right", "nil"),
                ("insideH", "single"), ("insideV", "nil"),
            )
        )  # fmt: skip
        grid = "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
        # Thousands of cells: written as text they take a tenth of the time.
        xml = (
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="5000" w:type="pct"/>'
            f'<w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="0020" w:firstRow="1"/>'
            f"<w:tblCaption w:val={quoteattr(clean(table.title))}/></w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )
        place._p.addprevious(parse_xml(xml))
        self._before(place, _STYLES[Style.NOTE]).paragraph_format.space_after = Pt(2)

    def _row(
        self,
        columns: Sequence[Column],
        cells: Sequence[str],
        shares: Sequence[int],
        size: int,
        kind: str = "",
    ) -> str:
        bold = "<w:b/>" if kind else ""
        head = "<w:tblHeader/>" if kind == "head" else ""
        written_cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{share}" w:type="pct"/></w:tcPr><w:p><w:pPr>'
            f'<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>'
            f'<w:jc w:val="{"right" if column.kind.is_number else "left"}"/></w:pPr>'
            f'<w:r><w:rPr>{bold}<w:sz w:val="{size}"/></w:rPr>'
            f'<w:t xml:space="preserve">{escape(clean(cell))}</w:t></w:r></w:p></w:tc>'
            for column, cell, share in zip(columns, cells, shares, strict=True)
        )
        return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{written_cells}</w:tr>"

    def _written(self, table: Table, row: Row) -> list[str]:
        return [
            written(value, column.kind, self.texts)
            for column, value in zip(table.columns, row, strict=True)
        ]

    def _before(self, place: WordParagraph, style: str) -> WordParagraph:
        """Return a new paragraph before a place; a style that the template lacks is left out."""
        element = OxmlElement("w:p")
        place._p.addprevious(element)
        paragraph = WordParagraph(element, place._parent)
        if style in self.styles:
            paragraph.style = style
        return paragraph

    def _bookmark(self, paragraph: WordParagraph, name: str) -> None:
        self.bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for each in (start, end):
            each.set(qn("w:id"), str(self.bookmarks))
        start.set(qn("w:name"), name)
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(end)


def _new_page(document: Doc) -> None:
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _opened(template: bytes) -> Doc:
    try:
        return Document(io.BytesIO(template))
    except (BadZipFile, PackageNotFoundError, SyntaxError, KeyError, ValueError, OSError):
        raise TemplateError from None


def _mark(name: str) -> str:
    return "{{" + name + "}}"


def _place(document: Doc, name: str) -> WordParagraph | None:
    """Return the paragraph that holds a mark; Word may have cut it into several runs."""
    for paragraph in document.paragraphs:
        if _mark(name) in paragraph.text.replace(" ", ""):
            return paragraph
    return None


def _replaced(paragraph: WordParagraph, mark: str, text: str) -> None:
    """Write a text in place of a mark, in the form of the run that the mark begins in."""
    whole = paragraph.text
    written_as = next((each for each in (mark, f"{{{{ {mark[2:-2]} }}}}") if each in whole), None)
    if written_as is None:
        return
    runs = paragraph.runs
    if any(written_as in run.text for run in runs):
        for run in runs:
            run.text = run.text.replace(written_as, text)
        return
    form = copy.deepcopy(runs[0]._r.rPr) if runs and runs[0]._r.rPr is not None else None
    paragraph.text = whole.replace(written_as, text)
    if form is not None and paragraph.runs:
        paragraph.runs[0]._r.insert(0, form)


def _removed(paragraph: WordParagraph) -> None:
    paragraph._p.getparent().remove(paragraph._p)


def _properties(document: Doc, report: Report) -> None:
    core = document.core_properties
    at = dt.datetime.combine(report.made_on, dt.time())  # Word has no zones
    core.title, core.subject, core.author = report.title, report.subtitle, report.municipality
    core.language = _LANGUAGES[report.language]
    core.created = core.modified = at
    core.last_modified_by, core.revision, core.comments, core.keywords = (
        report.municipality,
        1,
        "",
        "",
    )
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in [] if defaults is None else defaults.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGES[report.language])


def _saved(document: Doc) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return repacked(file.getvalue())


def _font(style: Any, size: float, colour: RGBColor) -> None:
    style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:cs"), _FONT)


def _without_border(style: Any) -> None:
    properties = style.element.pPr
    border = None if properties is None else properties.find(qn("w:pBdr"))
    if border is not None:
        properties.remove(border)


def _field(paragraph: WordParagraph, name: str) -> None:
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = name
        run._r.append(part)
