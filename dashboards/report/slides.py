"""A report as ten slides."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Cm, Emu, Pt

from dashboards.export.table import Holds, written
from dashboards.i18n.texts import Language, Texts
from dashboards.report.blocks import Grid, Report, Slide
from dashboards.report.clean_text import clean
from dashboards.report.findings import sentences
from dashboards.report.same_bytes import repacked

_LANGUAGES = {Language.NB: "nb-NO", Language.NN: "nn-NO", Language.EN: "en-GB"}
_INK, _SOFT, _ACCENT = (
    RGBColor.from_string(each)  # type: ignore[no-untyped-call]
    for each in ("1C2429", "56626B", "005B94")
)
_WIDTH, _HEIGHT, _EDGE = Cm(33.867), Cm(19.05), Cm(1.8)
_TITLE_ONLY, _COVER = 5, 0
_MOST_ROWS, _MOST_COLUMNS = 9, 6
_LONGEST_POINT = 260
_LONG_TITLE = 45
_PICTURE_HEIGHT = Cm(12.6)


def slides(report: Report, pictures: Mapping[str, bytes], texts: Texts) -> bytes:
    """Return the presentation; `pictures` are the drawings as PNG."""
    shown = Presentation()
    shown.slide_width, shown.slide_height = _WIDTH, _HEIGHT
    cover = shown.slides.add_slide(shown.slide_layouts[_COVER])
    _place(cover.shapes.title, _EDGE, Cm(6), _WIDTH - 2 * _EDGE, Cm(3.2))
    _write(cover.shapes.title.text_frame, [report.title], 44, _ACCENT, bold=True)
    subtitle = cover.placeholders[1]
    _place(subtitle, _EDGE, Cm(9.4), _WIDTH - 2 * _EDGE, Cm(4.5))
    facts = [f"{name}: {value}" for name, value in report.facts]
    _write(subtitle.text_frame, [report.subtitle, *facts], 20, _SOFT)
    for slide in report.slides:
        _add(shown, slide, report, pictures, texts)
    for page in shown.slides:
        for run in page._element.iter(qn("a:rPr")):
            run.set("lang", _LANGUAGES[report.language])
    core = shown.core_properties
    core.title, core.subject, core.author = report.title, report.subtitle, report.municipality
    core.language, core.revision, core.keywords = _LANGUAGES[report.language], 1, ""
    core.last_modified_by = report.municipality
    core.created = core.modified = dt.datetime.combine(report.made_on, dt.time())
    file = io.BytesIO()
    shown.save(file)
    return repacked(file.getvalue())


def _add(
    shown: Any, slide: Slide, report: Report, pictures: Mapping[str, bytes], texts: Texts
) -> None:
    page = shown.slides.add_slide(shown.slide_layouts[_TITLE_ONLY])
    _place(page.shapes.title, _EDGE, Cm(1.1), _WIDTH - 2 * _EDGE, Cm(2.2))
    size = 30 if len(slide.title) < _LONG_TITLE else 24
    _write(page.shapes.title.text_frame, [slide.title], size, _ACCENT, bold=True)
    if slide.about:
        about = page.shapes.add_textbox(_EDGE, Cm(0.4), _WIDTH - 2 * _EDGE, Cm(0.9))
        about.text_frame.word_wrap = True
        _write(about.text_frame, [slide.about], 14, _SOFT)
    is_split = slide.chart is not None or slide.grid is not None
    width = (_WIDTH - 3 * _EDGE) // 2 - Cm(2) if is_split else _WIDTH - 2 * _EDGE
    box = page.shapes.add_textbox(_EDGE, Cm(3.7), width, Cm(13))
    box.text_frame.word_wrap = True
    points = [_short(each) for each in slide.points]
    long = sum(map(len, points)) > 520
    _write(box.text_frame, points, 16 if long or is_split else 20, _INK, apart=True)
    left = _EDGE * 2 + width
    if slide.chart:
        picture = page.shapes.add_picture(
            io.BytesIO(pictures[slide.chart.key]), left, Cm(5), width=_WIDTH - left - _EDGE
        )
        if picture.height > _PICTURE_HEIGHT:
            picture.width = Emu(picture.width * _PICTURE_HEIGHT // picture.height)
            picture.height = _PICTURE_HEIGHT
        picture._element.nvPicPr.cNvPr.set("descr", slide.chart.alternative)
        picture._element.nvPicPr.cNvPr.set("name", slide.chart.key)
        caption = page.shapes.add_textbox(left, Cm(3.7), _WIDTH - left - _EDGE, Cm(1.3))
        caption.text_frame.word_wrap = True
        _write(caption.text_frame, [slide.chart.subtitle], 12, _SOFT)
    elif slide.grid:
        _grid(page, slide.grid, left, texts)
    foot = page.shapes.add_textbox(_EDGE, _HEIGHT - Cm(1.4), _WIDTH - 2 * _EDGE, Cm(0.9))
    foot.text_frame.word_wrap = True
    _write(foot.text_frame, [report.footer], 10, _SOFT)


def _grid(page: Any, grid: Grid, left: int, texts: Texts) -> None:
    table = grid.table
    # Whole sentences are for those who read the report.
    places = [at for at, each in enumerate(table.columns) if each.kind is not Holds.PROSE]
    columns = [table.columns[at] for at in places[:_MOST_COLUMNS]]
    rows = [[row[at] for at in places] for row in table.rows[:_MOST_ROWS]]
    frame = page.shapes.add_table(
        len(rows) + 1, len(columns), left, Cm(3.8), _WIDTH - left - _EDGE, Cm(1) * (len(rows) + 1)
    )
    for place, column in enumerate(columns):
        _write(frame.table.cell(0, place).text_frame, [column.heading], 11, None, bold=True)
        for line, row in enumerate(rows, 1):
            content = written(row[place], column.kind, texts)
            _write(frame.table.cell(line, place).text_frame, [content], 11, _INK)


def _write(
    frame: Any,
    lines: Sequence[str],
    size: float,
    colour: RGBColor | None,
    *,
    bold: bool = False,
    apart: bool = False,
) -> None:
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = clean(line)
        run.font.size, run.font.bold = Pt(size), bold
        if colour is not None:
            run.font.color.rgb = colour
        if apart:
            paragraph.space_after = Pt(size * 0.7)


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = left, top, width, height


def _short(text: str) -> str:
    """Return as many whole sentences as a slide has room for; the first at the least."""
    kept = ""
    for sentence in sentences(text):
        if kept and len(kept) + len(sentence) > _LONGEST_POINT:
            break
        kept = f"{kept} {sentence}".strip()
    return kept
