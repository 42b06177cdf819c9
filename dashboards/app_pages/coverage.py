"""The page *Dekning*: coverage by age group and service area, and over time."""

import streamlit as st

from dashboards.content import coverage as content
from dashboards.content.shared import EVERY_GROUP, OVER_TIME, Absence, notes
from dashboards.pages import PageKey
from dashboards.render import elements, explanation, filters, over_time
from dashboards.render.page import Page
from dashboards.render.page_runner import show
from dashboards.view.state import Parameter


def draw(page: Page) -> None:
    """Draw the page."""
    texts, labels, view = page.texts, page.labels, page.view
    filters.show(
        labels,
        page.offer,
        view,
        [
            Parameter.MUNICIPALITY,
            Parameter.REFERENCE_DATE,
            Parameter.INDICATOR,
            Parameter.AGE_SCHEME,
        ],
    )
    figures = content.gather(labels, view)
    if isinstance(figures, Absence):
        elements.tell(figures.sentence)
        return
    elements.lead(content.headline(figures))
    elements.caution(page, view)
    elements.way_to(texts("coverage.way_back"), PageKey.REGISTRATION, view)

    groups, table = content.by_group(figures), content.table_of_groups(figures)
    of_groups = notes(labels, figures.view, table.title, EVERY_GROUP)
    elements.picture(page, groups, of_groups, "groups")
    explanation.button(page, figures.view, "groups")
    elements.table(table, texts)
    elements.files(lambda: table, of_groups, texts, "coverage")

    filters.show(
        labels,
        page.offer,
        view,
        [Parameter.AGE_GROUP, Parameter.SERVICE_AREA, Parameter.COMPARED],
    )
    series = content.over_time(figures)
    if isinstance(series, Absence):
        elements.tell(series.sentence)
        return
    table_of_series = content.table_over_time(figures)
    of_series = notes(labels, figures.view, table_of_series.title, OVER_TIME)
    elements.picture(page, series, of_series, "series")
    explanation.button(page, figures.view, "series")
    over_time.draw_beside(page, figures.view)
    with st.expander(table_of_series.title):
        elements.table(table_of_series, texts)
    elements.files(lambda: table_of_series, of_series, texts, "series")


show(PageKey.COVERAGE, draw)
