"""The page *Fra registrering til tall*: the way of a figure from the rows that were read."""

from dashboards.content import registration
from dashboards.pages import PageKey
from dashboards.render.page_runner import show

show(PageKey.REGISTRATION, registration.sections)
