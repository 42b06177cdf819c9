"""JSON, JSON Lines and XML: records whose cells carry their own headers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dagster_project.landing.table import Cell, ReadError, Sheet, clean, number_text
from dagster_project.landing.text import decode

# JSON knows more signs that end a line elsewhere, and lets them stand in its texts.
_LINE_END = re.compile(r"\r\n|\n|\r")


def read_json(content: bytes, *, encoding: str | None) -> Sheet:
    """Read an array of objects, an object that holds one such array, or one object a line."""
    text, found = decode(content, encoding)
    stripped = text.strip()
    objects: Iterable[tuple[int, Any]]
    try:
        whole = json.loads(stripped)
    except (ValueError, RecursionError) as error:
        lines = _LINE_END.split(stripped)
        if not stripped.startswith("{") or len(lines) < 2 or not lines[0].rstrip().endswith("}"):
            line = getattr(error, "lineno", 1)
            raise ReadError("truncated_file", where=f"line {line}") from None
        objects = _lines(text)
    else:
        if isinstance(whole, dict):
            lists = [value for value in whole.values() if _holds_objects(value)]
            whole = lists[0] if len(lists) == 1 else [whole]
        objects = enumerate(whole, start=1) if isinstance(whole, list) else ()
    # What is no object is a row all the same: one that cannot be read.
    rows = ((number, item if isinstance(item, dict) else {}) for number, item in objects)
    return _sheet(
        ((number, {key: _text(value) for key, value in item.items()}) for number, item in rows),
        found,
    )


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _lines(text: str) -> Iterable[tuple[int, Any]]:
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                raise ReadError("truncated_file", where=f"line {number}") from None


def read_xml(content: bytes, *, encoding: str | None) -> Sheet:
    """Read one element per record: its children, and its attributes, are the cells."""
    try:
        root, found = _root(content, encoding)
    except DefusedXmlException:
        raise ReadError(
            "wrong_kind", found="XML with entities of its own", expected="XML"
        ) from None
    except ParseError as error:
        raise ReadError("truncated_file", where=f"line {error.position[0]}") from None
    records = list(root)
    if len(records) == 1 and len(records[0]) and all(map(_is_record, records[0])):
        records = list(records[0])
    return _sheet(
        ((number, _element(record)) for number, record in enumerate(records, start=1)), found
    )


def _root(content: bytes, encoding: str | None) -> tuple[Element, str]:
    try:
        return fromstring(content), "utf-8"
    except DefusedXmlException:
        raise
    except (ParseError, LookupError, ValueError):
        # The file may say nothing of its encoding, or what is not so.
        text, found = decode(content, encoding)
        return fromstring(text), found


def _is_record(element: Element) -> bool:
    return bool(len(element) or (element.attrib and not (element.text or "").strip()))


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
        case float():
            return number_text(value)
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
    records: list[list[Cell]] = [[clean(name) for name in headers]]
    records += [[cells.get(name) for name in headers] for _, cells in found]
    return Sheet(records, [0, *(number for number, _ in found)], encoding)
