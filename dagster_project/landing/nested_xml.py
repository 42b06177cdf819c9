"""XML of an authority: rows of elements within each other, by the file's description.

The text is read as a stream: of a file of any size only the paths that the rows ask for are kept,
and those only while their element is open. Entities and document types are refused (defusedxml).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ErrorString

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from dagster_project.landing.columns import MappedTable
from dagster_project.landing.encoding import decode
from dagster_project.landing.fixed_width import table_of
from dagster_project.landing.limits import CELL_CHARACTERS, COLUMNS, LEVELS
from dagster_project.landing.markup import ENDS_EARLY
from dagster_project.landing.table import Cell, ReadError, clean, refuse_many, too_deep
from dagster_project.reference.layouts import NAMED, NestedXml, matches

_FED_AT_ONCE = 1 << 20
# What stands for the outermost element, where it is called otherwise in other versions.
_OUTERMOST = "*"


def read_nested_xml(
    content: bytes, layout: NestedXml, record: str, *, encoding: str | None
) -> tuple[MappedTable, str | None]:
    """Return the rows of a record type in a file, and its encoding.

    Raises ReadError, which names the line and the element, and no text.
    """
    found: str | None = "utf-8"
    try:
        rows = _read(content, layout, record)
    except DefusedXmlException:
        raise ReadError("xml_entities") from None
    except (LookupError, ValueError, ParseError):
        # The file may say nothing of its encoding, or what is not so.
        decoded = decode(content, encoding)
        found = decoded.encoding
        rows = _read_text(decoded.text, layout, record)
    return rows.table(), found


def _read_text(text: str, layout: NestedXml, record: str) -> _Rows:
    try:
        return _read(text, layout, record)
    except DefusedXmlException:
        raise ReadError("xml_entities") from None
    except ParseError as error:
        line = str(error.position[0])
        if error.code in ENDS_EARLY:
            raise ReadError("truncated_file", where=f"line {line}") from None
        raise ReadError("xml_invalid", line=line, reason=ErrorString(error.code)) from None


def _read(text: bytes | str, layout: NestedXml, record: str) -> _Rows:
    rows = _Rows(layout, record)
    parser = DefusedXMLParser(target=rows)
    rows.parser = parser
    for first in range(0, len(text), _FED_AT_ONCE):
        parser.feed(text[first : first + _FED_AT_ONCE])
    parser.close()
    return rows


class _Rows:
    """Hears of each element as it begins and ends, and keeps the rows."""

    def __init__(self, layout: NestedXml, record: str) -> None:
        self.parser: Any = None
        self._layout = layout
        self._rows_of = layout.rows[record]
        self._named = layout.named(record)
        self._path: list[str] = []
        self._began: list[int] = []
        # What has been found of what must be there, for each element that is open.
        self._children: list[set[str]] = []
        self._values: dict[str, str] = {}
        self._texts: list[list[str] | None] = []
        self._assumed = False
        self._rows: list[list[Cell]] = []
        self._numbers: list[int] = []

    def table(self) -> MappedTable:
        """Return the rows, with what is to be told of the file."""
        remarks = {"layout_assumed": [1] if self._assumed else []}
        return table_of(list(self._rows_of.cells), self._rows, self._numbers, remarks)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element. Raises ReadError where it is none that the description has there."""
        namespace, _, name = tag.rpartition("}")
        namespace = namespace.removeprefix("{")
        if not self._path:
            self._require_root(name, namespace)
        elif not matches(namespace, self._layout.namespaces):
            raise self._wrong_namespace()
        if len(self._path) >= LEVELS:
            raise too_deep()
        if len(attributes) > COLUMNS:
            refuse_many(1, len(attributes))
        if self._path:
            self._children[-1].add(name)
        self._path.append(name if self._path or not self._is_any_root else _OUTERMOST)
        self._began.append(self._line)
        path = "/".join(self._path)
        self._children.append({f"@{name}" for name, value in attributes.items() if value.strip()})
        for attribute, value in attributes.items():
            if f"{path}/@{attribute}" in self._named:
                self._values[f"{path}/@{attribute}"] = value
        self._texts.append([] if path in self._named else None)

    def data(self, text: str) -> None:
        """Keep the text of an element that the rows ask for."""
        if self._texts and (texts := self._texts[-1]) is not None:
            texts.append(text)
            if sum(map(len, texts)) > CELL_CHARACTERS:
                raise ReadError("cell_too_long", row=str(self._line), most=f"{CELL_CHARACTERS:,}")

    def end(self, _tag: str) -> None:
        """End an element; one that is a row is kept, and what lay in it is forgotten."""
        path = "/".join(self._path)
        began, children = self._began.pop(), self._children.pop()
        if (texts := self._texts.pop()) is not None:
            self._values[path] = "".join(texts)
        for wanted in self._layout.required.get(path, ()):
            if wanted not in children:
                raise ReadError(
                    "layout_missing",
                    form=self._layout.name,
                    line=str(began),
                    element=self._path[-1] if path != _OUTERMOST else self._layout.roots[0],
                    missing=wanted,
                )
        if path == self._layout.of:
            self._keep(began)
        inside = f"{path}/"
        # What lies in a row is the row's until it ends; what lies around it, of all its rows.
        if path == self._layout.of or self._layout.of.startswith(inside):
            self._values = {
                name: value for name, value in self._values.items() if not name.startswith(inside)
            }
        self._path.pop()

    def close(self) -> None:
        """End the file."""

    def _keep(self, began: int) -> None:
        for path, codes in self._rows_of.where.items():
            if self._values.get(path, "").strip() not in codes:
                return
        refuse_many(len(self._rows) + 1, len(self._rows_of.cells))
        self._rows.append([self._cell(*cell) for cell in self._rows_of.cells.items()])
        self._numbers.append(began)

    def _cell(self, column: str, templates: Sequence[str]) -> Cell:
        text = next((text for each in templates if (text := self._filled(each))), "")
        return clean(self._layout.word(column, text))

    def _filled(self, template: str) -> str:
        values = [self._values.get(name, "").strip() for name in NAMED.findall(template)]
        if not all(values):
            return ""
        return NAMED.sub(lambda match: self._values[match[1]].strip(), template)

    def _require_root(self, name: str, namespace: str) -> None:
        if name not in self._layout.roots:
            raise self._error("layout_root", expected=" / ".join(self._layout.roots))
        if not matches(namespace, self._layout.namespaces):
            raise self._wrong_namespace()
        self._assumed = matches(namespace, self._layout.assumed_namespaces)

    def _wrong_namespace(self) -> ReadError:
        expected = ", ".join(each for each in self._layout.namespaces if each)
        return self._error("layout_namespace", expected=expected or "none")

    @property
    def _is_any_root(self) -> bool:
        return self._layout.of.startswith(_OUTERMOST)

    @property
    def _line(self) -> int:
        return int(self.parser.parser.CurrentLineNumber)

    def _error(self, code: str, **params: str) -> ReadError:
        return ReadError(code, form=self._layout.name, line=str(self._line), **params)
