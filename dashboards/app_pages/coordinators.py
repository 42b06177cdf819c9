"""The page *Koordinatorar*."""

from dashboards import furniture
from dashboards.page import Page
from dashboards.pages import PageKey
from dashboards.show import show


def draw(page: Page) -> None:
    """Draw the page."""
    furniture.tell(page.texts("coordinators.heading"))


show(PageKey.COORDINATORS, draw)
