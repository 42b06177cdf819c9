"""The server of the dashboards: Streamlit's own, for nobody but those who asked for it by name.

A page of somebody else's that has itself called by this machine's name would be let in by a server
that does not look at `Host`, and could read the figures. Run by `samordna serve`.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.starlette import App

from dashboards.lost import LostAddresses

# Nobody else's page shows these within it, and none is taken for another kind of file.
_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class ClosedHeaders:
    """Adds to every answer what keeps it from being shown within another's page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the question on, and the headers with the answer."""

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)


app = App(
    Path(__file__).with_name("app.py"),
    middleware=[
        Middleware(ClosedHeaders),
        Middleware(
            TrustedHostMiddleware,
            allowed_hosts=list(config.get_option("server.allowedHosts")),
            www_redirect=False,
        ),
        Middleware(LostAddresses),
    ],
)
