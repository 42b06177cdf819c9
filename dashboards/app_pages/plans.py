"""The page *Planer*: do the plans live, and do plan and coordinator go together."""

from dashboards.content import plans
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.PLANS, plans.sections)
