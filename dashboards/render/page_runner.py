"""Opening a page: the publication, the view that the address asks for, and whatever is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module

import streamlit as st

from dagster_project.config.paths import Home, home_from
from dagster_project.publication.reader.publication import (
    PublicationError,
    Unreadable,
    current_publication,
)
from dashboards.charts.colours import DARK, LIGHT, Palette
from dashboards.content.labels import Labels
from dashboards.content.section import Section, part
from dashboards.content.shared import place_and_date
from dashboards.content.shared_labels import SharedLabels
from dashboards.i18n.texts import Texts
from dashboards.pages import PageKey
from dashboards.queries.shared import Packages, ReceivedError, holds_packages, received
from dashboards.render import elements, sections, toolbar
from dashboards.render.document import as_document, as_text
from dashboards.render.page import Page, PublishedPage
from dashboards.view.address import keep_address, read_address
from dashboards.view.choices import PublishedOffer
from dashboards.view.preferences import Preferences, read_preferences
from dashboards.view.sharing import Among, SharedName, SharedOffer
from dashboards.view.state import (
    Complaint,
    Parameter,
    Query,
    UnusableParameter,
    View,
    read_date,
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
        opened = open_view(key, home, preferences, query)
        keep_address(opened.view)
        for complaint in opened.complaints:
            st.warning(_complaint_in_words(complaint, opened.view, opened.labels))
        page = _page(key, entries, colours, opened)
        shown: list[Section] = []
        with tools:
            toolbar.tools(
                page,
                home,
                sheet=partial(_document, as_document, page, shown),
                text=partial(_document, as_text, page, shown),
            )
        made = sections_of(key, opened.labels, opened.view)
        headings = sections.draw(page, _kept(shown, made))
        elements.contents(contents, texts, headings)
    except PublicationError as error:
        if not is_for_comparing_only(home):
            elements.status(texts(f"unreadable.{error.reason}"))
        else:
            elements.status(texts("unreadable.only_packages"))
            elements.to_page(entries[PageKey.COMPARISON], texts("comparison.way"))
    except ReceivedError:
        elements.status(texts("unreadable.received_damaged"))
    except NothingReceivedError:
        elements.status(texts("unreadable.nothing_received"))
    except Exception:  # noqa: BLE001 - the framework's own answer offers to search the web for it
        _LOG.exception("the page %s could not be drawn", key)
        elements.status(texts("unreadable.unexpected"))


class NothingReceivedError(Exception):
    """Stops the page of shared packages: there is none."""


@dataclass(frozen=True)
class Opened:
    """What a page is opened with: the names, what there is to choose, what is chosen.

    `complaints` are of what the address asked for and is not there.
    """

    labels: Labels | SharedLabels
    offer: PublishedOffer | SharedOffer
    view: View
    complaints: tuple[Complaint, ...]


def open_view(key: PageKey, home: Home, preferences: Preferences, query: Query) -> Opened:
    """Open what a page shows: the current publication, or the packages that were received.

    Raises PublicationError, ReceivedError, NothingReceivedError.
    """
    language = read_language(query, preferences.language)
    offer: PublishedOffer | SharedOffer
    labels: Labels | SharedLabels
    if key is PageKey.COMPARISON:
        found = received(home)
        if not holds_packages(home) or not found.packages:
            raise NothingReceivedError
        offer = SharedOffer(found, preferences, read_date(query))
        labels = SharedLabels(found, Texts(language), offer.groups)
    else:
        packages = Packages(home)
        chosen_from = PublishedOffer(current_publication(home), preferences, key, packages)
        if not (chosen_from.municipalities() and chosen_from.indicators()):
            raise PublicationError(Unreadable.NO_FIGURES)
        view, complaints = read_view(query, chosen_from)
        # From here on the page has the chosen municipality's own parts, and nobody else's.
        publication = chosen_from.publication.as_seen_by(view.municipality)
        labels = Labels(publication, Texts(language), packages)
        return Opened(labels, replace(chosen_from, publication=publication), view, complaints)
    view, complaints = read_view(query, offer)
    if isinstance(offer, SharedOffer) and view.shared.among_written not in offer.whom():
        # A group that the settings name no longer.
        view = replace(view, shared=replace(view.shared, among=Among.EVERYBODY, group=""))
        complaints = (*complaints, SharedName.AMONG)
    return Opened(labels, offer, view, complaints)


def is_for_comparing_only(home: Home) -> bool:
    """Return whether a home has packages of others and nothing published of its own."""
    return holds_packages(home) and not home.current_pointer.exists()


def _page(
    key: PageKey, entries: Mapping[PageKey, st.Page], colours: Palette, opened: Opened
) -> Page:
    labels, offer, view = opened.labels, opened.offer, opened.view
    if isinstance(labels, Labels) and isinstance(offer, PublishedOffer):
        return PublishedPage(
            key=key,
            entries=entries,
            texts=labels.texts,
            labels=labels,
            palette=colours,
            publication=labels.publication,
            offer=offer,
            view=view,
        )
    return Page(
        key=key,
        entries=entries,
        texts=labels.texts,
        labels=labels,
        palette=colours,
        offer=offer,
        view=view,
    )


def sections_of(key: PageKey, labels: Labels | SharedLabels, view: View) -> Iterator[Section]:
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
    heading, labels = page.texts(f"{page.key}.heading"), page.labels
    # What is made of packages says of when it is in its sections.
    subject = place_and_date(labels, page.view) if isinstance(labels, Labels) else ""
    return write(heading, subject, shown, page.texts)


def palette() -> Palette:
    """Return the colours of the theme that the reader's browser asks for."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def _complaint_in_words(complaint: Complaint, view: View, labels: Labels | SharedLabels) -> str:
    texts = labels.texts
    if isinstance(complaint, SharedName):
        return texts("address.shared")
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
