"""A web service on this machine that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True)
class Reply:
    """What the service answers.

    `length` is what it claims of a body that breaks off. One that hangs says nothing; one that
    drips says a little now and then, for ever.
    """

    content: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    length: int | None = None
    hang: bool = False
    drip: bool = False

    @property
    def body(self) -> bytes:
        return json.dumps(self.content).encode() if self.raw is None else self.raw


Answering = Callable[[Asked], Reply]


class WebService:
    """The service: what it is asked, in order, and where it is."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.url = ""
        self.closing = threading.Event()


def in_turn(*replies: Reply) -> Answering:
    """Answer with one reply after the other, and with the last one from then on."""
    left = list(replies)
    return lambda _asked: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def serving(answer: Answering, certificate: Path | None = None) -> Iterator[WebService]:
    """Serve until the block ends; encrypted where there is a certificate."""
    service = WebService(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            asked = Asked(parts.path, query, dict(self.headers), body)
            service.asked.append(asked)
            reply = service.answer(asked)
            if reply.hang:
                service.closing.wait(60)
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            length = 10**9 if reply.drip else reply.length
            self.send_header("Content-Length", str(length or len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            while reply.drip and not service.closing.wait(0.05):
                self.wfile.write(b" ")
                self.wfile.flush()
            self.close_connection = length is not None

        do_POST = do_GET

        def handle(self) -> None:
            # Whoever waits no longer hangs up.
            with contextlib.suppress(ConnectionError):
                super().handle()

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scheme = "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    service.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
