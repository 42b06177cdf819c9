"""A page on one sheet of paper: a document of its sections that carries everything it needs."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from plotly.offline import get_plotlyjs

from dashboards.charts.colours import LIGHT, Palette
from dashboards.content.section import Section
from dashboards.content.shared import Picture
from dashboards.export.downloads import Notes
from dashboards.export.table import Row, Table, written
from dashboards.i18n.texts import Texts

# The sheet is to be read on paper: no more than these, however much the page shows.
MOST_PICTURES = 4
MOST_ROWS = 10

_STATIC = Path(__file__).parents[1] / "static"
# The document runs its own script and fetches nothing, whoever opens it.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


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
    subject = next((each.subject for each in reversed(sections) if each.subject), subject)
    drawn = "".join(
        _picture(
            picture, number, [line for line in own.below_pictures(texts) if line not in shared]
        )
        for number, (picture, own) in enumerate(pictures)
    )
    left_out = [picture.title for picture, _ in every[MOST_PICTURES:]]
    figures = ",".join(picture.draw(LIGHT).to_json() for picture, _ in pictures)
    first_table = next((section.table for section in sections if section.table), None)
    lead = [said for each in sections for said in (*each.lead[:1], each.absence) if said]
    body = "".join(
        [
            f'<header><h1>{escape(heading)}</h1><p class="subject">{escape(subject)}</p></header>',
            *(f'<p class="lead">{escape(sentence)}</p>' for sentence in lead),
            *(f'<p class="remark">{escape(sentence)}</p>' for sentence in _remarks(sections)),
            f'<div class="pictures">{drawn}</div>',
            _table(first_table, texts) if first_table else "",
            f'<p class="left-out" data-told="{escape(texts("take.left_out"))}" '
            f'data-titles="{escape(json.dumps(left_out))}"></p>',
            f"<footer>{_lines(shared)}</footer>",
        ]
    )
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(heading)}. {escape(subject)}</title>"
        f"<style>{colours(LIGHT)}{_static('sheet.css')}</style></head>"
        f'<body><div id="paper"><main id="sheet">{body}</main></div>'
        f"<script>{get_plotlyjs()}</script>"
        f"<script>const FIGURES = [{_within_script(figures)}];\n{_static('sheet.js')}</script>"
        "</body></html>"
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


def _picture(picture: Picture, number: int, notes: Sequence[tuple[str, str]]) -> str:
    own = f'<p class="notes">{_lines(notes)}</p>' if notes else ""
    remarks = "".join(f'<p class="remark">{escape(sentence)}</p>' for sentence in picture.remarks)
    title = escape(picture.title)
    return (
        f'<section class="picture" data-title="{title}"><h2>{title}</h2>'
        f'<p class="subject">{escape(picture.subtitle)}</p>'
        f'<div class="plot" data-figure="{number}" role="img" '
        f'aria-label="{escape(picture.description)}"></div>{remarks}{own}</section>'
    )


def _table(table: Table, texts: Texts) -> str:
    """Return the first rows of a table, and the total where there is one."""
    heading = "".join(
        f'<th class="{_class(table, number)}">{escape(column.heading)}</th>'
        for number, column in enumerate(table.columns)
    )
    body = "".join(_row(table, row, texts) for row in table.rows[:MOST_ROWS])
    foot = f"<tfoot>{_row(table, table.total, texts)}</tfoot>" if table.total else ""
    more = len(table.rows) > MOST_ROWS
    told = texts("take.first_rows", shown=MOST_ROWS, rows=texts.whole(len(table.rows)))
    cut = f'<p class="remark">{escape(told)}</p>' if more else ""
    title = escape(table.title)
    return (
        f'<section class="table" data-title="{title}"><h2>{title}</h2><table>'
        f"<thead><tr>{heading}</tr></thead><tbody>{body}</tbody>{foot}</table>{cut}</section>"
    )


def _row(table: Table, row: Row, texts: Texts) -> str:
    cells = (
        f'<td class="{_class(table, number)}">'
        f"{escape(written(value, table.columns[number].kind, texts))}</td>"
        for number, value in enumerate(row)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _class(table: Table, number: int) -> str:
    return "number" if table.columns[number].kind.is_number else "text"


def _shared(notes: Sequence[Notes], texts: Texts) -> list[tuple[str, str]]:
    """Return what stands below every picture; the rest stands below its own."""
    first, *others = [each.below_pictures(texts) for each in notes] or [[]]
    return [line for line in first if all(line in lines for lines in others)]


def _lines(notes: Sequence[tuple[str, str]]) -> str:
    return "<br>".join(f"<b>{escape(name)}:</b> {escape(text)}" for name, text in notes)


def _within_script(code: str) -> str:
    """Return JSON that cannot end the script it stands in, whatever a text of it says."""
    return code.replace("<", "\\u003c")


@functools.cache
def _static(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")
