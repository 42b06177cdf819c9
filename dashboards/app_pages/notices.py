"""The page *Frå melding til koordinator*: what becomes of notices, and how long it takes."""

import streamlit as st

from dashboards import explanation, filters, furniture
from dashboards.content import followup as shared
from dashboards.content import notices as content
from dashboards.content.notices import NoticeFigures
from dashboards.content.shared import Absence
from dashboards.page import Page
from dashboards.pages import PageKey
from dashboards.part import draw_part
from dashboards.show import show


def draw(page: Page) -> None:
    """Draw the page."""
    texts, labels, view = page.texts, page.labels, page.view
    filters.show(labels, page.offer, view, shared.FILTERS)
    figures = content.gather(labels, view)
    if isinstance(figures, Absence):
        furniture.tell(figures.sentence)
        return
    furniture.lead(content.headline(figures))

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
            furniture.table(ways, texts)
        of_ways = shared.notes(labels, view, ways.title, definition, content.RECORDS, "flow")
        furniture.files(lambda: ways, of_ways, texts, "notices_ways")

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
    furniture.section(texts("notices.section_days"))
    for indicator, sentence in content.days_in_sentences(figures):
        furniture.remark(sentence)
        of_indicator = shared.view_of(labels, view, indicator)
        furniture.caution(page, of_indicator)
        explanation.button(page, of_indicator, f"notices_{indicator}")
    table = content.table_of_days(figures)
    if table.rows:
        definition = texts("notices.definition_days")
        furniture.table(table, texts)
        of_days = shared.notes(labels, view, table.title, definition, content.CURVE_RECORDS, "days")
        furniture.files(lambda: table, of_days, texts, "notices_days")


show(PageKey.NOTICES, draw)
