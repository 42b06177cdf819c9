"""What a reader takes along of a page as a whole: its address, a print, a PDF, a named view."""

from __future__ import annotations

import functools
from collections.abc import Callable

import streamlit as st

from dagster_project.config.paths import Home
from dagster_project.register.views import SavedView
from dashboards.export import saved_views
from dashboards.export.pdf import as_pdf, printer
from dashboards.export.saved_views import ViewsError
from dashboards.export.templates import elements as html
from dashboards.i18n.texts import Texts
from dashboards.pages import PageKey
from dashboards.render import elements
from dashboards.render.page import Page
from dashboards.view.address import known_address, opens_elsewhere
from dashboards.view.state import Parameter, write_query

_NAME = "name_of_view"
# What the last try to keep or drop a view came to, until the next.
_TOLD = "told_of_views"


def tools(page: Page, home: Home, *, sheet: Callable[[], str], text: Callable[[], str]) -> None:
    """Show what can be done with the page as a whole; `sheet` and `text` make its documents."""
    texts = page.texts
    with st.container(key="tools", horizontal=True, vertical_alignment="center"):
        with st.popover(
            texts("take.views"), icon=":material/bookmark:", type="tertiary", key="views"
        ):
            _views(page, home)
        st.html(
            html().page_tools(
                known_address(), texts("take.link"), _copied(texts), texts("take.print")
            ),
            width="content",
        )
        _sheet(page, sheet)
        st.download_button(
            texts("take.word"),
            data=functools.partial(_written, text),
            # Word opens HTML by this name at a double click, and nothing is to be installed.
            file_name=_file_name(page, "doc"),
            mime="application/msword",
            key="text",
            on_click="ignore",
            icon=":material/article:",
            type="tertiary",
        )


def link(address: str, texts: Texts) -> None:
    """Show an address as text, and a button that copies it."""
    st.html(html().address(address, texts("take.link"), _copied(texts)))


def _copied(texts: Texts) -> str:
    """Return what is said of a copied link: whether others can open it."""
    return texts("take.copied" if opens_elsewhere() else "take.copied_here")


def _sheet(page: Page, document: Callable[[], str]) -> None:
    """Offer the page on one sheet: as PDF, or as a document that the reader's browser prints."""
    texts = page.texts
    kind = "pdf" if printer() else "html"
    st.download_button(
        texts(f"take.{kind}"),
        data=functools.partial(_printed if kind == "pdf" else _written, document),
        file_name=_file_name(page, kind),
        mime="application/pdf" if kind == "pdf" else "text/html",
        key="sheet",
        on_click="ignore",
        icon=":material/picture_as_pdf:" if kind == "pdf" else ":material/description:",
        type="tertiary",
        help=None if kind == "pdf" else texts("take.html_help"),
    )


def _file_name(page: Page, kind: str) -> str:
    view = page.view
    return f"samordna-{page.key}-{view.municipality}-{view.reference_date:%Y%m%d}.{kind}"


def _written(document: Callable[[], str]) -> bytes:
    return document().encode("utf-8")


def _printed(document: Callable[[], str]) -> bytes:
    return as_pdf(document())


def _views(page: Page, home: Home) -> None:
    """Show the views that are kept, and a place to keep this one."""
    texts = page.texts
    told = st.session_state.pop(_TOLD, None)
    if told:
        st.html(html().remark_status(told))
    st.text_input(
        texts("take.name"), max_chars=saved_views.LONGEST_NAME, key=_NAME, autocomplete="off"
    )
    st.button(
        texts("take.save"),
        key="save_view",
        icon=":material/bookmark_add:",
        on_click=_save,
        args=(page, home),
    )
    st.html(html().remarks([texts("take.shared")]))
    try:
        kept = saved_views.saved_views(home)
    except ViewsError as error:
        st.html(html().remarks([texts(f"take.refused.{error.reason}")]))
        return
    for view in kept:
        _kept(page, home, view)


def _kept(page: Page, home: Home, view: SavedView) -> None:
    texts = page.texts
    name = elements.literal(view.name)
    with st.container(
        key=f"kept_{view.id}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        if view.page in set(PageKey):
            key = PageKey(view.page)
            st.page_link(
                page.entries[key],
                label=f"{name} ({texts(f'{key}.heading')})",
                query_params={**view.query, Parameter.LANGUAGE.value: [texts.language.value]},
            )
        else:
            st.html(html().remarks([texts("take.no_page", name=view.name)]))
        st.button(
            texts("take.delete", name=name),
            key=f"delete_{view.id}",
            icon=":material/delete:",
            type="tertiary",
            on_click=_delete,
            args=(texts, home, view),
        )


def _save(page: Page, home: Home) -> None:
    texts = page.texts
    try:
        view = saved_views.save(
            home, str(st.session_state.get(_NAME, "")), page.key, write_query(page.view)
        )
        st.session_state[_NAME] = ""
        st.session_state[_TOLD] = texts("take.saved", name=view.name)
    except ViewsError as error:
        st.session_state[_TOLD] = texts(f"take.refused.{error.reason}")


def _delete(texts: Texts, home: Home, view: SavedView) -> None:
    try:
        saved_views.delete(home, view.id)
        st.session_state[_TOLD] = texts("take.deleted", name=view.name)
    except ViewsError as error:
        st.session_state[_TOLD] = texts(f"take.refused.{error.reason}")
