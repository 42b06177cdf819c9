"""The dashboards' entrance: which pages there are. Run by `samordna serve`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards.lost import draw as draw_lost
from dashboards.lost import lost_page
from dashboards.pages import MENU, PageKey
from dashboards.show import texts_of_address

ICON = Path(__file__).parent / "static" / "icon.svg"


def main() -> None:
    """Show the page that the address asks for."""
    texts = texts_of_address()

    def entry(page: PageKey) -> st.Page:
        return st.Page(
            page.script,
            title=texts(f"{page}.heading"),
            default=page is PageKey.FRONT,
            url_path=page.address,
        )

    menu = {
        texts(f"menu.{part}") if part else "": [entry(page) for page in pages]
        for part, pages in MENU.items()
    }
    lost = lost_page()
    if lost is not None:
        # The framework tells of an address that it does not know in English, and shows the front
        # page. As a page that no menu shows it is told of in the reader's language.
        unknown = st.Page(
            draw_lost, title=texts("lost.heading"), url_path=lost, visibility="hidden"
        )
        menu[""] = [*menu[""], unknown]
    st.set_page_config(layout="wide", page_icon=ICON)
    st.navigation(menu, position="top").run()


main()
