"""How a delivery is taken back: the command, to be given where Samordna runs.

Readers of the pages are not known by name, and what they press must not change the figures of
others: the page shows the command of the delivery chosen, and whoever runs Samordna gives it.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import streamlit as st

from dashboards.page import Page
from dashboards.queries.provenance import Delivery

_COUNTS_OR_MAY = ("in_force", "held")
_WITHDRAWN = "withdrawn"


def can_be_taken_back(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Return the deliveries that can be taken back, or put back, in the order given."""
    return [each for each in deliveries if each.status in (*_COUNTS_OR_MAY, _WITHDRAWN)]


def command(delivery: Delivery) -> str:
    """Return the command that takes a delivery back, or lets one taken back count again."""
    said = ["samordna", "withdraw", delivery.source, delivery.delivery]
    return shlex.join([*said, "--undo"] if delivery.status == _WITHDRAWN else said)


def draw(page: Page, deliveries: Sequence[Delivery]) -> None:
    """Draw the command of the delivery that is chosen, below their table."""
    texts = page.texts
    known = can_be_taken_back(deliveries)
    if not known:
        return
    with st.expander(texts("taking_back.title")):
        chosen = st.selectbox(
            texts("taking_back.which"),
            known,
            format_func=lambda each: f"{each.source}: {each.delivery}",
            key="taking_back",
        )
        undo = chosen.status == _WITHDRAWN
        st.markdown(texts("taking_back.put_back" if undo else "taking_back.text"))
        st.code(command(chosen), language=None)
