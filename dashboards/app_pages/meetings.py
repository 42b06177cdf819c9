"""The page *Møte*: who goes without one, how many there are, and who takes part."""

from functools import partial

from dashboards.content import followup as shared
from dashboards.content import meetings as content
from dashboards.content.shared import EVERY_GROUP, Absence, notes
from dashboards.pages import PageKey
from dashboards.render import elements, filters, over_time
from dashboards.render.page import Page
from dashboards.render.page_runner import show
from dashboards.render.part import draw_part


def draw(page: Page) -> None:
    """Draw the page."""
    texts, labels, view = page.texts, page.labels, page.view
    filters.show(labels, page.offer, view, shared.FILTERS)
    figures = content.gather(labels, view)
    if isinstance(figures, Absence):
        elements.tell(figures.sentence)
        return
    elements.lead(content.headline(figures))
    elements.caution(page, figures.view)
    elements.way_to(texts("meetings.way_back"), PageKey.REGISTRATION, figures.view)

    without = content.table_without_meeting(figures)
    draw_part(
        page,
        texts("meetings.section_without"),
        content.without_meeting(figures),
        without,
        notes(labels, figures.view, without.title, EVERY_GROUP),
        "meetings_without",
        explained=figures.view,
    )
    types = content.table_by_type(figures)
    definition = texts("meetings.definition_types")
    draw_part(
        page,
        texts("meetings.section_types"),
        content.by_type(figures),
        types,
        shared.notes(labels, view, types.title, definition, content.RECORDS, "types"),
        "meetings_types",
        folded=True,
    )
    forms = content.table_by_form(figures)
    definition = texts("meetings.definition_forms")
    draw_part(
        page,
        texts("meetings.section_forms"),
        content.by_form(figures),
        forms,
        shared.notes(labels, view, forms.title, definition, content.RECORDS, "forms"),
        "meetings_forms",
        folded=True,
    )
    elements.section(texts("meetings.section_gp"))
    over_time.draw(page, figures.gp, partial(content.gp_title, labels), "meetings_gp")
    present = content.table_of_participants(figures)
    definition = texts("meetings.definition_participants")
    draw_part(
        page,
        texts("meetings.section_participants"),
        content.participants(figures),
        present,
        shared.notes(labels, view, present.title, definition, content.RECORDS, "participants"),
        "meetings_participants",
        folded=True,
    )


show(PageKey.MEETINGS, draw)
