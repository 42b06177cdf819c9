"""The page *Leveransar og kvalitet*: deliveries, where rows ended, findings, grades, reports."""

from dashboards.content import quality
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.QUALITY, quality.sections)
