"""The window in which a figure explains itself."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboards.content import explanation as content
from dashboards.content.explanation import Explanation
from dashboards.content.shared import (
    definition_in_words,
    table_of_definition,
)
from dashboards.pages import PageKey
from dashboards.render import elements, toolbar
from dashboards.render.document import recording
from dashboards.render.page import Page
from dashboards.view.address import link_to
from dashboards.view.state import View


def button(page: Page, view: View, key: str) -> None:
    """Offer the explanation of the figure of a view; one click opens it."""
    if st.button(
        page.texts("explanation.open"),
        key=f"explain_{key}",
        icon=":material/help:",
        type="tertiary",
    ):
        _window(page, view)


def _window(page: Page, view: View) -> None:
    @st.dialog(page.labels.indicator(view.indicator), width="large")
    def explain() -> None:
        # What stands in a window is not what the page shows.
        with recording(None):
            _explain(page, content.gather(page.labels, view))

    explain()


def _explain(page: Page, explained: Explanation) -> None:
    texts, labels, view = page.texts, page.labels, explained.view
    elements.remark(content.definition(explained))
    _part(texts("explanation.figure"))
    elements.remark(content.cut(explained))
    elements.remark(content.value(explained))
    parts = content.table_of_parts(explained)
    if parts is not None:
        elements.table(parts, texts)

    _part(texts("explanation.comparability"))
    elements.caution(page, view)
    elements.remark(content.breaks(explained))

    _part(texts("explanation.missing"))
    for sentence in content.missing(explained):
        elements.remark(sentence)
    findings = content.table_of_findings(explained)
    if findings is not None:
        with st.expander(findings.title):
            elements.table(findings, texts)

    _part(texts("explanation.steps"))
    steps = content.tables_of_steps(explained)
    if not steps:
        elements.remark(texts("explanation.no_steps"))
    for table in steps:
        with st.expander(table.title):
            elements.table(table, texts)
    if _has_page_of_its_own(page, explained):
        elements.way_to(texts("explanation.way_back"), PageKey.REGISTRATION, view)

    _part(texts("explanation.sources"))
    elements.table(content.table_of_sources(explained), texts)

    definition = table_of_definition(labels, view)
    _part(definition.title)
    elements.remark(definition_in_words(labels, view))
    with st.expander(texts("explanation.parameters")):
        elements.table(definition, texts)

    _part(texts("explanation.link"))
    toolbar.link(link_to(page.view), texts)


def _part(title: str) -> None:
    elements.section(title, level=3)


def _has_page_of_its_own(page: Page, explained: Explanation) -> bool:
    """Whether the page from registration to figure can show the indicator."""
    there = replace(page.offer, page=PageKey.REGISTRATION)
    return explained.steps is not None and explained.view.indicator in there.indicators()
