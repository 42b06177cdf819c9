"""All that a page sends: what it writes, the data of its pictures, its files, its documents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dagster_project.config.paths import Home
from dashboards.charts.colours import LIGHT
from dashboards.content import explanation
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section
from dashboards.content.shared import Picture
from dashboards.export.downloads import as_csv, as_xlsx
from dashboards.export.table import Table
from dashboards.i18n.texts import Texts
from dashboards.pages import PageKey
from dashboards.render.document import as_document, as_text
from dashboards.render.page_runner import Opened, open_view, sections_of
from dashboards.view.preferences import Preferences
from dashboards.view.state import Query, View


def sent_by(key: PageKey, home: Home, query: Query) -> list[str]:
    """Return all that a page at an address sends: the same for two homes that tell the same."""
    opened = open_view(key, home, Preferences(), query)
    sections = list(sections_of(key, opened.labels, opened.view))
    return [*_choices(opened), *_documents(key, opened, sections), *_parts(opened, sections)]


def in_files(*files: Path) -> Iterator[str]:
    """Yield the texts of documents: of an archive, of each of its members."""
    for file in files:
        yield from _members(file.read_bytes())


def _choices(opened: Opened) -> Iterator[str]:
    """Yield what there is to choose from."""
    offer, view = opened.offer, opened.view
    yield repr([*offer.municipalities(), *sorted(offer.comparable())])
    yield repr([*offer.reference_dates(view.municipality), *offer.indicators()])
    yield repr([offer.has_figures(code) for code in offer.municipalities()])
    yield repr(view)


def _documents(key: PageKey, opened: Opened, sections: list[Section]) -> Iterator[str]:
    texts = opened.labels.texts
    for write in (as_document, as_text):
        yield write(texts(f"{key}.heading"), "", sections, texts)


def _parts(opened: Opened, sections: list[Section]) -> Iterator[str]:
    texts = opened.labels.texts
    for section in sections:
        yield repr((section.lead, section.absence, section.remarks, section.of_table))
        yield repr(section.notes)
        for each in section.key_figures:
            yield repr(replace(each, picture=None, way=None))
            yield from _drawn(each.picture)
            yield from _explained(opened, each.explained)
        if section.picture:
            yield from _drawn(section.picture)
        if section.explained:
            yield from _explained(opened, section.explained)
        if section.table:
            yield from _of_table(
                section, section.whole() if section.whole else section.table, texts
            )
        for download in section.downloads:
            yield from _members(download.make())


def _drawn(picture: Picture) -> Iterator[str]:
    yield repr((picture.title, picture.subtitle, picture.description, picture.remarks))
    yield str(picture.draw(LIGHT).to_json())


def _of_table(section: Section, table: Table, texts: Texts) -> Iterator[str]:
    yield repr(table.all_rows)
    if section.notes:
        yield as_csv(table, section.notes, texts).decode("utf-8-sig")
        yield from _members(as_xlsx(table, section.notes, texts))


def _explained(opened: Opened, view: View) -> Iterator[str]:
    """Yield what the window says that a figure explains itself in."""
    if isinstance(opened.labels, Labels):
        try:
            found = explanation.gather(opened.labels, view)
            for each in explanation.sections(found, has_page=True):
                yield repr((each.lead, each.remarks, each.table and each.table.all_rows))
        except NoFigure as absence:
            yield absence.sentence


def _members(content: bytes) -> Iterator[str]:
    if not content.startswith(b"PK"):
        yield content.decode("utf-8", "replace")
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in sorted(archive.namelist()):
            # When a workbook was made is of the clock, and not of the figures.
            if name != "docProps/core.xml":
                yield archive.read(name).decode("utf-8", "replace")
