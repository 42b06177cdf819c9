"""The one renderer: the sections of a page, drawn in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from dashboards.content import explanation
from dashboards.content.section import KeyFigure, Section
from dashboards.pages import PageKey
from dashboards.render import (
    corrections,
    elements,
    filters,
    reports,
    scenarios,
    taking_back,
    toolbar,
)
from dashboards.render.page import Page, published
from dashboards.view.address import link_to
from dashboards.view.state import Parameter, View

# A table of more rows is closed, and so is one whose picture says the same.
MOST_OPEN_ROWS = 10


def draw(page: Page, sections: Iterable[Section], *, level: int = 2) -> list[tuple[str, str]]:
    """Draw sections, their headings at a level; a picture's is one below the heading above it.

    Return the anchor and the text of each heading.
    """
    headings: list[tuple[str, str]] = []
    for section in sections:
        if section.heading:
            anchor = section.anchor or f"part-{level}-{len(headings) + 1}"
            headings.append((anchor, section.heading))
            elements.section(section.heading, anchor, level)
        _draw(page, section, level + 1 if headings else level)
    return headings


def _draw(page: Page, section: Section, level: int) -> None:
    if section.filters:
        _draw_filters(page, section)
    if section.scenario:
        scenarios.draw(page, section.scenario)
    if section.queue:
        corrections.draw(page, section.queue)
    if section.makes_report:
        reports.draw(page)
    if section.lead:
        first, *others = section.lead
        elements.lead(first)
        if others:
            elements.remarks(others)
    if section.absence:
        elements.status(section.absence)
    for figure in section.key_figures:
        _draw_key_figure(page, figure)
    if section.remarks:
        elements.remarks(section.remarks)
    if section.way:
        elements.way_to(page, section.way)
    if section.picture and section.notes:
        elements.picture(page, section.picture, section.notes, section.key, level)
    if section.picture or section.explained:
        with st.container(horizontal=True, vertical_alignment="center", key=f"more_{section.key}"):
            if section.explained:
                _explain(page, section.explained, section.key)
            if section.picture:
                elements.about(page, section)
    # The title of a closed table is what one clicks on.
    title = section.table.title if section.table and is_closed(section) else ""
    if of_table := [sentence for sentence in section.of_table if sentence != title]:
        elements.remarks(of_table)
    if section.table:
        if is_closed(section):
            elements.closed(section.table, page.texts, section.links)
        else:
            elements.table(section.table, page.texts, section.links)
        if section.notes and not section.picture:
            elements.about(page, section)
    if section.weighs:
        filters.weights(page.texts, section.weighs)
    if section.downloads:
        elements.downloads(section.downloads)
    if section.deliveries:
        taking_back.draw(page, section.deliveries)


def _draw_filters(page: Page, section: Section) -> None:
    if section.filters == [[Parameter.ROLE]]:
        filters.role(page.texts, page.view.role)
        return
    view, offer = page.view, page.offer
    if section.fitted:
        view, offer = section.fitted, published(page).offer.fitted(section.fitted.indicator)
    filters.show(page.labels, offer, view, *section.filters)


def _draw_key_figure(page: Page, shown: KeyFigure) -> None:
    with st.container(key=f"card_{shown.key}"):
        value, against, way = st.columns([4, 5, 4])
        with value:
            elements.figure(shown.name, shown.value, shown.interval, shown.without)
        with against:
            elements.held_against(shown)
        with way:
            elements.sparkline(page, shown.picture, shown.key)
        with st.container(horizontal=True, vertical_alignment="center", key=f"more_{shown.key}"):
            elements.way_to(page, shown.way)
            _explain(page, shown.explained, shown.key)


def is_closed(section: Section) -> bool:
    """Return whether a section's table is opened by a click only."""
    if section.table is None or section.is_open:
        return False
    is_shown = bool(section.picture or section.key_figures)
    return is_shown or len(section.table.rows) > MOST_OPEN_ROWS


def _explain(page: Page, view: View, key: str) -> None:
    """Offer the explanation of the figure of a view; one click opens it in a window."""
    if not st.button(
        page.texts("explanation.open"),
        key=f"explain_{key}",
        icon=":material/help:",
        type="tertiary",
    ):
        return
    of = published(page)

    @st.dialog(of.labels.indicator(view.indicator), width="large")
    def explain() -> None:
        explained = explanation.gather(of.labels, view)
        there = replace(of.offer, page=PageKey.REGISTRATION)
        has_page = bool(explained.steps) and view.indicator in there.indicators()
        draw(page, explanation.sections(explained, has_page=has_page), level=3)
        toolbar.link(link_to(page.view), page.texts)

    explain()
