"""The page *Koordinatorer*: what each carries, who has left, how often they change."""

from dashboards.content import coordinators as content
from dashboards.content import indicator
from dashboards.content.coordinators import CoordinatorFigures
from dashboards.content.indicator import Figure
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
    elements.caution(page, figures.per_coordinator.view)
    _loads(page, figures)
    _departed(page, figures)

    elements.section(texts("coordinators.section.changes"))
    filters.show(labels, page.offer, view, [Parameter.COMPARED])
    over_time.draw(page, figures.changes, content.changes_in_words, "changes")
    elements.section(texts("coordinators.section.training"))
    over_time.draw(page, figures.training, content.training_in_words, "training")


def _loads(page: Page, figures: CoordinatorFigures) -> None:
    texts, figure = page.texts, figures.per_coordinator
    elements.section(texts("coordinators.section.load"))
    table = content.table_by_load(figures)
    notes = indicator.notes(figure, table.title)
    elements.picture(page, content.by_load(figures), notes, "loads", level=3)
    explanation.button(page, figure.view, "loads")
    elements.table(table, texts)
    elements.files(lambda: table, notes, texts, "loads")

    areas = content.table_by_area(figures)
    notes_of_areas = indicator.notes(figure, areas.title)
    elements.picture(page, content.by_area(figures), notes_of_areas, "load_areas", level=3)
    if isinstance(figures.from_health, Figure):
        elements.remark(content.from_health_in_words(figures.from_health))
        explanation.button(page, figures.from_health.view, "health")
    elements.table(areas, texts)
    elements.files(lambda: areas, notes_of_areas, texts, "load_areas")


def _departed(page: Page, figures: CoordinatorFigures) -> None:
    texts = page.texts
    elements.section(texts("coordinators.section.departed"))
    shown = content.departed(figures)
    if isinstance(shown, Absence):
        elements.tell(shown.sentence)
        return
    table = content.table_of_departed(figures)
    notes = content.notes_of_departed(figures, table.title)
    elements.picture(page, shown, notes, "departed", level=3)
    elements.way_to(
        texts("coordinators.departed.rows"),
        PageKey.REGISTRATION,
        content.view_of_rows(figures),
    )
    elements.table(table, texts)
    elements.files(lambda: table, notes, texts, "departed")


show(PageKey.COORDINATORS, draw)
