"""The dashboards' entrance: which pages there are. Run by `samordna serve`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from dagster_project.config.paths import home_from
from dashboards.pages import MENU, PageKey
from dashboards.queries.shared import holds_packages
from dashboards.render.page_runner import is_for_comparing_only, show, texts_of_address

ICON = Path(__file__).parent / "static" / "icon.svg"


def main() -> None:
    """Show the page that the address asks for."""
    texts = texts_of_address()
    hidden = _hidden()
    entries: dict[PageKey, st.Page] = {}
    for key in PageKey:
        entries[key] = st.Page(
            # Links lead to entries, so a page is given all of them.
            partial(show, key, entries),
            title=texts(f"{key}.heading"),
            default=key is PageKey.FRONT,
            url_path=key.address,
            # Its address answers all the same, and says what is missing.
            visibility="hidden" if key in hidden else "visible",
        )
    menu = {
        texts(f"menu.{part}") if part else "": [entries[key] for key in keys]
        for part, keys in MENU.items()
    }
    st.set_page_config(layout="wide", page_icon=ICON)
    st.navigation(menu, position="top").run()


def _hidden() -> frozenset[PageKey]:
    """Return the pages that a home has nothing for: neither packages nor a publication."""
    home = home_from(None)
    if not holds_packages(home):
        return frozenset({PageKey.COMPARISON})
    if is_for_comparing_only(home):
        return frozenset(PageKey) - {PageKey.FRONT, PageKey.COMPARISON}
    return frozenset()


main()
