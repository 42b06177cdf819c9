"""The page *Utvikling*."""

from dashboards import furniture
from dashboards.page import Page
from dashboards.pages import PageKey
from dashboards.show import show


def draw(page: Page) -> None:
    """Draw the page."""
    furniture.tell(page.texts("development.heading"))


show(PageKey.DEVELOPMENT, draw)
