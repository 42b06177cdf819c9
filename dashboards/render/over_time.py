"""An indicator over time: the picture, its explanation, its table."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboards.content import indicator, side_by_side
from dashboards.content.indicator import OVER_TIME, Figure
from dashboards.content.shared import Absence, place_and_date
from dashboards.render import elements, explanation
from dashboards.render.document import being_drawn
from dashboards.render.page import Page
from dashboards.view.state import View


def draw(page: Page, figure: Figure | Absence, title: Callable[[Figure], str], key: str) -> None:
    """Draw an indicator over time, or tell why there is none; `title` says its finding."""
    if isinstance(figure, Absence):
        elements.tell(figure.sentence)
        return
    table = indicator.table_over_time(figure)
    notes = indicator.notes(figure, table.title, OVER_TIME)
    elements.picture(page, indicator.over_time(figure, title(figure)), notes, key, level=3)
    explanation.button(page, figure.view, key)
    draw_beside(page, figure.view)
    with st.expander(table.title):
        elements.table(table, page.texts)
    elements.files(lambda: table, notes, page.texts, key)


def draw_beside(page: Page, view: View) -> None:
    """Draw the figures of one day of the municipalities that stand beside each other, if any do."""
    if not view.compared:
        return
    labels = page.labels
    being_drawn().subject = f"{place_and_date(labels, view)}. {side_by_side.names(labels, view)}"
    table = side_by_side.table(labels, view)
    elements.remark(table.title)
    elements.table(table, page.texts)
