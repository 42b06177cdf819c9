"""An address that is none of a page: it is answered in the reader's language, with a way on.

The framework takes whatever it does not know for a page, and sends its own: below another address
that one finds none of its scripts and stays empty. So it is answered here, before a page is begun.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from dagster_project.config.paths import home_from
from dashboards.charts.colours import DARK, LIGHT
from dashboards.export.templates import render
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import MENU, PageKey
from dashboards.render.document import colours
from dashboards.view.preferences import read_preferences
from dashboards.view.state import Parameter, read_language

_STYLE = f"{colours(LIGHT)}@media (prefers-color-scheme: dark) {{ {colours(DARK)} }}\n" + Path(
    __file__
).with_name("static").joinpath("not_found.css").read_text(encoding="utf-8")


class LostAddresses:
    """Answers, in the place of the framework, what is asked for as a page and is none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the question on, and the answer unless it leads nowhere."""
        if scope["type"] != "http" or _is_page(scope["path"]):
            await self._app(scope, receive, send)
            return
        leads_nowhere = False

        async def unless_it_leads_nowhere(message: MutableMapping[str, Any]) -> None:
            nonlocal leads_nowhere
            if message["type"] == "http.response.start":
                leads_nowhere = _leads_nowhere(scope, message)
            if not leads_nowhere:
                await send(message)

        await self._app(scope, receive, unless_it_leads_nowhere)
        if leads_nowhere:
            query = parse_qs(scope["query_string"].decode("latin-1"))
            language = read_language(query, read_preferences(home_from(None)).language)
            await HTMLResponse(_answer(language), status_code=404)(scope, receive, send)


def _is_page(path: str) -> bool:
    return path.removeprefix(_base()).removeprefix("/") in {page.address for page in PageKey}


def _base() -> str:
    """Return what every address begins with: nothing, or the path that a proxy passes on."""
    path = str(config.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""


def _leads_nowhere(scope: Scope, start: MutableMapping[str, Any]) -> bool:
    """Return whether the framework sends its page, or a reader would meet its English refusal."""
    kind = Headers(raw=list(start["headers"])).get("content-type", "")
    if start["status"] in (400, 404):
        return "text/html" in Headers(scope=scope).get("accept", "")
    return bool(start["status"] == 200 and kind.startswith("text/html"))


def _answer(language: Language) -> str:
    texts = Texts(language)
    query = urlencode({Parameter.LANGUAGE.value: language.value})
    return render(
        "not_found.html",
        language=language,
        heading=texts("lost.heading"),
        sentence=texts("lost.told"),
        menu=texts("framework.pages"),
        style=_STYLE,
        pages=[
            (f"{_base()}/{page.address}?{query}", texts(f"{page}.heading"))
            for part in MENU.values()
            for page in part
        ],
    )
