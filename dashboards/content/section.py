"""What a page is made of: sections, in the order that they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dagster_project.planning.store import KeptScenario
from dagster_project.publication.reader.provenance import Delivery
from dagster_project.register.issues import Issue
from dashboards.content.barometer import Scale
from dashboards.content.shared import Picture
from dashboards.export.downloads import Download, Notes
from dashboards.export.table import Table
from dashboards.pages import PageKey
from dashboards.view.sharing import SharedChoice, SharedName
from dashboards.view.state import Parameter, View

T = TypeVar("T")


class NoFigure(Exception):
    """Why there is nothing to show: what is the matter, what it means, what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Way:
    """A link to a page, in the same view or another."""

    label: str
    page: PageKey
    view: View


@dataclass(frozen=True)
class KeyFigure:
    """One figure shown large: how much, held against what, which way, and where to see more.

    `held_against` begins with the change, which the arrow sums up; `caveats` with what they are.
    """

    key: str
    name: str
    value: str
    interval: str
    held_against: Sequence[str]
    scale: Scale
    arrow: str
    without: str
    caveats: Sequence[str]
    picture: Picture
    way: Way
    explained: View


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a page: drawn in the order of its fields, without those that are empty.

    `key` names what is drawn, for the style, the tests and the files of its picture; those of its
    table are named by `files`, where that is another. `anchor` is what links lead to.
    """

    key: str = ""
    heading: str = ""
    anchor: str = ""
    # Stand first on the page, and are of all of it; a part that cannot follow one says so.
    filters: Sequence[Sequence[Parameter | SharedName]] = ()
    # What they show as chosen, where that is not the page's view: they offer what it has groups of.
    fitted: View | None = None
    # The first sentence leads; those after it stand close together below it.
    lead: Sequence[str] = ()
    absence: str = ""
    key_figures: Sequence[KeyFigure] = ()
    remarks: Sequence[str] = ()
    way: Way | None = None
    picture: Picture | None = None
    # The view of the figure that explains itself.
    explained: View | None = None
    # What the table is of, where it is of more than the page.
    subject: str = ""
    of_table: Sequence[str] = ()
    table: Table | None = None
    # Whether the address asks for the rows themselves: then they are not closed, however many.
    is_open: bool = False
    # Where the first cell of each row leads.
    links: Sequence[str | None] = ()
    # What the picture and the table are made from; it stands in their files, too.
    notes: Notes | None = None
    files: str = ""
    # What the files hold, where the table shows no more than its beginning.
    whole: Callable[[], Table] | None = None
    # What is decided and assumed, to be changed.
    scenario: KeptScenario | None = None
    # The findings that wait for somebody, to be acted on.
    queue: Sequence[Issue] | None = None
    # Where the annual report is made.
    makes_report: bool = False
    # What similar municipalities are looked for by, to be moved.
    weighs: SharedChoice | None = None
    # Files that are made of more than the section shows.
    downloads: Sequence[Download] = ()
    # Those of which one may be taken back.
    deliveries: Sequence[Delivery] = ()


def part(sections: Iterable[Section], heading: str = "", anchor: str = "") -> Iterator[Section]:
    """Yield the sections of a part of a page; where a figure is missing, why, and no more of them.

    Here an absence is told; `or_none` is for what says something else where there is none.
    """
    if heading:
        yield Section(heading=heading, anchor=anchor)
    try:
        yield from sections
    except NoFigure as absence:
        yield Section(absence=absence.sentence)


def or_none(read: Callable[[], T]) -> T | None:
    """Return what is read, or None where there is no figure."""
    try:
        return read()
    except NoFigure:
        return None
