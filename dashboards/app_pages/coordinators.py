"""The page *Koordinatorer*: what each carries, who has left, how often they change."""

from dashboards.content import coordinators
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.COORDINATORS, coordinators.sections)
