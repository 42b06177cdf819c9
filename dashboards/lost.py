"""An address that is none of a page: it is answered in the reader's language, with a way on."""

from __future__ import annotations

import re

import streamlit as st

from dashboards import furniture
from dashboards.address import page_in
from dashboards.pages import PageKey
from dashboards.show import palette, texts_of_address

# What the framework takes for a page's address; anything else never gets here.
_AN_ADDRESS = re.compile(r"[^/?#\x00-\x1f]{1,200}")


def lost_page() -> str | None:
    """Return the page that is asked for, where there is no such page."""
    asked = page_in(st.context.url or "")
    known = {page.address for page in PageKey}
    return asked if asked not in known and _AN_ADDRESS.fullmatch(asked) else None


def draw() -> None:
    """Tell that there is no such page, and where to go."""
    texts = texts_of_address()
    furniture.begin(texts, palette(), texts("lost.heading"))
    furniture.tell(texts("lost.told", page=lost_page() or ""))
    st.page_link(PageKey.FRONT.script, label=texts("lost.way_on"), icon=":material/arrow_forward:")
