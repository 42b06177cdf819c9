"""The page *Bustad og overgangar*: who needs a home and when, and who comes of age."""

from dashboards.content import followup as shared
from dashboards.content import housing as content
from dashboards.content.shared import Absence
from dashboards.pages import PageKey
from dashboards.render import elements, filters
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

    years = content.table_of_years(figures)
    of_need = shared.view_of(labels, view, content.NEED)
    definition = texts.named(labels.indicator_entry(content.NEED).definitions)
    draw_part(
        page,
        texts("housing.section_needs"),
        content.by_year(figures),
        years,
        shared.notes(labels, view, years.title, definition, content.HOUSING_RECORDS, "housing"),
        "housing_needs",
        explained=of_need,
    )
    if figures.years:
        elements.caution(page, of_need)

    definition = texts("housing.definition_turns")
    for age in content.AGES:
        table = content.table_of_birthdays(figures, age)
        draw_part(
            page,
            texts(f"housing.section_{age}"),
            content.coming_of_age(figures, age),
            table,
            shared.notes(
                labels, view, table.title, definition, content.TRANSITION_RECORDS, f"turning{age}"
            ),
            f"housing_turning{age}",
        )
        if figures.turning(age):
            for sentence in content.to_be_done(figures, age):
                elements.remark(sentence)


show(PageKey.HOUSING, draw)
