"""What sections are drawn with: the frame, pictures with their notes, tables with their files.

Whatever comes from data is escaped by a template (`export.templates`) on its way into a page.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dagster_project.publication.reader.reference import ALL
from dashboards.charts.base import CONFIG
from dashboards.charts.colours import LIGHT, Palette
from dashboards.content.section import KeyFigure, Section, Way
from dashboards.content.shared import Picture
from dashboards.export.downloads import XLSX_TYPE, Download, Notes, as_csv, as_xlsx
from dashboards.export.table import Table, as_html
from dashboards.export.templates import elements as html
from dashboards.i18n.texts import Language, Texts
from dashboards.render import filters
from dashboards.render.document import colours
from dashboards.render.page import Page
from dashboards.view.address import choose
from dashboards.view.state import Parameter, View, write_query

_STATIC = Path(__file__).parents[1] / "static"
# What page.js names in the page's language.
_FRAMEWORK_NAMES = (
    "home",
    "pages",
    "skip",
    "open",
    "close",
    "show_menu",
    "hide_menu",
    "scrolls",
    "no_results",
)
# How often a reader has clicked in a picture.
_CLICKS = "clicks"
# What a label would take for markup.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def begin(texts: Texts, palette: Palette, title: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Begin a page: its looks, its language, its heading.

    Return the places of its tools and of its contents.
    """
    st.html(_style(palette))
    # A picture of its own does not know the colour of the text around it.
    st.logo(str(_STATIC / ("logo-dark.svg" if palette.is_dark else "logo.svg")), size="large")
    st.html(_script(texts.language), unsafe_allow_javascript=True)
    heading, language = st.columns([3, 2], vertical_alignment="center")
    heading.title(title, anchor=False)
    with language.container(key="language", horizontal=True, horizontal_alignment="right"):
        filters.language(texts)
    return st.container(key="head"), st.container(key="contents")


def section(title: str, anchor: str = "", level: int = 2) -> None:
    """Begin a part of the page, or of a window; `anchor` is what links lead to."""
    st.html(html().heading(title, level, "section", anchor))


def contents(place: DeltaGenerator, texts: Texts, headings: Sequence[tuple[str, str]]) -> None:
    """Show what the page holds, beside it, where it has several parts."""
    if len(headings) > 1:
        place.html(html().contents(texts("contents.title"), headings))


def lead(sentence: str) -> None:
    """Show the sentence that the page is about."""
    st.html(html().lead(sentence))


def way_to(page: Page, way: Way) -> None:
    """Lead to another page, in the same view or another."""
    st.page_link(
        page.entries[way.page],
        label=way.label,
        query_params=write_query(way.view),
        icon=":material/arrow_forward:",
    )


def to_page(entry: st.Page, label: str) -> None:
    """Lead to another page, as it opens."""
    st.page_link(entry, label=label, icon=":material/arrow_forward:")


def figure(name: str, value: str, interval: str, without: str = "") -> None:
    """Show a figure large, its name above it; below it how sure it is, and who is without."""
    st.html(html().figure(name, value, interval, without))


def held_against(shown: KeyFigure) -> None:
    """Show what a figure is held against: its scale, its change, its target, what to know of it."""
    st.html(html().held_against(shown))


def remarks(sentences: Sequence[str]) -> None:
    """Show sentences one below the other, close together."""
    st.html(html().remarks(sentences))


def sparkline(page: Page, shown: Picture, key: str) -> None:
    """Show a small picture beside its figure, and the period that it covers."""
    st.plotly_chart(
        shown.draw(page.palette),
        theme=None,
        key=f"figure_{key}",
        config=CONFIG,
        alt=shown.description,
    )
    st.html(html().period(shown.subtitle))


def status(sentence: str) -> None:
    """Say why there is nothing to show."""
    st.html(html().status(sentence))


def remark(sentence: str) -> None:
    """Show a sentence beside what it is about."""
    st.html(html().remarks([sentence]))


def picture(page: Page, shown: Picture, notes: Notes, key: str, level: int = 2) -> None:
    """Show a picture: finding, subject, figure, remarks; on paper, what it was made from.

    `level` is that of its heading: 3 where it stands within a section.
    """
    st.html(html().heading(shown.title, level, "finding") + html().subject(shown.subtitle))
    chart = functools.partial(
        st.plotly_chart,
        shown.draw(page.palette),
        theme=None,
        config=CONFIG,
        alt=shown.description,
    )
    if shown.chooses:
        st.html(html().hint(page.texts("selection.click")))
    with st.container(key=f"picture_{key}"):
        if not shown.chooses:
            chart(key=f"figure_{key}")
        else:
            # Each click is answered by a picture in which nothing is selected yet.
            drawn = f"figure_{key}_{st.session_state.get(_CLICKS, 0)}"
            chart(
                key=drawn,
                on_select=functools.partial(_choose_point, drawn, shown.chooses, page.view),
                selection_mode="points",
            )
    st.html(html().remarks(shown.remarks) + html().notes(notes.below_pictures(page.texts)))


