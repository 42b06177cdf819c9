"""The page *Utvikling*: a figure over time, its trend, and what stands out from month to month."""

from dashboards.content import development
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.DEVELOPMENT, development.sections)
