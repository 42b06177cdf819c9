"""The dashboards' entrance: which pages there are. Run by `samordna serve`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards.page import texts_of_address

ICON = Path(__file__).parent / "static" / "icon.svg"


def main() -> None:
    """Show the page that the address asks for."""
    texts = texts_of_address()
    pages = [
        st.Page("app_pages/coverage.py", title=texts("coverage.heading"), default=True),
        st.Page(
            "app_pages/registration.py",
            title=texts("registration.heading"),
            url_path="registration",
        ),
    ]
    st.set_page_config(layout="wide", page_icon=ICON)
    st.navigation(pages, position="top").run()


main()