def _choose_point(key: str, parameters: Sequence[Parameter], view: View) -> None:
    """Choose what the clicked point stands for; everybody, where that is chosen already."""
    st.session_state[_CLICKS] = st.session_state.get(_CLICKS, 0) + 1
    clicked = [point.get("customdata") for point in st.session_state[key]["selection"]["points"]]
    if not clicked or not clicked[0]:
        return
    before = write_query(view)
    chosen = dict(zip(parameters, clicked[0], strict=True))
    is_undone = all(before[name] == [value] for name, value in chosen.items())
    choose(dict.fromkeys(parameters, ALL) if is_undone else chosen)


def about(page: Page, section: Section) -> None:
    """Offer what a section is made from, and the files of its picture and its table.

    The picture's are made in the reader's browser, of what it shows.
    """
    texts, notes, table = page.texts, section.notes, section.table
    if notes is None:
        return
    name = section.files or section.key
    with st.popover(
        texts("take.about"), icon=":material/download:", type="tertiary", key=f"about_{name}"
    ):
        if table:
            st.html(_copy_of(table, notes, texts))
            _files(section.whole or (lambda: table), notes, texts, name)
        if section.picture:
            st.html(_files_of(section.picture, notes, page, section.key))
        _, *entries = notes.entries(texts)
        st.html(html().about(entries))


def table(shown: Table, texts: Texts, links: Sequence[str | None] = ()) -> None:
    """Show a table in its own frame."""
    st.html(as_html(shown, texts, links))


def closed(shown: Table, texts: Texts, links: Sequence[str | None] = ()) -> None:
    """Show a table that is opened by a click; its title says what it holds."""
    with st.expander(literal(texts("take.table", title=shown.title))):
        table(shown, texts, links)


def _files(made: Callable[[], Table], notes: Notes, texts: Texts, name: str) -> None:
    """Offer a table as CSV and as a workbook; it is made when somebody asks for it."""
    with st.container(horizontal=True, key=f"files_{name}"):
        for kind, write, mime in (("csv", as_csv, "text/csv"), ("xlsx", as_xlsx, XLSX_TYPE)):
            st.download_button(
                texts(f"download.{kind}"),
                data=functools.partial(_written, made, notes, texts, write),
                file_name=f"samordna-{name}-{notes.file_part}.{kind}",
                mime=mime,
                key=f"download_{name}_{kind}",
                on_click="ignore",
                type="tertiary",
            )


def downloads(offered: Sequence[Download]) -> None:
    """Offer files that are made of more than a table; each when somebody asks for it."""
    with st.container(horizontal=True, key="downloads"):
        for each in offered:
            st.download_button(
                each.label,
                data=each.make,
                file_name=each.file_name,
                mime=each.mime,
                key=f"download_whole_{each.kind}",
                on_click="ignore",
                icon=":material/download:",
            )


def _written(
    made: Callable[[], Table],
    notes: Notes,
    texts: Texts,
    write: Callable[[Table, Notes, Texts], bytes],
) -> bytes:
    return write(made(), notes, texts)


def literal(text: str) -> str:
    """Return a text that a label takes letter by letter, without a thought of markup."""
    return _PUNCTUATION.sub(r"\\\1", text)


def _copy_of(shown: Table, notes: Notes, texts: Texts) -> str:
    """Return the button that copies a table as it stands on the page, with its source."""
    made: str = html().table_copy(
        shown.title,
        json.dumps(_below(notes, texts), ensure_ascii=False),
        texts("take.copy_table"),
        texts("take.table_copied"),
    )
    return made


def _below(notes: Notes, texts: Texts) -> list[str]:
    """Return what stands below a picture or a table wherever it is taken."""
    printed = (*notes.date(texts), *notes.below_pictures(texts))
    return [f"{name}: {text}" for name, text in printed]


def _files_of(shown: Picture, notes: Notes, page: Page, key: str) -> str:
    """Return the buttons that save a picture, with the words that are printed in it."""
    words = {
        "title": shown.title,
        "subtitle": shown.subtitle,
        "remarks": shown.remarks,
        "notes": _below(notes, page.texts),
    }
    made: str = html().picture_files(
        key,
        f"samordna-{key}-{notes.file_part}",
        json.dumps(words, ensure_ascii=False),
        page.texts("take.text_copied"),
        [(kind, page.texts(f"take.{kind}")) for kind in ("png", "svg", "text")],
    )
    return made


@functools.cache
def _style(palette: Palette) -> str:
    source = "".join(
        (_STATIC / name).read_text(encoding="utf-8") for name in ("style.css", "scale.css")
    )
    on_paper = f"@media print {{ {colours(LIGHT)} }}"
    return f"<style>{colours(palette)}{on_paper}\n{source}</style>"


@functools.cache
def _script(language: Language) -> str:
    source = (_STATIC / "page.js").read_text(encoding="utf-8")
    texts = Texts(language)
    names = json.dumps({name: texts(f"framework.{name}") for name in _FRAMEWORK_NAMES})
    return (
        f'<script>document.documentElement.lang = "{language}";\n'
        f"window.samordnaNames = {names};\n{source}</script>"
    )
