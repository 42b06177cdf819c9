"""What a page is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dagster_project.publication.reader.publication import Publication
from dashboards.charts.colours import Palette
from dashboards.content.labels import Labels
from dashboards.content.wording import Wording
from dashboards.i18n.texts import Texts
from dashboards.pages import PageKey
from dashboards.view.choices import PublishedOffer
from dashboards.view.state import Offer, View


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page is drawn from, whatever its figures were read from."""

    key: PageKey
    # What links to pages lead to.
    entries: Mapping[PageKey, st.Page]
    texts: Texts
    labels: Wording
    palette: Palette
    offer: Offer
    view: View


@dataclass(frozen=True, kw_only=True)
class PublishedPage(Page):
    """The same of a publication; it holds on to one."""

    labels: Labels
    publication: Publication
    offer: PublishedOffer


def published(page: Page) -> PublishedPage:
    """Return a page of a publication as what it is."""
    if not isinstance(page, PublishedPage):
        raise TypeError(f"the page {page.key} shows no publication")
    return page
