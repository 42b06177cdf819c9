"""What a report is made of: chapters of blocks, in the order that they are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboards.export.table import Table
from dashboards.i18n.texts import Language


class Edition(StrEnum):
    """For whom a report is made: with the counts of few persons, or without."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Style(StrEnum):
    """How a paragraph stands."""

    LEAD = "lead"
    PLAIN = "plain"
    POINT = "point"
    NOTE = "note"
    OWN = "own"  # what the municipality has written itself


@dataclass(frozen=True)
class Paragraph:
    """Some sentences."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True)
class Heading:
    """A heading within a chapter."""

    text: str


@dataclass(frozen=True)
class Grid:
    """A table; what few persons could be known by is taken out of it already."""

    table: Table


@dataclass(frozen=True)
class Chart:
    """A drawing by its finding; `alternative` is what is read aloud in its place."""

    key: str
    title: str
    subtitle: str
    svg: str
    alternative: str


Block = Paragraph | Heading | Grid | Chart


@dataclass(frozen=True)
class Chapter:
    """A chapter; its key is what the leader's own text of it is kept under."""

    key: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Slide:
    """One slide: its finding, what it is about, what else is said of it, and what is shown.

    What has no finding is called by what it is about.
    """

    title: str
    about: str = ""
    points: tuple[str, ...] = ()
    chart: Chart | None = None
    grid: Grid | None = None


@dataclass(frozen=True)
class Report:
    """A report, ready to be written."""

    title: str
    subtitle: str
    municipality: str
    date: dt.date
    made_on: dt.date
    language: Language
    edition: Edition
    # What stands on the cover below the title.
    facts: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    slides: tuple[Slide, ...]
    contents_heading: str
    footer: str


def charts(report: Report) -> Sequence[Chart]:
    """Return the drawings of a report, each once, in their order."""
    found = {
        block.key: block
        for chapter in report.chapters
        for block in chapter.blocks
        if isinstance(block, Chart)
    }
    return list(found.values())
