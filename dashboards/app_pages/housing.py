"""The page *Bustad og overgangar*: who needs a home and when, and who comes of age."""

from dashboards.content import housing
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.HOUSING, housing.sections)
