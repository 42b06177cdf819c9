"""The page *Dekning*: coverage by age group and service area, and over time."""

from dashboards.content import coverage
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.COVERAGE, coverage.sections)
