"""The window in which a figure explains itself."""

from __future__ import annotations

import streamlit as st

from dashboards import furniture
from dashboards.content.shared import definition_in_words, grade_in_words, table_of_definition
from dashboards.page import Page
from dashboards.state import View


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
        indicator = page.labels.indicator_entry(view.indicator)
        furniture.remark(page.texts.named(indicator.definitions))
        grade = grade_in_words(page.labels, view)
        if grade:
            furniture.remark(grade)
        furniture.remark(definition_in_words(page.labels, view))
        furniture.table(table_of_definition(page.labels, view), page.texts)

    explain()
