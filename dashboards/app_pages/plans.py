"""The page *Planer*: do the plans live, and do plan and coordinator go together."""

from dashboards.content import indicator
from dashboards.content import plans as content
from dashboards.content.plans import PlanFigures
from dashboards.content.shared import Absence
from dashboards.pages import PageKey
from dashboards.render import elements, explanation, filters, over_time
from dashboards.render.page import Page
from dashboards.render.page_runner import show
from dashboards.view.state import Parameter


def draw(page: Page) -> None:
    """Draw the page."""
    texts, labels, view = page.texts, page.labels, page.view
    filters.show(labels, page.offer, view, [Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE])
    figures = content.gather(labels, view)
    if isinstance(figures, Absence):
        elements.tell(figures.sentence)
        return
    elements.lead(content.headline(figures))
    elements.caution(page, figures.living.view)
    _together(page, figures)
    _ages(page, figures)

    elements.section(texts("plans.section.over_time"))
    filters.show(labels, page.offer, view, [Parameter.COMPARED])
    over_time.draw(page, figures.living, indicator.level_and_change, "living")

    elements.section(texts("plans.section.consent"))
    if isinstance(figures.consent, Absence):
        elements.tell(figures.consent.sentence)
        return
    elements.remark(indicator.level_and_change(figures.consent))
    elements.caution(page, figures.consent.view)
    explanation.button(page, figures.consent.view, "consent")


def _together(page: Page, figures: PlanFigures) -> None:
    elements.section(page.texts("plans.section.together"))
    together = figures.together
    if isinstance(together, Absence):
        elements.tell(together.sentence)
        return
    table = content.table_of_plan_and_coordinator(figures, together)
    figure = together.without_coordinator
    notes = indicator.notes(figure, table.title)
    shown = content.plan_and_coordinator(figures, together)
    elements.picture(page, shown, notes, "together", level=3)
    explanation.button(page, figure.view, "together")
    elements.table(table, page.texts)
    elements.files(lambda: table, notes, page.texts, "together")


def _ages(page: Page, figures: PlanFigures) -> None:
    elements.section(page.texts("plans.section.age"))
    table = content.table_by_age(figures)
    notes = indicator.notes(figures.living, table.title)
    elements.picture(page, content.by_age(figures), notes, "plan_ages", level=3)
    explanation.button(page, figures.living.view, "plan_ages")
    elements.table(table, page.texts)
    elements.files(lambda: table, notes, page.texts, "plan_ages")


show(PageKey.PLANS, draw)
