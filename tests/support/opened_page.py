"""A page of the dashboards, opened without a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dagster_project.config.paths import PROJECT
from dashboards.pages import PageKey

_APP = PROJECT / "dashboards" / "app.py"


@dataclass(frozen=True)
class OpenedPage:
    """What a page shows; opening it fails where it raised anything."""

    app: AppTest

    def choose(self, parameter: str, value: str) -> OpenedPage:
        """Choose in a filter, and let the page be drawn again."""
        self.app.selectbox(key=f"choose_{parameter}").select(value)
        return self.run()

    def run(self) -> OpenedPage:
        """Let the page be drawn again."""
        self.app.run()
        assert [error.value for error in self.app.exception] == []
        return self

    @property
    def html(self) -> str:
        """All that the page writes itself."""
        return "\n".join(element.proto.body for element in self.app.get("html"))

    def texts(self, css_class: str) -> list[str]:
        """Return the texts of a class, without their tags."""
        pattern = rf'<(\w+) class="{css_class}"[^>]*>(.*?)</\1>'
        found = re.findall(pattern, self.html, re.DOTALL)
        return [unescape(re.sub("<[^>]+>", "", inner)).replace("\u00a0", " ") for _, inner in found]

    @property
    def pictures(self) -> list[str]:
        """The text alternatives of the pictures."""
        return [chart.proto.alt for chart in self.app.get("plotly_chart")]

    @property
    def tables(self) -> int:
        """How many tables there are."""
        return self.html.count('<table class="figures">')

    def address(self, name: str) -> list[str]:
        """Return what the browser's address says: what the page fills in counts before the rest."""
        filled_in = re.search(r"history.replaceState\(.*?\"\?(.*?)\"", self.html)
        if filled_in:
            return parse_qs(filled_in[1]).get(name, [])
        written = self.app.query_params.get(name, [])
        return [written] if isinstance(written, str) else list(written)


def switch(app: AppTest, page: str) -> None:
    """Go to the page of a key: the framework's own way knows pages that are files alone."""
    app._page_hash = calc_hash(PageKey(page).address)


def open_page(page: str, /, **address: str | list[str]) -> OpenedPage:
    """Open the page of a key, at an address."""
    app = AppTest.from_file(str(_APP), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    switch(app, page)
    return OpenedPage(app).run()
