"""What stands on every page: the frame, the filters, pictures with their notes, tables with files.

The only module that writes HTML to a page; everything that comes from data is escaped here.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from dashboards.address import choose
from dashboards.charts.base import CONFIG
from dashboards.content.shared import Picture
from dashboards.downloads import XLSX_TYPE, Notes, as_csv, as_xlsx
from dashboards.labels import Labels
from dashboards.offer import PublishedOffer
from dashboards.state import Parameter, View, write_query
from dashboards.tables import Table, as_html
from dashboards.texts import Language, Texts, alphabetical

_STATIC = Path(__file__).parent / "static"
# How much of the row a filter takes, by how long its choices are.
_WIDTHS = {
    Parameter.REFERENCE_DATE: 5,
    Parameter.INDICATOR: 7,
    Parameter.AGE_SCHEME: 6,
    Parameter.SERVICE_AREA: 6,
    Parameter.COMPARED: 11,
}
_USUAL_WIDTH = 4


def begin(texts: Texts, name: str) -> None:
    """Begin a page: its looks, its language, its heading."""
    st.html(_STATIC / "style.css")
    st.logo(str(_STATIC / "logo.svg"), size="large")
    st.html(_script(texts.language), unsafe_allow_javascript=True)
    heading, language = st.columns([3, 2], vertical_alignment="center")
    heading.title(texts(f"{name}.heading"), anchor=False)
    with language.container(key="language", horizontal=True, horizontal_alignment="right"):
        _follow_address(Parameter.LANGUAGE, texts.language.value)
        st.segmented_control(
            texts("filter.lang"),
            [language.value for language in Language],
            format_func=lambda code: texts(f"language.{code}"),
            key=_key(Parameter.LANGUAGE),
            on_change=_choose,
            args=(Parameter.LANGUAGE,),
            required=True,
            label_visibility="collapsed",
        )


def filters(labels: Labels, offer: PublishedOffer, view: View, *rows: Sequence[Parameter]) -> None:
    """Show rows of filters in a box; what is chosen goes into the address."""
    with st.container(key=f"filters_{rows[0][0]}"):
        for row in rows:
            columns = st.columns([_WIDTHS.get(parameter, _USUAL_WIDTH) for parameter in row])
            for parameter, column in zip(row, columns, strict=True):
                with column:
                    if parameter is Parameter.COMPARED:
                        _comparison(labels, offer, view)
                    else:
                        _filter(parameter, labels, offer, view)


def rule_filter(labels: Labels, rules: Sequence[str], current: str) -> None:
    """Show the rules whose rows can be looked up."""
    _follow_address(Parameter.RULE, current)
    st.selectbox(
        labels.texts("filter.rule"),
        rules,
        format_func=labels.rule,
        key=_key(Parameter.RULE),
        on_change=_choose,
        args=(Parameter.RULE,),
        placeholder=labels.texts("filter.choose"),
    )


def section(title: str, anchor: str = "") -> None:
    """Begin a part of the page; `anchor` is what links lead to."""
    identity = f' id="{escape(anchor)}"' if anchor else ""
    st.html(f'<h2 class="section"{identity}>{escape(title)}</h2>')


def lead(sentence: str) -> None:
    """Show the sentence that the page is about."""
    st.html(f'<p class="lead">{escape(sentence)}</p>')


def way_back(label: str, page: str, view: View) -> None:
    """Lead from a figure to the page that shows where it comes from, in the same view."""
    st.page_link(page, label=label, query_params=write_query(view), icon=":material/arrow_forward:")


def tell(sentence: str) -> None:
    """Say why there is nothing to show."""
    st.html(f'<div class="told" role="status">{escape(sentence)}</div>')


def remark(sentence: str) -> None:
    """Show a sentence beside what it is about."""
    st.html(f'<p class="remark">{escape(sentence)}</p>')


def picture(shown: Picture, notes: Notes, texts: Texts, key: str, level: int = 2) -> None:
    """Show a picture: finding, subject, figure, remarks, and what it was made from.

    `level` is that of its heading: 3 where it stands within a section.
    """
    st.html(
        f'<h{level} class="finding">{escape(shown.title)}</h{level}>'
        f'<p class="subject">{escape(shown.subtitle)}</p>'
    )
    with st.container(key=f"picture_{key}"):
        st.plotly_chart(
            shown.figure, theme=None, key=f"figure_{key}", config=CONFIG, alt=shown.description
        )
    remarks = "".join(f'<p class="remark">{escape(sentence)}</p>' for sentence in shown.remarks)
    st.html(remarks + _notes_line(notes, texts))


def table(shown: Table, texts: Texts, links: Sequence[str | None] = ()) -> None:
    """Show a table in its own frame."""
    st.html(as_html(shown, texts, links))


def files(made: Callable[[], Table], notes: Notes, texts: Texts, name: str) -> None:
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
                icon=":material/download:",
            )


def _written(
    made: Callable[[], Table],
    notes: Notes,
    texts: Texts,
    write: Callable[[Table, Notes, Texts], bytes],
) -> bytes:
    return write(made(), notes, texts)


def _notes_line(notes: Notes, texts: Texts) -> str:
    parts = [
        (texts("notes.source"), notes.source),
        (texts("notes.publication"), notes.publication),
        (texts("notes.filters"), notes.filters),
    ]
    return (
        '<p class="notes">'
        + "<br>".join(f"<b>{escape(name)}:</b> {escape(text)}" for name, text in parts)
        + "</p>"
    )


def _filter(parameter: Parameter, labels: Labels, offer: PublishedOffer, view: View) -> None:
    options, current, name = _choices(parameter, labels, offer, view)
    _follow_address(parameter, current)
    st.selectbox(
        labels.texts(f"filter.{parameter}"),
        options,
        format_func=name,
        key=_key(parameter),
        on_change=_choose,
        args=(parameter,),
        placeholder=labels.texts("filter.choose"),
    )


def _comparison(labels: Labels, offer: PublishedOffer, view: View) -> None:
    others = [
        code
        for code in offer.municipalities()
        if code != view.municipality and offer.has_figures(code)
    ]
    _follow_address(Parameter.COMPARED, list(view.compared))
    st.pills(
        labels.texts("filter.compare"),
        others,
        selection_mode="multi",
        format_func=labels.municipality,
        key=_key(Parameter.COMPARED),
        on_change=_choose,
        args=(Parameter.COMPARED,),
        disabled=not others,
    )


def _choices(
    parameter: Parameter, labels: Labels, offer: PublishedOffer, view: View
) -> tuple[list[str], str, Callable[[str], str]]:
    """Return what a filter offers, what is chosen, and what the choices are called."""
    if parameter is Parameter.MUNICIPALITY:
        by_name = sorted(
            offer.municipalities(), key=lambda code: alphabetical(labels.municipality(code))
        )
        return by_name, view.municipality, labels.municipality
    if parameter is Parameter.REFERENCE_DATE:
        days = [day.isoformat() for day in offer.reference_dates(view.municipality)]
        return (
            days,
            view.reference_date.isoformat(),
            lambda day: labels.texts.date(dt.date.fromisoformat(day)),
        )
    if parameter is Parameter.INDICATOR:
        return list(offer.indicators()), view.indicator, labels.indicator
    if parameter is Parameter.AGE_SCHEME:
        return list(offer.age_schemes()), view.age_scheme, labels.age_scheme
    if parameter is Parameter.AGE_GROUP:
        return list(offer.age_groups(view.age_scheme)), view.age_group, labels.age_group
    return list(offer.service_areas()), view.service_area, labels.service_area


def _key(parameter: Parameter) -> str:
    return f"choose_{parameter}"


def _follow_address(parameter: Parameter, value: str | list[str]) -> None:
    """Set a widget to what the address says, before it is drawn: the address is the truth."""
    st.session_state[_key(parameter)] = value


def _choose(parameter: Parameter) -> None:
    choose(parameter, st.session_state[_key(parameter)])


@functools.cache
def _script(language: Language) -> str:
    source = (_STATIC / "page.js").read_text(encoding="utf-8")
    return f'<script>document.documentElement.lang = "{language}";\n{source}</script>'
