"""The page *Frå melding til koordinator*: what becomes of notices, and how long it takes."""

from dashboards.content import notices
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.NOTICES, notices.sections)
