"""The page *Frå melding til koordinator*: what becomes of notices, and how long it takes."""

import streamlit as st

from dashboards.content import followup as shared
from dashboards.content import notices as content
from dashboards.content.notices import NoticeFigures
from dashboards.content.shared import Absence
from dashboards.pages import PageKey
from dashboards.render import elements, explanation, filters
from dashboards.render.page import Page
from dashboards.render.page_runner import show
from dashboards.render.part import draw_part


def draw(page: Page) -> None:
    """Draw the page."""
    texts, labels, view = page.texts, page.labels, page.view
    filters.show(labels, page.offer, view, shared.FILTERS)
    figures = content.gather(labels, view)
    if isinstance(figures, Absence):
        elements.tell(figures.sentence)
        return
    elements.lead(content.headline(figures))

    phases = content.table_of_phases(figures)
    definition = texts("notices.definition_flow")
    draw_part(
        page,
        texts("notices.section_flow"),
        content.the_flow(figures),
        phases,
        shared.notes(labels, view, phases.title, definition, content.RECORDS, "phases"),
        "notices_flow",
    )
    ways = content.table_of_flow(figures)
    if ways.rows:
        with st.expander(ways.title):
            elements.table(ways, texts)
        of_ways = shared.notes(labels, view, ways.title, definition, content.RECORDS, "flow")
        elements.files(lambda: ways, of_ways, texts, "notices_ways")

    curve = content.table_of_curve(figures)
    definition = texts("notices.definition_curve")
    draw_part(
        page,
        texts("notices.section_curve"),
        content.time_to_coordinator(figures),
        curve,
        shared.notes(labels, view, curve.title, definition, content.CURVE_RECORDS, "curve"),
        "notices_curve",
    )
    draw_days(page, figures)
    senders = content.table_of_senders(figures)
    definition = texts("notices.definition_senders")
    draw_part(
        page,
        texts("notices.section_senders"),
        content.by_sender(figures),
        senders,
        shared.notes(labels, view, senders.title, definition, content.CURVE_RECORDS, "senders"),
        "notices_senders",
    )


def draw_days(page: Page, figures: NoticeFigures) -> None:
    """Draw the medians: sentences, how far they can be compared, and the table."""
    texts, labels, view = page.texts, page.labels, page.view
    elements.section(texts("notices.section_days"))
    for indicator, sentence in content.days_in_sentences(figures):
        elements.remark(sentence)
        of_indicator = shared.view_of(labels, view, indicator)
        elements.caution(page, of_indicator)
        explanation.button(page, of_indicator, f"notices_{indicator}")
    table = content.table_of_days(figures)
    if table.rows:
        definition = texts("notices.definition_days")
        elements.table(table, texts)
        of_days = shared.notes(labels, view, table.title, definition, content.CURVE_RECORDS, "days")
        elements.files(lambda: table, of_days, texts, "notices_days")


show(PageKey.NOTICES, draw)
