"""An indicator over time: the picture, its explanation, its table."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboards import explanation, furniture
from dashboards.content import indicator
from dashboards.content.indicator import OVER_TIME, Figure
from dashboards.content.shared import Absence
from dashboards.page import Page


def draw(page: Page, figure: Figure | Absence, title: Callable[[Figure], str], key: str) -> None:
    """Draw an indicator over time, or tell why there is none; `title` says its finding."""
    if isinstance(figure, Absence):
        furniture.tell(figure.sentence)
        return
    table = indicator.table_over_time(figure)
    notes = indicator.notes(figure, table.title, OVER_TIME)
    furniture.picture(page, indicator.over_time(figure, title(figure)), notes, key, level=3)
    explanation.button(page, figure.view, key)
    with st.expander(table.title):
        furniture.table(table, page.texts)
    furniture.files(lambda: table, notes, page.texts, key)
