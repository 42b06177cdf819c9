"""The page *Fra registrering til tall*: the way of a figure from the rows that were read."""

from functools import partial

import streamlit as st

from dashboards import filters, furniture, taking_back
from dashboards.content import registration as content
from dashboards.content.registration import Provenance
from dashboards.content.shared import (
    Absence,
    definition_in_words,
    table_of_definition,
)
from dashboards.page import Page
from dashboards.pages import PageKey
from dashboards.show import show
from dashboards.state import Parameter


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
        furniture.tell(found.sentence)
        return
    furniture.lead(content.headline(found))
    furniture.caution(page, view)
    draw_steps(page, found)
    draw_meaning(page, found)
    draw_deliveries(page, found)
    draw_findings(page, found)
    draw_checks(page, found)


def draw_steps(page: Page, found: Provenance) -> None:
    """Draw the way from rows to persons, for the numerator and the denominator."""
    for side in found.sides:
        table = content.table_of_steps(found, side)
        furniture.section(content.heading_of(found, side))
        of_side = content.notes(found, table.title)
        furniture.picture(
            page, content.picture(found, side), of_side, f"steps_{side.measure}", level=3
        )
        with st.expander(page.texts("registration.steps_as_table")):
            furniture.table(table, page.texts)
        furniture.files(
            partial(content.table_of_steps, found, side),
            of_side,
            page.texts,
            f"steps_{side.measure}",
        )


def draw_meaning(page: Page, found: Provenance) -> None:
    """Draw what the figure means and the parameters it is counted by."""
    furniture.section(page.texts("registration.definition"))
    furniture.remark(content.definition(found))
    with st.expander(page.texts("definition.title")):
        furniture.remark(definition_in_words(page.labels, page.view))
        furniture.table(table_of_definition(page.labels, page.view), page.texts)


def draw_deliveries(page: Page, found: Provenance) -> None:
    """Draw the deliveries behind the figure."""
    table = content.table_of_deliveries(found)
    furniture.section(table.title)
    furniture.remark(page.texts("registration.deliveries_sum"))
    furniture.table(table, page.texts)
    furniture.files(
        lambda: table, content.notes_of_deliveries(found, table.title), page.texts, "deliveries"
    )
    taking_back.draw(page, content.deliveries_behind(found))


def draw_findings(page: Page, found: Provenance) -> None:
    """Draw what the rules found, and the rows of one of them."""
    texts = page.texts
    furniture.section(texts("registration.rules"), content.FINDINGS_ANCHOR)
    rule = content.rule_shown(found)
    if rule is None:
        furniture.remark(texts("registration.no_findings"))
        return
    table = content.table_of_rules(found)
    furniture.remark(texts("registration.rules_all_deliveries"))
    furniture.table(table, texts, content.addresses_of_rules(found))
    furniture.files(lambda: table, content.notes_of_deliveries(found, table.title), texts, "rules")
    filters.rule(page.labels, [count.rule for count in found.rules], rule)
    rows = content.table_of_rows(found, rule, content.ROWS_SHOWN)
    furniture.remark(content.rows_in_words(found, rule))
    furniture.table(rows, texts)
    furniture.files(
        lambda: content.table_of_rows(found, rule, content.ROWS_IN_FILES),
        content.notes_of_deliveries(found, rows.title, rule),
        texts,
        "rows",
    )


def draw_checks(page: Page, found: Provenance) -> None:
    """Draw what the deliveries were checked for."""
    table = content.table_of_checks(found)
    furniture.section(table.title)
    furniture.remark(content.checks_in_words(found))
    if table.rows:
        furniture.table(content.first_rows(table), page.texts)
        furniture.files(
            lambda: table, content.notes_of_deliveries(found, table.title), page.texts, "checks"
        )


show(PageKey.REGISTRATION, draw)
