"""A report as PDF, tagged for those who hear it read, and its drawings as PNG."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from dashboards.export.table import Column, Row, written
from dashboards.i18n.texts import Texts
from dashboards.report.blocks import Block, Chart, Grid, Heading, Report
from dashboards.report.clean_text import clean, for_typesetter
from dashboards.report.widths import widths

_TEMPLATE = Path(__file__).parent / "typeset.typ"
_STANDARD = "ua-1"
_PIXELS_PER_INCH = 200.0
_PICTURES = """
#let drawings = json(bytes(sys.inputs.drawings))
#set page(width: auto, height: auto, margin: 0pt)
#for drawing in drawings { page(image(bytes(drawing), format: "svg")) }
"""


def pdf(report: Report, texts: Texts) -> bytes:
    """Return the document; what nobody can see in it is the same whenever it is made."""
    made = report.made_on
    told = {
        "title": report.title,
        "subtitle": report.subtitle,
        "municipality": report.municipality,
        "language": report.language.value,
        "made_on": [made.year, made.month, made.day],
        "facts": report.facts,
        "contents": report.contents_heading,
        "footer": report.footer,
        "chapters": [
            {
                "heading": chapter.heading,
                "blocks": [_block(block, texts) for block in chapter.blocks],
            }
            for chapter in report.chapters
        ],
    }
    return _compiled(
        _TEMPLATE.read_bytes(),
        {"report": json.dumps(_shown(told), ensure_ascii=False)},
        made,
        format="pdf",
        pdf_standards=[_STANDARD],
    )[0]


def pictures(charts: Sequence[Chart]) -> dict[str, bytes]:
    """Return the drawings as PNG by their keys: Word and slides show no SVG everywhere."""
    if not charts:
        return {}
    made = _compiled(
        _PICTURES.encode(),
        {"drawings": json.dumps([for_typesetter(chart.svg) for chart in charts])},
        None,
        format="png",
        ppi=_PIXELS_PER_INCH,
    )
    return {chart.key: picture for chart, picture in zip(charts, made, strict=True)}


def _compiled(
    source: bytes, inputs: Mapping[str, str], made: dt.date | None, **more: Any
) -> list[bytes]:
    """Return what is made of a source, of no font but those that come along: all have those."""
    if made:
        more["timestamp"] = int(dt.datetime.combine(made, dt.time(), dt.UTC).timestamp())
    found = typst.compile(source, sys_inputs=dict(inputs), ignore_system_fonts=True, **more)
    return found if isinstance(found, list) else [found]


def _block(block: Block, texts: Texts) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text}
    if isinstance(block, Chart):
        return {
            "kind": "chart",
            "title": block.title,
            "subtitle": block.subtitle,
            "svg": block.svg,
            "alternative": block.alternative,
        }
    if isinstance(block, Grid):
        table = block.table
        return {
            "kind": "grid",
            "title": table.title,
            "columns": [
                {
                    "heading": column.heading,
                    "right": column.kind.is_number,
                    "width": width,
                }
                for column, width in zip(table.columns, widths(table, texts), strict=True)
            ],
            "rows": [_row(table.columns, row, texts) for row in table.rows],
            "total": _row(table.columns, table.total, texts) if table.total else [],
        }
    return {"kind": "text", "text": block.text, "style": block.style.value}


def _row(columns: Sequence[Column], row: Row, texts: Texts) -> list[str]:
    return [written(value, column.kind, texts) for column, value in zip(columns, row, strict=True)]


def _shown(told: Any) -> Any:
    """Return what is told with nothing in it that the fonts cannot show."""
    if isinstance(told, str):
        return for_typesetter(clean(told))
    if isinstance(told, Mapping):
        return {key: _shown(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_shown(each) for each in told]
    return told
