"""A page as a document of its sections: on one sheet of paper, or as text to paste."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path

from plotly.offline import get_plotlyjs

from dashboards.charts.colours import LIGHT, Palette
from dashboards.content.section import Section
from dashboards.export.downloads import Notes
from dashboards.export.table import Row, Table, written
from dashboards.export.templates import render
from dashboards.i18n.texts import Texts

# The sheet is to be read on paper: no more than these, however much the page shows.
MOST_PICTURES = 4
MOST_ROWS = 10

_STATIC = Path(__file__).parents[1] / "static"


def as_document(heading: str, subject: str, sections: Sequence[Section], texts: Texts) -> str:
    """Return a page's sections as an HTML document of its own, whose print fills one A4 page.

    It is light, for paper is; its script makes everything fit and tells what did not.
    """
    every = [
        (section.picture, section.notes)
        for section in sections
        if section.picture and section.notes
    ]
    pictures = every[:MOST_PICTURES]
    of_tables = [section.notes for section in sections if section.table and section.notes]
    shared = _shared([notes for _, notes in pictures] or of_tables[:1], texts)
    first_table = next((section.table for section in sections if section.table), None)
    figures = ",".join(picture.draw(LIGHT).to_json() for picture, _ in pictures)
    return render(
        "document.html",
        language=texts.language,
        heading=heading,
        subject=next((each.subject for each in reversed(sections) if each.subject), subject),
        lead=[said for each in sections for said in (*each.lead[:1], each.absence) if said],
        beside=_remarks(sections),
        pictures=[
            (picture, [line for line in own.below_pictures(texts) if line not in shared])
            for picture, own in pictures
        ],
        table=_table(first_table, texts) if first_table else None,
        words_left_out=texts("take.left_out"),
        left_out=json.dumps([picture.title for picture, _ in every[MOST_PICTURES:]]),
        shared=shared,
        style=colours(LIGHT) + _static("sheet.css") + _static("scale.css"),
        key_figures=[figure for each in sections for figure in each.key_figures],
        library=get_plotlyjs(),
        figures=_within_script(figures),
        script=_static("sheet.js"),
    )


def as_text(heading: str, subject: str, sections: Sequence[Section], texts: Texts) -> str:
    """Return a page's sections as HTML that a word processor opens: its text and its tables."""
    return render(
        "text.html",
        language=texts.language,
        heading=heading,
        subject=subject,
        sections=[
            (
                section,
                _table(section.table, texts) if section.table else None,
                section.notes.below_pictures(texts) if section.notes else [],
            )
            for section in sections
        ],
    )


def _remarks(sections: Sequence[Section]) -> list[str]:
    """Return what is said below the lead, each once: it ends where the page's parts begin."""
    remarks: dict[str, None] = {}
    for section in sections:
        if section.heading:
            break
        remarks |= dict.fromkeys((*section.lead[1:], *section.remarks))
        if section.picture or section.table:
            break
    return list(remarks)


def colours(palette: Palette) -> str:
    """Return the colours of a palette as style sheets name them."""
    named = {
        "ink": palette.ink,
        "ink-soft": palette.ink_soft,
        "line": palette.rule,
        "paper": palette.paper,
        "ground": palette.ground,
        "accent": palette.accent,
        "link": palette.link,
    }
    scheme = "dark" if palette.is_dark else "light"
    written_out = "".join(f"--{name}: {colour};" for name, colour in named.items())
    return f":root {{ color-scheme: {scheme}; {written_out} }}\n"


def _table(table: Table, texts: Texts) -> dict[str, object]:
    """Return the first rows of a table as they are printed, and the total where there is one."""
    kinds = ["number" if column.kind.is_number else "text" for column in table.columns]
    headings = [column.heading for column in table.columns]

    def cells(row: Row) -> list[tuple[str, str]]:
        shown = [written(value, table.columns[at].kind, texts) for at, value in enumerate(row)]
        return list(zip(shown, kinds, strict=True))

    more = len(table.rows) > MOST_ROWS
    cut = texts("take.first_rows", shown=MOST_ROWS, rows=texts.whole(len(table.rows)))
    return {
        "title": table.title,
        "headings": list(zip(headings, kinds, strict=True)),
        "rows": [cells(row) for row in table.rows[:MOST_ROWS]],
        "total": cells(table.total) if table.total else None,
        "cut": [cut] if more else [],
    }


def _shared(notes: Sequence[Notes], texts: Texts) -> list[tuple[str, str]]:
    """Return what stands below every picture; the rest stands below its own."""
    first, *others = [each.below_pictures(texts) for each in notes] or [[]]
    return [line for line in first if all(line in lines for lines in others)]


def _within_script(code: str) -> str:
    """Return JSON that cannot end the script it stands in, whatever a text of it says."""
    return code.replace("<", "\\u003c")


@functools.cache
def _static(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")
