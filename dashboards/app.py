"""The dashboards' entrance: which pages there are. Run by `samordna serve`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards.pages import MENU, PageKey
from dashboards.render.page_runner import texts_of_address

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
    st.set_page_config(layout="wide", page_icon=ICON)
    st.navigation(menu, position="top").run()


main()
