"""The queue of findings: chosen by what they have in common, and acted on together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dagster_project.clock import today_here
from dagster_project.problems import SamordnaError
from dagster_project.register import issues as register
from dagster_project.register.issues import Action, Issue
from dagster_project.register.schema import LONGEST_ACTOR, LONGEST_TEXT
from dashboards.content import corrections as content
from dashboards.content.labels import Labels
from dashboards.export.table import written
from dashboards.i18n.texts import Texts
from dashboards.queries import issues
from dashboards.render import elements
from dashboards.render.page import Page, published

_WHO, _WHAT = "corrections_who", "corrections_what"
_TEXT, _UNTIL = "corrections_text", "corrections_until"
# What the last action came to, until the next, and how many there were: each begins unmarked.
_TOLD, _TURN = "told_of_corrections", "turn_of_corrections"
_ALL, _NOBODY = "", "-"
_HALF_A_YEAR = dt.timedelta(days=182)


@dataclass(frozen=True)
class _Choice:
    """What a reader narrows the queue by: what it is called, and what it reads of an issue."""

    key: str
    read: Callable[[Issue], str]
    name: Callable[[str], str]


def draw(page: Page, waiting: Sequence[Issue]) -> None:
    """Show what waits, and what can be done with those that are chosen."""
    texts = page.texts
    for told in st.session_state.pop(_TOLD, []):
        elements.status(told)
    shown = _narrowed(page, waiting)
    chosen = _choose(page, shown)
    if not chosen:
        elements.remarks([texts("corrections.choose")])
        return
    elements.remarks([texts.plural("corrections.chosen", len(chosen))])
    if len(chosen) == 1:
        _history(page, chosen[0])
    _form(page, chosen)


def _narrowed(page: Page, waiting: Sequence[Issue]) -> list[Issue]:
    texts, labels = page.texts, published(page).labels
    choices = (
        _Choice("source", lambda each: each.finding.source, elements.literal),
        _Choice("rule", lambda each: each.finding.rule, labels.rule),
        _Choice("owner", lambda each: each.owner or _NOBODY, _owner_in(texts)),
        _Choice("state", lambda each: each.state.value, _state_in(texts)),
    )
    shown = list(waiting)
    for column, choice in zip(st.columns(len(choices)), choices, strict=True):
        with column:
            wanted = _wanted(texts, choice, sorted({choice.read(each) for each in waiting}))
        if wanted != _ALL:
            shown = [each for each in shown if choice.read(each) == wanted]
    return shown


def _wanted(texts: Texts, choice: _Choice, there: Sequence[str]) -> str:
    def name(code: str) -> str:
        return texts("corrections.all") if code == _ALL else choice.name(code)

    options = [_ALL, *sorted(there, key=choice.name)]
    found: str = st.selectbox(
        texts(f"corrections.by.{choice.key}"),
        options,
        format_func=name,
        key=f"corrections_by_{choice.key}",
    )
    return found


def _owner_in(texts: Texts) -> Callable[[str], str]:
    def name(owner: str) -> str:
        return texts("corrections.nobody_yet") if owner == _NOBODY else elements.literal(owner)

    return name


def _state_in(texts: Texts) -> Callable[[str], str]:
    return lambda state: texts(f"corrections.state.{state}")


def _choose(page: Page, shown: Sequence[Issue]) -> list[Issue]:
    """Show the queue, and return what is marked in it."""
    if not shown:
        elements.remarks([page.texts("corrections.none_such")])
        return []
    labels = published(page).labels
    marked = st.dataframe(
        _as_columns(page, labels, shown),
        key=f"corrections_queue_{st.session_state.get(_TURN, 0)}",
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        width="stretch",
    )
    return [shown[number] for number in marked.selection.rows if number < len(shown)]


def _as_columns(page: Page, labels: Labels, shown: Sequence[Issue]) -> dict[str, list[str]]:
    changes = issues.changes_of(labels.publication, page.view.municipality)
    found = content.Corrections(labels, page.view, tuple(shown), changes, today_here())
    table = content.table_of_waiting(found)
    return {
        column.heading: [written(row[number], column.kind, page.texts) for row in table.rows]
        for number, column in enumerate(table.columns)
    }


def _history(page: Page, issue: Issue) -> None:
    try:
        happened = issues.history_of(issue.finding.id)
    except SamordnaError as error:
        elements.status(content.refusal(page.texts, error))
        return
    elements.remarks([content.happened(page.texts, each) for each in happened])


def _form(page: Page, chosen: Sequence[Issue]) -> None:
    texts = page.texts
    st.text_input(texts("corrections.who"), max_chars=LONGEST_ACTOR, key=_WHO, autocomplete="off")
    what = st.radio(
        texts("corrections.what"),
        ("assign", "sent", "comment", "accept", "not_ours"),
        format_func=lambda each: texts(f"corrections.do.{each}"),
        horizontal=True,
        key=_WHAT,
    )
    st.text_input(
        texts(f"corrections.text.{what}"),
        max_chars=LONGEST_ACTOR if what in ("assign", "sent") else LONGEST_TEXT,
        key=f"{_TEXT}_{what}",
        autocomplete="off",
    )
    if what == "accept":
        today = today_here()
        st.date_input(
            texts("corrections.until"),
            today + _HALF_A_YEAR,
            min_value=today,
            format="DD.MM.YYYY",
            key=_UNTIL,
        )
    st.button(
        texts.plural("corrections.do_it", len(chosen)),
        key="corrections_do",
        type="primary",
        on_click=_act,
        args=(page, {each.finding.id: each.version for each in chosen}, what),
    )


def _act(page: Page, seen: dict[str, int], what: str) -> None:
    texts = page.texts
    try:
        action = _action(what, str(st.session_state.get(f"{_TEXT}_{what}", "")))
        outcome = issues.act(seen, action, str(st.session_state.get(_WHO, "")))
    except SamordnaError as error:
        st.session_state[_TOLD] = [content.refusal(texts, error)]
        return
    told = [texts.plural(f"corrections.done.{what}", outcome.changed)] if outcome.changed else []
    if outcome.overtaken:
        others = {content.state(texts, each) for each in outcome.overtaken}
        told.append(
            texts.plural(
                "corrections.overtaken", len(outcome.overtaken), states=", ".join(sorted(others))
            )
        )
    st.session_state[_TOLD] = told
    st.session_state[f"{_TEXT}_{what}"] = ""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _action(what: str, text: str) -> Action:
    if what == "accept":
        return register.accept(text, st.session_state[_UNTIL], today_here())
    make = {
        "assign": register.assign,
        "sent": register.send,
        "comment": register.comment,
        "not_ours": register.not_ours,
    }
    return make[what](text)
