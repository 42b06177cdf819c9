"""The `rest` connector: records of a JSON service, page by page, as JSON Lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from dagster_project.config.sources import (
    Delivery,
    FhirPaging,
    LinkPaging,
    NextPaging,
    OffsetPaging,
    PagePaging,
    RestSource,
)
from dagster_project.connectors.errors import FetchError, from_environment
from dagster_project.connectors.inbox import Draft
from dagster_project.connectors.web import Answer, Service

_TIMES_FROM_THE_START = 3


class _ChangedError(Exception):
    """The register changed while its pages were read: some rows may be missing, some be twice."""


def fetch(source: RestSource, draft: Draft, sleep: Callable[[float], None]) -> None:
    """Write the records of a source, one a line. Raises FetchError."""
    token = from_environment(source, "token_env", source.token_env) if source.token_env else None
    service = Service(
        source,
        source.url,
        timeout=source.timeout,
        sleep=sleep,
        keys="url:, records:, paging:",
        token=token,
        token_header=source.token_header,
        credential=f"the token in {source.token_env}" if source.token_env else "the address",
        accept=(
            "application/fhir+json" if isinstance(source.paging, FhirPaging) else "application/json"
        ),
    )
    try:
        for _ in range(_TIMES_FROM_THE_START):
            try:
                _write(source, service, draft)
                break
            except _ChangedError:
                draft.file.seek(0)
                draft.file.truncate()
                draft.rows = 0
        else:
            raise service.endless("the total changed each time while they were read")
    finally:
        service.close()
    if not draft.rows and source.delivery is Delivery.SNAPSHOT:
        raise FetchError("fetch_empty", source=source.name, host=service.host)


def _write(source: RestSource, service: Service, draft: Draft) -> None:
    total: int | None = None
    for answer in _pages(source, service):
        if source.total:
            stated = _number(service, _at(service, answer.content, source.total))
            if total is not None and stated != total:
                raise _ChangedError
            total = stated
        for record in _records(source, service, answer):
            if not isinstance(record, dict):
                raise service.unusable("a record is no object")
            draft.file.write(json.dumps(dict(_flat(record))) + "\n")
            draft.rows += 1
    if total is not None and draft.rows != total:
        raise _ChangedError


def _pages(source: RestSource, service: Service) -> Iterator[Answer]:
    """Ask for one page after the other, until there are no more."""
    match source.paging:
        case None:
            yield service.ask(source.url)
        case PagePaging() | OffsetPaging() as paging:
            yield from _counted(source, service, paging)
        case LinkPaging() | NextPaging() | FhirPaging():
            yield from _linked(source, service)


def _linked(source: RestSource, service: Service) -> Iterator[Answer]:
    url, seen = source.url, set[str]()
    while len(seen) < source.max_pages:
        seen.add(url)
        answer = service.ask(url)
        yield answer
        following = _next_link(source, answer)
        if not following:
            return
        url = service.same_host(answer.url, following)
        if url in seen:
            raise service.endless("a page names one before it as the next")
    raise service.endless(f"more than {source.max_pages} of them (`max_pages:`)")


def _next_link(source: RestSource, answer: Answer) -> str | None:
    match source.paging:
        case NextPaging(path=path):
            found = _step_down(answer.content, path)
        case FhirPaging():
            links = _step_down(answer.content, "link") or []
            named = (link for link in links if isinstance(link, dict))
            found = next(
                (link.get("url") for link in named if link.get("relation") == "next"), None
            )
        case _:
            found = answer.next_link
    return found if isinstance(found, str) else None


def _counted(
    source: RestSource, service: Service, paging: PagePaging | OffsetPaging
) -> Iterator[Answer]:
    """Ask for pages by number until one is empty, or all that the total names have come.

    A page shorter than was asked for is no end: services have their own largest size.
    """
    read, before = 0, b""
    for number in range(source.max_pages):
        if isinstance(paging, PagePaging):
            parameters: dict[str, str | int] = {paging.parameter: paging.first + number}
            if paging.size:
                parameters[paging.size_parameter] = paging.size
        else:
            parameters = {paging.parameter: read, paging.limit_parameter: paging.limit}
        answer = service.ask(source.url, parameters)
        records = list(_records(source, service, answer))
        content = hashlib.sha256(json.dumps(records).encode()).digest()
        if records and content == before:
            raise service.endless("the same page comes again and again")
        before = content
        read += len(records)
        yield answer
        total = _step_down(answer.content, source.total) if source.total else None
        if not records or (total is not None and read >= _number(service, total)):
            return
    raise service.endless(f"more than {source.max_pages} of them (`max_pages:`)")


def _records(source: RestSource, service: Service, answer: Answer) -> list[Any]:
    if isinstance(source.paging, FhirPaging):
        return _resources(answer.content)
    found = _at(service, answer.content, source.records) if source.records else answer.content
    if not isinstance(found, list):
        raise service.unusable(f"there is no list at {source.records or 'the top'}")
    return found


def _resources(bundle: Any) -> list[Any]:
    """Return the resources that were asked for: not those sent along, nor notes on the search."""
    entries = _step_down(bundle, "entry") or []
    return [
        entry.get("resource")
        for entry in entries
        if isinstance(entry, dict) and (_step_down(entry, "search.mode") or "match") == "match"
    ]


def _at(service: Service, content: Any, path: str) -> Any:
    found = _step_down(content, path)
    if found is None:
        raise service.unusable(f"it has no {path}")
    return found


def _step_down(content: Any, path: str) -> Any:
    for name in path.split("."):
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _number(service: Service, written: Any) -> int:
    try:
        return int(written)
    except (TypeError, ValueError):
        raise service.unusable("its total is no number") from None


def _flat(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Return the cells of a record by name; what lies deeper is named by the way to it.

    >>> dict(_flat({"id": "7", "navn": {"fornavn": "Ola"}, "roller": ["a", "b"]}))
    {'id': '7', 'navn.fornavn': 'Ola', 'roller': 'a;b'}
    """
    for name, value in record.items():
        match value:
            case dict():
                yield from _flat(value, f"{prefix}{name}.")
            case list() if any(isinstance(item, dict | list) for item in value):
                yield from _flat(
                    {str(at): item for at, item in enumerate(value)}, f"{prefix}{name}."
                )
            case list():
                yield f"{prefix}{name}", ";".join(str(item) for item in value if item is not None)
            case _:
                yield f"{prefix}{name}", value
