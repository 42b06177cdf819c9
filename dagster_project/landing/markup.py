"""JSON, JSON Lines and XML: records whose cells carry their own headers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dagster_project.landing.table import Cell, ReadError, Sheet, clean
from dagster_project.landing.text import decode


def read_json(content: bytes, *, encoding: str | None) -> Sheet:
    """Read an array of objects, an object that holds one such array, or one object a line."""
    text, found = decode(content, encoding)
    stripped = text.strip()
    objects: Iterable[tuple[int, Any]]
    try:
        whole = json.loads(stripped)
    except json.JSONDecodeError as error:
        lines = stripped.splitlines()
        if not stripped.startswith("{") or len(lines) < 2 or not lines[0].rstrip().endswith("}"):
            raise ReadError("truncated_file", where=f"line {error.lineno}") from None
        objects = _lines(text)
    else:
        if isinstance(whole, dict):
            lists = [value for value in whole.values() if isinstance(value, list)]
            whole = lists[0] if len(lists) == 1 else [whole]
        objects = enumerate(whole, start=1) if isinstance(whole, list) else ()
    return _sheet(
        (
            (number, {str(key): _text(value) for key, value in item.items()})
            for number, item in objects
            if isinstance(item, dict)
        ),
        found,
    )


def _lines(text: str) -> Iterable[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError:
                raise ReadError("truncated_file", where=f"line {number}") from None


def read_xml(content: bytes) -> Sheet:
    """Read one element per record: its children, and its attributes, are the cells."""
    try:
        root = fromstring(content)
    except (ParseError, ValueError) as error:
        line = getattr(error, "position", (0, 0))[0]
        raise ReadError("truncated_file", where=f"line {line}") from None
    except DefusedXmlException:
        raise ReadError(
            "wrong_kind", found="XML with entities of its own", expected="XML"
        ) from None
    records = list(root)
    if len(records) == 1 and len(records[0]) and len(records[0][0]):
        records = list(records[0])
    return _sheet(
        ((number, _element(record)) for number, record in enumerate(records, start=1)), "utf-8"
    )


def _element(record: Element) -> dict[str, Cell]:
    cells = {_local(name): clean(value) for name, value in record.attrib.items()}
    for child in record:
        name = _local(child.tag)
        text = clean("".join(child.itertext()))
        cells[name] = f"{cells[name]};{text}" if cells.get(name) and text else text
    return cells


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _text(value: Any) -> Cell:
    match value:
        case None:
            return None
        case bool():
            return "ja" if value else "nei"
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return ";".join(text for item in value if (text := _text(item))) or None
        case dict():
            return None
        case _:
            return clean(str(value))


def _sheet(items: Iterable[tuple[int, Mapping[str, Cell]]], encoding: str | None) -> Sheet:
    found = [(number, dict(cells)) for number, cells in items]
    headers = list(dict.fromkeys(name for _, cells in found for name in cells))
    if not headers:
        return Sheet([], [], encoding)
    records: list[list[Cell]] = [list(headers)]
    records += [[cells.get(name) for name in headers] for _, cells in found]
    return Sheet(records, [0, *(number for number, _ in found)], encoding)
