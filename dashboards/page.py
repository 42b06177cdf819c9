"""Opening a page: the publication, the view that the address asks for, and whatever is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dagster_project.settings import home_from
from dashboards import furniture
from dashboards.address import keep_address, read_address
from dashboards.content.shared import definition_in_words, table_of_definition
from dashboards.labels import Labels
from dashboards.offer import PublishedOffer
from dashboards.preferences import read_preferences
from dashboards.queries.publication import (
    Publication,
    PublicationError,
    Unreadable,
    current_publication,
)
from dashboards.state import (
    Complaint,
    Parameter,
    UnusableParameter,
    View,
    read_language,
    read_view,
)
from dashboards.texts import Texts


@dataclass(frozen=True)
class Page:
    """What a page is drawn from. It holds on to one publication."""

    texts: Texts
    labels: Labels
    publication: Publication
    offer: PublishedOffer
    view: View


def texts_of_address() -> Texts:
    """Return the texts in the language of the address, or of the installation."""
    preferences = read_preferences(home_from(None))
    return Texts(read_language(read_address(), preferences.language))


def show(name: str, draw: Callable[[Page], None]) -> None:
    """Show a page; whatever keeps it from being drawn is told in a sentence."""
    home = home_from(None)
    preferences = read_preferences(home)
    query = read_address()
    texts = Texts(read_language(query, preferences.language))
    furniture.begin(texts, name)
    try:
        publication = current_publication(home)
        offer = PublishedOffer(publication, preferences)
        if not (offer.municipalities() and offer.indicators()):
            raise PublicationError(Unreadable.NO_FIGURES)
        view, complaints = read_view(query, offer)
        keep_address(view)
        labels = Labels(publication, texts)
        for complaint in complaints:
            st.warning(_complaint_in_words(complaint, view, labels))
        draw(Page(texts, labels, publication, offer, view))
    except PublicationError as error:
        furniture.tell(texts(f"unreadable.{error.reason}"))


def draw_definition(page: Page) -> None:
    """Draw the parameters that the figures are counted by, to be opened."""
    with st.expander(page.texts("definition.title")):
        furniture.remark(definition_in_words(page.labels, page.view))
        furniture.table(table_of_definition(page.labels, page.view), page.texts)


def _complaint_in_words(complaint: Complaint, view: View, labels: Labels) -> str:
    texts = labels.texts
    if isinstance(complaint, UnusableParameter):
        return texts("address.unknown_name")
    if complaint is Parameter.COMPARED:
        return texts("address.compared")
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
    }[complaint]
    return texts("address.not_here", name=texts(f"filter.{complaint}"), instead=instead)
