"""The page *Leveransar og kvalitet*: deliveries, where rows ended, findings, grades, reports."""

import streamlit as st

from dashboards.content import quality as content
from dashboards.content import registration
from dashboards.content.quality import Quality
from dashboards.content.shared import Absence
from dashboards.export.table import Table
from dashboards.pages import PageKey
from dashboards.render import elements, filters, taking_back
from dashboards.render.page import Page
from dashboards.render.page_runner import show


def draw(page: Page) -> None:
    """Draw the page."""
    filters.show(page.labels, page.offer, page.view, content.FILTERS)
    found = content.gather(page.labels, page.view)
    if isinstance(found, Absence):
        elements.tell(found.sentence)
        return
    elements.lead(content.headline(found))
    draw_deliveries(page, found)
    draw_reconciliation(page, found)
    draw_findings(page, found)
    draw_checks(page, found)
    draw_grades(page, found)
    draw_reported(page, found)


def draw_deliveries(page: Page, found: Quality) -> None:
    """Draw the deliveries, what is wrong with them and what to do."""
    table = content.table_of_deliveries(found)
    elements.section(table.title, content.DELIVERIES_ANCHOR)
    elements.table(registration.first_rows(table), page.texts)
    _files(page, found, table, "deliveries")
    taking_back.draw(page, found.deliveries)


def draw_reconciliation(page: Page, found: Quality) -> None:
    """Draw where the rows of each source ended."""
    table = content.table_of_reconciliation(found)
    elements.section(table.title, content.RECONCILIATION_ANCHOR)
    elements.picture(
        page,
        content.reconciliation(found),
        content.notes(found, table.title, "reconciliation"),
        "stacked_sources",
        level=3,
    )
    with st.expander(page.texts("quality.as_table")):
        elements.table(table, page.texts)
    _files(page, found, table, "reconciliation")


def draw_findings(page: Page, found: Quality) -> None:
    """Draw what the rules found, by rule and by source, and the rows of one rule."""
    texts, findings = page.texts, found.findings
    elements.section(texts("registration.rules"), registration.FINDINGS_ANCHOR)
    rule = registration.rule_shown(findings)
    if rule is None:
        elements.remark(texts("registration.no_findings"))
        return
    by_source = content.table_of_sources(found)
    elements.remark(by_source.title)
    elements.table(by_source, texts)
    _files(page, found, by_source, "findings")
    by_rule = registration.table_of_rules(findings)
    elements.remark(texts("quality.findings_by_rule"))
    elements.table(by_rule, texts, registration.addresses_of_rules(findings))
    _files(page, found, by_rule, "rules")
    filters.rule(page.labels, [count.rule for count in findings.rules], rule)
    rows = registration.table_of_rows(findings, rule, registration.ROWS_SHOWN)
    elements.remark(registration.rows_in_words(findings, rule))
    elements.table(rows, texts)
    elements.files(
        lambda: registration.table_of_rows(findings, rule, registration.ROWS_IN_FILES),
        content.notes(found, rows.title, "rows", rule),
        texts,
        "rows",
    )


def draw_checks(page: Page, found: Quality) -> None:
    """Draw what the deliveries were checked for."""
    table = registration.table_of_checks(found.findings)
    elements.section(table.title, content.CHECKS_ANCHOR)
    elements.remark(content.not_passed_in_words(found))
    elements.remark(registration.checks_in_words(found.findings))
    if table.rows:
        elements.table(registration.first_rows(table), page.texts)
        _files(page, found, table, "checks")


def draw_grades(page: Page, found: Quality) -> None:
    """Draw how far each indicator can be compared, and why no further."""
    table = content.table_of_grades(found)
    elements.section(table.title)
    elements.remark(content.grades_in_words(found))
    if table.rows:
        elements.table(table, page.texts)
        of_grades = content.notes_of_grades(found, table.title)
        elements.files(lambda: table, of_grades, page.texts, "grades")


def draw_reported(page: Page, found: Quality) -> None:
    """Draw what units report beside what is registered."""
    table = content.table_of_reported(found)
    elements.section(table.title)
    picture = content.reported_against_registered(found)
    if isinstance(picture, Absence):
        elements.tell(picture.sentence)
        return
    notes = content.notes_of_reported(found, table.title)
    elements.picture(page, picture, notes, "pairs_reported", level=3)
    with st.expander(page.texts("quality.as_table")):
        elements.table(table, page.texts)
    elements.files(lambda: table, notes, page.texts, "reported")


def _files(page: Page, found: Quality, table: Table, name: str) -> None:
    elements.files(lambda: table, content.notes(found, table.title, name), page.texts, name)


show(PageKey.QUALITY, draw)
