"""The browser's address: what it says, and how a choice gets into it.

A choice is a step that the browser's back button undoes. Filling in what an address left out is
none: it happens in place, or nobody could ever step back past it.
"""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import streamlit as st

from dashboards.view.sharing import SharedName
from dashboards.view.state import Parameter, Query, View, write_query

# What readers know the server by (`samordna serve --address`): a URL that ends with a slash.
PUBLIC = "SAMORDNA_ADDRESS"

# Where a session keeps its address: another page of the navigation opens without one.
_KEPT = "address"


def read_address() -> Query:
    """Return the address; that of the page before, where this one was opened without any."""
    written = {name: st.query_params.get_all(name) for name in st.query_params}
    kept: Query = st.session_state.get(_KEPT, {})
    return written or kept


def keep_address(view: View) -> None:
    """Remember the view, and show the whole of it in the address."""
    query = write_query(view)
    st.session_state[_KEPT] = query
    if read_address() != query or not st.query_params:
        whole = json.dumps("?" + urlencode(query, doseq=True))
        # A script that stands there already would not run again: each is told apart from the last.
        st.html(
            f"<script>history.replaceState(history.state, '', {whole} + location.hash)"
            f"// {uuid4().hex}\n</script>",
            unsafe_allow_javascript=True,
        )


def choose(chosen: Mapping[Parameter | SharedName, str | list[str]]) -> None:
    """Write a reader's choice into the address, and drop what it makes meaningless."""
    query: dict[str, str | list[str]] = {**st.session_state.get(_KEPT, {})}
    query |= {parameter.value: value for parameter, value in chosen.items()}
    if Parameter.AGE_SCHEME in chosen:
        query.pop(Parameter.AGE_GROUP, None)
    if Parameter.MUNICIPALITY in chosen:
        query.pop(Parameter.SCENARIO, None)
    st.query_params.from_dict({name: value for name, value in query.items() if value})


def page_in(url: str) -> str:
    """Return the page that an address asks for: the last part of its path, empty for the first."""
    return urlsplit(url).path.rpartition("/")[2]


def known_address() -> str:
    """Return what links begin with: the address that readers know, or else that of this reader."""
    public = os.environ.get(PUBLIC)
    if public:
        return public
    here = urlsplit(st.context.url or "")
    folder = here.path.rpartition("/")[0]
    return f"{here.scheme}://{here.netloc}{folder}/"


def opens_elsewhere() -> bool:
    """Return whether a colleague can open a link: it does not lead to the reader's own machine."""
    host = urlsplit(known_address()).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def link_to(view: View) -> str:
    """Return the whole address of a view of the page that is looked at."""
    page = page_in(st.context.url or "")
    return f"{known_address()}{page}?{urlencode(write_query(view), doseq=True)}"
