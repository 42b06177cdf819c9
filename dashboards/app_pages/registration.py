"""The page *Fra registrering til tall*: the way of a figure from the rows that were read."""

from functools import partial

import streamlit as st

from dashboards.content import registration as content
from dashboards.content.registration import Provenance
from dashboards.content.shared import (
    Absence,
    definition_in_words,
    table_of_definition,
)
from dashboards.pages import PageKey
from dashboards.render import elements, filters, taking_back
from dashboards.render.page import Page
from dashboards.render.page_runner import show
from dashboards.view.state import Parameter


def draw(page: Page) -> None:
    """Draw the page."""
    labels, view = page.labels, page.view
    filters.show(
        labels,
        page.offer,
        view,
        [Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE, Parameter.INDICATOR],
        [Parameter.AGE_SCHEME, Parameter.AGE_GROUP, Parameter.SERVICE_AREA],
    )
    found = content.gather(labels, view)
    if isinstance(found, Absence):
        elements.tell(found.sentence)
        return
    elements.lead(content.headline(found))
    elements.caution(page, view)
    draw_steps(page, found)
    draw_meaning(page, found)
    draw_deliveries(page, found)
    draw_findings(page, found)
    draw_checks(page, found)


def draw_steps(page: Page, found: Provenance) -> None:
    """Draw the way from rows to persons, for the numerator and the denominator."""
    for side in found.sides:
        table = content.table_of_steps(found, side)
        elements.section(content.heading_of(found, side))
        of_side = content.notes(found, table.title)
        elements.picture(
            page, content.picture(found, side), of_side, f"steps_{side.measure}", level=3
        )
        with st.expander(page.texts("registration.steps_as_table")):
            elements.table(table, page.texts)
        elements.files(
            partial(content.table_of_steps, found, side),
            of_side,
            page.texts,
            f"steps_{side.measure}",
        )


def draw_meaning(page: Page, found: Provenance) -> None:
    """Draw what the figure means and the parameters it is counted by."""
    elements.section(page.texts("registration.definition"))
    elements.remark(content.definition(found))
    with st.expander(page.texts("definition.title")):
        elements.remark(definition_in_words(page.labels, page.view))
        elements.table(table_of_definition(page.labels, page.view), page.texts)


def draw_deliveries(page: Page, found: Provenance) -> None:
    """Draw the deliveries behind the figure."""
    table = content.table_of_deliveries(found)
    elements.section(table.title)
    elements.remark(page.texts("registration.deliveries_sum"))
    elements.table(table, page.texts)
    elements.files(
        lambda: table, content.notes_of_deliveries(found, table.title), page.texts, "deliveries"
    )
    taking_back.draw(page, content.deliveries_behind(found))


def draw_findings(page: Page, found: Provenance) -> None:
    """Draw what the rules found, and the rows of one of them."""
    texts = page.texts
    elements.section(texts("registration.rules"), content.FINDINGS_ANCHOR)
    rule = content.rule_shown(found)
    if rule is None:
        elements.remark(texts("registration.no_findings"))
        return
    table = content.table_of_rules(found)
    elements.remark(texts("registration.rules_all_deliveries"))
    elements.table(table, texts, content.addresses_of_rules(found))
    elements.files(lambda: table, content.notes_of_deliveries(found, table.title), texts, "rules")
    filters.rule(page.labels, [count.rule for count in found.rules], rule)
    rows = content.table_of_rows(found, rule, content.ROWS_SHOWN)
    elements.remark(content.rows_in_words(found, rule))
    elements.table(rows, texts)
    elements.files(
        lambda: content.table_of_rows(found, rule, content.ROWS_IN_FILES),
        content.notes_of_deliveries(found, rows.title, rule),
        texts,
        "rows",
    )


def draw_checks(page: Page, found: Provenance) -> None:
    """Draw what the deliveries were checked for."""
    table = content.table_of_checks(found)
    elements.section(table.title)
    elements.remark(content.checks_in_words(found))
    if table.rows:
        elements.table(content.first_rows(table), page.texts)
        elements.files(
            lambda: table, content.notes_of_deliveries(found, table.title), page.texts, "checks"
        )


show(PageKey.REGISTRATION, draw)
