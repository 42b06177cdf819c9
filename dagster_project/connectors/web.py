"""Asking a web service for JSON: encrypted, patient with a busy server, never with one that hangs.

A token goes to the host that `sources.yml` names and to no other: redirections and links elsewhere
are refused. What the service says is never passed on in an error.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from dagster_project.config.sources import FetchedSource
from dagster_project.connectors.errors import FetchError, UnreachableError

_CONNECT_SECONDS = 10
# A limit of so and so many calls a minute is over when these have been waited.
_WAITS = (1.0, 4.0, 16.0, 60.0)
_LONGEST_WAIT = 300.0
_TRIES_OF_A_BROKEN_ANSWER = 2
_REDIRECTIONS = 5
_CHUNK = 65_536
_LARGEST_ANSWER = 256 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What a service answered: the JSON, and where the next page is, if its header says so.

    Numbers with a fraction are kept as they were written.
    """

    url: str
    content: Any
    next_link: str | None


class _BrokenError(Exception):
    """The answer breaks off, or is not what it should be; the next one may be whole."""


class _Token(requests.auth.AuthBase):
    """Sends the token; without one, sends nothing, where `requests` would look for a .netrc."""

    def __init__(self, header: str, value: str | None) -> None:
        self._header, self._value = header, value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value:
            request.headers[self._header] = self._value
        return request


class Service:
    """One web service, as one source speaks to it.

    `keys` are those of `sources.yml` that a problem points to; `credential` is what the
    token is called there. `timeout` is how long one answer may take (seconds).
    """

    def __init__(
        self,
        source: FetchedSource,
        url: str,
        *,
        timeout: int,
        sleep: Callable[[float], None],
        keys: str,
        token: str | None = None,
        token_header: str | None = None,
        credential: str = "the address",
        accept: str = "application/json",
    ) -> None:
        self._source, self._timeout, self._sleep = source, timeout, sleep
        self._keys, self._credential = keys, credential
        self._origin = _origin(url)
        self.host = urlsplit(url).hostname or ""
        self._session = requests.Session()
        value = token if token_header or not token else f"Bearer {token}"
        self._session.auth = _Token(token_header or "Authorization", value)
        self._session.headers["Accept"] = accept

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def ask(
        self,
        url: str,
        parameters: dict[str, str | int] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Answer:
        """Return the answer to a GET, or to a POST of a body. Raises FetchError."""
        busy = broken = 0
        while True:
            try:
                response = self._send(url, parameters, body)
                with response:
                    status = response.status_code
                    if status == HTTPStatus.OK:
                        return self._read(response)
                    wait = _asked_to_wait(response)
            except _BrokenError as error:
                broken += 1
                if broken >= _TRIES_OF_A_BROKEN_ANSWER:
                    raise self.unusable(str(error)) from None
                self._sleep(_WAITS[0])
                continue
            if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                raise self._error("fetch_refused", status=f"HTTP {status}", secret=self._credential)
            if status != HTTPStatus.TOO_MANY_REQUESTS and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise self._error("fetch_status", status=f"HTTP {status}")
            if busy >= len(_WAITS) or (wait or 0) > _LONGEST_WAIT:
                raise self._error("fetch_busy", status=f"HTTP {status}", tries=busy + 1)
            self._sleep(_WAITS[busy] if wait is None else wait)
            busy += 1

    def same_host(self, base: str, link: str) -> str:
        """Return where a link leads. Raises FetchError if that is another host."""
        url = urljoin(base, link)
        try:
            same = _origin(url) == self._origin
            other = urlsplit(url).hostname or "nowhere"
        except ValueError:
            raise self.unusable("the address of the next page is none") from None
        if not same:
            raise self._error("fetch_elsewhere", other=other)
        return url

    def unusable(self, reason: str) -> FetchError:
        """Return the error of an answer that cannot be used."""
        return self._error("fetch_answer", reason=reason, keys=self._keys)

    def endless(self, reason: str) -> FetchError:
        """Return the error of pages that never come to an end."""
        return self._error("fetch_paging", reason=reason)

    def _error(self, code: str, **params: str | int) -> FetchError:
        return FetchError(code, source=self._source.name, host=self.host, **params)

    def _send(
        self, url: str, parameters: dict[str, str | int] | None, body: dict[str, Any] | None
    ) -> requests.Response:
        """Return the response, its body unread, after redirections on the same host."""
        for _ in range(_REDIRECTIONS):
            try:
                response = self._session.request(
                    "GET" if body is None else "POST",
                    url,
                    params=parameters,
                    json=body,
                    stream=True,
                    allow_redirects=False,
                    timeout=(min(_CONNECT_SECONDS, self._timeout), self._timeout),
                )
            except requests.exceptions.SSLError:
                raise self._error("fetch_certificate") from None
            except requests.exceptions.ReadTimeout:
                raise self._error("fetch_slow", seconds=self._timeout) from None
            except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
                if error.args and isinstance(error.args[0], urllib3.exceptions.ProtocolError):
                    raise _BrokenError("it breaks off before it begins") from None
                raise UnreachableError(self._source, self.host) from None
            except requests.exceptions.RequestException:
                raise _BrokenError("it is no answer of a web service") from None
            if not response.is_redirect:
                return response
            with response:
                url, parameters = self.same_host(url, response.headers["Location"]), None
        raise self._error("fetch_status", status="with one redirection after the other")

    def _read(self, response: requests.Response) -> Answer:
        text = self._body(response)
        charset = requests.utils.get_encoding_from_headers(response.headers)
        declared = "charset" in response.headers.get("Content-Type", "").lower()
        try:
            decoded = text.decode((charset if declared else None) or "utf-8-sig")
            content = json.loads(decoded, parse_float=str, parse_constant=str)
        except (ValueError, LookupError, RecursionError):
            raise _BrokenError("it is no JSON, or breaks off") from None
        following = response.links.get("next", {}).get("url")
        return Answer(response.url, content, following)

    def _body(self, response: requests.Response) -> bytes:
        """Read the body as it comes in, for as long as one answer may take."""
        deadline = time.monotonic() + self._timeout
        parts, size = [], 0
        try:
            while part := response.raw.read1(_CHUNK, decode_content=True):
                parts.append(part)
                size += len(part)
                if time.monotonic() > deadline:
                    raise self._error("fetch_slow", seconds=self._timeout)
                if size > _LARGEST_ANSWER:
                    raise self.unusable("it is larger than 256 MB; ask for it in pages")
        except urllib3.exceptions.ReadTimeoutError:
            raise self._error("fetch_slow", seconds=self._timeout) from None
        except (urllib3.exceptions.HTTPError, OSError):
            raise _BrokenError("it is no JSON, or breaks off") from None
        return b"".join(parts)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual


def _asked_to_wait(response: requests.Response) -> float | None:
    """Return how long the server asks us to wait (seconds), if it says: a number or a moment."""
    header = response.headers.get("Retry-After", "").strip()
    if header.isdigit():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None
