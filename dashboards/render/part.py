"""A part of a page: its heading, the picture, the window that explains it, and the table."""

from __future__ import annotations

import streamlit as st

from dashboards.content.shared import Absence, Picture
from dashboards.export.downloads import Notes
from dashboards.export.table import Table
from dashboards.render import elements, explanation
from dashboards.render.page import Page
from dashboards.view.state import View


def draw_part(
    page: Page,
    heading: str,
    picture: Picture | Absence,
    table: Table,
    notes: Notes,
    key: str,
    *,
    explained: View | None = None,
    folded: bool = False,
) -> None:
    """Draw a picture with its table, or say why there is none.

    `explained` is the view of the indicator that the picture shows; a folded table opens.
    """
    elements.section(heading)
    if isinstance(picture, Absence):
        elements.tell(picture.sentence)
        return
    elements.picture(page, picture, notes, key, level=3)
    if explained:
        explanation.button(page, explained, key)
    if folded:
        with st.expander(table.title):
            elements.table(table, page.texts)
    else:
        elements.table(table, page.texts)
    elements.files(lambda: table, notes, page.texts, key)
