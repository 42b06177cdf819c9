"""A part of a page: its heading, the picture, the window that explains it, and the table."""

from __future__ import annotations

import streamlit as st

from dashboards import explanation, furniture
from dashboards.content.shared import Absence, Picture
from dashboards.downloads import Notes
from dashboards.page import Page
from dashboards.state import View
from dashboards.tables import Table


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
    furniture.section(heading)
    if isinstance(picture, Absence):
        furniture.tell(picture.sentence)
        return
    furniture.picture(page, picture, notes, key, level=3)
    if explained:
        explanation.button(page, explained, key)
    if folded:
        with st.expander(table.title):
            furniture.table(table, page.texts)
    else:
        furniture.table(table, page.texts)
    furniture.files(lambda: table, notes, page.texts, key)
