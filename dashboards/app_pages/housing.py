"""The page *Bustad og overgangar*."""

from dashboards import furniture
from dashboards.page import Page
from dashboards.pages import PageKey
from dashboards.show import show


def draw(page: Page) -> None:
    """Draw the page."""
    furniture.tell(page.texts("housing.heading"))


show(PageKey.HOUSING, draw)
