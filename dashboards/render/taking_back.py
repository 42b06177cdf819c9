"""How a delivery is taken back: on the page where the one who serves it has allowed that.

Readers are not known by name. So it is allowed by `samordna serve --allow-withdraw`, on the machine
where Samordna runs and nowhere else: what is done there is done by the account that serves the
pages, and is kept with the delivery as its doing. Everywhere else the page shows the command.
"""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from dagster_project.clock import OSLO
from dagster_project.config.paths import Home, home_from
from dagster_project.problems import SamordnaError
from dagster_project.publication.reader.provenance import Delivery
from dashboards.content.labels import Labels
from dashboards.render import elements
from dashboards.render.elements import literal
from dashboards.render.page import Page, published
from dashboards.view.address import opens_elsewhere

if TYPE_CHECKING:
    from dagster_project.landing.withdrawal import LandedDelivery

# Set where `samordna serve` was told that deliveries may be taken back on the pages.
ALLOWED = "SAMORDNA_ALLOW_WITHDRAW"

_COUNTS_OR_MAY = ("in_force", "held")
_WITHDRAWN = "withdrawn"
_LONGEST_REASON = 300
_WHICH = "taking_back"
# What the last try came to, until the next; and how many there were: each begins with empty fields.
_TOLD, _TURN = "told_of_taking_back", "turn_of_taking_back"
_REFUSALS = {"busy": "busy", "withdraw_file": "changed_meanwhile"}
# The home's lock is a process's, and every reader's page is drawn by this one.
_one_at_a_time = threading.Lock()


def can_be_taken_back(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Return the deliveries that can be taken back, or put back, in the order given."""
    return [each for each in deliveries if each.status in (*_COUNTS_OR_MAY, _WITHDRAWN)]


def command(delivery: Delivery) -> str:
    """Return the command that takes a delivery back, or lets one taken back count again."""
    said = ["samordna", "withdraw", delivery.source, delivery.delivery]
    return shlex.join([*said, "--undo"] if delivery.status == _WITHDRAWN else said)


def draw(page: Page, deliveries: Sequence[Delivery]) -> None:
    """Offer to take a delivery back, or tell how it is done, below their table."""
    if not deliveries:
        return
    if opens_elsewhere() or not os.environ.get(ALLOWED):
        _draw_command(page, can_be_taken_back(deliveries))
    elif st.button(page.texts("taking_back.title"), key="take_back", icon=":material/undo:"):
        _begin_anew()
        _window(page, sorted({each.source for each in deliveries}))


def _draw_command(page: Page, known: Sequence[Delivery]) -> None:
    texts = page.texts
    if not known:
        return
    with st.expander(texts("taking_back.title")):
        chosen = st.selectbox(
            texts("taking_back.which"),
            known,
            format_func=lambda each: f"{each.source}: {each.delivery}",
            key=_WHICH,
        )
        undo = chosen.status == _WITHDRAWN
        st.markdown(texts("taking_back.put_back" if undo else "taking_back.text"))
        st.code(command(chosen), language=None)
        st.markdown(
            texts("taking_back.not_here" if opens_elsewhere() else "taking_back.not_allowed")
        )


def _window(page: Page, sources: Sequence[str]) -> None:
    @st.dialog(page.texts("taking_back.title"), width="large")
    def take_back() -> None:
        _draw_choice(page, home_from(None), sources)

    take_back()


def _draw_choice(page: Page, home: Home, sources: Sequence[str]) -> None:
    """Draw the choice of a delivery as they stand now, what it holds, and the way to do it."""
    # It opens the keys, and is seldom asked for.
    from dagster_project.landing.withdrawal import landed  # noqa: PLC0415

    texts = page.texts
    told = st.session_state.get(_TOLD)
    if told:
        elements.status(told)
    known = {f"{each.entry.source}/{each.entry.key}": each for each in landed(home, sources)}
    if not known:
        elements.remark(texts("taking_back.none"))
        return
    chosen = known[
        st.selectbox(
            texts("taking_back.which"),
            list(known),
            format_func=lambda key: f"{known[key].entry.source}: {known[key].label}",
            key=_WHICH,
            on_change=_begin_anew,
        )
    ]
    elements.remarks(in_words(published(page).labels, chosen))
    act = "undo" if chosen.status == _WITHDRAWN else "do"
    turn = st.session_state.get(_TURN, 0)
    why = f"taking_back_why_{turn}"
    st.text_input(texts("taking_back.why"), max_chars=_LONGEST_REASON, key=why, autocomplete="off")
    sure = st.checkbox(
        texts(f"taking_back.sure.{act}", file=literal(chosen.label)),
        key=f"taking_back_sure_{turn}",
    )
    st.button(
        texts(f"taking_back.button.{act}"),
        key="taking_back_button",
        disabled=not sure,
        on_click=_take_back,
        args=(page, home, chosen, why),
    )
    elements.remark(texts(f"taking_back.then.{act}"))


def in_words(labels: Labels, delivery: LandedDelivery) -> list[str]:
    """Return what a delivery holds, what became of it, and who has taken it back or put it back."""
    texts, entry = labels.texts, delivery.entry
    holds = texts(
        "taking_back.holds",
        record=labels.of_code("record", entry.record),
        date=texts.date(entry.delivered),
        rows=texts.counted("row", entry.rows_read),
        status=labels.of_code("status", delivery.status),
    )
    told = [holds]
    for trace in entry.trace:
        did = "taking_back.taken_by" if trace.was else "taking_back.put_back_by"
        by = texts(did, date=texts.date(trace.at.astimezone(OSLO).date()), by=trace.by)
        told.append(f"{by} {texts('taking_back.because', why=trace.why)}" if trace.why else by)
    return told


def _begin_anew(told: str = "") -> None:
    """Begin with empty fields: nobody is sure of another delivery yet."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_TOLD] = told


def _take_back(page: Page, home: Home, chosen: LandedDelivery, field: str) -> None:
    """Do it, and tell what came of it; `field` is where the reader has written the reason."""
    from dagster_project.landing.withdrawal import take_back  # noqa: PLC0415

    texts, entry = page.texts, chosen.entry
    undo = chosen.status == _WITHDRAWN
    why = str(st.session_state.get(field, "")).strip()
    if not why:
        st.session_state[_TOLD] = texts("taking_back.refused.no_reason")
        return
    try:
        with _one_at_a_time:
            take_back(home, entry.source, entry.key, why, undo=undo, where="dashboards")
    except SamordnaError as error:
        reason = _REFUSALS.get(error.problem.code, "otherwise")
    except OSError:
        reason = "otherwise"
    else:
        act = "undo" if undo else "do"
        _begin_anew(texts(f"taking_back.done.{act}", file=chosen.label))
        return
    st.session_state[_TOLD] = texts(f"taking_back.refused.{reason}")
