"""The page *Utvikling*: a figure over time, its trend, and what stands out from month to month."""

import streamlit as st

from dashboards.content import development as content
from dashboards.content import year_change
from dashboards.content.development import DevelopmentFigures
from dashboards.content.shared import EVERY_GROUP, ONE_GROUP, OVER_TIME, Absence, notes
from dashboards.pages import PageKey
from dashboards.render import elements, explanation, filters, over_time
from dashboards.render.page import Page
from dashboards.render.page_runner import show
from dashboards.view.state import Parameter


def draw(page: Page) -> None:
    """Draw the page."""
    labels, view = page.labels, content.fitted(page.labels, page.view)
    filters.show(
        labels,
        page.offer.fitted(view.indicator),
        view,
        [
            Parameter.MUNICIPALITY,
            Parameter.REFERENCE_DATE,
            Parameter.INDICATOR,
            Parameter.AGE_SCHEME,
        ],
        [Parameter.AGE_GROUP, Parameter.SERVICE_AREA, Parameter.COMPARED],
    )
    figures = content.gather(labels, view)
    if isinstance(figures, Absence):
        elements.tell(figures.sentence)
        return
    elements.lead(content.headline(figures))
    elements.caution(page, view)
    draw_series(page, figures)
    draw_months(page, figures)
    draw_year(page, figures)
    draw_trend(page, figures)


def draw_series(page: Page, figures: DevelopmentFigures) -> None:
    """Draw the whole series with its breaks, beside other municipalities."""
    table = content.table_over_time(figures)
    of_series = notes(page.labels, figures.view, table.title, OVER_TIME)
    elements.picture(page, content.over_time(figures), of_series, "development")
    explanation.button(page, figures.view, "development")
    over_time.draw_beside(page, figures.view)
    with st.expander(table.title):
        elements.table(table, page.texts)
    elements.files(lambda: table, of_series, page.texts, "development")


def draw_months(page: Page, figures: DevelopmentFigures) -> None:
    """Draw the control chart of the months since the last break."""
    elements.section(page.texts("development.months"))
    shown = content.by_month(figures)
    if isinstance(shown, Absence) or figures.chart is None:
        elements.tell(shown.sentence if isinstance(shown, Absence) else "")
        return
    table = content.table_by_month(figures, figures.chart)
    of_months = notes(page.labels, figures.view, table.title, ONE_GROUP)
    elements.picture(page, shown, of_months, "months", level=3)
    explanation.button(page, figures.view, "months")
    with st.expander(table.title):
        elements.table(table, page.texts)
    elements.files(lambda: table, of_months, page.texts, "months")


def draw_year(page: Page, figures: DevelopmentFigures) -> None:
    """Draw how each age group differs from a year before, where the indicator has age groups."""
    found = year_change.gather(figures)
    if found is None:
        return
    elements.section(page.texts("development.year"))
    if isinstance(found, Absence):
        elements.tell(found.sentence)
        return
    table = year_change.table(found)
    of_year = notes(page.labels, figures.view, table.title, (*EVERY_GROUP, Parameter.SERVICE_AREA))
    elements.picture(page, year_change.picture(found), of_year, "year", level=3)
    explanation.button(page, figures.view, "year")
    elements.table(table, page.texts)
    elements.files(lambda: table, of_year, page.texts, "year")


def draw_trend(page: Page, figures: DevelopmentFigures) -> None:
    """Show the yearly figures that the trend is tested on, and the test."""
    table = content.table_of_years(figures)
    elements.section(page.texts("development.years"))
    elements.remark(content.how_tested(figures))
    if table.rows:
        elements.table(table, page.texts)
        of_years = notes(page.labels, figures.view, table.title, ONE_GROUP)
        elements.files(lambda: table, of_years, page.texts, "years")


show(PageKey.DEVELOPMENT, draw)
