"""JSON, JSON Lines and XML: records whose cells carry their own headers."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers.expat import ErrorString, errors

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from dagster_project.landing.encoding import Decoded, decode
from dagster_project.landing.limits import CELLS, COLUMNS, LEVELS, ROWS
from dagster_project.landing.table import (
    Cell,
    ReadError,
    Score,
    Sheet,
    clean,
    hidden_in,
    number_text,
    refuse_many,
    too_deep,
)
from dagster_project.values import AN_OBJECT

# JSON knows more signs that end a line elsewhere, and lets them stand in its texts.
_LINE_END = re.compile(r"\r\n|\n|\r")
# How far down records may lie, and how many elements may lie around or beside them.
_DEEPEST = 5
_MOST_WRAPPERS = 20
# What a service that failed calls its answer, and what the words in it: records are called so too.
_ERRORS = re.compile(r"errors?|exception|fault|feil|feilmelding|stacktrace|OperationOutcome", re.I)
_MESSAGES = re.compile(r"message|melding", re.I)
# The years of days that are written as lists of numbers.
_YEARS = range(1900, 2100)
# What expat says of a text that ends too early.
ENDS_EARLY = frozenset(
    errors.codes[code] for code in (errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_UNCLOSED_TOKEN)
)

Records = list[tuple[int, Any]]


def read_json(
    content: bytes,
    *,
    encoding: str | None,
    score: Callable[[list[list[Cell]]], Score] = lambda _: (False, 0),
) -> Sheet:
    """Read a list of objects, wherever in the JSON it lies, or one object a line.

    `score` says how much of a record type's header a row holds; of several lists the one is read
    whose objects name most of the columns.
    """
    decoded = decode(content, encoding)
    stripped = decoded.text.strip().lstrip("\ufeff")
    try:
        whole = _loads(stripped)
    except (ValueError, RecursionError) as error:
        lines = _LINE_END.split(stripped)
        if not stripped.startswith("{") or len(lines) < 2 or not lines[0].rstrip().endswith("}"):
            raise _not_json(stripped, error) from None
        records = list(_lines(decoded.text))
    else:
        records = _records(whole, score)
    return _sheet(((number, _object(item)) for number, item in records), decoded)


def _loads(text: str) -> Any:
    # Programs write NaN and Infinity where a number is missing. A whole number is as it stands.
    return json.loads(text, parse_constant=lambda _: None, parse_int=str)


def _not_json(text: str, error: ValueError | RecursionError) -> ReadError:
    if not isinstance(error, json.JSONDecodeError):
        return too_deep()
    if not text.endswith({"[": "]", "{": "}"}.get(text[:1], "")):
        return ReadError("truncated_file", where=f"line {text.count(chr(10)) + 1}")
    return ReadError("json_invalid", line=str(error.lineno), column=str(error.colno))


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if line.strip():
            try:
                yield number, _loads(line)
            except RecursionError:
                raise too_deep() from None
            except ValueError as error:
                if line.rstrip().endswith("}"):
                    column = str(getattr(error, "colno", 1))
                    raise ReadError("json_invalid", line=str(number), column=column) from None
                raise ReadError("truncated_file", where=f"line {number}") from None


def _records(whole: Any, score: Callable[[list[list[Cell]]], Score]) -> Records:
    """Return the records of a JSON text, each with its number."""
    lists = list(_lists(whole))
    if not lists:
        empty = whole == [] or (isinstance(whole, dict) and [] in whole.values())
        raise ReadError("no_records" if empty else "json_no_records")
    fits = [score([_headers(each)]) for each in lists]
    best = max(fits)
    chosen = [each for each, fit in zip(lists, fits, strict=True) if fit == best]
    if best[0] and len(chosen) > 1:
        raise ReadError("json_several_lists", count=str(len(chosen)))
    if not best[1] and isinstance(whole, dict):
        texts = [name for name, value in whole.items() if isinstance(value, str)]
        if any(map(_MESSAGES.fullmatch, texts)) or any(
            map(_ERRORS.fullmatch, (*whole, str(whole.get("resourceType"))))
        ):
            raise ReadError("error_message")
        if [] in whole.values():
            raise ReadError("no_records")
    return list(enumerate(chosen[0], start=1))


def _headers(records: list[Any]) -> list[Cell]:
    return [clean(name) for name in {key: None for item in records for key in _object(item)}]


def _lists(value: Any, depth: int = 0) -> Iterator[list[Any]]:
    """Yield what may be the records, wherever they lie."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            yield value
        elif len(value) > 1 and all(isinstance(item, list) for item in value):
            header, *rows = value
            yield [dict(zip(map(str, header), row, strict=False)) for row in rows]
    elif isinstance(value, dict):
        objects = [item for item in value.values() if isinstance(item, dict)]
        if len(objects) > 1 and set(objects[0]).intersection(*objects[1:]):
            # Records by their ids, or columns by the numbers of their rows.
            yield objects
            yield [
                {name: column[row] for name, column in value.items() if row in _object(column)}
                for row in objects[0]
            ]
        else:
            for item in value.values():
                yield from _lists(item, depth + 1)
        if any(not isinstance(item, dict | list) for item in value.values()):
            yield [value]


