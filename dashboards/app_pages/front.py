"""The page *Oversyn*: what the leader, the analyst and the data steward look at first."""

from dashboards.content import front
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.FRONT, front.sections)
