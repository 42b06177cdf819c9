"""The page *Oversyn*: what the leader, the analyst and the data steward look at first."""

import streamlit as st

from dashboards.content import front_analyst as analyst
from dashboards.content import front_leader as leader
from dashboards.content import front_steward as steward
from dashboards.content.shared import Absence
from dashboards.export.table import Table
from dashboards.pages import PageKey
from dashboards.render import elements, explanation, filters
from dashboards.render.page import Page
from dashboards.render.page_runner import show
from dashboards.view.state import Role


def draw(page: Page) -> None:
    """Draw the page for whoever looks."""
    filters.role(page.texts, page.view.role)
    {Role.LEADER: draw_leader, Role.ANALYST: draw_analyst, Role.STEWARD: draw_steward}[
        page.view.role
    ](page)


def draw_leader(page: Page) -> None:
    """Draw the figures, what is most worth telling of them, and what has changed."""
    texts = page.texts
    filters.show(page.labels, page.offer, page.view, leader.FILTERS)
    found = leader.gather(page.labels, page.view)
    if isinstance(found, Absence):
        elements.tell(found.sentence)
        return
    first, *others = leader.three_sentences(found)
    elements.lead(first)
    elements.remarks(others)
    elements.section(texts("front.figures"))
    for card in found.cards:
        _draw_card(page, found, card)
    absent = leader.absent_in_words(found)
    if absent:
        elements.remark(absent)
    elements.remark(texts("front.selection"))
    table = leader.table_of_figures(found)
    with st.expander(table.title):
        elements.table(table, texts)
    elements.files(
        lambda: table, leader.notes_of_figures(found, table.title, "overview"), texts, "overview"
    )
    changes = leader.table_of_changes(found)
    elements.section(changes.title)
    elements.remark(leader.changes_in_words(found))
    if changes.rows:
        elements.table(changes, texts)
        elements.files(
            lambda: changes,
            leader.notes_of_changes(found, changes.title),
            texts,
            "changes",
        )


def _draw_card(page: Page, found: leader.Overview, card: leader.Card) -> None:
    """Draw one figure: how much, held against what, which way, and where to see more."""
    code = card.figure.indicator
    with st.container(key=f"card_{code}"):
        value, against, way = st.columns([4, 5, 4])
        with value:
            elements.figure(
                page.labels.indicator(code),
                leader.value_in_words(found, card),
                leader.interval_in_words(found, card),
            )
        with against:
            elements.remarks(leader.held_against(found, card))
        with way:
            elements.sparkline(page, leader.small_picture(found, card), code)
        with st.container(horizontal=True, vertical_alignment="center", key=f"more_{code}"):
            elements.way_to(page.texts("front.more"), leader.SHOWN[code], card.view)
            explanation.button(page, card.view, code)


def draw_analyst(page: Page) -> None:
    """Draw where the municipalities differ by more than chance."""
    texts = page.texts
    filters.show(page.labels, page.offer, page.view, analyst.FILTERS)
    found = analyst.gather(page.labels, page.view)
    if isinstance(found, Absence):
        elements.tell(found.sentence)
        return
    elements.lead(analyst.headline(found))
    table = analyst.table_of_compared(found)
    of_compared = analyst.notes(found, table.title, found.compared)
    elements.picture(page, analyst.picture(found), of_compared, "funnel")
    explanation.button(page, found.view, "funnel")
    elements.section(table.title)
    elements.table(table, texts)
    elements.files(lambda: table, of_compared, texts, "municipalities")
    left_out = analyst.table_of_left_out(found)
    elements.section(left_out.title)
    if not left_out.rows:
        elements.remark(texts("front.all_compared"))
        return
    elements.remark(texts("front.not_ranked"))
    elements.table(left_out, texts)
    of_left_out = analyst.notes(found, left_out.title, found.left_out)
    elements.files(lambda: left_out, of_left_out, texts, "left_out")


def draw_steward(page: Page) -> None:
    """Draw what is broken, what is overdue and what is new."""
    texts = page.texts
    filters.show(page.labels, page.offer, page.view, steward.FILTERS)
    found = steward.gather(page.labels, page.view)
    if isinstance(found, Absence):
        elements.tell(found.sentence)
        return
    elements.lead(steward.headline(found))
    elements.way_to(texts("front.to_quality"), PageKey.QUALITY, page.view)
    for name, table, links, nothing in (
        (
            "broken",
            steward.table_of_broken(found),
            steward.links_of_broken(found),
            texts("front.nothing_broken"),
        ),
        (
            "overdue",
            steward.table_of_overdue(found),
            steward.links_of_overdue(found),
            texts("front.nothing_overdue"),
        ),
        (
            "new",
            steward.table_of_new(found),
            steward.links_of_new(found),
            steward.new_in_words(found),
        ),
        (
            "changes",
            leader.table_of_changes(found),
            steward.links_of_changes(found),
            leader.changes_in_words(found),
        ),
    ):
        elements.section(table.title)
        elements.remark(nothing if not table.rows else texts(f"front.explain_{name}"))
        if table.rows:
            elements.table(table, texts, links)
            _steward_files(page, found, table, name)


def _steward_files(page: Page, found: steward.Work, table: Table, name: str) -> None:
    elements.files(
        lambda: table, steward.notes(found, table.title, name), page.texts, f"steward_{name}"
    )


show(PageKey.FRONT, draw)