def _object(item: Any) -> dict[str, Any]:
    # What is no object is a row all the same: one that cannot be read.
    return item if isinstance(item, dict) else {}


def read_xml(
    content: bytes,
    *,
    encoding: str | None,
    score: Callable[[list[list[Cell]]], Score] = lambda _: (False, 0),
) -> Sheet:
    """Read one element per record: its children, and its attributes, are the cells.

    Of several elements that hold records, the one is read whose records name most of the columns.
    """
    try:
        root, found = _root(content, encoding)
    except DefusedXmlException:
        raise ReadError("xml_entities") from None
    except ParseError as error:
        line = str(error.position[0])
        if error.code in ENDS_EARLY:
            raise ReadError("truncated_file", where=f"line {line}") from None
        raise ReadError("xml_invalid", line=line, reason=ErrorString(error.code)) from None
    lists = list(_elements(root))
    if not lists:
        raise ReadError("no_records")
    fits = [score([[clean(name) for name in _element(each[0])]]) for each in lists]
    best = max(fits)
    if not best[1] and any(_ERRORS.fullmatch(_local(each.tag)) for each in root.iter()):
        raise ReadError("error_message")
    records = lists[fits.index(best)]
    return _sheet(
        ((number, _element(record)) for number, record in enumerate(records, start=1)), found
    )


def _root(content: bytes, encoding: str | None) -> tuple[Element, Decoded]:
    try:
        return _tree(content), Decoded("", "utf-8")
    except DefusedXmlException:
        raise
    except (ParseError, LookupError, ValueError):
        # The file may say nothing of its encoding, or what is not so.
        decoded = decode(content, encoding)
        return _tree(decoded.text), decoded


def _tree(text: bytes | str) -> Element:
    parser = DefusedXMLParser(target=_Builder())
    parser.feed(text)
    root: Element = parser.close()
    return root


class _Builder(TreeBuilder):
    """Builds the tree of a text, and ends at once with one that is larger than any register."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        """Begin an element. Raises ReadError where it lies too deep, or is too wide."""
        self._depth += 1
        if self._depth > LEVELS:
            raise too_deep()
        if len(attrs) > COLUMNS:
            refuse_many(1, len(attrs))
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """End an element."""
        self._depth -= 1
        return super().end(tag)


def _elements(parent: Element, depth: int = 0) -> Iterator[list[Element]]:
    """Yield what may be the records: the children of an element."""
    children = list(parent)
    if not depth and children:
        yield children
    elif any(map(_is_record, children)):
        yield [child for child in children if _is_record(child)]
    if depth < _DEEPEST and len(children) <= _MOST_WRAPPERS:
        for child in children:
            yield from _elements(child, depth + 1)


def _is_record(element: Element) -> bool:
    return bool(len(element) or (element.attrib and not (element.text or "").strip()))


def _element(record: Element) -> dict[str, str | None]:
    cells: dict[str, str | None] = {_local(name): value for name, value in record.attrib.items()}
    for child in record:
        name = _local(child.tag)
        text = "".join(child.itertext())
        before = clean(cells.get(name))
        cells[name] = f"{before};{text}" if before and clean(text) else text
    return cells


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _text(value: Any, depth: int = 0) -> str | None:
    if depth > LEVELS:
        raise too_deep()
    match value:
        case None:
            return None
        case bool():
            return "ja" if value else "nei"
        case float():
            return number_text(value)
        case list() if day := _day(value):
            return day
        case list():
            return ";".join(text for item in value if (text := _text(item, depth + 1))) or None
        case dict():
            return AN_OBJECT if value else None
        case _:
            return str(value)


def _day(values: list[Any]) -> str | None:
    """Return the day that a list of numbers is, as programs in Java write one: `[2023, 7, 2]`."""
    numbers = [int(value) for value in values[:3] if isinstance(value, str) and value.isdecimal()]
    try:
        day = dt.date(*numbers)
    except (TypeError, ValueError, OverflowError):
        return None
    return day.isoformat() if day.year in _YEARS else None


def _sheet(items: Iterable[tuple[int, Mapping[str, Any]]], decoded: Decoded) -> Sheet:
    found: list[tuple[int, dict[str, str | None]]] = []
    headers: dict[str, None] = {}
    for number, item in items:
        cells = {name: _text(value) for name, value in item.items()}
        found.append((number, cells))
        headers.update(dict.fromkeys(cells))
        # Every record gets a cell for every name there is.
        if len(headers) > COLUMNS or len(found) > ROWS or len(found) * len(headers) > CELLS:
            refuse_many(len(found), len(headers))
    if not headers:
        return Sheet([], [], decoded.encoding)
    records: list[list[Cell]] = [[clean(name) for name in headers]]
    records += [[clean(cells.get(name)) for name in headers] for _, cells in found]
    hidden = hidden_in(headers) + sum(hidden_in(cells.values()) for _, cells in found)
    numbers = [0, *(number for number, _ in found)]
    return Sheet(records, numbers, decoded.encoding, hidden=hidden, remarks=decoded.remarks)
