"""Opening a page: the publication, the view that the address asks for, and whatever is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module

import streamlit as st

from dagster_project.config.paths import home_from
from dagster_project.publication.reader.publication import (
    PublicationError,
    Unreadable,
    current_publication,
)
from dashboards.charts.colours import DARK, LIGHT, Palette
from dashboards.content.labels import Labels
from dashboards.content.section import Section, part
from dashboards.content.shared import place_and_date
from dashboards.i18n.texts import Texts
from dashboards.pages import PageKey
from dashboards.render import elements, sections, toolbar
from dashboards.render.document import as_document, as_text
from dashboards.render.page import Page
from dashboards.view.address import keep_address, read_address
from dashboards.view.choices import PublishedOffer
from dashboards.view.preferences import read_preferences
from dashboards.view.state import (
    Complaint,
    Parameter,
    UnusableParameter,
    View,
    read_language,
    read_view,
)

_LOG = logging.getLogger(__name__)


def texts_of_address() -> Texts:
    """Return the texts in the language of the address, or of the installation."""
    preferences = read_preferences(home_from(None))
    return Texts(read_language(read_address(), preferences.language))


def show(key: PageKey, entries: Mapping[PageKey, st.Page]) -> None:
    """Show a page of its sections; whatever keeps it from being drawn is told in a sentence."""
    home = home_from(None)
    preferences = read_preferences(home)
    query = read_address()
    texts = Texts(read_language(query, preferences.language))
    colours = palette()
    tools, contents = elements.begin(texts, colours, texts(f"{key}.heading"))
    try:
        publication = current_publication(home)
        offer = PublishedOffer(publication, preferences, key)
        if not (offer.municipalities() and offer.indicators()):
            raise PublicationError(Unreadable.NO_FIGURES)
        view, complaints = read_view(query, offer)
        keep_address(view)
        labels = Labels(publication, texts)
        for complaint in complaints:
            st.warning(_complaint_in_words(complaint, view, labels))
        page = Page(key, entries, texts, labels, colours, publication, offer, view)
        shown: list[Section] = []
        with tools:
            toolbar.tools(
                page,
                home,
                sheet=partial(_document, as_document, page, shown),
                text=partial(_document, as_text, page, shown),
            )
        headings = sections.draw(page, _kept(shown, sections_of(key, labels, view)))
        elements.contents(contents, texts, headings)
    except PublicationError as error:
        elements.status(texts(f"unreadable.{error.reason}"))
    except Exception:  # noqa: BLE001 - the framework's own answer offers to search the web for it
        _LOG.exception("the page %s could not be drawn", key)
        elements.status(texts("unreadable.unexpected"))


def sections_of(key: PageKey, labels: Labels, view: View) -> Iterator[Section]:
    """Yield the sections of a page: those of the module of its name."""
    content = import_module(f"dashboards.content.{key}")
    yield from part(content.sections(labels, view))


def _kept(kept: list[Section], made: Iterable[Section]) -> Iterator[Section]:
    """Yield sections as they are made, and keep them: the page's document is of the same."""
    for section in made:
        kept.append(section)
        yield section


def _document(
    write: Callable[[str, str, Sequence[Section], Texts], str], page: Page, shown: Sequence[Section]
) -> str:
    heading, subject = page.texts(f"{page.key}.heading"), place_and_date(page.labels, page.view)
    return write(heading, subject, shown, page.texts)


def palette() -> Palette:
    """Return the colours of the theme that the reader's browser asks for."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def _complaint_in_words(complaint: Complaint, view: View, labels: Labels) -> str:
    texts = labels.texts
    if isinstance(complaint, UnusableParameter):
        return texts("address.unknown_name")
    if complaint is Parameter.COMPARED:
        return texts("address.compared")
    if complaint is Parameter.SCENARIO:
        return texts("address.scenario")
    if complaint is Parameter.RULE:
        return texts("address.rule")
    instead = {
        Parameter.LANGUAGE: texts(f"language.{view.language}"),
        Parameter.MUNICIPALITY: labels.municipality(view.municipality),
        Parameter.REFERENCE_DATE: texts.date(view.reference_date),
        Parameter.INDICATOR: labels.indicator(view.indicator),
        Parameter.AGE_SCHEME: labels.age_scheme(view.age_scheme),
        Parameter.AGE_GROUP: labels.age_group(view.age_group),
        Parameter.SERVICE_AREA: labels.service_area(view.service_area),
        Parameter.ROLE: texts(f"role.{view.role}"),
    }[complaint]
    return texts("address.not_here", name=texts(f"filter.{complaint}"), instead=instead)
