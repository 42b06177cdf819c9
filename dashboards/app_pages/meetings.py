"""The page *Møte*: who goes without one, how many there are, and who takes part."""

from dashboards.content import meetings
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.MEETINGS, meetings.sections)
