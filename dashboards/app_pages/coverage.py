"""The page *Dekning*: coverage by age group and service area, and over time."""

import streamlit as st

from dashboards import explanation, filters, furniture, over_time
from dashboards.content import coverage as content
from dashboards.content.shared import EVERY_GROUP, OVER_TIME, Absence, notes
from dashboards.page import Page
from dashboards.pages import PageKey
from dashboards.show import show
from dashboards.state import Parameter


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
        furniture.tell(figures.sentence)
        return
    furniture.lead(content.headline(figures))
    furniture.caution(page, view)
    furniture.way_to(texts("coverage.way_back"), PageKey.REGISTRATION, view)

    groups, table = content.by_group(figures), content.table_of_groups(figures)
    of_groups = notes(labels, figures.view, table.title, EVERY_GROUP)
    furniture.picture(page, groups, of_groups, "groups")
    explanation.button(page, figures.view, "groups")
    furniture.table(table, texts)
    furniture.files(lambda: table, of_groups, texts, "coverage")

    filters.show(
        labels,
        page.offer,
        view,
        [Parameter.AGE_GROUP, Parameter.SERVICE_AREA, Parameter.COMPARED],
    )
    series = content.over_time(figures)
    if isinstance(series, Absence):
        furniture.tell(series.sentence)
        return
    table_of_series = content.table_over_time(figures)
    of_series = notes(labels, figures.view, table_of_series.title, OVER_TIME)
    furniture.picture(page, series, of_series, "series")
    explanation.button(page, figures.view, "series")
    over_time.draw_beside(page, figures.view)
    with st.expander(table_of_series.title):
        furniture.table(table_of_series, texts)
    furniture.files(lambda: table_of_series, of_series, texts, "series")


show(PageKey.COVERAGE, draw)
